/** A configuration as it is served; read again, it is served anew, and what is known of limits and pauses stays known. */
import type { Checked } from '../domain/errors/diagnostic.js';
import type { RunEvent } from '../domain/event.js';
import { openRedaction } from '../domain/redact.js';
import { accountKey, modelKey } from '../engine/identity.js';
import { type Lanes, openLanes } from '../engine/lane.js';
import type { DailyLedger } from '../engine/ledger.js';
import type { Config } from '../suite/config.js';
import type { Clock, Network, Random } from '../world/world.js';
import { openKnownLacks } from './abilities.js';
import type { ExchangeParts } from './exchange.js';
import { openMetrics } from './metrics.js';
import type { Recording } from './recording.js';
import { modelsIn, openRoutes, type Routes } from './routes.js';
import { openTwins } from './twins.js';
import { openUpstream } from './upstream.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface ServingEdges {
  readonly clock: Clock;
  /** Null: all models are simulated. */
  readonly network: Network | null;
  readonly random: Random;
  readonly ledger: DailyLedger;
  readonly on: (event: RunEvent) => void;
  /** Null: what passes is not kept. */
  readonly recording: Recording | null;
}

export interface ServedConfig {
  readonly config: Config;
  /** Where keys are. */
  readonly env: Env;
  /** The gateway's own key; null: clients need no key. */
  readonly key: string | null;
  /** Of requests whose rotation or model has none of its own. */
  readonly deadlineMs: number;
}

export interface Serving {
  /** What is wrong with it; or it is served from now on. */
  use(served: ServedConfig): Checked<ExchangeParts>;
}

/** A gateway has as many requests in flight as its clients send; what an account allows is in its limits. */
const MOST_IN_FLIGHT = 10_000;

export function openServing({ clock, network, random, ledger, on, recording }: ServingEdges): Serving {
  const metrics = openMetrics();
  let env: Env = {};
  let known: { readonly lanes: Lanes; readonly limits: string } | null = null;
  const hear = (event: RunEvent) => {
    metrics.heard(event);
    on(event);
  };

  function lanesFor(limits: string): Lanes {
    if (known?.limits === limits) {
      known.lanes.revive();
      return known.lanes;
    }
    const lanes = openLanes({
      clock,
      random,
      concurrency: MOST_IN_FLIGHT,
      // A gateway outlives every outage: what is broken is probed for as long as somebody asks.
      probesToDown: Number.POSITIVE_INFINITY,
      ledger,
      requestsAreOwn: false,
      accountKey: (account) => accountKey(account, env),
      modelKey: (model) => modelKey(model, env),
      on: hear,
    });
    known = { lanes, limits };
    return lanes;
  }

  return {
    use(served) {
      const twins = openTwins(served.config, network, { clock, random });
      const routes = openRoutes(twins.config, served.deadlineMs);
      if (!routes.ok) return routes;
      env = served.env;
      const own = served.key === null ? [] : [served.key];
      const secrets = [...secretsOf(routes.value, env), ...own];
      const { redact, stream: redactStream } = openRedaction(secrets);
      const { timeouts } = served.config;
      const lacks = openKnownLacks();
      const lanes = lanesFor(limitsIn(routes.value));
      const upstream = openUpstream({
        clock,
        network: twins.network,
        random,
        lanes,
        lacks,
        timeouts,
        env,
        redact,
        on: hear,
      });
      return {
        ok: true,
        value: {
          upstream,
          routes: routes.value,
          redact,
          redactStream,
          metrics,
          lacks,
          recording,
        },
      };
    },
  };
}

function limitsIn(routes: Routes): string {
  return JSON.stringify(modelsIn(routes).map(({ name, limits, account }) => [name, limits, account.limits]));
}

function secretsOf(routes: Routes, env: Env): string[] {
  const variables = modelsIn(routes).flatMap(({ account }) => account.apiKeyEnv ?? []);
  return [...new Set(variables)].flatMap((variable) => env[variable]?.trim() ?? []);
}
