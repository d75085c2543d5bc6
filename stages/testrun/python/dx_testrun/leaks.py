"""What a test leaves behind for those after it: another working folder or environment, threads, processes, imports.

It is looked for between a test's set-up and its teardown, and changes no outcome. What a fixture of wider scope sets up
stays on purpose: whatever changes while one is set up or torn down is nobody's leak.
"""

import itertools
import os
import sys
import threading
import time

from dx_testrun.watch import WATCH

# Seconds that a thread or a process may take to end after its test.
GRACE = 0.05
# Set and taken back by pytest, around what is looked at.
IGNORED = (b"PYTEST_CURRENT_TEST", "PYTEST_CURRENT_TEST")
# Processes that multiprocessing starts once for all.
HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")

getcwd, monotonic = os.getcwd, time.monotonic
# What `id` tells, but without the audit event that it raises.
identity = object.__hash__
active = threading._active
no_thread = threading._DummyThread


class Leaks:
    def __init__(self, names=None):
        self.names = names  # where tests that follow may have to run because of what this one leaves in modules
        self.environ, self.folder, self.path, self.threads = {}, "", [], []
        self.modules, self.module_count, self.module_last = {}, -1, None
        self.children = set()
        self.forgiven = set()
        self.depth = 0
        self.item = None  # whose teardown is watched
        self.early = None  # what was different when the test itself was torn down, but not yet what it shares
        self.torn = False
        self.pending = []  # what may still end by itself

    def begin(self, item=None, following=None):
        """Before a test's set-up; `item` is one that pytest itself runs."""
        self.environ = environment().copy()
        self.folder = folder()
        self.path = sys.path[:]
        self.threads = list(active)
        if len(sys.modules) != self.module_count or next(reversed(sys.modules)) != self.module_last:
            self.see_modules()
        if WATCH.spawned:
            self.see_children()
        if self.forgiven:
            self.forgiven = set()
        if self.names is not None:
            self.names.begin()
        self.early, self.torn = None, False
        if item is None:
            return
        if (following is None or following.parent is not item.parent) and "teardown" not in vars(item):
            self.item = item
            item.teardown = Teardown(self, item.teardown)

    def end(self, at):
        """After its teardown: what is to be told, as (test, note)."""
        if self.item is not None:
            vars(self.item).pop("teardown", None)
            self.item = None
        if (
            not self.pending
            and self.names is None
            and environment() == self.environ
            and folder() == self.folder
            and sys.path == self.path
            and list(active) == self.threads
            and self.added_modules() is not None
            and not WATCH.spawned
        ):
            return ()
        found = self.look()
        if self.early is not None:
            found = {key: value for key, value in found.items() if key in self.early}
        for key in self.forgiven:
            found.pop(key, None)
        if WATCH.spawned:
            self.see_children()
        told = self.settle(monotonic())
        told.extend((at, note(kind, text)) for kind, text in self.in_words(found))
        told.extend((at, note("names", key[1], key[0])) for kind, key in found if kind == "names")
        self.wait_for(at, found)
        return told

    def look(self):
        """Everything that is not as it was: (kind, name) -> what it is now."""
        found = {}
        now = environment()
        if now != self.environ:
            for name in set(now) | set(self.environ):
                if now.get(name) != self.environ.get(name) and name not in IGNORED:
                    found["environment", name] = now.get(name)
        if folder() != self.folder:
            found["folder", ""] = folder()
        if sys.path != self.path:
            found["path", ""] = list(sys.path)
        for ident, thread in list(active.items()):
            if ident not in self.threads and not isinstance(thread, no_thread) and thread.is_alive():
                found["thread", ident] = thread
        if WATCH.spawned:
            for pid in children() - self.children:
                found["process", pid] = pid
        if self.added_modules() is None:
            now = dict(sys.modules)
            for name, known in self.modules.items():
                if name not in now or identity(now[name]) != known:
                    found["modules", name] = name in now
        if self.names is not None:
            found.update((("names", key), value) for key, value in self.names.look().items())
        return found

    def see_modules(self):
        """Where modules were only added since the last look, as each new file adds some, looks at these alone."""
        added = self.added_modules()
        if added is None:
            self.modules, added = {}, list(sys.modules)
        for name in added:
            module = sys.modules.get(name)
            if module is not None and is_imported(module):
                self.modules[name] = identity(module)
        self.module_count, self.module_last = len(sys.modules), next(reversed(sys.modules))

    def added_modules(self):
        """Names that came after the last one that was seen, or None where others are gone: what is imported anew moves to
        the end."""
        added = list(itertools.takewhile(lambda name: name != self.module_last, reversed(sys.modules)))
        return added if self.module_count + len(added) == len(sys.modules) else None

    def see_children(self):
        WATCH.spawned = False
        self.children = children()

    # Fixtures of wider scope

    def set_up(self):
        """Around the set-up of a fixture that outlives the test."""
        before = self.look() if self.depth == 0 else None
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
            if before is not None:
                for key, value in self.look().items():
                    if key not in before or before[key] != value:
                        self.forgiven.add(key)

    def torn_down(self):
        """A fixture that outlives tests was torn down; before a test's own teardown, to be set up otherwise."""
        if not self.torn:
            self.forgiven.update(self.look())

    # Telling

    def in_words(self, found):
        """Those that cannot end by themselves."""
        of_kind = {}
        for (kind, name), value in sorted(found.items(), key=lambda entry: (entry[0][0], str(entry[0][1]))):
            of_kind.setdefault(kind, []).append((name, value))
        if "folder" in of_kind:
            yield "folder", "changed the working folder to '%s'" % (of_kind["folder"][0][1] or "one that is gone")
        if "environment" in of_kind:
            yield "environment", "changed the environment: %s" % self.variables(of_kind["environment"])
        if "path" in of_kind:
            yield "path", "changed sys.path: %s" % changed_path(self.path, of_kind["path"][0][1])
        for there, verb in ((False, "removed from sys.modules: "), (True, "imported anew: ")):
            names = ["'%s'" % name for name, still in of_kind.get("modules", ()) if still is there]
            if names:
                yield "modules", verb + few(names)

    def variables(self, changes):
        """Names only: values may be secrets."""
        verbs = {}
        for name, value in changes:
            verb = "removed" if value is None else "changed" if name in self.environ else "set"
            verbs.setdefault(verb, []).append(os.fsdecode(name))
        return "; ".join("%s %s" % (verb, few(verbs[verb])) for verb in sorted(verbs, reverse=True))

    def wait_for(self, at, found):
        """Threads and processes are told if they run on for a while."""
        until = monotonic() + GRACE
        for (kind, _), value in found.items():
            if kind in ("thread", "process"):
                self.pending.append((until, at, kind, value))

    def settle(self, now):
        """What was waited for long enough."""
        told, rest = [], []
        for entry in self.pending:
            until, at, kind, value = entry
            if until > now:
                rest.append(entry)
            elif kind == "thread" and value.is_alive():
                text = "left %sthread '%s' running" % ("daemon " if value.daemon else "", value.name)
                told.append((at, note(kind, text)))
            elif kind == "process":
                command = running(value)
                if command:
                    told.append((at, note(kind, "left process %d running: %s" % (value, command))))
        self.pending = rest
        return told

    def finish(self):
        """At the end of the worker's tests."""
        if not self.pending:
            return ()
        time.sleep(max(0.0, max(entry[0] for entry in self.pending) - monotonic()))
        return self.settle(monotonic() + GRACE)


