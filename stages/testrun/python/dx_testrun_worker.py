"""The Python side of dx-testrun: pytest itself, forked.

One process (the parent) runs pytest up to the point where tests would start. There it waits for dx-testrun, forks
workers on request, and at the end is told what they found, so that pytest's own reporters write the summary. A worker
is a copy of that process in which pytest's run loop takes its items from dx-testrun. Both leave the loop the way
pytest leaves it, so that session finish, plugins' cleanup and the exit status are pytest's own.

Frames, the ring and the shared words are described in `schemas/src/testrun.rs`; this file needs the standard library
of Python 3.7 and a pytest, nothing else.
"""

import binascii
import io
import json
import os
import select
import signal
import socket
import struct
import sys
import time

MAGIC, VERSION = 0x5844, 1
TEST = struct.Struct("<HBBIIIIIII")  # dx-testrun to Python, 32 bytes
RESULT = struct.Struct("<HBBIIIBBHIIIII")  # Python to dx-testrun, 40 bytes
LENGTH_MAX = 64 << 20

# To Python. Names and numbers are those of `schemas::testrun::{Order, Answer}`.
START, FORK, REAP, FEED, FINISH, COLLECT, RUN, END, STOP, QUIT, TAKE = range(1, 12)
# From Python.
HELLO, HEADER, PLAN, FORKED, REAPED, SUMMARY, READY, COLLECTED, RESULT_OF, REPORT, UNIT, IDLE = range(1, 13)
WARNING, STOPPED, INTERNAL, GONE, NOTE, DEBUGGER, YIELDED, NEED, REFUSED = range(13, 22)

PASSED, FAILED, ERROR, SKIPPED, XFAILED, XPASSED, OTHER = range(7)
OUTCOMES = {
    "passed": PASSED,
    "failed": FAILED,
    "error": ERROR,
    "skipped": SKIPPED,
    "xfailed": XFAILED,
    "xpassed": XPASSED,
}
TEARDOWN_ERROR = 1

# The head of the shared memory; the ring's bytes follow it.
# As indexes of 8 or 4 bytes: such words must be written and read at once, which `struct` does not do.
HEAD, TAIL, BEGAN = 16 // 8, 24 // 8, 48 // 8
FILE, ITEM = 40 // 4, 44 // 4
WANTED, RING = 56, 64
COLLECTING = 0xFFFFFFFF
ALL = 0xFFFFFFFF

# Plugins whose hooks over the collected items look at one item at a time, so that files may be collected apart.
ITEMWISE = ("_pytest", "_hypothesis_pytestplugin", "hypothesis", "anyio", "pytest_asyncio", "pytest_cov", "xdist")
# Plugins that say nothing about passed tests at the end of a run.
TERSE = ITEMWISE + ("pytest_timeout", "pytest_mock", "pytest_django")


def fail(message):
    raise SystemExit("dx-testrun worker: " + message)


class Channel:
    """The control socket: orders of 32 bytes and a payload come in, answers of 40 bytes go out."""

    def __init__(self, fd):
        self.socket = socket.socket(fileno=fd)
        self.socket.setblocking(True)
        self.buffer = b""
        self.fds = []

    def fill(self, flags=0):
        """Reads what there is; descriptors that came along wait in `fds`. False at the end."""
        ancillary = socket.CMSG_SPACE(16 * 4)
        data, extra, _, _ = self.socket.recvmsg(1 << 16, ancillary, flags)
        for level, kind, content in extra:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                count = len(content) // 4
                self.fds.extend(struct.unpack("%di" % count, content[: count * 4]))
        self.buffer += data
        return bool(data)

    def take(self):
        """One order out of the buffer, or None."""
        if len(self.buffer) < TEST.size:
            return None
        head = TEST.unpack_from(self.buffer)
        magic, version, kind, length = head[:4]
        if magic != MAGIC or version != VERSION or length > LENGTH_MAX:
            fail("the order is not one of this version")
        if len(self.buffer) < TEST.size + length:
            return None
        payload = self.buffer[TEST.size : TEST.size + length]
        if binascii.crc32(payload, binascii.crc32(self.buffer[: TEST.size - 4])) != head[9]:
            fail("the order is damaged")
        self.buffer = self.buffer[TEST.size + length :]
        return kind, head[4:9], payload

    def receive(self):
        """The next order, or None when dx-testrun is gone."""
        while True:
            order = self.take()
            if order is not None:
                return order
            if not self.fill():
                return None

    def poll(self):
        """The next order if it is already there; (None, True) when dx-testrun is gone."""
        order = self.take()
        gone = False
        while order is None:
            try:
                if not self.fill(socket.MSG_DONTWAIT):
                    gone = True
                    break
            except (BlockingIOError, InterruptedError):
                break
            order = self.take()
        return order, gone

    def send(self, kind, content=None, file=0, item=0):
        self.socket.sendall(frame(kind, pack(content), file, item))


def pack(content):
    if content is None:
        return b""
    if isinstance(content, bytes):
        return content
    return json.dumps(content, default=repr).encode("utf-8", "surrogatepass")


