/** Benchmarks whose answers run natively: what becomes of their records, and that the suites judge. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { bench } from '../cli/bench.js';
import { canConfine, noNativePython } from '../grading/sandbox-edges.js';
import { folderWith } from './folder.js';

/** All of it in `npm run test:long`: compilers take their time. */
const IS_LONG = process.env['FC_RUNS'] !== undefined;

interface Suite {
  readonly sandbox?: string;
  readonly cases: readonly Readonly<Record<string, string>>[];
}

/** Through the command, and read again. */
async function imported(format: string, records: readonly object[]) {
  const folder = folderWith({ 'tasks.jsonl': records.map((one) => JSON.stringify(one)).join('\n') });
  const ended = await bench(folder, ['import', format, 'tasks.jsonl', '-o', 'suite.yaml']);
  return {
    folder,
    ended,
    suite: () => parse(readFileSync(join(folder, 'suite.yaml'), 'utf8')) as Suite,
  };
}

/** In the shape of the benchmark: a beginning, and the rest of the program. */
const tasks = {
  cpp: {
    language: 'cpp',
    prompt: '#include<assert.h>\n#include<bits/stdc++.h>\n// Twice the number.\nlong twice(long n) {\n',
    tests: '}\nint main() {\n    auto candidate = twice;\n    assert(candidate((4)) == (8));\n}\n',
    solution: 'long twice(long n) {\n    return std::max(2 * n, 2 * n);\n}',
  },
  rust: {
    language: 'rs',
    prompt: '/// Twice the number.\nfn twice(n: isize) -> isize {\n',
    tests: '}\n\nfn main() {\n    let candidate = twice;\n    assert_eq!(candidate(4), 8);\n}\n',
    solution: 'fn twice(n: isize) -> isize {\n    2 * n\n}',
  },
  java: {
    language: 'java',
    prompt:
      'import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n    // Twice each number.\n    public static ArrayList<Long> twiceAll(ArrayList<Long> xs) {\n',
    tests:
      '    }\n    public static void main(String[] args) {\n    assert(twiceAll((new ArrayList<Long>(Arrays.asList((long)4l)))).equals((new ArrayList<Long>(Arrays.asList((long)8l)))));\n    }\n\n}\n',
    solution:
      'class Problem {\n    public static ArrayList<Long> twiceAll(ArrayList<Long> xs) {\n        ArrayList<Long> out = new ArrayList<>();\n        for (long x : xs) out.add(2 * x);\n        return out;\n    }\n}',
  },
  go: {
    language: 'go_test.go',
    prompt:
      'package twice_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\n// Twice the number.\nfunc twice(n int) int {\n',
    tests:
      'func TestTwice(t *testing.T) {\n  candidate := twice\n  if fmt.Sprintf("%v", candidate(4)) != "8" {\n    t.Errorf("expected 8")\n  }\n}\n',
    solution:
      'package main\n\nimport "math"\n\nfunc twice(n int) int {\n\treturn int(math.Abs(float64(2 * n)))\n}',
  },
  javascript: {
    language: 'js',
    prompt: '// Twice the number.\nfunction twice(n){\n',
    tests:
      "const assert = require('node:assert');\n\nfunction test() {\n  let candidate = twice;\n  assert.deepEqual(candidate(4),8);\n}\n\ntest();\n",
    solution: 'function twice(n) {\n  return 2 * n;\n}',
  },
} as const;
type Name = keyof typeof tasks;
const recordOf = (name: Name) => {
  const { language, prompt, tests } = tasks[name];
  return {
    name: 'HumanEval_900_twice',
    language,
    prompt,
    tests,
    stop_tokens: ['\n}'],
    doctests: 'transform',
  };
};

describe('multipl-e', () => {
  it.each<[Name, string, string]>([
    ['cpp', 'twice', 'native'],
    ['rust', 'twice', 'native'],
    ['java', 'twiceAll', 'native'],
    ['go', 'twice', 'native'],
    ['javascript', 'twice', 'wasm'],
  ])(
    '%s: the name that its tests call, the imports above it, and the rest as a program',
    async (language, entry, where) => {
      const { ended, suite } = await imported('multipl-e', [recordOf(language)]);
      expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('1 cases in suite.yaml')]);
      const { sandbox = 'wasm', cases } = suite();
      expect([sandbox, cases[0]]).toEqual([
        where,
        expect.objectContaining({ id: 'HumanEval_900_twice', entry, language }),
      ]);
      // What nobody has is not asked for.
      expect(JSON.stringify(cases)).not.toContain('javatuples');
    },
  );

  it('names what it does not run', async () => {
    const { ended } = await imported('multipl-e', [{ ...recordOf('rust'), language: 'lua' }]);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/HumanEval_900_twice is in lua/)]);
  });

  // Skipped without bubblewrap; in npm test one that is not compiled.
  it.skipIf(!canConfine).each<Name>(IS_LONG ? ['cpp', 'rust', 'java', 'go', 'javascript'] : ['javascript'])(
    '%s: a right answer passes, and nothing else',
    async (language) => {
      const { folder, suite } = await imported('multipl-e', [recordOf(language)]);
      const read = suite();
      const cases = read.cases.map((one) => ({ ...one, solution: tasks[language].solution }));
      writeFileSync(join(folder, 'suite.yaml'), stringify({ ...read, cases }));
      const home = { HOME: process.env['HOME'] ?? folder };
      const { code, stdout } = await bench(folder, ['validate', 'suite.yaml'], home);
      expect([code, stdout]).toEqual([0, expect.stringContaining('1 of 1 case holds')]);
    },
  );
});

describe('bigcodebench', () => {
  const task = {
    task_id: 'BigCodeBench/900',
    complete_prompt: 'import os\ndef task_func(path):\n    """The size."""\n',
    instruct_prompt:
      'Return the size of a file.\nYou should write self-contained code starting with:\n```\nimport os\ndef task_func(path):\n```',
    code_prompt: 'import os\ndef task_func(path):\n',
    canonical_solution: '    return os.stat(path).st_size\n',
    test: 'import unittest\nimport tempfile\nclass TestCases(unittest.TestCase):\n    def test_size(self):\n        with tempfile.NamedTemporaryFile("w") as file:\n            file.write("abc")\n            file.flush()\n            self.assertEqual(task_func(file.name), 3)\n',
    entry_point: 'task_func',
    libs: "['os']",
  };

  // Skipped without bubblewrap or Python.
  it.skipIf(noNativePython !== '')('its solution passes natively, and nothing else', async () => {
    const { folder, suite } = await imported('bigcodebench', [task]);
    expect(suite()).toMatchObject({
      sandbox: 'native',
      cases: [{ id: 'BigCodeBench/900', entry: 'task_func' }],
    });
    const home = { HOME: process.env['HOME'] ?? folder };
    const { code, stdout } = await bench(folder, ['validate', 'suite.yaml'], home);
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 of 1 case holds')]);
  });

  it('names each line that is no task', async () => {
    const { ended } = await imported('bigcodebench', [task, { ...task, test: undefined }]);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/tasks\.jsonl:2:1.*test: /s)]);
  });
});
