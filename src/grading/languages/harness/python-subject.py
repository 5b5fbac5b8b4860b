"""Runs in the sandbox: the tests of an answer on code that the case gives, as the code is and with a fault in it.

Whatever module the tests import the code from, and whether they import it at all: what they find is the given code.
"""

import importlib.machinery

_COUNTED_CALLS = ("raises", "warns", "deprecated_call")


class _Placeholder(types.ModuleType):
    """A module by some name of the tests' own; what it has is the subject's."""

    def __init__(self, name, subject):
        super().__init__(name)
        public = [one for one in subject.__dict__ if not one.startswith("_")]
        self.__dict__.update(__path__=[], __all__=subject.__dict__.get("__all__", public), _subject=subject)

    def __getattr__(self, name):
        try:
            return self.__dict__["_subject"].__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None

    def __setattr__(self, name, value):
        if name.startswith("__") or _isinstance(value, _Placeholder):
            super().__setattr__(name, value)
        else:
            setattr(self.__dict__["_subject"], name, value)

    def __delattr__(self, name):
        delattr(self.__dict__["_subject"], name)


class _SubjectFinder:
    """Asked last, for modules that are not here: those that are not of the library, nor known packages, are the subject."""

    def __init__(self, subject, foreign):
        self.subject, self.foreign = subject, {*foreign, *sys.stdlib_module_names}

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in self.foreign or top.startswith("_"):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _Placeholder(spec.name, self.subject)

    def exec_module(self, module):
        pass


class _TooManySteps(BaseException):
    """The code under test has a loop without an end."""


_STEPS_TOOL = 3
_LEAST_STEPS = 50_000


def _count_steps(code, usual):
    """Counts jumps, branches and calls in the given code; ends what takes far more than the usual."""
    limit = None if usual is None else max(_LEAST_STEPS, 20 * usual)
    count = 0

    def step(*args):
        nonlocal count
        count += 1
        if limit is not None and count > limit:
            raise _TooManySteps()

    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        # Before Python 3.12: the time limit ends it.
        return lambda: (0, False)
    monitoring.use_tool_id(_STEPS_TOOL, "steps")
    events = monitoring.events
    counted = (events.JUMP, events.BRANCH, events.PY_START, events.PY_RESUME)
    for event in counted:
        monitoring.register_callback(_STEPS_TOOL, event, step)
    pending = [code]
    while pending:
        one = pending.pop()
        monitoring.set_local_events(_STEPS_TOOL, one, sum(counted))
        pending += [const for const in one.co_consts if _type(const) is types.CodeType]
    return lambda: (count, limit is not None and count > limit)


class _InstrumentAll(_Instrument):
    """Counts the assertions of plain Python, of unittest and of pytest."""

    def visit_Call(self, node):
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if not name.startswith("assert") and name not in _COUNTED_CALLS:
            return node
        return ast.copy_location(ast.Call(ast.Name("__counted__", ast.Load()), [node], []), node)


def _is_collected(tree):
    """Whether a test runner finds something in it: then it is imported, and not run as a program."""
    for node in tree.body:
        name = getattr(node, "name", "")
        if name.startswith("test") or (_isinstance(node, ast.ClassDef) and (name.startswith("Test") or node.bases)):
            return True
    return False


def on_subject(request):
    """Loads the given code, then runs the tests on it; the last first if it is `reversed`."""
    global _out
    _out = _Capture(request["outputBytes"])
    sys.stdout = sys.stderr = _out
    sys.stdin = io.StringIO("")
    subject = types.ModuleType("answer")
    steps = None
    try:
        code = compile(request["code"].removeprefix("\ufeff"), "answer.py", "exec", dont_inherit=True)
        steps = _count_steps(code, request["usualSteps"])
        exec(code, subject.__dict__)
    except _BaseException as error:
        return _subject_result(False, raised(error, "answer.py"), 0, 0, steps, loaded=False)
    asserted = ran = 0

    def count():
        nonlocal asserted
        asserted += 1

    def counted(value):
        count()
        return value

    try:
        tree = ast.parse(request["tests"].removeprefix("\ufeff"), "tests.py")
        sys.meta_path.append(_SubjectFinder(subject, request["foreign"]))
        sys.modules["__main__"] = _Placeholder("__main__", subject)
        scope = {name: value for name, value in subject.__dict__.items() if not name.startswith("__")}
        scope.update(
            __name__="tests" if _is_collected(tree) else "__main__",
            __package__="project.tests",
            __file__="tests.py",
            __asserted__=count,
            __counted__=counted,
        )
        if "unittest" in request["tests"]:
            import unittest

            unittest.main = lambda *args, **kwargs: None
        tree = ast.fix_missing_locations(_InstrumentAll().visit(tree))
        exec(compile(tree, "tests.py", "exec", dont_inherit=True), scope)
        ran = _run_tests(scope, "tests.py", True, request["reversed"]) + _run_cases(scope, request["reversed"])
    except _BaseException as error:
        return _subject_result(False, raised(error, "tests.py"), asserted, ran, steps)
    return _subject_result(True, None, asserted, ran, steps)


def _subject_result(finished, error, asserted, ran, steps, loaded=True):
    count, is_beyond = (0, False) if steps is None else steps()
    result = {"loaded": loaded, "finished": finished and not is_beyond, "asserted": asserted, "ran": ran, "raised": error}
    return {**result, "steps": count, "beyond": is_beyond}


def _run_cases(scope, is_reversed):
    unittest = sys.modules.get("unittest")
    if unittest is None:
        return 0
    ran = 0
    owners = list(scope.values())
    for owner in reversed(owners) if is_reversed else owners:
        if not _isinstance(owner, _type) or not _issubclass(owner, unittest.TestCase) or owner.__module__ != scope["__name__"]:
            continue
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(owner)
        if is_reversed:
            suite = unittest.TestSuite(reversed(list(suite)))
        result = unittest.TestResult()
        suite.run(result)
        ran += result.testsRun
        for _, trace in [*result.errors, *result.failures]:
            raise AssertionError(trace.strip().splitlines()[-1])
    return ran


_OPS["subject"] = on_subject
