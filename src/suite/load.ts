/** A suite's file, and what it includes, -> a Suite or all its mistakes. */
import { basename, dirname, extname, join } from 'node:path';
import type { Model } from '../domain/candidate.js';
import type { Checked, Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import { hashOf } from '../domain/ids.js';
import { judgeSpecOf } from '../domain/kinds/judge.js';
import { type Case, type Suite, categories as sixCategories } from '../domain/suite.js';
import type { Files } from '../world/world.js';
import { type JudgedCase, readCalibration } from './calibration.js';
import { modelNamed, type Names } from './candidates.js';
import { type CaseContext, readCase, rereadCase, unknownLanguage } from './case.js';
import type { Config } from './config.js';
import { locateIn, parseLine, readJsonLines } from './json-lines.js';
import { mistakesOf } from './mistakes.js';
import { namedFile } from './named-file.js';
import { PackedCase, type Unpacking } from './packed-case.js';
import { exactKeys, type SuiteHead, suiteHeadSchema, suiteSchema } from './schema.js';
import { answersForNobody, readCandidates } from './suite-candidates.js';
import { textStore } from './text-store.js';
import { type Locate, readYaml, withPlainNumbers } from './yaml-source.js';

export interface SuiteSources {
  readonly files: Files;
  /** Where shipped suites lie. */
  readonly shippedFolder: string;
  readonly config: Config;
  /** Languages that answers can be run in. */
  readonly languages: readonly string[];
  /** Whether cases may name files outside the suite's folder (default: false). */
  readonly allowOutside?: boolean;
}

export interface LoadedSuite {
  readonly suite: Suite;
  /** What `-m` and `-r` may name: bench.yaml's entries, and the suite's own, which win. */
  readonly names: Names;
}

/** What is gathered over a suite's files. */
interface Gathering {
  readonly sources: SuiteSources;
  readonly diagnostics: Diagnostic[];
  readonly cases: Case[];
  readonly categories: Set<string>;
  /** Cases with a judge, by id. */
  readonly judged: Map<string, JudgedCase>;
  /** Names of judges -> where one is used first. */
  readonly judges: Map<string, ReturnType<Locate>>;
  /** Case id -> the file and the line where it stands first. */
  readonly ids: Map<string, { readonly file: string; readonly line: number }>;
  /** The folder of the suite that was named first. */
  readonly folder: string;
  /** Paths of the files that were included. */
  readonly included: Set<string>;
}

/** A path, or the name of a shipped suite. */
export async function loadSuite(named: string, sources: SuiteSources): Promise<Checked<LoadedSuite>> {
  const file = await findSuite(named, sources);
  if (typeof file !== 'string') return { ok: false, diagnostics: [file] };
  const all: Gathering = {
    sources,
    diagnostics: [],
    cases: [],
    categories: new Set(sixCategories),
    judged: new Map(),
    judges: new Map(),
    ids: new Map(),
    folder: dirname(file),
    included: new Set(),
  };
  const read = await readFile(file, all, []);
  if (read === null) return { ok: false, diagnostics: all.diagnostics };
  const { head, locate } = read;
  const { candidates, models, names } = await readCandidates(head, file, locate, {
    config: sources.config,
    files: sources.files,
    diagnostics: all.diagnostics,
  });
  const judges = judgesNamed(all, names);
  const calibration = readCalibration(head, locate, all.judged, all.diagnostics);
  if (all.cases.length === 0 && all.diagnostics.length === 0) {
    all.diagnostics.push({
      ...locate([], 'key'),
      code: 'suite/no-cases',
      message: 'the suite has no cases',
      help: 'add some under cases:',
    });
  }
  if (all.diagnostics.length === 0)
    all.diagnostics.push(...answersForNobody(models, new Set(all.ids.keys())));
  if (all.diagnostics.length > 0) return { ok: false, diagnostics: all.diagnostics };
  return {
    ok: true,
    value: {
      names,
      suite: {
        name: head.name,
        description: head.description ?? null,
        file,
        cases: all.cases,
        categories: [...all.categories],
        candidates,
        judges,
        calibration,
        allowUnanswered: head.allow_unanswered ?? 0,
        seed: head.seed === undefined ? null : String(head.seed),
        packages: [...new Set([...sources.config.packages, ...(head.packages ?? [])])],
        hash: hashOf(all.cases.map((item) => item.hash).join(' ')),
      },
    },
  };
}

function noteJudges({ id, prompt, scorings }: Case, at: Locate, { judged, judges }: Gathering): void {
  const spec = judgeSpecOf(scorings);
  if (spec === null) return;
  judged.set(id, { id, prompt, spec });
  for (const name of spec.models) if (!judges.has(name)) judges.set(name, at(['judge'], 'value'));
}

/** Each name once, as the suite means it. */
function judgesNamed({ judges, diagnostics }: Gathering, names: Names): readonly Model[] {
  return [...judges].flatMap(([name, place]) => {
    const model = modelNamed(name, names);
    if (!('message' in model)) return { ...model, name };
    diagnostics.push({ ...place, ...model, message: `judge: ${model.message}` });
    return [];
  });
}

/** A file wins over a shipped name. */
async function findSuite(
  named: string,
  { files, shippedFolder }: SuiteSources,
): Promise<string | Diagnostic> {
  const kind = await files.kind(named);
  if (kind === 'file') return named;
  const shipped = (await files.list(shippedFolder))
    .filter((name) => extname(name) === '.yaml')
    .map((name) => basename(name, '.yaml'));
  if (shipped.includes(named)) return join(shippedFolder, `${named}.yaml`);
  if (kind === 'folder')
    return {
      code: 'suite/not-found',
      message: `${named} is a folder, not a suite`,
      help: 'name a file in it',
    };
  const folder = dirname(named);
  const beside = (await files.list(folder)).filter((name) => /\.ya?ml$/.test(name));
  const near = didYouMean(basename(named), [...beside, ...shipped]);
  return {
    code: 'suite/not-found',
    message: `there is no suite ${named}`,
    help: near ?? `shipped suites: ${shipped.join(', ')}`,
  };
}

/** Null when the file's head is too broken to go on. `above`: the files that include this one. */
async function readFile(
  file: string,
  all: Gathering,
  above: readonly string[],
): Promise<{ head: SuiteHead; locate: Locate } | null> {
  const { files } = all.sources;
  const source = readYaml(await files.readText(file), file, exactKeys);
  all.diagnostics.push(...source.diagnostics);
  if (source.diagnostics.length > 0) return null;
  const { locate } = source;
  const raw = withPlainNumbers(source.data, exactKeys);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const help = 'begin with name: and cases:, or see bench schema suite';
    all.diagnostics.push({
      ...locate([], 'value'),
      code: 'suite/not-a-suite',
      message: 'a suite is a mapping of keys',
      help,
    });
    return null;
  }
  const parsed = suiteHeadSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) {
    all.diagnostics.push(...mistakesOf(parsed.error, { subject: 'the suite', locate, schema: suiteSchema }));
  }
  // What can be read of a broken head still serves the cases below it.
  const head = parsed.success ? parsed.data : headOf(raw);
  for (const category of head.categories ?? []) all.categories.add(category);
  await readIncludes(head, file, locate, all, above);
  const hasSoundDefaults = suiteHeadSchema.shape.defaults.safeParse(
    'defaults' in raw ? raw.defaults : undefined,
  ).success;
  await readCases(head, file, locate, all, hasSoundDefaults);
  return { head, locate };
}

