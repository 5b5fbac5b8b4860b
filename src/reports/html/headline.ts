/** The sentence that answers the question: which model, over what, and how sure that is. */
import type { CandidateSummary, RunSummary } from '../../domain/summary.js';
import { intervalText, shareText } from '../wording.js';

const INCOMPARABLE = 'The candidates cannot be compared: too few cases have answers from all of them.';

export function headline({ candidates, ranking, suites }: RunSummary): string {
  const [only, ...others] = candidates;
  if (only === undefined) return 'No candidate was asked.';
  const all = suites.reduce((sum, { cases }) => sum + cases, 0);
  if (others.length === 0) {
    const { value } = only.pass_rate;
    const name = nameOf(only);
    return value === null
      ? `No answer of ${name} was judged.`
      : `${name} passes ${rateOf(only)} of ${all} cases.`;
  }
  const { best_two: two, cases } = ranking;
  const best = candidates.find(({ candidate }) => candidate === two?.better);
  const { value = null, low = null, high = null } = two?.difference ?? {};
  if (two === undefined || best === undefined || value === null || low === null || high === null)
    return INCOMPARABLE;
  const gap = `${points(value)} points more than ${two.other} (95% confidence interval ${signed(low)} to ${signed(high)}, ${cases} cases answered by all)`;
  const isAhead = ranking.separated.some(({ better, worse }) => better === two.better && worse === two.other);
  return isAhead
    ? `${nameOf(best)} passes most: ${rateOf(best)}, ${gap}.`
    : `No single candidate is best. ${nameOf(best)} passes ${gap}: that may be chance.`;
}

const nameOf = ({ candidate, simulated }: CandidateSummary): string => `${simulated ? '~' : ''}${candidate}`;
const rateOf = ({ pass_rate: rate }: CandidateSummary): string =>
  `${shareText(rate)} (${intervalText(rate)})`;
const points = (share: number): string => (100 * share).toFixed(1);
const signed = (share: number): string => `${share < 0 ? '−' : '+'}${points(Math.abs(share))}`;
