"""Runs inside the sandbox: loads an answer, calls it, or runs tests against it. The host decides what is right.

Requests and answers are JSON texts. Values cross as {"t": type, "v": ...}, exact built-in types only; whatever else
comes out is "opaque" and equals nothing. The names that this file needs are bound before any answer is loaded.
"""

import ast
import asyncio
import atexit
import builtins
import collections
import gc
import io
import json
import math
import posix
import sys
import time
import traceback
import types

import _hashes
import _side_by_side
import pytest

_loads, _dumps = json.loads, json.dumps
_type, _id, _len, _str, _isinstance, _issubclass = type, id, len, str, isinstance, issubclass
_BaseException, _Exception = BaseException, Exception
_open, _os_write, _os_close, _O_WRONLY = posix.open, posix.write, posix.close, posix.O_WRONLY
_run_tests, _waited = pytest.run_tests, _side_by_side.waited
_MAX_DEPTH = 100
_MAX_NODES = 300_000

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
sys.setrecursionlimit(1000)

# Where modules come from that are no answer's.
_LIBRARY = ("/lib/python3",)


def _send_mark(text):
    """To a device that takes marks and gives none back."""
    device = _open("/dev/mark", _O_WRONLY)
    try:
        _os_write(device, text)
    finally:
        _os_close(device)


def _before_exit():
    """What an interpreter does before it ends."""
    atexit._run_exitfuncs()


# --- Values ----------------------------------------------------------------------------------------------------------


class _Budget:
    __slots__ = ("left", "bases")

    def __init__(self, bases=False):
        self.left = _MAX_NODES
        # Whether an object of a class that derives from a built-in one is that value.
        self.bases = bases


def _float(x):
    if x != x:
        return "nan"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    return x


_SEQUENCES = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_DICTS = {dict, collections.OrderedDict, collections.Counter, collections.defaultdict}


def _encode(x, budget, above):
    budget.left -= 1
    kind = _type(x)
    if x is None:
        return {"t": "null"}
    if kind is bool:
        return {"t": "bool", "v": x}
    if kind is int:
        return {"t": "int", "v": _str(x)}
    if kind is float:
        return {"t": "float", "v": _float(x)}
    if kind is str:
        # Half a surrogate pair cannot be written as UTF-8.
        try:
            x.encode("utf-8")
        except UnicodeEncodeError:
            return _opaque(x)
        return {"t": "str", "v": x}
    if kind is complex:
        return {"t": "complex", "re": _float(x.real), "im": _float(x.imag)}
    if kind is bytes or kind is bytearray:
        return {"t": "bytes", "v": x.hex()}
    if budget.left < 0 or _len(above) > _MAX_DEPTH or _id(x) in above:
        return _opaque(x)
    deeper = above | {_id(x)}
    if kind in _SEQUENCES:
        return {"t": _SEQUENCES[kind], "v": [_encode(item, budget, deeper) for item in list(x)]}
    if kind in _DICTS:
        return _encode_dict(x, budget, deeper)
    return _encode_base(x, budget, deeper) if budget.bases else _opaque(x)


def _encode_dict(x, budget, above):
    pairs = [[_encode(key, budget, above), _encode(value, budget, above)] for key, value in dict.items(x)]
    return {"t": "dict", "v": pairs}


def _encode_base(x, budget, above):
    """A namedtuple, an IntEnum, a Counter of one's own: the value of its built-in base, read by that base's own methods."""
    if _type(x) is collections.deque:
        return {"t": "list", "v": [_encode(item, budget, above) for item in list(x)]}
    base = _plain_base(_type(x))
    if base is None:
        return _opaque(x)
    if base is dict:
        return _encode_dict(x, budget, above)
    if base in _SEQUENCES:
        return {"t": _SEQUENCES[base], "v": [_encode(item, budget, above) for item in list(base.__iter__(x))]}
    exact = {int: int.__int__, float: float.__float__, str: str.__str__, complex: complex.__complex__}.get(base)
    plain = exact(x) if exact is not None else bytes(bytes.__iter__(x))
    return _encode(plain, budget, above) if _type(plain) is base else _opaque(x)


def _opaque(x):
    kind = _type(x)
    name = _type.__dict__["__name__"].__get__(kind)
    return {"t": "opaque", "type": name, "shown": ""}


def encode(x):
    return _encode(x, _Budget(bases=True), frozenset())


