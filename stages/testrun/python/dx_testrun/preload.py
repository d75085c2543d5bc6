"""Modules that a warm pytest imports before it is configured, and whether what it has imported is still what there is."""

import importlib
import os
import shlex
import sys

from dx_testrun.threads import thread_count


def preload(names, arguments):
    """Imports modules; why that is no good, or None."""
    if not names:
        return None
    plugins = plugin_modules(arguments)
    for name in names:
        if name.partition(".")[0] in plugins:
            return "preload: '%s' belongs to a pytest plugin, whose assertions pytest could not rewrite any more" % name
        try:
            importlib.import_module(name)
        except BaseException as error:
            return "preload: '%s' cannot be imported: %s: %s" % (name, type(error).__name__, error)
        if thread_count() > 1:
            return "preload: '%s' starts threads or an event loop, after which nothing can be forked" % name
    return None


def plugin_modules(arguments):
    """First parts of the names of all modules that pytest rewrites because they come with a plugin."""
    from importlib import metadata

    found = {"pytest", "_pytest"}
    words = list(arguments) + shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    named = [word for option, word in zip(words, words[1:]) if option == "-p"]
    named += [word[2:] for word in words if word.startswith("-p") and len(word) > 2 and not word.startswith("--")]
    named += os.environ.get("PYTEST_PLUGINS", "").split(",")
    found.update(name.strip().partition(".")[0] for name in named)
    for distribution in metadata.distributions():
        entries = [entry for entry in distribution.entry_points if entry.group == "pytest11"]
        found.update(entry.value.partition(":")[0].partition(".")[0] for entry in entries)
        for file in (distribution.files or ()) if entries else ():
            if file.suffix == ".py":
                found.add(file.parts[0] if len(file.parts) > 1 else file.stem)
    return found


class Stamps:
    """The files behind all modules that are imported, as they were then."""

    def __init__(self, began):
        modules = list(sys.modules.values())
        paths = {getattr(module, "__file__", None) for module in modules if isinstance(module, type(sys))}
        self.known = {path: stamp(path) for path in paths if isinstance(path, str)}
        # Of what changed since nobody knows which state was imported.
        self.late = next((path for path, known in self.known.items() if known and known[0] >= began * 1e9), None)

    def changed(self):
        """The first of them that is not as it was."""
        return self.late or next((path for path, known in self.known.items() if stamp(path) != known), None)


def stamp(path):
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return max(stat.st_mtime_ns, stat.st_ctime_ns), stat.st_size, stat.st_ino