def frame(kind, payload=b"", file=0, item=0, outcome=0, phase=0, flags=0, times=(0, 0, 0), start=0):
    if len(payload) > LENGTH_MAX:
        fail("a message of %d bytes is too long" % len(payload))
    head = RESULT.pack(
        MAGIC, VERSION, kind, len(payload), file, item, outcome, phase, flags, times[0], times[1], times[2], start, 0
    )
    check = binascii.crc32(payload, binascii.crc32(head[:-4]))
    return head[:-4] + struct.pack("<I", check) + payload


class Ring:
    """The producer's end of the ring in shared memory; dx-testrun reads the other."""

    def __init__(self, fd):
        import mmap

        self.memory = mmap.mmap(fd, 0)
        self.words = memoryview(self.memory)[:RING].cast("Q")
        self.halves = memoryview(self.memory)[:RING].cast("I")
        self.capacity = len(self.memory) - RING
        self.head = 0
        os.close(fd)

    def write(self, data):
        """Waits for room: nothing is dropped. The head moves after the bytes are in place."""
        memory, capacity = self.memory, self.capacity
        at, end = 0, len(data)
        while at < end:
            room = capacity - (self.head - self.words[TAIL])
            if room == 0:
                yield_to_reader()
                continue
            offset = self.head % capacity
            count = min(room, end - at, capacity - offset)
            memory[RING + offset : RING + offset + count] = data[at : at + count]
            at += count
            self.head += count
            self.words[HEAD] = self.head

    def current(self, file, item):
        self.words[BEGAN] = time.monotonic_ns()
        self.halves[ITEM] = item
        self.halves[FILE] = file

    def rest(self):
        self.halves[FILE] = 0

    def wanted(self):
        """Whether dx-testrun asks for the rest of this worker's tests."""
        return self.memory[WANTED] != 0


class Watch:
    """Every file that this process reads and every folder that it lists, while it collects.

    An audit hook cannot be taken back, so outside collection it returns at once.
    """

    def __init__(self):
        self.on = False
        self.files, self.folders = set(), set()
        self.all_files, self.all_folders = set(), set()
        self.ignored = ()
        self.seen = 0

    def start(self):
        sys.addaudithook(self.hook)
        self.on = True

    def hook(self, event, arguments):
        if not self.on:
            return
        if event == "open":
            path, mode, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if mode is None else WRITING & set(mode)
            if isinstance(path, (str, bytes)) and not writes:
                self.files.add(path)
        elif event == "os.listdir" or event == "os.scandir":
            self.folders.add(arguments[0])

    def take(self):
        """What was read and listed since the last call, with the sources of modules that are new."""
        files = set(map(absolute, self.files))
        modules = list(sys.modules.values())[self.seen :] if len(sys.modules) > self.seen else []
        self.seen = len(sys.modules)
        for module in modules:
            path = getattr(module, "__file__", None)
            if isinstance(path, str):
                files.add(absolute(path))
        folders = set(map(absolute, self.folders))
        self.files, self.folders = set(), set()
        self.all_files |= files
        self.all_folders |= folders
        return self.lasting(files), self.lasting(folders)

    def everything(self):
        """All that was ever read and listed."""
        self.take()
        return self.lasting(self.all_files), self.lasting(self.all_folders)

    def lasting(self, paths):
        """Without what Python and pytest keep for themselves."""
        return sorted(path for path in paths if path and not path.endswith(".pyc") and not path.startswith(self.ignored))


WRITING = frozenset("wax+")
WATCH = Watch()


def absolute(path):
    try:
        return os.path.abspath(os.fsdecode(path if path is not None else "."))
    except (TypeError, ValueError):
        return ""


def yield_to_reader():
    time.sleep(0.0002)


def module_of(impl):
    plugin = impl.plugin
    return getattr(plugin, "__name__", None) or type(plugin).__module__


def foreign(caller, known, replacing=False):
    """The first plugin with an implementation of this hook that is not of a known package.

    `replacing` leaves out those that only wrap the others."""
    for impl in caller.get_hookimpls():
        name = module_of(impl)
        if replacing and (impl.hookwrapper or getattr(impl, "wrapper", False)):
            continue
        if name.split(".")[0] not in known and name != __name__:
            return name
    return None


class Leave(BaseException):
    """Ends a process of ours without pytest's ending: dx-testrun is gone."""


class Muted:
    """Stands in for a hook that must not be called yet."""

    def __call__(self, **_):
        return []

    def has_spec(self):
        return True

    def get_hookimpls(self):
        return []


