"""Questions about files that do not open them: whether they are there, how large they are; and sources as text.

Python has no audit events for these, so the functions that ask are replaced, in a process that is watched only. Only
paths below the project are noted, and nothing that pytest asks for itself outside of tests.
"""

import functools
import linecache
import os
import pathlib
import types

from dx_testrun.library import LIBRARY

PRESENCE = ("exists", "lexists", "isfile", "isdir", "islink")
SETS = ("supports_dir_fd", "supports_fd", "supports_follow_symlinks", "supports_effective_ids")


def watch_files(recorder):
    root = recorder.root
    quiet = [False]

    def note(kind, path):
        window = recorder.current
        # What asks by asking another is one question.
        if quiet[0] or not recorder.on or recorder.foreign or recorder.importing:
            return
        try:
            path = os.fsdecode(path)
            path = path if path[:1] == "/" else os.path.abspath(path)
        except (TypeError, ValueError, OSError):
            return
        if path.startswith(root) and not path.endswith(".pyc") and "/__pycache__" not in path:
            window.asked.add((kind, path))

    def loud(kind, path, plain, *arguments, **named):
        note(kind, path)
        quiet[0] = True
        try:
            return plain(path, *arguments, **named)
        finally:
            quiet[0] = False

    def question(plain):
        """In the place of a function of one path, whose name is not the same everywhere."""
        if plain.__code__.co_varnames[0] == "s":

            def asked(s):
                if quiet[0] or recorder.importing or recorder.current is recorder.session:
                    return plain(s)
                return loud("presence", s, plain)

        else:

            def asked(path):
                if quiet[0] or recorder.importing or recorder.current is recorder.session:
                    return plain(path)
                return loud("presence", path, plain)

        return asked

    def questions(plain, kind):
        def asked(path, *arguments, **named):
            if quiet[0] or recorder.current is recorder.session or named.get("dir_fd") is not None:
                return plain(path, *arguments, **named)
            return loud(kind, path, plain, *arguments, **named)

        return asked

    def replaced(plain, kind):
        asked = None
        if LIBRARY is not None and type(plain) is type(len):
            asked = LIBRARY.asking((plain, note, kind), plain.__name__)
        if asked is None:
            one = type(plain) is types.FunctionType and plain.__code__.co_argcount == 1
            asked = question(plain) if one else questions(plain, kind)
            functools.update_wrapper(asked, plain, ("__name__", "__doc__"), ())
        for name in SETS:
            known = getattr(os, name, ())
            if plain in known:
                known.add(asked)
        return asked

    os.stat, os.lstat = replaced(os.stat, "stat"), replaced(os.lstat, "presence")
    os.access, os.readlink = replaced(os.access, "presence"), replaced(os.readlink, "presence")
    # Before 3.11, pathlib keeps these where they do not bind.
    accessor = getattr(pathlib, "_NormalAccessor", None)
    for name in ("stat", "lstat", "readlink"):
        if hasattr(accessor, name):
            setattr(accessor, name, staticmethod(getattr(os, name)))
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
