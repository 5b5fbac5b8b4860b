/**
 * The mutants of a case as a file for the viewer of mutation testing elements: a file of source for each answer, with what
 * became of each mutant. The form: https://github.com/stryker-mutator/mutation-testing-elements, report schema 2.
 */
import type { MutantRecord, MutantStatus } from '../domain/kinds/mutation.js';
import type { AskedLine, TrialRecord } from '../domain/record.js';

const STATUS: Readonly<Record<MutantStatus, { readonly status: string; readonly statusReason?: string }>> = {
  killed: { status: 'Killed' },
  timeout: { status: 'Timeout' },
  survived: { status: 'Survived' },
  stillborn: { status: 'RuntimeError', statusReason: 'does not load' },
  unkillable: { status: 'Ignored', statusReason: "the case's own tests do not notice it" },
  unclear: { status: 'Ignored', statusReason: 'neither passed nor failed' },
};

/** In percent; what colours a viewer gives to scores. */
const THRESHOLDS = { high: 80, low: 60 };

const EXTENSIONS: Readonly<Record<string, string>> = { python: 'py', javascript: 'js', typescript: 'ts' };

/** Trials without mutants are left out: their tests failed on the subject, or there was no answer. */
export function mutationReport(
  { id, language, subject = '' }: Pick<AskedLine, 'id' | 'language' | 'subject'>,
  trials: readonly TrialRecord[],
): object {
  const extension = EXTENSIONS[language ?? ''] ?? 'txt';
  const files = trials.flatMap(({ candidate, sample, checks }) => {
    const mutants = checks.find(({ mutants: own }) => own !== undefined)?.mutants;
    if (mutants === undefined) return [];
    const name = `${candidate}/${sample === 0 ? '' : `sample ${sample + 1}/`}${id}.${extension}`;
    const file = { language: language ?? '', source: subject, mutants: mutants.map(asMutant(subject)) };
    return [[name, file] as const];
  });
  return {
    schemaVersion: '2',
    thresholds: THRESHOLDS,
    framework: { name: 'bench' },
    files: Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function asMutant(subject: string): (mutant: MutantRecord, index: number) => object {
  return ({ operator, from, to, replacement, status }, index) => ({
    id: String(index + 1),
    mutatorName: operator,
    replacement,
    location: { start: placeOf(subject, from), end: placeOf(subject, to) },
    ...STATUS[status],
  });
}

function placeOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = source.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
