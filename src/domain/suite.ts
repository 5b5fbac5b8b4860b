import type { Candidate, Model } from './candidate.js';
import type { Place } from './errors/diagnostic.js';
import type { Scoring } from './grade.js';
import type { Anchor } from './kinds/judge.js';
import type { Limits, SandboxTier } from './program.js';
import type { JsonObject } from './value.js';

/** The six kinds of work; a suite may add its own. */
export const categories = ['simple', 'moderate', 'complex', 'tests', 'refactor', 'docs'] as const;

/** One prompt and how its answer is scored. */
export interface Case {
  readonly id: string;
  readonly category: string;
  /** Null for cases that run no code. */
  readonly language: string | null;
  readonly tags: readonly string[];
  readonly system: string | null;
  readonly prompt: string;
  /** Of system message and prompt: what forecasts need of them. */
  readonly promptChars: number;
  readonly params: JsonObject;
  readonly samples: number;
  /** The name under test, where the case says it. */
  readonly entry: string | null;
  /** Of the entry, as a language with types writes it; null: it is not stated. */
  readonly signature: string | null;
  /** Code that stands before the answer's own, as the prompt gives it; null: none. */
  readonly prelude: string | null;
  readonly limits: Limits;
  /** Where its answers run; null: where the run says, or in `wasm`. */
  readonly sandbox: SandboxTier | null;
  readonly scorings: readonly Scoring[];
  /** The weighted mean score that passes, 0 to 1. */
  readonly passScore: number;
  /** The reference: `bench validate` proves the case against it, and the model `reference` answers with it. */
  readonly solution: string | null;
  readonly hasSolution: boolean;
  /** Answers that must fail. */
  readonly wrong: readonly string[];
  /** Of what is asked alone. */
  readonly questionHash: string;
  /** Of everything that is asked and how it is scored: two cases with one hash are the same case. */
  readonly hash: string;
  readonly place: Place;
}

export interface Suite {
  readonly name: string;
  readonly description: string | null;
  /** The file it came from, as the user named it. */
  readonly file: string;
  readonly cases: readonly Case[];
  /** The six and the suite's own, in the order of tables. */
  readonly categories: readonly string[];
  /** What the suite wants measured when the command line names nobody. */
  readonly candidates: readonly Candidate[];
  /** Models that judge answers to its cases, by the names that these use. */
  readonly judges: readonly Model[];
  /** Answers with verdicts of people, to measure its judges by. */
  readonly calibration: readonly Anchor[];
  /** So many trials may be unanswered or in error. */
  readonly allowUnanswered: number | 'all';
  /** Default of --seed; null: a new one for each run. */
  readonly seed: string | null;
  /** Python packages in addition to the library: `sympy`, `attrs==25.1.0`. */
  readonly packages: readonly string[];
  /** Of the cases' hashes. */
  readonly hash: string;
}

/** The code that answers are to test; null: they are to do something else. */
export const subjectOf = (scorings: readonly Scoring[]): string | null =>
  givenOf(scorings, 'mutation', 'subject');

/** The code that answers are to refactor. */
export const beforeOf = (scorings: readonly Scoring[]): string | null =>
  givenOf(scorings, 'improve', 'before');

/** The code that answers are to document in the code itself. */
export const undocumentedOf = (scorings: readonly Scoring[]): string | null =>
  givenOf(scorings, 'document', 'as') === 'code' ? givenOf(scorings, 'document', 'of') : null;

function givenOf(scorings: readonly Scoring[], name: string, key: string): string | null {
  const options = scorings.find(({ scorer }) => scorer === name)?.options;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return null;
  const given = (options as JsonObject)[key];
  return typeof given === 'string' ? given : null;
}
