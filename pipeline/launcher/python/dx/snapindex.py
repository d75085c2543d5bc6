"""The index of a `.snap` file below `.dx/snapshots/`: with it a snapshot that matches is compared without reading the file.

    magic 8 | CRC-32 of all that follows u32 | count u32
    identity of the .snap file: size, mtime_ns, ctime_ns, inode, device, each u64
    count times: BLAKE3 of kind, 0 and text 32 | length of the key u32 | key, UTF-8

It holds while the `.snap` file has the identity that it names, and only if that file was two seconds old when the index
was written: within one tick of a file system's clock a file could change unseen. Damaged or missing, it is made anew.
"""

import os
import struct
import zlib
from typing import Dict, List, Optional, Tuple

from dx.files import state_folder, write_whole
from dx.hashing import blake3, native
from dx.snapfile import Entries, Entry, Key

MAGIC = b"DXSNAPX1"
HEAD = struct.Struct("<8sII")
IDENTITY = struct.Struct("<5Q")
RECORD = struct.Struct("<32sI")
SEPARATOR = "\0"  # between a key's test and its label; neither has it
SETTLED_NS = 2_000_000_000
Identity = Tuple[int, int, int, int, int]
Digests = Dict[Key, bytes]
U64 = (1 << 64) - 1


def digest(entry: Entry) -> bytes:
    return blake3((entry.kind + "\0" + entry.text).encode("utf-8", "surrogatepass"))


def identity(path: str) -> Optional[Identity]:
    """None where there is no file."""
    try:
        info = os.stat(path)
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns & U64, info.st_ctime_ns & U64, info.st_ino & U64, info.st_dev & U64


def place(folder: str, root: str, snap: str) -> str:
    """Where the index of a `.snap` file lies."""
    name = blake3(os.path.relpath(snap, root).encode("utf-8", "surrogatepass")).hex()[:32]
    return os.path.join(folder, name + ".index")


def pack(entries: Entries, of: Identity) -> bytes:
    parts: List[bytes] = [IDENTITY.pack(*of)]
    for key, entry in entries.items():
        name = (key.test + SEPARATOR + key.label).encode("utf-8", "surrogatepass")
        parts += [RECORD.pack(digest(entry), len(name)), name]
    body = b"".join(parts)
    return HEAD.pack(MAGIC, zlib.crc32(body), len(entries)) + body


def unpack(data: bytes) -> Optional[Tuple[Identity, Digests]]:
    """None where it is damaged."""
    try:
        magic, check, count = HEAD.unpack_from(data)
        if magic != MAGIC or zlib.crc32(memoryview(data)[HEAD.size :]) != check:
            return None
        return parse(data, count)
    except (struct.error, UnicodeDecodeError):
        return None


def parse(data: bytes, count: int) -> Tuple[Identity, Digests]:
    """By the extension, where there is one and nothing is unusual."""
    if native is not None:
        try:
            identity, digests = native.read_index(data)
            return tuple(identity), {Key(*key): found for key, found in digests.items()}
        except ValueError:
            pass
    return parse_here(data, count)


def parse_here(data: bytes, count: int) -> Tuple[Identity, Digests]:
    of = IDENTITY.unpack_from(data, HEAD.size)
    digests: Digests = {}
    at = HEAD.size + IDENTITY.size
    for _ in range(count):
        found, length = RECORD.unpack_from(data, at)
        at += RECORD.size
        test, _, label = data[at : at + length].decode("utf-8", "surrogatepass").partition(SEPARATOR)
        digests[Key(test, label)] = found
        at += length
    return of, digests


def read(path: str, snap: Identity) -> Optional[Digests]:
    """The digests, if the index speaks of this very file."""
    try:
        with open(path, "rb") as file:
            written = os.fstat(file.fileno()).st_mtime_ns
            found = unpack(file.read())
    except OSError:
        return None
    if found is None or found[0] != snap or snap[1] > written - SETTLED_NS:
        return None
    return found[1]


def make_folder(path: str) -> None:
    """The folder of an index, below the project's `.dx`. Raises OSError."""
    folder = os.path.dirname(path)
    state_folder(os.path.dirname(os.path.dirname(folder)))
    os.makedirs(folder, exist_ok=True)


def write(path: str, entries: Entries, of: Identity) -> None:
    """It is not there if this does not succeed, and nothing is lost."""
    try:
        make_folder(path)
        write_whole(path, pack(entries, of))
    except OSError:
        pass
