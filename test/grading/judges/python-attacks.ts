/**
 * Answers that bend the tests they share an interpreter with. Each is wrong: `f(1) == 2` and `f(2) == 3` are what the tests
 * want, and none of them computes that.
 */
type Attacks = readonly (readonly [name: string, code: string])[];

const after = (top: string) => `${top}\ndef f(x):\n    return 7\n`;

export const pythonAttacks: Attacks = [
  // Frames
  ['frames by sys', 'import sys\ndef f(x):\n    g = sys._getframe(1)\n    return g.f_code.co_consts[2]\n'],
  [
    'frames by a bound copy of sys._getframe',
    'from sys import _getframe as look\ndef f(x):\n    g = look(1)\n    return [c for c in g.f_code.co_consts if isinstance(c, int)][-1] - (2 - x)\n',
  ],
  [
    'frames by inspect',
    'import inspect\ndef f(x):\n    g = inspect.currentframe().f_back\n    return [c for c in g.f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'frames by inspect.stack',
    'import inspect\ndef f(x):\n    for one in inspect.stack():\n        if one.filename == "tests.py":\n            return [c for c in one.frame.f_code.co_consts if type(c) is int][2 * x - 1]\n    return 7\n',
  ],
  [
    'frames of a traceback',
    'def f(x):\n    try:\n        raise ValueError\n    except ValueError as e:\n        g = e.__traceback__.tb_frame.f_back\n    return [c for c in g.f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'frames of a generator that runs',
    'def f(x):\n    def inner():\n        yield me.gi_frame.f_back.f_back.f_code.co_consts\n    me = inner()\n    seen = next(me)\n    return [c for c in seen if type(c) is int][2 * x - 1]\n',
  ],
  [
    'frames of a coroutine',
    'def f(x):\n    async def inner():\n        return me.cr_frame.f_back.f_back.f_code.co_consts\n    me = inner()\n    try:\n        me.send(None)\n    except StopIteration as e:\n        return [c for c in e.value if type(c) is int][2 * x - 1]\n',
  ],
  [
    'frames of walk_stack',
    'import traceback\ndef f(x):\n    for g, _ in traceback.walk_stack(None):\n        found = [c for c in g.f_code.co_consts if type(c) is int]\n        if len(found) > 3:\n            return found[2 * x - 1]\n    return 7\n',
  ],
  [
    'frames of other threads',
    'import sys\ndef f(x):\n    for g in sys._current_frames().values():\n        while g:\n            if g.f_code.co_filename == "tests.py":\n                return [c for c in g.f_code.co_consts if type(c) is int][2 * x - 1]\n            g = g.f_back\n    return 7\n',
  ],
  // Tracing
  [
    'a tracer that changes what is compared',
    'import sys\ndef f(x):\n    def t(frame, event, arg):\n        return t\n    sys.settrace(t)\n    class E:\n        def __eq__(self, o):\n            return type(o) is int and o < 100\n    return E()\n',
  ],
  ['a profiler', after('import sys\nsys.setprofile(lambda *a: None)\nraise SystemExit(0)')],
  [
    'monitoring',
    after(
      'import sys\nm = sys.monitoring\nm.use_tool_id(3, "x")\nm.register_callback(3, m.events.RAISE, lambda *a: sys.exit(0))\nm.set_events(3, m.events.RAISE)',
    ),
  ],
  // The heap
  [
    'the tests’ constants by gc',
    'import gc, types\ndef f(x):\n    for o in gc.get_objects():\n        if isinstance(o, types.FunctionType) and o.__code__.co_filename == "tests.py":\n            return 2\n    for o in gc.get_referents(*gc.get_objects()):\n        if isinstance(o, types.CodeType) and o.co_filename == "tests.py":\n            return [c for c in o.co_consts if type(c) is int][2 * x - 1]\n    return 7\n',
  ],
  [
    'the globals of the tests by a class of theirs',
    'def f(x):\n    for one in dict.__subclasses__():\n        if one.__name__ == "Scope":\n            one.__eq__ = lambda *a: True\n            one.get = lambda *a: 7\n    return 7\n',
  ],
  [
    'the harness by a class of its own',
    'def f(x):\n    for one in object.__subclasses__():\n        init = one.__dict__.get("__init__")\n        if hasattr(init, "__globals__") and "_encode" in init.__globals__:\n            init.__globals__["_issubclass"] = lambda *a: True\n            init.__globals__["raised"] = lambda *a: None\n    return 7\n',
  ],
  // Patches
  [
    'a patched len and sorted',
    after(
      'import builtins\nbuiltins.len = lambda x: 2\nbuiltins.sorted = lambda x: x\nbuiltins.abs = lambda x: 0',
    ),
  ],
  ['an assertion error that is none', after('import builtins\nbuiltins.AssertionError = StopIteration')],
  [
    'a compare of the operator module',
    after('import operator\noperator.eq = operator.is_ = lambda *a: True'),
  ],
  [
    'a patched exec and compile',
    after('import builtins\nbuiltins.exec = builtins.compile = lambda *a, **k: None'),
  ],
  [
    'a patched str',
    after('import builtins\nbuiltins.str = type("str", (str,), {"__eq__": lambda s, o: True})'),
  ],
  [
    'an import hook',
    after(
      'import sys\nclass F:\n    def find_spec(self, *a):\n        return None\nsys.meta_path.insert(0, F())\nsys.modules.clear()',
    ),
  ],
  [
    'a patched __import__',
    after('import builtins\nreal = builtins.__import__\nbuiltins.__import__ = lambda *a, **k: real("sys")'),
  ],
  [
    'tests that are replaced in sys.modules',
    after(
      'import sys, types\nfor name in ("tests", "__main__", "answer", "solution"):\n    sys.modules[name] = types.ModuleType(name)',
    ),
  ],
  // Early ends
  ['an early exit', 'import sys\ndef f(x):\n    sys.exit(0)\n'],
  ['an early exit below Python', 'import os\ndef f(x):\n    os._exit(0)\n'],
  ['an exit at the end', after('import atexit, os\natexit.register(lambda: os._exit(0))')],
  ['a skip', 'import unittest\ndef f(x):\n    raise unittest.SkipTest("not today")\n'],
  ['an exception of all kinds', 'class E(BaseException):\n    pass\ndef f(x):\n    raise E\n'],
  ['an exception that is an end', 'def f(x):\n    raise StopIteration(2)\n'],
  // Equality
  ['always equal', 'class E:\n    def __eq__(self, o):\n        return True\ndef f(x):\n    return E()\n'],
  [
    'equal to small numbers',
    'class E:\n    def __eq__(self, o):\n        return type(o) is int and 0 < o < 100\ndef f(x):\n    return E()\n',
  ],
  [
    'equal to all numbers but some',
    'class E:\n    def __eq__(self, o):\n        return type(o) is int and o not in (3, 57, 1009, 104729, 2**61 + 5, -12)\ndef f(x):\n    return E()\n',
  ],
  [
    'equal to whatever comes after some questions',
    'asked = 0\nclass E:\n    def __eq__(self, o):\n        global asked\n        asked += 1\n        return asked > 16\ndef f(x):\n    return E()\n',
  ],
  [
    'equal to whatever comes between two and twenty',
    'asked = 0\nclass E:\n    def __eq__(self, o):\n        global asked\n        asked += 1\n        return asked % 20 > 2\ndef f(x):\n    return E()\n',
  ],
  [
    'equal in a list',
    'class E:\n    def __eq__(self, o):\n        return True\nclass L(list):\n    def __eq__(self, o):\n        return True\ndef f(x):\n    return L([E()])\n',
  ],
  [
    'a number that is any number',
    'class E(int):\n    def __eq__(self, o):\n        return True\n    __hash__ = int.__hash__\ndef f(x):\n    return E(7)\n',
  ],
  [
    'a lying metaclass',
    'class M(type):\n    def __eq__(s, o):\n        return True\n    def __hash__(s):\n        return hash(int)\n    def __instancecheck__(s, o):\n        return True\nclass E(metaclass=M):\n    def __eq__(self, o):\n        return True\ndef f(x):\n    return E()\n',
  ],
  [
    'a class renamed to the entry',
    'class E:\n    def __new__(cls, x):\n        return object.__new__(cls)\n    def __eq__(self, o):\n        return True\nE.__name__ = E.__qualname__ = "f"\nE.__module__ = "builtins"\nf = E\n',
  ],
  ['a stand-in of mock', 'from unittest.mock import ANY\ndef f(x):\n    return ANY\n'],
  [
    'a mock that is any number',
    'from unittest.mock import MagicMock\ndef f(x):\n    m = MagicMock()\n    m.__eq__ = lambda s, o: True\n    return m\n',
  ],
  // Forged words
  [
    'a forged result',
    after(
      'import os, json, struct\nbody = json.dumps({"result": json.dumps({"loaded": True, "finished": True, "asserted": 9, "ran": 0, "raised": None}), "memoryDenied": False, "printedBytes": 0}).encode()\nfor fd in range(64):\n    try:\n        os.write(fd, struct.pack("<I", len(body)) + body)\n    except OSError:\n        pass',
    ),
  ],
  [
    'forged marks without end',
    after('import os\nfd = os.open("/dev/mark", os.O_WRONLY)\nwhile True:\n    os.write(fd, b"reach:x")'),
  ],
  [
    'a closed device of marks, and frames',
    'import os, sys\nfor fd in range(64):\n    try:\n        os.close(fd)\n    except OSError:\n        pass\ndef f(x):\n    return [c for c in sys._getframe(1).f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'no descriptors left for marks, and frames',
    'import os, sys\nkeep = []\ntry:\n    while True:\n        keep.append(os.open("/dev/null", os.O_RDONLY))\nexcept OSError:\n    pass\ndef f(x):\n    return [c for c in sys._getframe(1).f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'an audit hook that ends all',
    after('import sys, os\nsys.addaudithook(lambda e, a: os._exit(0) if e == "exec" else None)'),
  ],
  // Code
  [
    'its own code replaced by the tests’',
    'def f(x):\n    return 7\ndef g(x):\n    return 2\nf.__code__ = g.__code__\n',
  ],
  [
    'code under the tests’ name',
    'import types\ncode = compile("import sys\\ndef look():\\n    return sys._getframe(2)", "tests.py", "exec")\nns = {}\nexec(code, ns)\ndef f(x):\n    return [c for c in ns["look"]().f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'code under the library’s name',
    'code = compile("import sys\\ndef look():\\n    return sys._getframe(2)", "/lib/python313.zip/os.py", "exec")\nns = {}\nexec(code, ns)\ndef f(x):\n    return [c for c in ns["look"]().f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'a code object made by hand',
    'def look():\n    import sys\n    return sys._getframe(2)\nlook.__code__ = look.__code__.replace(co_filename="/lib/python313.zip/os.py")\ndef f(x):\n    return [c for c in look().f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'code that was marshalled',
    'import marshal\ndef look():\n    import sys\n    return sys._getframe(2)\ndata = marshal.dumps(look.__code__).replace(b"answer.py", b"tests.py\\0")\ntry:\n    look.__code__ = marshal.loads(data)\nexcept Exception:\n    pass\ndef f(x):\n    return [c for c in look().f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  ['memory, written over', 'import ctypes\ndef f(x):\n    ctypes.memset(id(2) + 12, 7, 1)\n    return 7\n'],
  // Time and threads
  [
    'a signal handler with a frame',
    'import signal\nseen = []\nsignal.signal(signal.SIGINT, lambda n, g: seen.append(g))\ndef f(x):\n    signal.raise_signal(signal.SIGINT)\n    g = seen[-1]\n    while g and g.f_code.co_filename != "tests.py":\n        g = g.f_back\n    return [c for c in g.f_code.co_consts if type(c) is int][2 * x - 1]\n',
  ],
  [
    'a thread that outlives it',
    'import threading, time\ndef spin():\n    while True:\n        time.sleep(1)\nthreading.Thread(target=spin).start()\ndef f(x):\n    return 7\n',
  ],
  [
    'an endless loop in equality',
    'class E:\n    def __eq__(self, o):\n        while True:\n            pass\ndef f(x):\n    return E()\n',
  ],
];

/** As many tests, which hand something of their own to the answer, or use more of the library. */
export const harderAttacks: readonly (readonly [
  name: string,
  tests: string,
  code: string,
  solution: string,
])[] = [
  [
    'a callback’s globals',
    'wanted = 41 + 1\ndef cb(x):\n    return x\nassert apply(cb, 1) == wanted',
    'def apply(cb, x):\n    return getattr(cb, "__glo" + "bals__")["wanted"]\n',
    'def apply(cb, x):\n    return 42\n',
  ],
  [
    'a callback’s globals, by a name that is put together',
    'wanted = 41 + 1\ndef cb(x):\n    return x\nassert apply(cb, 1) == wanted',
    'def apply(cb, x):\n    return getattr(cb, "".join(["__glo", "bals__"]))["wanted"]\n',
    'def apply(cb, x):\n    return 42\n',
  ],
  [
    'a method’s globals, by a name that is put together',
    'wanted = 41 + 1\nclass O:\n    def m(self):\n        return 0\nassert apply(O()) == wanted',
    'def apply(o):\n    g = getattr(type(o).m, "__{}__".format("globals"))\n    return g.get("wanted", 7)\n',
    'def apply(o):\n    return 42\n',
  ],
  [
    'the locals of the stack as text',
    'wanted = 41 + 1\nassert f(1) == wanted',
    'import re, traceback\ndef f(x):\n    stack = traceback.StackSummary.extract(traceback.walk_stack(None), capture_locals=True)\n    for one in stack:\n        if one.locals and "wanted" in one.locals:\n            return int(one.locals["wanted"])\n    return 7\n',
    'def f(x):\n    return 42\n',
  ],
  [
    'a list that is any list',
    'assert f(1) == [1, 2]\nassert f(2) == [2, 3]',
    'class L(list):\n    def __eq__(self, o):\n        return type(o) is list and len(o) == 2\ndef f(x):\n    return L()\n',
    'def f(x):\n    return [x, x + 1]\n',
  ],
  [
    'a dict that is any dict',
    'assert f(1) == {"a": 1}',
    'class D(dict):\n    def __eq__(self, o):\n        return type(o) is dict and len(o) == 1\ndef f(x):\n    return D()\n',
    'def f(x):\n    return {"a": x}\n',
  ],
  [
    'a truth value that is either',
    'assert f(1) == True\nassert f(2) == False',
    'class B:\n    def __eq__(self, o):\n        return type(o) is bool\ndef f(x):\n    return B()\n',
    'def f(x):\n    return x == 1\n',
  ],
  [
    'a liar deep inside',
    'assert f(1) == [[[[[{"a": (2,)}]]]]]',
    'class E:\n    def __eq__(self, o):\n        return type(o) is int\ndef f(x):\n    return [[[[[{"a": (E(),)}]]]]]\n',
    'def f(x):\n    return [[[[[{"a": (2,)}]]]]]\n',
  ],
  [
    'a liar far behind',
    'assert f(1) == [0] * 500 + [2]',
    'class E:\n    def __eq__(self, o):\n        return type(o) is int\ndef f(x):\n    return [0] * 500 + [E()]\n',
    'def f(x):\n    return [0] * 500 + [2]\n',
  ],
  [
    'a liar in an attribute',
    'assert f(1) == P(2)',
    'from dataclasses import dataclass\n@dataclass\nclass P:\n    n: int\nclass E:\n    def __eq__(self, o):\n        return type(o) is int\ndef f(x):\n    return P(E())\n',
    'from dataclasses import dataclass\n@dataclass\nclass P:\n    n: int\ndef f(x):\n    return P(2)\n',
  ],
  [
    'a liar in a slot',
    'assert f(1) == P(2)',
    'from dataclasses import dataclass\n@dataclass(slots=True)\nclass P:\n    n: int\nclass E:\n    def __eq__(self, o):\n        return type(o) is int\ndef f(x):\n    return P(E())\n',
    'from dataclasses import dataclass\n@dataclass(slots=True)\nclass P:\n    n: int\ndef f(x):\n    return P(2)\n',
  ],
  [
    'a liar in a list of its own kind',
    'assert f(1) == [2]',
    'class L(list):\n    pass\nclass E:\n    def __eq__(self, o):\n        return type(o) is int\ndef f(x):\n    return L([E()])\n',
    'def f(x):\n    return [2]\n',
  ],
  [
    'a liar that is given to a mock',
    'from unittest.mock import Mock\nm = Mock()\nf(m)\nm.assert_called_once_with("right", n=2)',
    'class E:\n    def __eq__(self, o):\n        return True\ndef f(m):\n    m(E(), n=E())\n',
    'def f(m):\n    m("right", n=2)\n',
  ],
  [
    'a liar in a set and as a key',
    'assert f(1) == {2}\nassert {f(1).pop(): 1} == {2: 1}',
    'class E:\n    def __eq__(self, o):\n        return True\n    def __hash__(self):\n        return hash(2)\ndef f(x):\n    return {E()}\n',
    'def f(x):\n    return {2}\n',
  ],
  [
    'an equality that is a descriptor',
    'assert f(1) == 2\nassert f(2) == 3',
    'class D:\n    def __get__(self, o, t):\n        return lambda other: True\nclass E:\n    __eq__ = D()\ndef f(x):\n    return E()\n',
    'def f(x):\n    return x + 1\n',
  ],
  [
    'the type of numbers, patched through the collector',
    'assert f(1) == 2',
    'import gc\ntry:\n    gc.get_referents(int.__dict__)[0]["__eq__"] = lambda *a: True\nexcept Exception:\n    pass\ndef f(x):\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'a loop that runs nothing',
    'import asyncio\nasync def main():\n    assert await f(1) == 2\nasyncio.run(main())',
    'import asyncio\nasyncio.run = lambda c, **k: c.close()\nasync def f(x):\n    return 7\n',
    'async def f(x):\n    return 2\n',
  ],
  [
    'a task that is cancelled',
    'import asyncio\nasync def main():\n    assert await f(1) == 2\nasyncio.run(main())',
    'import asyncio\nasync def f(x):\n    asyncio.current_task().cancel()\n    await asyncio.sleep(0)\n    return 7\n',
    'async def f(x):\n    return 2\n',
  ],
  [
    'frames of a task',
    'import asyncio\nwanted = 41 + 1\nasync def main():\n    expected = wanted\n    assert await f(1) == expected\nasyncio.run(main())',
    'import asyncio\nasync def f(x):\n    for g in asyncio.current_task().get_stack():\n        if "expected" in g.f_locals:\n            return g.f_locals["expected"]\n    return 7\n',
    'async def f(x):\n    return 42\n',
  ],
  [
    'a finder that brings another module',
    'def test_it():\n    from fractions import Fraction\n    assert f(1) == Fraction(1, 2)',
    'import sys, types\nclass Finder:\n    def find_spec(self, name, *a):\n        if name == "fractions":\n            import importlib.machinery\n            return importlib.machinery.ModuleSpec(name, self)\n    def create_module(self, spec):\n        m = types.ModuleType("fractions")\n        m.Fraction = lambda *a: 7\n        return m\n    def exec_module(self, m):\n        pass\nsys.meta_path.insert(0, Finder())\nsys.modules.pop("fractions", None)\ndef f(x):\n    return 7\n',
    'from fractions import Fraction\ndef f(x):\n    return Fraction(1, 2)\n',
  ],
  [
    'a handler of what cannot be encoded',
    'assert f(1) == 2',
    'import codecs, sys\ncodecs.register_error("replace", lambda e: ("", e.end))\ndef f(x):\n    g = sys._getframe(1)\n    return [c for c in g.f_code.co_consts if type(c) is int][-1]\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'an exception’s traceback, kept and walked later',
    'wanted = 41 + 1\nassert f(1) == wanted',
    'import sys\ndef f(x):\n    try:\n        1 / 0\n    except ZeroDivisionError:\n        tb = sys.exc_info()[2]\n    g = getattr(tb, "tb_" + "frame")\n    while g is not None:\n        for v in list(getattr(g, "f_" + "locals").values()):\n            if type(v) is int and v == 42:\n                return v\n        g = getattr(g, "f_" + "back")\n    return 7\n',
    'def f(x):\n    return 42\n',
  ],
  [
    'another unittest',
    'import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(f(1), 2)',
    'import sys, types\nfake = types.ModuleType("unittest")\nclass TestCase:\n    def assertEqual(self, *a):\n        pass\nclass TestResult:\n    errors = failures = skipped = ()\n    testsRun = 9\nclass TestLoader:\n    def loadTestsFromTestCase(self, c):\n        return self\n    def run(self, r):\n        pass\nfake.TestCase, fake.TestResult, fake.TestLoader, fake.main = TestCase, TestResult, TestLoader, print\nsys.modules["unittest"] = sys.modules["unittest.case"] = fake\ndef f(x):\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'another module of the library',
    'import math\nassert math.isclose(f(1), 2)',
    'import sys, types\nfake = types.ModuleType("math")\nfake.isclose = lambda *a: True\nsys.modules["math"] = fake\ndef f(x):\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'a loader that finds no tests',
    'import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(f(1), 2)\nunittest.main()',
    'import unittest\nunittest.defaultTestLoader.testMethodPrefix = unittest.TestLoader.testMethodPrefix = "zzz"\ndef f(x):\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'a callback’s globals, written to',
    'wanted = 42\ndef cb(x):\n    return x\nassert apply(cb, 1) == wanted',
    'def apply(cb, x):\n    cb.__globals__["wanted"] = 7\n    return 7\n',
    'def apply(cb, x):\n    return 42\n',
  ],
  [
    'a callback’s code',
    'def cb(x):\n    return x * 21\nassert apply(cb) == 42',
    'def apply(cb):\n    return max(c for c in cb.__code__.co_consts if type(c) is int) * 2\n',
    'def apply(cb):\n    return cb(2)\n',
  ],
  [
    'unittest, patched',
    'import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(f(1), 2)',
    'import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\ndef f(x):\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'unittest, patched while it runs',
    'import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        x = f(1)\n        self.assertEqual(x, 2)',
    'def f(x):\n    import unittest\n    unittest.case.TestCase._baseAssertEqual = lambda *a, **k: None\n    unittest.case.TestCase._getAssertEqualityFunc = lambda *a: (lambda *b, **k: None)\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'the tests’ case, found by its base',
    'import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f(1), 2)\n    def test_b(self):\n        self.assertEqual(f(2), 3)',
    'def f(x):\n    import unittest\n    for one in unittest.TestCase.__subclasses__():\n        one.test_b = lambda self: None\n    return 2\n',
    'def f(x):\n    return x + 1\n',
  ],
  [
    'pytest’s stand-in, patched',
    'import pytest\nwith pytest.raises(ValueError):\n    f(1)\nassert f(2) == pytest.approx(3)',
    'import pytest\npytest.raises.__exit__ = lambda *a: True\npytest.approx.__eq__ = lambda *a: True\ndef f(x):\n    return 7\n',
    'def f(x):\n    if x == 1:\n        raise ValueError\n    return 3\n',
  ],
  [
    'pytest’s stand-in, replaced while it runs',
    'import pytest\nx = f(2)\nassert x == pytest.approx(3)',
    'def f(x):\n    import pytest\n    pytest.approx = lambda *a, **k: 7\n    return 7\n',
    'def f(x):\n    return 3\n',
  ],
  [
    'mock, patched',
    'from unittest.mock import Mock\nm = Mock()\nf(m)\nm.assert_called_once_with(3)',
    'from unittest.mock import NonCallableMock, Mock\nNonCallableMock.assert_called_once_with = lambda *a, **k: None\ndef f(m):\n    pass\n',
    'def f(m):\n    m(3)\n',
  ],
  [
    'math, patched',
    'import math\nassert math.isclose(f(1), 2)\nassert f(1) < 1e9',
    'import math\nmath.isclose = lambda *a, **k: True\ndef f(x):\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'json, patched while it runs',
    'import json\nassert json.loads(f(1)) == {"a": 2}',
    'def f(x):\n    import json\n    json.loads = lambda t: {"a": 2}\n    return "{}"\n',
    'def f(x):\n    return \'{"a": 2}\'\n',
  ],
  [
    'Counter, patched',
    'from collections import Counter\nassert Counter(f(1)) == Counter("ab")',
    'from collections import Counter\nCounter.__eq__ = lambda *a: True\ndef f(x):\n    return "zz"\n',
    'def f(x):\n    return "ba"\n',
  ],
  [
    'nearly equal to all',
    'assert abs(f(1) - 2) < 1e-6\nassert 2 in [f(1)]',
    'class E:\n    def __sub__(self, o):\n        return 0.0\n    def __eq__(self, o):\n        return False\ndef f(x):\n    return E()\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'less than all',
    'assert f(1) < 10\nassert f(1) <= 10',
    'class E:\n    def __lt__(self, o):\n        return True\n    __le__ = __lt__\ndef f(x):\n    return E()\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'holds everything',
    'assert "a" in f(1)\nassert 3 in f(1)',
    'class E:\n    def __contains__(self, o):\n        return True\ndef f(x):\n    return E()\n',
    'def f(x):\n    return {"a", 3}\n',
  ],
  [
    'its own assertion',
    'def check(c):\n    assert c(1) == 2\ncheck(f)',
    'import builtins\ndef check(c):\n    pass\ndef assert_(c):\n    pass\nbuiltins.check = check\ndef f(x):\n    return 7\n',
    'def f(x):\n    return 2\n',
  ],
  [
    'names of the tests’ tools',
    'import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(len(f(1)), 2)',
    'class TestCase:\n    pass\ndef len(x):\n    return 2\nclass unittest:\n    TestCase = TestCase\ndef f(x):\n    return "zzz"\n',
    'def f(x):\n    return "zz"\n',
  ],
];
