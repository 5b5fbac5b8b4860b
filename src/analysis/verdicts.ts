/**
 * What is concluded from the figures of a comparison. One interval decides on each: it fails where all of it lies beyond
 * what is borne, and passes a limit where all of it lies inside. The end that can fail errs in at most alpha of all
 * comparisons, over all gated figures: as much as Holm's correction raises a figure's p, it widens its interval. The end
 * that passes errs in a fifth of that: with alpha 0.05 an interval of 94%.
 */

import { type CompareSettings, errorsAt } from '../domain/compare-settings.js';
import type { ComparedCandidate, ComparedFigure, ComparedVerdict } from '../domain/comparison.js';
import type { Estimate } from '../domain/summary.js';
import type { Bounds, Errors } from '../stats/change.js';
import { holm } from '../stats/several.js';
import { UNSUPPORTED } from './alarms.js';
import type { Measured } from './figures.js';

export type Surroundings = Pick<ComparedCandidate, 'cases' | 'trials' | 'unsupported' | 'untrusted'>;

export interface GateFigure {
  readonly of: Surroundings;
  readonly figure: Measured;
  /** The same without cases whose judge may decide no gate; null: no others are left. Absent if there are none of them. */
  readonly trusted?: Measured | null;
  readonly gated: boolean;
}

/** In the order given. */
export function concluded(all: readonly GateFigure[], settings: CompareSettings): ComparedFigure[] {
  const gated = all.filter((one) => one.gated);
  const raw = gated.map(({ figure }) => pOf(figure));
  const adjusted = holm(raw);
  return all.map((one) => {
    const at = gated.indexOf(one);
    const [p, corrected] = [raw[at] ?? 1, adjusted[at] ?? 1];
    // By this factor Holm raised the p.
    const factor = at < 0 || corrected >= 1 ? 1 : p === 0 ? gated.length : corrected / p;
    return conclude(one, settings, errorsAt(settings.alpha / factor), at < 0 ? null : corrected);
  });
}

/** 1 if the p cannot be computed: that is no evidence of anything. */
function pOf({ change, limit }: Measured): number {
  const p = change?.pBelow(-limit) ?? 1;
  return Number.isFinite(p) ? p : 1;
}

function conclude(
  one: GateFigure,
  settings: CompareSettings,
  errors: Errors,
  adjusted: number | null,
): ComparedFigure {
  const { of, figure, gated } = one;
  const { metric, before, after, change, limit, forecast } = figure;
  const p = change?.pBelow(-limit) ?? null;
  return {
    metric,
    gated,
    before,
    after,
    change: shown(figure, errors),
    p,
    p_adjusted: adjusted,
    ...forecast,
    ...asFarAsJudged(verdictOf(figure, of, settings, errors, p), one, errors),
  };
}

/** As it is read: of latency the ratio. */
function shown({ metric, change, n }: Measured, errors: Errors): Estimate {
  if (change === null) return { value: null, n: 0, low: null, high: null };
  const { low, high } = change.interval(errors);
  if (metric !== 'latency') return { value: change.value, n, low, high };
  const ratio = (faster: number | null) => (faster === null ? null : Math.exp(-faster));
  return { value: Math.exp(-change.value), n, low: ratio(high), high: ratio(low) };
}

type Conclusion = Pick<ComparedFigure, 'verdict' | 'reason'>;

/** A judge that may decide no gate may warn: what fails, fails without the cases that it decides, too. */
function asFarAsJudged(
  conclusion: Conclusion,
  { figure: { limit }, trusted, of: { untrusted } }: GateFigure,
  errors: Errors,
): Conclusion {
  if (conclusion.verdict !== 'fail' || trusted === undefined || untrusted === undefined) return conclusion;
  const change = trusted?.change ?? null;
  if (change !== null && isBeyond(change.interval(errors), limit)) return conclusion;
  const cases = untrusted.cases === 1 ? '1 case is' : `${untrusted.cases} cases are`;
  const reason = `${conclusion.reason}, but ${cases} decided by a judge that decides no gate (${untrusted.why})`;
  return { verdict: 'warn', reason };
}

function verdictOf(
  figure: Measured,
  of: Surroundings,
  settings: CompareSettings,
  errors: Errors,
  p: number | null,
): Conclusion {
  const { metric, change, limit, isLossy, least } = figure;
  const lack = lackOf(figure, of, settings);
  if (lack !== null) return { verdict: 'inconclusive', reason: lack };
  if (change === null) return { verdict: 'inconclusive', reason: 'nothing to compare' };
  if (p === null || !Number.isFinite(p) || !Number.isFinite(change.value))
    return { verdict: 'inconclusive', reason: 'what was counted is not consistent' };
  const interval = change.interval(errors);
  const allowed = settings.max_drop[metric];
  const isAsked = allowed !== undefined && allowed > 0;
  if (isBeyond(interval, limit)) {
    if (!isLossy || (least !== null && isBeyond(least.interval(errors), limit)))
      return { verdict: 'fail', reason: metric === 'latency' ? slower(limit) : worse(limit) };
  }
  if (isLossy)
    return { verdict: 'inconclusive', reason: 'answers are missing on one side more than on the other' };
  if (allowed !== undefined && interval.low === null)
    return { verdict: 'inconclusive', reason: 'too few cases to see anything' };
  if (metric === 'latency') {
    return change.value < -limit
      ? { verdict: 'warn', reason: 'slower, not significantly' }
      : { verdict: 'pass', reason: null };
  }
  if (isAsked) {
    return interval.low !== null && interval.low > -limit
      ? { verdict: 'pass', reason: null }
      : {
          verdict: 'inconclusive',
          reason: 'too few answers to distinguish the drop from the acceptable one',
        };
  }
  if (isBeyond(interval, 0)) return { verdict: 'warn', reason: 'worse, by no more than allowed' };
  return change.value < 0
    ? { verdict: 'warn', reason: 'worse, not significantly' }
    : { verdict: 'pass', reason: null };
}

function isBeyond({ high }: Bounds, limit: number): boolean {
  return high !== null && high < -limit;
}

function worse(limit: number): string {
  return limit > 0 ? 'worse, by more than allowed' : 'worse';
}

function slower(limit: number): string {
  return limit > 0 ? 'slower than allowed' : 'slower';
}

/** Too little was measured, whatever it says. */
function lackOf({ metric }: Measured, of: Surroundings, settings: CompareSettings): string | null {
  if (metric === 'success_rate') return null;
  const { cases, trials, unsupported } = of;
  if (unsupported !== undefined && metric !== 'latency' && unsupported.answers > UNSUPPORTED * unsupported.of)
    return `${unsupported.answers} of ${unsupported.of} answers need something the sandbox does not have`;
  if (cases.both < settings.min_coverage * cases.baseline)
    return `${cases.baseline - cases.both} of the baseline's ${cases.baseline} cases are not judged`;
  const share = (side: { readonly judged: number; readonly asked: number }) =>
    side.asked === 0 ? 0 : side.judged / side.asked;
  if (share(trials.run) < settings.min_coverage * share(trials.baseline))
    return `only ${trials.run.judged} of ${trials.run.asked} answers are judged, of the baseline ${trials.baseline.judged} of ${trials.baseline.asked}`;
  return null;
}

const order: readonly ComparedVerdict[] = ['pass', 'warn', 'inconclusive', 'fail'];

/** Nothing at all is no pass. */
export function worst(all: readonly { readonly verdict: ComparedVerdict }[]): ComparedVerdict {
  if (all.length === 0) return 'inconclusive';
  return order[Math.max(...all.map(({ verdict }) => order.indexOf(verdict)))] ?? 'inconclusive';
}
