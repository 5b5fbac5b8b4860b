import { describe, expect, it } from 'vitest';
import { mistakesIn, suiteOf } from './folder.js';

const oneCase = `
  - id: one
    category: simple
    language: python
    prompt: Write f.
    entry: f
    table: [{ args: [1], returns: 2 }]
`;

describe('a suite', () => {
  it('has its defaults in every case that does not say otherwise', async () => {
    const { suite } = await suiteOf({
      'suite.yaml': `
name: s
description: d
defaults: { language: python, category: docs, system: Be brief., params: { temperature: 0.2, seed: 1 }, samples: 2, limits: { time: 3s } }
allow_unanswered: all
categories: [sql]
cases:
  - id: a
    prompt: A
    tests: assert f() == 1
  - id: b
    category: sql
    language: javascript
    system: Other.
    samples: 5
    params: { seed: 2 }
    limits: { memory: 64MB }
    pass_score: 0.5
    tags: [x]
    prompt: B
    entry: g
    table: [{ args: [], returns: 1 }]
    tests: assert(g() === 1)
    solution: s
    wrong: [w]
`,
    });
    const [a, b] = suite.cases;
    expect(suite).toMatchObject({ name: 's', description: 'd', allowUnanswered: 'all', seed: null });
    expect(suite.categories).toEqual(['simple', 'moderate', 'complex', 'tests', 'refactor', 'docs', 'sql']);
    expect(a).toMatchObject({
      category: 'docs',
      language: 'python',
      system: 'Be brief.',
      samples: 2,
      params: { temperature: 0.2, seed: 1 },
      limits: { timeMs: 3000, memoryBytes: 256 * 1024 ** 2 },
      entry: null,
      passScore: 1,
    });
    expect(b).toMatchObject({
      category: 'sql',
      language: 'javascript',
      system: 'Other.',
      samples: 5,
      params: { temperature: 0.2, seed: 2 },
      limits: { timeMs: 3000, memoryBytes: 64 * 1024 ** 2 },
      entry: 'g',
      passScore: 0.5,
      tags: ['x'],
      solution: 's',
      wrong: ['w'],
    });
    expect(b?.scorings.map(({ scorer, required }) => [scorer, required])).toEqual([
      ['table', true],
      ['tests', true],
    ]);
  });

  it('takes prompts from files and cases from other suites, each relative to the file that names it', async () => {
    const { suite } = await suiteOf({
      'suite.yaml': 'name: s\ninclude: [more/other.yaml]\ncases: []\n',
      'more/other.yaml': `name: other\ncategories: [own]\ncases:\n  - { id: x, category: own, language: python, prompt: { file: p.md }, tests: assert f }\n`,
      'more/p.md': 'From a file.\n',
    });
    expect(suite.cases.map(({ id, category, prompt }) => [id, category, prompt])).toEqual([
      ['x', 'own', 'From a file.\n'],
    ]);
  });

  it('streams cases from JSON lines, with 2 and 2.0 apart', async () => {
    const line = (id: string, returns: string) =>
      `{"id":"${id}","category":"simple","language":"python","prompt":"p","entry":"f","table":[{"args":[1],"returns":${returns}}]}`;
    const { suite } = await suiteOf({
      'suite.yaml': 'name: s\ncases: { file: cases.jsonl }\n',
      'cases.jsonl': `\uFEFF${line('a', '2')}\r\n\r\n${line('b', '2.0')}\n${line('c', '12345678901234567890')}\n${line('d', '3').replace('table', 't\\u0061ble')}`,
    });
    expect(suite.cases.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(suite.cases.map(({ scorings }) => JSON.stringify(scorings[0]?.options))).toEqual([
      expect.stringContaining('{"t":"int","v":"2"}'),
      expect.stringContaining('{"t":"float","v":2}'),
      expect.stringContaining('{"t":"int","v":"12345678901234567890"}'),
      expect.stringContaining('{"t":"int","v":"3"}'),
    ]);
  });

  it('has a hash of what is asked and how it is scored, and of nothing else', async () => {
    const hashOf = async (text: string) => (await suiteOf({ 'suite.yaml': text })).suite.hash;
    const text = `name: s\ncases:${oneCase}`;
    expect(await hashOf(text)).toBe(await hashOf(`# a comment\ndescription: other\n${text}`));
    expect(await hashOf(text)).not.toBe(await hashOf(text.replace('Write f', 'Please write f')));
    expect(await hashOf(text)).not.toBe(await hashOf(text.replace('returns: 2', 'returns: 3')));
  });
});

describe('candidates of a suite', () => {
  it('are names, provider:model, full entries, and rotations over all of them; its own entries win', async () => {
    const { suite, names } = await suiteOf({
      'bench.yaml': `
providers: { home: { base_url: http://127.0.0.1:1/v1 } }
models: { shared: { provider: home, model: a }, both: { provider: home, model: from-config } }
rotations: { usual: [shared, both] }
`,
      'suite.yaml': `
name: s
models:
  - shared
  - "home:vendor/model:free"
  - reference
  - { name: both, provider: home, model: from-suite, params: { temperature: 0 }, retry: { max_attempts: 2 } }
rotations:
  - usual
  - { name: mine, models: [both, shared], retry: { jitter: none } }
cases:${oneCase}`,
    });
    expect(suite.candidates.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'model shared',
      'model home:vendor/model:free',
      'model reference',
      'model both',
      'rotation usual',
      'rotation mine',
    ]);
    const ids = suite.candidates.map((one) =>
      one.kind === 'model' ? one.model.id : one.chain.map((model) => model.id).join(),
    );
    expect(ids).toEqual([
      'a',
      'vendor/model:free',
      'reference',
      'from-suite',
      'a,from-suite',
      'from-suite,a',
    ]);
    expect([...names.models.keys()]).toEqual(['shared', 'both']);
    expect([...names.rotations.keys()]).toEqual(['usual', 'mine']);
  });
});

