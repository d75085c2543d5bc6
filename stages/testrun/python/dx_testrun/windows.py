"""Where windows of a recorder begin and end: at imports and at fixtures that live longer than a test; and what reads the
environment."""

import functools
import importlib
import os
import sys

from dx_testrun.window import Window


def watch_environment(recorder):
    kind = type(os.environ)

    class Environment(kind):
        def __getitem__(self, key):
            recorder.current.names.add(key)
            return kind.__getitem__(self, key)

        def __iter__(self):
            recorder.current.names.add("*")
            return kind.__iter__(self)

    os.environ.__class__ = Environment


def watch_imports(recorder):
    """Every module of the project is imported in a window of its own."""
    from importlib import _bootstrap, _bootstrap_external as machinery

    from _pytest.assertion.rewrite import AssertionRewritingHook

    plain_kinds = machinery.SourceFileLoader, AssertionRewritingHook
    for kind in (machinery._LoaderBasics, AssertionRewritingHook):
        wrap(recorder, kind, plain_kinds)
    machinery.ExtensionFileLoader.exec_module = followed(recorder, machinery.ExtensionFileLoader.exec_module)
    _bootstrap.BuiltinImporter.exec_module = staticmethod(followed(recorder, _bootstrap.BuiltinImporter.exec_module))
    plain = importlib.import_module

    @functools.wraps(plain)
    def import_module(name, package=None):
        module = plain(name, package)
        if recorder.current is not recorder.session:
            path = recorder.path(getattr(getattr(module, "__spec__", None), "origin", None) or "")
            if path is not None:
                # It may have been there.
                recorder.current.imports.add(path)
        return module

    # Some have taken it over before: what loads entry points.
    for module in list(sys.modules.values()):
        if issubclass(type(module), type(sys)) and object.__getattribute__(module, "__dict__").get("import_module") is plain:
            module.import_module = import_module


def wrap(recorder, kind, plain_kinds):
    plain = kind.exec_module

    def exec_module(self, module):
        # One frame for each import: how deep imports may nest is limited, and with more of them here it would show.
        path = recorder.path(getattr(module.__spec__, "origin", None) or "")
        begun = None
        if path is None:
            # It is known by its version, with everything that it starts.
            recorder.foreign += 1
        else:
            begun = recorder.begin_module(path, type(self) in plain_kinds)
        try:
            return plain(self, module)
        finally:
            if begun is None:
                recorder.foreign -= 1
                recorder.elsewhere.imported(module)
            else:
                recorder.end_module(path, begun)
                recorder.memories.executed(module, path)

    kind.exec_module = exec_module


def followed(recorder, plain):
    """For modules that are not written in Python."""

    def exec_module(*arguments):
        plain(*arguments)
        recorder.elsewhere.imported(arguments[-1])

    return exec_module


class Fixtures:
    """Fixtures that live longer than a test have windows of their own."""

    def __init__(self, recorder):
        self.recorder = recorder

    def pytest_fixture_setup(self, fixturedef, request):
        if fixturedef.scope == "function":
            yield
            return
        fixturedef._dx_window = window = Window()
        fixturedef._dx_tests = [self.recorder.at]
        known = getattr(request, "_fixture_defs", {})
        window.fixtures.extend(known[name] for name in getattr(fixturedef, "argnames", ()) if name in known)
        with self.recorder.within(window):
            yield
        result = getattr(fixturedef, "cached_result", None)
        if result is not None and result[2] is None:
            self.recorder.memories.object(result[0])


def watch_fixtures(recorder):
    """Who asks for a fixture uses what it used, also where it was there already; and what ends it."""
    from _pytest.fixtures import FixtureDef

    execute, finish = FixtureDef.execute, FixtureDef.finish

    def execute_noted(self, request):
        recorder.current.fixtures.append(self)
        if self.scope != "function" and recorder.at is not None:
            tests = getattr(self, "_dx_tests", None)
            if tests is not None and tests[-1] != recorder.at:
                tests.append(recorder.at)
        return execute(self, request)

    def finish_noted(self, request):
        window = getattr(self, "_dx_window", None)
        if window is None or getattr(self, "cached_result", None) is None:
            return finish(self, request)
        try:
            with recorder.within(window):
                return finish(self, request)
        finally:
            tests = [at for at in self._dx_tests if at is not None and at != recorder.at]
            if tests:
                recorder.ended.append((tests, window))

    FixtureDef.execute, FixtureDef.finish = execute_noted, finish_noted