def decode(value):
    kind = value["t"]
    if kind in ("null", "undefined"):
        return None
    if kind == "int":
        return int(value["v"])
    if kind in ("float", "complex"):
        if kind == "complex":
            return complex(float(value["re"]), float(value["im"]))
        return float(value["v"])
    if kind in ("bool", "str", "date"):
        return value["v"]
    if kind == "bytes":
        return bytes.fromhex(value["v"])
    if kind == "dict":
        return {decode(key): decode(item) for key, item in value["v"]}
    items = [decode(item) for item in value["v"]]
    if kind == "list":
        return items
    if kind == "tuple":
        return tuple(items)
    if kind == "set":
        return set(items)
    return frozenset(items)


# --- Exceptions ------------------------------------------------------------------------------------------------------


def raised(error, file):
    """Class names from the most derived, the message, and the last line of `file` on the way."""
    try:
        names = [base.__name__ for base in _type(error).__mro__ if base is not object]
    except _BaseException:
        names = ["Exception"]
    try:
        message = _str(error)[:500]
    except _BaseException:
        message = ""
    if _waited() and _side_by_side.MESSAGE not in message:
        message = f"{message} ({_side_by_side.MESSAGE})"
    line = error.lineno if _type(error) in (SyntaxError, IndentationError, TabError) else None
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == file:
            line = at.tb_lineno
        at = at.tb_next
    return {"types": [_str(name) for name in names], "message": message, "line": line}


# --- Output ----------------------------------------------------------------------------------------------------------


class _Capture(io.TextIOBase):
    def __init__(self, limit):
        self.limit = limit
        self.size = 0
        self.parts = []

    def writable(self):
        return True

    def write(self, text):
        self.size += _len(text)
        if self.size <= self.limit:
            self.parts.append(text)
        else:
            raise MemoryError("too much output")
        return _len(text)

    def taken(self):
        text = "".join(self.parts)
        self.parts = []
        return text


# --- A loop whose sleeps take no time --------------------------------------------------------------------------------


class _NoFiles:
    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("nothing will ever wake this loop")
        self.loop.passed += max(0.0, timeout)
        return []

    def close(self):
        pass


class _Loop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self.passed = 0.0
        self._selector = _NoFiles(self)

    def time(self):
        return self.passed

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass


class _Policy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self):
        return _Loop()


# --- What the host asks for ------------------------------------------------------------------------------------------

_answer = None
# What the last call that keeps its result has made.
_object = None
_out = None


def load(request):
    """Runs the answer's top level as a module of its own; says what it defines."""
    global _answer, _out
    _out = _Capture(request["outputBytes"])
    sys.stdout = sys.stderr = _out
    sys.stdin = io.StringIO("")
    module = types.ModuleType("answer")
    sys.modules["answer"] = module
    _answer = module
    try:
        # As in a file: compile() takes no byte order mark.
        tree = ast.parse(request["code"].removeprefix("\ufeff"), "answer.py")
        exec(compile(tree, "answer.py", "exec", dont_inherit=True), module.__dict__)
    except _BaseException as error:
        return {"raised": raised(error, "answer.py"), "output": _out.size}
    imports = _imports_in(tree)
    # What it merely imports is not its own: tests that use it import it too.
    names = [name for name in module.__dict__ if not name.startswith("__") and name not in imports]
    return {"names": [_str(name) for name in names], "imports": imports, "output": _out.size}


def _imports_in(tree):
    """Each name that an import at the top binds, with a statement that binds it alone."""
    found = {}
    for node in tree.body:
        if not _isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        origin = f"from {node.module} " if _isinstance(node, ast.ImportFrom) and node.level == 0 else ""
        for alias in node.names:
            bound = alias.asname or alias.name.split(".")[0]
            suffix = "" if alias.asname is None else f" as {alias.asname}"
            found[bound] = f"{origin}import {alias.name}{suffix}"
    return found


def call(request):
    global _object
    before = _out.size
    _out.taken()
    args = [decode(value) for value in request["args"]]
    kwargs = {name: decode(value) for name, value in request["kwargs"].items()}
    of_object = request.get("of") == "object"
    if not of_object and request["entry"] not in _answer.__dict__:
        missing = {"types": ["NameError", "Exception"], "message": f"{request['entry']} is not defined", "line": None}
        return {"raised": missing, "stdout": "", "output": _out.size}
    try:
        function = getattr(_object, request["entry"]) if of_object else _answer.__dict__[request["entry"]]
        is_property = of_object and _len(args) + _len(kwargs) == 0 and not callable(function)
        result = function if is_property else function(*args, **kwargs)
        if _type(result) is types.CoroutineType:
            result = asyncio.run(result)
        if request.get("keeps"):
            _object, result = result, None
        value = encode(result)
        after = [encode(arg) for arg in args]
    except _BaseException as error:
        return {"raised": raised(error, "answer.py"), "stdout": _out.taken(), "output": _out.size - before}
    return {"value": value, "argsAfter": after, "stdout": _out.taken(), "output": _out.size - before}


