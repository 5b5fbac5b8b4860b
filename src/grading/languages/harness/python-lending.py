"""Between the interpreter of the answer and that of its tests: values cross, and whatever is no value is lent.

What is lent stays where it is; the other side holds a stand-in, and each use of it is asked for over the exchange, a
descriptor that only the host hears. Either side may ask while it is asked (a callback), so a question is answered by
whoever waits. Both sides run this file; nothing of the tests comes within the answer's reach but what they hand over.

    {"ask": "name" | "call" | "op" | "get" | "set" | "del" | "await" | "end", ...}  ->  {"value": ...} or {"raised": ...}
"""

import asyncio
import builtins
import collections
import datetime
import decimal
import fractions
import json
import os
import sys
import types

_read, _write = os.read, os.write
_exchange_fd = -1
# "answer" or "tests".
_side = None
# How often the answer was asked for more than its names.
_touched = 0


class _NeedsBeside(BaseException):
    """Something that only lives in the answer's interpreter is needed."""


_why_beside = None


def _beside(why):
    global _why_beside
    _why_beside = why
    raise _NeedsBeside(why)


# --- The exchange ----------------------------------------------------------------------------------------------------


def _say(message):
    _write(_exchange_fd, _dumps(message).encode("utf-8", "replace"))


def _hear():
    size = int(_read(_exchange_fd, 12))
    parts = []
    while size > 0:
        part = _read(_exchange_fd, size)
        size -= _len(part)
        parts.append(part)
    return _loads(b"".join(parts))


def _ask(message, given=()):
    """The other side's reply; until it comes, its questions are answered. `given`: arguments that may be changed in place."""
    global _touched
    if message["ask"] != "name":
        _touched += 1
    _say(message)
    while True:
        heard = _hear()
        if "ask" not in heard:
            break
        _say(_answered(heard))
    if heard.get("raised") is not None:
        raise _error_here(heard["raised"])
    for arg, after in zip(given, heard.get("after", ())):
        _put_back(arg, after)
    return _here(heard["value"])


def serve(_request):
    """Answers what the tests ask, until the host ends it."""
    while True:
        heard = _hear()
        if heard["ask"] == "end":
            return {"output": _out.size}
        _say(_answered(heard))


# --- What this side has lent -----------------------------------------------------------------------------------------

_mine = []
_number_of = {}
# Numbers of what was handed over; the others only describe its class.
_handed = set()
_described = set()


def _number(x):
    number = _number_of.get(_id(x))
    if number is None:
        number = _number_of[_id(x)] = _len(_mine)
        _mine.append(x)
    return number


def _hand(x):
    number = _number(x)
    _handed.add(number)
    return number


def _own(number):
    if number not in _handed:
        raise TypeError("not here")
    return _mine[number]


def _is_public(x, name):
    """What an answer may see of the tests: public names of objects whose class they define."""
    return _side == "answer" or (
        not name.startswith("_") and getattr(_type(x), "__module__", None) == "tests"
    )


def _answered(message):
    try:
        return _ASKED[message["ask"]](message)
    except BaseException as error:
        return {"raised": _error_there(error)}


def _asked_name(message):
    return {"value": _there(_answer.__dict__[message["name"]])}


def _asked_call(message):
    args = [_here(arg) for arg in message["args"]]
    kwargs = {name: _here(arg) for name, arg in message["kwargs"].items()}
    result = _own(message["id"])(*args, **kwargs)
    if message.get("run") and _type(result) is types.CoroutineType:
        result = _run(result)
    return {"value": _there(result), "after": [_after(arg) for arg in args]}


def _asked_op(message):
    x, op = _own(message["id"]), message["op"]
    if op not in _FORWARDED or (
        _side == "tests" and op not in ("__call__", "__iter__", "__next__") and not _is_public(x, "x")
    ):
        raise TypeError("not here")
    args = [_here(arg) for arg in message["args"]]
    result = getattr(_type(x), op)(x, *args)
    if op == "__iter__" and _type(result) in _FINITE:
        return {"value": {"t": "iter", "v": [_there(item) for item in result]}}
    return {"value": _there(result)}


