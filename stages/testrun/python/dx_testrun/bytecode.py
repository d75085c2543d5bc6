"""Sources that were saved just now leave no bytecode behind.

Python, and pytest for what it rewrites, know the source of bytecode by its size and the second in which it was saved: of
two saves in one second, the second would not be seen where it changes no size, and what is run would not be what is
there. This is about the project's sources: those that tests write elsewhere are the tests' own affair."""

import os
import time

FRESH = 2.0
# Whoever records what is asked of files puts another in its place.
stat = os.stat


def is_fresh(modified):
    return abs(time.time() - modified) < FRESH


def keep_none_of_fresh_sources(root):
    """Of those below the project's root, and below the working folder."""
    from importlib import _bootstrap_external as machinery

    from _pytest.assertion import rewrite

    ours = tuple(os.path.join(folder, "") for folder in {os.getcwd(), root})
    plain = machinery.SourceFileLoader._cache_bytecode

    def cache_bytecode(self, source_path, bytecode_path, data):
        try:
            if source_path.startswith(ours) and is_fresh(stat(source_path).st_mtime):
                return
        except OSError:
            pass
        plain(self, source_path, bytecode_path, data)

    machinery.SourceFileLoader._cache_bytecode = cache_bytecode
    write = getattr(rewrite, "_write_pyc", None)
    if write is None:
        return

    def write_pyc(state, co, source_stat, pyc):
        fresh = co.co_filename.startswith(ours) and is_fresh(getattr(source_stat, "st_mtime", 0))
        return False if fresh else write(state, co, source_stat, pyc)

    rewrite._write_pyc = write_pyc
