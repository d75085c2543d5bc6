"""The lean lane: tests to which pytest's machinery adds nothing, in a small loop instead of pytest's protocol.

pytest sets up for a whole block of tests what it sets up for one: warnings, assertion rewriting, capture, log handlers.
After each test the loop looks whether all of that is as it was, and ends the block where it is not, so that pytest puts
it right. Whatever a test raises or warns is reported through pytest's own hooks, for the node that pytest would have.
"""

import functools
import os
import sys
import types
import warnings

import pytest
from _pytest import python
from _pytest.outcomes import Exit
from _pytest.runner import CallInfo, check_interactive_exception
from _pytest.threadexception import collect_thread_exception
from _pytest.unraisableexception import collect_unraisable
from dx_testrun.bare import Test, item_of
from dx_testrun.kept import Kept
from dx_testrun.light import UNUSUAL, Light, Onlookers

RUNNING = (
    "pytest_assertion_pass",
    "pytest_exception_interact",
    "pytest_fixture_post_finalizer",
    "pytest_fixture_setup",
    "pytest_pyfunc_call",
    "pytest_runtest_call",
    "pytest_runtest_logfinish",
    "pytest_runtest_logreport",
    "pytest_runtest_logstart",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "pytest_runtest_teardown",
)
# Plugins of pytest's whose work the loop takes over, or lets them do for a block.
PARTS = ("assertion", "capture", "runner", "skipping", "threadexception", "unraisableexception", "warnings")
# What is no outcome of a test, where no debugger waits for it.
ENDS_RUN = (Exit, KeyboardInterrupt)
CURRENT = "PYTEST_CURRENT_TEST"
# What a direct parameter's place among the fixtures is taken by.
direct_parameter = getattr(python, "get_direct_param_fixture_func", None)
# Tests take it away.
catch_warnings = warnings.catch_warnings


class Lane:
    """Which tests of a session run in blocks."""

    def __init__(self, worker, dist):
        self.worker, self.config, self.block = worker, worker.config, Block
        option = self.config.option
        self.log = self.config.pluginmanager.get_plugin("logging-plugin")
        self.capture = self.config.pluginmanager.get_plugin("capturemanager")
        shown = any(getattr(option, name, False) for name in ("usepdb", "trace", "setupshow", "setuponly", "setupplan"))
        live = self.log is not None and self.log._log_cli_enabled()
        timed = float(self.config.getini("faulthandler_timeout") or 0) > 0
        whole = all(self.config.pluginmanager.has_plugin(name) for name in PARTS)
        self.on = whole and not (shown or live or timed or worker.result.passing == "reports")
        self.onlookers = Onlookers(self.config, RUNNING)
        functions = worker.recorder and worker.recorder.functions
        self.rests = functions is not None and functions.rests
        self.light = Light(worker.session, dist, self.on, self.onlookers, functions)
        self.refused = set()

    def reach(self, items, at):
        """Where the block that begins at this test ends: at the test itself if it is pytest's."""
        end, parent = at, items[at].parent
        if parent in self.refused or not self.takes(items[at]) or self.onlookers.of(parent.ihook):
            return at
        while end < len(items) and items[end].parent is parent and self.takes(items[end]):
            end += 1
        return end

    def takes(self, item):
        return type(item) is Test or is_known_plain(item)

    def run(self, tests, file, number, after):
        """Runs these tests as far as that goes: how many, and whether those that follow are still this worker's.
        `after` names what will be run then."""
        block = Block.from_parent(tests[0].parent, name=tests[0].name)
        block.begin(self, tests, (file, number), after)
        self.config.hook.pytest_runtest_protocol(item=block, nextitem=None)
        return block.done, block.mine


