"""`dx.snapshot`: a value is compared with what was written down of it before."""

import os
import sys
from typing import AbstractSet, Any, Dict, List, Optional, Set

from dx import snapindex
from dx.difference import unified
from dx.files import locked, write_whole
from dx.hashing import IS_FAST
from dx.readable import text_of
from dx.snapfile import Damaged, Entries, Entry, Key, dump, lines_of, load, path_of

# A longer text is compared with the file itself where BLAKE3 is slow.
HASHED_MAX = 16 << 10
SHOWN_MAX = 400
CHANGED, NEW = "changed", "new"


class SnapshotMismatch(AssertionError):
    """A value is not what its snapshot says, or has none."""


def in_ci() -> bool:
    """As dx-testrun sees it; its option `--ci` is told by DX_CI. Asked only where it counts: tests depend on what they ask."""
    return os.environ.get("CI") in ("true", "1") or os.environ.get("DX_CI") == "1"


class SnapFile:
    """The snapshots of one test file, as this process knows them."""

    def __init__(self, root: str, folder: str, path: str) -> None:
        self.root, self.path = root, path
        self.index = snapindex.place(folder, root, path)
        self.entries: Optional[Entries] = None
        self.digests: snapindex.Digests = {}
        self.changes: Entries = {}
        self.known: Optional[snapindex.Identity] = None
        self.look()

    def look(self) -> None:
        """Takes the index, or where it does not hold the file."""
        self.known = snapindex.identity(self.path)
        self.entries, self.digests = None, {}
        if self.known is None:
            self.entries = {}
            return
        digests = snapindex.read(self.index, self.known)
        if digests is None:
            self.read()
        else:
            self.digests = digests

    def read(self) -> Entries:
        """All entries; writes the index, for the next run. Raises Damaged."""
        if self.entries is None:
            before = snapindex.identity(self.path)
            with open(self.path, "rb") as file:
                self.entries = load(file.read(), self.path)
            if before is not None and (IS_FAST or sum(len(entry.text) for entry in self.entries.values()) < HASHED_MAX * 16):
                snapindex.write(self.index, self.entries, before)
        return self.entries

    def keys(self) -> Set[Key]:
        return set(self.digests if self.entries is None else self.entries)

    def matches(self, key: Key, entry: Entry) -> bool:
        if key in self.changes:
            return self.changes[key] == entry
        if self.entries is None and (IS_FAST or len(entry.text) <= HASHED_MAX):
            return self.digests.get(key) == snapindex.digest(entry)
        return self.read().get(key) == entry

    def old(self, key: Key) -> Optional[Entry]:
        return self.read().get(key)

    def save(self, obsolete: AbstractSet[Key] = frozenset()) -> None:
        """Writes what changed into what the file holds by now: other processes write it, too."""
        if not self.changes and not obsolete:
            return
        snapindex.make_folder(self.index)
        with locked(self.index[: -len("index")] + "lock"):
            self.look()
            entries = dict(self.read())
            for key in obsolete:
                entries.pop(key, None)
            entries.update(self.changes)
            if entries:
                os.makedirs(os.path.dirname(self.path), exist_ok=True)
                write_whole(self.path, dump(entries))
            elif self.known is not None:
                os.unlink(self.path)
                remove_empty(os.path.dirname(self.path))
            self.changes = {}
            self.known, self.entries = snapindex.identity(self.path), entries


def remove_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        pass


class Used:
    """What a test did with snapshots."""

    def __init__(self) -> None:
        self.keys: Set[Key] = set()
        self.count = 0
        self.written: List[str] = []


class Session:
    """Snapshots of a process that runs tests."""

    def __init__(self, root: str, update: bool) -> None:
        self.root, self.update = root, update
        self.folder = os.path.join(root, ".dx", "snapshots")
        self.files: Dict[str, SnapFile] = {}

    def file(self, test_file: str) -> SnapFile:
        return self.at(path_of(test_file))

    def at(self, path: str) -> SnapFile:
        if path not in self.files:
            self.files[path] = SnapFile(self.root, self.folder, path)
        return self.files[path]

    def compare(self, test_file: str, test: str, used: Used, value: Any, name: Optional[str]) -> Optional[str]:
        """None, or what is wrong."""
        if name is None:
            used.count += 1
            key = Key(test, "" if used.count == 1 else "#%d" % used.count)
        else:
            key = Key(test, ":" + name)
            if key in used.keys:
                return "the test has two snapshots with the name %r" % name
        used.keys.add(key)
        entry = Entry(*text_of(value))
        try:
            file = self.file(test_file)
            # A match opens no file, but the test depends on it: dx-testrun, where it records, is told.
            sys.audit("dx.read", file.path)
            if file.matches(key, entry):
                return None
            old = file.old(key)
        except Damaged as error:
            return "%s: repair or remove it" % error
        if self.update:
            file.changes[key] = entry
            used.written.append(NEW if old is None else CHANGED)
            return None
        shown = os.path.relpath(file.path, self.root)
        if old is None:
            hint = "in CI none is written" if in_ci() else "--update-snapshots writes it"
            lines = ["+" + line for line in lines_of(entry.text)]
            return "\n".join(["snapshot '%s' is not in '%s': %s" % (key, shown, hint)] + cut(lines))
        head = "snapshot '%s' in '%s' differs" % (key, shown)
        if old.kind != entry.kind:
            head += ": it was of kind '%s', and is of kind '%s'" % (old.kind, entry.kind)
        return "\n".join([head] + cut(unified(old.text, entry.text, shown, str(key))))

    def save(self) -> None:
        for file in self.files.values():
            file.save()


def cut(lines: List[str]) -> List[str]:
    if len(lines) <= SHOWN_MAX:
        return lines
    return lines[:SHOWN_MAX] + ["... %d more lines" % (len(lines) - SHOWN_MAX)]


def snapshot(value: Any, name: Optional[str] = None) -> None:
    """Compares a value with its snapshot: fails the test where they differ, or where there is none.

    A string is kept as it is, bytes as a hexdump, everything else as `dx.readable.readable` shows it. Snapshots lie beside
    the test file in `__snapshots__/NAME.snap`; `--update-snapshots` writes those that are new or changed. The first
    snapshot of a test without a name, the second and so on are told apart by their order; `name` gives one a name.
    """
    __tracebackhide__ = True
    from dx import pytest_plugin

    problem = pytest_plugin.compare(value, name)
    if problem is not None:
        raise SnapshotMismatch(problem)
