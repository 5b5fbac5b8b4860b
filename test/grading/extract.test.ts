import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extract } from '../../src/grading/extract.js';

/** A share of them in each `npm test`; `npm run test:long` draws ten thousand. */
const RUNS = 10 * Number(process.env['FC_RUNS'] ?? 30);

const folder = new URL('../answers/', import.meta.url);

interface Golden {
  readonly title: string;
  readonly language: string;
  readonly entry: string;
  readonly found: string;
  readonly finish: string;
  readonly prompt: string;
  readonly prelude: string | null;
  readonly answer: string;
  readonly code: string | null;
}

function goldens(file: string): Golden[] {
  const sections = readFileSync(new URL(file, folder), 'utf8').split(/^## /m).slice(1);
  return sections.map((section) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(section)?.[1] ?? '';
    const block = (name: string) => {
      const text = new RegExp(`^~{6}${name}\\n([\\s\\S]*?)^~{6}$`, 'm').exec(section)?.[1] ?? null;
      return field('escapes') === 'yes' ? unescaped(text) : text;
    };
    const [language = '', entry = ''] = field('wanted').split(' ');
    return {
      title: section.split('\n')[0] ?? '',
      language,
      entry,
      found: field('found'),
      finish: field('finish') || 'stop',
      prompt: field('prompt'),
      prelude: field('prelude') || null,
      answer: block('answer') ?? '',
      code: block('code'),
    };
  });
}

function unescaped(text: string | null): string | null {
  return text?.replaceAll(/\\u[0-9a-f]{4}|\\[rt]/g, (mark) => JSON.parse(`"${mark}"`)) ?? null;
}

describe.each(readdirSync(folder))('%s', (file) => {
  it.each(goldens(file).map((golden) => [golden.title, golden] as const))('%s', (_, golden) => {
    const { language, entry, prompt, prelude, answer, finish, found, code } = golden;
    const got = extract(
      { text: answer, finishReason: finish },
      { language, entry, prompt, prelude, needsCode: true },
    );
    expect(got.kind === 'code' ? got.method : got.kind).toBe(found);
    if (code !== null) expect(got).toMatchObject({ code });
  });
});

