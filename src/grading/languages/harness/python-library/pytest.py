"""
What test code takes from pytest, and a runner that collects and runs tests as pytest does, in one interpreter.

The first test that fails ends the run. Not here: plugins but for stand-ins of `mocker` and asyncio's marks, `conftest.py`,
the command line, reports.
"""

import ast
import asyncio
import collections
import contextlib
import functools
import inspect
import io
import logging
import math
import numbers
import os
import pathlib
import re
import sys
import tempfile
import types
import warnings

__version__ = "8.4.0"


# --- Outcomes --------------------------------------------------------------------------------------------------------


class _Outcome(BaseException):
    def __init__(self, msg=""):
        super().__init__(msg)
        self.msg = msg


class _Skipped(_Outcome):
    pass


class _Failed(_Outcome):
    pass


class _XFailed(_Failed):
    pass


_Skipped.__name__, _Failed.__name__ = "Skipped", "Failed"


def skip(reason="", *, allow_module_level=False):
    raise _Skipped(reason)


def fail(reason="", pytrace=True):
    raise _Failed(reason)


def xfail(reason=""):
    raise _XFailed(reason)


def importorskip(modname, minversion=None, reason=None, *, exc_type=ImportError):
    try:
        __import__(modname)
    except exc_type as error:
        raise _Skipped(reason or f"could not import {modname!r}: {error}") from None
    return sys.modules[modname]


skip.Exception, fail.Exception, xfail.Exception = _Skipped, _Failed, _XFailed


def main(*args, **kwargs):
    return 0


class UsageError(Exception):
    pass


class PytestWarning(UserWarning):
    pass


# --- Assertions ------------------------------------------------------------------------------------------------------


class ExceptionInfo:
    type = value = tb = None

    @property
    def traceback(self):
        return self.tb

    @property
    def typename(self):
        return self.type.__name__

    def exconly(self, tryshort=False):
        return f"{self.type.__name__}: {self.value}"

    def errisinstance(self, exc):
        return isinstance(self.value, exc)

    def match(self, regexp):
        text = "\n".join([str(self.value), *getattr(self.value, "__notes__", [])])
        if re.search(regexp, text) is None:
            raise AssertionError(f"Regex pattern did not match.\n Regex: {regexp!r}\n Input: {text!r}")
        return True

    def group_contains(self, expected, *, match=None, depth=None):
        return any(
            isinstance(one, expected) and (match is None or re.search(match, str(one)))
            for one in getattr(self.value, "exceptions", ())
        )


class RaisesContext:
    def __init__(self, expected, match=None, check=None):
        self.expected, self.match_expr, self.check = expected, match, check
        self.excinfo = ExceptionInfo()

    def __enter__(self):
        return self.excinfo

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise _Failed(f"DID NOT RAISE {self.expected}")
        if not issubclass(kind, self.expected):
            return False
        self.excinfo.type, self.excinfo.value, self.excinfo.tb = kind, error, trace
        if self.match_expr is not None:
            self.excinfo.match(self.match_expr)
        return self.check is None or self.check(error)


def raises(expected_exception, *args, match=None, check=None, **kwargs):
    several = expected_exception if isinstance(expected_exception, tuple) else (expected_exception,)
    for one in several:
        if not isinstance(one, type) or not issubclass(one, BaseException):
            raise TypeError(f"expected exception must be a BaseException type, not {type(one).__name__}")
    context = RaisesContext(expected_exception, match, check)
    if not args:
        return context
    function, *rest = args
    with context as info:
        function(*rest, **kwargs)
    return info


class WarningsRecorder(warnings.catch_warnings):
    def __init__(self):
        super().__init__(record=True)

    def __enter__(self):
        self._list = super().__enter__()
        warnings.simplefilter("always")
        return self

    @property
    def list(self):
        return self._list

    def pop(self, cls=Warning):
        for at, one in enumerate(self._list):
            if issubclass(one.category, cls):
                return self._list.pop(at)
        raise AssertionError(f"{cls!r} not found in warning list")

    def clear(self):
        self._list[:] = []

    def __getitem__(self, at):
        return self._list[at]

    def __iter__(self):
        return iter(self._list)

    def __len__(self):
        return len(self._list)


