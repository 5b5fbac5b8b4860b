/** What every report says in the same words: cells, notes and conclusions. */

import type { Threshold } from '../analysis/gates.js';
import { type ComparedMetric, type CompareSettings, errorsAt } from '../domain/compare-settings.js';
import type { ComparedFigure } from '../domain/comparison.js';
import { metrics } from '../domain/metric.js';
import { isAnsweredKind } from '../domain/outcome.js';
import type { Alarm, CandidateSummary, Estimate, Figures, RunSummary } from '../domain/summary.js';
import { formatShare } from '../domain/units.js';

const NOT_KNOWN = 'n/a';
/** Below this many trials a percentage says more than was measured. */
const FEW = 5;

/** Rotations first, then models, each as the suite or the command line named them: an order by figures would be a rank. */
export function rowsOf(summary: RunSummary): readonly CandidateSummary[] {
  return [
    ...summary.candidates.filter((candidate) => candidate.kind === 'rotation'),
    ...summary.candidates.filter((candidate) => candidate.kind === 'model'),
  ];
}

export function valueText(candidate: CandidateSummary, key: string): string {
  const metric = metrics.find((known) => known.key === key);
  const value = metric?.read(candidate).value ?? null;
  if (metric === undefined || value === null)
    return key === 'rotations' && candidate.kind === 'model' ? '–' : NOT_KNOWN;
  return metric.format(value);
}

export function shareText({ value }: Estimate): string {
  return value === null ? NOT_KNOWN : formatShare(value);
}

/** `76–100`: percent, without the sign that the value has already. */
export function intervalText({ low, high }: Estimate): string {
  if (low === null || high === null) return '';
  const percent = (share: number) => formatShare(share).replace('%', '');
  return `${percent(low)}–${percent(high)}`;
}

/** The pass rate in a category, with its n where that is not what the others have. */
export function categoryText(figures: Figures | undefined, usualN: number): string {
  if (figures === undefined) return '–';
  const { pass_rate: rate } = figures;
  return rate.value === null || rate.n === usualN ? shareText(rate) : `${shareText(rate)} n=${rate.n}`;
}

