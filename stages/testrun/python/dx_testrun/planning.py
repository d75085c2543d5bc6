"""How the session is collected, and what of it is told to dx-testrun before anything runs."""

import functools
import os

from dx_testrun.bare import are_bare
from dx_testrun import nodes
from dx_testrun.covered import coverage_of, names_tests
from dx_testrun.threads import thread_count
from dx_testrun.watch import WATCH

# Plugins whose hooks over the collected items look at one item at a time, so that files may be collected apart.
ITEMWISE = ("_pytest", "_hypothesis_pytestplugin", "hypothesis", "anyio", "pytest_asyncio", "pytest_cov", "xdist", "dx")
# Plugins that collect files of their own kind, each for itself.
FILEWISE = ITEMWISE + ("nbval", "pytest_doctestplus", "pytest_ruff")
# Plugins that say nothing about passed tests at the end of a run.
TERSE = ITEMWISE + ("pytest_timeout", "pytest_mock", "pytest_django")


def module_of(impl):
    plugin = impl.plugin
    return getattr(plugin, "__name__", None) or type(plugin).__module__


def foreign(caller, known, replacing=False, but=()):
    """The first plugin with an implementation of this hook that is not of a known package, and none of `but`.

    `replacing` leaves out those that only wrap the others."""
    for impl in caller.get_hookimpls():
        name = module_of(impl)
        if impl.plugin in but:
            continue
        if replacing and (impl.hookwrapper or getattr(impl, "wrapper", False)):
            continue
        if name.split(".")[0] not in known + ("dx_testrun",):
            return name
    return None


class Muted:
    """Stands in for a hook that must not be called yet."""

    def __call__(self, **_):
        return []

    def has_spec(self):
        return True

    def get_hookimpls(self):
        return []


def perform_collect(plugin, args=None, genitems=True):
    session = plugin.session
    del session.perform_collect
    plugin.whole = why_whole(plugin, session.config)
    among = plugin.start.get("among")
    plugin.only = only_these(session.config, among)
    if among and (plugin.only is None or not hasattr(plugin, "pytest_ignore_collect")):
        session.config.args = list(among)
    if plugin.whole or args is not None or not genitems:
        items = session.perform_collect(args, genitems)
        if plugin.start.get("shuffle") is not None:
            shuffle(session.items, plugin.start["shuffle"])
        group_items(plugin, session.items)
        return items
    hook = session.config.hook
    kept = hook.pytest_collection_modifyitems, hook.pytest_collection_finish
    session.genitems = functools.partial(files_below, plugin)
    hook.pytest_collection_modifyitems = hook.pytest_collection_finish = Muted()
    try:
        session.perform_collect()
    finally:
        hook.pytest_collection_modifyitems, hook.pytest_collection_finish = kept
        del session.genitems
    plugin.nodes = list(session.items)
    session.items = []
    session.testscollected = 0
    return session.items


def only_these(config, among):
    """The files that are wanted, with the folders above them: those among which tests were chosen, or, where nothing but
    files was asked for, these. pytest would make a node of each file beside them first, to find out that it is another."""
    # `config.hook` hides the implementations of hooks that take paths, before pytest 9.
    hook = config.pluginmanager.hook
    if any(foreign(caller, ITEMWISE) for caller in (hook.pytest_collect_file, hook.pytest_ignore_collect)):
        return None
    only = set()
    for arg in map(str, among or config.args):
        path = os.path.abspath(os.path.join(str(config.invocation_params.dir), arg.partition("::")[0]))
        if not os.path.isfile(path) or os.path.realpath(path) != path:
            return None
        while path not in only:
            only.add(path)
            path = os.path.dirname(path)
    return only


def files_below(plugin, node):
    """As `Session.genitems`, but stops at files: those are collected in a worker."""
    import pytest

    if not isinstance(node, pytest.Directory):
        yield node
        return
    report, duplicate = plugin.session._collect_one_node(node, True)
    if report.passed:
        for child in report.result:
            yield from files_below(plugin, child)
    if not duplicate:
        node.ihook.pytest_collectreport(report=report)


