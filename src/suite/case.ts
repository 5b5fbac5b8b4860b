/** One case as it was written -> a Case, or its mistakes. */
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import type { Scoring } from '../domain/grade.js';
import { caseHashes } from '../domain/ids.js';
import { defaultLimits, type Limits, type SandboxTier } from '../domain/program.js';
import type { Case } from '../domain/suite.js';
import { parseDurationMs, parseSizeBytes } from '../domain/units.js';
import { languages } from '../grading/languages/index.js';
import { SignatureError } from '../grading/languages/typed/typed.js';
import { scorers } from '../grading/scorers/index.js';
import type { Scorer } from '../grading/scorers/scorer.js';
import type { Files } from '../world/world.js';
import { mistakesOf } from './mistakes.js';
import { namedFile } from './named-file.js';
import { type CaseEntry, caseSchema, type SuiteHead } from './schema.js';
import type { Locate } from './yaml-source.js';

export interface CaseContext {
  readonly defaults: NonNullable<SuiteHead['defaults']>;
  /** Without: what a case lacks may be what is wrong with them, which is reported once. */
  readonly hasSoundDefaults: boolean;
  /** The suite's: what paths in a case are relative to. */
  readonly file: string;
  readonly files: Files;
  /** Folders that files named in a case must lie in; null: anywhere. */
  readonly within: readonly string[] | null;
  readonly languages: readonly string[];
  /** Of the suite; null: it does not say. */
  readonly sandbox: SandboxTier | null;
  readonly categories: ReadonlySet<string>;
  readonly diagnostics: Diagnostic[];
}

/** Null when the case has a mistake; the context's list says which. `index` counts from 0. */
export async function readCase(
  raw: unknown,
  locate: Locate,
  index: number,
  context: CaseContext,
): Promise<Case | null> {
  const { defaults, diagnostics } = context;
  const before = diagnostics.length;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    diagnostics.push({
      ...locate([], 'value'),
      code: 'suite/invalid-case',
      message: `case ${index + 1} is not a mapping of keys`,
    });
    return null;
  }
  const fields = raw as Readonly<Record<string, unknown>>;
  const subject = typeof fields['id'] === 'string' ? `case "${fields['id']}"` : `case ${index + 1}`;
  const parsed = caseSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) diagnostics.push(...mistakesOf(parsed.error, { subject, locate, schema: caseSchema }));

  // Whatever else is wrong with it is reported too, from what was written.
  checkCategory(fields['category'] ?? defaults.category, subject, locate, context);
  checkLanguage(fields['language'], subject, locate, context);
  const used = scorersUsed(fields);
  const checks = Array.isArray(fields['checks']) ? fields['checks'] : [];
  const says = (message: string, help?: string) =>
    diagnostics.push({
      ...locate(['id'], 'key'),
      code: 'suite/invalid-case',
      message,
      ...(help === undefined ? {} : { help }),
    });
  // A key that was meant to score has been reported already.
  const misspelt = diagnostics.slice(before).some(({ code }) => code === 'file/unknown-key');
  if (used.length === 0 && checks.length === 0 && !misspelt) {
    const keys = scorers.filter(({ stands }) => stands === 'case').map(({ key }) => key);
    says(`${subject} has nothing that scores it`, `add ${keys.join(', ')} or checks`);
  }
  for (const { key, companion, options } of used) {
    if (companion === undefined || misspelt) continue;
    if (fields[companion.key] === undefined)
      says(
        `${subject} has ${key} and no ${companion.key}`,
        `add ${companion.key}, the code that the answer is about`,
      );
    else if (fields[key] === undefined && !options.safeParse(undefined).success)
      says(`${subject} has ${companion.key} and no ${key}`, `add ${key}`);
  }
  for (const { key, needsOneOf } of used) {
    if (needsOneOf === undefined || misspelt || needsOneOf.some((one) => fields[one] !== undefined)) continue;
    says(`${subject} has ${key} and nothing that runs the answer`, `add ${needsOneOf.join(' or ')}`);
  }
  const named = new Set(scorers.filter((scorer) => scorer.stands === 'checks').map((scorer) => scorer.key));
  for (const [position, entry] of checks.entries()) {
    const keys = typeof entry === 'object' && entry !== null ? Object.keys(entry) : [];
    if (misspelt || keys.some((key) => named.has(key))) continue;
    diagnostics.push({
      ...locate(['checks', position], 'value'),
      code: 'suite/invalid-case',
      message: `check ${position + 1} of ${subject} names nothing to check`,
      help: `one of ${[...named].join(', ')}`,
    });
  }
  const checkers = scorers.filter(
    (scorer) => scorer.stands === 'checks' && checks.some((entry) => entry?.[scorer.key] !== undefined),
  );
  const language = fields['language'] ?? defaults.language;
  if (!context.hasSoundDefaults) {
    // It may be what they were meant to say.
  } else if (language === undefined && used.some((scorer) => scorer.needsCode)) {
    says(`${subject} runs code and has no language`, 'add language: to it or to defaults:');
  } else if (language === undefined && checkers.some((scorer) => scorer.needsCode)) {
    says(`${subject} checks code and has no language`, 'add language: to it or to defaults:');
  }
  for (const { key, languages } of [...used, ...checkers]) {
    if (languages === undefined || typeof language !== 'string' || languages.includes(language)) continue;
    says(`${subject} has a check ${key}, which ${language} has not`, `it is for ${languages.join(', ')}`);
  }
  const needy = used.find((scorer) => scorer.needsEntry);
  if (needy !== undefined && fields['entry'] === undefined) {
    says(`${subject} has a ${needy.key} and no entry`, 'add entry: the name to call');
  }
  const mistyped = signatureMistake(fields, language);
  if (mistyped !== null) says(`${subject}: ${mistyped}`);
  if (!parsed.success || diagnostics.length > before) return null;
  const prompt = await readPrompt(parsed.data, locate, context);
  return prompt === null ? null : withHashes(build(parsed.data, scoringsOf(fields), prompt, locate, context));
}

