/**
 * Ordinary tests, of the kinds that need one process: each with an answer that CPython passes, and with answers that it
 * fails. A plain `python3` says so in the test that uses them.
 */
export interface Probe {
  readonly name: string;
  readonly tests: string;
  readonly right: readonly string[];
  readonly wrong: readonly string[];
}

export const pythonProbes: readonly Probe[] = [
  {
    name: 'output that is captured',
    tests: `
import io
from contextlib import redirect_stdout
b = io.StringIO()
with redirect_stdout(b):
    greet("Ada")
assert b.getvalue() == "Hello, Ada!\\n"`,
    right: [
      'def greet(name):\n    print(f"Hello, {name}!")\n',
      'import sys\ndef greet(name):\n    sys.stdout.write("Hello, " + name + "!\\n")\n',
    ],
    wrong: [
      'def greet(name):\n    return f"Hello, {name}!"\n',
      'def greet(name):\n    print("Hello,", name)\n',
    ],
  },
  {
    name: 'complaints that are captured',
    tests: `
import io, sys
from contextlib import redirect_stderr
b = io.StringIO()
with redirect_stderr(b):
    warn("low")
assert b.getvalue().strip() == "warning: low"`,
    right: ['import sys\ndef warn(text):\n    print("warning:", text, file=sys.stderr)\n'],
    wrong: ['def warn(text):\n    print("warning:", text)\n'],
  },
  {
    name: 'standard output that is replaced',
    tests: `
import io, sys
old, sys.stdout = sys.stdout, io.StringIO()
try:
    table([("a", 1)])
    shown = sys.stdout.getvalue()
finally:
    sys.stdout = old
assert shown == "a=1\\n", shown`,
    right: ['def table(rows):\n    for k, v in rows:\n        print(f"{k}={v}")\n'],
    wrong: ['def table(rows):\n    for k, v in rows:\n        print(k, v)\n'],
  },
  {
    name: 'a patched input',
    tests: `
from unittest.mock import patch
def test_it():
    with patch("builtins.input", return_value="7"):
        assert double() == 14
def test_more():
    with patch("builtins.input", side_effect=["x", "3"]):
        assert double() == 6`,
    right: [
      'def double():\n    while True:\n        try:\n            return 2 * int(input("n? "))\n        except ValueError:\n            pass\n',
    ],
    wrong: ['def double():\n    return 2 * int(input("n? "))\n', 'def double():\n    return 14\n'],
  },
  {
    name: 'a patched random',
    tests: `
from unittest.mock import patch
import random
with patch("random.randint", return_value=4):
    assert roll() == 4
    assert roll() == 4`,
    right: ['import random\ndef roll():\n    return random.randint(1, 6)\n'],
    wrong: ['import random\ndef roll():\n    return random.randrange(1, 4)\n'],
  },
  {
    name: 'a patched name of the answer',
    tests: `
from unittest import mock
import solution
with mock.patch.object(solution, "fetch", return_value={"n": 3}):
    assert count("x") == 3`,
    right: [
      'def fetch(url):\n    raise OSError("no network")\ndef count(url):\n    return fetch(url)["n"]\n',
    ],
    wrong: ['def fetch(url):\n    return {"n": 1}\ndef count(url, get=fetch):\n    return get(url)["n"]\n'],
  },
  {
    name: 'print that is watched',
    tests: `
from unittest.mock import patch
with patch("builtins.print") as shown:
    assert total([1, 2]) == 3
shown.assert_not_called()`,
    right: ['def total(xs):\n    return sum(xs)\n'],
    wrong: ['def total(xs):\n    print(xs)\n    return sum(xs)\n'],
  },
  {
    name: 'calls that are counted by a mock',
    tests: `
from unittest.mock import Mock
send = Mock(return_value=True)
assert notify(["a", "b"], send) == 2
assert [c.args for c in send.call_args_list] == [("a",), ("b",)]
send.assert_called_with("b")`,
    right: ['def notify(names, send):\n    return sum(1 for n in names if send(n))\n'],
    wrong: ['def notify(names, send):\n    return sum(1 for n in reversed(names) if send(n))\n'],
  },
  {
    name: 'the environment',
    tests: `
import os
os.environ["APP_MODE"] = "test"
assert mode() == "test"
del os.environ["APP_MODE"]
assert mode() == "dev"`,
    right: ['import os\ndef mode():\n    return os.environ.get("APP_MODE", "dev")\n'],
    wrong: ['import os\nMODE = os.environ.get("APP_MODE", "dev")\ndef mode():\n    return MODE\n'],
  },
  {
    name: 'patched environment',
    tests: `
import os
from unittest.mock import patch
with patch.dict(os.environ, {"HOME_PAGE": "x"}, clear=True):
    assert settings() == {"HOME_PAGE": "x"}`,
    right: ['import os\ndef settings():\n    return dict(os.environ)\n'],
    wrong: ['import os\nSEEN = dict(os.environ)\ndef settings():\n    return SEEN\n'],
  },
  {
    name: 'arguments of the command line',
    tests: `
import sys
sys.argv = ["prog", "-n", "3"]
assert parse() == 3`,
    right: [
      'import argparse\ndef parse():\n    p = argparse.ArgumentParser()\n    p.add_argument("-n", type=int, default=1)\n    return p.parse_args().n\n',
    ],
    wrong: ['def parse():\n    return 1\n'],
  },
  {
    name: 'standard input',
    tests: `
import io, sys
sys.stdin = io.StringIO("1 2\\n3\\n")
assert read_all() == [1, 2, 3]`,
    right: ['import sys\ndef read_all():\n    return [int(w) for line in sys.stdin for w in line.split()]\n'],
    wrong: ['import sys\ndef read_all():\n    return [int(w) for w in sys.stdin.readline().split()]\n'],
  },
  {
    name: 'a seed',
    tests: `
import random
random.seed(42)
first = pick(10)
random.seed(42)
assert pick(10) == first
assert sorted(first) == list(range(10))`,
    right: ['import random\ndef pick(n):\n    xs = list(range(n))\n    random.shuffle(xs)\n    return xs\n'],
    wrong: [
      'import random\nR = random.Random(7)\ndef pick(n):\n    xs = list(range(n))\n    R.shuffle(xs)\n    return xs\n',
    ],
  },
  {
    name: 'logs',
    tests: `
import unittest
class T(unittest.TestCase):
    def test_logs(self):
        with self.assertLogs("app", level="WARNING") as seen:
            save(None)
        self.assertEqual(seen.output, ["WARNING:app:nothing to save"])`,
    right: [
      'import logging\nlog = logging.getLogger("app")\ndef save(x):\n    if x is None:\n        log.warning("nothing to save")\n',
    ],
    wrong: [
      'import logging\nlog = logging.getLogger("app")\ndef save(x):\n    if x is None:\n        log.info("nothing to save")\n',
    ],
  },
  {
    name: 'state of the module',
    tests: `
add("a", 2)
add("a", 1)
assert inventory == {"a": 3}`,
    right: ['inventory = {}\ndef add(name, n):\n    inventory[name] = inventory.get(name, 0) + n\n'],
    wrong: ['inventory = {}\ndef add(name, n):\n    inventory[name] = n\n'],
  },
  {
    name: 'a global that is bound anew',
    tests: `
assert counter == 0
tick(); tick()
assert counter == 2`,
    right: ['counter = 0\ndef tick():\n    global counter\n    counter += 1\n'],
    wrong: ['counter = 0\ndef tick():\n    counter = 1\n'],
  },
  {
    name: 'the same object',
    tests: `
xs = [3, 1, 2]
assert sort_in_place(xs) is xs
assert xs == [1, 2, 3]`,
    right: ['def sort_in_place(xs):\n    xs.sort()\n    return xs\n'],
    wrong: ['def sort_in_place(xs):\n    return sorted(xs)\n'],
  },
  {
    name: 'another object',
    tests: `
x = {"a": [1]}
y = clone(x)
assert y == x and y is not x
y["a"].append(2)
assert x == {"a": [1]}`,
    right: ['import copy\ndef clone(x):\n    return copy.deepcopy(x)\n'],
    wrong: ['def clone(x):\n    return x\n', 'def clone(x):\n    return dict(x)\n'],
  },
  {
    name: 'an inner list that is changed',
    tests: `
grid = [[0, 0], [0, 0]]
fill(grid, 1, 0, 7)
assert grid == [[0, 0], [7, 0]]
row = grid[1]
fill(grid, 1, 1, 8)
assert row == [7, 8]`,
    right: ['def fill(grid, r, c, v):\n    grid[r][c] = v\n'],
    wrong: ['def fill(grid, r, c, v):\n    grid[r] = [v if i == c else x for i, x in enumerate(grid[r])]\n'],
  },
  {
    name: 'identity of what is cached',
    tests: `
a, b = get("x"), get("x")
assert a is b
assert get("y") is not a`,
    right: ['import functools\nclass C:\n    pass\n@functools.cache\ndef get(k):\n    return C()\n'],
    wrong: ['class C:\n    def __eq__(self, o):\n        return True\ndef get(k):\n    return C()\n'],
  },
  {
    name: 'a singleton',
    tests: `
assert Config() is Config()
Config().n = 3
assert Config().n == 3`,
    right: [
      'class Config:\n    _one = None\n    def __new__(cls):\n        if cls._one is None:\n            cls._one = super().__new__(cls)\n        return cls._one\n',
    ],
    wrong: ['class Config:\n    n = 3\n'],
  },
  {
    name: 'a signature',
    tests: `
import inspect
s = inspect.signature(connect)
assert list(s.parameters) == ["host", "port", "timeout"]
assert s.parameters["timeout"].kind is inspect.Parameter.KEYWORD_ONLY
assert s.parameters["port"].default == 80`,
    right: ['def connect(host, port=80, *, timeout=1.0):\n    return host\n'],
    wrong: ['def connect(host, port=80, timeout=1.0):\n    return host\n'],
  },
  {
    name: 'type hints',
    tests: `
import typing
assert typing.get_type_hints(parse) == {"text": str, "return": typing.List[int]}`,
    right: [
      'from typing import List\ndef parse(text: str) -> List[int]:\n    return [int(w) for w in text.split()]\n',
    ],
    wrong: ['def parse(text):\n    return [int(w) for w in text.split()]\n'],
  },
  {
    name: 'fields of a dataclass',
    tests: `
import dataclasses
assert [f.name for f in dataclasses.fields(P)] == ["x", "y"]
assert dataclasses.asdict(P(1, 2)) == {"x": 1, "y": 2}
assert dataclasses.replace(P(1, 2), y=3) == P(1, 3)`,
    right: ['from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int = 0\n'],
    wrong: [
      'from dataclasses import dataclass\n@dataclass(eq=False)\nclass P:\n    x: int\n    y: int = 0\n',
    ],
  },
  {
    name: 'a docstring',
    tests: `
assert area.__doc__ and "square" in area.__doc__.lower()
assert area.__name__ == "area"
assert area(2) == 4`,
    right: ['def area(s):\n    """The area of a square."""\n    return s * s\n'],
    wrong: ['def area(s):\n    return s * s\n'],
  },
  {
    name: 'the source of a function',
    tests: `
import inspect
assert "sorted(" not in inspect.getsource(order)
assert order([2, 1]) == [1, 2]`,
    right: [
      'def order(xs):\n    out = []\n    for x in xs:\n        i = 0\n        while i < len(out) and out[i] < x:\n            i += 1\n        out.insert(i, x)\n    return out\n',
    ],
    wrong: ['def order(xs):\n    return sorted(xs)\n'],
  },
  {
    name: 'a wrapped function',
    tests: `
@timed
def work(n):
    "Works."
    return n + 1
assert work(1) == 2
assert work.__name__ == "work" and work.__doc__ == "Works."
assert work.calls == 1`,
    right: [
      'import functools\ndef timed(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        inner.calls += 1\n        return f(*a, **k)\n    inner.calls = 0\n    return inner\n',
    ],
    wrong: [
      'def timed(f):\n    def inner(*a, **k):\n        inner.calls += 1\n        return f(*a, **k)\n    inner.calls = 0\n    return inner\n',
    ],
  },
  {
    name: 'an error derived from OSError',
    tests: `
try:
    load("nowhere")
except StorageError as e:
    assert isinstance(e, OSError) and e.path == "nowhere"
else:
    assert False`,
    right: [
      'class StorageError(OSError):\n    def __init__(self, path):\n        super().__init__(f"cannot read {path}")\n        self.path = path\ndef load(path):\n    raise StorageError(path)\n',
    ],
    wrong: [
      'class StorageError(Exception):\n    def __init__(self, path):\n        self.path = path\ndef load(path):\n    raise StorageError(path)\n',
    ],
  },
  {
    name: 'an OSError with a number',
    tests: `
import errno
try:
    open_it("/no/such/file")
except OSError as e:
    assert e.errno == errno.ENOENT and isinstance(e, FileNotFoundError)
else:
    raise AssertionError("no error")`,
    right: [
      'def open_it(path):\n    with open(path) as f:\n        return f.read()\n',
      'import errno, os\ndef open_it(path):\n    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)\n',
    ],
    wrong: [
      'def open_it(path):\n    try:\n        return open(path).read()\n    except OSError:\n        return ""\n',
    ],
  },
  {
    name: 'a cause',
    tests: `
try:
    convert("x")
except RuntimeError as e:
    assert isinstance(e.__cause__, ValueError)
    assert str(e) == "bad number"
else:
    raise AssertionError`,
    right: [
      'def convert(t):\n    try:\n        return int(t)\n    except ValueError as e:\n        raise RuntimeError("bad number") from e\n',
    ],
    wrong: [
      'def convert(t):\n    try:\n        return int(t)\n    except ValueError as e:\n        raise RuntimeError("bad number") from None\n',
    ],
  },
  {
    name: 'errors, with pytest',
    tests: `
import pytest
def test_raises():
    with pytest.raises(ValueError, match="negative") as e:
        root(-1)
    assert "-1" in str(e.value)
def test_close():
    assert root(2) == pytest.approx(1.41421356, rel=1e-6)`,
    right: [
      'import math\ndef root(x):\n    if x < 0:\n        raise ValueError(f"negative: {x}")\n    return math.sqrt(x)\n',
    ],
    wrong: ['import math\ndef root(x):\n    return math.sqrt(x)\n'],
  },
  {
    name: 'exception groups',
    tests: `
try:
    check([1, -1, "x"])
except* ValueError as g:
    seen = [str(e) for e in g.exceptions]
except* TypeError as g:
    other = len(g.exceptions)
assert seen == ["-1"] and other == 1`,
    right: [
      'def check(xs):\n    errors = []\n    for x in xs:\n        if not isinstance(x, int):\n            errors.append(TypeError(str(x)))\n        elif x < 0:\n            errors.append(ValueError(str(x)))\n    if errors:\n        raise ExceptionGroup("bad", errors)\n',
    ],
    wrong: ['def check(xs):\n    for x in xs:\n        if x < 0:\n            raise ValueError(str(x))\n'],
  },
  {
    name: 'coroutines',
    tests: `
import asyncio
async def double(x):
    await asyncio.sleep(0.01)
    return 2 * x
assert asyncio.run(gather_all(double, [1, 2, 3])) == [2, 4, 6]`,
    right: [
      'import asyncio\nasync def gather_all(f, xs):\n    return list(await asyncio.gather(*(f(x) for x in xs)))\n',
    ],
    wrong: ['import asyncio\nasync def gather_all(f, xs):\n    return [f(x) for x in xs]\n'],
  },
  {
    name: 'callbacks that fail, and are tried again',
    tests: `
import asyncio
n = 0
async def flaky():
    global n
    n += 1
    if n < 3:
        raise OSError("again")
    return n
assert asyncio.run(retry(flaky, 5)) == 3
n = -10
try:
    asyncio.run(retry(flaky, 2))
except OSError:
    pass
else:
    raise AssertionError`,
    right: [
      'async def retry(f, times):\n    for at in range(times):\n        try:\n            return await f()\n        except OSError:\n            if at == times - 1:\n                raise\n',
    ],
    wrong: [
      'async def retry(f, times):\n    try:\n        return await f()\n    except OSError:\n        return await f()\n',
    ],
  },
  {
    name: 'a semaphore',
    tests: `
import asyncio
most = now = 0
async def job(i):
    global most, now
    now += 1
    most = max(most, now)
    await asyncio.sleep(0.001)
    now -= 1
    return i
assert asyncio.run(limited([lambda i=i: job(i) for i in range(6)], 2)) == list(range(6))
assert most == 2`,
    right: [
      'import asyncio\nasync def limited(jobs, n):\n    gate = asyncio.Semaphore(n)\n    async def one(j):\n        async with gate:\n            return await j()\n    return await asyncio.gather(*map(one, jobs))\n',
    ],
    wrong: [
      'import asyncio\nasync def limited(jobs, n):\n    return await asyncio.gather(*(j() for j in jobs))\n',
    ],
  },
  {
    name: 'a timeout',
    tests: `
import asyncio
async def slow():
    await asyncio.sleep(1.5)
async def main():
    try:
        await with_limit(slow(), 0.01)
    except asyncio.TimeoutError:
        return "late"
assert asyncio.run(main()) == "late"`,
    right: ['import asyncio\nasync def with_limit(c, s):\n    return await asyncio.wait_for(c, s)\n'],
    wrong: ['async def with_limit(c, s):\n    return await c\n'],
  },
  {
    name: 'an async iterator',
    tests: `
import asyncio
async def main():
    return [x async for x in countdown(3)]
assert asyncio.run(main()) == [3, 2, 1]`,
    right: ['async def countdown(n):\n    while n:\n        yield n\n        n -= 1\n'],
    wrong: ['async def countdown(n):\n    while n >= 0:\n        yield n\n        n -= 1\n'],
  },
  {
    name: 'a clock that is patched',
    tests: `
from unittest.mock import patch
with patch("time.time", side_effect=[100.0, 105.5]):
    assert elapsed(lambda: None) == 5.5`,
    right: [
      'import time\ndef elapsed(f):\n    start = time.time()\n    f()\n    return time.time() - start\n',
    ],
    wrong: ['def elapsed(f):\n    f()\n    return 0.0\n'],
  },
  {
    name: 'sleep that is patched',
    tests: `
from unittest.mock import patch
with patch("time.sleep") as slept:
    wait([1, 2])
assert [c.args[0] for c in slept.call_args_list] == [1, 2]`,
    right: ['import time\ndef wait(ds):\n    for d in ds:\n        time.sleep(d)\n'],
    wrong: ['import time\ndef wait(ds):\n    time.sleep(sum(ds))\n'],
  },
  {
    name: 'a context manager',
    tests: `
log = []
with Tag("b", log) as t:
    log.append("inside")
assert log == ["<b>", "inside", "</b>"]
try:
    with Tag("i", log):
        raise KeyError("x")
except KeyError:
    pass
assert log[-1] == "</i>"`,
    right: [
      'class Tag:\n    def __init__(self, name, log):\n        self.name, self.log = name, log\n    def __enter__(self):\n        self.log.append(f"<{self.name}>")\n        return self\n    def __exit__(self, *a):\n        self.log.append(f"</{self.name}>")\n',
      'from contextlib import contextmanager\n@contextmanager\ndef Tag(name, log):\n    log.append(f"<{name}>")\n    try:\n        yield name\n    finally:\n        log.append(f"</{name}>")\n',
    ],
    wrong: [
      'from contextlib import contextmanager\n@contextmanager\ndef Tag(name, log):\n    log.append(f"<{name}>")\n    yield name\n    log.append(f"</{name}>")\n',
    ],
  },
  {
    name: 'abstract classes',
    tests: `
import abc
try:
    Shape()
except TypeError:
    pass
else:
    raise AssertionError("abstract")
class Own(Shape):
    def area(self):
        return 3
assert Own().describe() == "area 3"
assert issubclass(Shape, abc.ABC)`,
    right: [
      'from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n    def area(self): ...\n    def describe(self):\n        return f"area {self.area()}"\n',
    ],
    wrong: [
      'class Shape:\n    def area(self): ...\n    def describe(self):\n        return f"area {self.area()}"\n',
    ],
  },
  {
    name: 'a class that tests derive from',
    tests: `
class Loud(Animal):
    def sound(self):
        return super().sound().upper()
assert Loud("rex").speak() == "rex: WOOF"
assert isinstance(Loud("x"), Animal)`,
    right: [
      'class Animal:\n    def __init__(self, name):\n        self.name = name\n    def sound(self):\n        return "woof"\n    def speak(self):\n        return f"{self.name}: {self.sound()}"\n',
    ],
    wrong: [
      'class Animal:\n    def __init__(self, name):\n        self.name = name\n    def sound(self):\n        return "woof"\n    def speak(self):\n        return f"{self.name}: woof"\n',
    ],
  },
  {
    name: 'equality of its own',
    tests: `
assert Money(5) == Money(5)
assert Money(5) == 5
assert Money(5) != Money(6)
assert len({Money(1), Money(1)}) == 1`,
    right: [
      'class Money:\n    def __init__(self, n):\n        self.n = n\n    def __eq__(self, o):\n        return self.n == (o.n if isinstance(o, Money) else o)\n    def __hash__(self):\n        return hash(self.n)\n',
    ],
    wrong: ['class Money:\n    def __init__(self, n):\n        self.n = n\n'],
  },
  {
    name: 'order of its own',
    tests: `
assert sorted([Version("1.10"), Version("1.2")]) == [Version("1.2"), Version("1.10")]
assert max(Version("2.0"), Version("1.9")) == Version("2.0")
assert Version("1.2") <= Version("1.2")`,
    right: [
      'import functools\n@functools.total_ordering\nclass Version:\n    def __init__(self, t):\n        self.p = tuple(map(int, t.split(".")))\n    def __eq__(self, o):\n        return self.p == o.p\n    def __lt__(self, o):\n        return self.p < o.p\n',
    ],
    wrong: ['class Version(str):\n    pass\n'],
  },
  {
    name: 'operators',
    tests: `
assert V(1, 2) + V(3, 4) == V(4, 6)
assert 2 * V(1, 2) == V(2, 4)
assert abs(V(3, 4)) == 5
assert repr(V(1, 2)) == "V(1, 2)"`,
    right: [
      'class V:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n    def __add__(self, o):\n        return V(self.x + o.x, self.y + o.y)\n    def __rmul__(self, k):\n        return V(k * self.x, k * self.y)\n    def __abs__(self):\n        return (self.x**2 + self.y**2) ** 0.5\n    def __eq__(self, o):\n        return (self.x, self.y) == (o.x, o.y)\n    def __repr__(self):\n        return f"V({self.x}, {self.y})"\n',
    ],
    wrong: ['class V(tuple):\n    def __new__(cls, x, y):\n        return tuple.__new__(cls, (x, y))\n'],
  },
  {
    name: 'a container of its own',
    tests: `
s = Stack()
s.push(1); s.push(2)
assert len(s) == 2 and 2 in s and list(s) == [2, 1]
assert s.pop() == 2 and bool(s)
s.pop()
assert not s`,
    right: [
      'class Stack:\n    def __init__(self):\n        self.xs = []\n    def push(self, x):\n        self.xs.append(x)\n    def pop(self):\n        return self.xs.pop()\n    def __len__(self):\n        return len(self.xs)\n    def __contains__(self, x):\n        return x in self.xs\n    def __iter__(self):\n        return reversed(self.xs)\n',
    ],
    wrong: ['class Stack(list):\n    def push(self, x):\n        self.append(x)\n'],
  },
  {
    name: 'generators that are lazy',
    tests: `
from itertools import islice
assert list(islice(primes(), 5)) == [2, 3, 5, 7, 11]
g = primes()
assert next(g) == 2 and next(g) == 3`,
    right: [
      'def primes():\n    n = 2\n    while True:\n        if all(n % d for d in range(2, int(n**0.5) + 1)):\n            yield n\n        n += 1\n',
    ],
    wrong: ['def primes():\n    return [2, 3, 5, 7, 11]\n'],
  },
  {
    name: 'values sent to a generator',
    tests: `
g = averager()
next(g)
assert g.send(10) == 10
assert g.send(20) == 15
g.close()`,
    right: [
      'def averager():\n    total = n = 0\n    mean = None\n    while True:\n        x = yield mean\n        total += x\n        n += 1\n        mean = total / n\n',
    ],
    wrong: ['def averager():\n    x = yield\n    while True:\n        x = yield x\n'],
  },
  {
    name: 'callbacks in order',
    tests: `
seen = []
bus = Bus()
bus.on("a", lambda x: seen.append(("one", x)))
off = bus.on("a", lambda x: seen.append(("two", x)))
bus.emit("a", 1)
off()
bus.emit("a", 2)
assert seen == [("one", 1), ("two", 1), ("one", 2)]`,
    right: [
      'class Bus:\n    def __init__(self):\n        self.h = {}\n    def on(self, k, f):\n        self.h.setdefault(k, []).append(f)\n        return lambda: self.h[k].remove(f)\n    def emit(self, k, x):\n        for f in list(self.h.get(k, ())):\n            f(x)\n',
    ],
    wrong: [
      'class Bus:\n    def __init__(self):\n        self.h = {}\n    def on(self, k, f):\n        self.h[k] = f\n        return lambda: None\n    def emit(self, k, x):\n        self.h[k](x)\n',
    ],
  },
  {
    name: 'values of the library',
    tests: `
from collections import Counter, OrderedDict, deque, defaultdict
from decimal import Decimal
from fractions import Fraction
import datetime as dt
assert words("a b a") == Counter(a=2, b=1)
assert isinstance(words(""), Counter)
assert price("1.10") == Decimal("1.10") and str(price("1.10")) == "1.10"
assert half() == Fraction(1, 2)
assert tomorrow(dt.date(2024, 2, 28)) == dt.date(2024, 2, 29)
assert window() == deque([2, 3], maxlen=2)`,
    right: [
      'import datetime\nfrom collections import Counter, deque\nfrom decimal import Decimal\nfrom fractions import Fraction\ndef words(t):\n    return Counter(t.split())\ndef price(t):\n    return Decimal(t)\ndef half():\n    return Fraction(2, 4)\ndef tomorrow(d):\n    return d + datetime.timedelta(days=1)\ndef window():\n    return deque([1, 2, 3], maxlen=2)\n',
    ],
    wrong: [
      'import datetime\nfrom collections import Counter, deque\nfrom fractions import Fraction\ndef words(t):\n    return Counter(t.split())\ndef price(t):\n    return float(t)\ndef half():\n    return Fraction(2, 4)\ndef tomorrow(d):\n    return d + datetime.timedelta(days=1)\ndef window():\n    return deque([1, 2, 3], maxlen=2)\n',
    ],
  },
  {
    name: 'enums',
    tests: `
import enum
assert issubclass(Color, enum.Enum)
assert Color.RED.value == 1 and Color(2) is Color.GREEN
assert [c.name for c in Color] == ["RED", "GREEN"]
assert Color["RED"] is Color.RED`,
    right: ['from enum import Enum, auto\nclass Color(Enum):\n    RED = auto()\n    GREEN = auto()\n'],
    wrong: ['class Color:\n    RED = 1\n    GREEN = 2\n'],
  },
  {
    name: 'a table of cases in unittest',
    tests: `
import unittest
class T(unittest.TestCase):
    def setUp(self):
        self.cases = [("", True), ("level", True), ("ab", False)]
    def test_cases(self):
        for text, wanted in self.cases:
            with self.subTest(text=text):
                self.assertIs(is_palindrome(text), wanted)
    def test_raises(self):
        self.assertRaises(TypeError, is_palindrome, None)
        with self.assertRaisesRegex(TypeError, "text"):
            is_palindrome(3)
if __name__ == "__main__":
    unittest.main()`,
    right: [
      'def is_palindrome(t):\n    if not isinstance(t, str):\n        raise TypeError("a text is wanted")\n    return t == t[::-1]\n',
    ],
    wrong: [
      'def is_palindrome(t):\n    if not isinstance(t, str):\n        raise TypeError("a text is wanted")\n    return t == t\n',
    ],
  },
  {
    name: 'unittest of coroutines',
    tests: `
import unittest
class T(unittest.IsolatedAsyncioTestCase):
    async def test_it(self):
        self.assertEqual(await later(2), 3)`,
    right: ['import asyncio\nasync def later(x):\n    await asyncio.sleep(0)\n    return x + 1\n'],
    wrong: ['async def later(x):\n    return x\n'],
  },
  {
    name: 'a class of tests without unittest',
    tests: `
class TestAccount:
    def setup_method(self):
        self.a = Account(10)
    def test_take(self):
        self.a.take(4)
        assert self.a.left == 6
    def test_own(self):
        assert self.a.left == 10`,
    right: [
      'class Account:\n    def __init__(self, n):\n        self.left = n\n    def take(self, n):\n        self.left -= n\n',
    ],
    wrong: [
      'class Account:\n    def __init__(self, n):\n        self.left = n\n    def take(self, n):\n        pass\n',
    ],
  },
  {
    name: 'check(candidate)',
    tests: `
def check(candidate):
    assert candidate([1, 2, 3]) == 6
    assert candidate([]) == 0
    assert abs(candidate([0.1, 0.2]) - 0.3) < 1e-6
check(total)`,
    right: [
      'def total(xs):\n    return sum(xs)\n',
      'def check(c):\n    return True\ndef total(xs):\n    return sum(xs)\n',
    ],
    wrong: [
      'def total(xs):\n    return 6\n',
      'def check(c):\n    return True\ndef total(xs):\n    return 6\n',
    ],
  },
  {
    name: 'helpers and imports of the answer',
    tests: `
assert half(3) == 1.5
assert math.floor(half(3)) == 1
assert LIMIT == 10`,
    right: ['import math\nLIMIT = 10\ndef half(x):\n    return x / 2\n'],
    wrong: ['import math\nLIMIT = 11\ndef half(x):\n    return x / 2\n'],
  },
  {
    name: 'warnings',
    tests: `
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    old()
assert len(seen) == 1 and issubclass(seen[0].category, DeprecationWarning)`,
    right: ['import warnings\ndef old():\n    warnings.warn("use new", DeprecationWarning, stacklevel=2)\n'],
    wrong: ['import warnings\ndef old():\n    warnings.warn("use new")\n'],
  },
  {
    name: 'weak references, copies and pickles',
    tests: `
import copy, gc, pickle, weakref
n = Node(1)
m = copy.copy(n)
assert m.v == 1 and m is not n
assert pickle.loads(pickle.dumps(n)).v == 1
r = weakref.ref(n)
del n
gc.collect()
assert r() is None`,
    right: ['class Node:\n    def __init__(self, v):\n        self.v = v\n'],
    wrong: [
      'kept = []\nclass Node:\n    def __init__(self, v):\n        self.v = v\n        kept.append(self)\n',
    ],
  },
  {
    name: 'a descriptor and a metaclass',
    tests: `
p = Person("Ada", 36)
try:
    p.age = -1
except ValueError:
    pass
else:
    raise AssertionError
assert p.age == 36 and Person.registry == ["Person"]`,
    right: [
      'class Positive:\n    def __set_name__(self, o, n):\n        self.n = "_" + n\n    def __get__(self, o, t=None):\n        return getattr(o, self.n)\n    def __set__(self, o, v):\n        if v < 0:\n            raise ValueError(v)\n        setattr(o, self.n, v)\nclass Meta(type):\n    registry = []\n    def __init__(cls, name, *a):\n        Meta.registry.append(name)\nclass Person(metaclass=Meta):\n    age = Positive()\n    def __init__(self, name, age):\n        self.name, self.age = name, age\n',
    ],
    wrong: [
      'class Person:\n    registry = ["Person"]\n    def __init__(self, name, age):\n        self.name, self.age = name, age\n',
    ],
  },
];
