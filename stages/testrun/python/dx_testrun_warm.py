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
import signal
import socket
import struct
import sys
import time

import dx_testrun_worker as base

# Options that say which tests run or how they are told, and that pytest reads only after configuration: a run may
# have others than the layer was configured with.
FREE = {
    "file_or_dir",
    "keyword",
    "markexpr",
    "deselect",
    "ignore",
    "ignore_glob",
    "maxfail",
    "verbose",
    "quiet",
    "verbosity",
    "tbstyle",
    "showlocals",
    "durations",
    "durations_min",
    "reportchars",
    "showcapture",
    "fulltrace",
    "no_header",
    "no_summary",
    "continue_on_collection_errors",
}
MESSAGE_MAX = 1 << 18
INI_NAMES = ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini", "setup.cfg")


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


class Server:
    """Layer 0: one interpreter with pytest imported, for one way of calling."""

    def __init__(self, path, start):
        self.path, self.start = path, start
        self.idle_seconds = start.get("idle") or 900
        self.memory_mib = start.get("memory") or 2048
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
        self.waiting = []
        self.wants_second = False
        self.serial = 0
        self.last_use = self.began = time.time()
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
                self.hear(channel)
            for number in (1, 2):
                layer = self.layers[number]
                if layer and layer["socket"] in ready:
                    self.layer_speaks(number, layer)
            self.reap()
            if not self.leases:
                self.when_idle()

    def when_idle(self):
        first = self.layers[1]
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
        self.leases.append(base.Channel(connection.detach()))

    def hear(self, channel):
        order, gone = channel.poll()
        if order is None:
            if gone:
                channel.socket.close()
                self.leases.remove(channel)
                self.last_use = time.time()
            return
        request = json.loads(order[2].decode("utf-8", "surrogatepass"))
        fds, channel.fds = channel.fds, []
        if request["op"] == "stop":
            channel.send(base.HELLO, self.status())
            self.end()
        elif request["op"] == "status":
            channel.send(base.HELLO, self.status())
        elif request["op"] == "drop":
            for number in request["layers"]:
                self.drop(number)
            channel.send(base.HELLO, self.status())
        elif request["op"] == "run":
            self.last_use = time.time()
            self.runs += 1
            self.wants_second = True
            self.run(request, fds)

    def run(self, request, fds):
        layer = self.layers[request["layer"]]
        if layer is not None and layer["id"] != request["id"] and request["id"]:
            layer = None
        if layer is None and request["layer"] == 2:
            refuse(fds, "the collected session is gone")
            for fd in fds:
                os.close(fd)
            return
        if layer is None:
            self.drop(1)
            layer = self.build_first(fds)
        if not layer["ready"]:
            self.waiting.append((layer, request, fds))
            return
        self.hand_over(layer, request, fds)

    def hand_over(self, layer, request, fds):
        try:
            send(layer["socket"], {"op": "run", "start": request["start"]}, fds)
        except OSError as error:
            refuse(fds, "the warm pytest does not answer: %s" % error)
        for fd in fds:
            os.close(fd)

    def layer_speaks(self, number, layer):
        message, _ = receive(layer["socket"])
        mine = [entry for entry in self.waiting if entry[0] is layer]
        if message and message.get("ready"):
            layer.update(ready=True, pid=message["pid"])
            for entry in mine:
                self.waiting.remove(entry)
                self.hand_over(*entry)
            return
        reason = (message or {}).get("reason", "pytest could not be configured")
        self.drop(number)
        for entry in mine:
            self.waiting.remove(entry)
            refuse(entry[2], reason)
            for fd in entry[2]:
                os.close(fd)

    def new_layer(self, ours):
        self.serial += 1
        name = "%d-%d" % (os.getpid(), self.serial)
        return {"socket": ours, "ready": False, "id": name, "pid": 0}

    def build_first(self, held):
        """Forks layer 1, which must not keep the descriptors of the run that it is made for."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        layer = self.new_layer(ours)
        pid = os.fork()
        if pid == 0:
            self.listener.close()
            ours.close()
            for lease in self.leases:
                lease.socket.close()
            for fd in [fd for entry in self.waiting for fd in entry[2]] + held:
                os.close(fd)
            become_layer(theirs, layer["id"], self.start, self.path)
        theirs.close()
        layer["pid"] = pid
        self.layers[1] = layer
        return layer

    def build_second(self, first):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        layer = self.new_layer(ours)
        try:
            send(first["socket"], {"op": "second", "id": layer["id"]}, [theirs.fileno()])
        except OSError:
            ours.close()
        else:
            self.layers[2] = layer
        theirs.close()

    def drop(self, number):
        """A layer goes, and with it those above it. Runs that were forked from it go on."""
        for gone in range(number, 3):
            layer, self.layers[gone] = self.layers[gone], None
            if layer:
                layer["socket"].close()
                remove(self.path + "." + layer["id"])

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
            "ids": {number: self.layers[number]["id"] for number in layers},
            "runs": self.runs,
            "idle": time.time() - self.last_use,
            "age": time.time() - self.began,
            "folder": os.getcwd(),
        }

    def end(self):
        self.drop(1)
        if self.is_listed():
            remove(self.path)
        for pid in strays():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
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


def strays():
    """Processes that became children of this one because their parents died."""
    found = []
    try:
        for task in os.listdir("/proc/self/task"):
            with open("/proc/self/task/%s/children" % task) as file:
                found.extend(int(pid) for pid in file.read().split())
    except (OSError, ValueError):
        pass
    return found


def resident_mib(pid):
    try:
        with open("/proc/%d/statm" % pid) as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20
    except (OSError, ValueError, IndexError):
        return 0


def refuse(fds, reason):
    channel = base.Channel(os.dup(fds[0]))
    try:
        channel.send(base.REFUSED, {"reason": reason})
    except OSError:
        pass
    channel.socket.close()


def become_layer(sock, name, start, path):
    """Runs pytest up to the point where layer 1 waits; only forks of it come back from there."""
    warm = Warm(sock, name, path)
    os.setpgid(0, 0)
    base.WATCH.on = True
    plugin, status = base.run_pytest(None, start, warm)
    if warm.role is None:
        try:
            send(sock, {"ready": False, "reason": "pytest ended with status %d while it was configured" % status})
        finally:
            os._exit(1)
    plugin.channel.send(base.SUMMARY, {"text": plugin.text(), "status": status})
    base.leave(status)


class Warm:
    """What a layer process is, seen from pytest's plugin."""

    def __init__(self, sock, name, path):
        self.socket, self.name, self.path = sock, name, path
        self.began = time.time()
        self.role = None

    def announce(self):
        """Writes down what this layer has read, then says that it is ready."""
        import gc

        base.WATCH.on = False
        files, folders = base.WATCH.everything()
        target = self.path + "." + self.name
        with open(target + ".tmp", "w") as file:
            json.dump({"began": self.began, "files": files, "folders": folders}, file)
        os.rename(target + ".tmp", target)
        if base.thread_count() > 1:
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
        base.WATCH.on = True
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
    plugin.channel.send(base.REFUSED, {"reason": reason})
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
    plugin.channel = base.Channel(fds[0])
    plugin.start = start
    for name, value in start["environment"].items():
        os.environ[name] = value
    sys.argv[1:] = start["arguments"]
    plugin.hello()


