"""Values on disk: one file each, signed, loaded through a memory map.

    magic 8 | signature 32 | key 32 | size of the pickle u64 | number of buffers u32 | 0 u32
    for each buffer: its offset u64, its size u64
    the pickle, protocol 5, and the buffers that it refers to, each at a multiple of 64

The signature is BLAKE2b, keyed with the user's secret, of all that follows it: it is fast in every Python, finds damage as
well as forgery, and nothing is unpickled before it was checked. Buffers (of numpy arrays, say) are not copied: they lie in
a private mapping, which may be written to and never reaches the file.

The folder is the user's alone. Files are written beside and renamed; the oldest by their last use go first.
"""

import hashlib
import hmac
import mmap
import os
import pickle
import stat
import struct
import time
from contextlib import AbstractContextManager
from typing import Any, List, Optional, Tuple

from dx.files import is_private, locked
from dx.secret import secret

MAGIC = b"DXFIXTR1"
SIGNED_FROM = 40
HEAD = struct.Struct("<8s32s32sQII")
PLACE = struct.Struct("<QQ")
ALIGN = 64
SUFFIX = ".fixture"
STALE_SECONDS = 3600
READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Untrusted(Exception):
    """Why something in the cache is not used."""


class Cache:
    """The fixtures of one project. Raises Untrusted where its folder is not the user's alone, OSError where it cannot be."""

    def __init__(self, folder: str, size_max: int) -> None:
        self.folder, self.size_max = folder, size_max
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            pass
        info = os.lstat(folder)
        if not stat.S_ISDIR(info.st_mode) or not is_private(info):
            raise Untrusted("the folder '%s' belongs to somebody else, or others can write to it" % folder)
        self.secret = secret()

    def path(self, key: bytes) -> str:
        return os.path.join(self.folder, key.hex() + SUFFIX)

    def lock(self, key: bytes) -> "AbstractContextManager[None]":
        """For one process to make a value while others wait."""
        return locked(os.path.join(self.folder, "lock"), int.from_bytes(key[:8], "little") >> 2)

    # Reading

    def load(self, key: bytes) -> Tuple[Any]:
        """The value, in a tuple. Raises FileNotFoundError where there is none, Untrusted where it may not be used."""
        path = self.path(key)
        fd = os.open(path, READ)
        try:
            info = os.fstat(fd)
            if not is_private(info):
                raise Untrusted("'%s' belongs to somebody else, or others can write to it" % path)
            if info.st_size < HEAD.size:
                raise Untrusted("'%s' is damaged" % path)
            view = memoryview(mmap.mmap(fd, info.st_size, access=mmap.ACCESS_COPY))
            try:
                os.utime(fd if os.utime in os.supports_fd else path)
            except OSError:
                pass
        finally:
            os.close(fd)
        data, buffers = self.checked(view, key, path)
        try:
            return (pickle.loads(data, buffers=buffers),)
        except Exception as error:
            raise Untrusted("'%s' cannot be unpickled: %s: %s" % (path, type(error).__name__, error)) from error

    def checked(self, view: memoryview, key: bytes, path: str) -> Tuple[memoryview, List[memoryview]]:
        magic, signature, own_key, size, count, _ = HEAD.unpack_from(view)
        if magic != MAGIC or own_key != key or not hmac.compare_digest(signature, self.signature([view[SIGNED_FROM:]])):
            raise Untrusted("'%s' is damaged, or was not written by this user" % path)
        # Signed by ourselves: offsets and sizes are right.
        places = [PLACE.unpack_from(view, HEAD.size + at * PLACE.size) for at in range(count)]
        start = aligned(HEAD.size + count * PLACE.size)
        return view[start : start + size], [view[offset : offset + length] for offset, length in places]

    def signature(self, parts: List[Any]) -> bytes:
        digest = hashlib.blake2b(key=self.secret, digest_size=32)
        for part in parts:
            digest.update(part)
        return digest.digest()

    # Writing

    def save(self, key: bytes, value: Any) -> None:
        """Raises OSError, and whatever pickling raises."""
        found: List[pickle.PickleBuffer] = []
        data = pickle.dumps(value, protocol=5, buffer_callback=found.append)
        buffers = [buffer.raw() for buffer in found]
        at = aligned(HEAD.size + len(buffers) * PLACE.size)
        parts: List[Any] = [b"", bytes(at - HEAD.size - len(buffers) * PLACE.size), data]
        at += len(data)
        table = []
        for buffer in buffers:
            start = aligned(at)
            table.append(PLACE.pack(start, buffer.nbytes))
            parts += [bytes(start - at), buffer]
            at = start + buffer.nbytes
        head = HEAD.pack(MAGIC, b"", key, len(data), len(buffers), 0)
        parts[0] = head[SIGNED_FROM:] + b"".join(table)
        self.write(self.path(key), [MAGIC, self.signature(parts)] + parts)
        self.prune(keep=self.path(key))

    def write(self, path: str, parts: List[Any]) -> None:
        temporary = "%s.%d.tmp" % (path, os.getpid())
        try:
            with open(os.open(temporary, WRITE, 0o600), "wb") as file:
                for part in parts:
                    file.write(part)
            os.replace(temporary, path)
        except BaseException:
            remove(temporary)
            raise

    def prune(self, keep: Optional[str] = None) -> None:
        """Removes the values that were not used for the longest time, and what dead writers left."""
        found = []
        for entry in os.scandir(self.folder):
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if entry.name.endswith(".tmp") and time.time() - info.st_mtime > STALE_SECONDS:
                remove(entry.path)
            elif entry.name.endswith(SUFFIX):
                found.append((entry.path == keep, info.st_mtime_ns, info.st_size, entry.path))
        total = sum(size for _, _, size, _ in found)
        for kept, _, size, path in sorted(found):
            if kept or total <= self.size_max:
                break
            remove(path)
            total -= size


def remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def aligned(at: int) -> int:
    return -(-at // ALIGN) * ALIGN


def size_of(text: str) -> int:
    """Bytes: `500M`, `2G`, `0.5T`, or a number. Raises ValueError."""
    text = text.strip().upper().rstrip("B")
    unit = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}.get(text[-1:], 1)
    return int(float(text[:-1] if unit > 1 else text) * unit)
