"""Keeps pytest warm between runs.

A server process has imported pytest and listens on a socket. Below it stand two layers, each forked from the one before:
layer 1 has loaded configuration, plugins and conftests, layer 2 has collected the session as well. A run is a fork of
the deepest layer that is still valid; dx-testrun decides which one that is, from the list of files that each layer has
read, and has the others dropped. The layers themselves never run a test and never leave pytest's stack.

Between these processes go JSON messages with descriptors over sockets that keep message borders.
"""

import json
import os
import select
import socket
import struct
import sys
import time
import traceback

from dx_testrun import pages
from dx_testrun.layer import become_layer
from dx_testrun.orphans import end_orphans
from dx_testrun.packets import pair, receive, send
from dx_testrun.preload import Stamps, preload
from dx_testrun.watch import WATCH
from dx_testrun.wire import HELLO, REFUSED, Channel


class Server:
    """Layer 0: one interpreter with pytest imported, for one way of calling."""

    def __init__(self, path, start, refusal, began):
        self.path, self.start = path, start
        self.limit(start)
        self.refusal = refusal
        self.stamps = Stamps(began)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        own = "%s.%d" % (path, os.getpid())
        try:
            self.listener.bind(own)
        finally:
            os.umask(mask)
        self.listener.listen(16)
        remove_leftovers(path)
        self.inode = os.stat(own).st_ino
        # Whoever comes last serves; a server whose name was taken over ends when it is idle.
        os.rename(own, path)
        self.layers = {1: None, 2: None}
        self.leases = []
        self.runners = []  # those of them that are runs; looking after the server is no use of it
        self.waiting = []
        self.wants_second = False
        self.failed = False  # the last try to configure a layer; a run tries again in any case
        self.serial = 0
        self.last_use = self.began = began
        self.runs = 0

    def serve(self):
        while True:
            sockets = [self.listener] + [channel.socket for channel in self.leases]
            sockets += [layer["socket"] for layer in self.layers.values() if layer]
            ready, _, _ = select.select(sockets, [], [], 5.0)
            for sock in ready:
                if sock is self.listener:
                    self.accept()
            for channel in [lease for lease in self.leases if lease.socket in ready]:
                try:
                    self.hear(channel)
                except OSError:
                    # The run ended before it had its answer.
                    channel.socket.close()
                    self.leases.remove(channel)
            for number in (1, 2):
                layer = self.layers[number]
                if layer and layer["socket"] in ready:
                    self.layer_speaks(number, layer)
            self.reap()
            if not self.leases:
                self.when_idle()

    def when_idle(self):
        first = self.layers[1]
        # No run is going on: what else is a child of this process was left behind by one.
        end_orphans(kept=first["pid"] if first else None)
        if self.wants_second and first and first["ready"] and not self.layers[2]:
            self.wants_second = False
            self.build_second(first)
        if time.time() - self.last_use > self.idle_seconds or not self.is_listed():
            self.end()
        if sum(resident_mib(layer["pid"]) for layer in self.layers.values() if layer) > self.memory_mib:
            self.drop(2)
            if self.layers[1] and resident_mib(self.layers[1]["pid"]) > self.memory_mib:
                self.end()

    def is_listed(self):
        try:
            return os.stat(self.path).st_ino == self.inode
        except OSError:
            return False

    def accept(self):
        connection, _ = self.listener.accept()
        _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid != os.getuid():
            connection.close()
            return
        self.leases.append(Channel(connection.detach()))

    def hear(self, channel):
        order, gone = channel.poll()
        if order is None:
            if gone:
                channel.socket.close()
                self.leases.remove(channel)
                if channel in self.runners:
                    self.runners.remove(channel)
                    self.last_use = time.time()
            return
        request = json.loads(order[2].decode("utf-8", "surrogatepass"))
        fds, channel.fds = channel.fds, []
        if request["op"] == "stop":
            channel.send(HELLO, self.status())
            self.end()
        elif request["op"] == "status":
            channel.send(HELLO, self.status())
        elif request["op"] == "drop":
            self.drop(request["layer"])
            channel.send(HELLO, self.status())
        elif request["op"] == "prepare":
            self.last_use = time.time()
            self.prepare(channel)
        elif request["op"] == "run":
            self.last_use = time.time()
            self.runners.append(channel)
            self.runs += 1
            self.wants_second = True
            self.limit(request["start"])
            self.run(channel, request, fds)

    def limit(self, start):
        """How long it may idle, and how much its layers may take."""
        self.idle_seconds, self.memory_mib = start["idle"], start["memory"]

    def run(self, channel, request, fds):
        """A run out of the deepest layer that there is; says which, and dx-testrun looks whether that one is stale."""
        changed = None if self.refusal or self.layers[1] else self.stamps.changed()
        if self.refusal or changed:
            turn_away(fds, self.refusal or "'%s' changed" % changed)
            channel.send(HELLO, dict(self.status(), layer=1, id=None))
            if changed:
                # What is imported cannot be changed: the next run finds another server.
                self.end()
            return
        number, layer = 2, self.layers[2]
        if layer is None or not layer["ready"] or request["highest"] < 2:
            number, layer = 1, self.layers[1]
        built = layer is None
        if built:
            layer = self.build_first(fds)
        ready = layer["ready"]
        if ready:
            self.hand_over(layer, request, fds)
        elif built:
            self.waiting.append((layer, request, fds))
        else:
            # It may have read something before this run began, and nobody could tell yet.
            turn_away(fds, "the warm pytest is being configured for another run")
        channel.send(HELLO, dict(self.status(), layer=number, id=layer["id"] if ready else None))

    def prepare(self, channel):
        """Has layer 1 made before anybody asks for a run; says which one it is as soon as it is ready."""
        if not self.layers[1] and not self.refusal and not self.failed and not self.stamps.changed():
            self.build_first([])
        layer = self.layers[1]
        ready = layer and layer["ready"]
        number = 1 if layer else 0
        channel.send(HELLO, dict(self.status(), layer=number, id=layer["id"] if ready else None))

    def hand_over(self, layer, request, fds):
        try:
            send(layer["socket"], {"op": "run", "start": request["start"]}, fds)
        except OSError as error:
            turn_away(fds, "the warm pytest does not answer: %s" % error)
            return
        for fd in fds:
            os.close(fd)

    def layer_speaks(self, number, layer):
        message, _ = receive(layer["socket"])
        mine = [entry for entry in self.waiting if entry[0] is layer]
        ready = bool(message and message.get("ready"))
        if number == 1:
            self.failed = not ready
        if ready:
            layer.update(ready=True, pid=message["pid"])
            for entry in mine:
                self.waiting.remove(entry)
                self.hand_over(*entry)
            return
        self.drop(number, (message or {}).get("reason", "pytest could not be configured"))

    def new_layer(self, ours):
        self.serial += 1
        name = "%d-%d" % (os.getpid(), self.serial)
        return {"socket": ours, "ready": False, "id": name, "pid": 0}

    def build_first(self, held):
        """Forks layer 1, which must not keep the descriptors of the run that it is made for."""
        ours, theirs = pair()
        layer = self.new_layer(ours)
        pid = os.fork()
        if pid == 0:
            self.listener.close()
            ours.close()
            for lease in self.leases:
                lease.socket.close()
            for fd in [fd for entry in self.waiting for fd in entry[2]] + held:
                os.close(fd)
            self.be_layer(theirs, layer["id"])
        theirs.close()
        layer["pid"] = pid
        self.layers[1] = layer
        return layer

    def be_layer(self, sock, name):
        """Whatever happens in it or in its forks, none of them may go on as a second server."""
        try:
            become_layer(sock, name, self.start, self.path)
        except OSError:
            # A run whose dx-testrun is gone, or has found its layer stale.
            pass
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def build_second(self, first):
        ours, theirs = pair()
        layer = self.new_layer(ours)
        try:
            send(first["socket"], {"op": "second", "id": layer["id"]}, [theirs.fileno()])
        except OSError:
            ours.close()
        else:
            self.layers[2] = layer
        theirs.close()

    def drop(self, number, reason="another run has dropped the layer"):
        """A layer goes, and with it those above it. Runs that were forked from it go on, those that wait for it do not."""
        for gone in range(number, 3):
            layer, self.layers[gone] = self.layers[gone], None
            if layer:
                layer["socket"].close()
                for kind in ("", ".run", ".work"):
                    remove(self.path + "." + layer["id"] + kind)
                for entry in [entry for entry in self.waiting if entry[0] is layer]:
                    self.waiting.remove(entry)
                    turn_away(entry[2], reason)

    def reap(self):
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    def status(self):
        layers = {number: resident_mib(layer["pid"]) for number, layer in self.layers.items() if layer and layer["ready"]}
        return {
            "pid": os.getpid(),
            "layers": layers,
            "runs": self.runs,
            "idle": time.time() - self.last_use,
            "age": time.time() - self.began,
            "folder": os.getcwd(),
        }

    def end(self):
        self.drop(1)
        if self.is_listed():
            remove(self.path)
        end_orphans()
        os._exit(0)