def why_whole(plugin, config):
    """Why the session has to be collected as one; None when files can be collected apart."""
    import pytest

    option = config.option
    if plugin.start.get("whole"):
        return plugin.start["whole"]
    if why_plain(config):
        return why_plain(config)
    if not hasattr(pytest, "Directory"):
        return "pytest %s collects packages as one" % pytest.__version__
    if option.collectonly:
        return "--collect-only"
    for name in ("lf", "failedfirst", "newfirst", "stepwise", "keepduplicates", "pyargs", "setupplan"):
        if getattr(option, name, False):
            return "--" + name.replace("_", "-")
    if any("::" in str(arg) for arg in config.args):
        return "single tests were asked for"
    if plugin.start.get("dist") in ("loadgroup", "each", "no"):
        return "--dist " + plugin.start["dist"]
    hook = config.hook
    for caller in (hook.pytest_collection_modifyitems, hook.pytest_collection, hook.pytest_collection_finish):
        name = foreign(caller, ITEMWISE)
        if name:
            return "'%s' implements %s" % (name, caller.name)
    name = collector(config)
    return name and "'%s' collects files" % name


def collector(config):
    """An installed plugin that collects files in a way which nobody knows: it may look at what was collected before, as that of
    mypy does, which adds one test to the first file. A conftest's kinds of tests stand in their files."""
    manager = config.pluginmanager
    return foreign(manager.hook.pytest_collect_file, FILEWISE, but=getattr(manager, "_conftest_plugins", ()))


def why_plain(config):
    """Why pytest itself has to run the tests, one after the other."""
    name = foreign(config.hook.pytest_runtestloop, ("_pytest", "xdist"), replacing=True)
    if name:
        return "'%s' replaces the run loop" % name
    if getattr(config.option, "stepwise", False):
        return "--stepwise"
    return None


def group_items(plugin, items):
    """Runs of items of the same file, in pytest's order."""
    plugin.nodes, plugin.lists, plugin.groups = [], {}, {}
    path = None
    for item in items:
        if item.nodeid.split("::", 1)[0] != path or not plugin.nodes:
            path = item.nodeid.split("::", 1)[0]
            plugin.nodes.append(path)
            plugin.lists[len(plugin.nodes) - 1] = []
        plugin.lists[len(plugin.nodes) - 1].append(item)


def plan(plugin, session):
    config = session.config
    option = config.option
    WATCH.on = False
    read, listed = (), ()
    if plugin.start.get("record"):
        read, listed = WATCH.everything() if plugin.warm is not None else WATCH.take()
    files = describe_files(plugin)
    plain = why_plain(config)
    broken = session.testsfailed and not option.continue_on_collection_errors
    runs = not (plain or broken or option.collectonly or plugin.start.get("spawned"))
    count = plugin.start.get("nodes", 0)
    configuring = getattr(config.hook, "pytest_configure_node", None)
    if runs and count > 1 and configuring is not None and foreign(configuring, nodes.KNOWN):
        plugin.nodes_known = nodes.configure(config, count)
    return {
        "whole": plugin.whole,
        # A plugin may have put the tests in an order that must hold in each worker.
        "ordered": foreign(config.hook.pytest_collection_modifyitems, ITEMWISE) is not None,
        "plain": plain,
        "files": files,
        "maxfail": option.maxfail or 0,
        "verbose": option.verbose,
        "durations": getattr(option, "durations", None) is not None,
        "capture": option.capture,
        "pdb": bool(option.usepdb or getattr(option, "trace", False)),
        "collectonly": bool(option.collectonly or getattr(option, "setupplan", False)),
        "go_on": bool(option.continue_on_collection_errors),
        "root": str(config.rootpath if hasattr(config, "rootpath") else config.rootdir),
        "patterns": config.getini("python_files"),
        "coverage": coverage_of(config)[1] is not None,
        "covered": plugin.recorder is not None and names_tests(config),
        "ids": wants_ids(config),
        "threads": thread_count(),
        "nodes": [node.workerinput for node in plugin.nodes_known],
        "dist": getattr(getattr(config, "known_args_namespace", None), "dist", None),
        "deselected": plugin.deselected,
        "left_out": plugin.left_out if plugin.start.get("left_out") else (),
        "said": plugin.said,
        "read": read,
        "listed": listed,
        "late": plugin.late is not None,
    }


