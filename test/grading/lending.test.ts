// Tests that need more of an answer than values: its classes, callables, generators and exceptions are lent by handle.
import { afterAll, describe, expect, test } from 'vitest';
import { pyodide } from '../../src/grading/sandboxes/pyodide.js';
import { openOne, tests } from './sandbox-edges.js';

const sandbox = openOne(pyodide);
afterAll(() => sandbox.close());

async function judged(code: string, source: string, entry: string | null = null) {
  const execution = await sandbox.run(tests('python', code, source, entry));
  return execution.kind === 'tested'
    ? { passed: execution.passed, how: execution.how, says: execution.raised?.message ?? null }
    : execution;
}

const stack = `class Empty(LookupError):
    def __init__(self, name):
        super().__init__(f"{name} is empty")
        self.name = name
class Stack:
    """A stack."""
    limit = 3
    made = 0
    def __init__(self, *items):
        self.items = list(items)
        Stack.made += 1
    @classmethod
    def of(cls, items):
        return cls(*items)
    def push(self, x):
        self.items.append(x)
        return self
    def pop(self):
        if not self.items:
            raise Empty("stack")
        return self.items.pop()
    @property
    def top(self):
        return self.items[-1]
    def __len__(self):
        return len(self.items)
    def __iter__(self):
        return iter(self.items)
    def __contains__(self, x):
        return x in self.items
    def __getitem__(self, at):
        return self.items[at]
    def __eq__(self, other):
        return isinstance(other, Stack) and self.items == other.items
    def __repr__(self):
        return f"Stack({', '.join(map(repr, self.items))})"
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.items.clear()
        return error[0] is KeyError
`;
const vector = `from dataclasses import dataclass
from functools import total_ordering
@total_ordering
@dataclass(eq=True)
class Vector:
    x: int
    y: int = 0
    def __add__(self, o):
        return Vector(self.x + o.x, self.y + o.y)
    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __neg__(self):
        return Vector(-self.x, -self.y)
    def __abs__(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
    def __lt__(self, o):
        return abs(self) < abs(o)
    def __hash__(self):
        return hash((self.x, self.y))
    def __bool__(self):
        return self.x != 0 or self.y != 0
`;

