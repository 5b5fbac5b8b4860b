/** `--sandbox native`, as a user meets it: what is recorded, what is refused, and how. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { noNativePython } from '../grading/sandbox-edges.js';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, runsIn, summaryIn } from './bench.js';

const suite = `name: s
cases:
  - id: c
    category: simple
    language: python
    prompt: p
    entry: f
    tests: |
      import threading
      def test_f():
          box = []
          thread = threading.Thread(target=lambda: box.append(f(1)))
          thread.start()
          thread.join()
          assert box == [2]
    solution: |
      import subprocess, sqlite3
      def f(x):
          return int(subprocess.run(["expr", str(x), "+", "1"], capture_output=True, text=True).stdout)
    wrong: ["def f(x): return x"]
`;
const IS_LONG = process.env['FC_RUNS'] !== undefined;
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)']).stdout?.toString().trim();
const own = `toolchains: { python: "${python}" }\n`;
const reference = ['run', 'suite.yaml', '-m', 'reference', '-m', 'stub'];

describe.skipIf(noNativePython !== '')(`native Python ${noNativePython}`, () => {
  it('judges what WebAssembly lacks, and is recorded', async () => {
    const folder = folderWith({ 'suite.yaml': suite, 'bench.yaml': own });
    const refused = await bench(folder, reference);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('this sandbox has no sqlite3'),
    ]);
    const ended = await bench(folder, [...reference, '--sandbox', 'native']);
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringMatching(/sandbox {2}native/)]);
    const summary = summaryIn(onlyRun(folder));
    expect(summary.settings.sandbox).toBe('native');
    expect(summary.environment.sandboxes).toEqual({
      python: expect.stringMatching(/^native: CPython 3\.\d+\.\d+.*, bubblewrap \d/),
    });
    expect(summary.candidates.map(({ candidate, pass_rate }) => [candidate, pass_rate.value])).toEqual([
      ['reference', 1],
      ['stub', 0],
    ]);
    expect((await bench(folder, ['rescore', 'latest'])).code).toBe(0);
  });

  // In test:long: each of its words is four commands.
  it.skipIf(!IS_LONG)('is chosen by the nearest: flag, case, suite, bench.yaml', async () => {
    const folder = folderWith({
      'suite.yaml': `sandbox: native\n${suite}`,
      'bench.yaml': `${own}sandbox: wasm\n`,
    });
    expect((await bench(folder, ['validate', 'suite.yaml'])).code).toBe(0);
    expect((await bench(folder, [...reference, '--dry-run'])).code).toBe(0);
    expect((await bench(folder, [...reference, '--dry-run', '--sandbox', 'wasm'])).code).toBe(2);
    writeFileSync(join(folder, 'suite.yaml'), `sandbox: native\n${suite}    sandbox: wasm\n`);
    expect((await bench(folder, ['validate', 'suite.yaml'])).code).toBe(2);
  });
});

// Skipped without bubblewrap or Python; in test:long, for it makes one.
it.skipIf(noNativePython !== '' || !IS_LONG)(
  'a virtual environment brings its packages, wherever it lies',
  async () => {
    const folder = folderWith({
      'suite.yaml': `name: s\ncases:\n  - id: c\n    category: simple\n    language: python\n    prompt: p\n    entry: f\n    table: [{ args: [2], returns: 6 }]\n    solution: |\n      from teamlib import triple\n      def f(x):\n          return triple(x)\n`,
      'bench.yaml': 'sandbox: native\ntoolchains: { python: ./venv/bin/python }\n',
    });
    spawnSync('python3', ['-m', 'venv', '--without-pip', join(folder, 'venv')]);
    const asked = 'import sysconfig; print(sysconfig.get_path("purelib"))';
    const packages = spawnSync(join(folder, 'venv/bin/python'), ['-c', asked]).stdout.toString().trim();
    writeFileSync(join(packages, 'teamlib.py'), 'def triple(x):\n    return 3 * x\n');
    const { code, stdout } = await bench(folder, ['validate', 'suite.yaml']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 of 1 case holds')]);
  },
);

const packages = ['numpy', 'pandas', 'requests'];
const hasPackages = spawnSync('python3', ['-c', `import ${packages.join(', ')}`]).status === 0;

// Skipped without bubblewrap or Python. Without the packages (pip install numpy pandas requests), those that need them are left out.
it.skipIf(noNativePython !== '')(
  'programs with files, threads, processes, databases and packages are judged as a plain process would',
  async () => {
    const text = readFileSync(join(import.meta.dirname, '../grading/native/suites/python.yaml'), 'utf8');
    const [head = '', ...cases] = text.split(/^(?= {2}- id: )/m);
    const chosen = cases.filter(
      (one) => hasPackages || !packages.some((name) => new RegExp(`import ${name}\\b`).test(one)),
    );
    expect(chosen.length).toBeGreaterThanOrEqual(27);
    const some = !IS_LONG ? chosen.filter((_, at) => at % 6 === 0) : chosen;
    const folder = folderWith({ 'suite.yaml': head + some.join(''), 'bench.yaml': own });
    const { code, stdout } = await bench(folder, ['validate', 'suite.yaml']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining(`${some.length} of ${some.length} cases hold`),
    ]);
    const { cases: read } = parse(head + some.join('')) as {
      cases: { id: string; tests: string; solution: string }[];
    };
    for (const { id, tests, solution } of !IS_LONG ? [] : read) {
      writeFileSync(
        join(folder, 'plain.py'),
        `${solution}\n${tests}\nif __name__ == "__main__":\n    unittest.main()\n`,
      );
      expect([id, spawnSync('python3', ['plain.py'], { cwd: folder }).status]).toEqual([id, 0]);
    }
  },
);

describe.skipIf(process.platform !== 'linux')('refused before anything is asked (Linux)', () => {
  const native = [...reference, '--sandbox', 'native'];
  const refusal = async (programs: Readonly<Record<string, string>>, config = '') => {
    const folder = folderWith({ 'suite.yaml': suite, ...(config === '' ? {} : { 'bench.yaml': config }) });
    mkdirSync(join(folder, 'bin'));
    for (const [name, text] of Object.entries(programs)) {
      if (text.startsWith('/')) symlinkSync(text, join(folder, 'bin', name));
      else writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    const { code, stdout, stderr } = await bench(folder, native, { PATH: join(folder, 'bin') });
    expect([code, stdout]).toEqual([2, '']);
    return stderr;
  };

  it('without bubblewrap, or where it may make no sandbox', async () => {
    expect(await refusal({})).toMatch(
      /no bwrap on PATH: install it \(apt-get install bubblewrap[\s\S]*native-unconfined runs answers without/,
    );
    const closed = 'echo "bwrap: No permissions to create new namespace" >&2; exit 1';
    expect(
      await refusal({ bwrap: `[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit; ${closed}` }),
    ).toMatch(/cannot make a sandbox here \(bwrap: No permissions to create new namespace\).*--sandbox wasm/);
  });

  // Skipped without bubblewrap: what is wrong behind it is not found.
  it.skipIf(noNativePython !== '')('without a Python that can be used', async () => {
    const bwrap = spawnSync('sh', ['-c', 'command -v bwrap']).stdout.toString().trim();
    expect(await refusal({ bwrap })).toMatch(/needs python3, which is not on PATH/);
    expect(await refusal({ bwrap, python3: 'echo broken >&2; exit 7' })).toMatch(/does not run \(broken\)/);
    expect(await refusal({ bwrap }, 'toolchains: { python: ./none/python }\n')).toMatch(
      /none\/python.*does not run/,
    );
  });
});

// Skipped without Python.
it.skipIf(!python)(
  'without protection it runs by that name alone, and says so wherever the figures are',
  async () => {
    const folder = folderWith({ 'suite.yaml': suite, 'bench.yaml': own });
    const unconfined = { PATH: '/usr/bin:/bin', HOME: folder };
    const ended = await bench(folder, [...reference, '--sandbox', 'native-unconfined'], unconfined);
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('ran without protection')]);
    const run = onlyRun(folder);
    expect(readFileSync(join(run, 'matrix.md'), 'utf8')).toContain('ran without protection');
    const { settings, environment, candidates } = summaryIn(run);
    expect([settings.sandbox, environment.sandboxes]).toEqual([
      'native-unconfined',
      { python: expect.stringMatching(/, unconfined$/) },
    ]);
    expect(candidates.map(({ pass_rate }) => pass_rate.value)).toEqual([1, 0]);
    const left = readdirSync(join(folder, '.cache'), { recursive: true }).filter((name) =>
      /unconfined/.test(String(name)),
    );
    expect(left).toEqual([]);
    for (const text of [
      `sandbox: native-unconfined\n${suite}`,
      suite.replace('entry: f', 'entry: f\n    sandbox: native-unconfined'),
    ]) {
      writeFileSync(join(folder, 'suite.yaml'), text);
      expect((await bench(folder, reference, unconfined)).stderr).toMatch(/one of wasm, native/);
    }
  },
);

// In test:long: a baseline's own test has the rule.
it.skipIf(!IS_LONG)('runs whose sandboxes differ are compared only if that is said', async () => {
  const folder = folderWith({
    'suite.yaml': suite.replace(/import subprocess[\s\S]*?stdout\)/, 'def f(x):\n          return x + 1'),
    'bench.yaml': own,
  });
  await bench(folder, [...reference, '--sandbox', 'wasm']);
  await bench(folder, [...reference, '--sandbox', 'native-unconfined']);
  const [first = '', second = ''] = runsIn(folder)
    .sort()
    .map((path) => basename(path));
  const refused = await bench(folder, ['compare', first, second]);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringMatching(/python ran in (?:native|wasm)[\s\S]*--allow-mismatch/),
  ]);
  expect((await bench(folder, ['compare', first, second, '--allow-mismatch'])).code).not.toBe(2);
});

it('a word that is no sandbox is a mistake of the command, or of the file', async () => {
  const folder = folderWith({ 'suite.yaml': `sandbox: docker\n${suite}` });
  const { code, stderr } = await bench(folder, ['run', 'suite.yaml', '--sandbox', 'docker']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/--sandbox takes wasm, native, native-unconfined, not "docker"/),
  ]);
  expect((await bench(folder, ['run', 'suite.yaml'])).stderr).toMatch(/suite\.yaml:1:10.*wasm, native/s);
});