def _asked_get(message):
    x, name = _own(message["id"]), message["name"]
    if not _is_public(x, name):
        raise AttributeError(name)
    return {"value": _there(getattr(x, name))}


def _asked_set(message):
    x, name = _own(message["id"]), message["name"]
    if not _is_public(x, name):
        raise AttributeError(name)
    setattr(x, name, _here(message["to"]))
    return {"value": {"t": "null"}}


def _asked_del(message):
    x, name = _own(message["id"]), message["name"]
    if not _is_public(x, name):
        raise AttributeError(name)
    delattr(x, name)
    return {"value": {"t": "null"}}


def _asked_await(message):
    return {"value": _there(_run(_wait_for(_own(message["id"]))))}


async def _wait_for(awaitable):
    return await awaitable


_ASKED = {
    "name": _asked_name,
    "call": _asked_call,
    "op": _asked_op,
    "get": _asked_get,
    "set": _asked_set,
    "del": _asked_del,
    "await": _asked_await,
}

_loop_here = None


def _run(coroutine):
    """To its end, also from within a running loop; loops of one program are one, since locks and queues belong to it."""
    global _loop_here
    outer = asyncio.events._get_running_loop()
    asyncio.events._set_running_loop(None)
    try:
        if outer is not None:
            return asyncio.new_event_loop().run_until_complete(coroutine)
        if _loop_here is None:
            _loop_here = asyncio.new_event_loop()
        return _loop_here.run_until_complete(coroutine)
    finally:
        asyncio.events._set_running_loop(outer)


# --- To the other side -----------------------------------------------------------------------------------------------

_FINITE = {_type(iter(x)) for x in ([], (), set(), {}, {}.values(), {}.items(), "", b"")}
_PLAIN_BASES = (bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict)
_MODULES = ("builtins", "math", "operator", "decimal", "fractions", "datetime", "collections", "functools", "itertools")


# With these, and something that calls what it is given, an answer would reach into objects of the tests.
_NOT_BY_NAME = set(
    "eval exec compile open __import__ globals locals vars dir type getattr setattr delattr breakpoint input help "
    "attrgetter methodcaller".split()
)


def _plain_base(kind):
    for base in kind.__mro__:
        if base in _PLAIN_BASES:
            return base
    return None


def _by_name(x):
    """`["math", "sqrt"]` for what both sides have under the same name."""
    module = getattr(x, "__module__", None)
    name = getattr(x, "__qualname__", None)
    if module not in _MODULES or _type(name) is not str:
        return None
    return [module, name] if _named(module, name) is x else None


def _named(module, name):
    # A class of a module, or a method of one; never on through what these hold.
    parts = name.split(".")
    if module not in _MODULES or _len(parts) > 2 or any(part in _NOT_BY_NAME or part.startswith("_") for part in parts):
        return None
    found = sys.modules.get(module) or __import__(module)
    for part in parts:
        found = getattr(found, part, None)
    return found


def _there(x):
    """Encoded for the other side: as a value where it is one, else lent."""
    return _encode_shared(x, _Budget(), frozenset())


def _after(x):
    """What became of an argument: only what can be put back."""
    return _there(x) if _type(x) in (list, dict, set, bytearray) or _type(x) in _DICTS else {"t": "null"}