describe('mistakes', () => {
  it('are told all at once, each at its place, with what was meant', async () => {
    const found = await mistakesIn({
      'suite.yaml': `name: s
defaults: { langauge: python }
models: [refrence]
cases:
  - id: average
    category: modrate
    language: python
    prompt: p
    entry: f
    tabel: [{ args: [1], returns: 2 }]
  - id: average
    category: simple
    prompt: { file: nope.md }
    language: pithon
    tests: assert f
  - id: readme
    category: docs
    prompt: p
  - id: rows
    category: simple
    language: python
    prompt: p
    entry: f
    table: [{ args: [1], retruns: 2 }]
`,
    });
    expect(found).toEqual([
      'suite.yaml:2:13 unknown key "langauge" in "defaults" of the suite | did you mean "language"?',
      'suite.yaml:10:5 unknown key "tabel" in case "average" | did you mean "table"?',
      'suite.yaml:6:15 category "modrate" is not known | did you mean "moderate"? New categories are declared under `categories:`',
      'suite.yaml:14:15 case "average": no sandbox runs "pithon" | did you mean "python"?',
      expect.stringMatching(
        /^suite.yaml:11:9 the case id "average" is taken \| first used at .*suite.yaml:5/,
      ),
      'suite.yaml:16:5 case "readme" has nothing that scores it | add table, tests, program, sql, mutation, improve, document, judge or checks',
      'suite.yaml:24:26 unknown key "retruns" in "table.0" of case "rows" | did you mean "returns"?',
      'suite.yaml:3:10 no model is named "refrence" | did you mean "reference"?',
    ]);
  });

  it.each([
    [
      'an empty suite',
      'name: s\ncases: []\n',
      'suite.yaml:1:1 the suite has no cases | add some under cases:',
    ],
    [
      'no suite at all',
      '',
      'suite.yaml:1:1 a suite is a mapping of keys | begin with name: and cases:, or see bench schema suite',
    ],
    ['a tab', 'name: s\ncases:\n\t- id: a\n', 'suite.yaml:3:1 a tab indents this line | YAML wants spaces'],
    ['a key twice', 'name: s\nname: t\n', 'suite.yaml:2:1 this key is listed twice | keep one of them'],
    [
      'code without a language',
      `name: s\ncases:${oneCase.replace('    language: python\n', '')}`,
      'suite.yaml:3:5 case "one" runs code and has no language | add language: to it or to defaults:',
    ],
    [
      'a table without an entry',
      `name: s\ncases:${oneCase.replace('    entry: f\n', '')}`,
      'suite.yaml:3:5 case "one" has a table and no entry | add entry: the name to call',
    ],
    [
      'a missing category',
      `name: s\ncases:${oneCase.replace('    category: simple\n', '')}`,
      'suite.yaml:3:5 case "one" has no category | one of simple, moderate, complex, tests, refactor, docs',
    ],
    [
      'a judge that nobody is',
      `name: s\ncases:${oneCase}    judge: { rubric: x, model: nobody }\n`,
      'suite.yaml:9:12 judge: no model is named "nobody" | known are reference, stub; or write provider:model',
    ],
    [
      'a wrong duration',
      `name: s\ndefaults: { limits: { time: 10 } }\ncases:${oneCase}`,
      'suite.yaml:2:29 "defaults.limits.time" of the suite takes a duration like 10s or 500ms',
    ],
    [
      'a file that includes itself',
      'name: s\ninclude: [suite.yaml]\n',
      'suite.yaml:2:11 suite.yaml includes itself',
    ],
    [
      'a file that is not there',
      'name: s\ncases: { file: no.jsonl }\n',
      'suite.yaml:2:16 there is no file no.jsonl | paths are relative to HERE',
    ],
    [
      'a candidate twice',
      `name: s\nmodels: [stub, stub]\ncases:${oneCase}`,
      'suite.yaml:2:16 the candidate "stub" is listed twice',
    ],
  ])('%s', async (_, text, mistake) => {
    expect(await mistakesIn({ 'suite.yaml': text })).toEqual([mistake]);
  });

  it('in JSON lines are placed by line', async () => {
    const good = '{"id":"a","category":"simple","language":"python","prompt":"p","tests":"assert f"}';
    const found = await mistakesIn({
      'suite.yaml': 'name: s\ncases: { file: c.jsonl }\n',
      'c.jsonl': [good, '{"id":', good.replace('tests', 'test'), good.replace('"a"', '"b"')].join('\n'),
    });
    expect(found).toEqual([
      expect.stringMatching(/^c\.jsonl:2:1 invalid JSON: /),
      'c.jsonl:3:64 unknown key "test" in case "a" | did you mean "tests"?',
      expect.stringMatching(/^c\.jsonl:3:2 the case id "a" is taken/),
    ]);
  });

  it('in the answers of a simulated model name the case that is not there', async () => {
    expect(
      await mistakesIn({
        'suite.yaml': `name: s\nmodels: [{ name: m, provider: simulated, answers: a.yaml }]\ncases:${oneCase}`,
        'a.yaml': 'on: x\n',
      }),
    ).toEqual([
      'the answers of model "m" refer to a case "on" that the suite does not have | did you mean "one"?',
    ]);
  });
});

