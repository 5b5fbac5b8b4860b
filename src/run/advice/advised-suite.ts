/** The cases of the evidence as a suite that can be planned. */
import { defaultLimits } from '../../domain/program.js';
import type { Case, Suite } from '../../domain/suite.js';

export function suiteOf(cases: readonly Case[]): Suite {
  return {
    name: 'evidence',
    description: null,
    file: '',
    cases,
    categories: [...new Set(cases.map(({ category }) => category))],
    candidates: [],
    judges: [],
    calibration: [],
    allowUnanswered: 0,
    seed: null,
    packages: [],
    hash: '',
  };
}

/** What was asked does not matter here, but which of the cases it was. */
export function caseOf(id: string, category: string): Case {
  return {
    id,
    category,
    language: null,
    tags: [],
    system: null,
    prompt: 'x',
    promptChars: 1,
    params: {},
    samples: 1,
    entry: null,
    signature: null,
    prelude: null,
    sandbox: null,
    limits: defaultLimits,
    scorings: [],
    passScore: 1,
    solution: null,
    hasSolution: false,
    wrong: [],
    questionHash: id,
    hash: id,
    place: { file: '', line: 1, column: 1 },
  };
}

/** More trials than this make no range narrower that anybody would notice. */
export const MOST_TRIALS = 400;