class WarningsChecker(WarningsRecorder):
    def __init__(self, expected, match=None):
        super().__init__()
        self.expected, self.match_expr = expected, match

    def __exit__(self, kind, error, trace):
        super().__exit__(kind, error, trace)
        if kind is not None:
            return
        found = [one for one in self if issubclass(one.category, self.expected)]
        if not found:
            raise _Failed(f"DID NOT WARN. No warnings of type {self.expected} were emitted.")
        if self.match_expr is not None and not any(re.search(self.match_expr, str(one.message)) for one in found):
            raise _Failed(f"DID NOT WARN. No warnings matching {self.match_expr!r} were emitted.")


def warns(expected_warning=Warning, *args, match=None, **kwargs):
    checker = WarningsChecker(expected_warning, match)
    if not args:
        return checker
    function, *rest = args
    with checker:
        return function(*rest, **kwargs)


def deprecated_call(*, match=None):
    return warns((DeprecationWarning, PendingDeprecationWarning, FutureWarning), match=match)


class approx:
    """Numbers, and lists, tuples and dicts of them: equal within rel (1e-6) of the expected or abs (1e-12)."""

    __array_ufunc__ = None
    __hash__ = None

    def __init__(self, expected, rel=None, abs=None, nan_ok=False):
        self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs, nan_ok

    def _of(self, expected):
        return approx(expected, self.rel, self.abs, self.nan_ok)

    def __eq__(self, actual):
        expected = self.expected
        if isinstance(expected, dict):
            return (
                hasattr(actual, "keys")
                and set(actual.keys()) == set(expected.keys())
                and all(actual[key] == self._of(value) for key, value in expected.items())
            )
        if isinstance(expected, (list, tuple)):
            try:
                items = list(actual)
            except TypeError:
                return False
            return len(items) == len(expected) and all(a == self._of(e) for a, e in zip(items, expected))
        if isinstance(expected, bool) or expected is None or not isinstance(expected, (numbers.Complex, _Decimal())):
            return bool(actual == expected)
        if actual == expected:
            return True
        try:
            return self._is_near(actual, expected)
        except (TypeError, ValueError, ArithmeticError):
            return False

    def _is_near(self, actual, expected):
        if isinstance(actual, bool) or not hasattr(actual, "__sub__"):
            return False
        if isinstance(expected, numbers.Real) and math.isnan(expected):
            return self.nan_ok and math.isnan(actual)
        if isinstance(expected, numbers.Real) and math.isinf(expected):
            return False
        kind = type(expected) if isinstance(expected, _Decimal()) else float
        least = kind("1e-12") if self.abs is None else self.abs
        share = 0 if self.rel is None and self.abs is not None else kind("1e-6") if self.rel is None else self.rel
        return bool(abs(expected - actual) <= max(share * abs(expected), least))

    def __ne__(self, actual):
        return not self == actual

    def __repr__(self):
        return f"approx({self.expected!r})"


def _Decimal():
    decimal = sys.modules.get("decimal")
    return decimal.Decimal if decimal is not None else float


# --- Marks and fixtures ----------------------------------------------------------------------------------------------


class Mark:
    def __init__(self, name, args=(), kwargs=None):
        self.name, self.args, self.kwargs = name, args, kwargs or {}


class MarkDecorator:
    def __init__(self, mark):
        self.mark = mark

    @property
    def name(self):
        return self.mark.name

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and (inspect.isfunction(args[0]) or inspect.isclass(args[0])):
            target = args[0]
            target.pytestmark = [*_own_marks(target), self.mark]
            return target
        return MarkDecorator(Mark(self.name, (*self.mark.args, *args), {**self.mark.kwargs, **kwargs}))


class _MarkGenerator:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return MarkDecorator(Mark(name))


mark = _MarkGenerator()

_Param = collections.namedtuple("ParameterSet", "values marks id")


def param(*values, marks=(), id=None):
    return _Param(values, [marks] if isinstance(marks, (MarkDecorator, Mark)) else list(marks), id)


def _as_mark(one):
    return one.mark if isinstance(one, MarkDecorator) else one


def _own_marks(target):
    found = target.__dict__.get("pytestmark", [])
    return [_as_mark(one) for one in (found if isinstance(found, list) else [found])]


