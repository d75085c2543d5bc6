"""Code of the project that runs where nobody looks: in processes of multiprocessing, in other interpreters, compiled.

Other programs that are started have audit events. These have none: processes that are spawned, or forked by a server. What
a test has started and left may serve the tests after it, of which nothing is known then either. A function that numba or
jax compiles runs in another form: whoever has it compiled uses it.
"""

import functools
import sys

from dx_testrun.functions import identity

# Modules with a class `BaseProcess`.
PROCESSES = ("multiprocessing.process", "multiprocess.process", "billiard.process")
# What makes interpreters: by its name of now, and that of CPython 3.12 and before.
INTERPRETERS = ("_interpreters", "_xxsubinterpreters")
COMPILER = "numba.core.dispatcher"
# Packages whose objects stand for functions that they have compiled, and where these are found.
COMPILED = frozenset(("jax", "jaxlib", "tensorflow"))
PLAIN_FORMS = ("__wrapped__", "python_function")


class Elsewhere:
    def __init__(self, recorder):
        self.recorder = recorder
        self.processes = []  # that tests have started, as far as they may still run
        self.interpreters = None  # the module that knows whether tests have left some
        for name in (*PROCESSES, *INTERPRETERS, COMPILER):
            if name in sys.modules:
                self.imported(sys.modules[name])

    def imported(self, module):
        """A module was imported that is not the project's."""
        # Not every module has kept its name.
        name = getattr(module, "__name__", None)
        if name in PROCESSES:
            module.BaseProcess.start = self.noted(module.BaseProcess.start, self.started)
        elif name in INTERPRETERS:
            module.create = self.noted(module.create, functools.partial(self.has_interpreters, module))
        elif name == COMPILER:
            module.Dispatcher.__init__ = self.compiling(module.Dispatcher.__init__)

    def compiling(self, plain):
        @functools.wraps(plain)
        def compiling(dispatcher, *arguments, **named):
            self.use(named["py_func"] if "py_func" in named else arguments[0], self.recorder.current)
            plain(dispatcher, *arguments, **named)

        return compiling

    def made(self, value, path):
        """A module was executed and keeps this, which can be called: it may be one of its functions, compiled."""
        home = type(value).__module__
        if isinstance(home, str) and home.partition(".")[0] in COMPILED:
            for name in PLAIN_FORMS:
                self.use(getattr(value, name, None), self.recorder.modules[path])

    def use(self, function, window):
        unit = self.recorder.owners.get(identity(getattr(function, "__code__", None)))
        if unit is not None:
            window.units[unit] = None

    def noted(self, plain, what):
        @functools.wraps(plain)
        def noted(*arguments, **named):
            self.recorder.current.spawns.add(plain.__name__)
            if self.is_tests_own():
                what(*arguments[:1])
            return plain(*arguments, **named)

        return noted

    def started(self, process):
        self.processes.append(process)

    def has_interpreters(self, maker, *_):
        self.interpreters = maker

    def is_tests_own(self):
        """Whether it is a test that does something, and no fixture that it shares: users of that are known."""
        recorder = self.recorder
        inside = recorder.memories.open
        window = inside[0][1] if inside else recorder.current
        is_so = recorder.series is not None and window is recorder.series.window
        recorder.attends |= is_so
        return is_so

    def look(self, window):
        """A test is over, and something may have been there that it or one before it has started."""
        if self.processes or self.interpreters:
            window.spawns.add("left")
            self.processes = list(filter(is_alive, self.processes))
            if self.interpreters and len(self.interpreters.list_all()) < 2:
                self.interpreters = None


def is_alive(process):
    try:
        return process.is_alive()
    except (AssertionError, ValueError):
        # It is closed, or another process's.
        return False