it('a case of JSON lines is the case that YAML makes of it', async () => {
  const entry = {
    id: 'é',
    category: 'simple',
    language: 'python',
    tags: ['a'],
    system: 'S',
    prompt: 'Write f. ✓',
    params: { top_p: 0.5 },
    entry: 'f',
    table: [{ args: [1], returns: 2 }],
    limits: { time: '3s' },
    pass_score: 0.5,
    solution: 'def f(x):\n    return x + 1\n',
    wrong: ['def f(x):\n    return x\n'],
  };
  const lines = [{ ...entry, id: 'before' }, entry, { ...entry, id: 'after' }].map((one) =>
    JSON.stringify(one),
  );
  const fromLines = await suiteOf({
    'suite.yaml': 'name: s\ncases: { file: c.jsonl }\n',
    'c.jsonl': `${lines.join('\n')}\n`,
  });
  const fromYaml = await suiteOf({ 'suite.yaml': JSON.stringify({ name: 's', cases: [entry] }) });
  const [yaml] = fromYaml.suite.cases;
  const line = fromLines.suite.cases[1];
  if (yaml === undefined || line === undefined) throw new Error('no case');
  // Read in turns with its neighbours: what one kept of the file is not the other's.
  expect(fromLines.suite.cases.map((one) => one.prompt)).toEqual(['Write f. ✓', 'Write f. ✓', 'Write f. ✓']);
  for (const key of Object.keys(yaml).filter(
    (name) => !['place', 'scorings'].includes(name),
  ) as (keyof typeof yaml)[]) {
    expect([key, line[key]]).toEqual([key, yaml[key]]);
  }
  expect(line.place).toMatchObject({ line: 2 });
  expect(line.scorings.map(({ judge: _, ...rest }) => rest)).toEqual(
    yaml.scorings.map(({ judge: _, ...rest }) => rest),
  );
});
