"""Runs an answer and its tests in one interpreter, as CPython itself would, and watches what the answer does meanwhile.

The tests decide. What an answer does that could have bent the tests is marked, and the host has the answer judged again
in an interpreter of its own:

- "reach": it reads frames, walks the heap, patches machinery of the tests, and the like;
- "lie": an object of it is equal to values that differ.

Marks go out at once, through a device that only takes them, so an answer can add marks and take none away. All state is
in the cells of one function, and every name that is used after the answer has loaded is bound before: patched built-ins
do not reach this file. Only built-in functions and exact types are trusted; classes are compared by `is`.
"""


def _make_shared(raised):
    import _thread
    import ast
    import builtins
    import gc
    import operator
    import sys
    import types
    import linecache
    import pytest
    import warnings
    from _json import encode_basestring_ascii as quoted

    from _weakref import ref
    from json import loads

    all_, any_, bool_, dict_, float_, int_, len_, list_, map_, set_, sorted_, str_, tuple_, type_, zip_ = (
        all, any, bool, dict, float, int, len, list, map, set, sorted, str, tuple, type, zip,
    )
    callable_, compile_, exec_, getattr_, id_, isinstance_, issubclass_, iter_ = (
        callable, compile, exec, getattr, id, isinstance, issubclass, iter,
    )
    object_, BaseException_, Exception_, KeyError_, RuntimeError_, TypeError_ = (
        object, BaseException, Exception, KeyError, RuntimeError, TypeError,
    )
    is_ = operator.is_
    str_replace, str_starts, str_ends = str.replace, str.startswith, str.endswith
    str_join, str_encode = str.join, str.encode
    dict_values, dict_items, dict_keys, dict_get = dict.values, dict.items, dict.keys, dict.get
    getframe = sys._getframe
    send_mark, library = _send_mark, _LIBRARY
    run_tests = pytest.run_tests
    Function, Code, Module, Coroutine = types.FunctionType, types.CodeType, types.ModuleType, types.CoroutineType
    class_dict = type.__dict__["__dict__"].__get__
    name_of_class = type.__dict__["__name__"].__get__
    mro_of = type.__dict__["__mro__"].__get__
    globals_of = Function.__dict__["__globals__"].__get__
    code_of = Function.__dict__["__code__"].__get__
    stdout, stderr, stdin = sys.stdout, sys.stderr, sys.stdin
    modules = sys.modules

    ANSWER, TESTS = "answer.py", "tests.py"
    OURS = ("python-harness.py", "python-lending.py", "python-shared.py", "python-native.py")
    ANSWER_MODULES = ("answer", "solution", "main", "your_module", "__main__")

    # --- Marks -------------------------------------------------------------------------------------------------------

    class Own(_thread._local):
        """Of each thread. Busy: what happens is our own doing."""

        busy = False

    state = {"watching": False}
    own_of = Own()
    sent = set_()

    def mark(kind, what):
        """Raises where it cannot be sent: then what was to be marked does not happen."""
        text = kind + ":" + what
        if text in sent or len_(sent) > 40:
            return
        was_busy = own_of.busy
        own_of.busy = True
        try:
            send_mark(str_encode(text, "ascii", "replace"))
        finally:
            own_of.busy = was_busy
        sent.add(text)

    # --- What is asked of the interpreter ----------------------------------------------------------------------------

    FRAMES = {"tb_frame", "f_code", "gi_frame", "gi_code", "cr_frame", "cr_code", "ag_frame", "ag_code"}
    INSIDES = {"__code__", "__defaults__", "__kwdefaults__"}
    EVENTS = {
        "sys._getframe": "reads frames",
        "sys._getframemodulename": "reads frames",
        "sys._current_frames": "reads frames",
        "sys._current_exceptions": "reads frames",
        "sys.settrace": "traces",
        "sys.setprofile": "traces",
        "sys.monitoring.register_callback": "traces",
        "gc.get_objects": "walks the heap",
        "gc.get_referrers": "walks the heap",
        "gc.get_referents": "walks the heap",
        "code.__new__": "makes code objects",
        "function.__new__": "makes functions of code objects",
        "marshal.loads": "makes code objects",
        "marshal.load": "makes code objects",
        "os.kill": "sends signals",
        "os.fork": "forks",
        "compile": None,
        "import": None,
        "object.__getattr__": None,
        "object.__setattr__": None,
        "object.__delattr__": None,
        "sys.addaudithook": None,
    }
    # Of the library: they hand frames to whoever calls them.
    HANDS_OUT = {
        "currentframe", "stack", "trace", "getouterframes", "getinnerframes", "walk_stack", "walk_tb", "get_stack",
        "_task_get_stack", "set_trace", "extract_stack", "getgeneratorlocals", "getcoroutinelocals", "getclosurevars",
    }
    CALLS_WHAT_IT_IS_GIVEN = {"run": ("/threading.py", "/futures/thread.py", "/_side_by_side.py"), "_run": ("/asyncio/events.py",)}
    OPENING = {"ctypes", "_ctypes", "_testcapi", "_testinternalcapi", "_xxsubinterpreters", "_interpreters", "_pyodide_core"}

    def is_library(file):
        return str_starts(file, library) or str_starts(file, "<frozen")

    def calls_what_it_is_given(code):
        files = dict_get(CALLS_WHAT_IT_IS_GIVEN, code.co_name)
        return files is not None and str_ends(code.co_filename, files)

    def asker(frame):
        """Null where it is not the answer that asks; else the library function it called, or "" for itself."""
        through = ""
        while frame is not None:
            code = frame.f_code
            file = code.co_filename
            if file == TESTS or file in OURS:
                return None
            if not is_library(file):
                return through
            through = code.co_name
            frame = frame.f_back
        return None

    def hook(event, args):
        if not state["watching"] or own_of.busy:
            return
        if event not in EVENTS and event[:7] != "ctypes.":
            return
        own_of.busy = True
        try:
            what = judged_event(event, args)
        finally:
            own_of.busy = False
        if what is not None:
            mark("reach", what)
        if event == "sys.addaudithook":
            raise RuntimeError_("not here")

    def judged_event(event, args):
        """What to mark, or null."""
        what = dict_get(EVENTS, event)
        if event == "object.__getattr__":
            name = args[1]
            if name in FRAMES:
                what = "reads frames"
            elif name in INSIDES:
                function = args[0]
                if type_(function) is not Function or code_of(function).co_filename not in (TESTS, *OURS):
                    return None
                what = "reads the code of the tests"
            else:
                return None
        elif event == "object.__setattr__" or event == "object.__delattr__":
            if args[1] == "__code__":
                what = "replaces code"
            elif args[1] == "__class__":
                what = "changes the class of an object"
            elif args[1] == "__name__" and isinstance_(args[0], type_):
                what = "renames a class"
            else:
                return None
        elif event == "compile":
            file = args[1]
            if type_(file) is not str_ or not (is_library(file) or file == TESTS or file in OURS):
                return None
            what = "compiles under a foreign name"
        elif event == "import":
            if args[0] not in OPENING:
                return None
            what = "imports " + args[0]
        elif event[:7] == "ctypes.":
            what = "reaches into memory"
        elif event == "sys.addaudithook":
            what = "adds an audit hook"
        frame = getframe(2)
        through = asker(frame)
        # A library function that calls what it was given, in a thread or a loop: its caller stands on no frame.
        if through != "" and calls_what_it_is_given(frame.f_code):
            through = ""
        if through is None:
            return None
        if through == "" or through in HANDS_OUT or event[:7] == "ctypes." or event == "import":
            return what
        # A library that looks at frames for a purpose of its own, as namedtuple and logging do.
        return None

    sys.addaudithook(hook)

    # --- What the answer must not change -----------------------------------------------------------------------------

    known = set_()

    def know_classes():
        """Those that are there before there is an answer."""
        known.update(id_(one) for one in gc.get_objects() if isinstance_(one, type_))

    know_classes()
    # An answer that mentions one of these is marked, because no audit event reports their use.
    INNER_NAMES = {
        "__globals__", "__closure__", "cell_contents", "f_back", "f_locals", "f_globals", "f_builtins", "__subclasses__",
        "__builtins__", "settrace_all_threads", "capture_locals",
    }

    # Of a method that the tests hand over, the object of a test class: its own assertions can be put on it unseen.
    OF_TEST_CLASSES = INNER_NAMES | {"__self__"}

    def mentions_inner(code, inner):
        stack = [code]
        while stack:
            one = stack.pop()
            for name in one.co_names:
                if name in inner:
                    return name
            for const in one.co_consts:
                if type_(const) is Code:
                    stack.append(const)
                elif type_(const) is str_ and const in inner:
                    return const
                elif type_(const) is tuple_:
                    # Names of arguments in a call.
                    for item in const:
                        if type_(item) is str_ and item in inner:
                            return item
        return None

    # Name and module: whoever puts another one there has replaced all of it.
    watched_modules = []
    # Of each watched namespace: how it is called, the dict, its keys and values, whether every change counts.
    watched = []

    # What recording warnings changes: that is how tests hear of them.
    CHANGED_BY_TESTS = {"warnings._showwarnmsg_impl", "warnings.showwarning"}

    def watch(label, names, strict):
        watched.append((label, names, tuple_(names), tuple_(names.values()), strict))

    def watch_module(name, strict):
        module = dict_get(modules, name)
        if type_(module) is not Module:
            return
        watched_modules.append((name, module))
        watch(name, module.__dict__, strict)
        for value in list_(dict_values(module.__dict__)):
            # Classes of C cannot be patched.
            if isinstance_(value, type_) and value.__flags__ & 0x200 and value.__module__ == name:
                watch(name + "." + name_of_class(value), class_dict(value), strict)

    tests_own = set_()

    def is_of_tests(value):
        """A function or an object that the tests made, or a stand-in of unittest.mock."""
        kind = type_(value)
        if kind is Function:
            return code_of(value).co_filename == TESTS
        if id_(kind) in tests_own or id_(value) in tests_own:
            return True
        return is_mock(value)

    def is_mock(value):
        mock = dict_get(kit, "mock")
        if mock is None:
            return False
        bases = mro_of(type_(value))
        return any_(map_(is_, bases, (mock.NonCallableMock,) * len_(bases)))

    def check_watched(moment):
        own_of.busy = True
        try:
            found = first_change(moment)
        finally:
            own_of.busy = False
        if found is not None:
            mark("reach", "patches " + found)

    def first_change(moment):
        for name, module in watched_modules:
            if dict_get(modules, name) is not module:
                return "the module " + name
        for label, names, keys, values, strict in watched:
            if len_(names) == len_(keys) and all_(map_(is_, names.values(), values)):
                continue
            for key, old in zip_(keys, values):
                new = names.get(key, missing)
                if new is old or label + "." + key in CHANGED_BY_TESTS or not (callable_(old) or type_(old) in (classmethod_, staticmethod_, property_)):
                    continue
                if moment != "loaded" and (is_of_tests(new) or (not strict and not callable_(new))):
                    continue
                return label + "." + key
        return None

    missing = object_()
    classmethod_, staticmethod_, property_ = classmethod, staticmethod, property

    # --- Objects that are equal to anything --------------------------------------------------------------------------

    PLAIN = {
        id_(one)
        for one in (
            bool, int, float, complex, str, bytes, bytearray, range, slice, type(None), type(NotImplemented), type(...),
            type, Function, types.BuiltinFunctionType, types.MethodType, Module, types.GeneratorType, Coroutine,
        )
    }
    SEQUENCES = {id_(one) for one in (list, tuple, set, frozenset)}
    PROBES = 500
    probed = {"left": PROBES, "seed": 1, "recent": []}

    class Unknown:
        __slots__ = ()

    sentinels = []

    def draw_sentinels():
        """Other ones in each run, of several sizes, and no two of them equal: what they are is nowhere to be read."""
        # From 2 on: 0 and 1 are equal to the truth values.
        small = 2 + draw() % 8
        numbers = [
            small, small + 1 + draw() % 4, 13 + draw() % 9, 23 + draw() % 70, 101 + draw() % 800, 1009 + draw() % 9000,
            10**5 + draw(), 2**61 + draw(), -1 - draw() % 50, -1000 - draw(),
        ]
        letter = "abcdefghijklmnopqrstuvwxyz"[draw() % 26]
        texts = [letter, letter + str_(draw() % 90), "word " + letter + " " + str_(draw())]
        sentinels[:] = [
            *numbers, *texts, draw() / 7919 + 0.137, -draw() / 31 - 0.251, None, Unknown(), True, False,
            str_encode(letter), str_encode(letter + letter), *of_each_size(list_), *of_each_size(tuple_),
            {}, {letter: small}, {letter + "2": small}, {letter: small, letter + "2": draw()},
            {draw()}, {letter, draw()}, {letter + "3", draw()},
        ]

    def of_each_size(kind):
        """Of none, one, two and three items, and of each size two that differ."""
        return [kind(draw() % 1000 + 1000 * size for _ in ROUND[:size]) for size in (0, 1, 1, 2, 2, 3, 3)]

    def draw():
        probed["seed"] = (probed["seed"] * 1103515245 + 12345) & 0x7FFFFFFF
        return probed["seed"] >> 8

    def is_lying(x):
        """Equal to values that differ, or less and greater than all, as no honest object is."""
        equal = held = 0
        count = len_(sentinels)
        start = draw() % count
        for step in ROUND[: count + draw() % count]:
            sentinel = sentinels[(start + step) % count]
            try:
                if (x == sentinel) is True:
                    equal += 1 if step < count else 0
                    if equal > 1:
                        return True
            except Exception_:
                pass
        kind = type_(x)
        defined = mro_dicts(kind)
        if any_names(defined, ("__contains__",)):
            for sentinel in sentinels:
                try:
                    held += (sentinel in x) is True
                except Exception_:
                    pass
            if held > 10:
                return True
        if any_names(defined, ("__lt__", "__gt__")):
            try:
                if (x < -1e300) is True or (x > 1e300) is True:
                    return True
            except Exception_:
                pass
        if any_names(defined, ("__sub__", "__rsub__")):
            try:
                first, second = x - 57, x - 104729
                if (first == second) is True:
                    return True
            except Exception_:
                pass
        return False

    ROUND = tuple_(range(128))
    MOST_DEPTH, MOST_ITEMS = 12, 20_000
    attributes_of = object.__getattribute__
    # Read by the built-in class's own methods.
    CONTAINERS = (
        (list, list.__iter__), (tuple, tuple.__iter__), (set, set.__iter__), (frozenset, frozenset.__iter__),
        (dict, dict.values), (dict, dict.keys),
    )
    Member = types.MemberDescriptorType

    def mro_dicts(kind):
        return [class_dict(base) for base in mro_of(kind) if base is not object_]

    def any_names(dicts, names):
        for one in dicts:
            for name in names:
                if name in one:
                    return True
        return False

    def odd_parts(x, depth, found, left):
        """Objects in there whose class came with the answer, and those that they hold in turn."""
        kind = type_(x)
        number = id_(kind)
        left[0] -= 1
        if number in PLAIN or len_(found) >= 8 or depth > MOST_DEPTH or left[0] < 0:
            return
        if number in SEQUENCES:
            for item in x:
                # What most lists are made of is seen at once.
                item_kind = type_(item)
                if item_kind is not int_ and item_kind is not str_:
                    odd_parts(item, depth + 1, found, left)
        elif kind is dict_:
            for key, item in dict_items(x):
                odd_parts(key, depth + 1, found, left)
                odd_parts(item, depth + 1, found, left)
        elif number not in known and number not in tests_own:
            found.append(x)
            for part in held_by(x):
                odd_parts(part, depth + 1, found, left)

    def held_by(x):
        """What is in its attributes: two objects are mostly compared by these."""
        try:
            own = attributes_of(x, "__dict__")
            parts = list_(dict_values(own)) if type_(own) is dict_ else []
        except Exception_:
            parts = []
        bases = mro_of(type_(x))
        for base, items in CONTAINERS:
            if any_(map_(is_, bases, (base,) * len_(bases))):
                parts.extend(items(x))
        for one in mro_dicts(type_(x)):
            for member in list_(one.values()):
                if type_(member) is Member:
                    try:
                        parts.append(member.__get__(x))
                    except Exception_:
                        pass
        return parts

    def seen(x):
        """Every value that the tests compare, calculate with or hand over goes through here."""
        kind = type_(x)
        if kind is int_ or kind is str_ or kind is bool_ or kind is float_ or not state["watching"]:
            return x
        was_busy = own_of.busy
        own_of.busy = True
        try:
            found = []
            odd_parts(x, 0, found, [MOST_ITEMS])
        finally:
            own_of.busy = was_busy
        for one in found:
            probe(one)
        return x

    def heard(x):
        """What is asked to assert something: a mock has been called with objects of the answer."""
        if is_mock(x):
            for one in list_(x.mock_calls):
                for part in one:
                    seen(part if type_(part) is not tuple_ else list_(part))
        return x

    def probe(x):
        if probed["left"] <= 0:
            return
        probed["left"] -= 1
        recent = probed["recent"]
        # Tests may look at when it is let go of.
        try:
            recent.append(ref(x))
        except TypeError_:
            recent.append(lambda: x)
        del recent[:-4]
        if is_lying(x):
            mark("lie", "an object is equal to values that differ")

    # --- The tests, instrumented -------------------------------------------------------------------------------------

    counts = {"asserted": 0}

    def asserted():
        """An assertion has held. What it saw is looked at again: it may have been honest only while it was tried."""
        counts["asserted"] += 1
        probe_again()
        check_watched("run")

    def probe_again():
        recent, probed["recent"] = probed["recent"], []
        for one in recent:
            x = one()
            if x is not None:
                probe(x)
        probed["recent"] = []

    def counted(x):
        asserted()
        return x

    def own(x):
        """A class of the tests."""
        tests_own.add(id_(x))
        kept.append(x)
        return x

    kept = []
    # They stand for functions in the compiled tests: there is no name that an answer could bind anew.
    SEEN, HEARD, ASSERTED, COUNTED, OWN, LOCALS = (
        "\x00seen", "\x00heard", "\x00asserted", "\x00counted", "\x00own", "\x00locals",
    )
    BODY = "tests"
    standing_for = {SEEN: seen, HEARD: heard, ASSERTED: asserted, COUNTED: counted, OWN: own, LOCALS: locals}

    class Instrument(ast.NodeTransformer):
        def call(self, what, *args):
            return ast.Call(ast.Constant(what), list_(args), [])

        def seen(self, node):
            if isinstance_(node, (ast.Constant, ast.Starred, ast.Lambda, ast.JoinedStr)):
                return node
            return ast.copy_location(self.call(SEEN, node), node)

        def visit_Assert(self, node):
            self.generic_visit(node)
            count = ast.copy_location(ast.Expr(self.call(ASSERTED)), node)
            return [node, count]

        def visit_Compare(self, node):
            self.generic_visit(node)
            node.left = self.seen(node.left)
            node.comparators = [self.seen(one) for one in node.comparators]
            return node

        def visit_BinOp(self, node):
            self.generic_visit(node)
            node.left, node.right = self.seen(node.left), self.seen(node.right)
            return node

        def visit_Call(self, node):
            self.generic_visit(node)
            node.args = [self.seen(one) for one in node.args]
            for keyword in node.keywords:
                if keyword.arg is not None:
                    keyword.value = self.seen(keyword.value)
            if isinstance_(node.func, ast.Attribute) and node.func.attr.startswith("assert"):
                node.func.value = ast.copy_location(self.call(HEARD, node.func.value), node)
                return ast.copy_location(self.call(COUNTED, node), node)
            return node

        def visit_ClassDef(self, node):
            self.generic_visit(node)
            node.decorator_list.insert(0, ast.copy_location(ast.Constant(OWN), node))
            return node

    def linked(code):
        consts = tuple_(
            linked(const) if type_(const) is Code else standing_for[const] if type_(const) is str_ and const in standing_for else const
            for const in code.co_consts
        )
        return code.replace(co_consts=consts)

    # Of tests that use these, the top level is a module's.
    NEEDS_MODULE = {
        "globals", "vars", "locals", "exec", "eval", "pickle", "copyreg", "shelve", "multiprocessing", "__main__",
        "get_type_hints", "doctest", "annotations", "__future__",
    }

    def as_body(tree):
        """
        The top level as a function's body: what the tests hand over leads to their module by `__globals__`, which then
        holds none of their names. A name that a function of theirs declares global stays one.
        """
        declared, names = set_(), set_()
        for node in ast.walk(tree):
            if isinstance_(node, ast.Global):
                declared.update(node.names)
            elif isinstance_(node, ast.Name):
                names.add(node.id)
            elif isinstance_(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance_(node, ast.Constant) and type_(node.value) is str_ and "__main__." in node.value:
                return tree
            elif isinstance_(node, (ast.Import, ast.ImportFrom)):
                names.update(alias.name.partition(".")[0] for alias in node.names)
                names.add(getattr_(node, "module", None) or "")
                if any_(alias.name == "*" for alias in node.names):
                    return tree
        if names & NEEDS_MODULE or not tree.body:
            return tree
        body = [ast.Global(sorted_(declared))] if declared else []
        found = ast.Return(ast.Call(ast.Constant(LOCALS), [], []))
        arguments = ast.arguments([], [], None, [], [], None, [])
        parts = [BODY, arguments, [*body, *tree.body, found], [], None, None, []]
        # The last is of Python 3.12 and later.
        function = ast.FunctionDef(*parts[: len_(ast.FunctionDef._fields)])
        return ast.Module([ast.copy_location(function, tree.body[0])], [])

    def compiled(source):
        tree = as_body(Instrument().visit(ast.parse(source, TESTS)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return linked(compile_(ast.fix_missing_locations(tree), TESTS, "exec", dont_inherit=True))

    def imports_in(source):
        names = set_()
        for node in ast.walk(ast.parse(source)):
            if isinstance_(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance_(node, ast.ImportFrom) and node.module is not None and node.level == 0:
                names.add(node.module)
        return sorted_(name for name in names if name not in ANSWER_MODULES)

    def prepare(source):
        """Of the tests, before there is an answer: their code, and what of the library they rest on."""
        code = compiled(source)
        modules["pytest"] = pytest
        watch("builtins", builtins.__dict__, True)
        for name in imports_in(source):
            try:
                __import__(name)
            except BaseException_:
                continue
            if name.partition(".")[0] not in ("unittest", "pytest", "builtins"):
                watch_module(name, False)
        if "unittest" in source or "mock" in source:
            kit["unittest"] = modules["unittest"]
            kit["unittest"].main = nothing
            for name in ("unittest", "unittest.case", "unittest.result", "unittest.suite", "unittest.loader", "unittest.mock"):
                watch_module(name, True)
            kit["mock"] = dict_get(modules, "unittest.mock")
        # Plain assertions need no runner.
        state["collects"] = any_(word in source for word in ("test", "Test"))
        if state["collects"]:
            watch_module("pytest", True)
        watch("the harness", globals_of(raised), True)
        return code

    # What runs the tests, as it was before there was an answer.
    kit = {}
    SKIPPING = (".skip", "skipTest", "SkipTest", "importorskip", "import skip")

    def nothing(*args, **kwargs):
        return None

    # --- The run -----------------------------------------------------------------------------------------------------

    def run_defined(scope):
        """Test functions, classes and unittest cases of the tests, as pytest finds them."""
        ran = run_tests(scope, TESTS, state["may_skip"]) if state["collects"] else 0
        if "unittest" not in kit:
            return ran
        TestCase = kit["unittest"].TestCase
        for value in list_(dict_values(scope)):
            if isinstance_(value, type_) and id_(value) in tests_own and issubclass_(value, TestCase):
                ran += run_case(value)
        return ran

    def run_case(owner):
        unittest = kit["unittest"]
        result = unittest.TestResult()
        # One of its own: what is changed of the usual one loads other tests, or none.
        unittest.TestLoader().loadTestsFromTestCase(owner).run(result)
        for _, trace in [*result.errors, *result.failures]:
            lines = trace.strip().splitlines()
            raise AssertionError(lines[-1])
        wanted = [name for name in list_(class_dict(owner)) if str_starts(name, "test")]
        if result.testsRun < len_(wanted):
            raise AssertionError("not all tests were run")
        if result.skipped and not state["may_skip"]:
            raise AssertionError("a test was skipped: " + str_(result.skipped[0][1])[:100])
        return result.testsRun

    class Scope(dict):
        """The globals of the tests: what they have not bound themselves is the answer's, as it is now."""

    def bind_answer(answer):
        names = answer.__dict__

        def absent(self, name):
            if name in MACHINERY and name != state.get("entry"):
                raise KeyError_(name)
            return names[name]

        Scope.__missing__ = absent

    MACHINERY = {*dir(builtins), "pytest", "unittest", "TestCase", "mock", "approx", "raises"} - {
        "__doc__", "__name__", "__spec__", "__loader__", "__package__",
    }

    def as_text(finished, ran, error, loads_not):
        """JSON, written by what cannot be patched."""
        if error is None:
            error_text = "null"
        else:
            line = error["line"]
            error_text = (
                '{"types": [' + str_join(", ", [quoted(str_(one)) for one in error["types"]]) + '], "message": '
                + quoted(error["message"]) + ', "line": ' + ("null" if type_(line) is not int_ else str_(line)) + "}"
            )
        return (
            '{"finished": ' + ("true" if finished else "false") + ', "asserted": ' + str_(counts["asserted"])
            + ', "ran": ' + str_(ran) + ', "raised": ' + error_text + ', "loaded": ' + ("false" if loads_not else "true") + "}"
        )

    def shared(text):
        request = loads(text)
        state["entry"] = request["entry"]
        # Nobody but the tests may leave tests out.
        state["may_skip"] = any_(word in request["tests"] for word in SKIPPING)
        probed["seed"] = request["seed"]
        draw_sentinels()
        sys.stdout, sys.stderr, sys.stdin = stdout, stderr, stdin
        try:
            tests = prepare(request["tests"])
        except SyntaxError as error:
            return '{"broken": ' + quoted("the tests do not parse: " + str_(error)) + "}"
        answer = Module("answer")
        for name in ANSWER_MODULES:
            modules[name] = answer
        bind_answer(answer)
        handlers = handlers_now()
        try:
            # As in a file: compile() takes no byte order mark.
            code = compile_(request["code"].removeprefix("\ufeff"), ANSWER, "exec", dont_inherit=True)
        except BaseException_ as error:
            return as_text(False, 0, raised(error, ANSWER), True)
        # `inspect.getsource` finds it there; the tests are nowhere.
        lines = request["code"].splitlines(True)
        linecache.cache[ANSWER] = (len_(request["code"]), None, lines, ANSWER)
        has_test_class = "TestCase" in request["tests"] or "class Test" in request["tests"]
        inner = mentions_inner(code, OF_TEST_CLASSES if has_test_class else INNER_NAMES)
        if inner is not None:
            mark("reach", "uses " + inner)
        state["watching"] = True
        try:
            exec_(code, answer.__dict__)
        except BaseException_ as error:
            state["watching"] = False
            return as_text(False, 0, raised(error, ANSWER), True)
        check_watched("loaded")
        scope = Scope(__name__="__main__", __builtins__=builtins)
        ran = 0
        error_there = None
        finished = False
        try:
            exec_(tests, scope)
            body = scope.pop(BODY, None)
            found = body() if type_(body) is Function else scope
            ran = run_defined(found)
            probe_again()
            finished = True
        except BaseException_ as error:
            error_there = raised(error, TESTS)
        check_watched("ended")
        if handlers_now() != handlers:
            mark("reach", "sets signal handlers")
        state["watching"] = False
        return as_text(finished, ran, error_there, False)

    def handlers_now():
        signal = dict_get(modules, "signal")
        return None if signal is None else [id_(handler_of(number)) for number in (2, 14, 15)]

    import signal as _signal

    handler_of = _signal.getsignal
    # A signal handler receives a frame, and no audit event reports it.
    _signal.raise_signal = nothing
    shared.know_classes = know_classes
    return shared
