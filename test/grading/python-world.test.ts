/** What a Python program finds around it: files, threads, environment. Each of it ends with the program. */
import { afterAll, describe, expect, test } from 'vitest';
import { lackIn } from '../../src/grading/lacks.js';
import { pyodide } from '../../src/grading/sandboxes/python/pyodide.js';
import { openOne, tests } from './sandbox-edges.js';

const sandbox = openOne(pyodide);
afterAll(() => sandbox.close());

async function run(code: string, source: string) {
  const execution = await sandbox.run(tests('python', code, source, null, 'shared'));
  if (execution.kind !== 'tested') throw new Error(JSON.stringify(execution));
  return { ...execution, lack: lackIn(execution, code, 'python') };
}

/** Whatever a program left, the next one finds nothing of it. */
async function expectClean() {
  const found = await run(
    'import os, sys, threading, time\n',
    `
import os, sys, threading, time, builtins, warnings
assert os.getcwd() == '/home/guest' and os.listdir('.') == [] and os.listdir('/tmp') == []
assert os.stat('/tmp').st_mode & 0o777 == 0o777 and 'LEFT' not in os.environ
assert sys.argv == ['answer.py'] and not hasattr(builtins, 'left') and 'left' not in sys.modules
assert threading.active_count() == 1 and threading.current_thread() is threading.main_thread()
assert len(os.listdir('/proc/self/fd')) == 3 if os.path.exists('/proc/self/fd') else True
open('mine', 'w').close()
`,
  );
  expect(found).toMatchObject({ passed: true, raised: null });
}

describe('files', () => {
  test('a program finds two empty folders, and what it leaves there is gone', async () => {
    const left = await run(
      'import os\n',
      `
import os, sys, pathlib, builtins, types
for folder in ('.', '/tmp'):
    pathlib.Path(folder, 'a', 'b').mkdir(parents=True)
    pathlib.Path(folder, 'a', 'b', 'c').write_text('x')
kept = open('/tmp/open', 'w')
os.symlink('/tmp/open', 'link')
os.chdir('/tmp/a')
os.chmod('/tmp', 0)
os.environ['LEFT'] = '1'
sys.argv.append('left')
builtins.left = 1
sys.modules['left'] = types.ModuleType('left')
assert True
`,
    );
    expect(left.passed).toBe(true);
    await expectClean();
    await expectClean();
  });

  test.each([
    ['writes into the library', "open('/lib/python3.13/json/__init__.py', 'a')"],
    ['a file beside the library', "open('/lib/python3.13/site-packages/evil.py', 'w')"],
    ['a file at the root', "open('/evil', 'w')"],
    ['a folder', "os.mkdir('/lib/evil')"],
    ['modes', "os.chmod('/lib', 0o777)"],
    ['modes through a link', "os.symlink('/lib', 'l') or os.chmod('l', 0o777)"],
    ['modes of an open file', "os.fchmod(os.open('/usr/share/zoneinfo/UTC', os.O_RDONLY), 0o777)"],
    ['times', "os.utime('/lib')"],
    ['size', "os.truncate('/usr/share/zoneinfo/UTC', 0)"],
    ['moves the library away', "os.rename('/lib', '/tmp/lib')"],
    ['moves a file away', "os.rename('/usr/share/zoneinfo/UTC', '/tmp/UTC')"],
    ['deletes a file', "os.unlink('/usr/share/zoneinfo/UTC')"],
    ['deletes an open folder', "os.rmdir('/tmp')"],
    ['a link beside', "os.symlink('/tmp', '/home/evil')"],
    ['shared memory', "open('/dev/shm/evil', 'w')"],
    ['a device', "open('/dev/evil', 'w')"],
    ['the files of the host', "open('/etc/passwd')"],
  ])('closed: %s', async (_, act) => {
    const source = `
import os
try:
    ${act}
except OSError:
    pass
else:
    raise AssertionError('it was done')
`;
    expect(await run('import os\n', source)).toMatchObject({ passed: true, raised: null });
    await expectClean();
  });

  test('take 64 MB and 10,000 files, and then are full', async () => {
    const { passed, raised } = await run(
      'import os\n',
      `
import os, errno
try:
    with open('big', 'wb') as file:
        for _ in range(70):
            file.write(bytes(1_000_000))
except OSError as error:
    assert error.errno == errno.ENOSPC
else:
    raise AssertionError('70 MB were written')
try:
    os.truncate('big', 10**9)
except OSError:
    pass
else:
    raise AssertionError('a gigabyte was made')
os.unlink('big')
with open('again', 'wb') as file:
    file.write(bytes(30_000_000))
try:
    for number in range(20_000):
        open(f'f{number}', 'w').close()
except OSError as error:
    assert error.errno == errno.ENOSPC
else:
    raise AssertionError('20,000 files were made')
`,
    );
    expect([passed, raised]).toEqual([true, null]);
    await expectClean();
  });
});

