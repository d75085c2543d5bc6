"""What each test really used: functions that it executed, files and variables that it read.

Whatever happens while a module is imported belongs to that module, what a fixture with a longer life does to that
fixture, everything else outside a test to the session. A test's evidence is its own with that of its fixtures;
dx-testrun joins it with the modules' by their imports.

Functions are known by the file, the first line and the name of the outermost `def` that their code stands in, without
its classes: that is a fragment in the sources' outline. Only code below the project is looked at: the rest is known by its version.
"""

import contextlib
import os
import stat
import sys
import tempfile
from os import lstat
from time import perf_counter

from dx_testrun.asked import watch_files, watch_lines
from dx_testrun.bare import Test
from dx_testrun.batch import Batch, Series
from dx_testrun.covered import context_of
from dx_testrun.elsewhere import Elsewhere
from dx_testrun.functions import identity
from dx_testrun.library import LIBRARY, listen
from dx_testrun.native import functions
from dx_testrun.reads import Reads
from dx_testrun.remember import Memories, watch_caches
from dx_testrun.telling import BYTECODE, Teller
from dx_testrun.window import Window
from dx_testrun.windows import watch_environment, watch_fixtures, watch_imports

# Tests take it away.
frame_of = sys._getframe
SPAWNS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"}
# Those that put something in a file's place.
WRITES = {"os.rename", "os.link", "os.symlink", "os.truncate"}
HEARD = SPAWNS | WRITES | {"exec", "open", "sqlite3.connect", "os.listdir", "os.scandir", "import", "code.__new__", "dx.read"}
# Code that reads files in order to import them, or to show where a failure is.
IMPORTERS = ("<frozen importlib",)
OWN_CODE = "<dx_testrun>"  # forks workers
# Seconds that a process may spend on telling its tests apart before their time must pay for it; the share of a test's that
# recording may take, and what it takes of that in any case.
CREDIT, SHARE, LEAST = 0.02, 1 / 12, 20e-6
ANEW = frozenset("wx")  # modes of open() that leave nothing of what was there
OPTIMIZED = 1  # inspect.CO_OPTIMIZED: functions have it, bodies of classes do not
# Who uses these sees on which line code stands.
LINES = frozenset(
    "tb_lineno f_lineno co_firstlineno co_lines co_positions co_lnotab co_linetable format_exc format_exception"
    " format_tb format_stack format_list extract_tb extract_stack walk_tb walk_stack print_exc print_exception"
    " print_tb print_stack TracebackException StackSummary getframeinfo getsourcelines getinnerframes getouterframes"
    " findsource getblock findlinestarts".split()
)


