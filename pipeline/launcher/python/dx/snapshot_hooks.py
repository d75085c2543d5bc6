"""pytest's hooks for snapshots: what a test used is told with its last report, and what nobody uses is said at the end.

Reports are the way that is there everywhere: under pytest alone, from pytest-xdist's workers, from dx-testrun's. What a
report says is `dx_snapshots`: the `.snap` file, entries that the test left unused, entries of tests that its file does not
have, and how many were written.
"""

import os
from typing import Any, Dict, List, Optional, Set

import pytest

from dx.snapfile import Damaged, Key, has_test_file, path_of
from dx.snapshots import Session, Used, in_ci

ATTRIBUTE = "dx_snapshots"


class SnapshotHooks:
    def __init__(self, config: Any) -> None:
        option = config.option
        self.config = config
        self.update = bool(option.dx_update_snapshots)
        self.remove = bool(option.dx_remove_obsolete_snapshots)
        self.session = Session(str(config.rootpath), self.update)
        self.used: Dict[str, Used] = {}
        # Of each file that was collected as a whole, the tests that it has.
        self.tests: Dict[str, Set[str]] = {}
        self.partial: Set[str] = set()
        self.looked: Set[str] = set()
        # In the process that writes the summary.
        self.obsolete: Dict[str, Set[Key]] = {}
        self.written: Dict[str, int] = {}
        self.snaps: Set[str] = set()

        if (self.update or self.remove) and in_ci():
            name = "--update-snapshots" if self.update else "--remove-obsolete-snapshots"
            raise pytest.UsageError("%s: in CI snapshots are compared, never written" % name)

    # Where tests run

    def collected(self, items: List[Any]) -> None:
        for item in items:
            self.tests.setdefault(str(item.path), set()).add(name_of(item))

    def compare(self, item: Any, value: Any, name: Optional[str]) -> Optional[str]:
        used = self.used.get(item.nodeid)
        if used is None:
            used = self.used[item.nodeid] = Used()
        problem = self.session.compare(str(item.path), name_of(item), used, value, name)
        return problem and self.coloured(problem)

    def coloured(self, text: str) -> str:
        from _pytest.config import create_terminal_writer

        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        writer = reporter._tw if reporter is not None else create_terminal_writer(self.config)
        if not writer.hasmarkup:
            return text
        colours = {"-": "red", "+": "green", "@": "cyan"}
        lines = text.split("\n")
        for at, line in enumerate(lines[1:], 1):
            if line[:1] in colours:
                lines[at] = writer.markup(line, **{colours[line[0]]: True})
        return "\n".join(lines)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        outcome = yield
        report = outcome.get_result()
        if report.when == "call":
            # A test that did not come to its end may have been about to use what it left.
            item._dx_ended = report.passed and not hasattr(report, "wasxfail")
        if report.when != "teardown":
            return
        used = self.used.pop(item.nodeid, None)
        told = self.told(item, used or Used(), getattr(item, "_dx_ended", False))
        if told:
            setattr(report, ATTRIBUTE, told)

    def told(self, item: Any, used: Used, ended: bool) -> Dict[str, Any]:
        test_file = str(item.path)
        path = path_of(test_file)
        if path not in self.session.files and not used.keys and not os.path.exists(path):
            return {}
        try:
            file = self.session.file(test_file)
        except (Damaged, OSError):
            return {}
        obsolete: List[Key] = []
        keys = file.keys()
        if ended:
            test = name_of(item)
            obsolete += [key for key in keys if key.test == test and key not in used.keys]
        if test_file in self.tests and test_file not in self.looked and self.is_whole(test_file):
            self.looked.add(test_file)
            obsolete += [key for key in keys if key.test not in self.tests[test_file]]
        if not used.keys and not obsolete:
            return {}
        return {"file": path, "obsolete": [list(key) for key in obsolete], "written": len(used.written)}

    def is_whole(self, test_file: str) -> bool:
        """Whether every test of the file was collected, and none deselected."""
        return test_file not in self.partial and not any("::" in str(argument) for argument in self.config.args)

    def pytest_deselected(self, items: List[Any]) -> None:
        self.partial.update(str(item.path) for item in items)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: Any, nextitem: Any) -> None:
        if self.update and (nextitem is None or nextitem.path != item.path):
            self.session.save()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self.update:
            self.session.save()

    # Where the summary is written

    def hear(self, told: Dict[str, Any]) -> None:
        """What a report says."""
        path = told["file"]
        self.snaps.add(path)
        self.written[path] = self.written.get(path, 0) + told["written"]
        if told["obsolete"]:
            self.obsolete.setdefault(path, set()).update(Key(*key) for key in told["obsolete"])

    def orphans(self) -> List[str]:
        """`.snap` files without a test file, beside those that were used."""
        found = []
        for folder in sorted({os.path.dirname(path) for path in self.snaps}):
            try:
                names = sorted(os.listdir(folder))
            except OSError:
                continue
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(".snap") and not has_test_file(path):
                    found.append(path)
        return found

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if hasattr(self.config, "workerinput"):
            return
        orphans = self.orphans()
        written = sum(self.written.values())
        count = sum(map(len, self.obsolete.values()))
        if not written and not count and not orphans:
            return
        shown = self.shown
        terminalreporter.section("snapshots")
        if written:
            files = sorted(shown(path) for path, many in self.written.items() if many)
            terminalreporter.write_line("%s written: %s" % (plural(written), ", ".join(files)))
        for path in sorted(self.obsolete):
            for key in sorted(self.obsolete[path]):
                terminalreporter.write_line("obsolete: '%s' in '%s'" % (key, shown(path)))
        for path in orphans:
            terminalreporter.write_line("obsolete: '%s' has no test file" % shown(path))
        if not count and not orphans:
            return
        if self.remove:
            self.removed(orphans)
            terminalreporter.write_line("all that is obsolete was removed")
        else:
            terminalreporter.write_line("--remove-obsolete-snapshots removes what is obsolete")

    def shown(self, path: str) -> str:
        return os.path.relpath(path, self.session.root)

    def removed(self, orphans: List[str]) -> None:
        for path, keys in self.obsolete.items():
            Session(self.session.root, False).at(path).save(keys)
        for path in orphans:
            os.unlink(path)


def plural(count: int) -> str:
    return "%d snapshot%s" % (count, "" if count == 1 else "s")


def name_of(item: Any) -> str:
    """A test's id without its file."""
    return str(item.nodeid).partition("::")[2] or str(item.name)