/** A table of a language with types needs the entry's; null: they are there, or nobody needs them. */
function signatureMistake(
  { table, signature, entry }: Readonly<Record<string, unknown>>,
  language: unknown,
): string | null {
  const typed = languages.find(({ name }) => name === language)?.typed;
  if (typed === undefined || table === undefined) return null;
  if (typeof signature !== 'string') return `a table in ${language} needs signature: that of the entry`;
  try {
    const { name } = typed.parse(signature);
    return name === entry || typeof entry !== 'string'
      ? null
      : `its signature is of ${name}, its entry is ${entry}`;
  } catch (error) {
    if (error instanceof SignatureError) return error.message;
    throw error;
  }
}

/** Keys of the case that score it: its own, or the one beside it. */
function scorersUsed(fields: Readonly<Record<string, unknown>>): readonly Scorer[] {
  return scorers.filter(
    ({ stands, key, companion }) =>
      stands === 'case' &&
      (fields[key] !== undefined || (companion !== undefined && fields[companion.key] !== undefined)),
  );
}

function checkCategory(
  value: unknown,
  subject: string,
  locate: Locate,
  { categories, diagnostics, hasSoundDefaults }: CaseContext,
): void {
  if (value === undefined) {
    if (!hasSoundDefaults) return;
    diagnostics.push({
      ...locate(['id'], 'key'),
      code: 'suite/unknown-category',
      message: `${subject} has no category`,
      help: `one of ${[...categories].join(', ')}`,
    });
  } else if (typeof value === 'string' && !categories.has(value)) {
    const near = didYouMean(value, [...categories]);
    const declared = 'New categories are declared under `categories:`';
    diagnostics.push({
      ...locate(['category'], 'value'),
      code: 'suite/unknown-category',
      message: `category "${value}" is not known`,
      help: near === null ? declared : `${near} ${declared}`,
    });
  }
}

function checkLanguage(
  value: unknown,
  subject: string,
  locate: Locate,
  { languages, diagnostics }: CaseContext,
): void {
  if (typeof value !== 'string' || languages.includes(value)) return;
  diagnostics.push({ ...locate(['language'], 'value'), ...unknownLanguage(value, subject, languages) });
}

export function unknownLanguage(
  value: string,
  subject: string,
  languages: readonly string[],
): Required<Pick<Diagnostic, 'code' | 'message' | 'help'>> {
  const help = didYouMean(value, languages) ?? `supported: ${languages.join(', ')}`;
  return { code: 'suite/unknown-language', message: `${subject}: no sandbox runs "${value}"`, help };
}

async function readPrompt(
  entry: CaseEntry,
  locate: Locate,
  { file, files, within, diagnostics }: CaseContext,
): Promise<string | null> {
  if (typeof entry.prompt === 'string') return entry.prompt;
  const found = await namedFile(entry.prompt.file, file, files, within);
  // As a YAML block would have it: one text, and so one id, whatever editor or system wrote the file.
  if ('path' in found)
    return (await files.readText(found.path)).replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  diagnostics.push({ ...locate(['prompt', 'file'], 'value'), ...found });
  return null;
}