class FixtureDefinition:
    """What `@fixture` leaves of a function. Calling it directly is a mistake in the tests, as in pytest."""

    def __init__(self, function, scope, params, autouse, name):
        self.function, self.scope, self.params, self.autouse = function, scope, params, autouse
        self.name = name or function.__name__
        functools.update_wrapper(self, function)

    def __call__(self, *args, **kwargs):
        raise _Failed(f'Fixture "{self.name}" called directly. Fixtures are not meant to be called directly')


def fixture(function=None, *, scope="function", params=None, autouse=False, ids=None, name=None):
    make = lambda target: FixtureDefinition(target, scope, params, autouse, name)
    return make if function is None else make(function)


yield_fixture = fixture


# --- Fixtures that come with pytest ----------------------------------------------------------------------------------

_CaptureResult = collections.namedtuple("CaptureResult", "out err")


class CaptureFixture:
    def __init__(self):
        self._before = sys.stdout, sys.stderr
        self._streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2)]
        sys.stdout, sys.stderr = self._streams

    def readouterr(self):
        texts = []
        for stream in self._streams:
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
            stream.seek(0)
            stream.truncate()
        return _CaptureResult(*texts)

    @contextlib.contextmanager
    def disabled(self):
        sys.stdout, sys.stderr = self._before
        try:
            yield
        finally:
            sys.stdout, sys.stderr = self._streams

    def close(self):
        sys.stdout, sys.stderr = self._before


_missing = object()


class MonkeyPatch:
    def __init__(self):
        self._undo = []

    @classmethod
    @contextlib.contextmanager
    def context(cls):
        one = cls()
        try:
            yield one
        finally:
            one.undo()

    def setattr(self, target, name, value=_missing, raising=True):
        if value is _missing:
            if not isinstance(target, str):
                raise TypeError("use setattr(target, name, value) or setattr('import.path', value)")
            target, name, value = *_resolve(target), name
        old = inspect.getattr_static(target, name, _missing)
        if old is _missing and raising:
            raise AttributeError(f"{target!r} has no attribute {name!r}")
        own = vars(target).get(name, _missing) if hasattr(target, "__dict__") else old
        self._undo.append(lambda: delattr(target, name) if own is _missing else setattr(target, name, own))
        setattr(target, name, value)

    def delattr(self, target, name=_missing, raising=True):
        if name is _missing:
            target, name = _resolve(target)
        if not hasattr(target, name):
            if raising:
                raise AttributeError(name)
            return
        old = inspect.getattr_static(target, name)
        self._undo.append(lambda: setattr(target, name, old))
        delattr(target, name)

    def setitem(self, dic, name, value):
        old = dic.get(name, _missing)
        self._undo.append(lambda: dic.pop(name, None) if old is _missing else dic.__setitem__(name, old))
        dic[name] = value

    def delitem(self, dic, name, raising=True):
        if name not in dic:
            if raising:
                raise KeyError(name)
            return
        old = dic[name]
        self._undo.append(lambda: dic.__setitem__(name, old))
        del dic[name]

    def setenv(self, name, value, prepend=None):
        if prepend and name in os.environ:
            value = f"{value}{prepend}{os.environ[name]}"
        self.setitem(os.environ, name, str(value))

    def delenv(self, name, raising=True):
        self.delitem(os.environ, name, raising)

    def chdir(self, path):
        before = os.getcwd()
        self._undo.append(lambda: os.chdir(before))
        os.chdir(path)

    def syspath_prepend(self, path):
        before = sys.path[:]
        self._undo.append(lambda: sys.path.__setitem__(slice(None), before))
        sys.path.insert(0, str(path))

    def undo(self):
        while self._undo:
            self._undo.pop()()


def _resolve(path):
    """The object and the attribute that "package.module.Class.name" names."""
    owner, _, name = path.rpartition(".")
    parts = owner.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = __import__(".".join(parts[:end]), fromlist=["_"])
        except ImportError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found, name
    raise ImportError(path)


