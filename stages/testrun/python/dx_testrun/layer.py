"""A layer: pytest held at one point, forked for each run that begins there. It never runs a test itself."""

import json
import os
import select
import signal
import socket
import sys
import time

import pluggy
from dx_testrun import pages
from dx_testrun.arguments import Directory, set_arguments
from dx_testrun.forked import renew_capture
from dx_testrun.nodeids import NodeIds
from dx_testrun.packets import Spare, receive, send
from dx_testrun.session import leave, run_pytest
from dx_testrun.threads import thread_count
from dx_testrun.watch import WATCH
from dx_testrun.wire import REFUSED, SUMMARY, Channel

# Seconds until the next fork is made.
PAUSE = 0.05
# How many runs of a layer are looked at for what they touch.
LOOKED_AT = 4


def become_layer(sock, name, start, path):
    """Runs pytest up to the point where layer 1 waits; only forks of it come back from there."""
    warm = Warm(sock, name, path)
    os.setpgid(0, 0)
    WATCH.on = True
    plugin, status = run_pytest(None, start, warm)
    if warm.role is None:
        try:
            send(sock, {"ready": False, "reason": "pytest ended with status %d while it was configured" % status})
        finally:
            os._exit(1)
    plugin.channel.send(SUMMARY, {"text": plugin.text(), "status": status})
    warm.learn()
    leave(status)


class Warm:
    """What a layer process is, seen from pytest's plugin."""

    def __init__(self, sock, name, path):
        self.socket, self.name, self.path = sock, name, path
        self.below = None  # the layer that this one was forked from, which has read files before this one began
        self.began = time.time()
        self.role = None
        self.config = None
        self.spare = None
        self.forks = 0
        self.pages = None

    def announce(self):
        """Writes down what this layer has read, then says that it is ready."""
        import gc

        WATCH.on = False
        files, folders = WATCH.everything()
        target = self.path + "." + self.name
        with open(target + ".tmp", "w") as file:
            json.dump({"began": self.began, "below": self.below, "files": files, "folders": folders}, file)
        os.rename(target + ".tmp", target)
        if thread_count() > 1:
            send(self.socket, {"ready": False, "reason": "something that pytest imports has started threads or an event loop"})
            os._exit(0)
        remember_versions(self.config)
        gc.collect()
        if hasattr(gc, "freeze"):
            gc.freeze()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            send(self.socket, {"ready": True, "pid": os.getpid()})
        except OSError:
            # Dropped before it was ready: nobody else knows of the list.
            os.unlink(target)
            os._exit(0)

    def serve(self, plugin, collected=False):
        """Returns in a fork for each request. The fork is made ahead, so that a request need not wait for it; out of a
        collected session, so is the first worker's."""
        self.announce()
        while True:
            plugin.nodeids.renew()
            taken, taking = os.pipe()
            if os.fork() == 0:
                os.close(taken)
                self.spare = Spare() if collected else None
                self.copy_ahead()
                message, fds = self.await_request(taking)
                os.close(taking)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                self.socket.close()
                return message, fds
            os.close(taking)
            if not os.read(taken, 1):
                # Nobody will ask again, or the fork was killed: then this layer's memory is not to be trusted either.
                os._exit(0)
            os.close(taken)
            self.forks += 1
            # What was begun has the processor first, unless somebody else asks.
            select.select([self.socket], [], [], PAUSE)

    def copy_ahead(self):
        """A process of this kind will do what the last one did."""
        kind = "run" if self.spare is None or self.spare.pid else "work"
        self.pages = "%s.%s.%s" % (self.path, self.name, kind)
        pages.copy_ahead(self.pages)

    def learn(self):
        """At the end of a process that served a run."""
        if self.pages is not None and self.forks < LOOKED_AT:
            pages.note(self.pages)

    def await_request(self, taking):
        if self.spare is not None and not self.spare.pid:
            return self.spare.hear()
        message, fds = receive(self.socket)
        if message is None:
            os._exit(0)
        os.write(taking, b"!")
        if self.spare is not None and not self.spare.tell(message, fds):
            self.spare = None
        return message, fds

    def layer1(self, plugin):
        self.config = plugin.config
        # What parsing costs, it costs here, once.
        set_arguments(plugin, plugin.arguments)
        plugin.nodeids = NodeIds(plugin.config)
        message, fds = self.serve(plugin)
        if message["op"] == "run":
            self.role = "run"
            begin_run(plugin, message["start"], fds)
            reason = set_arguments(plugin, message["start"]["arguments"])
            if reason:
                give_way(plugin, reason)
            return
        self.role = "second"
        self.socket = socket.socket(fileno=fds[0])
        self.below, self.name, self.began = self.name, message["id"], time.time()
        WATCH.on = True
        set_arguments(plugin, None)
        plugin.start["whole"] = "warm"

    def layer2(self, plugin):
        if plugin.session.testsfailed:
            send(self.socket, {"ready": False, "reason": "a file cannot be collected"})
            os._exit(0)
        plugin.directory = Directory(plugin.session.items)
        if plugin.lean:
            know_plain(plugin.session.items)
        message, fds = self.serve(plugin, collected=True)
        self.role = "run"
        spare = self.spare is not None and not self.spare.pid
        begin_run(plugin, message["start"], fds, silent=spare)
        try:
            reason = set_arguments(plugin, message["start"]["arguments"], collected=True)
        except BaseException:
            if spare:
                # Usage errors are the run's own process to tell.
                os._exit(0)
            raise
        if reason:
            give_way(plugin, reason)
        if spare:
            self.role = "spare"
        plugin.spare = self.spare


def remember_versions(config):
    """pytest's header names its plugins' versions: reads them once and for all forks."""
    pluggy.__version__ = pluggy.__version__
    for _, found in getattr(config.pluginmanager, "_plugin_distinfo", ()):
        distribution = getattr(found, "_dist", found)
        try:
            kind = type(distribution)
            distribution.__class__ = type(kind.__name__, (kind,), {"metadata": distribution.metadata})
        except (AttributeError, TypeError):
            pass


def know_plain(items):
    from dx_testrun.lean import is_known_plain

    for item in items:
        is_known_plain(item)


def give_way(plugin, reason):
    if plugin.channel is not None:
        plugin.channel.send(REFUSED, {"reason": reason})
    os._exit(0)


def begin_run(plugin, start, fds, silent=False):
    """Turns a fork of a layer into the parent of one run, or its first worker: its own streams, its own terminal."""
    config = plugin.config
    capture = config.pluginmanager.get_plugin("capturemanager")
    renew_capture(capture, fds[1:4])
    for fd in fds[1:4]:
        os.close(fd)
    plugin.start = start
    for name, value in start["environment"].items():
        os.environ[name] = value
    sys.argv[1:] = start["arguments"]
    if silent:
        os.close(fds[0])
    else:
        plugin.channel = Channel(fds[0])
        plugin.hello()
