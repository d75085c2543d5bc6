"""The test that runs: what dx-testrun hears of it, from its reports to its result."""

import time

from dx_testrun.reports import crash_of, reason_of
from dx_testrun.wire import COLLECTING, ERROR, OTHER, OUTCOMES, PART_FAILED, PASSED, REPORT, RESULT_OF, TEARDOWN_ERROR, WARNING, frame


class Result:
    def __init__(self, worker, base_ns):
        self.put, self.ring, self.config = worker.put, worker.ring, worker.config
        self.passing = worker.plugin.passing
        self.base_ns = base_ns
        self.test = None
        self.at = (0, COLLECTING)
        self.held, self.told = [], False  # its reports as long as none had to be told; whether one was
        self.times = [0, 0, 0]
        self.outcome, self.flags = OTHER, 0
        self.odd = False
        self.start = 0

    def stand(self, file, number):
        """What happens from here on belongs to this test, or to the collection of this file."""
        self.at = (file, number)
        self.ring.current(file + 1, number)

    def begin(self, file, number, test, flags=0):
        self.test, self.told = test, False
        self.held.clear()
        self.times[:] = (0, 0, 0)
        self.outcome, self.flags, self.odd = OTHER, flags, False
        self.stand(file, number)
        self.start = max(0, min((time.monotonic_ns() - self.base_ns) // 1000, 0xFFFFFFFF))

    def passed(self, duration):
        """The call of a test that needs no report."""
        self.outcome = PASSED
        self.times[1] = min(max(0, int(duration * 1e6)), 0xFFFFFFF)

    def tell(self):
        self.ring.rest()
        file, number = self.at
        if self.passing == "times" and self.outcome == PASSED and not self.told:
            content = {"kind": "passed", "id": self.test.nodeid, "times": self.times}
            self.put(REPORT, content, file=file, item=number)
        self.ring.write(frame(RESULT_OF, b"", file, number, self.outcome, 0, self.flags, self.times, self.start))

    def report(self, report):
        when = report.when
        # Tests that move the clock make durations that cannot be.
        duration = min(max(0, int(report.duration * 1e6)), 0xFFFFFFF)
        if when == "setup":
            self.times[0] += duration
        elif when == "teardown":
            self.times[2] += duration
        elif type(report).__name__ == "TestReport":
            self.times[1] += duration
        else:
            self.odd = True
        if report.outcome == "passed" and not hasattr(report, "wasxfail") and not self.odd:
            if when == "call":
                self.outcome = PASSED
            special = hasattr(report, "dx_snapshots") or report.user_properties
            if self.passing == "times" and not self.told and not special:
                self.held.append(report)
            elif self.passing or hasattr(report, "dx_snapshots"):
                self.tell_held()
                self.tell_passed(report)
            return
        status = self.config.hook.pytest_report_teststatus(report=report, config=self.config)
        category, letter, word = status if status else ("", "", "")
        self.note_outcome(report, category)
        if not category and not self.passing and not self.odd and not hasattr(report, "dx_snapshots"):
            return
        self.tell_held()
        content = {"kind": "test", "category": category, "letter": letter, "id": report.nodeid, "when": when}
        content["word"] = word if isinstance(word, str) else word[0]
        if report.failed or category in ("failed", "error"):
            content["text"] = report.longreprtext
            content["crash"] = crash_of(report)
        elif category in ("skipped", "xfailed"):
            content["text"] = reason_of(report)
        content["report"] = self.serialised(report)
        self.put(REPORT, content, urgent=report.failed, file=self.at[0], item=self.at[1])

    def tell_held(self):
        """A test of which more than its times is needed is told as a whole."""
        held, self.held, self.told = self.held, [], True
        for report in held:
            self.tell_passed(report)

    def tell_passed(self, report):
        content = {"kind": "test", "category": "", "report": self.serialised(report)}
        self.put(REPORT, content, file=self.at[0], item=self.at[1])

    def note_outcome(self, report, category):
        if type(report).__name__ != "TestReport":
            if report.failed:
                self.flags |= PART_FAILED
            return
        if report.when == "teardown" and category == "error":
            if self.outcome == OTHER:
                self.outcome = ERROR
            else:
                self.flags |= TEARDOWN_ERROR
        elif category in OUTCOMES and (report.when != "teardown" or self.outcome == OTHER):
            self.outcome = OUTCOMES[category]

    def warning(self, message, when, nodeid, location):
        category = message.category
        self.put(
            WARNING,
            {
                "kind": "warning",
                "text": str(message.message),
                "category": category.__name__,
                "module": category.__module__,
                "filename": message.filename,
                "lineno": message.lineno,
                "line": message.line,
                "when": when,
                "nodeid": nodeid,
                "location": list(location) if location else None,
            },
            file=self.at[0],
            item=self.at[1],
        )

    def collect_report(self, report):
        if report.passed:
            return
        content = {"kind": "collect", "id": report.nodeid, "category": "error" if report.failed else "skipped"}
        content["report"] = self.serialised(report)
        content["text"] = report.longreprtext
        self.put(REPORT, content, urgent=True, file=self.at[0], item=COLLECTING)

    def serialised(self, report):
        return self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
