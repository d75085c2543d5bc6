"""Files that packages read for the project and may keep: a template that an engine has loaded is not opened again.

Between the project's function that asked and the file that was opened stand functions of packages. If one of them writes
into something that may last, then it and those that called it count for every test that calls them later: what they have
read is an input of these, too. They are units as the project's functions are, and stand for the files. A package's function
in a cache of `functools` is known by the hits of that.
"""

import weakref

from dx_testrun.functions import identity
from dx_testrun.remember import CODES, STORE_SUBSCR, Memory, form

STORE_GLOBAL = CODES["STORE_GLOBAL"]
# In the place of a path, for the runner.
READS = "<reads>"
# Who is above these did not ask for the file, or what they keep is known otherwise; hypothesis reads all sources of a project
# for constants that are worth a try. And those that only pass a call on.
ENDS = ("importlib", "_frozen_importlib", "_pytest", "pytest", "pluggy", "hypothesis", "dx", "dx_testrun", "linecache", "inspect")
PASSES = ("functools", "contextlib")
DEPTH = 60  # of frames that are looked at


class Reads:
    def __init__(self, recorder):
        self.recorder = recorder
        self.files = {}  # unit -> files that were read below its function
        self.known = {}  # identity of a package's code, which is kept -> how it writes
        self.caches = {}  # the same of what is cached -> the code, a reference to the function with its cache
        self.memories = {}  # the same -> Memory of the files that it has read
        self.forked()

    def forked(self):
        """In a worker: what was read before it is told once more."""
        self.fresh = set(self.files)

    def note(self, path, frame):
        """A package, or the project itself, reads a file of the project."""
        recorder, frames = self.recorder, []
        if recorder.current is recorder.session or not isinstance(path, str) or not path.startswith(recorder.root):
            return
        while frame is not None and len(frames) < DEPTH and recorder.path(frame.f_code.co_filename) is None:
            name = frame.f_globals.get("__name__")
            name = name.partition(".")[0] if isinstance(name, str) else ""
            if name in ENDS:
                break
            if name not in PASSES:
                frames.append(frame)
            frame = frame.f_back
        for frame in frames:
            if identity(frame.f_code) in self.caches:
                self.keep(path, frame.f_code)
        writes = [self.writes(frame.f_code) for frame in frames]
        # In `self` only what the project has called itself: others' objects come and go with the call.
        last = next((at for at, how in enumerate(writes) if how & 1 or how and at == len(writes) - 1), None)
        if last is None:
            return
        for frame in frames[last:]:
            unit = self.unit(frame.f_code)
            files = self.files.setdefault(unit, set())
            if path not in files:
                files.add(path)
                self.fresh.add(unit)

    def cached(self, function, code):
        """A package's function that has a cache."""
        self.caches[identity(code)] = code, weakref.ref(function)

    def keep(self, path, code):
        """A file is read for such a cache."""
        memory, function = self.memories.get(identity(code)), self.caches[identity(code)][1]()
        if memory is None and function is not None:
            memory = self.memories[identity(code)] = Memory(self.recorder.window())
            self.recorder.memories.watch(function, memory, function.cache_info().hits)
        if memory is not None:
            memory.window.files.add(path)

    def writes(self, code):
        """1: into something that may last, 2: into its own object."""
        known = self.known.get(identity(code))
        if known is None:
            self.recorder.kept.append(code)
            operations = code.co_code[::2]
            others = STORE_SUBSCR in operations or STORE_GLOBAL in operations or "setdefault" in code.co_names
            known = self.known[identity(code)] = others | 2 * (code.co_name != "__init__" and form(code)[2])
        return known

    def unit(self, code):
        recorder = self.recorder
        unit = recorder.owners.get(identity(code))
        if unit is None:
            unit = recorder.owners[identity(code)] = recorder.unit(READS, len(recorder.units), code.co_name)
            recorder.functions.look_at(code)
        return unit

    def take(self):
        """What is not told yet."""
        fresh, self.fresh = self.fresh, set()
        lasting = self.recorder.teller.lasting
        return [(unit, lasting(self.files[unit])) for unit in sorted(fresh)]