class Plugin:
    """pytest's plugin on both sides of the fork: `worker` is None in the parent."""

    def __init__(self, channel, start, warm=None):
        self.channel = channel
        self.start = start
        self.warm = warm
        self.arguments = list(start["arguments"])
        self.options = {}
        self.parsed = None
        self.config = None
        self.worker = None
        self.sink = None
        self.session = None
        self.nodes = []  # File nodes, or runs of items, in pytest's order
        self.lists = {}  # file -> its items, once collected
        self.groups = {}  # file -> which of its items must stay together
        self.whole = None
        self.children = set()
        self.deselected = 0
        self.finish = None
        self.said = []  # what the parent's own collection reported
        self.base = None

    # Both sides

    def pytest_deselected(self, items):
        self.deselected += len(items)

    def pytest_collectreport(self, report):
        if self.worker is not None:
            self.worker.collect_report(report)
        elif not report.passed and self.finish is None:
            category = "error" if report.failed else "skipped"
            self.said.append({"id": report.nodeid, "category": category, "text": report.longreprtext})

    def pytest_runtest_logreport(self, report):
        if self.worker is not None:
            self.worker.report(report)

    def pytest_warning_recorded(self, warning_message, when, nodeid, location):
        if self.worker is not None:
            self.worker.warning(warning_message, when, nodeid, location)

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

    def text(self):
        """What pytest's terminal reporter wrote since the last call."""
        if self.sink is None:
            return ""
        text = self.sink.getvalue()
        self.sink.seek(0)
        self.sink.truncate()
        return text

    def fresh_header(self):
        """A fork of a warm layer begins a session of its own, as far as people see it."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None:
            return
        self.take_terminal(self.config)
        if hasattr(reporter, "reportchars"):
            from _pytest.terminal import getreportopt

            reporter.reportchars = getreportopt(self.config)
        reporter.pytest_sessionstart(self.session)
        for name in ("lfplugin", "nfplugin"):
            plugin = self.config.pluginmanager.get_plugin(name)
            if plugin is not None:
                plugin.__init__(self.config)
        self.channel.send(HEADER, {"text": self.text()})

    def pytest_collection(self, session):
        self.session = session
        if self.warm is not None:
            self.warm.layer1(self)
            if self.warm.role == "run":
                self.fresh_header()
                WATCH.on = True
            session.perform_collect = self.perform_collect
            return
        self.channel.send(HEADER, {"text": self.text()})
        session.perform_collect = self.perform_collect

    def perform_collect(self, args=None, genitems=True):
        session = self.session
        del session.perform_collect
        self.whole = self.why_whole(session.config)
        if self.whole or args is not None or not genitems:
            items = session.perform_collect(args, genitems)
            if self.start.get("shuffle") is not None:
                shuffle(session.items, self.start["shuffle"])
            self.group_items(session.items)
            return items
        hook = session.config.hook
        kept = hook.pytest_collection_modifyitems, hook.pytest_collection_finish
        session.genitems = self.files_below
        hook.pytest_collection_modifyitems = hook.pytest_collection_finish = Muted()
        try:
            session.perform_collect()
        finally:
            hook.pytest_collection_modifyitems, hook.pytest_collection_finish = kept
            del session.genitems
        self.nodes = list(session.items)
        session.items = []
        session.testscollected = 0
        return session.items

    def files_below(self, node):
        """As `Session.genitems`, but stops at files: those are collected in a worker."""
        import pytest

        if not isinstance(node, pytest.Directory):
            yield node
            return
        report, duplicate = self.session._collect_one_node(node, True)
        if report.passed:
            for child in report.result:
                yield from self.files_below(child)
        if not duplicate:
            node.ihook.pytest_collectreport(report=report)

    def why_whole(self, config):
        """Why the session has to be collected as one; None when files can be collected apart."""
        import pytest

        option = config.option
        if self.start.get("whole"):
            return self.start["whole"]
        if self.why_plain(config):
            return self.why_plain(config)
        if not hasattr(pytest, "Directory"):
            return "pytest %s collects packages as one" % pytest.__version__
        if option.collectonly:
            return "--collect-only"
        for name in ("lf", "failedfirst", "newfirst", "stepwise", "keepduplicates", "pyargs", "setupplan"):
            if getattr(option, name, False):
                return "--" + name.replace("_", "-")
        if any("::" in str(arg) for arg in config.args):
            return "single tests were asked for"
        if self.start.get("dist") in ("loadgroup", "each", "no"):
            return "--dist " + self.start["dist"]
        hook = config.hook
        for caller in (hook.pytest_collection_modifyitems, hook.pytest_collection, hook.pytest_collection_finish):
            name = foreign(caller, ITEMWISE)
            if name:
                return "'%s' implements %s" % (name, caller.name)
        return None

    def why_plain(self, config):
        """Why pytest itself has to run the tests, one after the other."""
        name = foreign(config.hook.pytest_runtestloop, ("_pytest", "xdist"), replacing=True)
        if name:
            return "'%s' replaces the run loop" % name
        if getattr(config.option, "stepwise", False):
            return "--stepwise"
        return None

    def group_items(self, items):
        """Runs of items of the same file, in pytest's order."""
        self.nodes, self.lists, self.groups = [], {}, {}
        path = None
        for item in items:
            if item.nodeid.split("::", 1)[0] != path or not self.nodes:
                path = item.nodeid.split("::", 1)[0]
                self.nodes.append(path)
                self.lists[len(self.nodes) - 1] = []
            self.lists[len(self.nodes) - 1].append(item)

    def plan(self, session):
        config = session.config
        option = config.option
        files = []
        WATCH.on = False
        read, listed = WATCH.everything() if self.warm is not None else WATCH.take()
        for number, node in enumerate(self.nodes):
            if self.whole:
                files.append(describe(node, self.lists[number], self.start.get("dist")))
                self.groups[number] = files[-1]["groups"]
            else:
                files.append({"id": node.nodeid})
        return {
            "whole": self.whole,
            "plain": self.why_plain(config),
            "files": files,
            "maxfail": option.maxfail or 0,
            "verbose": option.verbose,
            "durations": getattr(option, "durations", None) is not None,
            "capture": option.capture,
            "pdb": bool(option.usepdb or getattr(option, "trace", False)),
            "collectonly": bool(option.collectonly or getattr(option, "setupplan", False)),
            "go_on": bool(option.continue_on_collection_errors),
            "root": str(config.rootpath if hasattr(config, "rootpath") else config.rootdir),
            "ids": self.wants_ids(config),
            "threads": thread_count(),
            "dist": getattr(getattr(config, "known_args_namespace", None), "dist", None),
            "deselected": self.deselected,
            "said": self.said,
            "read": read,
            "listed": listed,
        }

    def wants_ids(self, config):
        last = config.pluginmanager.get_plugin("lfplugin")
        return bool(last is not None and last.lastfailed)

    def wants_all(self, config):
        """Why the reports of passed tests are needed at the end, too."""
        option = config.option
        if getattr(option, "xmlpath", None) or getattr(option, "durations", None) is not None:
            return True
        if "p" in option.reportchars.lower() or "a" in option.reportchars.lower() or option.reportchars == "P":
            return True
        hook = config.hook
        return any(
            foreign(caller, TERSE)
            for caller in (hook.pytest_runtest_logreport, hook.pytest_terminal_summary, hook.pytest_report_teststatus)
        )

    def pytest_runtestloop(self, session):
        if self.warm is not None and self.warm.role == "second":
            self.warm.layer2(self)
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            self.channel.send(PLAN, dict(self.plan(session), broken=True, text=self.text()))
            many = "s" if session.testsfailed != 1 else ""
            self.until_finish()
            raise session.Interrupted("%d error%s during collection" % (session.testsfailed, many))
        self.channel.send(PLAN, dict(self.plan(session), text=self.text()))
        if session.config.option.collectonly:
            self.until_finish()
            return True
        self.everything = self.wants_all(session.config)
        spawned = self.start.get("spawned")
        if spawned is not None:
            self.base = spawned["base"]
            self.worker = Worker(self, spawned["number"], spawned["count"], spawned["fds"], spawned)
            return self.worker.loop()
        role = self.serve_run()
        if role == "worker":
            return self.worker.loop()
        if role == "plain":
            self.give_back_terminal(session.config)
            return None
        self.conclude(session)
        return True

    def give_back_terminal(self, config):
        """pytest runs the tests itself, and writes to the terminal itself."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter._tw._file = sys.stdout
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
        # Ctrl-C is dx-testrun's affair from here on.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            order = self.channel.receive()
            if order is None:
                self.kill_children()
                raise Leave()
            kind, words, payload = order
            if kind == FORK:
                fds, self.channel.fds = self.channel.fds[:4], self.channel.fds[4:]
                if len(fds) != 4:
                    fail("a worker needs four descriptors")
                if words[1] > 1 and self.base is None:
                    self.base = temporary_base(config)
                sys.stdout.flush()
                sys.stderr.flush()
                pid = os.fork()
                if pid == 0:
                    self.worker = Worker(self, words[0], words[1], fds, json.loads(payload.decode()))
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
                        self.feed(config, json.loads(line.decode("utf-8", "surrogatepass")))
            elif kind == FINISH:
                self.finish = json.loads(payload.decode("utf-8", "surrogatepass"))
                signal.signal(signal.SIGINT, signal.default_int_handler)
                return "plain" if self.finish.get("plain") else "parent"

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

    def feed(self, config, message):
        """Gives one report of a worker to pytest's reporters, as xdist's controller does."""
        hook = config.hook
        kind = message["kind"]
        if kind == "warning":
            feed_warning(hook, message)
            return
        if kind == "crash":
            from _pytest.reports import TestReport

            path = message["id"].split("::", 1)[0]
            report = TestReport(message["id"], (path, None, message["id"]), {}, "failed", message["text"], "???")
            report.duration = message.get("seconds", 0.0)
            report.sections = [(title, text) for title, text in message.get("sections", ())]
            hook.pytest_runtest_logreport(report=report)
            return
        if kind == "collect-crash":
            from _pytest.reports import CollectReport

            hook.pytest_collectreport(report=CollectReport(message["id"], "failed", message["text"], []))
            return
        report = hook.pytest_report_from_serializable(config=config, data=as_sent(message["report"]))
        if report is None:
            return
        if kind == "collect":
            hook.pytest_collectreport(report=report)
        else:
            hook.pytest_runtest_logreport(report=report)

    def conclude(self, session):
        """Makes the parent's session look as if it had run the tests, then ends it as pytest would."""
        finish, config = self.finish, session.config
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            for category, count in finish["counts"].items():
                known = reporter.stats.setdefault(category, [])
                known.extend([Counted()] * max(0, count - len(known)))
            # Categories that pytest does not know are counted in its last line, too.
            reporter._main_color = reporter._known_types = None
            reporter._numcollected = session.testscollected = finish["collected"]
            if finish["deselected"]:
                reporter.stats["deselected"] = [Counted()] * finish["deselected"]
        session.testscollected = finish["collected"]
        last = config.pluginmanager.get_plugin("lfplugin")
        if last is not None and finish["ids"]:
            for key in list(last.lastfailed):
                if str(key) in finish["ids"]:
                    del last.lastfailed[key]
        if reporter is not None:
            reporter._show_progress_info = False
        self.text()
        ending = finish.get("ending")
        if ending == "interrupted":
            raise KeyboardInterrupt()
        if ending == "usage":
            import pytest

            raise pytest.UsageError(finish["reason"])
        if ending == "exit":
            import pytest

            raise pytest.exit.Exception(finish["reason"], finish.get("returncode"))
        if ending == "failed":
            session.shouldfail = finish["reason"]
            raise session.Failed(finish["reason"])
        if ending == "stopped":
            session.shouldstop = finish["reason"]
            raise session.Interrupted(finish["reason"])
        if session.testsfailed and finish["broken"]:
            many = "s" if finish["broken"] != 1 else ""
            if not config.option.continue_on_collection_errors:
                raise session.Interrupted("%d error%s during collection" % (finish["broken"], many))