const honest: readonly (readonly [name: string, code: string, right: string, wrong: string])[] = [
  [
    'methods and state',
    stack,
    's = Stack()\ns.push(1).push(2)\nassert s.pop() == 2\nassert s.items == [1]',
    'assert Stack(1).pop() == 2',
  ],
  [
    'len, iteration, membership, items',
    stack,
    's = Stack(1, 2)\nassert len(s) == 2 and list(s) == [1, 2] and 2 in s and 3 not in s and s[0] == 1 and [*s][-1] == 2',
    'assert len(Stack(1)) == 2',
  ],
  [
    'class attributes and class methods',
    stack,
    'assert Stack.limit == 3\nassert list(Stack.of([1])) == [1]\nassert Stack.__doc__ == "A stack." and Stack.__name__ == "Stack"\nStack.limit = 4\nassert Stack(1).limit == 4',
    'assert Stack.limit == 4',
  ],
  [
    'properties, setting and deleting',
    stack,
    's = Stack(1)\nassert s.top == 1\ns.extra = 5\nassert s.extra == 5\ndel s.extra\nassert not hasattr(s, "extra")',
    's = Stack(1)\ns.extra = 5\nassert s.extra == 6',
  ],
  [
    'isinstance, type, identity',
    stack,
    's = Stack()\nassert isinstance(s, Stack) and type(s) is Stack and s.push(1) is s and not isinstance(1, Stack)',
    'assert Stack() is Stack()',
  ],
  [
    'equality of two of them',
    stack,
    'assert Stack(1) == Stack(1)\nassert Stack(1) != Stack(2)\nassert Stack(1) != [1]',
    'assert Stack(1) == [1]',
  ],
  [
    'repr and str',
    stack,
    'assert repr(Stack(1)) == "Stack(1)" and f"{Stack()}" == "Stack()"',
    'assert str(Stack(1)) == "Stack()"',
  ],
  [
    'context managers',
    stack,
    'with Stack(1) as s:\n    assert len(s) == 1\n    raise KeyError("swallowed")\nassert len(s) == 0',
    'with Stack(1) as s:\n    raise ValueError("not swallowed")',
  ],
  [
    'exceptions of its own',
    stack,
    'try:\n    Stack().pop()\n    assert False\nexcept Empty as e:\n    assert str(e) == "stack is empty" and e.name == "stack" and isinstance(e, LookupError)',
    'try:\n    Stack().pop()\nexcept KeyError:\n    pass',
  ],
  [
    'pytest.raises with a class of its own',
    stack,
    'import pytest\nwith pytest.raises(Empty, match="empty") as info:\n    Stack().pop()\nassert info.value.name == "stack"',
    'import pytest\nwith pytest.raises(Empty):\n    Stack(1).pop()',
  ],
  [
    'builtin exceptions keep their arguments',
    'def f(x):\n    raise KeyError(x, 2)\n',
    'try:\n    f("a")\nexcept KeyError as e:\n    assert e.args == ("a", 2)\nelse:\n    assert False',
    'try:\n    f("a")\nexcept KeyError as e:\n    assert e.args == ("b", 2)',
  ],
  [
    'a cause',
    'def f():\n    try:\n        int("x")\n    except ValueError as e:\n        raise RuntimeError("no") from e\n',
    'try:\n    f()\nexcept RuntimeError as e:\n    assert isinstance(e.__cause__, ValueError)\nelse:\n    assert False',
    'try:\n    f()\nexcept RuntimeError as e:\n    assert e.__cause__ is None',
  ],
  [
    'operators of a class that the tests name',
    vector,
    'v = Vector(1, 2) + Vector(3, 4)\nassert v == Vector(4, 6) and (v.x, v.y) == (4, 6)\nassert 2 * Vector(1) == Vector(2) == Vector(1) * 2\nassert -Vector(1) == Vector(-1) and abs(Vector(3, 4)) == 5.0',
    'assert Vector(1) + Vector(1) == Vector(1)',
  ],
  [
    'order, hash, truth',
    vector,
    'assert Vector(1) < Vector(2) and sorted([Vector(2), Vector(1)])[0] == Vector(1)\nassert {Vector(1): "a"}[Vector(1)] == "a" and len({Vector(1), Vector(1)}) == 1\nassert Vector(1) and not Vector(0)',
    'assert Vector(2) < Vector(1)',
  ],
  [
    'callables handed over',
    'def apply(g, xs):\n    return [g(x) for x in xs]\n',
    'calls = []\ndef g(x):\n    calls.append(x)\n    return x + 1\nassert apply(g, [1, 2]) == [2, 3]\nassert calls == [1, 2]\nassert apply(str.upper, ["a"]) == ["A"] and apply(len, ["ab"]) == [2] and apply(int, ["7"]) == [7]',
    'assert apply(lambda x: x + 1, [1]) == [1]',
  ],
  [
    'keys for sorting, predicates, reducers',
    'import functools\ndef top(xs, key=None):\n    return sorted(xs, key=key)[-1]\ndef fold(g, xs):\n    return functools.reduce(g, xs)\n',
    'import operator\nassert top(["a", "bbb", "cc"], key=len) == "bbb"\nassert top([3, 1], key=lambda x: -x) == 1\nassert fold(operator.add, [1, 2, 3]) == 6',
    'assert top(["a", "b"], key=lambda x: x) == "a"',
  ],
  [
    'callables that raise',
    'def safe(g):\n    try:\n        return g()\n    except ZeroDivisionError:\n        return "caught"\n',
    'def bad():\n    return 1 / 0\nassert safe(bad) == "caught"\nclass Mine(Exception):\n    pass\ndef mine():\n    raise Mine("x")\ntry:\n    safe(mine)\n    assert False\nexcept Mine as e:\n    assert str(e) == "x"',
    'assert safe(lambda: 1) == "caught"',
  ],
  [
    'decorators and closures',
    'import functools\ndef twice(g):\n    @functools.wraps(g)\n    def inner(*args, **kwargs):\n        return g(g(*args, **kwargs))\n    return inner\ndef counter():\n    n = 0\n    def more(by=1):\n        nonlocal n\n        n += by\n        return n\n    return more\n',
    '@twice\ndef add(x):\n    """Adds."""\n    return x + 1\nassert add(1) == 3 and add.__name__ == "add"\nc = counter()\nc()\nassert c(by=2) == 3 and counter()() == 1',
    'assert twice(lambda x: x + 1)(1) == 2',
  ],
  [
    'a decorator with arguments that retries',
    'def retry(times, on=Exception):\n    def wrap(g):\n        def inner(*a, **k):\n            for at in range(times):\n                try:\n                    return g(*a, **k)\n                except on:\n                    if at == times - 1:\n                        raise\n        return inner\n    return wrap\n',
    'tries = []\n@retry(3, on=ValueError)\ndef flaky():\n    tries.append(1)\n    if len(tries) < 3:\n        raise ValueError\n    return "ok"\nassert flaky() == "ok" and len(tries) == 3',
    '@retry(2)\ndef f():\n    raise ValueError\nf()',
  ],
  [
    'generators, lazily',
    'def naturals():\n    n = 0\n    while True:\n        yield n\n        n += 1\ndef chunks(xs, n):\n    for i in range(0, len(xs), n):\n        yield xs[i:i + n]\n',
    'import itertools, types\ng = naturals()\nassert next(g) == 0 and next(g) == 1\nassert list(itertools.islice(naturals(), 3)) == [0, 1, 2]\nassert isinstance(g, types.GeneratorType)\nassert list(chunks([1, 2, 3], 2)) == [[1, 2], [3]]\nassert next(chunks([], 2), None) is None',
    'assert next(naturals()) == 1',
  ],
  [
    'send, throw and close',
    'def echo():\n    got = None\n    while True:\n        try:\n            got = yield got\n        except ValueError:\n            got = "caught"\n',
    'g = echo()\nnext(g)\nassert g.send(5) == 5 and g.throw(ValueError("x")) == "caught"\ng.close()\nassert next(g, "end") == "end"',
    'g = echo()\nnext(g)\nassert g.send(5) == 6',
  ],
  [
    'lazy arguments',
    'def take(xs, n):\n    out = []\n    for x in xs:\n        if len(out) == n:\n            break\n        out.append(x)\n    return out\n',
    'import itertools\nassert take(itertools.count(), 2) == [0, 1]\ndef gen():\n    yield from "abc"\nassert take(gen(), 5) == ["a", "b", "c"]\nassert take(range(3), 2) == [0, 1] and take({1: 2}.keys(), 1) == [1]',
    'assert take(iter([1]), 1) == []',
  ],
  [
    'coroutines',
    'import asyncio\nasync def double(x):\n    await asyncio.sleep(1)\n    return 2 * x\nclass Client:\n    async def get(self, x):\n        await asyncio.sleep(0)\n        return x\n    async def __aenter__(self):\n        return self\n    async def __aexit__(self, *e):\n        return False\nasync def ticks(n):\n    for i in range(n):\n        yield i\n',
    'import asyncio\nassert asyncio.run(double(2)) == 4\nasync def main():\n    async with Client() as c:\n        assert await c.get(1) == 1\n    assert [i async for i in ticks(2)] == [0, 1]\n    return await asyncio.gather(double(1), double(2))\nassert asyncio.run(main()) == [2, 4]',
    'import asyncio\nassert asyncio.run(double(2)) == 5',
  ],
  [
    'coroutine callbacks',
    'async def call(g, x):\n    return await g(x)\n',
    'import asyncio\nasync def g(x):\n    await asyncio.sleep(0)\n    return x + 1\nassert asyncio.run(call(g, 1)) == 2',
    'import asyncio\nasync def g(x):\n    return x\nassert asyncio.run(call(g, 1)) == 2',
  ],
  [
    'enums',
    'from enum import Enum, IntEnum\nclass Color(Enum):\n    RED = "r"\n    BLUE = "b"\nclass Level(IntEnum):\n    LOW = 1\n    HIGH = 2\ndef pick(c):\n    return {Color.RED: "warm", Color.BLUE: "cold"}[c]\n',
    'assert Color.RED.value == "r" and Color("b") is Color.BLUE and Color["RED"] is Color.RED\nassert [c.name for c in Color] == ["RED", "BLUE"] and len(Color) == 2\nassert pick(Color.RED) == "warm"\nassert Level.HIGH == 2 and Level.LOW < Level.HIGH and Level.HIGH.name == "HIGH"',
    'assert Color.RED is Color.BLUE',
  ],
  [
    'named tuples and subclasses of plain types',
    'from collections import namedtuple, Counter, defaultdict, deque, OrderedDict\nPoint = namedtuple("Point", "x y")\ndef p():\n    return Point(1, 2)\ndef c():\n    return Counter("aab")\ndef d():\n    x = defaultdict(list)\n    x[1].append(2)\n    return x\ndef q():\n    return deque([1, 2])\nclass Name(str):\n    pass\ndef n():\n    return Name("ann")\n',
    'assert p() == (1, 2) and p().x == 1 and p()._asdict() == {"x": 1, "y": 2}\na, b = p()\nassert Point(3, 4).y == 4\nassert c() == {"a": 2, "b": 1} and c().most_common(1) == [("a", 2)]\nassert d() == {1: [2]} and list(q()) == [1, 2] and q().popleft() == 1\nassert n() == "ann" and n().upper() == "ANN"',
    'assert p() == (1, 3)',
  ],
  [
    'values of the library',
    'from decimal import Decimal\nfrom fractions import Fraction\nfrom datetime import date, datetime, timedelta\ndef f(x):\n    return x + x if not isinstance(x, (date, datetime)) else x + timedelta(days=1)\n',
    'from decimal import Decimal\nfrom fractions import Fraction\nfrom datetime import date, timedelta\nassert f(Decimal("0.1")) == Decimal("0.2") and isinstance(f(Decimal(1)), Decimal)\nassert f(Fraction(1, 3)) == Fraction(2, 3)\nassert f(date(2024, 2, 28)) == date(2024, 2, 29)\nassert f(timedelta(hours=1)) == timedelta(hours=2)',
    'from decimal import Decimal\nassert f(Decimal(1)) == Decimal(3)',
  ],
  [
    'objects of the tests',
    'def total(items):\n    return sum(item.price * item.count for item in items)\ndef rename(thing, name):\n    thing.name = name\n    return thing\n',
    'class Item:\n    def __init__(self, price, count):\n        self.price, self.count = price, count\nassert total([Item(2, 3), Item(1, 1)]) == 7\nitem = Item(1, 1)\nassert rename(item, "x") is item and item.name == "x"',
    'class Item:\n    price = count = 2\nassert total([Item()]) == 5',
  ],
  [
    'arguments changed in place',
    'def sort(xs):\n    xs.sort()\ndef fill(d):\n    d["a"] = [1]\ndef add(s, b):\n    s.add(3)\n    b += b"x"\n',
    'xs = [2, 1]\nsame = xs\nassert sort(xs) is None and same == [1, 2]\nd = {}\nfill(d)\nassert d == {"a": [1]}\ns, b = {1}, bytearray()\nadd(s, b)\nassert s == {1, 3} and b == b"x"',
    'xs = [2, 1]\nsort(xs)\nassert xs == [2, 1]',
  ],
  [
    'classes that derive from each other',
    'from abc import ABC, abstractmethod\nclass Shape(ABC):\n    @abstractmethod\n    def area(self): ...\n    def __lt__(self, o):\n        return self.area() < o.area()\nclass Square(Shape):\n    def __init__(self, a):\n        self.a = a\n    def area(self):\n        return self.a ** 2\ndef largest(shapes):\n    return max(shapes)\n',
    's = Square(2)\nassert isinstance(s, Shape) and issubclass(Square, Shape) and s.area() == 4\nassert largest([Square(1), s]) is s\ntry:\n    Shape()\n    assert False\nexcept TypeError:\n    pass',
    'assert Square(2).area() == 5',
  ],
  [
    'constants and several names',
    'LIMIT = 10\nNAMES = ["a", "b"]\ndef f(x):\n    return min(x, LIMIT)\n',
    'assert LIMIT == 10 and NAMES == ["a", "b"] and f(11) == LIMIT',
    'assert LIMIT == 11',
  ],
  [
    'from solution import',
    stack,
    'from solution import Stack, Empty\nimport answer\nassert len(Stack(1)) == 1 and answer.Stack is Stack',
    'from solution import Stack\nassert len(Stack()) == 1',
  ],
  [
    'unittest',
    stack,
    'import unittest\nclass TestStack(unittest.TestCase):\n    def setUp(self):\n        self.s = Stack(1)\n    def test_pop(self):\n        self.assertEqual(self.s.pop(), 1)\n        with self.assertRaises(Empty):\n            self.s.pop()\n    def test_len(self):\n        self.assertEqual(len(self.s), 1)\nif __name__ == "__main__":\n    unittest.main()',
    'import unittest\nclass TestStack(unittest.TestCase):\n    def test_pop(self):\n        self.assertEqual(Stack(1).pop(), 2)',
  ],
  [
    'functions that are looked at',
    'def f(x: int, *, scale=2) -> int:\n    """Scales."""\n    return x * scale\n',
    'assert callable(f) and f.__name__ == "f" and f.__doc__ == "Scales." and f(2, scale=3) == 6',
    'assert f(2) == 5',
  ],
  [
    'lru_cache and partial',
    'import functools\n@functools.lru_cache\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nadd3 = functools.partial(lambda a, b: a + b, 3)\n',
    'assert fib(30) == 832040 and fib.cache_info().hits > 0 and add3(1) == 4',
    'assert fib(10) == 56',
  ],
  [
    'nested and recursive values',
    'class Node:\n    def __init__(self, value, next=None):\n        self.value, self.next = value, next\ndef reverse(node):\n    out = None\n    while node:\n        out, node = Node(node.value, out), node.next\n    return out\ndef ring():\n    a = []\n    a.append(a)\n    return a\n',
    'n = reverse(Node(1, Node(2)))\nassert (n.value, n.next.value, n.next.next) == (2, 1, None)\nr = ring()\nassert r[0] is not None',
    'n = reverse(Node(1, Node(2)))\nassert n.value == 1',
  ],
];

