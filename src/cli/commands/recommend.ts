/** `bench recommend <run...>`: runs -> who for what, and the rotation to take, as a file that `bench run` reads. */
import { join } from 'node:path';
import { type Evidence, evidenceOf, type ModelEvidence } from '../../analysis/advice/evidence.js';
import { recommend, whyNot } from '../../analysis/advice/recommend.js';
import { partialOf } from '../../analysis/profile.js';
import { defaultRetry, type Model, modelsOf, type RetryOptions, retryOf } from '../../domain/candidate.js';
import { objectives, type Recommendation, type Wishes } from '../../domain/recommendation.js';
import type { RunLine } from '../../domain/record.js';
import { parseDurationMs } from '../../domain/units.js';
import { accountKey } from '../../engine/identity.js';
import { JournalError, readJournal } from '../../journal/journal.js';
import { DEFAULT_OUT, findRuns, JOURNAL_FILE } from '../../journal/run-folder.js';
import { renderRecommendation } from '../../reports/recommendation.js';
import { advise, eligibleModels } from '../../run/advice/advise.js';
import { FIRST_LINE, RECOMMENDED, recommendedFile } from '../../run/advice/recommended-file.js';
import { optionsOf } from '../../run/command-record.js';
import { partialText } from '../../run/profiles.js';
import { readRunRequest } from '../../run/request.js';
import { didYouMean } from '../../suite/suggest.js';
import { seededRandom } from '../../world/random.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import type { FlagReader } from '../flags.js';
import { openCommand } from '../opening.js';

const DEFAULT_FILE = 'recommended.yaml';
const DEFAULT_CONCURRENCY = 8;

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const { files } = world;
  const wishes = wishesOf(flags);
  const out = flags.text('out') ?? DEFAULT_OUT;
  const file = flags.text('write') ?? DEFAULT_FILE;
  if (flags.mistakes.length > 0) return refuse();
  const isThere = (await files.kind(file)) !== 'none';
  if (isThere && !(await files.readText(file)).startsWith(FIRST_LINE)) {
    return refuse({
      message: `${file} was not written by bench recommend, and is left as it is`,
      mend: 'name another file with --write',
    });
  }
  const evidence = await read(args, out, flags.on('includePartial'), console.complain, world);
  if ('problem' in evidence) return refuse({ message: evidence.problem });
  const known = await knownOf(evidence, world);
  const modelOf = (model: ModelEvidence) => known.models.get(model.name) ?? unknownModel(model);
  const accountOf = (name: string) => {
    const model = known.models.get(name);
    const seen = evidence.models.find((one) => one.name === name);
    return model === undefined || model.simulation !== null
      ? (model?.account.baseUrl ?? seen?.provider ?? name)
      : accountKey(model.account, world.env);
  };
  const random = seededRandom(flags.text('seed') ?? '1');
  const judged = recommend(evidence, wishes, accountOf, random.fork('tests').next);
  if (judged.front.length === 0 && judged.left_out.length === 0) {
    return refuse({ message: `${args.join(', ')}: nothing was measured that could be recommended` });
  }
  const eligible = eligibleModels(evidence, (one) => whyNot(one, wishes));
  const rotation = await advise(evidence, eligible, wishes.objective, {
    modelOf,
    retry: known.retry,
    concurrency: known.concurrency,
    random: random.fork('advice'),
    startWallMs: 0,
  });
  const advice: Recommendation = { ...judged, rotation };
  const chain = (rotation?.models ?? []).flatMap((name) => {
    const own = evidence.models.find((one) => one.name === name);
    return own === undefined ? [] : [modelOf(own)];
  });
  const base = known.config === null ? null : await files.readText(known.config);
  const text = rotation === null ? null : recommendedFile(base, chain, advice.runs);
  if (text !== null) await files.writeAtomic(file, text);
  if (json) console.json({ ...advice, written: text === null ? null : file });
  else {
    console.data(renderRecommendation(advice, { colour: console.colour.stdout, columns: console.columns }));
    const suites = known.suites.length === 0 ? '<suite>' : known.suites.join(' ');
    if (text !== null)
      console.say(
        `\n  written    ${file}\n  use it     bench run ${suites} --config ${file} -r ${RECOMMENDED}\n`,
      );
    else if (rotation !== null)
      console.say(
        `\n  its models stand in the suite: write the rotation there\n  rotations: [{ name: ${RECOMMENDED}, models: [${rotation.models.join(', ')}] }]\n`,
      );
  }
  return exitCodes.done;
};

function wishesOf(flags: FlagReader): Wishes {
  const word = flags.text('objective') ?? 'balanced';
  const objective = objectives.find((known) => known === word);
  if (objective === undefined) {
    const near = didYouMean(word, [...objectives]);
    flags.mistake(`--objective takes ${objectives.join(', ')}, not "${word}"`, near ?? undefined);
  }
  const latency = flags.text('maxLatency');
  const maxMs = latency === null ? null : parseDurationMs(latency);
  if (latency !== null && maxMs === null)
    flags.mistake(`--max-latency takes a duration like 5s or 800ms, not "${latency}"`);
  const number = (name: 'minQuality' | 'maxCost', typed: string) => {
    const value = flags.text(name);
    if (value === null) return null;
    const read = /^\d*\.?\d+$/.test(value) ? Number(value) : null;
    if (read === null) flags.mistake(`--${typed} takes a number, not "${value}"`);
    return read;
  };
  return {
    objective: objective ?? 'balanced',
    max_latency_ms: maxMs,
    min_quality: number('minQuality', 'min-quality'),
    max_cost_usd: number('maxCost', 'max-cost'),
    free_only: flags.on('freeOnly'),
  };
}

async function read(
  words: readonly string[],
  out: string,
  takesPartial: boolean,
  complain: (text: string) => void,
  { files }: World,
): Promise<Evidence | { readonly problem: string }> {
  const folders = await findRuns(words, out, files);
  if ('problem' in folders) return folders;
  try {
    const taken: string[] = [];
    for (const folder of folders) {
      const partial = takesPartial ? null : await partialIn(folder, files);
      if (partial === null) taken.push(folder);
      else if (folders.length === 1)
        return { problem: `${partial}; bench run --resume goes on, --include-partial takes it as it is` };
      else complain(`! ${partial}: left out; --include-partial takes it\n`);
    }
    return await evidenceOf(
      taken.map((folder) =>
        readJournal(join(folder, JOURNAL_FILE), files, ({ torn }) => {
          if (torn !== null) complain(`! ${torn}: it was left out\n`);
        }),
      ),
    );
  } catch (error) {
    if (error instanceof JournalError) return { problem: error.message };
    throw error;
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

/** What the config and the suites of the runs say today of their models. */
interface Known {
  readonly models: ReadonlyMap<string, Model>;
  readonly config: string | null;
  readonly suites: readonly string[];
  readonly retry: RetryOptions;
  readonly concurrency: number;
}

/** A run whose suite is gone, or was made by an older bench, is advised on without its limits. */
async function knownOf({ runs, candidates }: Evidence, world: World): Promise<Known> {
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
