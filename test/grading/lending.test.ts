// Tests that need more of an answer than values: its classes, callables, generators and exceptions are lent by handle.
import { afterAll, describe, expect, test } from 'vitest';
import { quickjs } from '../../src/grading/sandboxes/javascript/quickjs.js';
import { pyodide } from '../../src/grading/sandboxes/python/pyodide.js';
import { openOne, tests } from './sandbox-edges.js';

const sandbox = openOne(pyodide);
const quick = openOne(quickjs);
afterAll(() => Promise.all([sandbox.close(), quick.close()]));

async function judged(code: string, source: string, language = 'python') {
  const execution = await (language === 'python' ? sandbox : quick).run(tests(language, code, source));
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
    'from collections import namedtuple, Counter, defaultdict, deque, OrderedDict\nPoint = namedtuple("Point", "x y")\ndef p():\n    return Point(1, 2)\ndef c():\n    return Counter("aab")\ndef d():\n    x = defaultdict(list)\n    x[1].append(2)\n    return x\nclass Box:\n    def __init__(self, n):\n        self.n = n\ndef boxes():\n    x = defaultdict(list)\n    x["a"].append(Box(5))\n    return x\ndef q():\n    return deque([1, 2])\nclass Name(str):\n    pass\ndef n():\n    return Name("ann")\n',
    'assert p() == (1, 2) and p().x == 1 and p()._asdict() == {"x": 1, "y": 2}\na, b = p()\nassert Point(3, 4).y == 4\nassert c() == {"a": 2, "b": 1} and c().most_common(1) == [("a", 2)]\nassert d() == {1: [2]} and list(q()) == [1, 2] and q().popleft() == 1\nassert boxes()["a"][0].n == 5\nassert n() == "ann" and n().upper() == "ANN"',
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

/** Every second one in each `npm test`, all in `npm run test:long`. */
function share<T>(all: readonly T[]): T[] {
  return all.filter((_, at) => process.env['FC_RUNS'] !== undefined || at % 6 === 0);
}

describe('honest answers pass right tests and fail wrong ones, apart', () => {
  test.each(share(honest))('%s', async (_, code, right, wrong) => {
    expect(await judged(code, right)).toEqual({ passed: true, how: 'isolated', says: null });
    expect(await judged(code, wrong)).toMatchObject({ passed: false, how: 'isolated' });
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
    [
      'private names by an operator that is none',
      'import json, os\ndef f(o):\n    ask = {"ask": "op", "id": 0, "op": "__getattribute__", "args": [{"t": "str", "v": "_secret"}]}\n    os.write(3, json.dumps(ask).encode())\n    size = int(os.read(3, 12))\n    return json.loads(os.read(3, size)).get("value", {}).get("v") == "2" and 2 or 7\n',
      'class O:\n    _secret = 2\n    def __init__(self): self.a = 1\nassert f(O()) == 2',
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
    [
      'a number of the tests’ that is registered as its own',
      'import os\nclass E:\n    def __eq__(self, o): return True\n    def __hash__(self): return 2\ne = E()\nn = 0\ndef f(x):\n    global n\n    n += 1\n    if n == 1:\n        os.write(3, b\'{"value": {"t": "lent", "id": 99, "cls": {"std": "int"}, "base": {"t": "int", "v": "2"}}}\')\n    else:\n        os.read(3, int(os.read(3, 12)))\n    return e\n',
      'f(0)\nassert f(1) == 2',
    ],
    [
      'a name that leads on',
      'import os\nn = 0\ndef f(x):\n    global n\n    n += 1\n    if n == 1:\n        os.write(3, b\'{"value": {"t": "named", "name": ["builtins", "print.__self__.eval"]}}\')\n        os.read(3, int(os.read(3, 12)))\n    return 7\n',
      'assert f(1)("1 + 1") == 2\nassert f(2) == 7',
    ],
    [
      'a class that is renamed to the entry',
      `${liar}Liar.__name__ = Liar.__qualname__ = "f"\ndef f(x): return Liar()\n`,
      'assert abs(f(1) - 2) < 1e-6\nassert 2 in f(1)',
    ],
    [
      'a class that is renamed to a name of the library',
      `${liar}Liar.__module__, Liar.__name__, Liar.__qualname__ = "builtins", "int", "int"\ndef f(x): return Liar()\n`,
      'assert abs(f(1) - 2) < 1e-6',
    ],
  ];
  test.each(share(hostile))('%s', async (_, code, source) => {
    const execution = await sandbox.run({
      ...tests('python', code, source),
      limits: { timeMs: 1500, memoryBytes: 128 * 1024 ** 2, outputBytes: 65536 },
    });
    expect(execution).toMatchObject({ kind: 'tested', passed: false, how: 'isolated' });
    expect(await judged('def f(x):\n    return x + 1\n', 'assert f(1) == 2')).toMatchObject({ passed: true });
  });

  test('tests that derive from a class of the answer cannot be judged by this judge, and say so', async () => {
    const source =
      'class Own(Base):\n    def name(self):\n        return "own"\nassert Own().greet() == "hi own"';
    const code = 'class Base:\n    def greet(self):\n        return f"hi {self.name()}"\n';
    expect(await judged(code, source)).toEqual({
      passed: false,
      how: 'isolated',
      says: expect.stringContaining('these tests need one interpreter'),
    });
  });
});

const jsStack = `class Empty extends RangeError { constructor(what) { super(what + ' is empty'); this.what = what; this.name = 'Empty'; } }
class Stack {
  #secret = 1;
  static made = 0;
  static of(items) { return new Stack(...items); }
  constructor(...items) { this.items = items; Stack.made++; }
  push(x) { this.items.push(x); return this; }
  pop() { if (this.items.length === 0) throw new Empty('stack'); return this.items.pop(); }
  get size() { return this.items.length; }
  set size(n) { this.items.length = n; }
  *[Symbol.iterator]() { yield* this.items; }
  toString() { return 'Stack(' + this.items + ')'; }
  has(x) { return this.items.includes(x); }
}`;

const honestJavascript: typeof honest = [
  [
    'methods and state',
    jsStack,
    'const s = new Stack(); s.push(1).push(2); assert.equal(s.pop(), 2); assert.deepEqual(s.items, [1]);',
    'assert.equal(new Stack(1).pop(), 2);',
  ],
  [
    'accessors and properties',
    jsStack,
    'const s = new Stack(1, 2); assert.equal(s.size, 2); s.size = 1; assert.deepEqual(s.items, [1]); s.extra = 5; assert.equal(s.extra, 5); delete s.extra; assert.ok(!("extra" in s));',
    'const s = new Stack(1); s.size = 0; assert.equal(s.size, 1);',
  ],
  [
    'iteration, membership, text',
    jsStack,
    'assert.deepEqual([...new Stack(1, 2)], [1, 2]); assert(new Stack(1).has(1)); assert.equal(String(new Stack(1)), "Stack(1)"); let n = 0; for (const x of new Stack(1, 2)) n += x; assert.equal(n, 3);',
    'assert.deepEqual([...new Stack(1)], [2]);',
  ],
  [
    'static members',
    jsStack,
    'const before = Stack.made; Stack.of([1]); assert.equal(Stack.made, before + 1); assert.equal(Stack.name, "Stack");',
    'assert.equal(Stack.made, 7);',
  ],
  [
    'instanceof, identity, private names',
    jsStack,
    'const s = new Stack(); assert(s instanceof Stack); assert.strictEqual(s.push(1), s); assert(!({} instanceof Stack)); assert.deepEqual(Object.keys(s), ["items"]); assert.equal(Object.getPrototypeOf(s), Stack.prototype); assert.equal(s.constructor, Stack);',
    'assert.strictEqual(new Stack(), new Stack());',
  ],
  [
    'errors of its own',
    jsStack,
    'assert.throws(() => new Stack().pop(), Empty); try { new Stack().pop(); } catch (e) { assert(e instanceof Empty && e instanceof RangeError && e instanceof Error); assert.equal(e.what, "stack"); assert.match(e.message, /is empty/); }\nassert.throws(() => new Stack().pop(), { name: "Empty", message: /empty/ });',
    'assert.throws(() => new Stack(1).pop(), Empty);',
  ],
  [
    'expect',
    jsStack,
    'describe("s", () => { let s; beforeEach(() => { s = new Stack(1); }); it("has", () => { expect(s).toBeInstanceOf(Stack); expect(s.items).toEqual([1]); expect(s.size).toBe(1); expect(s.items).toContain(1); expect(() => new Stack().pop()).toThrow(Empty); expect(() => new Stack().pop()).toThrow("empty"); }); });',
    'it("x", () => { expect(new Stack(1).items).toContain(2); });',
  ],
  [
    'builtin errors',
    'function f(x) { const e = new TypeError("no " + x, { cause: x }); e.code = "E_NO"; throw e; }',
    'assert.throws(() => f(1), (e) => e instanceof TypeError && e.code === "E_NO" && e.cause === 1); assert.throws(() => f(1), { code: "E_NO", message: "no 1" });',
    'assert.throws(() => f(1), RangeError);',
  ],
  [
    'callbacks',
    'const map = (xs, g) => { const out = []; for (const x of xs) out.push(g(x, out.length)); return out; };',
    'const seen = []; assert.deepEqual(map([1, 2], (x, i) => { seen.push(i); return x + 1; }), [2, 3]); assert.deepEqual(seen, [0, 1]); assert.deepEqual(map(["1"], Number), [1]); assert.deepEqual(map([1.5], Math.floor), [1]);',
    'assert.deepEqual(map([1], (x) => x), [2]);',
  ],
  [
    'callbacks that throw',
    'const safe = (g) => { try { return g(); } catch (e) { return e; } };',
    'class Mine extends Error {}\nconst mine = new Mine("x"); assert.strictEqual(safe(() => { throw mine; }), mine); assert(safe(() => null.x) instanceof TypeError);',
    'assert.equal(safe(() => 1), 2);',
  ],
  [
    'factories with methods that use this',
    'const counter = (n = 0) => ({ n, inc() { this.n += 1; return this; }, get double() { return 2 * this.n; } });',
    'const c = counter(); assert.equal(c.inc().inc().n, 2); assert.equal(c.double, 4);',
    'assert.equal(counter().inc().n, 2);',
  ],
  [
    'closures and curried functions',
    'const add = (a) => (b) => a + b; const once = (g) => { let r, done = false; return (...a) => { if (!done) { r = g(...a); done = true; } return r; }; };',
    'assert.equal(add(1)(2), 3); let n = 0; const o = once((x) => { n++; return x; }); o(5); assert.equal(o(6), 5); assert.equal(n, 1);',
    'assert.equal(add(1)(2), 4);',
  ],
  [
    'this, call, apply and bind',
    'function greet(word) { return word + " " + this.name; } function wrap(g) { return function (...a) { return g.apply(this, a); }; }',
    'assert.equal(greet.call({ name: "a" }, "hi"), "hi a"); assert.equal(greet.bind({ name: "b" })("yo"), "yo b"); const o = { name: "c", g: wrap(function () { return this.name; }) }; assert.equal(o.g(), "c");',
    'assert.equal(greet.call({ name: "a" }, "hi"), "hi b");',
  ],
  [
    'generators, lazily',
    'function* naturals() { let n = 0; for (;;) yield n++; } function* take(xs, n) { for (const x of xs) { if (n-- <= 0) return; yield x; } }',
    'const g = naturals(); g.next(); assert.equal(g.next().value, 1); assert.deepEqual([...take(naturals(), 3)], [0, 1, 2]); function* own() { yield* [7, 8, 9]; } assert.deepEqual([...take(own(), 2)], [7, 8]);',
    'assert.equal(naturals().next().value, 1);',
  ],
  [
    'promises and timers',
    'const sleep = (ms) => new Promise((done) => setTimeout(done, ms)); async function later(x, ms = 10) { await sleep(ms); return x; } async function fails() { await sleep(1); throw new RangeError("late"); }',
    'assert.equal(await later(1), 1); assert.deepEqual(await Promise.all([later(1, 20), later(2, 10)]), [1, 2]); assert.equal(await Promise.race([later("slow", 50), later("quick", 5)]), "quick"); await assert.rejects(() => fails(), RangeError);',
    'assert.equal(await later(1), 2);',
  ],
  [
    'coroutine callbacks, several at once',
    'async function pool(tasks, n) { const out = []; let at = 0; await Promise.all(Array.from({ length: n }, async () => { while (at < tasks.length) { const i = at++; out[i] = await tasks[i](); } })); return out; }',
    'let active = 0, most = 0; const task = (x) => async () => { active++; most = Math.max(most, active); await new Promise((d) => setTimeout(d, 10)); active--; return x; }; assert.deepEqual(await pool([task(1), task(2), task(3)], 2), [1, 2, 3]); assert.equal(most, 2);',
    'assert.deepEqual(await pool([async () => 1], 1), [2]);',
  ],
  [
    'debounce: its timers, the tests’ clock',
    'function debounce(g, ms) { let t; return (...a) => { clearTimeout(t); t = setTimeout(() => g(...a), ms); }; }',
    'let calls = []; const d = debounce((x) => calls.push(x), 50); d(1); d(2); await new Promise((r) => setTimeout(r, 20)); d(3); await new Promise((r) => setTimeout(r, 49)); assert.deepEqual(calls, []); await new Promise((r) => setTimeout(r, 2)); assert.deepEqual(calls, [3]);',
    'let n = 0; const d = debounce(() => n++, 50); d(); await new Promise((r) => setTimeout(r, 10)); assert.equal(n, 1);',
  ],
  [
    'promises that others settle',
    'class Lock { #waiting = []; #held = false; acquire() { if (!this.#held) { this.#held = true; return Promise.resolve(); } return new Promise((r) => this.#waiting.push(r)); } release() { const next = this.#waiting.shift(); if (next) next(); else this.#held = false; } }',
    'const l = new Lock(); await l.acquire(); let got = false; const p = l.acquire().then(() => { got = true; }); await null; assert.equal(got, false); l.release(); await p; assert.equal(got, true);',
    'const l = new Lock(); await l.acquire(); l.release(); assert.fail();',
  ],
  [
    'event emitters',
    'class Emitter { handlers = new Map(); on(name, g) { const list = this.handlers.get(name) ?? []; list.push(g); this.handlers.set(name, list); return () => this.off(name, g); } off(name, g) { this.handlers.set(name, (this.handlers.get(name) ?? []).filter((h) => h !== g)); } emit(name, ...a) { for (const g of this.handlers.get(name) ?? []) g(...a); } }',
    'const e = new Emitter(); const got = []; const g = (x) => got.push(x); const off = e.on("a", g); e.emit("a", 1); off(); e.emit("a", 2); assert.deepEqual(got, [1]); e.on("a", g); e.off("a", g); e.emit("a", 3); assert.equal(got.length, 1);',
    'const e = new Emitter(); let n = 0; e.on("a", () => n++); e.emit("b"); assert.equal(n, 1);',
  ],
  [
    'objects of the tests',
    'const total = (items) => items.reduce((s, i) => s + i.price * i.count(), 0); const rename = (o, name) => { o.name = name; return o; };',
    'class Item { constructor(p) { this.price = p; } count() { return 2; } } assert.equal(total([new Item(3)]), 6); const i = new Item(1); assert.strictEqual(rename(i, "x"), i); assert.equal(i.name, "x");',
    'class Item { price = 1; count() { return 1; } } assert.equal(total([new Item()]), 2);',
  ],
  [
    'values: maps, sets, dates, patterns, bytes',
    'const same = (x) => x; const group = (xs) => { const m = new Map(); for (const x of xs) m.set(x[0], (m.get(x[0]) ?? 0) + 1); return m; };',
    'assert.deepEqual(group(["a", "ab", "b"]), new Map([["a", 2], ["b", 1]])); assert.deepEqual(same(new Set([1])), new Set([1])); assert.equal(same(new Date(5)).getTime(), 5); assert(same(/a/i).test("A")); assert.deepEqual(same(new Uint8Array([1])), new Uint8Array([1])); assert.equal(same(undefined), undefined); assert.deepEqual(same({ a: [null] }), { a: [null] });',
    'assert.deepEqual(group(["a"]), new Map([["a", 2]]));',
  ],
  [
    'arguments changed in place',
    'const sort = (xs) => { xs.sort((a, b) => a - b); }; const fill = (o) => { o.a = [1]; };',
    'const xs = [3, 1]; const same = xs; sort(xs); assert.deepEqual(same, [1, 3]); const o = {}; fill(o); assert.deepEqual(o, { a: [1] });',
    'const xs = [2, 1]; sort(xs); assert.deepEqual(xs, [2, 1]);',
  ],
  [
    'module.exports and require',
    'const f = (x) => x + 1; class A { m() { return 1; } } module.exports = { f, A };',
    "const { f: g, A: B } = require('./solution'); assert.equal(g(1), 2); assert.equal(new B().m(), 1);",
    "const { f } = require('./solution'); assert.equal(f(1), 3);",
  ],
  [
    'constants and several names',
    'export const LIMIT = 10; export const NAMES = ["a"]; export function f(x) { return Math.min(x, LIMIT); }',
    'assert.equal(LIMIT, 10); assert.deepEqual(NAMES, ["a"]); assert.equal(f(11), LIMIT);',
    'assert.equal(LIMIT, 11);',
  ],
  [
    'linked values',
    'class Node { constructor(value, next = null) { this.value = value; this.next = next; } } function reverse(n) { let out = null; while (n) { out = new Node(n.value, out); n = n.next; } return out; }',
    'const r = reverse(new Node(1, new Node(2))); assert.equal(r.value, 2); assert.equal(r.next.value, 1); assert.equal(r.next.next, null); assert.deepEqual(new Node(1), new Node(1)); assert.notDeepEqual(new Node(1), new Node(2));',
    'assert.deepEqual(new Node(1), new Node(2));',
  ],
];

describe('JavaScript: honest answers pass right tests and fail wrong ones, apart', () => {
  test.each(honestJavascript)('%s', async (_, code, right, wrong) => {
    expect(await judged(code, right, 'javascript')).toEqual({ passed: true, how: 'isolated', says: null });
    expect(await judged(code, wrong, 'javascript')).toMatchObject({ passed: false, how: 'isolated' });
  });
});

describe('JavaScript: answers that cheat fail', () => {
  test.each([
    [
      'an object that holds everything',
      'const f = () => ({ includes: () => true, [Symbol.iterator]: function* () {}, length: 2, has: () => true });',
      'expect(f(1)).toContain(2);',
    ],
    [
      'an object that is any number',
      'const f = () => ({ valueOf: () => 7, [Symbol.toPrimitive]: () => 7 });',
      'assert(Math.abs(f(1) - 2) < 1e-6);',
    ],
    [
      'the realm of the tests by a constructor',
      'const f = (g) => { try { return g.constructor("return globalThis.marker")() ?? 7; } catch { return 7; } };',
      'globalThis.marker = 2; assert.equal(f(() => 0), 2);',
    ],
    [
      'the source of what they lent',
      'const f = (g) => (String(g).includes("secret") || g.toString().includes("secret") ? 2 : 7);',
      'assert.equal(f(() => "secret"), 2);',
    ],
    [
      'the prototype of what they lent',
      'const f = (o) => { const p = Object.getPrototypeOf(o); return p.secret ?? o.__proto__.secret ?? o.constructor?.secret ?? 7; };',
      'class O { static secret = 2; } O.prototype.constructor = O; assert.equal(f(new O()), 2);',
    ],
    [
      'their arrays’ and objects’ prototypes, changed',
      'const f = (o) => { Object.getPrototypeOf(o).polluted = 2; o.__proto__.polluted = 2; return 7; };',
      'class O {} const o = new O(); f(o); assert.equal({}.polluted, 2);',
    ],
    [
      'their function, called with their own',
      'const f = (apply) => { try { return apply(apply, "x"); } catch { return 7; } };',
      'assert.equal(f((g, x) => (typeof g === "function" ? 3 : x)), 2);',
    ],
    [
      'questions of their own, by what JSON asks of every object',
      'Object.prototype.toJSON = function () { return this.ask ? { ask: "name", name: "(globalThis.marker = 2)" } : this; }; const f = (g) => { try { g(1); } catch {} return 7; };',
      'f(() => 0); assert.equal(globalThis.marker, 2);',
    ],
    [
      'the harness’s own, caught by a setter',
      "let r; Object.defineProperty(Object.prototype, 'relay', { set(v) { r = v; Object.defineProperty(this, 'relay', { value: v, writable: true, configurable: true }); }, configurable: true }); const f = () => { try { const reply = JSON.parse(r(JSON.stringify({ ask: 'get', id: 'push', key: { s: 'name' }, settled: [], nowMs: 0 }))); return reply.value.v === 'push' ? 2 : 7; } catch { return 7; } };",
      'assert.equal(f(() => 0), 2);',
    ],
    [
      'a promise of anything',
      'const f = () => ({ then(done) { done({ equals: () => true }); } });',
      'assert.equal(await f(1), 2);',
    ],
    [
      'a promise that is never settled',
      'const f = () => new Promise(() => {});',
      'assert.equal(await f(1), 2);',
    ],
    [
      'a timer without end',
      'const f = () => { setInterval(() => {}, 0); return new Promise(() => {}); };',
      'assert.equal(await f(1), 2);',
    ],
    [
      'an endless method',
      'class Stack { push() { for (;;) {} } }',
      'const s = new Stack(); s.push(1); assert.equal(s.pop(), 1);',
    ],
    [
      'an endless trap',
      'const f = () => new Proxy(() => {}, { get() { for (;;) {} }, getPrototypeOf() { for (;;) {} } });',
      'assert.equal(f(1), 2);',
    ],
    [
      'its own assert and console',
      'const assert = { equal() {} }; const expect = () => ({ toBe() {} }); function f() { return 7; }',
      'assert.equal(f(1), 2);',
    ],
  ])('%s', async (_, code, source) => {
    const execution = await quick.run({
      ...tests('javascript', code, source),
      limits: { timeMs: 700, memoryBytes: 128 * 1024 ** 2, outputBytes: 65536 },
    });
    expect(execution).toMatchObject({ kind: 'tested', passed: false, how: 'isolated' });
    const next = await judged('const f = (x) => x + 1;', 'assert.equal(f(1), 2);', 'javascript');
    expect(next).toMatchObject({ passed: true });
  });
});