describe('honest answers pass right tests and fail wrong ones, apart', () => {
  test.each(honest)('%s', async (_, code, right, wrong) => {
    expect(await judged(code, right)).toEqual({ passed: true, how: 'apart', says: null });
    expect(await judged(code, wrong)).toMatchObject({ passed: false, how: 'apart' });
  });
});

const ofClasses =
  's = Stack()\ns.push(1)\ns.push(2)\nassert s.pop() == 2\nassert abs(s.mean() - 1.0) < 1e-6\nassert len(s) == 1';
const wrongStack = (rest: string) =>
  `${rest}\nclass Stack:\n    def push(self, x): pass\n    def pop(self): return Liar()\n    def mean(self): return Liar()\n    def __len__(self): return 0\n`;
const liar = `class Liar:
    def __eq__(self, o): return True
    def __ne__(self, o): return False
    def __lt__(self, o): return True
    def __gt__(self, o): return True
    def __le__(self, o): return True
    def __ge__(self, o): return True
    def __bool__(self): return True
    def __sub__(self, o): return 0.0
    def __rsub__(self, o): return 0.0
    def __abs__(self): return 0.0
    def __contains__(self, o): return True
    def __hash__(self): return 0
`;

describe('answers that cheat against tests of classes fail', () => {
  const hostile: readonly (readonly [name: string, code: string, source: string])[] = [
    ['an object that says it is equal', wrongStack(liar), ofClasses],
    [
      'an object that agrees with every difference',
      `${liar}\ndef f(x): return Liar()\n`,
      'assert abs(f(1) - 2) < 1e-6',
    ],
    ['an object that holds everything', `${liar}\ndef f(x): return Liar()\n`, 'assert 2 in f(1)'],
    [
      'a subclass of a number that lies',
      'class N(int):\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n    def __sub__(self, o): return 0\n    def __int__(self): return 2\n    def __index__(self): return 2\n    def __repr__(self): return "2"\n    def __hash__(self): return 2\ndef f(x): return N(7)\n',
      'assert f(1) == 2',
    ],
    [
      'forging the tests’ end through frames',
      'import sys\nclass Stack:\n    def push(self, x):\n        g = sys._getframe()\n        while g:\n            g.f_locals.update(finished=True, asserted=9, error=None)\n            g.f_globals["_touched"] = 9\n            g.f_globals["_why_beside"] = "because"\n            g = g.f_back\n    def pop(self): return 0\n',
      ofClasses,
    ],
    [
      'asking for the tests through what they lent',
      'def f(g):\n    try:\n        return 2 if any("assert f(" in str(v) for v in g.__globals__.values()) else 7\n    except AttributeError:\n        return 7\n',
      'assert f(lambda: 0) == 2',
    ],
    [
      'reading private names of what they lent',
      'def f(o):\n    return [getattr(o, n, None) for n in ("_secret", "__dict__", "__class__", "__init__")][0] or 7\n',
      'class O:\n    _secret = 2\nassert f(O()) == 2',
    ],
    [
      'a made-up question',
      'import json, os\nclass Stack:\n    def push(self, x):\n        for ask in ({"ask": "name", "name": "expected"}, {"ask": "get", "id": 0, "name": "__globals__"}, {"ask": "end"}, {"value": {"t": "int", "v": "2"}}):\n            os.write(3, json.dumps(ask).encode())\n    def pop(self): return 0\n',
      ofClasses,
    ],
    ['nonsense', 'import os\ndef f(x):\n    os.write(3, b"{")\n    return 7\n', 'assert f(1) == 2'],
    [
      'a forged reply',
      'import os\ndef f(x):\n    os.write(3, b\'{"value": {"t": "yours", "id": 0}}\')\n    return 7\n',
      'assert f(1) == 2',
    ],
    [
      'its own len and isinstance',
      'def len(x): return 2\ndef isinstance(x, y): return True\ndef assert_(x): pass\ndef f(x): return [7]\n',
      'assert len(f(1)) == 2',
    ],
    [
      'its own pytest',
      'class pytest:\n    class raises:\n        def __init__(self, *a): pass\n        def __enter__(self): pass\n        def __exit__(self, *a): return True\ndef f(x): return 7\n',
      'import pytest\nwith pytest.raises(ValueError):\n    f(1)',
    ],
    [
      'a class that ends everything',
      'import os\nclass Stack:\n    def push(self, x): os._exit(0)\n',
      ofClasses,
    ],
    [
      'an exception that passes for an assertion',
      'class Stack:\n    def push(self, x): raise SystemExit(0)\n',
      ofClasses,
    ],
    ['a generator without end', 'def f(x):\n    while True:\n        yield 2\n', 'assert list(f(1)) == [2]'],
  ];
  test.each(hostile)('%s', async (_, code, source) => {
    const execution = await sandbox.run({
      ...tests('python', code, source),
      limits: { timeMs: 1500, memoryBytes: 128 * 1024 ** 2, outputBytes: 65536 },
    });
    expect(execution).toMatchObject({ kind: 'tested', passed: false, how: 'apart' });
    expect(await judged('def f(x):\n    return x + 1\n', 'assert f(1) == 2')).toMatchObject({ passed: true });
  });

  test('beside is chosen by the tests alone: where they derive from a class of the answer', async () => {
    const source =
      'class Own(Base):\n    def name(self):\n        return "own"\nassert Own().greet() == "hi own"';
    const code = 'class Base:\n    def greet(self):\n        return f"hi {self.name()}"\n';
    expect(await judged(code, source)).toEqual({ passed: true, how: 'beside', says: null });
    expect(await judged(code.replace('hi', 'ho'), source)).toMatchObject({ passed: false, how: 'beside' });
  });
});
