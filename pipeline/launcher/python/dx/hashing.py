"""Digests: BLAKE3 of what is short (keys, texts), SHA-256 of files' contents.

As everywhere in dx, what is known by its content is named by SHA-256 and size, which every Python does fast, and what is
put together from such names by BLAKE3. BLAKE3 comes from dx's extension, else from the package `blake3`, else from
`dx.blake3`, which is slow.
"""

import hashlib
from importlib import import_module
from typing import Any, Callable, List, Tuple

from dx.blake3 import blake3 as plain

Hash = Callable[[bytes], bytes]


try:
    native: Any = import_module("dx._native")
except ImportError:
    native = None


def choose() -> "Tuple[Hash, bool]":
    """BLAKE3, and whether it is fast."""
    if native is not None:
        return native.blake3, True
    try:
        package: Any = import_module("blake3").blake3
        package(b"").digest()
        return lambda data: package(data).digest(), True
    except Exception:
        return plain, False


blake3: Hash
IS_FAST: bool
blake3, IS_FAST = choose()


def joined(parts: List[bytes]) -> bytes:
    """BLAKE3 of a list: two lists have one digest only if their parts are the same."""
    return blake3(b"".join(len(part).to_bytes(8, "little") + part for part in parts))


def content_id(data: bytes) -> str:
    return "%s %d" % (hashlib.sha256(data).hexdigest(), len(data))


def file_id(path: str) -> str:
    """The content of a file; raises OSError."""
    digest = hashlib.sha256()
    size = 0
    with open(path, "rb") as file:
        while True:
            part = file.read(1 << 20)
            if not part:
                return "%s %d" % (digest.hexdigest(), size)
            digest.update(part)
            size += len(part)
