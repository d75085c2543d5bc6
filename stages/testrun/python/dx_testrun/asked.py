"""Questions about files that do not open them: whether they are there, how large they are; and sources as text.

Python has no audit events for these, so the functions that ask are replaced, in a process that is watched only. Only
paths below the project are noted, and nothing that pytest asks for itself outside of tests.
"""

import linecache
import os

PRESENCE = ("exists", "lexists", "isfile", "isdir", "islink")
SETS = ("supports_dir_fd", "supports_fd", "supports_follow_symlinks", "supports_effective_ids")


def watch_files(recorder):
    root = recorder.root
    quiet = [False]

    def note(kind, path):
        window = recorder.current
        if not recorder.on or recorder.foreign:
            return
        try:
            path = os.fsdecode(path)
            path = path if path[:1] == "/" else os.path.abspath(path)
        except (TypeError, ValueError, OSError):
            return
        if path.startswith(root) and not path.endswith(".pyc") and "/__pycache__" not in path:
            window.asked.add((kind, path))

    def replaced(plain, kind):
        def asked(path, *arguments, **named):
            if quiet[0] or recorder.current is recorder.session or named.get("dir_fd") is not None:
                return plain(path, *arguments, **named)
            note(kind, path)
            quiet[0] = True
            try:
                return plain(path, *arguments, **named)
            finally:
                quiet[0] = False

        asked.__name__, asked.__doc__ = plain.__name__, plain.__doc__
        asked.__wrapped__ = plain
        for name in SETS:
            known = getattr(os, name, ())
            if plain in known:
                known.add(asked)
        return asked

    os.stat, os.lstat = replaced(os.stat, "stat"), replaced(os.lstat, "presence")
    os.access = replaced(os.access, "presence")
    for name in PRESENCE:
        setattr(os.path, name, replaced(getattr(os.path, name), "presence"))


def watch_lines(recorder):
    """Who reads a source through `linecache` may find it there already."""
    plain = linecache.getlines

    def getlines(filename, module_globals=None):
        window = recorder.current
        if recorder.on and window is not recorder.session and recorder.path(filename):
            window.files.add(recorder.path(filename))
        return plain(filename, module_globals)

    linecache.getlines = getlines
