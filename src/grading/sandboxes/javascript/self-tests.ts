/** What a sandbox for JavaScript is tried with before it judges. */
import type { Execution, Program } from '../../../domain/program.js';
import type { SelfTest } from '../sandbox.js';

export function javascriptSelfTests(language: 'javascript' | 'typescript'): SelfTest[] {
  const limits = { timeMs: 10_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
  const calls = (code: string): Program => ({
    kind: 'calls',
    language,
    code,
    calls: [{ entry: 'f', of: 'answer', keeps: false, args: [{ t: 'int', v: '1' }], kwargs: {} }],
    limits,
  });
  const returns = (execution: Execution, wanted: number) =>
    execution.kind === 'called' &&
    execution.results[0]?.kind === 'returned' &&
    execution.results[0].value.t === 'float' &&
    execution.results[0].value.v === wanted;
  return [
    {
      says: 'a right answer',
      program: calls(
        language === 'typescript'
          ? 'enum Step { One = 1 }\nfunction f(x: number): number { return x + Step.One; }'
          : 'function f(x) { return x + 1; }',
      ),
      holds: (done) => returns(done, 2),
    },
    { says: 'a wrong answer', program: calls('const f = (x) => x;'), holds: (done) => returns(done, 1) },
    {
      says: 'an answer that ends the process',
      program: calls('std.exit(0);'),
      holds: (done) => done.kind === 'not_loaded',
    },
  ];
}
