"""What a file's tests are, from the imported module itself, where pytest's own collection can find nothing else.

A module proves more than its source: every name that pytest would look at is there, with the object that it would see.
Plain functions and methods without arguments, marks and decorations are all that is taken; anything that could be more
gives the whole file back to pytest.
"""

import os
import types

import pytest
from _pytest import fixtures
from _pytest.python import IGNORED_ATTRIBUTES
from dx_testrun.bare import Test
from dx_testrun.planning import foreign

# Plugins that look at marks, coroutines, or things of their own, and at nothing that a plain test has.
KNOWN = ("_pytest", "_hypothesis_pytestplugin", "hypothesis", "anyio", "pytest_cov", "xdist", "dx")
# Those of them that look at each test all the same: of a file that has snapshots, and for its context in coverage.
CURIOUS = ("SnapshotHooks", "TestContextPlugin")
COLLECTING = (
    "pytest_collection_modifyitems",
    "pytest_collectreport",
    "pytest_collectstart",
    "pytest_generate_tests",
    "pytest_itemcollected",
    "pytest_make_collect_report",
    "pytest_make_parametrize_id",
    "pytest_pycollect_makeitem",
)
# Names that mean something to pytest, in a module or in a class.
SPECIAL = frozenset(
    "__dir__ __getattr__ __getattribute__ __init__ __new__ __test__ load_tests pytest_generate_tests pytest_plugins pytestmark"
    " setUpModule setup setup_class setup_function setup_method setup_module"
    " tearDownModule teardown teardown_class teardown_function teardown_method teardown_module".split()
)
# Objects of these types are neither called nor asked.
INERT = frozenset((bool, bytes, complex, dict, float, frozenset, int, list, set, str, tuple, type(None), types.ModuleType))
# inspect.CO_VARARGS, CO_VARKEYWORDS, CO_GENERATOR, CO_COROUTINE, CO_ITERABLE_COROUTINE, CO_ASYNC_GENERATOR
UNUSUAL = 0x04 | 0x08 | 0x20 | 0x80 | 0x100 | 0x200


class Onlookers:
    """Whether anybody but pytest implements one of these hooks. Plugins may come at any time."""

    def __init__(self, config, names):
        self.config, self.plugins, self.names = config, config.pluginmanager, names
        self.everywhere, self.count = None, 0

    def of(self, hook):
        """Folders whose conftests are not those of all have a hook of their own, made anew each time."""
        if hook is not self.config.hook:
            return self.look(hook)
        count = self.plugin_count()
        if self.count != count:
            self.everywhere, self.count = self.look(hook), count
        return self.everywhere

    def look(self, hook):
        callers = [getattr(hook, name) for name in self.names]
        return any(foreign(caller, KNOWN) or is_curious(caller) for caller in callers)

    def plugin_count(self):
        # `get_plugins` makes a set of them all, each time.
        return len(self.plugins._name2plugin)


def is_curious(caller):
    return any(type(impl.plugin).__name__ in CURIOUS for impl in caller.get_hookimpls())


class Light:
    """Collects what is certain, and asks pytest for the rest."""

    def __init__(self, session, dist, on, runners, functions):
        self.session, self.runners = session, runners
        self.functions = functions  # of a recorder, which need not hear of pytest alone
        self.collectors = Onlookers(session.config, COLLECTING)
        config, option = session.config, session.config.option
        # What chooses among items has to see them.
        chosen = any((option.keyword, option.markexpr, getattr(option, "deselect", None)))
        usual = not config.getini("usefixtures") and setting(config, "collect_imported_tests", True)
        self.on = on and usual and not chosen and dist in (None, "no", "load", "worksteal")

    def genitems(self, node):
        """As `Session.genitems` of a file."""
        hook = node.ihook
        if not self.on or type(node) is not pytest.Module or self.collectors.of(hook) or self.runners.of(hook):
            return self.session.genitems(node)
        return self.children(node)

    def children(self, node):
        node.collect = lambda: self.collect(node)
        if self.functions is not None:
            self.functions.rest()
        try:
            report, duplicate = self.session._collect_one_node(node, True)
        finally:
            del node.collect
            if self.functions is not None:
                self.functions.resume()
        if report.passed:
            for child in report.result:
                if type(child) is Test:
                    yield child
                else:
                    yield from self.session.genitems(child)
        if not duplicate:
            node.ihook.pytest_collectreport(report=report)

    def collect(self, node):
        tests = self.tests(node)
        if tests is None:
            if self.functions is not None:
                self.functions.resume()
            return list(type(node).collect(node))
        return tests

    def tests(self, node):
        """The tests of a module, or None where it could have others."""
        names = vars(node.obj)
        if os.path.exists("%s/__snapshots__/%s.snap" % (node.path.parent, node.path.stem)):
            return None
        if not SPECIAL.isdisjoint(names) or next(node.iter_markers(), None) is not None:
            return None
        if next(iter(self.session._fixturemanager._getautousenames(node)), None) is not None:
            return None
        return members(node, names, None)


def members(node, names, cls):
    found = []
    for name, value in list(names.items()):
        if name in IGNORED_ATTRIBUTES or type(value) in INERT:
            continue
        if type(value) is types.FunctionType:
            if node.funcnamefilter(name):
                if not plain(value, 0 if cls is None else 1):
                    return None
                found.append(Test(node, cls, name, value))
            elif special(value):
                return None
        elif cls is None and type(value) is type and node.classnamefilter(name):
            methods = methods_of(node, name, value)
            if methods is None:
                return None
            found.extend(methods)
        elif node.funcnamefilter(name) or node.classnamefilter(name) or special(value):
            return None
    return found


def methods_of(node, name, cls):
    if cls.__mro__ != (cls, object) or cls.__name__ != name or not SPECIAL.isdisjoint(vars(cls)):
        return None
    return members(node, vars(cls), cls)


def plain(function, arguments):
    """A function that is called with nothing, or with its instance."""
    code = function.__code__
    usual = not (code.co_flags & UNUSUAL or code.co_kwonlyargcount or function.__defaults__ or function.__dict__)
    return usual and code.co_argcount == arguments


def special(value):
    """Whether pytest sees a fixture, or a test whose name does not say so."""
    if isinstance(value, type):
        return is_test_case(value) or fixtures.safe_getattr(value, "__test__", False) is True
    if fixtures.getfixturemarker(value) is not None:
        return True
    return fixtures.safe_getattr(value, "__test__", False) is True


def is_test_case(cls):
    import sys

    unittest = sys.modules.get("unittest")
    try:
        return unittest is not None and issubclass(cls, unittest.TestCase)
    except Exception:
        return False


def setting(config, name, default):
    try:
        return config.getini(name)
    except (KeyError, ValueError):
        return default