def as_sent(data):
    """JSON knows no tuples, but pytest's reporters tell them from lists."""
    for name in ("longrepr", "location"):
        if isinstance(data.get(name), list):
            data[name] = tuple(data[name])
    for name in ("sections", "user_properties"):
        if isinstance(data.get(name), list):
            data[name] = [tuple(pair) for pair in data[name]]
    return data


class Counted:
    """Stands for a passed test in pytest's statistics."""

    passed, failed, skipped = True, False, False
    outcome, when, nodeid, sections, duration = "passed", "setup", "", [], 0.0
    count_towards_summary = True


def feed_warning(hook, message):
    import warnings

    category = type(str(message["category"]), (Warning,), {"__module__": message["module"]})
    record = warnings.WarningMessage(
        message=category(message["text"]),
        category=category,
        filename=message["filename"],
        lineno=message["lineno"],
        line=message.get("line"),
    )
    location = tuple(message["location"]) if message["location"] else None
    hook.pytest_warning_recorded.call_historic(
        kwargs=dict(warning_message=record, when=message["when"], nodeid=message["nodeid"], location=location)
    )


def thread_count():
    """Threads of this process that Python knows of or not."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading

        return threading.active_count()


def temporary_base(config):
    """Where the workers' `tmp_path` folders go; made once, by the parent, as xdist does."""
    factory = getattr(config, "_tmp_path_factory", None)
    try:
        return str(factory.getbasetemp()) if factory is not None else None
    except Exception:
        return None