class Recorder:
    line_names = LINES

    def __init__(self, root, outline):
        self.root = os.path.join(root, "")
        self.outline = outline
        outside = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__)}
        self.outside = tuple(os.path.join(os.path.realpath(path), "") for path in outside)
        self.noise = ("/proc/", "/sys/", "/dev/", os.path.join(os.path.realpath(tempfile.gettempdir()), ""))
        self.tracked = {}  # file name -> its absolute path, or None
        self.folders = {}  # their real paths
        self.owners = {}  # id of a code object -> unit
        self.kept = []  # code objects whose ids are in use
        self.units, self.paths = [], []  # (number, line, name) of each unit, and its file
        self.numbers = {}
        self.session = self.current = Window()
        self.modules = {}  # path -> Window
        self.touched = {}  # paths whose windows may have grown since, in order
        self.foreign = 0  # imports of others' modules that go on
        self.source = None  # the file that is imported, until its code begins: it is read for that
        self.importing = False  # whether nobody but Python or pytest does anything, until its code begins
        self.on = self.collecting = False
        self.lines = set()  # units that look at lines
        self.window = Window
        self.memories = Memories(self)
        self.reads = Reads(self)
        self.at = None  # the test that runs
        self.attends = False  # whether something is to be done around it, which most runs have no cause for
        # Of the test before, and its end; seconds that may be spent on hearing of functions again, and what that costs at least.
        self.file, self.now, self.credit, self.price = None, 0.0, CREDIT, 0
        self.shared, self.batch, self.series = {}, Batch(0), None
        self.ended = []  # windows of fixtures that have ended, with the tests that they were for
        self.written = set()  # files that were opened to be written, by whomever
        self.has_others = False  # tests that are not Python
        self.teller = Teller(self)
        self.coverage, self.covered = None, ""  # coverage.py in a worker, if it is to tell test files apart

    # Starting

    def start(self):
        """From here on, everything that this process executes is looked at, and there is no end."""
        # What was imported before (by `sitecustomize`, by files of site-packages) every test may use, and as a whole.
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        self.session.files.update(file for file in files if isinstance(file, str) and self.path(file))
        listen(self.hook, HEARD)
        self.elsewhere = Elsewhere(self)
        watch_environment(self)
        watch_imports(self)
        watch_files(self)
        watch_lines(self)
        watch_caches(self.memories)
        watch_fixtures(self)
        self.functions = functions(self)
        self.attends = self.functions.rests
        self.now = perf_counter()
        self.on = True

    # Windows

    def enter(self, window):
        self.memories.look(self.current)
        before, self.current = self.current, window
        self.functions.switch()
        return before

    def leave(self, before, window):
        self.memories.look(window)
        self.current = before
        self.functions.switch()

    @contextlib.contextmanager
    def within(self, window):
        """Code of the project runs in this window."""
        rested = self.functions.resting
        if rested:
            self.functions.resume()
        before = self.enter(window)
        try:
            yield
        finally:
            self.leave(before, window)
            if rested:
                self.functions.rest()

    def begin_module(self, path, plain):
        """A module is imported in its own window; whoever asked for it depends on it. `plain`: the project's code has no part
        in that."""
        window = self.modules.setdefault(path, Window())
        # What pytest imports while it collects are the tests' own files and conftests, which concern no others.
        if self.current is not self.session or not self.collecting and os.path.basename(path) != "conftest.py":
            self.current.imports.add(path)
            self.importer(path)
        rested = self.functions.resting
        if rested:
            self.functions.resume()
        begun = rested, self.foreign, self.source, self.importing, self.enter(window)
        self.foreign, self.source, self.importing = 0, path, plain
        return begun

    def end_module(self, path, begun):
        rested, self.foreign, self.source, self.importing, before = begun
        self.leave(before, self.modules[path])
        if rested:
            self.functions.rest()
        self.touched[path] = True

    def importer(self, path):
        """Without an outline nobody knows what a function imports when it is there already: its module imports it."""
        frame = None if self.outline else frame_of(1)
        while frame is not None and not self.path(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is not None:
            importing = self.path(frame.f_code.co_filename)
            self.modules.setdefault(importing, Window()).imports.add(path)
            self.touched[importing] = True

    def test(self, run, at, item):
        """Runs a test, and tells what it used.

        To hear of every function again costs something. Where there are too many short tests to pay for that each time, some
        of a file share what they call: that of each counts for those after it, too. Returns whether there may be something to
        tell."""
        series = self.series
        is_new = series is None or at[1] != series.next or at[0] != series.file or self.credit >= self.price
        if is_new:
            series = self.begin_series(at)
        window = series.window
        self.at = at
        if self.attends:
            self.before_test(item)
        before, self.current = self.current, window
        try:
            run()
        finally:
            now = perf_counter()
            gain = (now - self.now) * SHARE - LEAST
            self.now = now
            if gain > 0:
                self.credit += gain
            if self.attends:
                self.after_test(window)
            self.at, self.current = None, before
            if self.memories.open:
                self.memories.open.clear()
        if type(item) is not Test:
            self.look_at_item(item, window)
        if window.rest:
            self.end_series()
            self.teller.test(self.batch, window, at)
            return True
        series.next += 1
        series.ends.append(len(window.units))
        return is_new

    def before_test(self, item):
        if self.coverage is not None:
            self.cover(context_of(item.nodeid))
        self.memories.look(self.current)

    def after_test(self, window):
        if self.functions.rests:
            self.functions.rest()
        self.memories.look(window)
        self.elsewhere.look(window)

    def begin_series(self, at):
        """The series that this test is of: if it can be, the one that goes on."""
        series, units = self.series, self.shared
        price = self.functions.fixed + self.functions.each * len(units)
        anew = at[0] != self.file or self.credit >= price
        if not anew and series is not None and series.next == at[1]:
            # More was called since that was asked.
            self.price = price
            return series
        self.end_series()
        window = Window()
        if anew:
            self.file, self.shared = at[0], window.units
            self.credit, self.price = self.credit - price, self.functions.fixed
            self.batch = Batch(self.batch.number + 1)
            self.functions.switch()
        else:
            window.units = units
        self.series = Series(self.batch, window, at)
        return self.series

    def end_series(self):
        series, self.series = self.series, None
        if series is not None and series.ends:
            self.teller.series(series)

    def cover(self, name):
        """From here on, coverage.py measures under the name of this test file, or under none."""
        if self.coverage is not None and name != self.covered:
            self.covered = name
            self.coverage.switch_context(name)
            self.functions.hear_anew()

    def look_at_item(self, item, window):
        """Tests that are no functions stand in their file somewhere: in a docstring, in a text of another kind."""
        path = file_of(item)
        if path is not None:
            window.files.add(path)
            self.has_others = self.has_others or not path.endswith(".py")

    def disown(self, nodes):
        """What was read of such a text in order to find its tests concerns these alone."""
        for path in map(file_of, nodes):
            if path is not None and not path.endswith(".py"):
                self.session.files.discard(path)

    def ended_fixtures(self):
        """What ended since the last call: the tests, and the window of the fixture with its end."""
        ended, self.ended = self.ended, []
        return [(tests, window.whole()) for tests, window in ended]

    # What is used

    def path(self, name):
        """The absolute path of code that is looked at, or None."""
        try:
            return self.tracked[name]
        except KeyError:
            on, self.on = self.on, False
            # What comes out of an archive is known by the archive, which is read as a file.
            path = self.real(name) if name and not name.startswith("<") else ""
            mine = path.endswith(".py") and not path.startswith(self.outside) and "/.dx/" not in path
            if mine and not path.startswith(self.root) and "/site-packages/" in path:
                mine = False
            self.tracked[name] = path if mine else None
            self.on = on
            return self.tracked[name]

    def real(self, name):
        """The real path of a file, without asking for every folder above each of many; nothing if there is no file."""
        folder, _, base = name.rpartition("/")
        try:
            is_plain = name[0] == "/" and stat.S_ISREG(lstat(name).st_mode)
        except (OSError, ValueError):
            return ""
        if not is_plain:
            path = os.path.realpath(name)
            return path if os.path.isfile(path) else ""
        known = self.folders.get(folder)
        if known is None:
            known = self.folders[folder] = os.path.join(os.path.realpath(folder or "/"), "")
        return known + base

    def execute(self, code):
        """A module's code begins. It runs once, so nothing has to be told of it by `sys.monitoring`."""
        if self.source is not None and self.is_of_source(code):
            # Who reads it from here on does so for its own account.
            self.source = None
        self.importing = False
        unit = self.owners.get(identity(code))
        if unit is None:
            self.register(code)
            unit = self.owners.get(identity(code))
            if unit is None:
                return
        self.current.units[unit] = None

    def is_of_source(self, code):
        """Whether it is the code of the module that is imported, and not something that an importer of the project's runs."""
        name, source = code.co_filename, self.source
        if self.importing and os.path.basename(name) == os.path.basename(source):
            # pytest's bytecode names its source as it was called when it was written; folders are moved and copied.
            self.tracked[name] = source
        return self.path(name) == source

    def register(self, code):
        """Gives a module's code and every function in it their units."""
        path = self.path(code.co_filename)
        if path is None:
            return
        self.kept.append(code)
        if self.functions.registers:
            LIBRARY.register(path, code, self.unit(path, 0, ""))
            return
        todo, module = [(code, self.unit(path, 0, ""), False)], code
        while todo:
            code, owner, inside = todo.pop()
            self.owners[identity(code)] = owner
            if code is not module:
                self.functions.look_at(code)
            for constant in code.co_consts:
                if type(constant) is not type(code):
                    continue
                name, unit = constant.co_name, owner
                if not inside and not name.startswith("<") and name != "__annotate__":
                    unit = self.unit(path, constant.co_firstlineno, name)
                # What stands in a function is a part of it; the scope of type parameters is no function.
                function = constant.co_flags & OPTIMIZED and not name.startswith("<generic")
                if function:
                    self.memories.consider(path, constant)
                if not LINES.isdisjoint(constant.co_names):
                    self.lines.add(unit)
                todo.append((constant, unit, inside or bool(function)))

    def unit(self, path, line, name):
        key = (path, line, name)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.units)
            self.units.append((number, line, name))
            self.paths.append(path)
        return number

    def hook(self, event, arguments):
        if not self.on:
            return
        if event == "exec":
            code = arguments[0]
            if getattr(code, "co_name", None) == "<module>":
                self.execute(code)
        elif event == "open":
            path, mode, flags = arguments
            if not isinstance(path, (str, bytes)) or isinstance(path, str) and path.endswith(BYTECODE):
                return
            path = here(path)
            anew = flags & (os.O_TRUNC | os.O_EXCL) if mode is None else ANEW & set(mode)
            if flags & (os.O_WRONLY | os.O_RDWR):
                self.written.add(path)
            if anew:
                # What is written before it is read is no input but a product.
                self.current.products.add(path)
            elif flags & os.O_ACCMODE == os.O_WRONLY:
                # What is added to is not read.
                pass
            elif path != self.source and path not in self.current.rest.get("products", ()) and not imports(frame_of(1)) and not tells(frame_of(1)):
                self.current.files.add(path)
                self.reads.note(path, frame_of(1))
        elif event == "sqlite3.connect" and isinstance(arguments[0], (str, bytes)):
            self.current.files.add(arguments[0])
            self.reads.note(arguments[0], frame_of(1))
        elif event == "os.listdir" or event == "os.scandir":
            if not imports(frame_of(1)) and not isinstance(arguments[0], int):
                self.current.folders.add(here(arguments[0]))
        elif event == "import" and arguments[1]:
            # One that is not written in Python.
            self.current.files.add(arguments[1])
        elif event == "code.__new__" and self.current is not self.session:
            # A function in another form, of which no unit is known.
            path = self.path(arguments[1])
            if path is not None:
                self.current.files.add(path)
        elif event == "dx.read":
            # What the package dx knows without opening the file: a snapshot that matches, the inputs of a cached fixture.
            self.current.files.add(here(arguments[0]))
        elif event in WRITES:
            self.written.update(here(path) for path in arguments[:2] if isinstance(path, (str, bytes)))
        elif event in SPAWNS and not self.foreign and not frame_of(1).f_code.co_filename.startswith(OWN_CODE):
            self.current.spawns.add(event)

    def forked(self):
        """In a worker: what its parent knew, the parent tells."""
        self.teller.forked()
        self.reads.forked()
        self.touched = {}
        self.session = self.current = Window()
        self.now = perf_counter()


def file_of(node):
    """The file of a node that is no function."""
    import pytest

    if isinstance(node, pytest.Function):
        return None
    path = getattr(node, "path", None) or getattr(node, "fspath", None)
    return None if path is None else str(path)


def tells(frame):
    """Whether this code says with `dx.read` which tests use what it opens, and opens it for its own account, too."""
    return frame.f_globals.get("__name__") == "dx.snapshots"


def imports(frame):
    """Whether somebody imports, and does not read data in the same way."""
    if frame is None or not frame.f_code.co_filename.startswith(IMPORTERS):
        return False
    if frame.f_code.co_name != "get_data":
        return True
    above = frame.f_back
    return above is not None and above.f_code.co_filename.startswith(IMPORTERS) and above.f_code.co_name != "get_source"


def here(path):
    """A relative path means what it means now."""
    if path is None:
        return os.getcwd()
    try:
        path = os.fspath(path)
        return path if path[:1] in ("/", b"/") else os.path.abspath(path)
    except (OSError, TypeError, ValueError):
        return path