describe('code in any chat clothing', () => {
  const body = fc.array(
    fc.constantFrom(
      '    rows = list(rows)',
      '    text = "a `b` c"',
      '    # a comment, with `ticks`',
      '    if rows:\n        return rows[0]',
      "    name = 'é'",
      '    pattern = r"\\d+<b>&amp;"',
      '',
    ),
    { maxLength: 5 },
  );
  const code = body.map(
    (lines) => `def total(rows):\n${lines.join('\n')}${lines.length > 0 ? '\n' : ''}    return 1\n`,
  );
  const before = fc.constantFrom(
    '',
    'Sure! Here is the code:\n\n',
    '<think>\nHmm, `total` it is.\n```python\ndef total(rows):\n    return 0\n```\n</think>\n',
    'I thought about it.\n</think>\n\n',
    'A draft:\n\n```python\ndef total(rows):\n    pass\n```\n\nThe final version:\n\n',
    '1. First\n2. Second\n\n',
    '**Note:** run `pip install x`.\n\n```bash\npip install x\n```\n\n',
  );
  const after = fc.constantFrom(
    '',
    '\nHope this helps!\n',
    '\nUsage:\n\n```python\nprint(total([1]))\n```\n',
    '\nOutput:\n\n```\n1\n```\n',
    '\n| a | b |\n| --- | --- |\n',
  );
  const fence = fc.constantFrom(
    '```python',
    '```py',
    '```',
    '````Python',
    '~~~python',
    '```python3',
    '``` python',
  );
  const end = fc.constantFrom('\n', '\r\n');
  /** The whole block in a list item, or in a quotation. */
  const lead = fc.constantFrom('', '', '   ', '> ');

  it('comes out unchanged', () => {
    fc.assert(
      fc.property(code, before, after, fence, end, lead, (wanted, opening, closing, mark, lineEnd, lead) => {
        const close = /^[`~]+/.exec(mark)?.[0] ?? '';
        const block = `${mark}\n${wanted}${close}`.replaceAll(/^/gm, lead);
        const text = `${opening}${block}\n${closing}`.replaceAll('\n', lineEnd);
        const got = extract(
          { text, finishReason: 'stop' },
          { language: 'python', entry: 'total', prompt: 'Write total.', prelude: null, needsCode: true },
        );
        expect(got).toMatchObject({ kind: 'code', code: wanted });
      }),
      { numRuns: RUNS },
    );
  });

  it('is found, or told to be missing, in any text without a throw', () => {
    const junk = fc.array(
      fc.constantFrom(
        '```',
        '```python',
        '~~~',
        '<think>',
        '</think>',
        'def total(',
        '):',
        '    return',
        '{"code":',
        '+def f',
        '\n',
        'text',
        '"""',
        '&lt;',
        '\u001b[31m',
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(junk, fc.constantFrom('python', 'javascript'), (pieces, language) => {
        const got = extract(
          { text: pieces.join('\n'), finishReason: 'length' },
          { language, entry: 'total', prompt: '', prelude: null, needsCode: true },
        );
        expect(['code', 'no_code', 'truncated']).toContain(got.kind);
      }),
    );
  });
});

/** CPU time of this process, which other processes do not lengthen. */
function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('what an answer costs to look at', () => {
  const lines = fc.constantFrom(
    'import the following things from the list',
    'from all that was said it follows that',
    'class is in session, and const is a word',
    'const of the matter is that let us see',
    'def initely not code, at all',
    '```',
    '````',
    '```python',
    '~~~',
    '<think>',
    '</think>',
    '[THINK]',
    '◁think▷',
    '((((((((((((((((((((',
    '[{[{[{[{[{[{',
    '    indented by four, and nothing else',
    'def f(x):',
    '    return x + 1',
    'import os, sys',
    'x = [i for i in range(10) if i]',
    '"""',
    "'''",
    '&lt;&gt;&amp;',
    '<style <script <b <title',
    '<|im_end|>',
    '+def f(x):',
    '{"code": "x',
    'f(1, 2, 3, 4, 5)',
  );
  const text = fc
    .tuple(fc.array(lines, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 100 * 1024 }))
    .map(([pieces, chars]) => {
      const once = `${pieces.join('\n')}\n`;
      return once.repeat(Math.ceil(chars / once.length)).slice(0, chars);
    });

  it('is at most 20 ms and 1 ms a KB, whatever it says', () => {
    // The grammars are read with the first code in them, and code runs slowly at first.
    for (const language of ['python', 'javascript', 'typescript'])
      for (let warm = 0; warm < 20; warm++)
        extract(
          { text: '```\ndef f(x):\n    return x\n```\nconst f = 1;\n'.repeat(20), finishReason: 'stop' },
          { language, entry: 'f', prompt: '', prelude: null, needsCode: true },
        );
    fc.assert(
      fc.property(text, fc.constantFrom('python', 'javascript', 'typescript'), (answer, language) => {
        const look = () =>
          cpuMsOf(() =>
            extract(
              { text: answer, finishReason: 'stop' },
              { language, entry: 'f', prompt: 'Write f.', prelude: null, needsCode: true },
            ),
          );
        // Beside other tests the caches are shared: twice as long there, to the letter in `npm run test:long`.
        const mostMs = (20 + answer.length / 1024) * (process.env['FC_RUNS'] === undefined ? 2 : 1);
        // Garbage of the texts before may be collected in the middle of it: the least of a few is its own.
        const ms = Math.min(look(), ...(look() > mostMs ? [look(), look()] : []));
        if (ms > mostMs) throw new Error(`${ms.toFixed(1)} ms for ${(answer.length / 1024).toFixed(1)} KB`);
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  }, 600_000);
});