class LogCaptureFixture(logging.Handler):
    def __init__(self):
        super().__init__(0)
        self.setFormatter(logging.Formatter("%(levelname)-8s %(name)s:%(filename)s:%(lineno)d %(message)s"))
        self.records, self._levels = [], []
        logging.getLogger().addHandler(self)

    def emit(self, record):
        self.records.append(record)

    handler = property(lambda self: self)
    messages = property(lambda self: [record.getMessage() for record in self.records])
    record_tuples = property(lambda self: [(r.name, r.levelno, r.getMessage()) for r in self.records])
    text = property(lambda self: "".join(f"{self.format(record)}\n" for record in self.records))

    def clear(self):
        self.records = []

    def set_level(self, level, logger=None):
        target = logging.getLogger(logger)
        self._levels.append((target, target.level))
        target.setLevel(level)

    @contextlib.contextmanager
    def at_level(self, level, logger=None):
        target = logging.getLogger(logger)
        before = target.level
        target.setLevel(level)
        try:
            yield
        finally:
            target.setLevel(before)

    def close(self):
        logging.getLogger().removeHandler(self)
        for target, level in reversed(self._levels):
            target.setLevel(level)
        super().close()


class TempPathFactory:
    def __init__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="pytest-"))

    def getbasetemp(self):
        return self._folder

    def mktemp(self, basename, numbered=True):
        for number in range(10_000):
            path = self._folder / (f"{basename}{number}" if numbered else basename)
            if not path.exists():
                path.mkdir()
                return path
        raise OSError("too many folders")


class MockerFixture:
    """pytest-mock's: patches that are undone at the test's end."""

    def __init__(self):
        from unittest import mock

        self._mock, self._started = mock, []
        for name in ("Mock", "MagicMock", "AsyncMock", "PropertyMock", "ANY", "DEFAULT", "call", "sentinel", "mock_open"):
            setattr(self, name, getattr(mock, name))
        start = self._start
        self.patch = lambda *args, **kwargs: start(mock.patch(*args, **kwargs))
        self.patch.object = lambda *args, **kwargs: start(mock.patch.object(*args, **kwargs))
        self.patch.dict = lambda *args, **kwargs: start(mock.patch.dict(*args, **kwargs))
        self.patch.multiple = lambda *args, **kwargs: start(mock.patch.multiple(*args, **kwargs))

    def _start(self, patcher):
        made = patcher.start()
        self._started.append(patcher)
        return made

    def spy(self, owner, name):
        return self.patch.object(owner, name, side_effect=getattr(owner, name), autospec=True)

    def stub(self, name=None):
        return self._mock.MagicMock(name=name, spec=lambda *args, **kwargs: None)

    def stopall(self):
        while self._started:
            self._started.pop().stop()


def _mocker():
    one = MockerFixture()
    yield one
    one.stopall()


def _closed(kind):
    def make():
        one = kind()
        yield one
        (one.undo if kind is MonkeyPatch else one.close)()

    return make


def _recwarn():
    with WarningsRecorder() as recorder:
        yield recorder


def _tmp_path(request, tmp_path_factory):
    name = re.sub(r"\W", "_", request.node.name)[:30]
    return tmp_path_factory.mktemp(name)


def _standing_fixtures():
    found = {
        "tmp_path": _tmp_path,
        "tmp_path_factory": TempPathFactory,
        "capsys": _closed(CaptureFixture),
        "capfd": _closed(CaptureFixture),
        "monkeypatch": _closed(MonkeyPatch),
        "caplog": _closed(LogCaptureFixture),
        "recwarn": _recwarn,
        "mocker": _mocker,
    }
    scopes = {"tmp_path_factory": "session"}
    return {name: FixtureDefinition(one, scopes.get(name, "function"), None, False, name) for name, one in found.items()}


# --- Collecting ------------------------------------------------------------------------------------------------------


class Item:
    """One call of a test: a function or method with its parameters and marks."""

    def __init__(self, name, function, owner, marks, params):
        self.name, self.function, self.owner, self.marks, self.params = name, function, owner, marks, params
        self.nodeid = f"tests.py::{name}"
        self.originalname = function.__name__
        self.cls = owner

    def get_closest_marker(self, name):
        return next((one for one in reversed(self.marks) if one.name == name), None)

    def iter_markers(self, name=None):
        return (one for one in reversed(self.marks) if name in (None, one.name))


def _innermost(function):
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def _is_test_of(value, file):
    if not isinstance(value, types.FunctionType):
        return False
    inner = _innermost(value)
    return isinstance(inner, types.FunctionType) and inner.__code__.co_filename == file