def remove(path):
    try:
        os.unlink(path)
    except OSError:
        pass


def remove_leftovers(path):
    """Lists of layers whose server is gone."""
    folder, name = os.path.split(path)
    for found in os.listdir(folder):
        if found.startswith(name + "."):
            pid = found[len(name) + 1 :].split("-")[0]
            if not os.path.exists("/proc/" + pid):
                remove(os.path.join(folder, found))


def resident_mib(pid):
    try:
        with open("/proc/%d/statm" % pid) as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20
    except (OSError, ValueError, IndexError):
        return 0


def turn_away(fds, reason):
    """Tells a run that it has to do without, and lets go of its descriptors."""
    channel = Channel(fds[0])
    try:
        channel.send(REFUSED, {"reason": reason})
    except OSError:
        pass
    channel.socket.close()
    for fd in fds[1:]:
        os.close(fd)


def main():
    """Starts the server; dx-testrun has detached this process already."""
    WATCH.start()
    began = time.time()
    import pytest  # noqa: F401

    path, start = sys.argv[1], json.loads(sys.argv[2])
    pages.prepare()
    refusal = preload(start["preload"], start["arguments"])
    WATCH.on = False
    sys.argv = [os.path.join(os.path.dirname(sys.executable), "pytest")] + list(start["arguments"])
    sys.path[0] = os.path.dirname(sys.executable)
    server = Server(path, start, refusal, began)
    # Standard input is the pipe on which dx-testrun waits for this moment.
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    server.serve()