function headOf(raw: object): SuiteHead {
  const fields: Readonly<Record<string, unknown>> = { ...raw };
  const list = (key: string): unknown[] => {
    const value = fields[key];
    return Array.isArray(value) ? value : [];
  };
  const texts = (key: string) => list(key).filter((item) => typeof item === 'string');
  return {
    name: '',
    cases: fields['cases'],
    categories: texts('categories'),
    include: texts('include'),
    models: list('models'),
    rotations: list('rotations'),
    defaults: soundDefaults(fields['defaults']),
  };
}

/** Those that are as they should be: one mistake among them must not look like one of every case. */
function soundDefaults(given: unknown): NonNullable<SuiteHead['defaults']> {
  if (typeof given !== 'object' || given === null) return {};
  const sound = Object.fromEntries(
    Object.entries(given).filter(
      ([key, value]) => suiteHeadSchema.shape.defaults.safeParse({ [key]: value }).success,
    ),
  );
  const parsed = suiteHeadSchema.shape.defaults.safeParse(sound);
  return parsed.success && parsed.data !== undefined ? parsed.data : {};
}

async function readIncludes(
  head: SuiteHead,
  file: string,
  locate: Locate,
  all: Gathering,
  above: readonly string[],
): Promise<void> {
  for (const [index, path] of (head.include ?? []).entries()) {
    const included = join(dirname(file), path);
    const wrong = (message: string) =>
      all.diagnostics.push({ ...locate(['include', index], 'value'), code: 'suite/include', message });
    const found = await namedFile(path, file, all.sources.files);
    if ([...above, file].includes(included)) wrong(`${path} includes itself`);
    else if ('message' in found) {
      all.diagnostics.push({ ...locate(['include', index], 'value'), ...found });
    } else if (!all.included.has(included)) {
      // Once each: files that include each other twice would double with every level.
      all.included.add(included);
      await readFile(included, all, [...above, file]);
    }
  }
}

