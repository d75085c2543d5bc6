"""What each test really used: functions that it executed, files and variables that it read.

Whatever happens while a module is imported belongs to that module, what a fixture with a longer life does to that
fixture, everything else outside a test to the session. A test's evidence is its own with that of its fixtures;
dx-testrun joins it with the modules' by their imports.

Functions are known by the file, the first line and the name of the outermost `def` that their code stands in, without
its classes: that is a fragment in the sources' outline. Only code below the project is looked at: the rest is known by its version.
"""

import os
import sys
import tempfile

from dx_testrun.watch import WATCH, absolute

SPAWNS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"}
# Code that reads files in order to import them, or to show where a failure is.
IMPORTERS = ("<frozen importlib",)
OWN = {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID", "PYTEST_VERSION"}
TOOL = 4
ANEW = frozenset("wx")  # modes of open() that leave nothing of what was there
OPTIMIZED = 1  # inspect.CO_OPTIMIZED: functions have it, bodies of classes do not


class Window:
    """What was used between two moments."""

    __slots__ = ("units", "files", "products", "folders", "names", "imports", "spawned")

    def __init__(self):
        self.units, self.folders, self.names, self.imports = set(), set(), set(), set()
        self.files, self.products = set(), set()
        self.spawned = None

    def add(self, other):
        self.units |= other.units
        self.files |= other.files
        self.folders |= other.folders
        self.names |= other.names
        self.imports |= other.imports
        self.spawned = self.spawned or other.spawned


class Recorder:
    def __init__(self, root):
        self.root = os.path.join(root, "")
        outside = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}
        self.outside = tuple(os.path.join(os.path.realpath(path), "") for path in outside)
        self.noise = ("/proc/", "/sys/", "/dev/", os.path.join(os.path.realpath(tempfile.gettempdir()), ""))
        self.tracked = {}  # file name -> its absolute path, or None
        self.owners = {}  # id of a code object -> unit
        self.kept = []  # code objects whose ids are in use
        self.units = []  # (path, line, name)
        self.numbers = {}
        self.session = self.current = Window()
        self.modules = {}  # path -> Window
        self.told = set()
        self.known = {}  # path -> size of its window when it was told
        self.foreign = 0  # imports of others' modules that go on
        self.definitions = ()  # fixtures of the test that runs
        self.on = self.collecting = False

    # Starting

    def start(self):
        """From here on, everything that this process executes is looked at, and there is no end. False where it comes too
        late, because code of the project is there already."""
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        if any(isinstance(file, str) and self.path(file) for file in files):
            return False
        sys.addaudithook(self.hook)
        watch_environment(self)
        watch_imports(self)
        self.functions = Monitor(self) if hasattr(sys, "monitoring") else Tracer(self)
        self.on = True
        return True

    # Windows

    def enter(self, window):
        before, self.current = self.current, window
        self.functions.switch()
        return before

    def leave(self, before):
        self.current = before
        self.functions.switch()

    def module(self, path, run):
        """Runs the import of a module in its own window; whoever asked for it depends on it."""
        window = self.modules.setdefault(path, Window())
        foreign, self.foreign = self.foreign, 0
        # What pytest imports while it collects are the tests' own files and conftests, which concern no others.
        if self.current is not self.session or not self.collecting and os.path.basename(path) != "conftest.py":
            self.current.imports.add(path)
        before = self.enter(window)
        try:
            return run()
        finally:
            self.foreign = foreign
            self.leave(before)

    def foreign_module(self, run):
        """Runs the import of a module that is known by its version, with everything that it starts."""
        self.foreign += 1
        try:
            return run()
        finally:
            self.foreign -= 1

    def test(self, run):
        """Runs a test; its window, with those of all fixtures that it used."""
        window = Window()
        self.definitions = ()
        before = self.enter(window)
        try:
            run()
        finally:
            self.leave(before)
        for definition in self.definitions:
            shared = getattr(definition, "_dx_window", None)
            if shared is not None:
                window.add(shared)
        return window

    # What is used

    def path(self, name):
        """The absolute path of code that is looked at, or None."""
        try:
            return self.tracked[name]
        except KeyError:
            path = os.path.realpath(name) if name and not name.startswith("<") else ""
            mine = path.endswith(".py") and not path.startswith(self.outside) and "/.dx/" not in path
            # What comes out of an archive is known by the archive, which is read as a file.
            mine = mine and os.path.isfile(path)
            if mine and not path.startswith(self.root) and "/site-packages/" in path:
                mine = False
            self.tracked[name] = path if mine else None
            return self.tracked[name]

    def register(self, code):
        """Gives every function of a module's code its unit."""
        path = self.path(code.co_filename)
        if path is None:
            return
        self.kept.append(code)
        todo = [(code, self.unit(path, 0, ""), False)]
        while todo:
            code, owner, inside = todo.pop()
            self.owners[id(code)] = owner
            self.functions.look_at(code)
            for constant in code.co_consts:
                if type(constant) is not type(code):
                    continue
                name, unit = constant.co_name, owner
                if not inside and not name.startswith("<") and name != "__annotate__":
                    unit = self.unit(path, constant.co_firstlineno, name)
                # What stands in a function is a part of it; the scope of type parameters is no function.
                function = constant.co_flags & OPTIMIZED and not name.startswith("<generic")
                todo.append((constant, unit, inside or bool(function)))

    def unit(self, path, line, name):
        key = (path, line, name)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.units)
            self.units.append(key)
        return number

    def hook(self, event, arguments):
        if not self.on:
            return
        if event == "exec":
            code = arguments[0]
            if getattr(code, "co_name", None) == "<module>" and id(code) not in self.owners:
                self.register(code)
        elif event == "open":
            path, mode, flags = arguments
            if not isinstance(path, (str, bytes)):
                return
            anew = flags & (os.O_TRUNC | os.O_EXCL) if mode is None else ANEW & set(mode)
            if anew:
                # What is written before it is read is no input but a product.
                self.current.products.add(path)
            elif path not in self.current.products and not imports(sys._getframe(1)):
                self.current.files.add(path)
        elif event == "sqlite3.connect" and isinstance(arguments[0], (str, bytes)):
            self.current.files.add(arguments[0])
        elif event == "os.listdir" or event == "os.scandir":
            if not imports(sys._getframe(1)):
                self.current.folders.add(arguments[0])
        elif event == "dx.read":
            # What the package dx knows without opening the file: a snapshot that matches, the inputs of a cached fixture.
            self.current.files.add(arguments[0])
        elif event in SPAWNS and not self.foreign:
            self.current.spawned = event

    # Telling

    def forked(self):
        """In a worker: what its parent knew, the parent tells."""
        self.told = set()
        self.known = {path: size(window) for path, window in self.modules.items()}
        self.session = self.current = Window()

    def describe(self, window, source=None):
        """`source` is the module's own file, which is read in order to import it."""
        units = sorted(window.units)
        new = [unit for unit in units if unit not in self.told]
        self.told.update(new)
        out = {"units": units}
        if new:
            out["new"] = [(unit,) + self.units[unit] for unit in new]
        files = [path for path in self.lasting(window.files) if path != source]
        if files:
            out["files"] = files
        folders = self.lasting(window.folders)
        if folders:
            out["folders"] = folders
        names = sorted(name for name in window.names if name not in OWN)
        if names:
            out["names"] = names
        if window.imports:
            out["imports"] = sorted(window.imports)
        if window.spawned:
            out["spawned"] = window.spawned
        return out

    def lasting(self, paths):
        found = {absolute(path) for path in paths}
        return sorted(path for path in found if path and self.lasts(path))

    def lasts(self, path):
        """Whether a file says something in the next run, too: a project may lie in the folder for temporary files."""
        # What pytest and dx keep for themselves is no input.
        if path.endswith((".pyc", ".pyo")) or path.startswith(self.outside + WATCH.ignored) or "/.dx/" in path:
            return False
        return path.startswith(self.root) or not path.startswith(self.noise)

    def modules_told(self):
        """Evidence of every module that was imported since the last call, and of the session."""
        out = []
        for path, window in list(self.modules.items()):
            if self.known.get(path) != size(window):
                self.known[path] = size(window)
                out.append(dict(self.describe(window, path), module=path))
        session, self.session = self.session, Window()
        if self.current is session:
            self.current = self.session
        # pytest lists folders and reads its configuration: dx-testrun knows about these.
        session.folders = set()
        out.append(dict(self.describe(session), module="", site=[path for path in sys.path if "site-packages" in path]))
        return out


