"""The parent's end of a run: what the workers reported is given to pytest's own reporters."""


from dx_testrun import covered, nodes
from dx_testrun.planning import module_of

# They know of workers, or have ended in none.
AWARE = ("_pytest", "pytest_cov", "xdist", "dx_testrun")


def feed(config, message):
    """Gives one report of a worker to pytest's reporters, as xdist's controller does."""
    hook = config.hook
    kind = message["kind"]
    if kind == "warning":
        feed_warning(hook, message)
        return
    if kind == "passed":
        feed_passed(config, message["id"], message["times"])
        return
    if kind == "crash":
        from _pytest.reports import TestReport

        path = message["id"].split("::", 1)[0]
        report = TestReport(message["id"], (path, None, message["id"]), {}, "failed", message["text"], "???")
        report.duration = message.get("seconds", 0.0)
        report.sections = [(title, text) for title, text in message.get("sections", ())]
        hook.pytest_runtest_logreport(report=report)
        return
    if kind == "collect-crash":
        from _pytest.reports import CollectReport

        hook.pytest_collectreport(report=CollectReport(message["id"], "failed", message["text"], []))
        return
    report = hook.pytest_report_from_serializable(config=config, data=as_sent(message["report"]))
    if report is None:
        return
    if kind == "collect":
        hook.pytest_collectreport(report=report)
    else:
        hook.pytest_runtest_logreport(report=report)


def as_sent(data):
    """JSON knows no tuples, but pytest's reporters tell them from lists."""
    for name in ("longrepr", "location"):
        if isinstance(data.get(name), list):
            data[name] = tuple(data[name])
    for name in ("sections", "user_properties"):
        if isinstance(data.get(name), list):
            data[name] = [tuple(pair) for pair in data[name]]
    return data


def feed_passed(config, nodeid, times):
    """A test that passed, of which nothing is to be said but how long it took: to those alone that say that."""
    from _pytest.reports import TestReport

    xml, reporter = log_xml(config), None
    if getattr(config.option, "durations", None) is not None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
    location = nodeid.partition("::")[0], None, nodeid
    for when, time in zip(("setup", "call", "teardown"), times):
        report = TestReport(nodeid, location, {}, "passed", None, when, duration=time / 1e6)
        if xml is not None:
            xml.pytest_runtest_logreport(report)
        if reporter is not None:
            reporter.stats.setdefault("passed" if when == "call" else "", []).append(report)


def log_xml(config):
    """pytest's writer of JUnit's XML, if there is to be one."""
    from _pytest import junitxml

    key = getattr(junitxml, "xml_key", None)
    return getattr(config, "_xml", None) if key is None else getattr(config, "stash", {}).get(key, None)


def feed_warning(hook, message):
    import warnings

    category = type(str(message["category"]), (Warning,), {"__module__": message["module"]})
    record = warnings.WarningMessage(
        message=category(message["text"]),
        category=category,
        filename=message["filename"],
        lineno=message["lineno"],
        line=message.get("line"),
    )
    location = tuple(message["location"]) if message["location"] else None
    hook.pytest_warning_recorded.call_historic(
        kwargs=dict(warning_message=record, when=message["when"], nodeid=message["nodeid"], location=location)
    )


def conclude(plugin, session):
    """Makes the parent's session look as if it had run the tests, then ends it as pytest would."""
    finish, config = plugin.finish, session.config
    nodes.take_down(config, plugin.nodes_known)
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if plugin.alone:
        forgive_ends(config, reporter)
    if reporter is not None:
        for category, count in finish["counts"].items():
            known = reporter.stats.setdefault(category, [])
            known.extend([Counted()] * max(0, count - len(known)))
        # Categories that pytest does not know are counted in its last line, too.
        reporter._main_color = reporter._known_types = None
        reporter._numcollected = session.testscollected = finish["collected"]
        if finish["deselected"]:
            reporter.stats["deselected"] = [Counted()] * finish["deselected"]
    session.testscollected = finish["collected"]
    last = config.pluginmanager.get_plugin("lfplugin")
    if last is not None and finish["ids"]:
        # Files that could not be collected the last time can be now.
        passed = set(finish["ids"]).union(name.partition("::")[0] for name in finish["ids"])
        for key in list(last.lastfailed):
            if str(key) in passed:
                del last.lastfailed[key]
    if plugin.nodeids is not None:
        plugin.nodeids.keep()
    if reporter is not None:
        reporter._show_progress_info = False
    plugin.text()
    cover = finish.get("coverage")
    reason = cover and covered.merge(config, cover["store"], cover["cached"], cover["changed"])
    if reason and cover["cached"] and reporter is not None:
        reporter.write_line("dx: totals of coverage are those of the tests that ran: " + reason)
    ending = finish.get("ending")
    if ending == "interrupted":
        raise KeyboardInterrupt()
    if ending == "usage":
        import pytest

        raise pytest.UsageError(finish["reason"])
    if ending == "exit":
        import pytest

        raise pytest.exit.Exception(finish["reason"], finish.get("returncode"))
    if ending == "failed":
        session.shouldfail = finish["reason"]
        raise session.Failed(finish["reason"])
    if ending == "stopped":
        session.shouldstop = finish["reason"]
        raise session.Interrupted(finish["reason"])
    if session.testsfailed and finish["broken"]:
        many = "s" if finish["broken"] != 1 else ""
        if not config.option.continue_on_collection_errors:
            raise session.Interrupted("%d error%s during collection" % (finish["broken"], many))


def forgive_ends(config, reporter):
    """One worker is to plugins a process like pytest's own, and they have ended there: what they would end with a second
    time may be gone."""
    for impl in config.hook.pytest_sessionfinish.get_hookimpls():
        if not (impl.hookwrapper or getattr(impl, "wrapper", False) or module_of(impl).split(".")[0] in AWARE):
            impl.function = forgiving(impl.function, module_of(impl), reporter)


def forgiving(function, name, reporter):
    def pytest_sessionfinish(*arguments):
        import pytest

        try:
            return function(*arguments)
        except pytest.exit.Exception:
            # That is no failure, but the status that it asks for.
            raise
        except Exception as error:
            if reporter is not None:
                text = "dx: pytest_sessionfinish of %s, which has run in the worker, failed here: %r"
                reporter.write_line(text % (name, error))

    return pytest_sessionfinish


class Counted:
    """Stands for a passed test in pytest's statistics."""

    passed, failed, skipped = True, False, False
    outcome, when, nodeid, sections, duration = "passed", "setup", "", [], 0.0
    count_towards_summary = True
