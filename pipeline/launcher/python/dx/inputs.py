"""Declared inputs of a cached fixture: files, folders and patterns by their content, other values by theirs."""

import glob
import os
from typing import Any, Iterable, List, Tuple

from dx.hashing import content_id, file_id

Part = Tuple[str, str]


def expand(item: Any, folder: str) -> "Tuple[List[Part], List[str]]":
    """Of a path or a pattern: names and contents, and the files that were read. Relative to `folder`.

    A file that is not there is an input, too: the value is made anew when it comes."""
    text = os.fspath(item)
    if isinstance(text, bytes):
        text = os.fsdecode(text)
    if isinstance(item, str) and glob.has_magic(text):
        names = sorted(glob.glob(os.path.join(glob.escape(folder), text), recursive=True))
        parts: List[Part] = [("pattern " + text, str(len(names)))]
    else:
        names, parts = [os.path.join(folder, text)], []
    files: List[str] = []
    for name in names:
        for path, content in contents(name):
            parts.append((os.path.relpath(path, folder), content))
            files.append(path)
    return parts, files


def contents(path: str) -> Iterable[Part]:
    """A file and its content; of a folder, everything below it."""
    if not os.path.isdir(path):
        yield path, one(path)
        return
    for above, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", ".git", ".dx"))
        yield above, content_id("\0".join(sorted(names) + folders).encode("utf-8", "surrogatepass"))
        for name in sorted(names):
            yield os.path.join(above, name), one(os.path.join(above, name))


def one(path: str) -> str:
    try:
        return file_id(path)
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return "unreadable: %s" % error.strerror
