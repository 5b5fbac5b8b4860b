/** The judge of one process against a plain CPython: right answers pass, wrong ones do not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openOne, pythons, tests } from '../sandbox-edges.js';
import { pythonProbes } from './python-probes.js';

// Natively in test:long: the attacks and frames beside it are in both.
const some = process.env['FC_RUNS'] === undefined ? pythons.slice(0, 1) : pythons;

describe.each(some)('in %s', (_tier, backend) => {
  const sandbox = openOne(backend);
  afterAll(() => sandbox.close());

  /** An eighth of the answers in a plain process in each `npm test`; all in `npm run test:long`. */
  const IS_LONG = process.env['FC_RUNS'] !== undefined;
  const hasPython =
    spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0;

  /** What pytest would find, run by nothing but CPython. `pytest` itself is not everywhere: its two best-known names are ours. */
  const RUNNER = `
import asyncio as _a, inspect as _i, unittest as _u
def _finish(r):
    if _i.iscoroutine(r): _a.run(r)
for _n, _v in list(globals().items()):
    if _i.isfunction(_v) and _n.startswith("test"):
        _finish(_v())
    elif _i.isclass(_v) and _v.__module__ == "__main__" and issubclass(_v, _u.TestCase):
        _r = _u.TestResult(); _u.defaultTestLoader.loadTestsFromTestCase(_v).run(_r)
        assert _r.wasSuccessful(), _r
    elif _i.isclass(_v) and _n.startswith("Test"):
        for _m in [m for m in vars(_v) if m.startswith("test")]:
            _o = _v()
            if hasattr(_o, "setup_method"): _o.setup_method()
            _finish(getattr(_o, _m)())
`;
  const PYTEST = `
import math, re
class raises:
    def __init__(self, kind, match=None): self.kind, self.match, self.value = kind, match, None
    def __enter__(self): return self
    def __exit__(self, kind, error, trace):
        assert kind is not None, "did not raise"
        self.value = error
        return issubclass(kind, self.kind) and (self.match is None or re.search(self.match, str(error)) is not None)
class approx:
    def __init__(self, x, rel=1e-6): self.x, self.rel = x, rel
    def __eq__(self, o): return math.isclose(o, self.x, rel_tol=self.rel)
`;

  /** The answer and its tests in one file and one process. */
  function plainly(code: string, source: string): boolean {
    const folder = mkdtempSync(join(tmpdir(), 'bench-plain-'));
    try {
      // unittest.main() ends the process before the rest is looked at.
      const program = `${code}\n${source.replace('unittest.main()', 'pass')}\n${RUNNER}`;
      writeFileSync(
        join(folder, 'solution.py'),
        'import sys\nsys.modules["solution"] = sys.modules["__main__"]\n',
      );
      writeFileSync(join(folder, 'pytest.py'), PYTEST);
      writeFileSync(join(folder, 'program.py'), program);
      return spawnSync('python3', ['program.py'], { cwd: folder, timeout: 20_000 }).status === 0;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  const answers = pythonProbes.flatMap(({ name, tests: source, right, wrong }) => [
    ...right.map((code, at) => ({ name: `${name}: right ${at + 1}`, source, code, passes: true })),
    ...wrong.map((code, at) => ({ name: `${name}: wrong ${at + 1}`, source, code, passes: false })),
  ]);

  describe('an answer and its tests in one interpreter', () => {
    test.each(answers)('$name', async ({ source, code, passes }) => {
      const execution = await sandbox.run(tests('python', code, source, null, 'shared'));
      expect(execution.kind).not.toBe('broken');
      const isAccepted =
        execution.kind === 'tested' && execution.passed && execution.marks?.lies.length === 0;
      expect(isAccepted, JSON.stringify(execution)).toBe(passes);
      // What is honest carries no mark.
      if (passes) expect(execution).toMatchObject({ marks: { lies: [], reach: [] } });
    });

    test.skipIf(!hasPython)('CPython says the same', () => {
      const asked = answers.filter((_, at) => IS_LONG || at % 8 === 0);
      expect(
        asked.filter(({ source, code, passes }) => plainly(code, source) !== passes).map(({ name }) => name),
      ).toEqual([]);
    });
  });
});
