"""The user's secret, with which what the fixture cache holds is signed: a pickle is code, so nobody else's is ever loaded.

It lies in the user's state folder, readable by the user alone. `DX_FIXTURE_KEY` takes its place, for machines that share a
cache: whoever knows it can have code run by all who use it.
"""

import hashlib
import os
import stat
from typing import Optional

SIZE = 32


def folder() -> str:
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "dx")


def secret() -> bytes:
    """Raises OSError where there is none that can be trusted, and none can be made."""
    shared = os.environ.get("DX_FIXTURE_KEY")
    if shared:
        return hashlib.blake2b(shared.encode("utf-8", "surrogateescape"), digest_size=SIZE, person=b"dx fixture key").digest()
    path = os.path.join(folder(), "fixture-key")
    found = read(path)
    if found is None:
        make(path)
        found = read(path)
    if found is None:
        raise OSError("'%s' cannot be read" % path)
    return found


def read(path: str) -> Optional[bytes]:
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return None
    with open(fd, "rb") as file:
        info = os.fstat(fd)
        if hasattr(os, "geteuid") and (info.st_uid != os.geteuid() or stat.S_IMODE(info.st_mode) & 0o077):
            raise OSError("'%s' can be used by others" % path)
        found = file.read(SIZE + 1)
    if len(found) != SIZE:
        raise OSError("'%s' is damaged: remove it" % path)
    return found


def make(path: str) -> None:
    """Whoever links first has made it."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    temporary = "%s.%d.tmp" % (path, os.getpid())
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with open(fd, "wb") as file:
            file.write(os.urandom(SIZE))
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
    finally:
        os.unlink(temporary)
