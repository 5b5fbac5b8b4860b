/** A key is sent, and found nowhere else: in no file, no output and no error, however the run ends. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench } from './bench.js';
import { answer, fail, type Respond, serve } from './endpoint.js';

const key = 'sk-live-"secret"+key=0123456789';
/** Whoever names a folder so has the key in each path that an error tells. */
const out = `out-${key}`;

/** Every file below a folder but the one that holds the key. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== 'keys.env' && statSync(join(folder, name)).isFile())
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

const code = '```javascript\nconst add = (a, b) => a + b;\n```';
const endings: Readonly<
  Record<string, { readonly respond: (cwd: () => string) => Respond; readonly exit: number }>
> = {
  'succeeds, and the answer echoes the key': {
    respond: () => (asked, _, response) =>
      answer(asked, response, `${code}\nYour key is ${key}; in JSON ${JSON.stringify(key)}.`),
    exit: 0,
  },
  'fails with 401, and the error echoes the key': {
    respond: () => (_, __, response) => fail(response, 401, `Incorrect API key provided: ${key}`),
    exit: 3,
  },
  'rests on a broken server that echoes headers': {
    respond: () => (asked, index, response) =>
      index < 2
        ? fail(response, 500, `debug: ${JSON.stringify(asked.headers)}`)
        : answer(asked, response, code),
    exit: 0,
  },
  'loses its folder': {
    respond: (cwd) => (asked, _, response) => {
      rmSync(join(cwd(), out), { recursive: true });
      answer(asked, response, `${code} ${key}`);
    },
    exit: 2,
  },
};

for (const how of ['environment', 'file'] as const) {
  it.each(Object.entries(endings))(`from the ${how}: a run that %s`, async (ending, { respond, exit }) => {
    let cwd = '';
    const endpoint = await serve(respond(() => cwd));
    cwd = folderWith({
      'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}", api_key_env: HERE_KEY } }
models: { paid: { provider: here, model: p } }
retry: { base_delay: 10ms, max_delay: 20ms }
`,
      'suite.yaml': `name: keys
cases:
  - { id: a, category: simple, language: javascript, prompt: Write add., entry: add, table: [{ args: [1, 2], returns: 3 }] }
`,
      'keys.env': `HERE_KEY='${key}'\n`,
    });
    const args = ['run', 'suite.yaml', '-m', 'paid', '-v', '-j', '1', '-o', out];
    const ended =
      how === 'file'
        ? await bench(cwd, [...args, '--env-file', 'keys.env'])
        : await bench(cwd, args, { HERE_KEY: key });
    expect(ended.code, ended.stderr).toBe(exit);
    expect(endpoint.asked[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(ended.stderr).not.toContain('internal error');
    const isLost = ending === 'loses its folder';
    if (isLost) expect(ended.stderr).toMatch(/out-\[redacted\]\S* was removed while it was in use/);
    const later = await bench(cwd, [...(isLost ? ['list'] : ['show', 'latest', 'a']), '-o', out]);
    expect(later.code, later.stderr).toBe(0);
    const texts = [ended.stdout, ended.stderr, later.stdout, later.stderr, ...filesIn(cwd)];
    for (const text of texts) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(JSON.stringify(key).slice(1, -1));
    }
  });
}