def collect(scope, file):
    """Items of the names in `scope`, in their order: test functions and classes whose code is in `file`."""
    module_marks = [_as_mark(one) for one in _listed(scope.get("pytestmark", []))]
    for name, value in list(scope.items()):
        if name.startswith("test") and _is_test_of(value, file):
            yield from _items(name, value, None, [*module_marks, *_own_marks(value)])
        elif isinstance(value, type) and name.startswith("Test") and not _is_unittest(value):
            yield from _class_items(value, file, module_marks)


def _is_unittest(owner):
    unittest = sys.modules.get("unittest")
    return unittest is not None and issubclass(owner, unittest.TestCase)


def _class_items(owner, file, marks):
    for base in reversed(owner.__mro__):
        marks = [*marks, *(_own_marks(base) if base is not object else [])]
    for base in reversed(owner.__mro__):
        for name, value in list(vars(base).items()):
            one = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
            if name.startswith("test") and _is_test_of(one, file) and inspect.getattr_static(owner, name) is value:
                yield from _items(name, value, owner, [*marks, *_own_marks(one)])


def _listed(found):
    return found if isinstance(found, (list, tuple)) else [found]


def _items(name, function, owner, marks):
    sets = [([], {}, [])]
    for one in [found for found in marks if found.name == "parametrize"]:
        # The mark that stands nearest to the function varies slowest.
        sets = [
            ([*ids, own_id], {**params, **own}, [*more, *own_marks])
            for ids, params, more in sets
            for own_id, own, own_marks in _parameter_sets(one)
        ]
    plain = function.__func__ if isinstance(function, (staticmethod, classmethod)) else function
    for ids, params, more in sets:
        label = f"{name}[{'-'.join(ids)}]" if ids else name
        yield Item(label, plain, owner, [*marks, *[_as_mark(one) for one in more]], params)


def _parameter_sets(mark):
    names, values, *_ = [*mark.args, *[mark.kwargs[key] for key in ("argnames", "argvalues") if key in mark.kwargs]]
    names = [one.strip() for one in names.split(",") if one.strip()] if isinstance(names, str) else list(names)
    ids = mark.kwargs.get("ids")
    indirect = mark.kwargs.get("indirect", False)
    for at, value in enumerate(values):
        one = value if isinstance(value, _Param) else _Param((value,) if len(names) == 1 else tuple(value), [], None)
        if len(one.values) != len(names):
            raise _Failed(f"in parametrize the number of names ({len(names)}) and values ({len(one.values)}) differ")
        own_id = one.id or (ids(one.values[0]) if callable(ids) else ids[at] if ids else None)
        label = str(own_id) if own_id is not None else "-".join(_id_of(v, n, at) for v, n in zip(one.values, names))
        given = {
            name: _Indirect(v) if indirect is True or (indirect and name in indirect) else v
            for name, v in zip(names, one.values)
        }
        yield label, given, one.marks


class _Indirect:
    def __init__(self, value):
        self.value = value


def _id_of(value, name, at):
    if value is None or isinstance(value, (str, int, float, bool)):
        return str(value)
    return getattr(value, "__name__", None) or f"{name}{at}"


# --- Running ---------------------------------------------------------------------------------------------------------


class FixtureRequest:
    def __init__(self, run, item, name=None, param=_missing):
        self._run, self.node, self.fixturename = run, item, name
        self.function, self.cls, self.instance = item.function, item.owner, run.instance
        self.scope, self.config = "function", types.SimpleNamespace(getoption=lambda *a, **k: None)
        if param is not _missing:
            self.param = param

    def getfixturevalue(self, name):
        return self._run.value(name)

    def addfinalizer(self, finalizer):
        self._run.finalizers.append(finalizer)