def size(window):
    return len(window.units), len(window.imports), len(window.files), len(window.names)


def imports(frame):
    return frame is not None and frame.f_code.co_filename.startswith(IMPORTERS)


class Monitor:
    """Functions by `sys.monitoring`: an event for the first call in each window, nothing for the others."""

    def __init__(self, recorder):
        self.recorder = recorder
        self.seen = []
        self.monitoring = sys.monitoring
        self.event = sys.monitoring.events.PY_START
        sys.monitoring.use_tool_id(TOOL, "dx")
        owners, seen, disable = recorder.owners, self.seen, sys.monitoring.DISABLE

        def started(code, _):
            recorder.current.units.add(owners[id(code)])
            seen.append(code)
            return disable

        sys.monitoring.register_callback(TOOL, self.event, started)

    def look_at(self, code):
        self.monitoring.set_local_events(TOOL, code, self.event)

    def switch(self):
        """What was called in the last window would be silent in the next."""
        arm, event = self.monitoring.set_local_events, self.event
        # Other threads may add to it meanwhile.
        seen = self.seen[:]
        del self.seen[: len(seen)]
        for code in seen:
            arm(TOOL, code, 0)
            arm(TOOL, code, event)


class Tracer:
    """Functions by a trace function, for Pythons without `sys.monitoring`; by a profile function where somebody else
    traces."""

    def __init__(self, recorder):
        self.recorder = recorder
        owners = recorder.owners

        def called(frame, event, _):
            unit = owners.get(id(frame.f_code))
            if unit is not None:
                recorder.current.units.add(unit)

        self.called = called
        self.switch()

    def look_at(self, code):
        pass

    def switch(self):
        if sys.gettrace() in (None, self.called):
            sys.settrace(self.called)
        elif sys.getprofile() is None:
            sys.setprofile(self.called)


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
    from importlib import _bootstrap_external as machinery

    from _pytest.assertion.rewrite import AssertionRewritingHook

    for kind in (machinery._LoaderBasics, AssertionRewritingHook):
        wrap(recorder, kind)


def wrap(recorder, kind):
    plain = kind.exec_module

    def exec_module(self, module):
        spec = module.__spec__
        path = recorder.path(getattr(spec, "origin", None) or "")
        if path is None:
            return recorder.foreign_module(lambda: plain(self, module))
        return recorder.module(path, lambda: plain(self, module))

    kind.exec_module = exec_module


class Fixtures:
    """Fixtures that live longer than a test have windows of their own."""

    def __init__(self, recorder):
        self.recorder = recorder

    def pytest_fixture_setup(self, fixturedef, request):
        if fixturedef.scope == "function":
            yield
            return
        fixturedef._dx_window = window = Window()
        before = self.recorder.enter(window)
        yield
        self.recorder.leave(before)

    def pytest_runtest_teardown(self, item):
        """All fixtures that the test used, also those that were there already."""
        request = getattr(item, "_request", None)
        self.recorder.definitions = list(getattr(request, "_fixture_defs", {}).values())