describe('names that the answer imports', () => {
  const code =
    'import math, os.path\nfrom collections import Counter as C\ndef f(x):\n    return math.floor(x)\n';
  const source =
    'assert f(2.5) == math.floor(2.5)\nassert C("aa")["a"] == 2 and os.path.basename("a/b") == "b"\n';
  test.each(['shared', 'isolated'] as const)('are there for the tests, %s', async (judge) => {
    const execution = await sandbox.run(tests('python', code, source, null, judge));
    expect(execution).toMatchObject({ kind: 'tested', passed: true, raised: null });
  });
  test('and nothing else is run of what the answer says it imports', async () => {
    // Of the harness, in its own interpreter, an answer can replace what reads its imports.
    const forged = `import sys
sys._getframe(1).f_globals['_imports_in'] = lambda tree: {'evil': 'evil = 1', 'odd': 'import os; odd = 1'}
def f(x):
    return x
`;
    for (const name of ['evil', 'odd']) {
      const source = `assert f(1) == 1\nassert ${name} == 1\n`;
      const execution = await sandbox.run(tests('python', forged, source, null, 'isolated'));
      expect(execution).toMatchObject({
        passed: false,
        raised: { message: `name '${name}' is not defined` },
      });
    }
  });
});

describe('threads', () => {
  const consumer = `
import queue, threading
def consume(n):
    todo, done = queue.Queue(), []
    def work():
        while (item := todo.get()) is not None:
            done.append(item)
    thread = threading.Thread(target=work)
    thread.start()
    for item in range(n):
        todo.put(item)
    todo.put(None)
    thread.join()
    return done
`;

  test('that would have to wait for what comes later are named as ours', async () => {
    const found = await run(consumer, 'assert consume(3) == [0, 1, 2]\n');
    expect([found.passed, found.lack]).toEqual([false, 'threads side by side']);
    await expectClean();
  });

  test('that wait for each other end, and one that waits for ever does not hold the others up', async () => {
    const deadlock = `
import threading
a, b = threading.Lock(), threading.Lock()
def f():
    with a:
        thread = threading.Thread(target=lambda: b.acquire() and a.acquire())
        thread.start()
        thread.join()
    return 1
class Cleaner:
    def __init__(self):
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
    def run(self):
        while not self.ended.wait(0.5):
            pass
`;
    expect((await run(deadlock, 'assert f() == 1\n')).passed).toBe(true);
    expect((await run(deadlock, 'c = Cleaner()\nc.ended.set()\nassert c.ended.is_set()\n')).passed).toBe(
      true,
    );
    await expectClean();
  });

  test('are no excuse: what fails without waiting in a thread fails', async () => {
    const code = 'import threading\ndef f():\n    threading.Thread(target=print).start()\n    return 2\n';
    const found = await run(code, 'assert f() == 1\n');
    expect([found.passed, found.lack]).toEqual([false, null]);
  });
});

describe("pytest's stand-in", () => {
  const code = 'def add(a, b):\n    return a - b\n';
  test.each([
    [
      'one of the parameters',
      '@pytest.mark.parametrize("a", [0, 1])\ndef test(a):\n    assert add(a, 1) == a + 1\n',
    ],
    ['a fixture', '@pytest.fixture\ndef one():\n    return add(1, 1)\ndef test(one):\n    assert one == 2\n'],
    [
      'the end of a fixture',
      '@pytest.fixture\ndef one():\n    yield 1\n    assert add(1, 1) == 2\ndef test(one):\n    pass\n',
    ],
    ['a method', 'class TestAdd:\n    def test(self):\n        assert add(1, 1) == 2\n'],
    ['a raise that does not come', 'def test():\n    with pytest.raises(TypeError):\n        add(1, 1)\n'],
    [
      'another message',
      'def test():\n    with pytest.raises(TypeError, match="^x$"):\n        add(1, None)\n',
    ],
    ['a warning that does not come', 'def test():\n    with pytest.warns(UserWarning):\n        add(1, 1)\n'],
    ['a coroutine', 'async def test():\n    assert add(1, 1) == 2\n'],
    ['a patched test', '@patch("answer.add", return_value=1)\ndef test(stub):\n    assert stub() == 2\n'],
    ['an unknown fixture', 'def test(nobody):\n    pass\n'],
    ['strict xfail that passes', '@pytest.mark.xfail(strict=True)\ndef test():\n    assert add(1, 1) == 0\n'],
    ['approx', 'def test():\n    assert add(0.3, 0.1) == pytest.approx(0.4)\n'],
    ['no text', 'def test(capsys):\n    print(add(1, 1))\n    assert capsys.readouterr().out == "2\\n"\n'],
  ])('fails by %s', async (_, source) => {
    const found = await run(
      code,
      `import pytest\nfrom unittest.mock import patch\nfrom answer import add\n${source}`,
    );
    expect(found.passed).toBe(false);
    expect(found.raised).not.toBeNull();
  });

  test('an answer cannot leave the tests out', async () => {
    const skips = 'import pytest\ndef add(a, b):\n    pytest.skip("too hard")\n';
    const found = await run(skips, 'from answer import add\ndef test():\n    assert add(1, 1) == 2\n');
    expect([found.passed, found.raised?.message]).toEqual([false, 'a test was skipped: too hard']);
  });

  test('an answer that replaces it is judged again', async () => {
    const replaces =
      'import pytest\npytest.run_tests = lambda *a: 1\npytest.raises = None\ndef add(a, b):\n    return a - b\n';
    const found = await run(
      replaces,
      'import pytest\nfrom answer import add\ndef test():\n    assert add(1, 1) == 2\n',
    );
    expect(found.passed && found.marks?.reach.length === 0).toBe(false);
  });
});
