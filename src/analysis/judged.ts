/** What judges said of a candidate's answers, beside how far they can be trusted. */
import { type JudgeAccuracy, whyUntrusted } from '../domain/kinds/judge-accuracy.js';
import type { AskedLine, TrialRecord } from '../domain/record.js';
import type { Estimate, JudgedShare } from '../domain/summary.js';
import { rounded } from '../domain/units.js';
import { correctedRate } from '../stats/agreement.js';
import { wilson } from '../stats/rate.js';
import { grouped } from './grouped.js';

export type JudgeOfCase = NonNullable<AskedLine['judge']>;

/** Of one answer: statements with a verdict, and those that were called true. */
export interface JudgedCount {
  readonly by: JudgeOfCase;
  readonly called: number;
  readonly of: number;
}

/** Null if its case has no judge, or none that gave a verdict. */
export function judgedIn({ checks }: TrialRecord, by: JudgeOfCase | undefined): JudgedCount | null {
  if (by === undefined) return null;
  const own = checks.filter(({ name, score }) => /^judge(?:\[\d+\])?$/.test(name) && score !== null);
  return own.length === 0 ? null : { by, called: own.filter(({ passed }) => passed).length, of: own.length };
}

export function judgedShares(
  counts: readonly JudgedCount[],
  judges: readonly JudgeAccuracy[],
): readonly JudgedShare[] {
  return [...grouped(counts, ({ by }) => by.rubric)].flatMap(([rubric, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { name } = first.by;
    const accuracy = judges.find((one) => one.rubric === rubric && one.judge === name) ?? null;
    const called = own.reduce((sum, one) => sum + one.called, 0);
    const of = own.reduce((sum, one) => sum + one.of, 0);
    return {
      judge: name,
      rubric,
      called_true: estimate(of, called / of, wilson(called, of)),
      corrected: accuracy === null ? null : correctedOf(called, of, accuracy),
      kappa: accuracy?.kappa ?? null,
      labels: accuracy?.labels ?? 0,
      untrusted: whyUntrusted(accuracy),
    };
  });
}

function correctedOf(called: number, of: number, { counts }: JudgeAccuracy): Estimate | null {
  const rate = correctedRate(called, of, {
    truePositive: counts.true_positive,
    falsePositive: counts.false_positive,
    trueNegative: counts.true_negative,
    falseNegative: counts.false_negative,
  });
  return rate === null ? null : estimate(of, rate.value, rate);
}

const estimate = (
  n: number,
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
): Estimate => ({ value: rounded(value), n, low: rounded(low), high: rounded(high) });
