/** A key never reaches a file or a screen, not in part either: text is redacted before it is cut, wherever it is cut. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, trialsIn } from './bench.js';
import { type Respond, serve } from './endpoint.js';

/** Letters that need care in URLs and JSON, and no run of them that stands elsewhere. */
const key = 'sk-Zq7+Xv/93Kd"Wm=Bt5%Jp';
const base64 = Buffer.from(`user:${key}`).toString('base64');
const forms = [
  key,
  JSON.stringify(key).slice(1, -1),
  encodeURIComponent(key),
  base64,
  base64.replaceAll('+', '-').replaceAll('/', '_'),
];
/** So much of it tells something of it. */
const TELLING = 8;

const json = { 'content-type': 'application/json' };
const said =
  (status: number, body: string, headers: Record<string, string> = json): Respond =>
  (_, __, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
const error = (status: number, message: string) => said(status, JSON.stringify({ error: { message } }));
const answering = (content: string, more: object = {}, finish = 'stop') =>
  said(200, JSON.stringify({ ...more, choices: [{ message: { content }, finish_reason: finish }] }));
const code = (returns: string) => `\`\`\`python\ndef f(x):\n    return ${returns}\n\`\`\`\n`;

/** The key stands where each of the cuts (60 to 300 characters, and 64 KB) goes through it. */
const offsets = [0, 40, 52, 60, 180, 190, 196, 199, 260, 275, 280, 285, 290, 295, 299, 65_520, 65_530];
const rows: Record<string, Respond> = {
  ...Object.fromEntries(
    offsets.flatMap((offset) => [
      [`bad-${offset}`, error(400, `${'x'.repeat(offset)}${forms[offset % forms.length]} and more of it`)],
      [`page-${offset}`, said(502, `<html><title>${'y'.repeat(offset)}${key}</title></html>`)],
      [`answer-${offset}`, answering(code(JSON.stringify('z'.repeat(offset) + key)))],
      [`prose-${offset}`, said(200, `${'w'.repeat(offset)}${key}`)],
    ]),
  ),
  redirect: said(307, '', { location: `https://other.example/?token=${encodeURIComponent(key)}` }),
  'named by it': answering(code('x + 1'), { model: key + 'm'.repeat(5_000_000), provider: key }),
  'finished by it': answering('', {}, key),
  'in its bytes': answering(code('x'), { id: base64 }),
  printing: answering(code(`print(${JSON.stringify(key)}) or raise_it(${JSON.stringify(key)})`)),
  'error in a stream': said(200, `event: error\ndata: ${'v'.repeat(290)}${key}\n\n`, {
    'content-type': 'text/event-stream',
  }),
  limited: said(429, JSON.stringify({ error: { message: `${'u'.repeat(285)}${key}` } }), {
    ...json,
    'retry-after': '7200',
  }),
};
const names = Object.keys(rows);
const slug = (name: string) => name.replaceAll(/[^a-z0-9]+/g, '-');

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : name === '.env' ? [] : [readFileSync(path, 'utf8')];
  });
}

it('is in no file and on no screen, whatever servers do with it', async () => {
  const endpoint = await serve((asked, index, response) => {
    const name = names.find((known) => asked.path.startsWith(`/${slug(known)}/`));
    if (name !== undefined) rows[name]?.(asked, index, response);
  });
  const origin = endpoint.baseUrl.replace('/v1', '');
  const cwd = folderWith({
    '.env': `K='${key}'\n`,
    'suite.yaml': `name: s
models: [${names.map((name) => `"${slug(name)}:m"`).join(', ')}]
cases: [{ id: one, category: simple, language: python, prompt: Write f., entry: f, table: [{ args: [1], returns: 2 }] }]
`,
    'bench.yaml': `providers:
${names.map((name) => `  ${slug(name)}: { base_url: "${origin}/${slug(name)}/v1", api_key_env: K }`).join('\n')}
retry: { base_delay: 5ms, max_attempts: 1 }
`,
  });
  const ended = await bench(cwd, ['run', 'suite.yaml', '-v', '--report', 'junit', '--report', 'csv']);
  expect(ended.code, ended.stderr.slice(-500)).toBe(3);
  const shown = await bench(cwd, ['show', 'latest', 'one']);
  expect(trialsIn(onlyRun(cwd)).length).toBeGreaterThan(40);
  const texts = [ended.stdout, ended.stderr, shown.stdout, shown.stderr, ...filesIn(cwd)];
  const pieces = forms.flatMap((form) =>
    Array.from({ length: form.length - TELLING + 1 }, (_, at) => form.slice(at, at + TELLING)),
  );
  // `user:` is no part of it.
  const telling = [...new Set(pieces)].filter(
    (piece) => !Buffer.from('user:').toString('base64').startsWith(piece.slice(0, 5)),
  );
  const found = texts.flatMap((text) => telling.filter((piece) => text.includes(piece)));
  expect(found).toEqual([]);
}, 60_000);