/** The n that most cells of the category table have; 0 when there are none. */
export function usualCategoryN(summary: RunSummary): number {
  const counts = new Map<number, number>();
  for (const { categories } of summary.candidates) {
    for (const { pass_rate: rate } of categories) {
      if (rate.value !== null) counts.set(rate.n, (counts.get(rate.n) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

export function categoriesOf(summary: RunSummary): string[] {
  return [...new Set(summary.candidates.flatMap((one) => one.categories.map(({ category }) => category)))];
}

export function categoryNote(summary: RunSummary): string {
  const n = usualCategoryN(summary);
  if (n === 0) return 'no answer was judged';
  const each = `${n} ${n === 1 ? 'answer' : 'answers'} each unless it says otherwise`;
  return n < FEW ? `${each}: read with care` : each;
}

export function answeredByText(candidate: CandidateSummary): string {
  return Object.entries(candidate.answered_by)
    .sort(([a, timesA], [b, timesB]) => timesB - timesA || (a < b ? -1 : 1))
    .map(([model, times]) => `${model} ${times}`)
    .join(', ');
}

export const simulatedNote =
  'Simulated models: their answers, speeds and limits are made up. The figures say how bench works, not how good a model is.';

/** What a judge says never stands without how far it can be trusted. */
function judgedSentences({ candidate, judged = [] }: CandidateSummary): string[] {
  return judged.map(({ judge, called_true: called, corrected, kappa, labels }) => {
    const said = `${candidate}: ${judge} calls ${judgedText(called)} of ${plural(called.n, 'statement')} true`;
    if (labels === 0) return `${said}. It was not measured: see bench judge check.`;
    const kappaText =
      kappa === null
        ? 'n/a'
        : `${kappa.value.toFixed(2)} (${kappa.low.toFixed(2)} to ${kappa.high.toFixed(2)})`;
    const corrects =
      corrected === null ? 'no correction is possible' : `corrected by its errors ${judgedText(corrected)}`;
    return `${said}; ${corrects}. Its kappa on ${plural(labels, 'label')}: ${kappaText}.`;
  });
}

const judgedText = ({ value, low, high }: Estimate): string => {
  const percent = (share: number | null) => `${Math.round((share ?? 0) * 100)}`;
  return `${percent(value)}% (${percent(low)}–${percent(high)})`;
};

/** Sentences on what may be concluded, and what is missing. */
export function conclusionsOf(summary: RunSummary): string[] {
  const { verdicts, planned, trials } = summary.totals;
  const sentences = [...rankingSentences(summary)];
  for (const candidate of rowsOf(summary)) {
    sentences.push(...unansweredSentences(candidate, summary));
    sentences.push(...judgedSentences(candidate));
  }
  for (const { candidate, trials: waiting, reason, until } of summary.parked) {
    const when = until === null ? '' : ` They can be resumed at ${until.slice(0, 16).replace('T', ' ')} UTC.`;
    sentences.push(`${plural(waiting, 'trial')} of ${candidate} deferred: ${reason}.${when}`);
  }
  for (const warning of summary.warnings) {
    // Why a model was disabled stands beside what it left.
    if (summary.parked.some(({ reason }) => warning.includes(reason))) continue;
    sentences.push(`Warning: ${warning}${/[.!?]$/.test(warning) ? '' : '.'}`);
  }
  if (verdicts.error > 0) {
    sentences.push(
      `${plural(verdicts.error, 'trial')} could not be judged, through no fault of the model; no rate includes them. bench show has the reason.`,
    );
  }
  sentences.push(...unsupportedSentences(summary), ...summary.alarms.map(alarmText));
  if (trials < planned) {
    sentences.push(`The run is incomplete: ${trials} of ${planned} trials have ended.`);
  }
  return sentences;
}

function rankingSentences({ candidates, ranking }: RunSummary): string[] {
  if (candidates.length < 2) return [];
  const { cases, separated, smallest_gap: gap } = ranking;
  if (cases === 0) return ['No case has answers from all candidates, so they cannot be compared.'];
  const answered = `${plural(cases, 'case')} answered by all`;
  const sight =
    gap === null
      ? `${answered}: too few to detect any gap`
      : `${answered}: a gap of ${Math.ceil(gap * 100)} points would be detected with 80% power`;
  const open = (ranking.unsettled ?? []).map(
    ({ better, worse }) =>
      `${better} passes more than ${worse} of the answers that arrived; the missing ones could reverse that.`,
  );
  if (separated.length === 0 && open.length > 0) return open;
  const lead = bestTwoSentence(ranking);
  if (separated.length === 0) return [`No significant differences in pass rate (${sight}).`, ...lead];
  const worseOf = new Map<string, string[]>();
  for (const { better, worse } of separated) worseOf.set(better, [...(worseOf.get(better) ?? []), worse]);
  const pairs = [...worseOf].map(([better, worse]) => `${better} ahead of ${worse.join(', ')}`);
  const all = (candidates.length * (candidates.length - 1)) / 2;
  const rest = separated.length + open.length < all ? ' No other pair differs significantly.' : '';
  return [`Significantly different pass rates (p ≤ 0.05): ${pairs.join('; ')}.${rest}`, ...lead, ...open];
}

/** "Best two: a passes 4.2 points more than b (95% confidence interval −1.3 to +9.7, paired by case)." */
function bestTwoSentence({ best_two: two }: RunSummary['ranking']): string[] {
  if (two === undefined) return [];
  const { value, low, high } = two.difference;
  if (value === null || low === null || high === null || high - low >= 2) return [];
  const { change } = comparedBy.pass_rate;
  const much =
    value === 0 ? `as much as ${two.other}` : `${(100 * value).toFixed(1)} points more than ${two.other}`;
  return [
    `Best two: ${two.better} passes ${much} (95% confidence interval ${change(low)} to ${change(high)}, paired by case).`,
  ];
}

function unansweredSentences(candidate: CandidateSummary, summary: RunSummary): string[] {
  // The warning about the budget has them all, with how to resume.
  const isReported = summary.warnings.some((warning) => warning.startsWith('stopped by --'));
  const deferred = isReported ? (candidate.outcomes['budget'] ?? 0) : 0;
  const count = candidate.verdicts.unanswered - deferred;
  if (count === 0) return [];
  const reasons = Object.entries(candidate.outcomes)
    .filter(([outcome]) => !isAnsweredKind(outcome) && !(deferred > 0 && outcome === 'budget'))
    .sort(([a, timesA], [b, timesB]) => timesB - timesA || (a < b ? -1 : 1))
    .map(([outcome, times]) => {
      const said = candidate.server_said?.[outcome];
      const words = said === undefined || said === '' ? '' : ` ("${said}")`;
      return `${outcome.replaceAll('_', ' ')}${times === count ? '' : ` ${times}`}${words}`;
    });
  const retries =
    candidate.attempts > 0 && candidate.attempts <= candidate.trials && candidate.outcomes['rate_limited']
      ? ' (retries are off)'
      : '';
  const full = summary.candidates.filter(
    (other) => other.kind === 'rotation' && other.verdicts.unanswered === 0,
  );
  const saved =
    candidate.kind === 'model' && full.length > 0
      ? ` ${full.map(({ candidate: name }) => name).join(' and ')} answered everything.`
      : '';
  return [
    `${candidate.candidate} left ${plural(count, 'trial')} unanswered: ${reasons.join(', ')}${retries}.${saved}`,
  ];
}

/** All candidates together, by what was lacking, most first. */
function unsupportedSentences({ candidates }: RunSummary): string[] {
  const counts = new Map<string, number>();
  for (const [lack, count] of candidates.flatMap(({ unsupported }) => Object.entries(unsupported ?? {})))
    counts.set(lack, (counts.get(lack) ?? 0) + count);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const named = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([lack, count]) => `${lack} ${count}`);
  return [`${plural(total, 'answer')} needed something this sandbox does not have: ${named.join(', ')}.`];
}

const CASES_NAMED = 5;

function alarmText({ kind, cases, candidate, language, share }: Alarm): string {
  const more = cases.length > CASES_NAMED ? ` and ${cases.length - CASES_NAMED} more` : '';
  const named = `${cases.slice(0, CASES_NAMED).join(', ')}${more}`;
  const percent = `${Math.round((share ?? 0) * 100)}%`;
  switch (kind) {
    case 'nobody_passes':
      return `Nobody passed ${named}: hard, or broken? Check with bench validate.`;
    case 'never_judged':
      return `No answer to ${named} could be judged, through no fault of the models: bench show has the reason.`;
    case 'mostly_no_code':
      return `${percent} of the answers of ${candidate} contained no code; look at one with bench show.`;
    case 'mostly_truncated':
      return `${percent} of the answers of ${candidate} were cut off; raise max_tokens.`;
    case 'unsupported':
      return `${percent} of the answers of ${candidate} need something this sandbox does not have; its pass rate excludes them.`;
    case 'identical_samples':
      return `${candidate} gave one text for all samples of ${percent} of the cases (temperature 0, or a cache?); they count once in comparisons.`;
    case 'sandbox_replaced':
      return `The ${language} sandbox had to be replaced after ${percent} of its programs: endless answers, limits too tight, or a machine too busy?`;
    default:
      return kind satisfies never;
  }
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** How a comparison writes a figure, a change of it, and what may be lost of it. */
export interface ComparedWords {
  readonly title: string;
  readonly value: (value: number) => string;
  readonly change: (change: number) => string;
  readonly points: (value: number) => string;
}

const inPoints: Omit<ComparedWords, 'title'> = {
  value: (rate) => `${(100 * rate).toFixed(1)}%`,
  change: (change) => signed(100 * change, 1),
  points: (value) => `${Number((100 * value).toFixed(1))} points`,
};

export const comparedBy: Readonly<Record<ComparedMetric, ComparedWords>> = {
  pass_rate: { title: 'pass rate', ...inPoints },
  success_rate: { title: 'success', ...inPoints },
  quality: {
    title: 'quality',
    value: (value) => value.toFixed(2),
    change: (change) => signed(change, 2),
    points: (value) => `${Number(value.toFixed(2))} of 5`,
  },
  latency: {
    title: 'typical latency',
    value: (ms) => `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`,
    change: (ratio) => `${signed(100 * (ratio - 1), 0)}%`,
    points: (value) => `${Number((100 * value).toFixed(1))}%`,
  },
};

/** `81.4% → 80.6% (−0.8)`. */
export function comparedText({ metric, before, after, change }: ComparedFigure): string {
  if (before === null || after === null || change.value === null) return NOT_KNOWN;
  const words = comparedBy[metric];
  return `${words.value(before)} → ${words.value(after)} (${words.change(change.value)})`;
}

/** With a minus that is as wide as the plus; what rounds to nothing has no sign. */
function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** Of the interval that decides; Holm widens it where there are several. */
export function intervalTitle({ alpha }: CompareSettings): string {
  const { low, high } = errorsAt(alpha);
  return `${Number((100 * (1 - low - high)).toPrecision(4))}%`;
}

/** The figure that a threshold was held against. */
export function thresholdText({ metric: wanted }: Threshold, value: number | null): string {
  const metric = metrics.find(({ key }) => key === wanted);
  return value === null || metric === undefined ? 'not measured' : metric.format(value);
}
