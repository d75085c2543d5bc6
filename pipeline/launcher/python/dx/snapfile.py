"""The `.snap` file: snapshots of one test file, for people, exactly.

    dx snapshots, format 1

    == test_greeting == text
    | Hello, World
    \\ two spaces follow\\x20\\x20

    == test_greeting #2 == value
    | {'a': 1}

Every line of a value stands behind `| `, or behind `\\ ` with escapes where an editor, a check-out or an eye would not
keep it apart from another. So no value can look like a heading, and what is read back is what was written. Entries are
sorted, so that branches merge.

An entry is known by the test's id without its file, and a label: empty for the first snapshot of a test, `#2` and so on
for those that follow, `:NAME` for a named one.
"""

import os
import re
from typing import Dict, List, NamedTuple, Tuple

from dx.hashing import native
from dx.readable import HIDDEN, escaped

FIRST = "dx snapshots, format 1"
# An escape of ours; what `escaped` writes.
ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)
LETTERS = {"n": "\n", "t": "\t", "r": "\r"}


class Key(NamedTuple):
    test: str
    label: str

    def __str__(self) -> str:
        return self.test + " " + self.label if self.label else self.test


class Entry(NamedTuple):
    kind: str
    text: str


Entries = Dict[Key, Entry]


class Damaged(Exception):
    """A `.snap` file that was not written by us, or was edited by hand and cannot be understood."""


def escape(text: str) -> str:
    text = HIDDEN.sub(lambda found: escaped(found.group()), text.replace("\\", "\\\\"))
    kept = text.rstrip(" ")
    return kept + "\\x20" * (len(text) - len(kept))


def unescape(text: str) -> str:
    def character(found: "re.Match[str]") -> str:
        digits = found.group(1) or found.group(2) or found.group(3)
        if digits:
            return chr(int(digits, 16))
        return LETTERS.get(found.group(4), found.group(4))

    return ESCAPE.sub(character, text)


def line_out(line: str) -> str:
    """A line of a value as it stands in the file."""
    if not line:
        return "|"
    if line[-1] in " \t" or HIDDEN.search(line.replace("\t", "")):
        return "\\ " + escape(line)
    return "| " + line


def line_in(line: str) -> str:
    if line[:1] == "\\":
        return unescape(line[2:])
    return line[2:]


def lines_of(text: str) -> List[str]:
    return [line_out(line) for line in text.split("\n")]


def heading(key: Key, entry: Entry) -> str:
    # Nothing in a test's id may look like the label.
    test = escape(key.test).replace(" #", "\\x20#").replace(" :", "\\x20:").replace(" ==", "\\x20==")
    label = " " + escape(key.label).replace(" ==", "\\x20==") if key.label else ""
    return "== %s%s == %s" % (test, label, entry.kind)


LABEL = re.compile(r" (?=[#:])")


def heading_in(line: str) -> Tuple[Key, str]:
    words, separator, kind = line[3:].rpartition(" == ")
    if not line.startswith("== ") or not separator:
        raise ValueError
    parts = LABEL.split(words, maxsplit=1)
    return Key(unescape(parts[0]), unescape(parts[1]) if len(parts) > 1 else ""), kind


def order(key: Key) -> Tuple[str, int, str]:
    """Ordinals by number, and before names."""
    number = int(key.label[1:]) if key.label[:1] == "#" else 0
    return key.test, number, key.label


def dump(entries: Entries) -> bytes:
    lines = [FIRST]
    for key in sorted(entries, key=order):
        entry = entries[key]
        lines += ["", heading(key, entry)] + lines_of(entry.text)
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def load(data: bytes, path: str) -> Entries:
    """By the extension, where there is one and nothing is unusual. Raises Damaged."""
    if native is not None:
        try:
            return {Key(test, label): Entry(kind, text) for test, label, kind, text in native.read_snapshots(data)}
        except ValueError:
            pass
    return load_here(data, path)


def load_here(data: bytes, path: str) -> Entries:
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise Damaged("'%s' is no UTF-8: %s" % (path, error)) from None
    # A check-out may end lines with CR LF; no value has a bare CR.
    lines = [line[:-1] if line.endswith("\r") else line for line in lines]
    if lines[0] != FIRST:
        raise Damaged("'%s' does not begin with '%s'" % (path, FIRST))
    entries: Entries = {}
    key, kind = Key("", ""), ""
    value: List[str] = []
    for number, line in enumerate(lines[1:] + ["== end == end"], 2):
        try:
            if line[:1] in ("|", "\\") and kind:
                value.append(line_in(line))
            elif line[:1] == "=":
                if kind:
                    entries[key] = Entry(kind, "\n".join(value))
                key, kind = heading_in(line)
                value = []
            elif line:
                raise ValueError
        except (ValueError, OverflowError):
            raise Damaged("'%s' line %d is neither a heading nor a value: %.60r" % (path, number, line)) from None
    return entries


def path_of(test_file: str) -> str:
    """Where the snapshots of a test file lie: beside it, in `__snapshots__/test_a.snap` for `test_a.py`."""
    folder, name = os.path.split(test_file)
    return os.path.join(folder, "__snapshots__", (name[:-3] if name.endswith(".py") else name) + ".snap")


def has_test_file(path: str) -> bool:
    """Whether the test file of a `.snap` file is there."""
    folder, name = os.path.split(path)
    test_file = os.path.join(os.path.dirname(folder), name[: -len(".snap")])
    return os.path.exists(test_file + ".py") or os.path.exists(test_file)
