"""A worker: pytest's run loop, with items that dx-testrun hands out."""

import contextlib
import faulthandler
import functools
import os
import signal
import socket
import sys

from dx_testrun.bare import Test, are_bare, item_of
from dx_testrun.covered import start_coverage
from dx_testrun.forked import forget_cache, hold_on, leave_folders, own_base, renew_capture, silence
from dx_testrun.leaks import Leaks
from dx_testrun.names import Names
from dx_testrun.planning import describe
from dx_testrun.ports import Ports
from dx_testrun.reports import ending_of
from dx_testrun.result import Result
from dx_testrun.watch import WATCH
from dx_testrun.wire import (
    ALL,
    COLLECT,
    COLLECTED,
    COLLECTING,
    DEBUGGER,
    END,
    EVIDENCE,
    FINISH,
    IDLE,
    LEAN,
    NEED,
    NOTE,
    READY,
    RUN,
    STOP,
    STOPPED,
    TAKE,
    UNIT,
    YIELDED,
    Channel,
    Ring,
    evidence,
    frame,
    pack,
)

# Tests and modules whose evidence makes one message.
TOLD_AT_ONCE = 32


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
        self.recorder = plugin.recorder
        self.orders = []
        self.ended = False
        self.last = 0
        self.result = Result(self, setup["base_ns"])
        plugin.children = set()
        self.leaks = plugin.leaks = self.leaks_of_tests()
        plugin.deselected = 0
        self.prepare()
        self.lane = lane_of(self)

    def prepare(self):
        """Everything that must differ from the parent's process."""
        if self.parent_socket is not None:
            self.parent_socket.socket.close()
        if not self.setup["terminal"]:
            os.setpgid(0, 0)
        hold_on(self.lifeline)
        for name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
        config = self.config
        capture = config.pluginmanager.get_plugin("capturemanager")
        if capture is not None:
            renew_capture(capture)
        faulthandler.enable(file=self.dump)
        if hasattr(faulthandler, "register"):
            faulthandler.register(signal.SIGRTMIN + 5, file=self.dump, all_threads=True, chain=False)
        silence(config)
        leave_folders()
        name = "gw%d" % self.number
        if self.count > 1:
            workers = {"workerid": name, "workercount": self.count, "testrunuid": self.setup["run"], "mainargv": sys.argv}
            prepared = getattr(config, "workerinput", {})
            config.workerinput = dict(prepared, **workers)
            config.workeroutput = {}
            os.environ["PYTEST_XDIST_WORKER"] = name
            os.environ["PYTEST_XDIST_WORKER_COUNT"] = str(self.count)
            os.environ["PYTEST_XDIST_TESTRUNUID"] = self.setup["run"]
            own_base(config, self.plugin.base, name)
            Ports(self.channel, self.setup["run"]).watch()
        else:
            forget_cache(config)
        start_coverage(config, name, self.recorder)
        if self.recorder is not None and not self.plugin.start.get("spawned"):
            self.recorder.forked()

    def leaks_of_tests(self):
        if self.setup["names"] and self.recorder is not None:
            return Leaks(Names(self.recorder.path))
        return Leaks() if self.plugin.start.get("leaks") else None

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
        """The next items to run with their file's number; None when an order ends the work. Collects on the way."""
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
            if self.recorder is not None:
                self.recorder.end_series()
                self.tell_of_ends()
                self.recorder.teller.modules()
                self.tell_evidence()
        except BaseException as error:
            self.put(STOPPED, ending_of(error), urgent=True)
            raise
        if self.leaks is not None:
            self.look_for_leaks(self.leaks.finish)
        return True

    def run_unit(self, words):
        items = self.items(words)
        file, first = words[0], words[1]
        session = self.session
        self.last = first + len(items) - 1
        at = 0
        while at < len(items):
            reach = self.lane.reach(items, at) if self.lane is not None else at
            if reach > at:
                done, mine = self.run_block(items, at, reach, (file, first + at))
                if not done:
                    # Not so, after all.
                    continue
                at += done
            else:
                mine = not self.gives_up(file, first + at)
                at += 1
                self.run(file, first + at - 1, item_of(items[at - 1]), item_of(self.after(items, at, mine)))
            reason = session.shouldfail or session.shouldstop
            if reason:
                ending = "failed" if session.shouldfail else "stopped"
                self.put(STOPPED, {"ending": ending, "reason": str(reason)}, urgent=True)
                return self.wait_for_finish()
            if not mine:
                return True
        self.put(UNIT, file=file, item=first, urgent=len(self.orders) < 2)
        return True

    def gives_up(self, file, number):
        """Whether what comes after this test was asked for, and could be handed back."""
        wanted = self.ring.wanted() and (number == self.last or apart(self.plugin.groups.get(file, ()), number))
        if wanted:
            self.give_up(file, number + 1)
        return wanted

    def after(self, items, at, mine):
        """What runs after the first `at` of these."""
        if mine and at < len(items):
            return items[at]
        # It may have to be collected first.
        now = self.result.at
        following = self.peek()
        self.result.at = now
        return following

    def wait_for_finish(self):
        """After a stop: the session ends when dx-testrun says so."""
        while True:
            while self.orders:
                if self.orders.pop(0)[0] in (FINISH, STOP):
                    return False
            self.receive()

    def run(self, file, number, item, following):
        self.result.begin(file, number, item)
        if self.leaks is not None:
            self.look_for_leaks(self.leaks.begin, item, following)
        run = functools.partial(item.config.hook.pytest_runtest_protocol, item=item, nextitem=following)
        self.resume()
        self.watched(run, item)
        self.result.tell()
        if self.leaks is not None:
            self.look_for_leaks(self.leaks.end, self.result.at)

    def run_block(self, items, at, reach, first):
        return self.lane.run(items[at:reach], *first, lambda done, mine: self.after(items, at + done, mine))

    def run_lean(self, test, file, number, run):
        """One test of a block; its result is told when the block goes on or is over."""
        self.result.begin(file, number, test, LEAN)
        if self.leaks is not None:
            self.look_for_leaks(self.leaks.begin)
        self.watched(run, test)
        if self.leaks is not None:
            self.look_for_leaks(self.leaks.end, self.result.at)

    def look_for_leaks(self, step, *arguments):
        try:
            for (file, item), note in step(*arguments) or ():
                self.put(NOTE, note, file=file, item=item)
        except Exception as error:
            # Tests may put anything in the place of what is looked at; their outcomes do not depend on this.
            self.leaks = self.plugin.leaks = None
            self.put(NOTE, {"kind": "note", "text": "does not look for what tests leave behind any more: %r" % error})

    def resume(self):
        """From here on, code of the project may run."""
        if self.recorder is not None:
            self.recorder.functions.resume()

    def rest(self):
        if self.recorder is not None:
            self.recorder.functions.rest()

    def watched(self, run, item):
        recorder = self.recorder
        if recorder is None:
            run()
            return
        if not recorder.test(run, self.result.at, item) and type(item) is Test:
            return
        if recorder.touched:
            recorder.teller.modules()
        if recorder.ended:
            self.tell_of_ends()
        if len(recorder.teller.entries) >= TOLD_AT_ONCE:
            self.tell_evidence()

    def tell_evidence(self):
        """Of several tests and modules at once, in their order: units are named where they come first. A test whose evidence is
        lost with its worker runs again."""
        told = self.recorder.teller.take()
        if told:
            self.put(EVIDENCE, evidence(told))

    def tell_of_ends(self):
        """What ended a fixture belongs to every test that used it."""
        for tests, window in self.recorder.ended_fixtures():
            for file, item in tests:
                self.recorder.teller.entries.append(dict(self.recorder.teller.whole(window), test=(file, item)))

    # Collecting

    def collect(self, file):
        """Collects one file the way `Session.perform_collect` would have."""
        plugin, session = self.plugin, self.session
        if file in plugin.lists:
            return
        self.resume()
        if self.recorder is not None:
            self.recorder.cover("")
        node = plugin.nodes[file]
        plugin.deselected, plugin.left_out = 0, []
        session._collection_cache = {}
        session._notfound, session._initial_parts = [], []
        items = []
        failed_before = session.testsfailed
        self.result.stand(file, COLLECTING)
        with warnings_of_collection(self.config):
            items.extend(session.genitems(node) if self.lane is None else self.lane.light.genitems(node))
            session._collection_cache = {}
            if not are_bare(items):
                self.config.hook.pytest_collection_modifyitems(session=session, config=self.config, items=items)
        self.ring.rest()
        session.items = items if not are_bare(items) else []
        session.testsfailed = failed_before
        session.shouldstop = session.shouldfail = False
        plugin.lists[file] = items
        out = describe(node.nodeid, items, self.plugin.start.get("dist"))
        WATCH.on = False
        out["deselected"], out["left_out"] = plugin.deselected, plugin.left_out
        out["read"], out["listed"] = WATCH.take()
        plugin.groups[file] = out["groups"]
        self.put(COLLECTED, out, file=file)
        if self.recorder is not None:
            self.recorder.disown([node] if are_bare(items) else [node, *items])
            self.recorder.teller.modules()

    def foreground(self, entering):
        """A debugger is about to read from the terminal: it needs the terminal's foreground."""
        self.put(DEBUGGER, {"entering": entering}, urgent=True, file=self.result.at[0], item=self.result.at[1])
        if entering:
            # The live line goes before the prompt comes.
            self.ring.drained(0.5)
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


@contextlib.contextmanager
def warnings_of_collection(config):
    """pytest's own care for them, as it is around the whole of a collection."""
    if not config.pluginmanager.has_plugin("warnings"):
        yield
        return
    from _pytest.warnings import catch_warnings_for_item

    with catch_warnings_for_item(config=config, ihook=config.hook, when="collect", item=None):
        yield


def lane_of(worker):
    """The lean lane, where pytest is one whose parts are known."""
    if worker.plugin.start["lane"] == "pytest" or not worker.plugin.lean:
        return None
    from dx_testrun.lean import Lane

    lane = Lane(worker, worker.plugin.start.get("dist"))
    return lane if lane.on else None
