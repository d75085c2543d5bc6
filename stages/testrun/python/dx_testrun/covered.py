"""What workers measure for pytest-cov, and what is kept of it for tests that do not run the next time.

Each worker measures into a data file of its own, as under xdist. Where it is recorded what tests use, what the tests of
one file execute stands there under its name (coverage.py's dynamic contexts), and everything else under no name. The
parent makes two things of these files: what pytest-cov combines, without names and with the lines of files whose tests
were left out; and the store, with names, in which those of the next run find theirs. Tests one by one would cost more
than most suites take: jinja2's execute 1.4 million branches, 1,500 each."""

import atexit
import os
import sys

# Of coverage.py's data files.
SCHEMA = 7


def coverage_of(config):
    """pytest-cov's plugin and controller, where it measures."""
    plugin = config.pluginmanager.get_plugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    return (plugin, controller) if getattr(controller, "cov", None) is not None else (None, None)


def names_tests(config):
    """Whether contexts are free to name test files."""
    _, controller = coverage_of(config)
    if controller is None or getattr(config.option, "cov_context", None):
        return False
    try:
        return not any(controller.cov.get_option("run:" + name) for name in ("context", "dynamic_context"))
    except Exception:
        return False


def silence_coverage(coverage):
    """One process of many need not see what others see, as pytest-cov itself says to those of xdist."""
    coverage._warn_no_data = False
    coverage._warn_unimported_source = False
    coverage._warn_preimported_source = False


def start_coverage(config, name, recorder):
    """pytest-cov: this process measures into a data file of its own, which the parent combines."""
    plugin, controller = coverage_of(config)
    if controller is None:
        return
    import coverage

    parent = controller.cov
    parent.stop()
    # This copy of it would write a file at the end of the process, perhaps after the parent has combined them all.
    atexit.unregister(getattr(parent, "_atexit", None))
    own = coverage.Coverage(
        source=controller.cov_source,
        branch=controller.cov_branch,
        data_suffix="%s.%d" % (name, os.getpid()),
        config_file=controller.cov_config,
    )
    silence_coverage(own)
    if recorder is not None and names_tests(config):
        # Lines are heard of again after each switch.
        quiet = list(own.get_option("run:disable_warnings") or ())
        own.set_option("run:disable_warnings", quiet + ["no-sysmon-context"])
        recorder.coverage, recorder.attends = own, True
    own.start()
    if recorder is not None and recorder.coverage is not None:
        recorder.functions.shares = hears_by_events()
    measured = Coverage(own)
    # Its wrapper around the run loop is on the stack of this process, too, and would combine what others still write.
    controller.cov = own
    controller.finish = measured.save
    plugin._should_report = lambda: False
    plugin._disabled = True
    config.pluginmanager.unregister(plugin)
    config.pluginmanager.register(measured, "dx-coverage")


class Coverage:
    """Saves what one worker measured, once."""

    def __init__(self, coverage):
        self.coverage = coverage

    def save(self):
        coverage, self.coverage = self.coverage, None
        if coverage is not None:
            coverage.stop()
            coverage.save()

    def pytest_sessionfinish(self, session):
        self.save()


def hears_by_events():
    """Whether coverage.py measures with `sys.monitoring`, and hears of each line once."""
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and monitoring.get_tool(monitoring.COVERAGE_ID) is not None


def context_of(nodeid):
    """The file of a test."""
    return nodeid.partition("::")[0].encode("utf-8", "backslashreplace").decode()


def merge(config, store, cached, changed):
    """Gives pytest-cov the lines of files whose tests were left out, and keeps those of all; why not, if that fails."""
    import glob

    _, controller = coverage_of(config)
    try:
        merge_files(controller.cov, store, {context_of(path) for path in cached}, set(map(os.path.realpath, changed)))
        return None
    except Exception as error:
        for path in glob.glob(glob.escape(store) + "*"):
            os.unlink(path)
        return "%s: %s" % (type(error).__name__, error)


def merge_files(own, store, cached, changed):
    import glob

    from coverage import CoverageData

    target = os.path.abspath(own.config.data_file)
    workers = glob.glob(glob.escape(target) + ".gw*")
    united, left = store + ".new", store + ".left"
    for path in (united, left):
        if os.path.exists(path):
            os.unlink(path)
    found = CoverageData(basename=united)
    for path in workers:
        part = CoverageData(basename=path)
        part.read()
        found.update(part)
        part.close()
    found.update(own.get_data())
    if cached:
        leave_only(store, left, cached, changed)
        part = CoverageData(basename=left)
        part.read()
        found.update(part)
        part.close()
        os.unlink(left)
    nameless = CoverageData(basename=target + ".gwdx")
    add = nameless.add_arcs if found.has_arcs() else nameless.add_lines
    read = found.arcs if found.has_arcs() else found.lines
    files = sorted(found.measured_files())
    add({path: read(path) or () for path in files})
    tracers = {path: found.file_tracer(path) for path in files}
    nameless.add_file_tracers({path: tracer for path, tracer in tracers.items() if tracer})
    nameless.write()
    nameless.close()
    found.write()
    found.close()
    for path in workers:
        os.unlink(path)
    os.replace(united, store)


def leave_only(store, target, cached, changed):
    """A copy of the store with what is still so: executed by tests that were left out, or outside of tests, in files that
    are as they were."""
    import sqlite3
    from urllib.parse import quote

    source = sqlite3.connect("file:%s?mode=ro" % quote(store), uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        if copy.execute("select version from coverage_schema").fetchone() != (SCHEMA,):
            raise ValueError("coverage.py's data has another form")
        copy.execute("create temp table gone (id integer primary key)")
        for table, column, ids in (
            ("context", "context_id", [key for key, name in copy.execute("select id, context from context") if name and name not in cached]),
            ("file", "file_id", [key for key, path in copy.execute("select id, path from file") if os.path.realpath(path) in changed]),
        ):
            copy.execute("delete from gone")
            copy.executemany("insert into gone values (?)", [(key,) for key in ids])
            for lines in ("line_bits", "arc"):
                copy.execute("delete from %s where %s in (select id from gone)" % (lines, column))
        copy.commit()
    finally:
        source.close()
        copy.close()
