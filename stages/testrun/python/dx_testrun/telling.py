"""What a recorder tells of tests that are over, of modules and of the session: as the runner takes it."""

import os
import sys
from itertools import filterfalse, groupby

from dx_testrun.watch import WATCH, absolute
from dx_testrun.window import Window, rest_of

OWN = {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID", "PYTEST_VERSION"}
# As in src/select/fingerprint.rs.
KEPT = {"__pycache__", ".dx", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".coverage"}
NOTHING = {"units": []}  # as it is described
BYTECODE = (".pyc", ".pyo")
PATHS_MAX = 10000  # that are kept


class Teller:
    def __init__(self, recorder):
        self.recorder = recorder
        self.paths = {}  # of files that were read -> their absolute paths, or None for those that will not be there
        self.forked()

    def forked(self):
        """In a worker: what its parent knew, the parent tells."""
        self.entries = []  # what was not sent yet
        self.told, self.said, self.told_others = set(), False, False  # units that were named; whether anything was said of the session
        self.known_session = Window()  # what was said of it
        self.known = {path: size(window) for path, window in self.recorder.modules.items()}  # path -> size when it was told

    def take(self):
        """What is to be sent."""
        reads = self.recorder.reads.take() if self.recorder.reads.fresh else None
        if reads:
            self.entries.append({"reads": reads, "module": ""})
        entries, self.entries = self.entries, []
        return entries

    # Tests

    def test(self, batch, window, at):
        """Of its functions only those that no test before it in the same batch had: theirs belong to this one as well."""
        more = bool(batch.told)
        parts = window.all()
        units = batch.take(parts)
        out = self.describe(window if len(parts) == 1 else rest_of(parts), units)
        out["test"], out["more"] = at, more
        batch.lines = batch.lines or not self.recorder.lines.isdisjoint(units)
        if batch.lines:
            out["lines"] = True
        self.entries.append(out)

    def series(self, series):
        """Several tests at once; with `ends`, how many of the units there are up to the end of each."""
        batch = series.batch
        more = bool(batch.told)
        units, ends = batch.take_series(series)
        before = 0
        if not batch.lines and not self.recorder.lines.isdisjoint(units):
            # From one of them on it counts where functions stand.
            looks = next(at for at, unit in enumerate(units) if unit in self.recorder.lines)
            before = next(at for at, end in enumerate(ends) if end > looks)
            batch.lines = True
        if before:
            some = ends[before - 1]
            self.part(series, 0, units[:some], ends[:before], more, False)
            units, ends, more = units[some:], [end - some for end in ends[before:]], True
        self.part(series, before, units, ends, more, batch.lines)

    def part(self, series, before, units, ends, more, lines):
        out = self.name({"units": units, "ends": ends}, units)
        out["test"], out["more"] = (series.file, series.first + before), more
        if lines:
            out["lines"] = True
        self.entries.append(out)

    def whole(self, window):
        units = list(window.units)
        out = self.describe(window, units)
        if not self.recorder.lines.isdisjoint(units):
            out["lines"] = True
        return out

    def name(self, out, units):
        """Says what units are that are told for the first time: file, line and name."""
        fresh = list(filterfalse(self.told.__contains__, units))
        if fresh:
            self.told.update(fresh)
            paths, units = self.recorder.paths, self.recorder.units
            # Those of a file have come one after the other.
            out["new"] = [(path, list(map(units.__getitem__, some))) for path, some in groupby(fresh, paths.__getitem__)]
        return out

    def describe(self, window, units):
        out = self.name({"units": units}, units)
        rest = window.rest
        if not rest:
            return out
        files = self.lasting(rest.get("files"))
        if files:
            out["files"] = files
        folders = self.lasting(rest.get("folders"))
        if folders:
            out["folders"] = folders
        names = sorted(name for name in rest.get("names", ()) if isinstance(name, str) and name not in OWN)
        if names:
            out["names"] = names
        asked = rest.get("asked")
        if asked:
            asked = sorted((kind, path) for kind, path in asked if path not in files and self.lasting_path(path))
            if asked:
                out["asked"] = asked
        if rest.get("imports"):
            out["imports"] = sorted(rest["imports"])
        if rest.get("spawns"):
            out["spawned"] = True
        return out

    # Modules

    def modules(self):
        """Every module that was imported since the last call, and the session."""
        touched, self.recorder.touched = self.recorder.touched, {}
        for path in touched:
            window = self.recorder.modules[path]
            now = size(window)
            if self.known.get(path) != now:
                self.known[path] = now
                self.entries.append(dict(self.whole(window.whole()), module=path))
        self.session()

    def session(self):
        recorder = self.recorder
        session, told = recorder.session, dict(NOTHING)
        # pytest lists folders and reads its configuration: dx-testrun knows about these.
        session.rest.get("folders", set()).clear()
        if session.adds_to(self.known_session):
            recorder.session = Window()
            if recorder.current is session:
                recorder.current = recorder.session
            session = session.whole()
            session.forget(self.known_session)
            self.known_session.add(session)
            told = self.whole(session)
        if recorder.has_others and not self.told_others:
            told["others"] = self.told_others = True
        if self.said and not recorder.written and told == NOTHING:
            return
        self.said = True
        written, recorder.written = self.lasting(recorder.written), set()
        site = [path for path in sys.path if "site-packages" in path]
        self.entries.append(dict(told, module="", site=site, written=written))

    # Paths

    def lasting(self, paths):
        if not paths:
            return ()
        found = {self.lasting_path(path) for path in paths}
        found.discard(None)
        return sorted(found)

    def lasting_path(self, path):
        """The absolute path of a file that says something in the next run, too, or None."""
        try:
            return self.paths[path]
        except KeyError:
            found = absolute(path)
            if not (found and self.lasts(found)):
                found = None
            if isinstance(path, (str, bytes)) and path[:1] in ("/", b"/"):
                if len(self.paths) >= PATHS_MAX:
                    self.paths.clear()
                self.paths[path] = found
            return found

    def lasts(self, path):
        """Whether a file says something in the next run, too: a project may lie in the folder for temporary files."""
        # What pytest, dx and others keep for themselves is no input.
        if not KEPT.isdisjoint(path.split(os.sep)):
            return False
        recorder = self.recorder
        if path.endswith(BYTECODE) or path.startswith(recorder.outside + WATCH.ignored) or "/.dx/" in path:
            return False
        return path.startswith(recorder.root) or not path.startswith(recorder.noise)


def size(window):
    rest = window.rest
    return len(window.units), sum(map(len, list(rest.values())))
