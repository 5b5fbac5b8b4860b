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
    const { language, entry, prompt, answer, finish, found, code } = golden;
    const got = extract({ text: answer, finishReason: finish }, { language, entry, prompt, needsCode: true });
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
          { language: 'python', entry: 'total', prompt: 'Write total.', needsCode: true },
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
          { language, entry: 'total', prompt: '', needsCode: true },
        );
        expect(['code', 'no_code', 'truncated']).toContain(got.kind);
      }),
    );
  });
});
