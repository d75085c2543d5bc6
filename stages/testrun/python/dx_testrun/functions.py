"""Which functions are executed, as Python tells it: by events where it has them, by a trace function where not."""

import sys
import threading

TOOL = 4
# Tests take it away.
frame_of = sys._getframe


class Monitor:
    """Functions by `sys.monitoring`: an event for the first call in each window, nothing for the others."""

    def __init__(self, recorder):
        self.recorder = recorder
        self.seen = []
        self.monitoring = sys.monitoring
        self.event = sys.monitoring.events.PY_START
        self.returning = self.event | sys.monitoring.events.PY_RETURN
        sys.monitoring.use_tool_id(TOOL, "dx")
        owners, seen, disable = recorder.owners, self.seen, sys.monitoring.DISABLE
        memories, by_code = recorder.memories, recorder.memories.by_code

        def started(code, _):
            recorder.current.units.add(owners[id(code)])
            memory = by_code.get(id(code))
            if memory is not None:
                # Every call of it is looked at.
                memories.called(memory, frame_of(1), code)
                return None
            seen.append(code)
            return disable

        def returned(code, _, value):
            memories.returned(frame_of(1))

        sys.monitoring.register_callback(TOOL, self.event, started)
        sys.monitoring.register_callback(TOOL, sys.monitoring.events.PY_RETURN, returned)

    def look_at(self, code):
        events = self.returning if id(code) in self.recorder.memories.by_code else self.event
        self.monitoring.set_local_events(TOOL, code, events)

    def look_at_return(self, code):
        if id(code) in self.recorder.owners:
            self.monitoring.set_local_events(TOOL, code, 0)
            self.monitoring.set_local_events(TOOL, code, self.returning)

    def switch(self):
        """What was called in the last window would be silent in the next."""
        arm, event, by_code = self.monitoring.set_local_events, self.event, self.recorder.memories.by_code
        # Other threads may add to it meanwhile.
        seen = self.seen[:]
        del self.seen[: len(seen)]
        for code in seen:
            arm(TOOL, code, 0)
            arm(TOOL, code, self.returning if id(code) in by_code else event)


class Tracer:
    """Functions by a trace function, for Pythons without `sys.monitoring`; by a profile function where somebody else
    traces."""

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
            unit = owners.get(id(code))
            if unit is not None:
                recorder.current.units.add(unit)
                memory = by_code.get(id(code))
                if memory is not None and memories.called(memory, frame, code):
                    frame.f_trace_lines = False
                    return until_return
            return None

        def until_return(frame, event, _):
            if event == "return":
                memories.returned(frame)
            return until_return

        self.called = called
        threading.settrace(called)
        self.switch()

    def look_at(self, code):
        pass

    def look_at_return(self, code):
        pass

    def switch(self):
        if sys.gettrace() in (None, self.called):
            sys.settrace(self.called)
        elif sys.getprofile() is None:
            sys.setprofile(self.called)
