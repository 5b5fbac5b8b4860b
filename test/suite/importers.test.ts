import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { humaneval } from '../../src/suite/importers/humaneval.js';
import { suiteText } from '../../src/suite/importers/suite-text.js';
import { readYaml } from '../../src/suite/yaml-source.js';
import { shown, suiteOf } from './folder.js';

const realFile = fileURLToPath(new URL('../../../shared/data/HumanEval.jsonl.gz', import.meta.url));

const task = {
  task_id: 'Own/1',
  prompt:
    'import math\n\ndef half(x):\n    return x / 2\n\n\ndef quarter(x: float) -> float:\n    """ A quarter.\n    >>> quarter(4)\n    1.0\n    """\n',
  entry_point: 'quarter',
  canonical_solution: '    return half(half(x))\n',
  test: '\ndef check(candidate):\n    assert candidate(8) == half(4)\n',
};

function imported(text: string | Uint8Array) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const read = humaneval.read(bytes, 'tasks.jsonl');
  if (!read.ok) throw new Error(shown(read.diagnostics).join('\n'));
  return read.value;
}

describe('humaneval', () => {
  it('keeps ids, makes a prelude of what stands above the function, and makes a suite that loads', async () => {
    const text = suiteText(imported(`${JSON.stringify(task)}\n`));
    const { suite } = await suiteOf({ 'suite.yaml': text });
    const [only] = suite.cases;
    expect(suite.description).toMatch(/github\.com\/openai\/human-eval, MIT/);
    expect(only).toMatchObject({ id: 'Own/1', language: 'python', entry: 'quarter', category: 'simple' });
    expect(only?.prelude).toBe('import math\n\ndef half(x):\n    return x / 2\n');
    expect(only?.solution).toBe(`${task.prompt}${task.canonical_solution}`);
    expect(only?.prompt).toContain('```python\nimport math\n');
    expect(only?.scorings[0]?.options).toBe(
      'def check(candidate):\n    assert candidate(8) == half(4)\n\ncheck(quarter)\n',
    );
  });

  it('reads gzip by its magic, whatever the file is called', () => {
    expect(imported(gzipSync(JSON.stringify(task)))).toEqual(imported(JSON.stringify(task)));
  });

  it('names each line that is no task, and drops none silently', () => {
    const text = `${JSON.stringify(task)}\nnot json\n${JSON.stringify({ ...task, test: undefined })}\n`;
    const read = humaneval.read(new TextEncoder().encode(text), 'tasks.jsonl');
    expect(read.ok ? [] : shown(read.diagnostics)).toEqual([
      'tasks.jsonl:2:1 this line is not valid JSON',
      expect.stringMatching(/^tasks\.jsonl:3:1 test: /),
    ]);
    const empty = humaneval.read(new Uint8Array(), 'tasks.jsonl');
    expect(empty.ok ? [] : shown(empty.diagnostics)).toEqual(['tasks.jsonl has no records']);
  });

  it.skipIf(!existsSync(realFile))('reads the real file: 164 cases, in order, each as it was', async () => {
    const { suite } = await suiteOf({ 'suite.yaml': suiteText(imported(readFileSync(realFile))) });
    expect(suite.cases.map(({ id }) => id)).toEqual(
      Array.from({ length: 164 }, (_, index) => `HumanEval/${index}`),
    );
    expect(suite.cases.every(({ solution, prompt }) => solution !== null && prompt.includes('def '))).toBe(
      true,
    );
  });
});

describe('suiteText', () => {
  it('gives back any code byte for byte when it is read again', () => {
    const piece = fc.constantFrom(
      'def f(x):',
      '    return x',
      '\t',
      ' ',
      '\n',
      '\n\n',
      '# a: b',
      '"',
      "'",
      '\\n',
      '%',
      '- x',
      '|',
      'é',
      '\u2028',
      '---',
      '...',
      '\u0085',
      '\uFEFF',
      '\r\n',
    );
    const code = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(code, code, (solution, tests) => {
        const text = suiteText({
          name: 'n',
          description: 'd',
          defaults: {},
          cases: [{ id: 'a', solution, tests }],
        });
        const { data, diagnostics } = readYaml(text, 'x.yaml');
        expect(diagnostics).toEqual([]);
        expect(data).toMatchObject({ cases: [{ id: 'a', solution, tests }] });
      }),
      { numRuns: 2000 },
    );
  });
});
