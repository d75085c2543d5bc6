"""Which functions are executed, as Python tells it: by events where it has them, by a trace function where not."""

import sys
import threading

TOOL = 4
OTHERS = [number for number in range(6) if number != TOOL]
# Tests take it away.
frame_of = sys._getframe
# What `id` tells, but without the audit event that it raises.
identity = object.__hash__
# From so many functions on, all events are told again at once, also those that nobody waits for.
MANY = 24


class Monitor:
    """Functions by `sys.monitoring`: an event for the first call in each window, or for its going on, nothing for the
    others."""

    rests = resting = False  # whether it is to be told that no code of the project runs
    registers = False  # whether the library knows how
    # What it costs to tell a test apart and to hear of all functions again, in seconds: once, and for each that was called
    # (jinja2's, CPython 3.12 to 3.14).
    fixed, each = 25e-6, 1.5e-6

    def __init__(self, recorder):
        self.recorder = recorder
        self.shares = False  # coverage.py, too, is to hear of everything again
        self.seen = {}  # unit -> code objects of it that are silent now, because they were called
        self.monitoring = sys.monitoring
        # A generator or a coroutine may begin in one test and go on in another.
        self.event = sys.monitoring.events.PY_START | sys.monitoring.events.PY_RESUME
        self.returning = self.event | sys.monitoring.events.PY_RETURN
        memories = recorder.memories

        def returned(code, _, value):
            memories.returned(frame_of(1))

        sys.monitoring.use_tool_id(TOOL, "dx")
        started = self.callback()
        for event in (sys.monitoring.events.PY_START, sys.monitoring.events.PY_RESUME):
            sys.monitoring.register_callback(TOOL, event, started)
        sys.monitoring.register_callback(TOOL, sys.monitoring.events.PY_RETURN, returned)

    def callback(self):
        recorder = self.recorder
        owners, seen, disable = recorder.owners, self.seen, self.monitoring.DISABLE
        memories, by_code = recorder.memories, recorder.memories.by_code

        def started(code, _):
            key = identity(code)
            unit = owners[key]
            recorder.current.units[unit] = None
            if key in by_code:
                # Every call of it is looked at.
                memories.called(by_code[key], frame_of(1), code)
                return None
            silent = seen.get(unit)
            if silent is None:
                seen[unit] = [code]
            else:
                silent.append(code)
            return disable

        return started

    def look_at(self, code):
        events = self.returning if identity(code) in self.recorder.memories.by_code else self.event
        self.monitoring.set_local_events(TOOL, code, events)

    def look_at_return(self, code):
        if identity(code) in self.recorder.owners:
            self.monitoring.set_local_events(TOOL, code, 0)
            self.monitoring.set_local_events(TOOL, code, self.returning)

    def switch(self):
        """What was called in the last window would be silent in the next."""
        if self.unknown() < MANY or any(map(self.monitoring.get_tool, OTHERS)):
            self.wake()
        else:
            # In this order: what another thread calls meanwhile is told again, or known to be silent.
            self.forget()
            self.monitoring.restart_events()

    def rest(self):
        """Between tests nothing of the project runs that is of interest. Who hears of it by events pays nothing for it."""

    resume = rest

    def hear_anew(self):
        """Also of what was heard of since the last switch, and with coverage.py."""
        if self.shares:
            self.forget()
            self.monitoring.restart_events()

    def wake_unknown(self, window):
        """As `switch`, but what the window knows already may stay silent."""
        if self.unknown(window.units) < MANY:
            self.wake(window.units)
        else:
            self.switch()

    # What is silent

    def unknown(self, known=frozenset()):
        """How many units are silent and not known."""
        return len(self.seen.keys() - known)

    def forget(self):
        self.seen.clear()

    def wake(self, known=frozenset()):
        arm, event, by_code = self.monitoring.set_local_events, self.event, self.recorder.memories.by_code
        # Other threads may add to it meanwhile.
        for unit in tuple(self.seen.keys() - known):
            for code in self.seen.pop(unit):
                arm(TOOL, code, 0)
                arm(TOOL, code, self.returning if identity(code) in by_code else event)


class Tracer:
    """Functions by a trace function, for Pythons without `sys.monitoring`; by a profile function where somebody else
    traces."""

    registers, rests = False, True
    fixed = each = 0  # it hears of every call anyhow

    def __init__(self, recorder):
        self.recorder = recorder
        owners = recorder.owners
        memories, by_code = recorder.memories, recorder.memories.by_code

        def called(frame, event, _):
            if event == "return":
                if memories.open:
                    memories.returned(frame)
                return None
            code = frame.f_code
            unit = owners.get(identity(code))
            if unit is not None:
                recorder.current.units[unit] = None
                memory = by_code.get(identity(code))
                if memory is not None and memories.called(memory, frame, code):
                    frame.f_trace_lines = False
                    return until_return
            return None

        def until_return(frame, event, _):
            if event == "return":
                memories.returned(frame)
            return until_return

        self.called, self.resting = called, False
        threading.settrace(called)
        self.switch()

    def look_at(self, code):
        pass

    def look_at_return(self, code):
        pass

    def wake_unknown(self, window):
        pass

    def hear_anew(self):
        pass

    def rest(self):
        self.resting = True
        if sys.gettrace() is self.called:
            sys.settrace(None)
        elif sys.getprofile() is self.called:
            sys.setprofile(None)

    def resume(self):
        self.resting = False
        self.switch()

    def switch(self):
        if self.resting:
            return
        if sys.gettrace() in (None, self.called):
            sys.settrace(self.called)
        elif sys.getprofile() is None:
            sys.setprofile(self.called)