def describe(path, items, dist):
    """A file as dx-testrun knows it: ids after the file's own, and which neighbours must stay together."""
    start = len(path)
    groups, known = [], {}
    for item in items:
        key = affinity(item, dist)
        groups.append(0 if key is None else known.setdefault(key, len(known) + 1))
    out = {"id": path, "items": [item.nodeid[start:] for item in items], "groups": groups}
    if dist == "loadgroup":
        names = [group_name(item) for item in items]
        if any(names):
            out["names"] = names
    return out


def affinity(item, dist):
    """What an item shares with its neighbours: its class or its file, if a fixture lives that long."""
    import pytest

    if dist == "loadfile":
        return "file"
    longest = None
    info = getattr(item, "_fixtureinfo", None)
    if dist == "loadscope":
        longest = "class" if item.getparent(pytest.Class) is not None else "module"
    elif info is not None:
        for definitions in info.name2fixturedefs.values():
            scope = definitions[-1].scope if definitions else None
            if scope in ("module", "package"):
                longest = "module"
                break
            if scope == "class":
                longest = "class"
    if longest is None:
        return None
    if longest == "class":
        node = item.getparent(pytest.Class)
        return node.nodeid if node is not None else None
    return "file"


def shuffle(items, seed):
    """Files in random order, their classes too, and tests within these: what shares fixtures stays together."""
    import random

    keys = random.Random(seed)
    order = {}

    def key(item):
        path, _, rest = item.nodeid.partition("::")
        scope = path + "::" + rest.rpartition("::")[0]
        return [order.setdefault(name, keys.random()) for name in (path, scope)] + [order.setdefault(item.nodeid, keys.random())]

    items.sort(key=key)


def group_name(item):
    mark = item.get_closest_marker("xdist_group")
    if mark is None:
        return None
    return mark.args[0] if mark.args else mark.kwargs.get("name", "default")