class _Run:
    """One item's fixtures, and their end."""

    def __init__(self, item, fixtures, kept, chosen):
        self.item, self.fixtures, self.kept, self.chosen = item, fixtures, kept, chosen
        self.values, self.finalizers, self.runner = {}, [], None
        self.instance = None if item.owner is None else item.owner()

    def run_async(self, coroutine):
        if self.runner is None:
            self.runner = asyncio.Runner()
        return self.runner.run(coroutine)

    def value(self, name):
        given = self.item.params.get(name, _missing)
        if given is not _missing and not isinstance(given, _Indirect):
            return given
        if name == "request":
            return FixtureRequest(self, self.item)
        if name in self.values:
            return self.values[name]
        definition = self.fixtures.get(name)
        if definition is None:
            raise _Failed(f"fixture '{name}' not found")
        wide = definition.scope != "function"
        key = (name, self.chosen.get(name, (None,))[0], self.item.owner if definition.scope == "class" else None)
        if wide and key in self.kept.values:
            return self.kept.values[key]
        made = self.make(definition, self.kept.finalizers if wide else self.finalizers)
        (self.kept.values if wide else self.values)[key if wide else name] = made
        return made

    def make(self, definition, finalizers):
        name = definition.name
        given = self.item.params.get(name)
        param = given.value if isinstance(given, _Indirect) else self.chosen[name][1] if name in self.chosen else _missing
        request = FixtureRequest(self, self.item, name, param)
        function = definition.function
        if self.instance is not None and name in _class_fixtures(self.item.owner):
            function = function.__get__(self.instance)
        arguments = {
            one: request if one == "request" else self.fixture_above(one, definition) for one in _argument_names(function)
        }
        made = function(**arguments)
        if inspect.isgenerator(made):
            value = next(made)
            finalizers.append(lambda: next(made, None))
            return value
        if inspect.isasyncgen(made):
            value = self.run_async(made.__anext__())
            finalizers.append(lambda: self.run_async(_drained(made)))
            return value
        return self.run_async(made) if inspect.iscoroutine(made) else made

    def fixture_above(self, name, definition):
        """A fixture that takes one of its own name means that which it hides."""
        return self.make(_standing[name], self.finalizers) if name == definition.name else self.value(name)

    def end(self, finalizers):
        failure = None
        while finalizers:
            try:
                finalizers.pop()()
            except BaseException as error:
                failure = failure or error
        if failure is not None:
            raise failure


async def _drained(generator):
    async for _ in generator:
        pass


def _argument_names(function, is_method=False):
    """Of what has to be given: no `self`, nothing with a default, nothing that `mock.patch` hands in."""
    patched = sum(
        1 for one in getattr(function, "patchings", ()) if not one.attribute_name and one.new is sys.modules["unittest.mock"].DEFAULT
    )
    names = [
        name
        for name, one in inspect.signature(function).parameters.items()
        if one.default is one.empty and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    ]
    return names[patched + is_method :]


def _class_fixtures(owner):
    if owner is None:
        return {}
    found = {}
    for base in reversed(owner.__mro__):
        found.update({value.name: value for value in vars(base).values() if isinstance(value, FixtureDefinition)})
    return found


class _Kept:
    """Values of fixtures that live longer than one test."""

    def __init__(self):
        self.values, self.finalizers = {}, []


_standing = _standing_fixtures()


def run_tests(scope, file, may_skip=True, is_reversed=False):
    """
    Runs all tests of `file` in `scope`, and says how many ran. Raises what the first one that fails raised. `is_reversed`:
    the last test first.
    """
    own = {value.name: value for value in scope.values() if isinstance(value, FixtureDefinition)}
    kept = _Kept()
    state = {"owner": None}
    ran = 0
    call_if_there(scope, "setup_module")
    try:
        items = list(collect(scope, file))
        for item in reversed(items) if is_reversed else items:
            if item.owner is not state["owner"]:
                call_if_there(vars(state["owner"]) if state["owner"] else {}, "teardown_class", state["owner"])
                state["owner"] = item.owner
                call_if_there(vars(item.owner) if item.owner else {}, "setup_class", item.owner)
            fixtures = {**_standing, **own, **_class_fixtures(item.owner)}
            for chosen in _fixture_choices(item, fixtures):
                ran += _run_item(item, fixtures, kept, chosen, scope, may_skip)
        call_if_there(vars(state["owner"]) if state["owner"] else {}, "teardown_class", state["owner"])
    finally:
        _Run.end(None, kept.finalizers)
    call_if_there(scope, "teardown_module")
    return ran


def call_if_there(names, name, *args):
    found = names.get(name)
    if isinstance(found, classmethod):
        found, args = found.__get__(None, *args), ()
    elif isinstance(found, staticmethod):
        found, args = found.__func__, ()
    if callable(found):
        found(*args[: len(inspect.signature(found).parameters)])


