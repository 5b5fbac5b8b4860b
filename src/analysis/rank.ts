/** Who is told apart from whom on pass rate, paired by case. */
import type { Verdict } from '../domain/grade.js';
import type { Ranking } from '../domain/record.js';
import { fewestCasesSeen, holm, signTest } from '../stats/paired.js';

const ALPHA = 0.05;

export interface JudgedTrial {
  readonly candidate: string;
  readonly caseKey: string;
  readonly verdict: Verdict | null;
}

export function rank(candidates: readonly string[], judged: Iterable<JudgedTrial>): Ranking {
  const rates = new Map(candidates.map((name) => [name, ratesByCase(name, judged)]));
  const pairs = candidates.flatMap((one, index) =>
    candidates.slice(index + 1).map((other) => {
      const { wins, losses } = compared(rates.get(one) ?? new Map(), rates.get(other) ?? new Map());
      const [better, worse] = wins >= losses ? [one, other] : [other, one];
      return { better, worse, p: Math.round(signTest(wins, losses) * 1e6) / 1e6 };
    }),
  );
  const adjusted = holm(pairs.map((pair) => pair.p));
  const cases = [...(rates.values().next().value ?? new Map<string, number>()).keys()].filter((key) =>
    [...rates.values()].every((own) => own.has(key)),
  ).length;
  const seen = fewestCasesSeen(pairs.length, ALPHA);
  return {
    separated: pairs.filter((_, index) => (adjusted[index] ?? 1) <= ALPHA),
    smallest_gap: pairs.length === 0 || seen > cases ? null : seen / cases,
    cases,
  };
}

function ratesByCase(candidate: string, judged: Iterable<JudgedTrial>): Map<string, number> {
  const counts = new Map<string, { passed: number; n: number }>();
  for (const trial of judged) {
    if (trial.candidate !== candidate) continue;
    const count = counts.get(trial.caseKey) ?? { passed: 0, n: 0 };
    count.passed += trial.verdict === 'passed' ? 1 : 0;
    count.n += 1;
    counts.set(trial.caseKey, count);
  }
  return new Map([...counts].map(([key, { passed, n }]) => [key, passed / n]));
}

function compared(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>) {
  let wins = 0;
  let losses = 0;
  for (const [key, rate] of one) {
    const against = other.get(key);
    if (against === undefined) continue;
    if (rate > against) wins += 1;
    if (rate < against) losses += 1;
  }
  return { wins, losses };
}
