/**
 * Samples of one case that are all the same text: a temperature of 0 or a cache gives one answer again and again, and they
 * are no samples of each other. Pure.
 */
import type { Verdict } from '../domain/grade.js';
import { wordOfText } from '../domain/ids.js';
import type { TrialRecord } from '../domain/record.js';

export interface Said {
  readonly candidate: string;
  readonly caseKey: string;
  readonly verdict: Verdict | null;
  /** Of what the answer says, a hash; 0: nothing. */
  readonly text: number;
}

/** A hash of what an answer says; 0: nothing. */
export function textWord({ completion }: Pick<TrialRecord, 'completion'>): number {
  return completion === null || completion.text === '' ? 0 : wordOfText(completion.text) || 1;
}

/** By candidate: its cases with several samples, and those whose samples are one text. */
export interface Repeats {
  readonly several: number;
  readonly cases: ReadonlySet<string>;
}

export function repeatsOf(trials: Iterable<Said>): Map<string, Repeats> {
  const texts = new Map<string, Map<string, { readonly text: number; answers: number; isOne: boolean }>>();
  for (const { candidate, caseKey, verdict, text } of trials) {
    if (verdict === 'unanswered') continue;
    const cases =
      texts.get(candidate) ?? new Map<string, { text: number; answers: number; isOne: boolean }>();
    texts.set(candidate, cases);
    const own = cases.get(caseKey) ?? { text, answers: 0, isOne: text !== 0 };
    cases.set(caseKey, own);
    own.answers += 1;
    own.isOne &&= own.text === text;
  }
  return new Map(
    [...texts].map(([candidate, cases]) => {
      const several = [...cases].filter(([, { answers }]) => answers > 1);
      return [
        candidate,
        {
          several: several.length,
          cases: new Set(several.flatMap(([key, { isOne }]) => (isOne ? [key] : []))),
        },
      ];
    }),
  );
}

/** The same trials, with one answer only of each case that says one thing. */
export function* countedOnce<Trial extends Said>(
  trials: Iterable<Trial>,
  repeats: ReadonlyMap<string, Repeats>,
): Iterable<Trial> {
  const taken = new Set<string>();
  for (const trial of trials) {
    const isRepeat = repeats.get(trial.candidate)?.cases.has(trial.caseKey) ?? false;
    if (isRepeat && trial.verdict !== 'unanswered') {
      const key = JSON.stringify([trial.candidate, trial.caseKey]);
      if (taken.has(key)) continue;
      taken.add(key);
    }
    yield trial;
  }
}