class Worker:
    """One worker process, from its fork to its end."""

    def __init__(self, plugin, number, count, fds, setup):
        self.plugin, self.number, self.count = plugin, number, count
        self.session = plugin.session
        self.config = plugin.session.config
        self.parent_socket = plugin.channel
        self.channel = plugin.channel = Channel(fds[0])
        self.ring = Ring(fds[1])
        self.lifeline, self.dump = fds[2], fds[3]
        self.setup = setup
        self.everything = plugin.everything
        self.orders = []
        self.ended = False
        self.times = [0, 0, 0]
        self.outcome, self.flags = OTHER, 0
        self.odd = False
        self.at = (0, COLLECTING)
        self.base_ns = setup["base_ns"]
        plugin.children = set()
        plugin.deselected = 0
        self.prepare()

    def prepare(self):
        """Everything that must differ from the parent's process."""
        import faulthandler

        if self.parent_socket is not None:
            self.parent_socket.socket.close()
        if not self.setup["terminal"]:
            os.setpgid(0, 0)
        hold_on(self.lifeline)
        for name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
        config = self.config
        capture = config.pluginmanager.get_plugin("capturemanager")
        if capture is not None and capture._global_capturing is not None:
            restart_capture(capture)
        faulthandler.enable(file=self.dump)
        if hasattr(faulthandler, "register"):
            faulthandler.register(signal.SIGRTMIN + 5, file=self.dump, all_threads=True, chain=False)
        silence(config)
        name = "gw%d" % self.number
        if self.count > 1:
            workers = {"workerid": name, "workercount": self.count, "testrunuid": self.setup["run"], "mainargv": sys.argv}
            config.workerinput = workers
            config.workeroutput = {}
            os.environ["PYTEST_XDIST_WORKER"] = name
            os.environ["PYTEST_XDIST_WORKER_COUNT"] = str(self.count)
            os.environ["PYTEST_XDIST_TESTRUNUID"] = self.setup["run"]
            own_base(config, self.plugin.base, name)
        else:
            forget_cache(config)
        start_coverage(config, name)

    # Sending

    def put(self, kind, content=None, urgent=False, **rest):
        self.ring.write(frame(kind, pack(content), **rest))
        if urgent:
            self.ring_bell()

    def ring_bell(self):
        try:
            self.channel.socket.send(b"!", socket.MSG_DONTWAIT)
        except OSError:
            pass

    # Orders

    def receive(self):
        order, gone = self.channel.poll()
        if order is None and not gone:
            self.put(NEED, urgent=True)
            order = self.channel.receive()
        if order is None:
            os._exit(1)
        self.orders.append(order)

    def give_up(self, file, item):
        """Hands everything from this item on back to dx-testrun; orders before its answer are void."""
        self.put(YIELDED, urgent=True, file=file, item=item)
        while True:
            while self.orders:
                kind, words, payload = self.orders.pop(0)
                if kind == TAKE:
                    return
                if kind == STOP:
                    self.orders = [(kind, words, payload)]
                    return
            order = self.channel.receive()
            if order is None:
                os._exit(1)
            self.orders.append(order)

    def next_unit(self):
        """The next items to run with their file's number; None when there are none for now. Collects on the way."""
        while True:
            while not self.orders:
                self.receive()
            kind, words, payload = self.orders[0]
            if kind == RUN:
                return words
            if kind in (END, FINISH, STOP):
                return None
            self.orders.pop(0)
            if kind == COLLECT:
                self.collect(words[0])

    def peek(self):
        """The item that will run after the current unit, or None."""
        while True:
            words = self.next_unit()
            if words is None:
                return None
            items = self.items(words)
            if items:
                return items[0]
            self.orders.pop(0)
            self.put(UNIT, file=words[0], item=words[1], urgent=True)

    def items(self, words):
        file, first, count = words[0], words[1], words[2]
        if file not in self.plugin.lists:
            self.collect(file)
        items = self.plugin.lists[file]
        return items[first:] if count == ALL else items[first : first + count]

    def loop(self):
        session = self.session
        self.put(READY, urgent=True)
        try:
            while True:
                words = self.next_unit()
                if words is None:
                    kind, _, _ = self.orders.pop(0)
                    if kind in (FINISH, STOP):
                        break
                    self.put(IDLE, urgent=True)
                    continue
                self.orders.pop(0)
                if not self.run_unit(words):
                    break
        except BaseException as error:
            self.put(STOPPED, ending_of(error), urgent=True)
            raise
        return True

    def run_unit(self, words):
        items = self.items(words)
        last = len(items) - 1
        file, first = words[0], words[1]
        session = self.session
        groups = self.plugin.groups.get(file, ())
        for at, item in enumerate(items):
            mine = True
            if self.ring.wanted() and (at == last or apart(groups, first + at)):
                self.give_up(file, first + at + 1)
                mine = False
            following = items[at + 1] if at < last and mine else self.peek()
            self.run(file, first + at, item, following)
            reason = session.shouldfail or session.shouldstop
            if reason:
                ending = "failed" if session.shouldfail else "stopped"
                self.put(STOPPED, {"ending": ending, "reason": str(reason)}, urgent=True)
                return self.wait_for_finish()
            if not mine:
                return True
        self.put(UNIT, file=file, item=first, urgent=len(self.orders) < 2)
        return True

    def wait_for_finish(self):
        """After a stop: the session ends when dx-testrun says so."""
        while True:
            while self.orders:
                if self.orders.pop(0)[0] in (FINISH, STOP):
                    return False
            self.receive()

    def run(self, file, number, item, following):
        self.times[:] = (0, 0, 0)
        self.outcome, self.flags, self.odd = OTHER, 0, False
        self.at = (file, number)
        self.ring.current(file + 1, number)
        start = (time.monotonic_ns() - self.base_ns) // 1000
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        self.ring.rest()
        self.ring.write(
            frame(
                RESULT_OF,
                b"",
                file,
                number,
                self.outcome,
                0,
                self.flags,
                self.times,
                max(0, min(start, 0xFFFFFFFF)),
            )
        )

    # Collecting

    def collect(self, file):
        """Collects one file the way `Session.perform_collect` would have."""
        plugin, session = self.plugin, self.session
        if file in plugin.lists:
            return
        node = plugin.nodes[file]
        plugin.deselected = 0
        session._collection_cache = {}
        session._notfound, session._initial_parts = [], []
        items = []
        failed_before = session.testsfailed
        self.at = (file, COLLECTING)
        self.ring.current(file + 1, COLLECTING)
        items.extend(session.genitems(node))
        session._collection_cache = {}
        hook = self.config.hook
        hook.pytest_collection_modifyitems(session=session, config=self.config, items=items)
        self.ring.rest()
        session.items = items
        session.testsfailed = failed_before
        session.shouldstop = session.shouldfail = False
        plugin.lists[file] = items
        out = describe(node.nodeid, items, self.plugin.start.get("dist"))
        WATCH.on = False
        out["deselected"] = plugin.deselected
        out["read"], out["listed"] = WATCH.take()
        plugin.groups[file] = out["groups"]
        self.put(COLLECTED, out, file=file)

    def collect_report(self, report):
        if report.passed:
            return
        content = {"kind": "collect", "id": report.nodeid, "category": "error" if report.failed else "skipped"}
        content["report"] = self.serialised(report)
        content["text"] = report.longreprtext
        self.put(REPORT, content, urgent=True, file=self.at[0], item=COLLECTING)

    # Reporting

    def serialised(self, report):
        return self.config.hook.pytest_report_to_serializable(config=self.config, report=report)

    def report(self, report):
        when = report.when
        # Tests that move the clock make durations that cannot be.
        duration = min(max(0, int(report.duration * 1e6)), 0xFFFFFFF)
        if when == "setup":
            self.times[0] += duration
        elif when == "teardown":
            self.times[2] += duration
        elif type(report).__name__ == "TestReport":
            self.times[1] += duration
        else:
            self.odd = True
        if report.outcome == "passed" and not hasattr(report, "wasxfail") and not self.odd:
            if when == "call":
                self.outcome = PASSED
            if self.everything:
                content = {"kind": "test", "category": "", "report": self.serialised(report)}
                self.put(REPORT, content, file=self.at[0], item=self.at[1])
            return
        status = self.config.hook.pytest_report_teststatus(report=report, config=self.config)
        category, letter, word = status if status else ("", "", "")
        self.note_outcome(report, category)
        if not category and not self.everything and not self.odd:
            return
        content = {"kind": "test", "category": category, "letter": letter, "id": report.nodeid, "when": when}
        content["word"] = word if isinstance(word, str) else word[0]
        if report.failed or category in ("failed", "error"):
            content["text"] = report.longreprtext
            content["crash"] = crash_of(report)
        elif category in ("skipped", "xfailed"):
            content["text"] = reason_of(report)
        content["report"] = self.serialised(report)
        self.put(REPORT, content, urgent=report.failed, file=self.at[0], item=self.at[1])

    def note_outcome(self, report, category):
        if type(report).__name__ != "TestReport":
            return
        if report.when == "teardown" and category == "error":
            if self.outcome == OTHER:
                self.outcome = ERROR
            else:
                self.flags |= TEARDOWN_ERROR
        elif category in OUTCOMES and (report.when != "teardown" or self.outcome == OTHER):
            self.outcome = OUTCOMES[category]

    def warning(self, message, when, nodeid, location):
        category = message.category
        self.put(
            WARNING,
            {
                "kind": "warning",
                "text": str(message.message),
                "category": category.__name__,
                "module": category.__module__,
                "filename": message.filename,
                "lineno": message.lineno,
                "line": message.line,
                "when": when,
                "nodeid": nodeid,
                "location": list(location) if location else None,
            },
            file=self.at[0],
            item=self.at[1],
        )

    def foreground(self, entering):
        """A debugger is about to read from the terminal: it needs the terminal's foreground."""
        self.put(DEBUGGER, {"entering": entering}, urgent=True)
        if self.setup["terminal"]:
            return
        try:
            kept = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            fd = os.open("/dev/tty", os.O_RDWR)
            os.tcsetpgrp(fd, os.getpgrp() if entering else self.setup["group"])
            os.close(fd)
            signal.signal(signal.SIGTTOU, kept)
        except OSError:
            pass


