"""What pytest puts right after each test, compared with what it was: a block of tests goes on only while nothing moved."""

import logging
import os
import sys

from _pytest.capture import FDCapture

root = logging.getLogger()
fstat, lseek = os.fstat, os.lseek


class Kept:
    def __init__(self, capture, log, plugin_count):
        self.capture = capture
        self.plugin_count, self.plugins = plugin_count, plugin_count()
        self.handlers = [log.caplog_handler, log.report_handler] if log is not None else []
        self.streams = sys.stdin, sys.stdout, sys.stderr
        capturing = getattr(capture, "_global_capturing", None)
        self.files = capturing is not None and all(isinstance(one, FDCapture) for one in (capturing.out, capturing.err))
        self.identity = self.identities() if self.files else None
        self.logging = root.handlers[:], root.level

    @staticmethod
    def identities():
        out, err = fstat(1), fstat(2)
        return out.st_dev, out.st_ino, err.st_dev, err.st_ino

    def is_so(self):
        """Whether the next test finds everything as this one did."""
        if (sys.stdin, sys.stdout, sys.stderr) != self.streams or (root.handlers, root.level) != self.logging:
            return False
        if self.has_new_plugins():
            return False
        try:
            return not self.files or self.identities() == self.identity
        except OSError:
            return False

    def has_new_plugins(self):
        return self.plugin_count() != self.plugins

    def output(self):
        """What was captured since the last call."""
        if self.capture is None or self.silent():
            return "", ""
        return self.capture.read_global_capture()

    def silent(self):
        """Both files are read from their beginning and emptied: where nothing was written they stand there still."""
        try:
            return self.files and not lseek(1, 0, os.SEEK_CUR) and not lseek(2, 0, os.SEEK_CUR)
        except OSError:
            return False

    def logged(self):
        return self.handlers[1].stream.getvalue().strip() if self.handlers else ""

    def forget(self):
        """What a test that is over has written and logged."""
        if not self.silent():
            self.output()
        for handler in self.handlers:
            if handler.records:
                handler.reset()