def _encode_shared(x, budget, above):
    kind = _type(x)
    theirs = _their_number.get(_id(x))
    if theirs is not None:
        return {"t": "yours", "id": theirs}
    if x is NotImplemented:
        return {"t": "not_implemented"}
    if kind in _SEQUENCES or (kind in _DICTS and kind is not collections.Counter):
        budget.left -= 1
        if budget.left < 0 or _len(above) > _MAX_DEPTH or _id(x) in above:
            return _lent(x, budget, above)
        deeper = above | {_id(x)}
        if kind in _SEQUENCES:
            return {"t": _SEQUENCES[kind], "v": [_encode_shared(item, budget, deeper) for item in list(x)]}
        pairs = [
            [_encode_shared(key, budget, deeper), _encode_shared(value, budget, deeper)]
            for key, value in dict.items(x)
        ]
        return {"t": "dict", "v": pairs}
    if kind is range:
        return {"t": "made", "of": "range", "args": [_str(x.start), _str(x.stop), _str(x.step)]}
    if kind is decimal.Decimal:
        return {"t": "made", "of": "Decimal", "args": [_str(x)]}
    if kind is fractions.Fraction:
        return {"t": "made", "of": "Fraction", "args": [_str(x.numerator), _str(x.denominator)]}
    if kind in (datetime.date, datetime.datetime, datetime.time) and getattr(x, "tzinfo", None) is None:
        return {"t": "made", "of": kind.__name__, "args": [x.isoformat()]}
    if kind is datetime.timedelta:
        return {"t": "made", "of": "timedelta", "args": [_str(x.days), _str(x.seconds), _str(x.microseconds)]}
    if kind is collections.Counter:
        return {"t": "Counter", "v": _encode_shared(dict(x), budget, above)}
    if kind is collections.deque:
        return {"t": "deque", "v": _encode_shared(list(x), budget, above)}
    if kind is bytearray:
        return {"t": "bytearray", "v": x.hex()}
    plain = _encode(x, budget, above)
    return _lent(x, budget, above) if plain["t"] == "opaque" else plain


def _lent(x, budget, above):
    named = _by_name(x)
    if named is not None:
        return {"t": "named", "name": named}
    if _isinstance(x, _type):
        _hand(x)
        return {"t": "class", "cls": _class_there(x)}
    kind = _type(x)
    if kind is types.FunctionType:
        doc = x.__doc__ if _type(x.__doc__) is str else None
        is_async = bool(x.__code__.co_flags & 0x80)
        return {"t": "function", "id": _hand(x), "name": x.__name__, "doc": doc, "async": is_async}
    if kind in _PLAIN_BASES:
        # Within itself, or too deep to be a value.
        return _opaque(x)
    value = {"t": "lent", "id": _hand(x), "cls": _class_there(kind)}
    base = _plain_base(kind)
    if base is not None and _id(x) not in above:
        deeper = above | {_id(x)}
        # Read by the base's own methods: what the class says of itself does not count.
        if base is dict:
            pairs = dict.items(x)
            value["base"] = {
                "t": "dict",
                "v": [[_encode_shared(k, budget, deeper), _encode_shared(v, budget, deeper)] for k, v in pairs],
            }
        elif base in _SEQUENCES:
            items = list(base.__iter__(x))
            value["base"] = {"t": _SEQUENCES[base], "v": [_encode_shared(item, budget, deeper) for item in items]}
        else:
            exact = {bool: int.__int__, int: int.__int__, float: float.__float__, str: str.__str__}.get(base)
            value["base"] = _encode_shared(exact(x) if exact else base(x), budget, deeper)
    if _issubclass(kind, BaseException):
        value["args"] = [_encode_shared(arg, budget, above | {_id(x)}) for arg in BaseException.args.__get__(x)]
    return value


def _class_there(kind):
    if kind in _PLAIN_BASES or (kind.__module__ == "builtins" and _issubclass(kind, BaseException)):
        return {"std": kind.__name__}
    number = _number(kind)
    if number in _described:
        return {"id": number}
    _described.add(number)
    base = _plain_base(kind)
    defined = set()
    for one in kind.__mro__:
        if one is not object and (base is None or one.__module__ == _side) and not _is_builtin_exception(one):
            defined.update(one.__dict__)
    bases = []
    for one in kind.__bases__:
        if one.__module__ == _side or _class_is_known(one):
            bases.append(_class_there(one))
        else:
            plain = _plain_base(one)
            if plain is not None:
                bases.append({"std": plain.__name__})
    doc = kind.__doc__ if _type(kind.__doc__) is str else None
    name = _type.__dict__["__name__"].__get__(kind)
    own_hash = getattr(kind, "__hash__", None)
    return {
        "id": number,
        "name": name,
        "doc": doc,
        "bases": bases,
        "ops": sorted(defined & _FORWARDED),
        "hash": None if own_hash is None else own_hash is not object.__hash__,
        "std_name": _by_name(kind) or ([kind.__module__, name] if kind in _LOOKED_LIKE else None),
    }


