/** Runs -> who for what, which rotation to take, and that rotation as a file that `bench run` reads. */

import { join } from 'node:path';
import { type Evidence, evidenceOf, type ModelEvidence } from '../../analysis/advice/evidence.js';
import { recommend, whyNot } from '../../analysis/advice/recommend.js';
import { rateOf } from '../../analysis/advice/standing.js';
import { partialOf } from '../../analysis/profile.js';
import { defaultRetry, type Model, modelsOf, type RetryOptions, retryOf } from '../../domain/candidate.js';
import type { Problem } from '../../domain/errors/diagnostic.js';
import type { CategoryAdvice, Constraints, Recommendation } from '../../domain/recommendation.js';
import type { RunLine } from '../../domain/record.js';
import { accountKey } from '../../engine/identity.js';
import { damaged, readJournal } from '../../journal/journal.js';
import { findRuns, JOURNAL_FILE } from '../../journal/run-folder.js';
import { intervalText, shareText } from '../../reports/wording.js';
import { seededRandom } from '../../world/random.js';
import type { World } from '../../world/world.js';
import { optionsOf } from '../request/command-record.js';
import { readRunRequest } from '../request/read-request.js';
import { partialText } from '../stored/find-profile.js';
import { advise, eligibleModels } from './advise.js';
import { type AdvisedRoute, rotationFile } from './rotation-file.js';

export interface RecommendOptions {
  /** Runs: ids, folders or `latest`. */
  readonly runs: readonly string[];
  readonly constraints: Constraints;
  /** Where runs are kept. */
  readonly out: string;
  /** Also runs that are not complete. */
  readonly includePartial: boolean;
  /** Of the tests and the simulated runs. */
  readonly seed: string;
}

export interface Recommended {
  readonly advice: Recommendation;
  /** The user's configuration with the recommended rotation added. Null: there is no rotation, or its models stand in a suite. */
  readonly file: string | null;
  /** Suites of the runs, as they were named. */
  readonly suites: readonly string[];
}

/** `warn`: of what was left out, a sentence each. */
export async function recommendRuns(
  { runs, constraints, out, includePartial, seed }: RecommendOptions,
  warn: (text: string) => void,
  world: Pick<World, 'files' | 'env' | 'random'>,
): Promise<Recommended | Problem> {
  const evidence = await readEvidence(runs, out, includePartial, warn, world);
  if ('problem' in evidence) return evidence;
  const known = await knownOf(evidence, world);
  const modelOf = (model: ModelEvidence) => known.models.get(model.name) ?? unknownModel(model);
  const accountOf = (name: string) => {
    const model = known.models.get(name);
    const seen = evidence.models.find((one) => one.name === name);
    return model === undefined || model.simulation !== null
      ? (model?.account.baseUrl ?? seen?.provider ?? name)
      : accountKey(model.account, world.env);
  };
  const random = seededRandom(seed);
  const judged = recommend(evidence, constraints, accountOf, random.fork('tests').next);
  if (judged.front.length === 0 && judged.left_out.length === 0)
    return {
      code: 'run/nothing-judged',
      problem: `${runs.join(', ')}: nothing was measured that could be recommended`,
    };
  const eligible = eligibleModels(evidence, (one) => whyNot(one, constraints));
  const rotation = await advise(evidence, eligible, constraints.objective, {
    modelOf,
    retry: known.retry,
    concurrency: known.concurrency,
    random: random.fork('advice'),
    startWallMs: 0,
  });
  const chain = (rotation?.models ?? []).flatMap((name) => {
    const own = evidence.models.find((one) => one.name === name);
    return own === undefined ? [] : [modelOf(own)];
  });
  const routes = judged.categories.map((advised) => routeOf(advised, evidence, judged.runs, modelOf));
  const base = known.config === null ? null : await world.files.readText(known.config);
  return {
    advice: { ...judged, rotation },
    file: rotation === null ? null : rotationFile(base, chain, routes, judged.runs),
    suites: known.suites,
  };
}

