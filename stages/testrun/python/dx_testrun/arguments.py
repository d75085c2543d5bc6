"""Other arguments for a pytest that is configured already."""

import argparse
import bisect
import functools
import os
import pathlib
import shlex

from dx_testrun.planning import group_items
from dx_testrun.session import pytest_arguments

# Options that say which tests run or how they are told, and that pytest reads only after configuration: a run may
# have others than the layer was configured with.
FREE = {
    "file_or_dir",
    "keyword",
    "markexpr",
    "deselect",
    "ignore",
    "ignore_glob",
    "maxfail",
    "verbose",
    "quiet",
    "verbosity",
    "tbstyle",
    "showlocals",
    "durations",
    "durations_min",
    "reportchars",
    "showcapture",
    "fulltrace",
    "no_header",
    "no_summary",
    "continue_on_collection_errors",
}
INI_NAMES = ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini", "setup.cfg")


# What follows an id in the ids below it, and the next character: a class's, a test's parameters, a folder's.
BELOW = {"path": (("/", "0"), ("::", ":;")), "name": (("::", ":;"), ("[", "\\"))}


def set_arguments(plugin, arguments, collected=False):
    """Gives the configuration other arguments; why that cannot be, if it cannot.

    Without arguments, it is left with those that belong to every run."""
    config = plugin.config
    common = shlex.split(os.environ.get("PYTEST_ADDOPTS", "")) + list(config.getini("addopts"))

    def parse(given):
        if plugin.bare is not None and not any(word.startswith(("-", "@")) for word in given):
            # Paths and nothing else: what parsing makes of the rest is known.
            return dict(plugin.bare, file_or_dir=plugin.bare["file_or_dir"] + list(given))
        namespace = argparse.Namespace()
        return vars(config._parser.parse(common + pytest_arguments(given), namespace=namespace))

    import pytest

    try:
        if plugin.parsed is None:
            plugin.parsed = parse(plugin.arguments)
            bare, probed = parse(()), parse(("p",))
            if probed == dict(bare, file_or_dir=bare["file_or_dir"] + ["p"]):
                plugin.bare = bare
        before, after = plugin.parsed, parse(arguments or [])
    except (pytest.UsageError, SystemExit) as error:
        return "the arguments are not understood: %s" % error
    if arguments is None:
        after.update((name, before[name]) for name in before if name not in FREE)
    different = sorted(name for name in set(before) | set(after) if before.get(name) != after.get(name))
    fixed = [name for name in different if name not in FREE]
    if fixed:
        return "%s is read when pytest is configured" % ", ".join("--" + name.replace("_", "-") for name in fixed)
    if collected:
        filtered = [name for name in ("ignore", "ignore_glob") if after.get(name) != plugin.options.get(name)]
        if filtered or (plugin.options.get("keyword") or plugin.options.get("markexpr")) and (
            after.get("keyword") != plugin.options.get("keyword") or after.get("markexpr") != plugin.options.get("markexpr")
        ):
            return "other tests were left out of the collected session"
    for name in FREE & set(after):
        setattr(config.option, name, after[name])
    reason = set_paths(config, after["file_or_dir"], plugin)
    if reason:
        return reason
    return choose(plugin, plugin.options, after) if collected else remember(plugin, after)


def remember(plugin, options):
    plugin.options = options
    return None


def set_paths(config, paths, plugin):
    folder, root = config.invocation_params.dir, config.rootpath
    decided = config._decide_args(
        args=paths,
        pyargs=config.option.pyargs,
        testpaths=config.getini("testpaths"),
        invocation_dir=folder,
        rootpath=root,
        warn=False,
    )
    config.args, config.args_source = decided
    anchors = []
    for argument in paths:
        path = pathlib.Path(os.path.abspath(os.path.join(str(folder), str(argument).split("::", 1)[0])))
        if not path.exists():
            return "'%s' does not exist" % argument
        if root not in (path, *path.parents):
            return "'%s' lies outside the root" % argument
        above = path if path.is_dir() else path.parent
        while above != root and above != above.parent:
            if any((above / name).exists() for name in INI_NAMES):
                return "'%s' has a configuration of its own" % above
            above = above.parent
        anchors.append(path)
    if not anchors:
        return None
    loaded = {pathlib.Path(module.__file__) for module in config.pluginmanager._conftest_plugins if module.__file__}
    wanted = set()
    for anchor in anchors:
        folders = [anchor if anchor.is_dir() else anchor.parent]
        if anchor.is_dir():
            folders.extend(below for below in anchor.glob("test*") if below.is_dir())
        for below in folders:
            wanted.update(above / "conftest.py" for above in (below, *below.parents))
    other = sorted(str(path) for path in loaded - wanted)
    return "'%s' belongs to other tests" % other[0] if other else None


