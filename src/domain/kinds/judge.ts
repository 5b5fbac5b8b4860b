/** A judge: models that say of another model's answer which statements are true of it. */
import type { Scoring } from '../grade.js';
import type { JsonObject } from '../value.js';

/** What a case's judge is asked. */
export interface JudgeSpec {
  /** Statements, each true or false of an answer; with a scale, what is rated. */
  readonly items: readonly string[];
  /** Ratings go from 1 to this; null: each item is true or false. */
  readonly scale: number | null;
  /** Names: of one, its word counts; of several, that of the majority. */
  readonly models: readonly string[];
}

/** Null for cases without a judge. */
export function judgeSpecOf(scorings: readonly Scoring[]): JudgeSpec | null {
  const options = scorings.find(({ scorer }) => scorer === 'judge')?.options;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return null;
  const { items, scale, models } = options as JsonObject;
  const texts = (list: unknown): readonly string[] => (Array.isArray(list) ? list.map(String) : []);
  return { items: texts(items), scale: typeof scale === 'number' ? scale : null, models: texts(models) };
}

/** An answer with the verdict of a person: what judges are measured by. */
export interface Anchor {
  /** The prompt that it answers. */
  readonly task: string;
  readonly answer: string;
  readonly spec: JudgeSpec;
  /** For each statement; with a scale, one rating. */
  readonly labels: readonly (boolean | number)[];
  /** Null where nobody is named. */
  readonly by: string | null;
  /** The case that it belongs to. */
  readonly case: string;
}

/** Ratings from here on are said to pass: 4 of 5 and better. */
export const PASSING_RATING = 0.75;

/** A rating from 1 to `scale` as a number from 0 to 1. */
export const ratingShare = (rating: number, scale: number): number => (rating - 1) / (scale - 1);
