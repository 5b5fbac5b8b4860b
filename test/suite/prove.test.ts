import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/domain/suite.js';
import type { Grade } from '../../src/grading/grade.js';
import { prove } from '../../src/suite/validate-case.js';
import { simulatedClock } from '../../src/world/clock.simulated.js';
import { caseNamed } from './case-named.js';

const asked = caseNamed('average', {
  solution: 'def average(rows):\n    return "```"\n',
  hasSolution: true,
  wrong: ['def average(rows):\n    return 0\n'],
});

const verdict = (kind: Grade['verdict'], detail: string | null = null): Grade => ({
  answer: { kind: 'text', text: '' },
  checks: [
    {
      name: 'tests',
      score: kind === 'error' ? null : kind === 'passed' ? 1 : 0,
      passed: kind === 'passed',
      required: true,
      weight: 1,
      detail,
    },
  ],
  verdict: kind,
  score: 0,
});

/** Each attempt's verdicts, in the order: reference, stub, garbage, wrong; each is graded twice. */
async function proved(verdicts: readonly Grade[], change: Partial<Case> = {}) {
  const clock = simulatedClock();
  const texts: string[] = [];
  const proof = await clock.run(
    prove(
      { ...asked, ...change },
      async (_, text) => {
        texts.push(text);
        await clock.sleep(texts.length === 1 ? 900 : 30);
        return verdicts[texts.length - 1] ?? verdict('failed');
      },
      clock,
    ),
  );
  return { ...proof, texts };
}

describe('a case is proved', () => {
  const right = [verdict('passed'), verdict('passed')];

  it('when its reference passes and all else fails, twice alike', async () => {
    const { problems, texts, tried, referenceMs } = await proved(right);
    expect(problems).toEqual([]);
    expect(tried).toEqual(['reference', 'stub', 'garbage', 'wrong 1']);
    expect(texts).toHaveLength(8);
    expect(texts[0]).toBe('````python\ndef average(rows):\n    return "```"\n````\n');
    expect(texts[2]).toContain('def average(*args');
    expect(texts[4]).toContain('return 7919');
    // The quicker of its two times: the first starts the sandbox.
    expect(referenceMs).toBe(30);
  });

  it('not when its reference fails: the first check that did not pass says why', async () => {
    const failed = verdict('failed', 'expected 3, got 4');
    const { problems } = await proved([failed, failed]);
    expect(problems).toEqual([
      {
        kind: 'reference_fails',
        attempt: 'reference',
        message: 'reference fails: tests: expected 3, got 4; extracted: text',
      },
    ]);
  });

  it('and of several checks, one that decides says why', async () => {
    const failed = verdict('failed', 'expected 3, got 4');
    const optional = { ...verdict('failed', 'no docs').checks[0], name: 'docstring', required: false };
    const both = { ...failed, checks: [optional, ...failed.checks] } as Grade;
    const { problems } = await proved([both, both]);
    expect(problems[0]?.message).toMatch(/^reference fails: tests: expected 3, got 4/);
  });

  it.each([
    ['stub', 2],
    ['garbage', 4],
    ['wrong 1', 6],
  ] as const)('not when %s passes', async (name, from) => {
    const verdicts = [...right, ...Array.from({ length: 6 }, () => verdict('failed'))];
    verdicts[from] = verdict('passed');
    verdicts[from + 1] = verdict('passed');
    const { problems } = await proved(verdicts);
    expect(problems).toMatchObject([
      { kind: `${name.split(' ')[0]}_passes`, attempt: name, message: `${name} passes, and must not` },
    ]);
  });

  it('not when the same answer passes once only', async () => {
    const { problems } = await proved([verdict('passed'), verdict('failed', 'not this time')]);
    expect(problems).toMatchObject([
      {
        kind: 'unsteady',
        message: 'reference passed once, then failed (tests: not this time; extracted: text)',
      },
    ]);
  });

  it('neither way when the sandbox could not judge', async () => {
    const { problems } = await proved([...right, verdict('error', 'no memory'), verdict('failed')]);
    expect(problems).toMatchObject([{ kind: 'sandbox', attempt: 'stub' }]);
  });

  it('as far as it goes without a reference, an entry or a language', async () => {
    const bare = { solution: null, hasSolution: false, wrong: [], entry: null, language: null };
    const { texts, tried, referenceMs } = await proved([], bare);
    expect([tried, referenceMs]).toEqual([['stub', 'garbage'], null]);
    expect(texts[0]).toBe('```\n\n```\n');
  });
});
