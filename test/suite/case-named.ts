import type { Case } from '../../src/domain/suite.js';

export function caseNamed(id: string, more: Partial<Case> = {}): Case {
  return {
    id,
    category: 'simple',
    language: 'python',
    tags: [],
    system: null,
    prompt: 'p',
    promptChars: 1,
    params: {},
    samples: 1,
    entry: id,
    signature: null,
    prelude: null,
    sandbox: null,
    limits: { timeMs: 1000, memoryBytes: 1e8, outputBytes: 1e6 },
    scorings: [],
    passScore: 1,
    solution: null,
    hasSolution: false,
    wrong: [],
    questionHash: '',
    hash: '',
    place: { file: 'suite.yaml', line: 1, column: 1 },
    ...more,
  };
}