const NO_PARAMS: Case['params'] = {};
const NO_TAGS: readonly string[] = [];

type Unhashed = Omit<Case, 'hash' | 'questionHash'>;

function build(
  entry: CaseEntry,
  scorings: readonly Scoring[],
  prompt: string,
  locate: Locate,
  { defaults, sandbox }: CaseContext,
): Unhashed {
  const { place = { file: '', line: 1, column: 1 } } = locate(['id'], 'key');
  const system = entry.system ?? defaults.system ?? null;
  return {
    id: entry.id,
    category: entry.category ?? defaults.category ?? '',
    language: entry.language ?? defaults.language ?? null,
    system,
    prompt,
    // Cases without their own share the defaults'.
    params:
      entry.params === undefined ? (defaults.params ?? NO_PARAMS) : { ...defaults.params, ...entry.params },
    entry: entry.entry ?? null,
    signature: entry.signature ?? null,
    prelude: entry.prelude ?? null,
    limits: limitsOf({ ...defaults.limits, ...entry.limits }),
    sandbox: entry.sandbox ?? sandbox,
    passScore: entry.pass_score ?? passScoreOf(entry, scorings),
    tags: entry.tags ?? NO_TAGS,
    samples: entry.samples ?? defaults.samples ?? 1,
    scorings,
    solution: entry.solution ?? null,
    wrong: entry.wrong ?? [],
    promptChars: (system ?? '').length + prompt.length,
    hasSolution: entry.solution !== undefined,
    place,
  };
}

const PASS_SCORE_WITH_CHECKS = 0.8;

function passScoreOf({ checks = [] }: CaseEntry, scorings: readonly Scoring[]): number {
  const lowest = Math.min(1, ...scorings.map(({ passScore }) => passScore));
  return checks.length === 0 ? lowest : Math.min(lowest, PASS_SCORE_WITH_CHECKS);
}

function withHashes(read: Unhashed): Case {
  const scorings = read.scorings.map(({ scorer, version, options, weight, required }) => ({
    scorer,
    version,
    options,
    weight,
    required,
  }));
  return { ...read, ...caseHashes({ ...read, scorings }) };
}

/**
 * A case whose text was found right before, read again. Its prompt stands in it, and its hashes are known. The schema has
 * seen it, and changes nothing but what is bound anew here: of a large suite it would be asked once more for every case.
 */
export function rereadCase(raw: unknown, locate: Locate, context: CaseContext): Unhashed {
  const entry = raw as CaseEntry;
  const prompt = typeof entry.prompt === 'string' ? entry.prompt : '';
  return build(entry, scoringsOf(raw as Readonly<Record<string, unknown>>), prompt, locate, context);
}

/** From what was written, which the schema has found right: binding reads it again in its own way. */
function scoringsOf(fields: Readonly<Record<string, unknown>>): Scoring[] {
  const own = scorersUsed(fields).map((scorer) => {
    const given = scorer.companion === undefined ? undefined : fields[scorer.companion.key];
    return scorer.bind(fields[scorer.key], { weight: 1, required: scorer.required }, given);
  });
  const entries: readonly Readonly<Record<string, unknown>>[] = Array.isArray(fields['checks'])
    ? fields['checks']
    : [];
  const checks = entries.flatMap((entry) => {
    const weight = typeof entry['weight'] === 'number' ? entry['weight'] : 1;
    return scorers
      .filter((scorer) => scorer.stands === 'checks' && entry[scorer.key] !== undefined)
      .map((scorer) => {
        const required = typeof entry['required'] === 'boolean' ? entry['required'] : scorer.required;
        return scorer.bind(entry[scorer.key], { weight, required });
      });
  });
  return [...own, ...checks];
}

function limitsOf(entry: {
  readonly time?: string | undefined;
  readonly memory?: string | undefined;
}): Limits {
  return {
    timeMs:
      entry.time === undefined ? defaultLimits.timeMs : (parseDurationMs(entry.time) ?? defaultLimits.timeMs),
    memoryBytes:
      entry.memory === undefined
        ? defaultLimits.memoryBytes
        : (parseSizeBytes(entry.memory) ?? defaultLimits.memoryBytes),
    outputBytes: defaultLimits.outputBytes,
  };
}
