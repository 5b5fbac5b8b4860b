/** What a sandbox for Python is tried with before it judges. */
import type { Execution, Program } from '../../../domain/program.js';
import type { SelfTest } from '../sandbox.js';

export function pythonSelfTests(): SelfTest[] {
  const limits = { timeMs: 10_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
  const calls = (code: string): Program => ({
    kind: 'calls',
    language: 'python',
    code,
    calls: [{ entry: 'f', of: 'answer', keeps: false, args: [{ t: 'int', v: '1' }], kwargs: {} }],
    limits,
  });
  const returns = (execution: Execution, wanted: string) =>
    execution.kind === 'called' &&
    execution.results[0]?.kind === 'returned' &&
    execution.results[0].value.t === 'int' &&
    execution.results[0].value.v === wanted;
  return [
    {
      says: 'a right answer',
      program: calls('def f(x):\n    return x + 1\n'),
      holds: (done) => returns(done, '2'),
    },
    {
      says: 'a wrong answer',
      program: calls('def f(x):\n    return x\n'),
      holds: (done) => returns(done, '1'),
    },
    {
      says: 'an answer that ends the interpreter',
      program: calls('import sys\nsys.exit(0)\n'),
      holds: (done) => done.kind === 'not_loaded',
    },
  ];
}
