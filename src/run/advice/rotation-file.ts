/** A rotation as a file that `--config` reads: the config as it is, comments and all, and the rotation in it. */
import { Document, isMap, parseDocument } from 'yaml';
import type { Model, Price } from '../../domain/candidate.js';
import { knownProviders } from '../../providers/index.js';

/** The name of the rotation in it. */
export const RECOMMENDED = 'recommended';

/** Who answers a category, and why. */
export interface AdvisedRoute {
  readonly category: string;
  readonly models: readonly Model[];
  readonly because: string;
}

/** `base`: the text of bench.yaml; null where there is none. Null: one of the models stands in its suite alone. */
export function rotationFile(
  base: string | null,
  chain: readonly Model[],
  routes: readonly AdvisedRoute[],
  runs: readonly string[],
): string | null {
  const document = base === null ? new Document({}) : parseDocument(base);
  if (!isMap(document.contents)) document.contents = document.createNode({});
  const models = [...chain, ...routes.flatMap((route) => route.models)];
  for (const model of models) {
    if (document.hasIn(['models', model.name]) || isSpelledOut(model)) continue;
    if (model.simulation !== null) return null;
    document.setIn(['models', model.name], document.createNode(entryOf(model)));
  }
  for (const { account, simulation } of models) {
    const { provider, baseUrl, apiKeyEnv } = account;
    const isKnown = knownProviders.some(({ name, baseUrl: url }) => name === provider && url === baseUrl);
    if (simulation !== null || isKnown || document.hasIn(['providers', provider])) continue;
    const entry = { base_url: baseUrl, ...(apiKeyEnv === null ? {} : { api_key_env: apiKeyEnv }) };
    document.setIn(['providers', provider], document.createNode(entry));
  }
  document.setIn(['rotations', RECOMMENDED], document.createNode(chain.map(({ name }) => name)));
  if (routes.length > 0) document.deleteIn(['routes']);
  for (const { category, models: to, because } of routes)
    document.setIn(['routes', category], document.createNode({ to: to.map(({ name }) => name), because }));
  const text = document.toString({ lineWidth: 120 });
  return text.startsWith(FIRST_LINE) ? text : `${FIRST_LINE} of ${runs.join(', ')}.\n${text}`;
}

/** What this program has written may be written over. */
export const FIRST_LINE = '# Written by `bench recommend`, out of your config and';

function isSpelledOut({ name, account, id }: Model): boolean {
  return name === `${account.provider}:${id}`;
}

function priceEntryOf({ inputUsd, cachedInputUsd, outputUsd }: Price) {
  return {
    input: inputUsd,
    ...(cachedInputUsd === undefined ? {} : { cached_input: cachedInputUsd }),
    output: outputUsd,
  };
}

function entryOf({ account, id, limits, price, params, body, stream }: Model) {
  return {
    provider: account.provider,
    model: id,
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(price === null ? {} : { price: priceEntryOf(price) }),
    ...(Object.keys(params).length > 0 ? { params } : {}),
    ...(Object.keys(body).length > 0 ? { body } : {}),
    ...(stream ? {} : { stream }),
  };
}