def apart(groups, item):
    """Whether nothing ties this item to the next one of its file."""
    if item + 1 >= len(groups):
        return True
    return groups[item] == 0 or groups[item] != groups[item + 1]


def crash_of(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return None
    return {"path": str(crash.path), "line": crash.lineno, "message": str(crash.message)}


def reason_of(report):
    if getattr(report, "wasxfail", None):
        return str(report.wasxfail)
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return report.longreprtext


def ending_of(error):
    name = type(error).__name__
    if isinstance(error, KeyboardInterrupt):
        return {"ending": "interrupted", "reason": ""}
    if name == "Exit":
        return {"ending": "exit", "reason": str(getattr(error, "msg", error)), "returncode": getattr(error, "returncode", None)}
    if name == "UsageError":
        return {"ending": "usage", "reason": "\n".join(map(str, error.args))}
    if name in ("Interrupted", "Failed"):
        return {"ending": "stopped" if name == "Interrupted" else "failed", "reason": str(error)}
    import traceback

    return {"ending": "internal", "reason": "".join(traceback.format_exception(type(error), error, error.__traceback__))}


def hold_on(fd):
    """Ties this process to dx-testrun: when the pipe's other end is closed, the kernel kills this one."""
    import fcntl

    try:
        fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(fd, 10, signal.SIGKILL)  # F_SETSIG
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
    except OSError:
        pass
    ready, _, _ = select.select([fd], [], [], 0)
    if ready:
        os._exit(1)


def restart_capture(capture):
    """The files behind the capture share their offset with the parent's: make new ones."""
    capture._global_capturing.pop_outerr_to_orig()
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()


def silence(config):
    """Only the parent writes to the terminal; the reporter stays, for plugins that ask for it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reporter._tw._file = io.StringIO()
    hook = config.hook
    for name in (
        "pytest_runtest_logstart",
        "pytest_runtest_logreport",
        "pytest_runtest_logfinish",
        "pytest_collectreport",
        "pytest_collection_finish",
        "pytest_warning_recorded",
        "pytest_deselected",
        "pytest_sessionfinish",
        "pytest_terminal_summary",
        "pytest_unconfigure",
    ):
        try:
            getattr(hook, name)._remove_plugin(reporter)
        except (AttributeError, ValueError):
            pass
    xml = [plugin for plugin in config.pluginmanager.get_plugins() if type(plugin).__name__ == "LogXML"]
    for plugin in xml:
        config.pluginmanager.unregister(plugin)


def own_base(config, base, name):
    """`tmp_path` of this worker: a folder of its own below the run's, as under xdist."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is None or base is None:
        return
    path = os.path.join(base, "popen-" + name)
    os.makedirs(path, mode=0o700, exist_ok=True)
    factory._basetemp = type(factory.getbasetemp())(path)


def forget_cache(config):
    """With one worker there is no `workerinput` that would tell the cache plugins that the parent writes."""
    for name in ("lfplugin", "nfplugin", "stepwiseplugin"):
        plugin = config.pluginmanager.get_plugin(name)
        if plugin is not None:
            try:
                config.hook.pytest_sessionfinish._remove_plugin(plugin)
            except (AttributeError, ValueError):
                pass


def start_coverage(config, name):
    """pytest-cov: this process measures into a data file of its own, which the parent combines."""
    plugin = config.pluginmanager.get_plugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    if controller is None or getattr(controller, "cov", None) is None:
        return
    import coverage

    parent = controller.cov
    parent.stop()
    own = coverage.Coverage(
        source=controller.cov_source,
        branch=controller.cov_branch,
        data_suffix="%s.%d" % (name, os.getpid()),
        config_file=controller.cov_config,
    )
    own._warn_no_data = False
    own.start()
    # Its wrapper around the run loop is on the stack of this process, too.
    plugin._disabled = True
    config.pluginmanager.unregister(plugin)
    config.pluginmanager.register(Coverage(own), "dx-coverage")


class Coverage:
    """Saves what one worker measured."""

    def __init__(self, coverage):
        self.coverage = coverage

    def pytest_sessionfinish(self, session):
        self.coverage.stop()
        self.coverage.save()


def pytest_arguments(arguments):
    """xdist, where it is installed, must not start workers of its own."""
    try:
        from importlib.machinery import PathFinder

        if PathFinder.find_spec("xdist") is not None and "no:xdist" not in arguments:
            return list(arguments) + ["-n0"]
    except ImportError:
        pass
    return list(arguments)


def run_pytest(channel, start, warm=None):
    """The whole of a session; returns pytest's status in the parent, never returns in a worker."""
    import _pytest.config

    plugin = Plugin(channel, start, warm)
    decorate(Plugin)
    if channel is not None:
        plugin.hello()
    arguments = pytest_arguments(start["arguments"])
    try:
        if hasattr(_pytest.config, "_main"):
            status = _pytest.config._main(args=arguments, plugins=[plugin], prog="pytest")
        else:
            status = _pytest.config.main(args=arguments, plugins=[plugin])
        leave = False
    except Leave:
        status, leave = 1, True
    except SystemExit as error:
        status, leave = error.code if isinstance(error.code, int) else 1, False
    if plugin.worker is not None:
        end_worker(plugin, int(status))
    if leave:
        os._exit(1)
    return plugin, int(status)


def decorate(plugin):
    import pytest

    pytest.hookimpl(trylast=True)(plugin.pytest_configure)
    pytest.hookimpl(tryfirst=True)(plugin.pytest_collection)
    pytest.hookimpl(tryfirst=True)(plugin.pytest_runtestloop)
    pytest.hookimpl(trylast=True)(plugin.pytest_runtest_logreport)


def end_worker(plugin, status):
    import atexit
    import threading

    code = 0
    try:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                plugin.worker.put(NOTE, {"kind": "thread", "text": thread.name})
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        code = 1
    try:
        plugin.worker.put(GONE, {"status": status}, urgent=True)
    finally:
        os._exit(code)


def main():
    channel = Channel(int(sys.argv[2]))
    WATCH.start()
    try:
        import pytest  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        sys.stderr.write("dx-testrun: error: '%s' has no pytest: install it there, or name another with --python\n" % sys.executable)
        os._exit(4)

    order = channel.receive()
    if order is None or order[0] != START:
        return
    start = json.loads(order[2].decode("utf-8", "surrogatepass"))
    sys.argv = [os.path.join(os.path.dirname(sys.executable), "pytest")] + list(start["arguments"])
    sys.path[0] = os.path.dirname(sys.executable)
    plugin, status = run_pytest(channel, start)
    channel.send(SUMMARY, {"text": plugin.text(), "status": status})
    leave(status)


def leave(status):
    import atexit

    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status if 0 <= status < 256 else 1)
