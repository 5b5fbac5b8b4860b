/** For each category a model and its fallbacks. */
import { type CategoryAdvice, TOO_FEW_BY_CATEGORY } from '../../domain/recommendation.js';
import { rateChange } from '../../stats/change.js';
import type { Draw } from '../../stats/draw.js';
import { judgedStrata } from '../pass-rates.js';
import type { CandidateEvidence, CaseEvidence } from './evidence.js';
import {
  ALPHA,
  type Field,
  inOrder,
  latenciesDiffer,
  leadersByRate,
  NEAR,
  pairsOf,
  passRate,
  type Take,
  typicalMs,
} from './standing.js';

const FALLBACKS = 2;

/** Categories of which nothing was judged are left out. */
export function adviceByCategory(categories: readonly string[], field: Field, draw: Draw): CategoryAdvice[] {
  const weight = weightOf([...field.contenders, ...field.behind]);
  return categories.flatMap((category) => adviceFor(category, field, weight, draw) ?? []);
}

function adviceFor(
  category: string,
  { contenders, behind }: Field,
  weight: number,
  draw: Draw,
): CategoryAdvice | null {
  const take: Take = (own) => own.category === category;
  const isJudged = (one: CandidateEvidence) => passRate(one, take) !== null;
  const contending = contenders.filter(isJudged);
  const [best] = contending;
  if (best === undefined) return null;
  // Who is behind over all cases is as good here only where that is shown.
  const shown = behind.filter((one) => isJudged(one) && isShownNear(one, best, take));
  const judged = [...contending, ...shown];
  const found = leadersByRate(contending, 'passed', take);
  const isSeparated = shown.length > 0 || (found !== null && found.tied.length < contending.length - 1);
  const rate = (one: CandidateEvidence) =>
    shown.includes(one) ? (passRate(one, take) ?? 0) : shrunkRate(one, take, weight);
  const good = isSeparated && found !== null ? [found.first, ...found.tied, ...shown] : judged;
  const order = isSeparated ? inOrder(good, rate, take) : inOrder(judged, (one) => passRate(one) ?? 0);
  const rest = judged.filter((one) => !good.includes(one)).sort((a, b) => rate(b) - rate(a));
  const last = behind.filter((one) => isJudged(one) && !shown.includes(one));
  const [first, ...then] = [...order, ...rest, ...last];
  if (first === undefined) return null;
  const [next] = then;
  const why = () => {
    if (next === undefined) return 'the only one';
    if (judged.length === 1) return `${ahead(first, next)} over all cases`;
    if (!isSeparated) return TOO_FEW_BY_CATEGORY;
    return good.includes(next) ? asGood(first, next, take, draw) : ahead(first, next, take);
  };
  return {
    category,
    first: first.candidate,
    fallbacks: then.slice(0, FALLBACKS).map(({ candidate }) => candidate),
    why: why(),
  };
}

/** That it is at most so much worse there than the best over all cases, with 95%. */
function isShownNear(one: CandidateEvidence, best: CandidateEvidence, take: Take): boolean {
  const change = rateChange(judgedStrata(pairsOf(best, one, take)));
  const low = change?.interval({ low: ALPHA, high: ALPHA }).low ?? null;
  return low !== null && low > -NEAR;
}

function ahead(first: CandidateEvidence, next: CandidateEvidence, take?: Take): string {
  return `${Math.round(100 * ((passRate(first, take) ?? 0) - (passRate(next, take) ?? 0)))} points ahead`;
}

function asGood(first: CandidateEvidence, next: CandidateEvidence, take: Take, draw: Draw): string {
  const times = typicalMs(next, take) / typicalMs(first, take);
  return latenciesDiffer(first, next, draw, take) <= ALPHA && times > 1.05
    ? `no significant difference in pass rate, ${times >= 10 ? Math.round(times) : times.toFixed(1)}x faster`
    : 'tied on quality and on speed';
}

/** The mean of the cases' rates, and how many of them; each case counts once, however often it was asked. */
function casesOf({ cases }: CandidateEvidence, take: Take): { readonly n: number; readonly sum: number } {
  const rates = ratesIn([...cases.values()].filter(take));
  return { n: rates.length, sum: rates.reduce((all, rate) => all + rate, 0) };
}

function ratesIn(cases: readonly CaseEvidence[]): number[] {
  return cases.filter(({ judged }) => judged > 0).map(({ passed, judged }) => passed / judged);
}

/**
 * A candidate's rate in a category, drawn toward its rate over all cases: the mean of the beta distribution that its cases
 * there leave of one around that rate (empirical Bayes: Casella, An introduction to empirical Bayes data analysis, American
 * Statistician 39, 1985). `weight`: of the rate over all cases, in cases.
 */
function shrunkRate(one: CandidateEvidence, take: Take, weight: number): number {
  const overall = passRate(one) ?? 0;
  const { n, sum } = casesOf(one, take);
  return (sum + weight * overall) / (n + weight);
}

/**
 * How many cases a candidate's rate over all of them is worth in a category: from how much more alike the cases of one
 * category are than others, the intraclass correlation by moments (Williams, The analysis of binary responses from
 * toxicological experiments involving reproduction and teratogenicity, Biometrics 31, 1975), at least 0.02.
 */
function weightOf(candidates: readonly CandidateEvidence[]): number {
  let alike = 0;
  let pairs = 0;
  let spread = 0;
  for (const candidate of candidates) {
    const overall = passRate(candidate) ?? 0;
    const groups = new Map<string, number[]>();
    for (const own of candidate.cases.values()) {
      const [rate] = ratesIn([own]);
      if (rate !== undefined) groups.set(own.category, [...(groups.get(own.category) ?? []), rate - overall]);
    }
    for (const residuals of groups.values()) {
      const n = residuals.length;
      const sum = residuals.reduce((all, one) => all + one, 0);
      const squares = residuals.reduce((all, one) => all + one * one, 0);
      alike += sum * sum - squares;
      pairs += n * (n - 1);
      spread += n * (n - 1) * (squares / n);
    }
  }
  const correlation = pairs === 0 || spread === 0 ? 0 : alike / spread;
  return 1 / Math.min(0.95, Math.max(0.02, correlation)) - 1;
}
