"""Writes pytest's own outcome of every test as JSON lines, for comparison with another runner.

Loaded with `-p dx_bench_truth`; DX_BENCH_TRUTH names the file. The category is what pytest counts in its last line
(`pytest_report_teststatus`), so a test that passed and failed in teardown gives two lines, "passed" and "error".
Collectors that fail or skip (a module that does not import, a module-level skip) are lines too: pytest counts them.
Under pytest-xdist only the controller writes.
"""

import json
import os

import pytest

CATEGORIES = {"passed", "failed", "error", "skipped", "xfailed", "xpassed"}


class Truth:
    def __init__(self, config, path):
        self.config = config
        # One write a line and nothing buffered: a test that forks must not write lines a second time.
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def write(self, report, category):
        node = report.nodeid.encode("utf-8", "backslashreplace").decode()
        seconds = getattr(report, "duration", 0.0)
        line = {"event": "test", "id": node, "outcome": category, "seconds": round(seconds, 6)}
        os.write(self.file, (json.dumps(line) + "\n").encode())

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report):
        # Subtests are reports inside a test's own; the test fails with them.
        if type(report).__name__ == "SubtestReport":
            return
        category = self.config.hook.pytest_report_teststatus(report=report, config=self.config)[0]
        if category in CATEGORIES:
            self.write(report, category)

    @pytest.hookimpl(trylast=True)
    def pytest_collectreport(self, report):
        if report.failed:
            self.write(report, "error")
        elif report.skipped:
            self.write(report, "skipped")


def pytest_configure(config):
    path = os.environ.get("DX_BENCH_TRUTH")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Truth(config, path), "dx-bench-truth")
