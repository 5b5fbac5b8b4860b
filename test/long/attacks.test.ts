/** Each case of everyday is attacked three times: its reference with one mistake that its own wrong answers do not make. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answerWith } from '../../src/grading/case-answer.js';
import { grade } from '../../src/grading/grade.js';
import { backends } from '../../src/grading/sandboxes/index.js';
import { openSandboxes } from '../../src/grading/sandboxes/sandbox.js';
import { knownProviders } from '../../src/providers/index.js';
import { emptyConfig } from '../../src/suite/config.js';
import { loadSuite } from '../../src/suite/load.js';
import { realFiles } from '../../src/world/files.js';
import { completion } from '../grading/completion.js';
import { edges } from '../grading/sandbox-edges.js';
import { languages } from '../suite/folder.js';

/** What is wrong, and then pairs: what is replaced in the reference, by what. */
type Attack = readonly [what: string, ...edits: string[]];

const suites = join(import.meta.dirname, '../../suites');
const folder = join(import.meta.dirname, '../suite/attacks');
const attacks: Readonly<Record<string, readonly Attack[]>> = Object.assign(
  {},
  ...readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), 'utf8'))),
);

const config = emptyConfig(knownProviders);
const loaded = await loadSuite('everyday', { files: realFiles, shippedFolder: suites, config, languages });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
const { cases } = loaded.value.suite;
const sandboxes = openSandboxes(backends, 2, edges, () => {});
afterAll(() => sandboxes.close());

function attacked(code: string, edits: readonly string[]): string {
  let text = code;
  for (let at = 0; at < edits.length; at += 2) {
    const [from = '', to = ''] = edits.slice(at, at + 2);
    expect(text, `there is no ${from}`).toContain(from);
    text = text.replace(from, () => to);
  }
  return text;
}

it('is three times for each case', () => {
  expect(Object.keys(attacks).sort()).toEqual(cases.map(({ id }) => id).sort());
  for (const [id, own] of Object.entries(attacks)) expect(own.length, id).toBe(3);
});

describe.each(cases.map((item) => [item.id, item] as const))('%s fails', (id, item) => {
  it.each(attacks[id] ?? [])('if it %s', async (_, ...edits) => {
    const code = attacked(item.solution ?? '', edits);
    const answer = completion(answerWith(code, item));
    const { verdict } = await grade(item, answer, sandboxes);
    expect(verdict).toBe('failed');
  });
});