def _fixtures_of(item, fixtures):
    """Names that the item needs, directly or through others; those that are used by themselves first."""
    used = [one for found in item.marks if found.name == "usefixtures" for one in found.args]
    wanted = [name for name, one in fixtures.items() if one.autouse] + used + _test_arguments(item)
    seen = []
    while wanted:
        name = wanted.pop(0)
        if name in seen:
            continue
        seen.append(name)
        if name in fixtures and name not in item.params:
            wanted += [one for one in _argument_names(fixtures[name].function) if one not in ("self", "request")]
    return seen


def _test_arguments(item):
    is_static = item.owner is not None and isinstance(
        inspect.getattr_static(item.owner, item.originalname, None), staticmethod
    )
    return _argument_names(item.function, item.owner is not None and not is_static)


def _fixture_choices(item, fixtures):
    """Each way to take one of the params of every fixture that has some."""
    choices = [{}]
    for name in _fixtures_of(item, fixtures):
        params = fixtures[name].params if name in fixtures and name not in item.params else None
        if params is None:
            continue
        values = [one.values[0] if isinstance(one, _Param) else one for one in params]
        choices = [{**choice, name: (at, value)} for choice in choices for at, value in enumerate(values)]
    return choices


def _is_true(condition, scope):
    return bool(eval(condition, {"os": os, "sys": sys, **scope})) if isinstance(condition, str) else bool(condition)


def _why_skipped(item, scope):
    for one in item.marks:
        if one.name == "skip":
            return one.kwargs.get("reason") or (one.args[0] if one.args else "unconditional skip")
        if one.name == "skipif" and any(_is_true(condition, scope) for condition in one.args or [one.kwargs.get("condition")]):
            return one.kwargs.get("reason", "")
    return None


def _xfail_mark(item, scope):
    for one in item.marks:
        conditions = one.args or ([one.kwargs["condition"]] if "condition" in one.kwargs else [])
        if one.name == "xfail" and (not conditions or any(_is_true(condition, scope) for condition in conditions)):
            return one
    return None


def _run_item(item, fixtures, kept, chosen, scope, may_skip):
    reason = _why_skipped(item, scope)
    if reason is not None:
        return 0
    expected = _xfail_mark(item, scope)
    if expected is not None and expected.kwargs.get("run") is False:
        return 0
    try:
        _call_item(item, fixtures, kept, chosen, scope)
    except _Skipped as skipped:
        if not may_skip:
            raise _Failed(f"a test was skipped: {skipped.msg}") from None
        return 0
    except _XFailed:
        return 1
    except BaseException as error:
        kinds = expected.kwargs.get("raises", BaseException) if expected is not None else ()
        if expected is None or not isinstance(error, kinds or BaseException):
            raise
        return 1
    if expected is not None and expected.kwargs.get("strict"):
        raise _Failed(f"[XPASS(strict)] {expected.kwargs.get('reason', '')}")
    return 1


def _call_item(item, fixtures, kept, chosen, scope):
    run = _Run(item, fixtures, kept, chosen)
    try:
        if item.owner is None:
            call_if_there(scope, "setup_function", item.function)
        else:
            call_if_there(_bound(run.instance), "setup_method", item.function)
        for name in _fixtures_of(item, fixtures):
            if name in fixtures and (fixtures[name].autouse or name in _used(item)):
                run.value(name)
        arguments = {name: run.value(name) for name in _test_arguments(item)}
        bound = item.function if item.owner is None else getattr(run.instance, item.originalname)
        result = bound(**arguments)
        if inspect.iscoroutine(result):
            run.run_async(result)
        if item.owner is None:
            call_if_there(scope, "teardown_function", item.function)
    finally:
        try:
            if item.owner is not None:
                call_if_there(_bound(run.instance), "teardown_method", item.function)
        finally:
            try:
                run.end(run.finalizers)
            finally:
                if run.runner is not None:
                    run.runner.close()


def _used(item):
    return [one for found in item.marks if found.name == "usefixtures" for one in found.args]


def _bound(instance):
    return {name: getattr(instance, name, None) for name in ("setup_method", "teardown_method")}