def _is_builtin_exception(one):
    return one.__module__ == "builtins" and _issubclass(one, BaseException)


def _class_is_known(kind):
    return kind in _PLAIN_BASES or _is_builtin_exception(kind)


# Stand-ins of these pass for them where tests look at the type.
_LOOKED_LIKE = {types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, types.MethodType}


def _error_there(error):
    theirs = _their_number.get(_id(error))
    told = raised(error, "answer.py" if _side == "answer" else "tests.py")
    if theirs is not None:
        told["error"] = {"t": "yours", "id": theirs}
        return told
    kind = _type(error)
    if kind.__module__ == "builtins":
        told["args"] = [_there(arg) for arg in BaseException.args.__get__(error)]
    else:
        told["error"] = _there(error)
    cause = error.__cause__
    if cause is not None and cause is not error:
        told["cause"] = {"types": raised(cause, "")["types"], "message": _safe_text(cause)}
    return told


def _safe_text(x):
    try:
        return _str(x)[:500]
    except BaseException:
        return ""


# --- From the other side ---------------------------------------------------------------------------------------------

_theirs = {}
_their_number = {}
_their_classes = {}
_MADE = {
    "Decimal": lambda text: decimal.Decimal(text),
    "Fraction": lambda n, d: fractions.Fraction(int(n), int(d)),
    "date": lambda text: datetime.date.fromisoformat(text),
    "datetime": lambda text: datetime.datetime.fromisoformat(text),
    "time": lambda text: datetime.time.fromisoformat(text),
    "timedelta": lambda d, s, u: datetime.timedelta(int(d), int(s), int(u)),
    "range": lambda a, b, c: range(int(a), int(b), int(c)),
}
_STD = {kind.__name__: kind for kind in _PLAIN_BASES}
_STD.update(
    {name: x for name, x in vars(builtins).items() if _isinstance(x, _type) and _issubclass(x, BaseException)}
)


def _here(value):
    kind = value["t"]
    if kind == "yours":
        return _own(value["id"])
    if kind in ("list", "tuple", "set", "frozenset", "iter"):
        items = [_here(item) for item in value["v"]]
        if kind == "list":
            return items
        return {"tuple": tuple, "set": set, "frozenset": frozenset, "iter": iter}[kind](items)
    if kind == "dict":
        return {_here(key): _here(item) for key, item in value["v"]}
    if kind == "made":
        return _MADE[value["of"]](*value["args"])
    if kind == "Counter" or kind == "deque":
        return getattr(collections, kind)(_here(value["v"]))
    if kind == "bytearray":
        return bytearray.fromhex(value["v"])
    if kind == "not_implemented":
        return NotImplemented
    if kind == "named":
        found = _named(*value["name"])
        if found is None:
            raise TypeError(f"{value['name']} is not known here")
        return found
    if kind == "opaque":
        return _Opaque()
    if kind == "class":
        return _class_here(value["cls"])
    if kind == "function":
        return _theirs.get(value["id"]) or _keep(value["id"], _function_here(value))
    if kind == "lent":
        known = _theirs.get(value["id"])
        return known if known is not None else _keep(value["id"], _object_here(value))
    return decode(value)


class _Opaque:
    """What cannot be looked into: equal to nothing."""


def _keep(number, stand_in):
    _theirs[number] = stand_in
    _their_number[_id(stand_in)] = number
    return stand_in


