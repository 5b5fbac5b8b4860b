/** From an answer to a verdict: what scorers see, what they say, and how checks become a verdict. */

import type { DocumentedCode } from './kinds/documentation.js';
import type { Judgement } from './kinds/judgement.js';
import type { CodeMeasures } from './kinds/measures.js';
import type { MutantRecord, Mutation } from './kinds/mutation.js';
import type { Execution, Limits, Program } from './program.js';
import type { Json } from './value.js';

/** What the extraction made of a completion. */
export type Answer =
  | { readonly kind: 'code'; readonly code: string; readonly method: string; readonly text: string }
  /** The task is answered in prose, or nothing of it needs code. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'no_code'; readonly text: string }
  | { readonly kind: 'truncated'; readonly text: string };

/** Null scores are errors of ours: they leave the verdict open and are never counted against the model. */
export interface Check {
  /** `table[1]`, `tests`, `docstring`. */
  readonly name: string;
  /** 0 to 1; null when our side could not judge. */
  readonly score: number | null;
  readonly passed: boolean;
  readonly required: boolean;
  readonly weight: number;
  /** What was expected, what came, and where, in words a person can act on. Null when there is nothing to say. */
  readonly detail: string | null;
  /** Which judge decided on tests: one interpreter for both, or one each after a mark. Absent for other checks. */
  readonly evidence?: 'shared' | 'isolated';
  /** Why there is no score. Absent if there is one. */
  readonly reason?: ErrorReason;
  /** With `unsupported`: the module or global that is missing. */
  readonly lack?: string;
  /** Of `mutation`: each fault that was put into the subject, and what became of it. */
  readonly mutants?: readonly MutantRecord[];
  /** Of a panel: what each judge said; null: no verdict. */
  readonly votes?: readonly { readonly judge: string; readonly said: boolean | number | null }[];
}

/**
 * `sandbox`: it could not judge. `solution_fails`: the case's own solution fails, so nobody's answer can be judged.
 * `unsupported`: the answer needs something that the sandbox lacks. `judge`: it gave no verdict as it was asked to.
 */
export const errorReasons = ['sandbox', 'solution_fails', 'unsupported', 'judge'] as const;
export type ErrorReason = (typeof errorReasons)[number];

/** What static checks see of code: counted in its syntax tree, never in words of the text. */
export interface FunctionShape {
  /** `Stack.push` for a method. */
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** Without `self` and `cls`. */
  readonly parameters: readonly { readonly name: string; readonly typed: boolean }[];
  readonly returnTyped: boolean;
  readonly documented: boolean;
  /** McCabe's number: 1 and one more for each place where it can go two ways, functions inside it included. */
  readonly complexity: number;
  /** Control statements within each other; an else-if is no deeper than its if. */
  readonly nesting: number;
  /** Lines that hold code of it. */
  readonly lines: number;
}

export interface Named {
  readonly name: string;
  readonly line: number;
}

export interface CodeShape {
  /** Top-level functions and methods, in the order of the source. */
  readonly functions: readonly FunctionShape[];
  readonly classes: readonly (Named & { readonly documented: boolean })[];
  /** `sorted`, `os.path.join`, as they stand in the source. */
  readonly calls: readonly Named[];
  /** Every name that is read. */
  readonly reads: readonly Named[];
  /** Modules: `os.path` and `os` for `import os.path`. */
  readonly imports: readonly Named[];
  /** Lines that hold code: no blank ones, no comments, no docstrings. */
  readonly lines: number;
  /** Of those, the ones that repeat three lines or more from further up. */
  readonly duplicatedLines: number;
  /** Words of the language that it uses. */
  readonly keywords: readonly string[];
}

/** Facts of code from its syntax tree. */
export interface SeenCode {
  readonly shape: CodeShape;
  /** Names that it reads and binds nowhere. */
  readonly free: ReadonlySet<string>;
}

/** What a scorer may use. None of it is done in the thread that measures latencies. */
export interface JudgeTools {
  readonly run: (program: Program) => Promise<Execution>;
  /** Of programs that are the same for many answers, such as a case's reference: run once. */
  readonly runOnce: (program: Program) => Promise<Execution>;
  /** Once, even if it times out; with the time that it took in the sandbox, in ms. */
  readonly runTimed: (
    program: Program,
  ) => Promise<{ readonly execution: Execution; readonly tookMs: number }>;
  readonly look: (language: string, code: string) => Promise<SeenCode>;
  readonly measure: (language: string, code: string) => Promise<CodeMeasures>;
  /** `answer`: the given code with documentation in it, or a README about it. */
  readonly readDocumentation: (
    language: string,
    given: string,
    answer: string,
    isReadme: boolean,
  ) => Promise<DocumentedCode>;
  /** Faults for code of a language: more than `most` if there are, since some may turn out to be no faults. */
  readonly mutations: (language: string, code: string, most: number) => Promise<readonly Mutation[]>;
  /** Tests without their own copy of `subject`, and the names of what was left out. */
  readonly testFile: (
    language: string,
    tests: string,
    subject: string,
  ) => Promise<{ readonly tests: string; readonly copies: readonly string[] }>;
  /** Whether a regular expression is found; null: it took too long. */
  readonly search: (source: string, flags: string, text: string) => Promise<boolean | null>;
}

/** What a scorer knows of the case. */
export interface JudgeContext {
  /** Null only for cases that run no code. */
  readonly language: string | null;
  readonly entry: string | null;
  readonly signature?: string | null;
  readonly limits: Limits;
  /** The case's reference, where it has one. */
  readonly solution: string | null;
  /** Modules and functions that a check of the case forbids: an answer that needs one fails, even if the sandbox lacks it. */
  readonly forbidden: readonly string[];
  /** The prompt. */
  readonly task: string;
  /** What its judges said of this answer. */
  readonly judgements: readonly Judgement[];
}

/** A scorer with its options bound: what a case carries. */
export interface Scoring {
  readonly scorer: string;
  readonly version: number;
  readonly options: Json;
  readonly weight: number;
  readonly required: boolean;
  /** Whether the answer must hold code for it. */
  readonly needsCode: boolean;
  /** The weighted mean score that passes, if the case does not say: of several, the lowest. */
  readonly passScore: number;
  readonly judge: (answer: Answer, context: JudgeContext, tools: JudgeTools) => Promise<readonly Check[]>;
}

export type Verdict = 'passed' | 'failed' | 'error' | 'unanswered';

/**
 * A case passes when every required check passes and the weighted mean score reaches `passScore`. One check that our
 * side could not judge makes it an error, unless a required check failed anyway.
 */
export function verdictOf(
  checks: readonly Check[],
  passScore: number,
): { verdict: 'passed' | 'failed' | 'error'; score: number | null } {
  if (checks.some((check) => check.required && check.score !== null && !check.passed)) {
    return { verdict: 'failed', score: meanScore(checks) ?? 0 };
  }
  const score = checks.some((check) => check.score === null) ? null : meanScore(checks);
  if (score === null) return { verdict: 'error', score: null };
  // Weights like 1/3 add up to a hair less than 1.
  return { verdict: score >= passScore - 1e-9 ? 'passed' : 'failed', score };
}

/** The weighted mean of the checks that were judged; null when none was. */
function meanScore(checks: readonly Check[]): number | null {
  let weighted = 0;
  let weights = 0;
  for (const check of checks) {
    if (check.score === null) continue;
    weighted += check.score * check.weight;
    weights += check.weight;
  }
  return weights === 0 ? null : weighted / weights;
}
