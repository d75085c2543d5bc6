"""A layer: pytest held at one point, forked for each run that begins there. It never runs a test itself."""

import json
import os
import signal
import socket
import struct
import sys
import time

from dx_testrun.arguments import set_arguments
from dx_testrun.planning import thread_count
from dx_testrun.session import leave, run_pytest
from dx_testrun.watch import WATCH
from dx_testrun.wire import REFUSED, SUMMARY, Channel

MESSAGE_MAX = 1 << 18


def send(sock, message, fds=()):
    data = json.dumps(message).encode("utf-8", "surrogatepass")
    extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("%di" % len(fds), *fds))] if fds else []
    sock.sendmsg([data], extra)


def receive(sock):
    """A message and its descriptors; (None, []) when the other side is gone."""
    try:
        data, extra, _, _ = sock.recvmsg(MESSAGE_MAX, socket.CMSG_SPACE(8 * 4))
    except OSError:
        return None, []
    fds = []
    for level, kind, content in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.extend(struct.unpack("%di" % (len(content) // 4), content))
    return (json.loads(data.decode("utf-8", "surrogatepass")) if data else None), fds


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
    leave(status)


class Warm:
    """What a layer process is, seen from pytest's plugin."""

    def __init__(self, sock, name, path):
        self.socket, self.name, self.path = sock, name, path
        self.began = time.time()
        self.role = None

    def announce(self):
        """Writes down what this layer has read, then says that it is ready."""
        import gc

        WATCH.on = False
        files, folders = WATCH.everything()
        target = self.path + "." + self.name
        with open(target + ".tmp", "w") as file:
            json.dump({"began": self.began, "files": files, "folders": folders}, file)
        os.rename(target + ".tmp", target)
        if thread_count() > 1:
            send(self.socket, {"ready": False, "reason": "something that pytest imports has started threads"})
            os._exit(0)
        gc.collect()
        if hasattr(gc, "freeze"):
            gc.freeze()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        send(self.socket, {"ready": True, "pid": os.getpid()})

    def serve(self):
        """Forks for each request; returns in the fork."""
        self.announce()
        while True:
            message, fds = receive(self.socket)
            if message is None:
                os._exit(0)
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                self.socket.close()
                return message, fds
            for fd in fds:
                os.close(fd)

    def layer1(self, plugin):
        # What parsing costs, it costs here, once.
        set_arguments(plugin, plugin.arguments)
        message, fds = self.serve()
        if message["op"] == "run":
            self.role = "run"
            begin_run(plugin, message["start"], fds)
            reason = set_arguments(plugin, message["start"]["arguments"])
            if reason:
                give_way(plugin, reason)
            return
        self.role = "second"
        self.socket = socket.socket(fileno=fds[0])
        self.name, self.began = message["id"], time.time()
        WATCH.on = True
        set_arguments(plugin, None)
        plugin.start["whole"] = "warm"

    def layer2(self, plugin):
        if plugin.session.testsfailed:
            send(self.socket, {"ready": False, "reason": "a file cannot be collected"})
            os._exit(0)
        message, fds = self.serve()
        self.role = "run"
        begin_run(plugin, message["start"], fds)
        reason = set_arguments(plugin, message["start"]["arguments"], collected=True)
        if reason:
            give_way(plugin, reason)


def give_way(plugin, reason):
    plugin.channel.send(REFUSED, {"reason": reason})
    os._exit(0)


def begin_run(plugin, start, fds):
    """Turns a fork of a layer into the parent of one run: its own streams, its own terminal."""
    config = plugin.config
    capture = config.pluginmanager.get_plugin("capturemanager")
    if capture is not None and capture._global_capturing is not None:
        capture._global_capturing.pop_outerr_to_orig()
        capture.stop_global_capturing()
    for target, fd in enumerate(fds[1:4]):
        os.dup2(fd, target)
        os.close(fd)
    if capture is not None:
        capture.start_global_capturing()
        capture.suspend_global_capture()
    plugin.channel = Channel(fds[0])
    plugin.start = start
    for name, value in start["environment"].items():
        os.environ[name] = value
    sys.argv[1:] = start["arguments"]
    plugin.hello()
