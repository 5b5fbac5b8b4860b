/** What ships in suites/: each suite loads, each reference passes, each wrong answer fails, the schemas are current. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { answerWith } from '../../src/grading/case-answer.js';
import { grade } from '../../src/grading/grade.js';
import { backends } from '../../src/grading/sandboxes/index.js';
import { openSandboxes } from '../../src/grading/sandboxes/sandbox.js';
import { knownProviders } from '../../src/providers/index.js';
import { loadConfig } from '../../src/suite/config.js';
import { loadSuite } from '../../src/suite/load.js';
import { jsonSchemas } from '../../src/suite/schema.js';
import { realFiles } from '../../src/world/files.js';
import { completion } from '../grading/completion.js';
import { edges } from '../grading/sandbox-edges.js';
import { languages } from './folder.js';

const folder = fileURLToPath(new URL('../../suites', import.meta.url));

async function shipped(name: string) {
  const config = await loadConfig(null, {
    files: { ...realFiles, kind: async () => 'none' },
    providers: knownProviders,
  });
  if (!config.ok) throw new Error('no config');
  const sources = { files: realFiles, shippedFolder: folder, config: config.value, languages };
  const loaded = await loadSuite(name, sources);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics, null, 2));
  return loaded.value;
}

it.each(['suite', 'config'] as const)('schema/%s.schema.json is what `npm run generate` writes', (kind) => {
  const text = readFileSync(`${folder}/schema/${kind}.schema.json`, 'utf8');
  expect(JSON.parse(text)).toEqual(jsonSchemas()[kind]);
});

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

// All of everyday with `npm run test:long`; its short cases are those of smoke, and everyday-demo has the same ones.
const tried = files.filter((file) => (IS_LONG || file !== 'everyday.yaml') && file !== 'everyday-demo.yaml');
describe.each(tried)('%s', async (file) => {
  const { suite, names } = await shipped(file.replace('.yaml', ''));
  const sandboxes = openSandboxes(backends, 2, edges, () => {});
  afterAll(() => sandboxes.close());
  it('names its file', () => expect(suite.name).toBe(file.replace('.yaml', '')));

  it.each(suite.cases.map((item) => [item.id, item] as const))(
    '%s: the reference passes, the wrong answers fail',
    async (_, item) => {
      expect(item.solution).not.toBeNull();
      expect(item.wrong.length).toBeGreaterThan(0);
      const right = await grade(item, completion(answerWith(item.solution ?? '', item)), sandboxes);
      expect(right, JSON.stringify(right.checks)).toMatchObject({ verdict: 'passed', score: 1 });
      for (const code of item.wrong) {
        const wrong = await grade(item, completion(answerWith(code, item)), sandboxes);
        expect(wrong.verdict, code).toBe('failed');
      }
    },
  );

  // What the pretend models are worth is a part of what the quickstart shows.
  if (suite.name !== 'quickstart') return;
  const worth: Record<string, readonly string[]> = {
    'mistral-small': ['free-slots', 'parse-csv', 'tests-for-visible-pages'],
    'deepseek-r1-qwen3': ['build-order'],
    'deepseek-chat-v3.1': ['title-to-slug', 'parse-csv', 'shipping-fee', 'document-mask'],
  };
  // With `npm run test:long`; the README's table has their rates.
  it.skipIf(!IS_LONG).each(Object.entries(worth))(
    '%s fails where its answers say so',
    async (name, fails) => {
      const answers = names.models.get(name)?.simulation?.answers ?? {};
      const failed: string[] = [];
      for (const item of suite.cases) {
        const { verdict } = await grade(item, completion(answers[item.id]?.[0] ?? ''), sandboxes);
        if (verdict !== 'passed') failed.push(item.id);
      }
      expect(failed).toEqual(fails);
    },
  );
});