def choose(plugin, old, new):
    """Leaves the wanted ones of the collected tests, in the order of the arguments."""
    session, config = plugin.session, plugin.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if new["file_or_dir"]:
        numbers, places = [], []
        folder, root = str(config.invocation_params.dir), str(config.rootpath)
        taken = set()
        for argument in new["file_or_dir"]:
            path, colons, rest = str(argument).partition("::")
            wanted = os.path.relpath(os.path.join(folder, path), root).replace(os.sep, "/") + colons + rest
            found = plugin.directory.below(wanted)
            if not found:
                return "'%s' is not among the collected tests" % argument
            if not taken.isdisjoint(found):
                # Which of two that overlap decides the order is different in every pytest.
                return "'%s' overlaps with another argument" % argument
            numbers.extend(found)
            taken.update(found)
            places.append(wanted)
        session.items = [session.items[number] for number in numbers]
        forget_others(plugin, getattr(reporter, "stats", {}), places, root)
    if (new.get("keyword"), new.get("markexpr")) != (old.get("keyword"), old.get("markexpr")):
        import _pytest.mark

        _pytest.mark.pytest_collection_modifyitems(session.items, config)
    if new.get("deselect") != old.get("deselect"):
        import _pytest.main

        _pytest.main.pytest_collection_modifyitems(session.items, config)
    session.testscollected = len(session.items)
    group_items(plugin, session.items)
    plugin.late = functools.partial(tell, plugin, reporter)
    return None


def forget_others(plugin, stats, places, root):
    """What pytest heard of tests and files that do not lie below these places, it would not have heard without them; the rest
    it would have heard in their order."""
    def below(entries, name):
        def place(entry):
            inside = (at for at, place in enumerate(places) if lies_below(name(entry), place))
            return next(inside, None)

        return sorted((entry for entry in entries if place(entry) is not None), key=place)

    def file_of_warning(warning):
        file = os.path.relpath(warning.fslocation[0], root) if warning.fslocation else ""
        # Of others nobody knows for which file they were imported.
        return file if file in plugin.directory.files else places[0]

    plugin.said = below(plugin.said, lambda report: report["id"])
    plugin.left_out = below(plugin.left_out, str)
    plugin.deselected = len(plugin.left_out)
    for kind, name in (("skipped", nodeid_of), ("deselected", nodeid_of), ("warnings", file_of_warning)):
        stats[kind] = below(stats.get(kind, ()), name)
        if not stats[kind]:
            del stats[kind]


def lies_below(nodeid, place):
    return place in (".", nodeid) or nodeid.startswith((place + "/", place + "::")) or place.startswith(nodeid + "::")


def nodeid_of(entry):
    return entry.nodeid


def file_of(nodeid):
    return nodeid.partition("::")[0]


def tell(plugin, reporter):
    """pytest's header, and what it says of the collection."""
    if reporter is not None:
        reporter._numcollected = len(plugin.session.items) + len(reporter.stats.get("deselected", ()))
        plugin.fresh_header()
        reporter.pytest_collection_finish(plugin.session)
    return plugin.text()


class Directory:
    """The ids of a collected session in order, so that a fork which wants few of them need not touch all."""

    def __init__(self, items):
        ids = sorted((item.nodeid, number) for number, item in enumerate(items))
        self.ids = [nodeid for nodeid, _ in ids]
        self.numbers = [number for _, number in ids]
        self.files = set(map(file_of, self.ids))

    def below(self, wanted):
        """The numbers of the items that pytest would select by this id, file or folder, in pytest's order."""
        if wanted == ".":
            return range(len(self.ids))
        found = []
        _, test, name = wanted.partition("::")
        # What is below a folder or file, or a class or function; below the values of a parameter is nothing.
        marks = () if "[" in name else BELOW["name" if test else "path"]
        for start, end in ((wanted, wanted + "\0"), *((wanted + mark, wanted + after) for mark, after in marks)):
            first = bisect.bisect_left(self.ids, start)
            found.extend(self.numbers[first : bisect.bisect_left(self.ids, end, first)])
        return sorted(found)
