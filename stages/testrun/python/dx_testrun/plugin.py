"""dx-testrun's pytest plugin, on both sides of the fork."""

import functools
import io
import json
import os
import re
import signal
import sys

from dx_testrun import load_later, planning, summary
from dx_testrun.covered import coverage_of, silence_coverage
from dx_testrun.forked import temporary_base
from dx_testrun.orphans import end_orphans
from dx_testrun.plain import Plain
from dx_testrun.watch import WATCH
from dx_testrun.wire import EVIDENCE, FEED, FINISH, FORK, FORKED, HEADER, HELLO, PLAN, REAP, REAPED, fail
from dx_testrun.worker import Worker


COLLECTING_NOTE = re.compile("(\x1b\\[1m)?collecting \\.\\.\\. (\x1b\\[0m)?$")


# Files that say something about those beside them.
NEEDED = ("__init__.py", "conftest.py")


class Leave(BaseException):
    """Ends a process of ours without pytest's ending: dx-testrun is gone."""


class Plugin:
    """pytest's plugin on both sides of the fork: `worker` is None in the parent."""

    def __init__(self, channel, start, warm=None):
        self.channel = channel
        self.start = start
        self.warm = warm
        self.arguments = list(start["arguments"])
        self.options = {}
        self.recorder = None
        self.parsed = self.bare = None
        self.config = None
        self.worker = None
        self.sink = None
        self.session = None
        self.nodes = []  # File nodes, or runs of items, in pytest's order
        self.lists = {}  # file -> its items, once collected
        self.groups = {}  # file -> which of its items must stay together
        self.whole = None
        self.only = None  # paths outside of which nothing is to be collected
        self.children = set()
        self.deselected = 0
        self.leaks = None  # in a worker: what its tests leave behind
        self.left_out = []  # names of deselected tests
        self.finish = None
        self.said = []  # what the parent's own collection reported
        self.base = None
        self.alone = False  # whether a worker of this run is its only one
        self.spare = None  # a worker that waits for its run
        self.lean = False  # whether this pytest is one whose parts are known
        self.late = None  # writes the header and returns it, where that was put off
        self.nodes_known = ()  # what plugins prepared for each worker
        self.nodeids = None  # in a warm layer and its forks

    # Both sides

    def pytest_deselected(self, items):
        self.deselected += len(items)
        if self.warm is not None or self.start.get("left_out"):
            self.left_out.extend(item.nodeid for item in items)

    def ignore_others(self, collection_path):
        """`pytest_ignore_collect`, from pytest 7 on."""
        beside = self.only is not None and str(collection_path) not in self.only
        return True if beside and collection_path.name not in NEEDED else None

    def pytest_collectreport(self, report):
        if self.worker is not None:
            self.worker.result.collect_report(report)
        elif not report.passed and self.finish is None:
            category = "error" if report.failed else "skipped"
            self.said.append({"id": report.nodeid, "category": category, "text": report.longreprtext})

    def pytest_runtest_protocol(self, item):
        lane = self.worker.lane if self.worker is not None else None
        if lane is None or type(item) is not lane.block:
            return None
        item.protocol()
        return True

    def pytest_runtest_logreport(self, report):
        if self.worker is not None:
            self.worker.result.report(report)

    def pytest_warning_recorded(self, warning_message, when, nodeid, location):
        if self.worker is not None:
            self.worker.result.warning(warning_message, when, nodeid, location)

    def pytest_fixture_setup(self, fixturedef, request):
        if self.leaks is None or fixturedef.scope == "function":
            yield
        else:
            yield from self.leaks.set_up()

    def pytest_fixture_post_finalizer(self, fixturedef, request):
        if self.leaks is not None and fixturedef.scope != "function":
            self.leaks.torn_down()

    def pytest_enter_pdb(self, config, pdb):
        if self.worker is not None:
            self.worker.foreground(True)

    def pytest_leave_pdb(self, config, pdb):
        if self.worker is not None:
            self.worker.foreground(False)

    # The parent

    def hello(self):
        import pytest

        self.channel.send(
            HELLO,
            {
                "pid": os.getpid(),
                "python": sys.version.split()[0],
                "implementation": sys.implementation.name,
                "pytest": pytest.__version__,
                "executable": sys.executable,
            },
        )

    def pytest_configure(self, config):
        self.config = config
        cache = getattr(getattr(config, "cache", None), "_cachedir", None)
        if cache is not None:
            WATCH.ignored = (str(cache) + os.sep,)
        self.take_terminal(config)

    def take_terminal(self, config):
        """pytest's terminal reporter writes into memory; dx-testrun prints it."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            self.sink = io.StringIO()
            writer = reporter._tw
            writer._file = self.sink
            writer.hasmarkup = bool(self.start["markup"])
            writer.fullwidth = self.start["columns"]
            writer.code_highlight = writer.hasmarkup and config.option.code_highlight == "yes"
            reporter._screen_width = self.start["columns"]
            # Lines in memory cannot be written over.
            reporter.isatty = type(reporter.isatty)(False)

    def text(self):
        """What pytest's terminal reporter wrote since the last call."""
        if self.sink is None:
            return ""
        text = self.sink.getvalue()
        self.sink.seek(0)
        self.sink.truncate()
        # What is collected is said by dx-testrun, on a line of its own.
        return COLLECTING_NOTE.sub("", text)

    def fresh_header(self):
        """A fork of a warm layer begins a session of its own, as far as people see it."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None:
            return
        if hasattr(reporter, "reportchars"):
            from _pytest.terminal import getreportopt

            reporter.reportchars = getreportopt(self.config)
        reporter.pytest_sessionstart(self.session)
        plugin = self.config.pluginmanager.get_plugin("lfplugin")
        if plugin is not None:
            plugin.__init__(self.config)
        self.nodeids.renew()

    def pytest_collection(self, session):
        self.session = session
        self.lean = load_later()
        if self.recorder is not None:
            self.recorder.collecting = True
        if self.warm is not None:
            self.warm.layer1(self)
            if self.warm.role == "run":
                self.take_terminal(self.config)
                self.fresh_header()
                self.channel.send(HEADER, {"text": self.text()})
                WATCH.on = True
            session.perform_collect = functools.partial(planning.perform_collect, self)
            return
        self.channel.send(HEADER, {"text": self.text()})
        session.perform_collect = functools.partial(planning.perform_collect, self)

    def pytest_runtestloop(self, session):
        if self.warm is not None and self.warm.role == "second":
            self.warm.layer2(self)
            if self.warm.role == "spare":
                return self.work_ahead(session)
            self.take_terminal(session.config)
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            self.channel.send(PLAN, dict(planning.plan(self, session), broken=True, text=self.text()))
            many = "s" if session.testsfailed != 1 else ""
            self.until_finish()
            raise session.Interrupted("%d error%s during collection" % (session.testsfailed, many))
        self.channel.send(PLAN, dict(planning.plan(self, session), text=self.text()))
        if session.config.option.collectonly:
            self.until_finish()
            return True
        self.passing = planning.wanted_of_passed(session.config)
        spawned = self.start.get("spawned")
        if spawned is not None:
            self.base = spawned["base"]
            self.worker = Worker(self, spawned["number"], spawned["count"], spawned["fds"], spawned)
            return self.worker.loop()
        if self.recorder is not None:
            self.recorder.disown(session.items)
            self.recorder.teller.modules()
            self.channel.send(EVIDENCE, self.recorder.teller.take())
        role = self.serve_run()
        if role == "worker":
            return self.worker.loop()
        if role == "plain":
            self.give_back_terminal(session.config)
            session.config.pluginmanager.register(Plain(self))
            return None
        summary.conclude(self, session)
        return True

    def give_back_terminal(self, config):
        """pytest runs the tests itself, and writes to the terminal itself."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter._tw._file = sys.stdout
            reporter.isatty = type(reporter.isatty)(sys.stdout.isatty())
        self.sink = None

    def until_finish(self):
        while True:
            order = self.channel.receive()
            if order is None:
                raise Leave()
            if order[0] == FINISH:
                self.finish = json.loads(order[2].decode("utf-8", "surrogatepass"))
                return

    def serve_run(self):
        """Forks and reaps until dx-testrun says how it ended."""
        import gc

        if hasattr(gc, "freeze"):
            gc.freeze()
        config = self.session.config
        _, controller = coverage_of(config)
        if controller is not None:
            silence_coverage(controller.cov)
        # Ctrl-C is dx-testrun's affair from here on.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            if self.late and self.children and not self.channel.has_more():
                self.say_late()
            order = self.channel.receive()
            if order is None:
                self.kill_children()
                raise Leave()
            kind, words, payload = order
            if kind == FORK:
                fds, self.channel.fds = self.channel.fds[:4], self.channel.fds[4:]
                if len(fds) != 4:
                    fail("a worker needs four descriptors")
                self.alone = words[1] == 1
                if words[1] > 1 and self.base is None:
                    self.base = temporary_base(config)
                setup = json.loads(payload.decode())
                pid = self.hand_to_spare(words, setup, fds)
                if not pid:
                    sys.stdout.flush()
                    sys.stderr.flush()
                    pid = os.fork()
                    if pid == 0:
                        self.worker = Worker(self, words[0], words[1], fds, setup)
                        return "worker"
                for fd in fds:
                    os.close(fd)
                self.children.add(pid)
                self.channel.send(FORKED, item=words[0], file=pid)
            elif kind == REAP:
                self.channel.send(REAPED, self.reap(words[0]), file=words[0])
            elif kind == FEED:
                for line in payload.split(b"\n"):
                    if line:
                        summary.feed(config, json.loads(line.decode("utf-8", "surrogatepass")))
            elif kind == FINISH:
                self.say_late()
                self.spare = None
                self.finish = json.loads(payload.decode("utf-8", "surrogatepass"))
                signal.signal(signal.SIGINT, signal.default_int_handler)
                return "plain" if self.finish.get("plain") else "parent"

    def hand_to_spare(self, words, setup, fds):
        """Makes the worker that is there already the one that is asked for; its process, or None without one."""
        spare, self.spare = self.spare, None
        told = spare is not None and spare.tell({"words": words, "base": self.base, "setup": setup}, fds)
        return spare.pid if told else None

    def work_ahead(self, session):
        """In a worker that was there before its run."""
        self.passing = planning.wanted_of_passed(session.config)
        planning.describe_files(self)
        message, fds = self.spare.hear()
        self.base = message["base"]
        self.worker = Worker(self, message["words"][0], message["words"][1], fds, message["setup"])
        return self.worker.loop()

    def say_late(self):
        """A run out of a collected session has its header written while its first worker works already."""
        late, self.late = self.late, None
        if late is not None:
            self.channel.send(HEADER, {"text": late()})

    def reap(self, pid):
        self.children.discard(pid)
        try:
            _, status = os.waitpid(pid, 0)
        except ChildProcessError:
            return {"signal": None, "status": None}
        if os.WIFSIGNALED(status):
            return {"signal": os.WTERMSIG(status), "status": None}
        return {"signal": None, "status": os.WEXITSTATUS(status)}

    def kill_children(self):
        for pid in self.children:
            for target in (os.killpg, os.kill):
                try:
                    target(pid, signal.SIGKILL)
                except OSError:
                    pass
        end_orphans()