class Block(pytest.Item):
    """Several tests, in the place of one."""

    def begin(self, lane, tests, at, after):
        self.lane, self.worker, self.tests, self.after = lane, lane.worker, tests, after
        self.file, self.number = at
        self.test = tests[0]
        self.done, self.mine = 0, True
        self.failed = self.kept = None
        self.looked_ahead, self.following = False, None

    @property
    def nodeid(self):
        test = vars(self).get("test")
        return super().nodeid if test is None else test.nodeid

    def protocol(self):
        """What pytest does with an item, between the hooks that wrap it."""
        hook = self.ihook
        with catch_warnings(record=True) as self.warned:
            if not self.phase("setup", hook.pytest_runtest_setup, item=self):
                return self.refuse()
            failed = None if self.phase("teardown", hook.pytest_runtest_call, item=self) else self.failed
            if self.kept is None:
                return self.refuse()
            stops = self.session.shouldfail or self.session.shouldstop
            following = self.following if self.looked_ahead else self.after(self.done, True)
            following = None if stops else following
            if not self.phase("teardown", hook.pytest_runtest_teardown, item=self, nextitem=following):
                failed = failed or self.failed
            if failed is not None:
                self.report(failed)
            self.tell_warnings()
            self.worker.result.tell()

    def phase(self, when, function, **arguments):
        call = CallInfo.from_call(functools.partial(function, **arguments), when, ENDS_RUN)
        self.failed = call if call.excinfo is not None else None
        return self.failed is None

    def refuse(self):
        """Something keeps these tests from being run at all: pytest says so, for each of them."""
        self.ihook.pytest_runtest_teardown(item=self, nextitem=item_of(self.test))
        self.lane.refused.add(self.parent)

    def runtest(self):
        self.kept = Kept(self.lane.capture, self.lane.log, self.lane.onlookers.plugin_count)
        worker, session = self.worker, self.session
        for at, self.test in enumerate(self.tests):
            if at:
                worker.result.tell()
            self.mine = not worker.gives_up(self.file, self.number + at)
            if not self.mine or self.number + at == worker.last:
                self.look_ahead(at + 1)
            os.environ[CURRENT] = self.test.nodeid + " (call)"
            worker.run_lean(self.test, self.file, self.number + at, self.run_one)
            self.done += 1
            if not self.mine or session.shouldfail or session.shouldstop or not self.kept.is_so():
                return

    def look_ahead(self, done):
        """What follows may have to be collected, and pytest does that outside of tests."""
        capture = self.lane.capture
        os.environ.pop(CURRENT, None)
        capture.suspend_global_capture(in_=True)
        self.looked_ahead, self.following = True, self.after(done, self.mine)
        self.kept.forget()
        capture.resume_global_capture()

    def run_one(self):
        with catch_warnings():
            call = CallInfo.from_call(self.call, "call", ENDS_RUN)
            if call.excinfo is None:
                self.worker.result.passed(call.duration)
            else:
                self.report(call)
            # What goes with the test's last frame belongs to it as well.
            if not self.phase("teardown", self.raise_what_was_lost):
                self.report(self.failed)
            elif self.lane.rests:
                self.worker.rest()
            if self.failed is None and self.kept.has_new_plugins():
                self.worker.resume()
                self.report_rest(call)
        self.kept.forget()
        if self.warned:
            self.tell_warnings()
        if call.excinfo is not None:
            forget_error()

    def call(self):
        test = self.test
        if self.lane.rests:
            self.worker.resume()
        result = test.call() if type(test) is Test else call_of(test)()
        if result is not None:
            judge(test, result)
        self.raise_what_was_lost()

    def raise_what_was_lost(self):
        """Exceptions of destructors and threads."""
        collect_unraisable(self.config)
        collect_thread_exception(self.config)

    def report_rest(self, call):
        """A plugin that came with this test may have to see its reports."""
        nothing = functools.partial(CallInfo.from_call, lambda: None)
        for one in [call] * (call.excinfo is None) + [nothing("teardown")]:
            report = self.ihook.pytest_runtest_makereport(item=item_of(self.test), call=one)
            self.ihook.pytest_runtest_logreport(report=report)

    def report(self, call):
        item, hook = item_of(self.test), self.ihook
        remember_error(call.excinfo.value)
        out, err = self.kept.output()
        item.add_report_section(call.when, "stdout", out)
        item.add_report_section(call.when, "stderr", err)
        item.add_report_section(call.when, "log", self.kept.logged())
        report = hook.pytest_runtest_makereport(item=item, call=call)
        hook.pytest_runtest_logreport(report=report)
        if check_interactive_exception(call, report):
            hook.pytest_exception_interact(node=item, call=call, report=report)

    def tell_warnings(self):
        told, self.warned[:] = list(self.warned), []
        for message in told:
            known = {"warning_message": message, "nodeid": self.nodeid, "when": "runtest", "location": None}
            self.ihook.pytest_warning_recorded.call_historic(kwargs=known)


def is_known_plain(item):
    known = vars(item).get("_dx_lean")
    if known is None:
        known = item._dx_lean = is_plain(item)
    return known


def is_plain(item):
    """Whether nothing but direct parameters reaches this function, and nothing is to be done around it."""
    if type(item) is not pytest.Function or type(item.parent) not in (pytest.Module, pytest.Class):
        return False
    function = getattr(item.obj, "__func__", item.obj)
    if type(function) is not types.FunctionType or function.__code__.co_flags & UNUSUAL:
        return False
    if not function.__dict__.keys() <= {"pytestmark"} or any(mark.name != "parametrize" for mark in item.iter_markers()):
        return False
    info, parameters = item._fixtureinfo, parameters_of(item)
    return set(info.names_closure) == set(info.argnames) and all(
        name in parameters and is_direct(info.name2fixturedefs.get(name)) for name in info.argnames
    )


def is_direct(definitions):
    last = definitions[-1] if definitions else None
    return last is not None and last.func is direct_parameter and last.scope == "function"


def parameters_of(item):
    return item.callspec.params if hasattr(item, "callspec") else {}


def call_of(item):
    parameters = parameters_of(item)
    return functools.partial(item.obj, **{name: parameters[name] for name in item._fixtureinfo.argnames})


def judge(test, result):
    """What pytest says of a test that returns something."""
    info = types.SimpleNamespace(argnames=())
    python.pytest_pyfunc_call(types.SimpleNamespace(obj=lambda: result, funcargs={}, _fixtureinfo=info, nodeid=test.nodeid))


def remember_error(error):
    """For debuggers, as pytest does."""
    if isinstance(error, Exception):
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
        if sys.version_info >= (3, 12):
            sys.last_exc = error


def forget_error():
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