def set_arguments(plugin, arguments, collected=False):
    """Gives the configuration other arguments; why that cannot be, if it cannot.

    Without arguments, it is left with those that belong to every run."""
    import argparse
    import shlex

    config = plugin.config
    common = shlex.split(os.environ.get("PYTEST_ADDOPTS", "")) + list(config.getini("addopts"))

    def parse(given):
        namespace = argparse.Namespace()
        return vars(config._parser.parse(common + base.pytest_arguments(given), namespace=namespace))

    import pytest

    try:
        if plugin.parsed is None:
            plugin.parsed = parse(plugin.arguments)
        before, after = plugin.parsed, parse(arguments or [])
    except (pytest.UsageError, SystemExit) as error:
        return "the arguments are not understood: %s" % error
    if arguments is None:
        after.update((name, before[name]) for name in before if name not in FREE)
    different = sorted(name for name in set(before) | set(after) if before.get(name) != after.get(name))
    fixed = [name for name in different if name not in FREE]
    if fixed:
        return "%s is read when pytest is configured" % ", ".join("--" + name.replace("_", "-") for name in fixed)
    if collected:
        filtered = [name for name in ("ignore", "ignore_glob") if after.get(name) != plugin.options.get(name)]
        if filtered or (plugin.options.get("keyword") or plugin.options.get("markexpr")) and (
            after.get("keyword") != plugin.options.get("keyword") or after.get("markexpr") != plugin.options.get("markexpr")
        ):
            return "other tests were left out of the collected session"
    for name in FREE & set(after):
        setattr(config.option, name, after[name])
    reason = set_paths(config, after["file_or_dir"], plugin)
    if reason:
        return reason
    return choose(plugin, plugin.options, after) if collected else remember(plugin, after)


