/** A suite's answers with the verdicts of people. */
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import type { Anchor, JudgeSpec } from '../domain/kinds/judge.js';
import type { SuiteHead } from './schema.js';
import type { Locate } from './yaml-source.js';

/** A case with a judge. */
export interface JudgedCase {
  readonly id: string;
  readonly prompt: string;
  readonly spec: JudgeSpec;
}

type Entry = NonNullable<SuiteHead['calibration']>[number];

/** Each anchor with the rubric of its case, or what is wrong with it. */
export function readCalibration(
  { calibration = [] }: SuiteHead,
  locate: Locate,
  judged: ReadonlyMap<string, JudgedCase>,
  diagnostics: Diagnostic[],
): readonly Anchor[] {
  return calibration.flatMap((entry, index) => {
    const wrong = (message: string, help?: string): Anchor[] => {
      const place = locate(['calibration', index], 'value');
      diagnostics.push({
        ...place,
        code: 'suite/invalid-calibration',
        message: `calibration ${index + 1}: ${message}`,
        ...(help === undefined ? {} : { help }),
      });
      return [];
    };
    const found = caseOf(entry, judged);
    if ('message' in found) return wrong(found.message, found.help);
    const problem = labelProblem(entry.labels, found.spec);
    if (problem !== null) return wrong(problem);
    const { answer, labels, by = null, prompt: task = found.prompt } = entry;
    return [{ task, answer, labels, by, spec: found.spec, case: found.id }];
  });
}

function caseOf(
  { case: id, prompt }: Entry,
  judged: ReadonlyMap<string, JudgedCase>,
): JudgedCase | { readonly message: string; readonly help?: string } {
  if (id !== undefined) {
    const known = judged.get(id);
    if (known !== undefined) return known;
    const near = didYouMean(id, [...judged.keys()]);
    return { message: `no case "${id}" has a judge`, ...(near === null ? {} : { help: near }) };
  }
  if (prompt === undefined) return { message: 'it names no case', help: 'add case: or prompt:' };
  const [first, ...more] = judged.values();
  if (first === undefined) return { message: 'no case of the suite has a judge' };
  const isOne = more.every(({ spec }) => JSON.stringify(spec) === JSON.stringify(first.spec));
  return isOne
    ? { ...first, prompt }
    : { message: 'the suite has several rubrics', help: 'add case: the one whose judge is meant' };
}

function labelProblem(labels: Entry['labels'], { items, scale }: JudgeSpec): string | null {
  if (scale === null) {
    const isRight = labels.length === items.length && labels.every((label) => typeof label === 'boolean');
    return isRight ? null : `labels takes true or false for each of ${items.length} statements`;
  }
  const [rating, ...more] = labels;
  const isRight = more.length === 0 && typeof rating === 'number' && rating >= 1 && rating <= scale;
  return isRight ? null : `labels takes one rating from 1 to ${scale}`;
}