def _object_here(value):
    kind = _class_here(value["cls"])
    if kind in _PLAIN_BASES:
        # A value, and not something lent: the same number is everybody's.
        raise TypeError("nonsense")
    base = _plain_base(kind)
    if base is not None and "base" in value:
        plain = _here(value["base"])
        made = base.__new__(kind) if base in (list, set, dict) else base.__new__(kind, plain)
        if base is list:
            list.extend(made, plain)
        elif base in (set, dict):
            base.update(made, plain)
        return made
    if _issubclass(kind, BaseException):
        args = [_here(arg) for arg in value.get("args", [])]
        made = BaseException.__new__(kind, *args)
        made.args = tuple(args)
        return made
    return object.__new__(kind)


def _function_here(about):
    number = about["id"]

    def ask(args, kwargs):
        return _ask_call(number, args, kwargs, run=about["async"])

    if about["async"]:

        async def stand_in(*args, **kwargs):
            return ask(args, kwargs)

    else:

        def stand_in(*args, **kwargs):
            return ask(args, kwargs)

    stand_in.__name__ = stand_in.__qualname__ = about["name"]
    stand_in.__doc__ = about["doc"]
    return stand_in


def _ask_call(number, args, kwargs, run=False):
    message = {
        "ask": "call",
        "id": number,
        "args": [_there(arg) for arg in args],
        "kwargs": {name: _there(arg) for name, arg in kwargs.items()},
        "run": run,
    }
    return _ask(message, args)


def _put_back(arg, after):
    """What the other side did to an argument in place."""
    kind = _type(arg)
    if kind is list and after["t"] == "list":
        arg[:] = _here(after)
    elif kind in _DICTS and after["t"] == "dict":
        new = _here(after)
        arg.clear()
        arg.update(new)
    elif kind is set and after["t"] == "set":
        new = _here(after)
        arg.clear()
        arg.update(new)
    elif kind is bytearray and after["t"] == "bytearray":
        arg[:] = _here(after)


def _error_here(told):
    if "error" in told:
        error = _here(told["error"])
        if _isinstance(error, BaseException):
            return error
    kind = next((_STD[name] for name in told["types"] if name in _STD), Exception)
    try:
        error = kind(*[_here(arg) for arg in told["args"]]) if "args" in told else kind(told["message"])
    except BaseException:
        error = Exception(told["message"])
    cause = told.get("cause")
    if cause is not None:
        error.__cause__ = next((_STD[name] for name in cause["types"] if name in _STD), Exception)(cause["message"])
    return error


# --- Stand-ins for objects and classes -------------------------------------------------------------------------------

_COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
_BINARY = (
    "add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift "
    "radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor rlshift rrshift "
    "iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor ilshift irshift"
).split()
_OTHERS = (
    "neg pos abs invert len getitem setitem delitem contains iter next reversed bool call enter exit int float index "
    "complex round trunc floor ceil str repr format bytes aiter anext aenter aexit await missing fspath hash"
).split()
_FORWARDED = {f"__{name}__" for name in [*_BINARY, *_OTHERS]} | set(_COMPARISONS)
# `abs(f(1) - 2) < 0.1`, `2 in f(1)`: they hand over what is expected.
_TELLING = {f"__{name}__" for name in _BINARY} | {"__contains__"}
# Classes that the tests know by a name of their own.
_named_by_tests = []


def _revealing(op):
    """Hands over what is expected: only for objects of a class that the tests name, or that derives from one."""
    forward = _forward(op)

    def method(self, *args):
        known = any(one is base for one in _named_by_tests for base in _type(self).__mro__)
        if _side == "answer" or known:
            return forward(self, *args)
        if op == "__contains__":
            raise TypeError("the tests do not name its class")
        return NotImplemented

    method.__name__ = op
    return method



def _forward(op):
    def method(self, *args):
        number = _their_number.get(_id(self))
        if number is None:
            return NotImplemented
        return _ask({"ask": "op", "id": number, "op": op, "args": [_there(arg) for arg in args]})

    method.__name__ = op
    return method