def describe_files(plugin):
    if not plugin.whole:
        return [{"id": node.nodeid} for node in plugin.nodes]
    files = [describe(node, plugin.lists[number], plugin.start.get("dist")) for number, node in enumerate(plugin.nodes)]
    plugin.groups = {number: file["groups"] for number, file in enumerate(files)}
    return files


def wants_ids(config):
    last = config.pluginmanager.get_plugin("lfplugin")
    return bool(last is not None and last.lastfailed)


def wanted_of_passed(config):
    """What the end needs of tests that passed: nothing, their "times" or their "reports"."""
    option, hook = config.option, config.hook
    # `a` is all but those that passed.
    if not {"p", "P", "A"}.isdisjoint(option.reportchars):
        return "reports"
    callers = hook.pytest_runtest_logreport, hook.pytest_terminal_summary, hook.pytest_report_teststatus
    if any(foreign(caller, TERSE) for caller in callers):
        return "reports"
    if getattr(option, "xmlpath", None):
        # The other form has places in sources, and what tests print may stand in either.
        usual = config.getini("junit_family") == "xunit2" and config.getini("junit_logging") == "no"
        return "times" if usual else "reports"
    return "times" if getattr(option, "durations", None) is not None else ""


def describe(path, items, dist):
    """A file as dx-testrun knows it: ids after the file's own, and which neighbours must stay together."""
    start = len(path)
    keys = [None] * len(items) if are_bare(items) else [affinity(item, dist) for item in items]
    classes = {key for key in keys if key not in (None, "file")}
    groups, known = [], {}
    for item, key in zip(items, keys):
        if key is None and classes:
            # What one test of a class shares with another is there for those between them, too.
            key = class_of(item) if class_of(item) in classes else None
        groups.append(0 if key is None else known.setdefault(key, len(known) + 1))
    out = {"id": path, "items": [item.nodeid[start:] for item in items], "groups": groups}
    if dist == "loadgroup":
        names = [group_name(item) for item in items]
        if any(names):
            out["names"] = names
    return out


def affinity(item, dist):
    """What an item shares with its neighbours: its class or its file, if a fixture lives that long."""
    import pytest

    if dist == "loadfile":
        return "file"
    longest = None
    info = getattr(item, "_fixtureinfo", None)
    if dist == "loadscope":
        longest = "class" if item.getparent(pytest.Class) is not None else "module"
    elif info is not None:
        for definitions in info.name2fixturedefs.values():
            scope = definitions[-1].scope if definitions else None
            if scope in ("module", "package"):
                longest = "module"
                break
            if scope == "class":
                longest = "class"
    if longest is None:
        return None
    return class_of(item) if longest == "class" else "file"


def class_of(item):
    import pytest

    node = item.getparent(pytest.Class)
    return node.nodeid if node is not None else None


def group_name(item):
    mark = item.get_closest_marker("xdist_group")
    if mark is None:
        return None
    return mark.args[0] if mark.args else mark.kwargs.get("name", "default")


def shuffle(items, seed):
    """Files in random order, their classes too, and tests within these: what shares fixtures stays together."""
    import random

    keys = random.Random(seed)
    order = {}

    def key(item):
        path, _, rest = item.nodeid.partition("::")
        scope = path + "::" + rest.rpartition("::")[0]
        return [order.setdefault(name, keys.random()) for name in (path, scope)] + [order.setdefault(item.nodeid, keys.random())]

    items.sort(key=key)
