/** Honest answers that look at frames, code and the heap through the library: they carry no mark. */
import { afterAll, describe, expect, test } from 'vitest';
import { openOne, pythons, tests } from '../sandbox-edges.js';

/** Of Python 3.12, which a native one may be too old for. */
const IS_NEW = 'TypedDict and generics';

describe.each(pythons)('in %s', (tier, backend) => {
  const sandbox = openOne(backend);
  afterAll(() => sandbox.close());

  const f = (text: string, body = 'return x + 1') => `${text}\ndef f(x):\n    ${body}\n`;

  test.each(
    [
      [
        'namedtuple',
        f('from collections import namedtuple\nP = namedtuple("P", "a b")', 'return P(1, x).b + 1'),
      ],
      [
        'typing.NamedTuple',
        f('from typing import NamedTuple\nclass P(NamedTuple):\n    a: int', 'return P(x).a + 1'),
      ],
      [
        'enum',
        f(
          'from enum import Enum, IntFlag, auto\nclass E(Enum):\n    A = auto()\nG = Enum("G", "X Y")\nclass F(IntFlag):\n    A = 1',
          'return x + E.A.value',
        ),
      ],
      [
        'dataclasses',
        f(
          'from dataclasses import dataclass, field, make_dataclass\n@dataclass(order=True, frozen=True, slots=True)\nclass P:\n    a: int\n    b: list = field(default_factory=list, compare=False)\nQ = make_dataclass("Q", ["a"])',
          'return P(x).a + Q(1).a',
        ),
      ],
      [
        'TypedDict and generics',
        f(
          'from typing import Generic, TypedDict, TypeVar\nT = TypeVar("T")\nclass D(TypedDict):\n    a: int\nclass B(Generic[T]):\n    pass\nclass S[K]:\n    pass',
        ),
      ],
      [
        'logging',
        f(
          'import logging\nlogging.basicConfig(level=logging.INFO, format="%(funcName)s:%(lineno)d %(message)s")\nlog = logging.getLogger(__name__)',
          'log.info("f", stack_info=True) or log.warning("w")\n    return x + 1',
        ),
      ],
      [
        'logging of exceptions',
        f(
          'import logging',
          'try:\n        1 / 0\n    except ZeroDivisionError:\n        logging.exception("no")\n    return x + 1',
        ),
      ],
      [
        'warnings',
        f('import warnings', 'warnings.warn("old", DeprecationWarning, stacklevel=2)\n    return x + 1'),
      ],
      ['inspect.signature', f('import inspect', 'return x + len(inspect.signature(f).parameters)')],
      [
        'inspect.getsource',
        f('import inspect', 'return x + (1 if "getsource" in inspect.getsource(f) else 0)'),
      ],
      [
        'inspect.getmembers',
        f(
          'import inspect\nclass C:\n    def m(self): return 1',
          'return x + len([n for n, _ in inspect.getmembers(C(), inspect.ismethod)])',
        ),
      ],
      [
        'get_type_hints',
        f(
          'import typing\ndef g(a: "int") -> "int": return a',
          'return x + (typing.get_type_hints(g)["a"] is int)',
        ),
      ],
      [
        'singledispatch',
        f(
          'from functools import singledispatch, singledispatchmethod, cached_property, total_ordering, reduce\n@singledispatch\ndef g(a): return 0\n@g.register\ndef _(a: int): return 1',
          'return x + g(3)',
        ),
      ],
      [
        'contextmanager',
        f(
          'from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress\n@contextmanager\ndef c():\n    yield 1',
          'with c() as n, suppress(KeyError), ExitStack() as s:\n        s.enter_context(nullcontext())\n        return x + n',
        ),
      ],
      [
        'traceback',
        f(
          'import sys, traceback',
          'try:\n        1 / 0\n    except ZeroDivisionError as e:\n        text = traceback.format_exc() + "".join(traceback.format_exception(e)) + str(sys.exc_info()[1])\n        traceback.print_exc()\n    return x + (1 if "1 / 0" in text else 0)',
        ),
      ],
      [
        'mock.patch and create_autospec',
        f(
          'from unittest import mock\ndef g(a): return 0',
          'with mock.patch("time.time", return_value=5):\n        m = mock.create_autospec(g, return_value=1)\n        return x + m(3)',
        ),
      ],
      [
        'asyncio',
        f(
          'import asyncio\nasync def g():\n    async with asyncio.timeout(5):\n        async with asyncio.TaskGroup() as tasks:\n            t = tasks.create_task(asyncio.sleep(0, 1))\n    return await t',
          'return x + asyncio.run(g())',
        ),
      ],
      [
        'decimal and fractions',
        f(
          'from decimal import Decimal, localcontext\nfrom fractions import Fraction',
          'with localcontext() as c:\n        c.prec = 5\n        return int(Decimal(x) + Fraction(1, 1).numerator)',
        ),
      ],
      [
        'deepcopy, pickle and weakref',
        f(
          'import copy, pickle, weakref\nclass N:\n    def __init__(self, v): self.v = v',
          'n = copy.deepcopy(pickle.loads(pickle.dumps(N(1))))\n    return x + weakref.ref(n)().v',
        ),
      ],
      [
        'abc, Protocol and metaclasses',
        f(
          'from abc import ABC, ABCMeta, abstractmethod\nfrom typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n    def m(self): ...\nclass M(ABCMeta):\n    def __new__(m, n, b, d): return super().__new__(m, n, b, d)\nclass A(ABC, metaclass=M):\n    def m(self): return 1',
          'return x + A().m() * isinstance(A(), P)',
        ),
      ],
      [
        'functools.wraps and partial',
        f(
          'import functools\ndef deco(g):\n    @functools.wraps(g)\n    def inner(*a): return g(*a)\n    return inner\n@deco\n@functools.lru_cache\ndef h(a, b): return a + b',
          'return functools.partial(h, 1)(x)',
        ),
      ],
      [
        'string templates and regular expressions',
        f(
          'import re, string, textwrap',
          'return int(re.sub(r"(\\d+)", lambda m: str(int(m[1]) + 1), string.Template("$n").substitute(n=x)))',
        ),
      ],
      [
        'gc and sys',
        f(
          'import gc, sys',
          'gc.collect()\n    return x + (sys.getrefcount(x) > 0) * (sys.getsizeof([]) > 0)',
        ),
      ],
      [
        'exec, eval and compile of its own',
        f(
          'code = compile("y = 1", "<made>", "exec")',
          'space = {}\n    exec(code, space)\n    return eval("x + y", {"x": x, **space})',
        ),
      ],
      [
        'doctest',
        f(
          'import doctest',
          '"""\n    >>> 1 + 1\n    2\n    """\n    return x + 1 + doctest.testmod(verbose=False).failed',
        ),
      ],
      [
        'random, statistics, heapq, bisect, itertools',
        f(
          'import bisect, heapq, itertools, random, statistics',
          'random.seed(1)\n    return int(x + statistics.mean([1, 1])) + 0 * bisect.bisect([1], heapq.heappop([1]))',
        ),
      ],
    ].filter(([name]) => tier === 'wasm' || name !== IS_NEW),
  )('%s', async (_, code) => {
    const execution = await sandbox.run(tests('python', code, 'assert f(1) == 2', 'f', 'shared'));
    expect(execution).toMatchObject({
      kind: 'tested',
      passed: true,
      raised: null,
      marks: { lies: [], reach: [] },
    });
  });
});