_streams = sys.stdin, sys.stdout, sys.stderr


def script(request):
    """Runs a whole program as `python answer.py` does, on the process's own streams, and says how it ended."""
    sys.stdin, sys.stdout, sys.stderr = _streams
    sys.argv[:] = ["answer.py", *request["args"]]
    module = types.ModuleType("__main__")
    module.__file__ = "/home/guest/answer.py"
    sys.modules["__main__"] = module
    builtins.exit = builtins.quit = sys.exit
    code, error = 0, None
    try:
        try:
            exec(compile(request["code"].removeprefix("\ufeff"), "answer.py", "exec", dont_inherit=True), module.__dict__)
        finally:
            _before_exit()
    except SystemExit as stop:
        code = stop.code
    except _BaseException as caught:
        code, error = 1, raised(caught, "answer.py")
        traceback.print_exception(caught)
    if code is None or code is False or code is True:
        code = int(code or 0)
    elif _type(code) is not int:
        print(code, file=sys.stderr)
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except _BaseException:
            pass
    return {"exit": code & 0xFF, "raised": error}


class _Instrument(ast.NodeTransformer):
    """Counts assertions that hold."""

    def visit_Assert(self, node):
        self.generic_visit(node)
        count = ast.Expr(ast.Call(ast.Name("__asserted__", ast.Load()), [], []))
        return [node, ast.fix_missing_locations(ast.copy_location(count, node))]


def tests(request, scope):
    """Runs the test source to its end in `scope`, then test functions and cases that it defines."""
    asserted = 0

    def count():
        nonlocal asserted
        asserted += 1

    scope.update({"__name__": "tests", "__asserted__": count})
    error = None
    try:
        tree = _Instrument().visit(ast.parse(request["tests"], "tests.py"))
        exec(compile(tree, "tests.py", "exec", dont_inherit=True), scope)
        ran = _run_defined(scope)
        finished = True
    except _BaseException as caught:
        finished = False
        ran = 0
        error = raised(caught, "tests.py")
    return {
        "finished": finished,
        "asserted": asserted,
        "ran": ran,
        "raised": error,
        "touched": _touched,
        "beside": _why_beside,
        "output": 0 if _out is None else _out.size,
    }


def _run_defined(scope):
    """Test functions and unittest cases, as pytest would find them."""
    ran = _run_tests(scope, "tests.py")
    unittest = sys.modules.get("unittest")
    if unittest is None:
        return ran
    for value in list(scope.values()):
        if _isinstance(value, _type) and _issubclass(value, unittest.TestCase) and value.__module__ == "tests":
            result = unittest.TestResult()
            unittest.defaultTestLoader.loadTestsFromTestCase(value).run(result)
            ran += result.testsRun
            for _, trace in [*result.errors, *result.failures]:
                raise AssertionError(trace.strip().splitlines()[-1])
    return ran


def tests_apart(request):
    global _out, _touched
    _out = _Capture(request["outputBytes"])
    sys.stdout = sys.stderr = _out
    named = _identifiers(request["tests"])
    module = types.ModuleType("answer")
    for name in _MODULES_OF_ANSWERS:
        sys.modules[name] = module
    scope = {}
    for statement in request["imports"]:
        try:
            exec(compile(statement, "<import>", "exec", dont_inherit=True), scope)
        except ImportError:
            # The tests say which name they miss.
            pass
    for name in request["names"]:
        # Nobody brings builtins or assertions of their own, but who is asked for one.
        if name in _MACHINERY and name != request["entry"]:
            continue
        value = scope[name] = _ask({"ask": "name", "name": name})
        setattr(module, name, value)
        if name in named and _type(value) is _LentClass:
            _named_by_tests.append(value)
        if _id(value) not in _their_number:
            _touched += 1
    return tests(request, scope)


_MACHINERY = {*dir(builtins), "pytest", "unittest", "TestCase", "mock", "approx", "raises"}