/** A candidate that is a rotation stands for its models. */
function routeOf(
  { category, first, fallbacks, why }: CategoryAdvice,
  { candidates, models }: Evidence,
  runs: readonly string[],
  modelOf: (evidence: ModelEvidence) => Model,
): AdvisedRoute {
  const chosen = candidates.find(({ candidate }) => candidate === first);
  const names = [first, ...fallbacks].flatMap(
    (name) => candidates.find(({ candidate }) => candidate === name)?.models ?? [],
  );
  const chain = [...new Set(names)].flatMap((name) => {
    const own = models.find((model) => model.name === name);
    return own === undefined ? [] : [modelOf(own)];
  });
  const rate = chosen === undefined ? null : rateOf(chosen, 'passed', (own) => own.category === category);
  const measured = rate === null ? '' : `; pass rate ${shareText(rate)} (${intervalText(rate)}, n=${rate.n})`;
  return {
    category,
    models: chain,
    because: `${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')}${measured}; ${why}`,
  };
}

async function readEvidence(
  words: readonly string[],
  out: string,
  takesPartial: boolean,
  warn: (text: string) => void,
  { files }: Pick<World, 'files'>,
): Promise<Evidence | Problem> {
  const folders = await findRuns(words, out, files);
  if ('problem' in folders) return folders;
  try {
    const taken: string[] = [];
    for (const folder of folders) {
      const partial = takesPartial ? null : await partialIn(folder, files);
      if (partial === null) taken.push(folder);
      else if (folders.length === 1)
        return {
          code: 'run/incomplete',
          problem: `${partial}`,
          help: 'resume it with bench run --resume, or use it as it is with --include-partial',
        };
      else warn(`${partial}; skipped (use --include-partial to include it)`);
    }
    return await evidenceOf(
      taken.map((folder) =>
        readJournal(join(folder, JOURNAL_FILE), files, ({ torn }) => {
          if (torn !== null) warn(`${torn}: skipped`);
        }),
      ),
    );
  } catch (error) {
    return damaged(error);
  }
}

/** In words, if a run is not complete; null: it is. */
async function partialIn(folder: string, files: World['files']): Promise<string | null> {
  let run: RunLine | null = null;
  const ended = new Set<string>();
  for await (const line of readJournal(join(folder, JOURNAL_FILE), files)) {
    if (line.type === 'run') run ??= line;
    if (line.type === 'trial') ended.add(line.trial);
  }
  if (run === null) return null;
  const { partial } = partialOf(run, ended.size);
  return partial === undefined ? null : partialText(run.id, partial);
}

const DEFAULT_CONCURRENCY = 8;

/** What the config and the suites of the runs say today of their models. */
interface Known {
  readonly models: ReadonlyMap<string, Model>;
  readonly config: string | null;
  readonly suites: readonly string[];
  readonly retry: RetryOptions;
  readonly concurrency: number;
}

/** A run whose suite is gone, or was made by an older bench, is advised on without its limits. */
async function knownOf(
  { runs, candidates }: Evidence,
  world: Pick<World, 'files' | 'env' | 'random'>,
): Promise<Known> {
  const models = new Map<string, Model>();
  let known: Omit<Known, 'models'> = {
    config: null,
    suites: [],
    retry: defaultRetry,
    concurrency: DEFAULT_CONCURRENCY,
  };
  for (const { command } of runs) {
    if (command === undefined) continue;
    const { baseline: _, gate: __, ...options } = optionsOf(command);
    const own = { reports: [], failUnder: [], replay: null, shard: null, onlyFailed: null };
    const request = await readRunRequest({ ...options, ...own }, world, false);
    if (!request.ok) continue;
    const { plan, config, concurrency } = request.value;
    for (const model of plan.candidates.flatMap(modelsOf)) models.set(model.name, model);
    const rotation = plan.candidates.find(
      ({ kind, name }) => kind === 'rotation' && candidates.some(({ candidate }) => candidate === name),
    );
    known = {
      config: config.file,
      suites: command.suites,
      retry: rotation === undefined ? config.retry : retryOf(rotation),
      concurrency,
    };
  }
  return { models, ...known };
}

function unknownModel({ name, provider, id }: ModelEvidence): Model {
  return {
    name,
    account: { provider, baseUrl: provider, apiKeyEnv: null, headers: {}, limits: {} },
    id,
    limits: {},
    price: null,
    params: {},
    body: {},
    retry: defaultRetry,
    stream: true,
    simulation: null,
  };
}
