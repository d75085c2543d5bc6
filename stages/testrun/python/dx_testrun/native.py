"""Functions that are executed, as the library tells it."""

import sys

from dx_testrun.functions import TOOL, Monitor, Tracer, frame_of, identity
from dx_testrun.library import LIBRARY
from dx_testrun.remember import FORMS, STEPS, WRITERS

MONITORED = hasattr(sys, "monitoring")
EVALUATED = not MONITORED and LIBRARY is not None and bool(LIBRARY.evaluates(sys.version_info[1]))


def is_cheap():
    """Whether there is something better than a trace function."""
    return MONITORED or EVALUATED


def functions(recorder):
    """Who tells which functions are executed."""
    if MONITORED:
        return Monitor(recorder) if LIBRARY is None else Events(recorder)
    return Frames(recorder) if EVALUATED else Tracer(recorder)


def know(recorder, *monitoring):
    """Tells the library what it needs in order to register code."""
    memories = recorder.memories

    def consider(path, code, bits):
        memories.considered(path, code, bool(bits & 1), bool(bits & 2), bool(bits & 4))

    kept = recorder.owners, memories.by_code, recorder.lines, recorder.line_names, WRITERS
    LIBRARY.know(*kept, identity, recorder.numbers, recorder.units, recorder.paths, consider, *(monitoring or [None] * 4), bytes(FORMS), STEPS)


class Events(Monitor):
    """`sys.monitoring` with the library's callback."""

    registers = True

    def __init__(self, recorder):
        self.forget, self.unknown = LIBRARY.switch, LIBRARY.unknown
        super().__init__(recorder)
        know(recorder, self.monitoring.set_local_events, TOOL, self.event, self.returning)

    def callback(self):
        memories, by_code = self.recorder.memories, self.recorder.memories.by_code

        def remembers(code):
            memories.called(by_code[identity(code)], frame_of(1), code)

        LIBRARY.start(self.recorder, remembers, None, None, self.monitoring.DISABLE)
        return LIBRARY.started

    def look_at(self, code):
        LIBRARY.look_at(code, self.recorder.owners[identity(code)], False)
        super().look_at(code)

    def look_at_return(self, code):
        if identity(code) in self.recorder.owners:
            LIBRARY.look_at(code, self.recorder.owners[identity(code)], True)
        super().look_at_return(code)

    def wake(self, known=None):
        LIBRARY.wake(self.monitoring.set_local_events, TOOL, self.event, self.returning, known)


class Frames:
    """Functions by the evaluation of their frames (PEP 523), for CPython 3.9 to 3.11."""

    registers = rests = True
    fixed = each = 0  # it hears of every call anyhow

    def __init__(self, recorder):
        self.recorder = recorder
        memories, by_code = recorder.memories, recorder.memories.by_code

        def remembers(code, frame):
            return memories.called(by_code[identity(code)], frame, code)

        def returned(frame, _):
            memories.returned(frame)

        def deep(*_):
            # Nothing is seen from here on.
            recorder.current.spawns.add("deep recursion")

        self.resting = False
        know(recorder)
        LIBRARY.start(recorder, remembers, returned, deep, None)
        LIBRARY.resume()

    def look_at(self, code):
        LIBRARY.look_at(code, self.recorder.owners[identity(code)], False)

    def look_at_return(self, code):
        if identity(code) in self.recorder.owners:
            LIBRARY.look_at(code, self.recorder.owners[identity(code)], True)

    def hear_anew(self):
        pass

    def rest(self):
        self.resting = True
        LIBRARY.rest()

    def resume(self):
        self.resting = False
        self.switch()

    def switch(self):
        LIBRARY.switch()
        if not self.resting:
            LIBRARY.resume()

    def wake_unknown(self, window):
        LIBRARY.switch()
