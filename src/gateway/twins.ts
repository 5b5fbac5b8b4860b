/** Servers of simulated models, in this process: one for each account. */
import type { Model } from '../domain/candidate.js';
import { accountKey } from '../engine/identity.js';
import { simulatedModels } from '../providers/simulated.js';
import { labelHeader } from '../providers/simulated-label.js';
import type { Config } from '../suite/config.js';
import { networkWith } from '../world/network.simulated.js';
import type { Clock, Network, Random } from '../world/world.js';

/** No such name can exist outside (RFC 6761, section 6.4). */
const ORIGIN = 'http://simulated.invalid';
const TEXT = 'A simulated model says this; nobody was asked.';

export interface Twins {
  /** With the addresses of the pretend servers. */
  readonly config: Config;
  readonly network: Network;
}

/** `outside`: where all others are; null: nowhere. */
export function openTwins(
  config: Config,
  outside: Network | null,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Twins {
  const accounts = new Map<string, Map<string, Model>>();
  const placeOf = (model: Model) => {
    const { account } = model;
    const key = account.provider === 'simulated' ? account.baseUrl : accountKey(account, {});
    const own = accounts.get(key) ?? new Map<string, Model>();
    accounts.set(key, own.set(model.id, model));
    return [...accounts.keys()].indexOf(key);
  };
  const models = [...config.models].map(([name, model]) => {
    if (model.simulation === null) return [name, model] as const;
    const account = { ...model.account, baseUrl: `${ORIGIN}/${placeOf(model)}/v1`, apiKeyEnv: null };
    return [name, { ...model, account }] as const;
  });
  const servers = [...accounts.values()].map((own) => {
    const simulations = new Map(
      [...own].flatMap(([id, { simulation }]) =>
        simulation === null ? [] : [[id, { ...simulation, otherwise: 'reference' }] as const],
      ),
    );
    const caseOf = () => ({ reference: TEXT, wrong: [], stub: TEXT });
    return simulatedModels({ models: simulations, caseOf }, clock, random.fork('servers'));
  });
  let requests = 0;
  const network = networkWith(
    ORIGIN,
    async (request) => {
      const server = servers[Number(/^\/(\d+)\//.exec(request.path)?.[1])];
      if (server === undefined) throw new Error(`no simulated model is at ${request.path}`);
      requests += 1;
      // They answer cases of suites: each request is one of its own.
      const label = labelHeader({ suite: '', case: String(requests), sample: 0 });
      return server({ ...request, headers: { ...request.headers, ...label } });
    },
    outside,
  );
  return { config: { ...config, models: new Map(models) }, network };
}