async function readCases(
  head: SuiteHead,
  file: string,
  locate: Locate,
  all: Gathering,
  hasSoundDefaults: boolean,
): Promise<void> {
  const { cases, defaults } = head;
  const before = all.diagnostics.length;
  const language = defaults?.language;
  if (language !== undefined && !all.sources.languages.includes(language)) {
    all.diagnostics.push({
      ...locate(['defaults', 'language'], 'value'),
      ...unknownLanguage(language, 'the defaults', all.sources.languages),
    });
  }
  const within = all.sources.allowOutside ? null : [all.folder, dirname(file)];
  const context: CaseContext = {
    defaults: defaults ?? {},
    hasSoundDefaults: hasSoundDefaults && all.diagnostics.length === before,
    file,
    files: all.sources.files,
    within,
    languages: all.sources.languages,
    sandbox: head.sandbox ?? all.sources.config.sandbox,
    categories: all.categories,
    diagnostics: all.diagnostics,
  };
  const take = async (
    raw: unknown,
    at: Locate,
    index: number,
    keep: (read: Case) => Case = (read) => read,
  ) => {
    const read = await readCase(raw, at, index, context);
    const id = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : null;
    if (read !== null) noteJudges(read, at, all);
    if (typeof id !== 'string') return;
    const before = all.ids.get(id);
    const here = at(['id'], 'value');
    if (before === undefined) {
      all.ids.set(id, { file: here.place?.file ?? file, line: here.place?.line ?? 1 });
      if (read !== null) all.cases.push(keep(read));
    } else {
      const help = `first used at ${before.file}:${before.line}`;
      all.diagnostics.push({
        ...here,
        code: 'suite/duplicate-case',
        message: `the case id "${id}" is taken`,
        help,
      });
    }
  };
  if (Array.isArray(cases)) {
    for (const [index, raw] of cases.entries()) {
      await take(raw, (path, what) => locate(['cases', index, ...path], what), index);
    }
    return;
  }
  if (cases === undefined || cases === null) return;
  const named =
    typeof cases === 'object' && 'file' in cases && typeof cases.file === 'string' ? cases.file : null;
  if (named === null) {
    all.diagnostics.push({
      ...locate(['cases'], 'value'),
      code: 'suite/no-cases',
      message: '"cases" takes a list of cases, or { file: cases.jsonl }',
    });
    return;
  }
  const found = await namedFile(named, file, all.sources.files, within);
  if ('message' in found) {
    all.diagnostics.push({ ...locate(['cases', 'file'], 'value'), ...found });
    return;
  }
  const { path } = found;
  const unpacking: Unpacking = {
    file: path,
    store: textStore(),
    unpack: (text, line) => rereadCase(parseLine(text, exactKeys), locateIn(text, path, line), context),
    recent: new Map(),
  };
  await readJsonLines(path, all.sources.files, exactKeys, all.diagnostics, (raw, at, index, text) =>
    // A prompt in a file of its own would have to be read anew each time.
    take(raw, at, index, (read) => (hasOwnPrompt(raw) ? new PackedCase(read, text, unpacking) : read)),
  );
}

function hasOwnPrompt(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && 'prompt' in raw && typeof raw.prompt === 'string';
}
