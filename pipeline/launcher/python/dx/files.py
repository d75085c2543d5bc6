"""Files that other processes see whole or not at all, and locks that end with their holder."""

import os
import stat
from contextlib import contextmanager
from typing import Iterator, Optional

try:
    import fcntl
except ImportError:  # not on Windows: there processes do not wait for each other
    fcntl = None  # type: ignore[assignment]


def write_whole(path: str, data: bytes, mode: int = 0o666) -> None:
    """Writes beside it, then renames: a reader sees the old content or the new."""
    temporary = "%s.%d.tmp" % (path, os.getpid())
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), mode)
        with open(fd, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


@contextmanager
def locked(path: str, start: int = 0) -> Iterator[None]:
    """Holds a lock on one byte of a file, which is made if need be. The kernel lifts it when the process ends, however.

    Where a lock cannot be had (another file system, a circle of waiters) the work is done without: it may be done twice,
    never wrongly."""
    if fcntl is None:
        yield
        return
    fd: Optional[int] = None
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        lock(fd, start, fcntl.F_WRLCK)
    except OSError:
        pass
    try:
        yield
    finally:
        if fd is not None:
            try:
                # Processes that were forked meanwhile have the descriptor, too.
                lock(fd, start, fcntl.F_UNLCK)
            except OSError:
                pass
            os.close(fd)


def lock(fd: int, start: int, what: int) -> None:
    """A lock of the open file where there is one: closing another descriptor of the file does not lift it."""
    kind = getattr(fcntl, "F_OFD_SETLKW", None)
    if kind is None:
        fcntl.lockf(fd, fcntl.LOCK_UN if what == fcntl.F_UNLCK else fcntl.LOCK_EX, 1, start)
        return
    import struct

    fcntl.fcntl(fd, kind, struct.pack("hhqqi4x", what, os.SEEK_SET, start, 1, 0))


def is_private(info: os.stat_result) -> bool:
    """Whether only this user can have written it."""
    if not hasattr(os, "geteuid"):
        return True
    return info.st_uid == os.geteuid() and not stat.S_IMODE(info.st_mode) & 0o022


def state_folder(root: str) -> str:
    """`.dx/` of a project, made if need be: what can be thrown away, and is not versioned. Raises OSError."""
    folder = os.path.join(root, ".dx")
    os.makedirs(folder, exist_ok=True)
    ignore = os.path.join(folder, ".gitignore")
    if not os.path.exists(ignore):
        write_whole(ignore, b"*\n")
    return folder