def names_used(request):
    """Names that the tests read, apart from those they bind themselves; null where they do not parse."""
    try:
        tree = ast.parse(request["tests"], "tests.py")
    except SyntaxError as error:
        return {"raised": raised(error, "tests.py")}
    used, bound = set(), set()
    for node in ast.walk(tree):
        if _isinstance(node, ast.Name):
            (used if _isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif _isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif _isinstance(node, ast.arg):
            bound.add(node.arg)
    imported = set()
    for node in ast.walk(tree):
        if _isinstance(node, ast.ImportFrom) and node.module in _MODULES_OF_ANSWERS:
            imported.update(alias.name for alias in node.names)
        elif _isinstance(node, ast.Import) and any(alias.name in _MODULES_OF_ANSWERS for alias in node.names):
            imported.add("*")
    return {"used": sorted((used - bound) | imported)}


_MODULES_OF_ANSWERS = ("answer", "solution", "main", "your_module")


def _identifiers(source):
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return frozenset()
    names = {node.id for node in nodes if _isinstance(node, ast.Name)}
    names.update(node.attr for node in nodes if _isinstance(node, ast.Attribute))
    names.update(alias.name for node in nodes if _isinstance(node, ast.ImportFrom) for alias in node.names)
    return frozenset(names)


_OPS = {
    "load": load,
    "call": call,
    "script": script,
    "apart": tests_apart,
    "names": names_used,
    "serve": lambda request: serve(request),
}


def handle(text):
    request = _loads(text)
    return _dumps(_OPS[request["op"]](request))


def settle(side, exchange_fd):
    """Which of the two interpreters of a test this is, and the descriptor by which it speaks to the other."""
    global _side, _exchange_fd
    _side, _exchange_fd = side, exchange_fd


def install_wheel(path):
    """Unpacks a package into the library, and imports what it has at its top."""
    import importlib
    import sysconfig
    import zipfile

    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        wheel.extractall(sysconfig.get_path("purelib"))
    importlib.invalidate_caches()
    tops = {name.split("/")[0] for name in names if name.endswith("/__init__.py") and name.count("/") == 1}
    tops |= {name[:-3] for name in names if name.endswith(".py") and "/" not in name}
    for name in sorted(tops):
        try:
            importlib.import_module(name)
        except _BaseException:
            # It needs another one, or does not run here: the answer that imports it hears why.
            pass


def seal():
    """Takes away every way from Python into JavaScript; runs once, before the state that programs start from."""
    import pyodide.ffi
    import pyodide.webloop

    def refuse(*args, **kwargs):
        raise PermissionError("not here")

    proxy_type = pyodide.ffi.JsProxy
    for name, module in list(sys.modules.items()):
        if name == "__main__" or _type(module) is not types.ModuleType:
            continue
        for key, value in list(vars(module).items()):
            if _isinstance(value, proxy_type):
                delattr(module, key)
            elif key in ("run_js", "to_js", "create_proxy", "create_once_callable", "eval_code_async", "run_sync"):
                setattr(module, key, refuse)
    # Pyodide's own need what is taken away here.
    asyncio.run = asyncio.runners.run = pyodide.webloop._orig_run
    time.sleep = pyodide.webloop._orig_sleep
    for name, module in list(sys.modules.items()):
        if _type(module) is not types.ModuleType or name.split(".")[0] in ("js", "pyodide", "pyodide_js", "_pyodide", "_pyodide_core"):
            del sys.modules[name]
    # What brought them in keeps hold of them, in cycles that the collector cannot see through.
    sys.meta_path[:] = [finder for finder in sys.meta_path if not _type(finder).__module__.startswith("_pyodide")]
    for one in gc.get_objects():
        if _type(one).__name__ in ("JsFinder", "JsLoader"):
            one.__dict__.clear()
        # Also what the interpreter keeps to import the core once more.
        elif _type(one) is dict and "create_once_callable" in one and one is not globals():
            for key in ("run_js", "to_js", "create_proxy", "create_once_callable", "run_sync", "can_run_sync"):
                one[key] = refuse
    gc.collect()
    asyncio.set_event_loop_policy(_Policy())
    asyncio.events._set_running_loop(None)
    sys.path[:] = [path for path in sys.path if path.startswith("/lib/")]
    sys.argv[:] = ["answer.py"]
    _side_by_side.install()
    _hashes.install()
    for name in ("_side_by_side", "_hashes", "_preload"):
        sys.modules.pop(name, None)
