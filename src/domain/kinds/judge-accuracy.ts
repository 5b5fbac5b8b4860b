/** How far a judge can be trusted, measured by answers that people have judged. */

/** Of statements: what a person and what the judge said. */
export interface LabelCounts {
  readonly true_positive: number;
  readonly false_positive: number;
  readonly true_negative: number;
  readonly false_negative: number;
}

export interface Limits95 {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** As files have it. */
export interface JudgeAccuracy {
  /** A model's name; of a panel, all of them with + between. */
  readonly judge: string;
  /** Hash of rubric, models and instructions: an accuracy is valid for this combination alone. */
  readonly rubric: string;
  readonly anchors: number;
  /** Statements with a label and a verdict. */
  readonly labels: number;
  /** Answers without a verdict. */
  readonly failures: number;
  readonly counts: LabelCounts;
  readonly agreement: number;
  /** What always giving the more frequent label would get. */
  readonly base_rate: number;
  /** Cohen's, with 95% limits; null if all labels and verdicts are one and the same. */
  readonly kappa: Limits95 | null;
  readonly true_positive_rate: Limits95 | null;
  readonly true_negative_rate: Limits95 | null;
  /** Share of statements of which it said the same when it was asked again; null for a panel. */
  readonly consistency: number | null;
  /** Krippendorff's: of a panel, among its judges; of ratings, with people. Null for neither. */
  readonly alpha: number | null;
  /** Answers that only order a pass: asked, and how many were passed. Null for a panel. */
  readonly canaries: { readonly asked: number; readonly passed: number } | null;
}

/** With fewer labels, or a kappa whose lower limit is below this, a judge decides no gate. */
export const LEAST_LABELS = 50;
export const LEAST_KAPPA = 0.4;

/** Why a judge may not decide a gate; null: it may. */
export function whyUntrusted(accuracy: JudgeAccuracy | null): string | null {
  if (accuracy === null) return 'it was not measured';
  const { labels, kappa } = accuracy;
  if (labels < LEAST_LABELS) return `it was measured on ${labels} labels; ${LEAST_LABELS} are needed`;
  if (kappa === null || kappa.low < LEAST_KAPPA)
    return `the lower limit of its kappa is ${kappa === null ? 'unknown' : kappa.low.toFixed(2)}, below ${LEAST_KAPPA}`;
  return null;
}