class Teardown:
    """A test's own teardown, the last step before that of what it shares with others."""

    def __init__(self, leaks, wrapped):
        self.leaks, self.wrapped = leaks, wrapped

    def __call__(self):
        try:
            self.wrapped()
        finally:
            self.leaks.early, self.leaks.torn = self.leaks.look(), True


def note(what, text, file=""):
    return {"kind": "leak", "what": what, "text": text, "file": file}


def environment():
    """What `os.environ` holds, without the work of decoding it."""
    try:
        return os.environ._data
    except AttributeError:
        return dict(os.environ)


def folder():
    try:
        return getcwd()
    except OSError:
        return ""


def is_imported(module):
    """Whether it came from an import statement; others come and go as their makers like."""
    # Not `isinstance`, which proxies deceive.
    return issubclass(type(module), type(sys)) and object.__getattribute__(module, "__dict__").get("__spec__") is not None


def children():
    """Processes that this one has started, running or not."""
    found = set()
    try:
        for task in os.listdir("/proc/self/task"):
            with open("/proc/self/task/%s/children" % task) as file:
                found.update(map(int, file.read().split()))
    except (OSError, ValueError):
        pass
    return found


def running(pid):
    """The command of a process that runs and should not."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            if file.read().rpartition(")")[2].split()[0] in "ZX":
                return None
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            command = file.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except (OSError, IndexError):
        return None
    if any(helper in command for helper in HELPERS):
        return None
    return command[:80] or "?"


def changed_path(before, now):
    parts = []
    for verb, names in (("added", [p for p in now if p not in before]), ("removed", [p for p in before if p not in now])):
        if names:
            parts.append("%s %s" % (verb, few(["'%s'" % name for name in names])))
    return "; ".join(parts) or "its order"


def few(names):
    return ", ".join(names[:5]) + (" and %d more" % (len(names) - 5) if len(names) > 5 else "")