def _called(self, *args, **kwargs):
    return _ask_call(_their_number[_id(self)], args, kwargs)


def _compared(op):
    def method(self, other):
        # Never with a value of ours in hand: what it is compared with would be told.
        if _id(other) not in _their_number or _id(self) not in _their_number:
            return NotImplemented
        return _ask({"ask": "op", "id": _their_number[_id(self)], "op": op, "args": [_there(other)]})

    return method


def _awaited(self):
    return _ask({"ask": "await", "id": _their_number[_id(self)]})
    yield


def _got(self, name):
    number = _their_number.get(_id(self))
    if number is None:
        raise AttributeError(name)
    return _ask({"ask": "get", "id": number, "name": name})


def _put(self, name, to):
    number = _their_number.get(_id(self))
    if number is None or (name.startswith("__") and _isinstance(self, BaseException)):
        return object.__setattr__(self, name, to)
    _ask({"ask": "set", "id": number, "name": name, "to": _there(to)})


def _removed(self, name):
    _ask({"ask": "del", "id": _their_number[_id(self)], "name": name})


class _LentClass(type):
    """A class of the other side: made, asked for attributes and, as enums are, gone over there."""

    def __new__(meta, name, bases, namespace, **kwargs):
        _beside("the tests derive from a class of the answer")

    def __init__(cls, *args, **kwargs):
        pass

    def __call__(cls, *args, **kwargs):
        return _ask_call(_their_number[_id(cls)], args, kwargs)

    def __getattr__(cls, name):
        return _got(cls, name)

    def __setattr__(cls, name, to):
        _put(cls, name, to)

    def __iter__(cls):
        return _ask({"ask": "op", "id": _their_number[_id(cls)], "op": "__iter__", "args": []})

    def __len__(cls):
        return _ask({"ask": "op", "id": _their_number[_id(cls)], "op": "__len__", "args": []})

    def __bool__(cls):
        return True

    def __getitem__(cls, key):
        op = {"ask": "op", "id": _their_number[_id(cls)], "op": "__getitem__", "args": [_there(key)]}
        return _ask(op)

    def __contains__(cls, item):
        return _ask({"ask": "op", "id": _their_number[_id(cls)], "op": "__contains__", "args": [_there(item)]})


def _class_here(about):
    if "std" in about:
        return _STD[about["std"]]
    number = about["id"]
    known = _their_classes.get(number)
    if known is not None:
        return known
    # Two bases of the same layout, or one that is the base of another, cannot be mixed as they stand.
    bases = []
    for base in map(_class_here, about["bases"]):
        if not any(_issubclass(one, base) for one in bases):
            bases.append(base)
    plain = any(_plain_base(base) for base in bases)
    namespace = {"__doc__": about["doc"], "__module__": "answer" if _side == "tests" else "tests"}
    if not bases:
        namespace["__slots__"] = ("__weakref__",)
    for op in about["ops"]:
        if op in _COMPARISONS:
            if not plain:
                namespace[op] = _compared(op)
        elif op in _TELLING:
            namespace[op] = _revealing(op)
        elif op == "__call__":
            namespace[op] = _called
        elif op == "__await__":
            namespace[op] = _awaited
        else:
            namespace[op] = _forward(op)
    if not plain and about["hash"] is not None:
        namespace["__hash__"] = _forward("__hash__") if about["hash"] else object.__hash__
    if not any(_issubclass(base, BaseException) for base in bases) and not plain:
        namespace.setdefault("__repr__", _forward("__repr__"))
    namespace.update({"__getattr__": _got, "__setattr__": _put, "__delattr__": _removed})
    std_name = about.get("std_name")
    if std_name is not None:
        std = getattr(types, {"generator": "GeneratorType", "coroutine": "CoroutineType"}.get(std_name[1], ""), None)
        if std is not None:
            namespace["__class__"] = property(lambda self: std)
    made = _type.__new__(_LentClass, about["name"], tuple(bases) or (object,), namespace)
    _their_classes[number] = made
    _keep(number, made)
    return made