def remember(plugin, options):
    plugin.options = options
    return None


def set_paths(config, paths, plugin):
    import pathlib

    folder, root = config.invocation_params.dir, config.rootpath
    decided = config._decide_args(
        args=paths,
        pyargs=config.option.pyargs,
        testpaths=config.getini("testpaths"),
        invocation_dir=folder,
        rootpath=root,
        warn=False,
    )
    config.args, config.args_source = decided
    anchors = []
    for argument in paths:
        path = pathlib.Path(os.path.abspath(os.path.join(str(folder), str(argument).split("::", 1)[0])))
        if not path.exists():
            return "'%s' does not exist" % argument
        if root not in (path, *path.parents):
            return "'%s' lies outside the root" % argument
        above = path if path.is_dir() else path.parent
        while above != root and above != above.parent:
            if any((above / name).exists() for name in INI_NAMES):
                return "'%s' has a configuration of its own" % above
            above = above.parent
        anchors.append(path)
    if not anchors:
        return None
    loaded = {pathlib.Path(module.__file__) for module in config.pluginmanager._conftest_plugins if module.__file__}
    wanted = set()
    for anchor in anchors:
        folders = [anchor if anchor.is_dir() else anchor.parent]
        if anchor.is_dir():
            folders.extend(below for below in anchor.glob("test*") if below.is_dir())
        for below in folders:
            wanted.update(above / "conftest.py" for above in (below, *below.parents))
    other = sorted(str(path) for path in loaded - wanted)
    return "'%s' belongs to other tests" % other[0] if other else None


def choose(plugin, old, new):
    """Leaves the wanted ones of the collected tests, in the order of the arguments."""
    session, config = plugin.session, plugin.config
    items = session.items
    if new["file_or_dir"]:
        items = []
        folder, root = str(config.invocation_params.dir), str(config.rootpath)
        taken = set()
        for argument in new["file_or_dir"]:
            path, colons, rest = str(argument).partition("::")
            wanted = os.path.relpath(os.path.join(folder, path), root).replace(os.sep, "/") + colons + rest
            found = [item for item in session.items if belongs(item.nodeid, wanted)]
            if not found:
                return "'%s' is not among the collected tests" % argument
            items.extend(item for item in found if id(item) not in taken)
            taken.update(map(id, found))
    session.items = list(items)
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    everything = not new["file_or_dir"]
    if reporter is not None and not everything:
        reporter.stats.pop("skipped", None)
        reporter.stats.pop("warnings", None)
    if (new.get("keyword"), new.get("markexpr")) != (old.get("keyword"), old.get("markexpr")):
        import _pytest.mark

        _pytest.mark.pytest_collection_modifyitems(session.items, config)
    if new.get("deselect") != old.get("deselect"):
        import _pytest.main

        _pytest.main.pytest_collection_modifyitems(session.items, config)
    session.testscollected = len(session.items)
    if reporter is not None:
        reporter._numcollected = len(session.items) + len(reporter.stats.get("deselected", ()))
        plugin.fresh_header()
        reporter.pytest_collection_finish(session)
    plugin.group_items(session.items)
    return None


def belongs(nodeid, wanted):
    if wanted == ".":
        return True
    return nodeid == wanted or nodeid.startswith((wanted + "::", wanted + "[", wanted + "/"))


def main():
    """Starts the server; dx-testrun has detached this process already."""
    base.WATCH.start()
    import pytest  # noqa: F401

    base.WATCH.on = False
    path, start = sys.argv[2], json.loads(sys.argv[3])
    sys.argv = [os.path.join(os.path.dirname(sys.executable), "pytest")] + list(start["arguments"])
    sys.path[0] = os.path.dirname(sys.executable)
    Server(path, start).serve()
