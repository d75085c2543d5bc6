"""BLAKE3 in Python alone: for Pythons that have neither dx's extension nor the package `blake3`.

After the specification (https://github.com/BLAKE3-team/BLAKE3-specs, section 2). Chunks of 1,024 bytes are the leaves of
a binary tree; whatever is hashed ends in one compression with the flag ROOT. It does about half a megabyte a second on
CPython, so only keys, names and short texts are hashed with it; `hashing` chooses.
"""

import struct
from typing import List, Optional, Sequence, Tuple, Union

Buffer = Union[bytes, bytearray, memoryview]

CHUNK = 1024
BLOCK = 64
MASK = 0xFFFFFFFF
CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED_HASH = 1, 2, 4, 8, 16

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
# Columns, then diagonals, of the state as a square of four.
MIXES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
WORDS = struct.Struct("<16I")


def schedule() -> Tuple[Tuple[int, int, int, int, int, int], ...]:
    """All mixes of the seven rounds, each with the numbers of the two words of the message that it takes."""
    steps = []
    order: Sequence[int] = range(16)
    for _ in range(7):
        for at, (a, b, c, d) in enumerate(MIXES):
            steps.append((a, b, c, d, order[2 * at], order[2 * at + 1]))
        order = [order[source] for source in PERMUTATION]
    return tuple(steps)


SCHEDULE = schedule()


def compress(chain: Sequence[int], m: Sequence[int], counter: int, length: int, flags: int) -> List[int]:
    """The next chaining value, eight words."""
    v = [*chain, *IV[:4], counter & MASK, counter >> 32, length, flags]
    for a, b, c, d, x, y in SCHEDULE:
        va = (v[a] + v[b] + m[x]) & MASK
        vd = v[d] ^ va
        vd = (vd >> 16) | (vd << 16) & MASK
        vc = (v[c] + vd) & MASK
        vb = v[b] ^ vc
        vb = (vb >> 12) | (vb << 20) & MASK
        va = (va + vb + m[y]) & MASK
        vd ^= va
        vd = (vd >> 8) | (vd << 24) & MASK
        vc = (vc + vd) & MASK
        vb ^= vc
        v[a], v[c], v[d] = va, vc, vd
        v[b] = (vb >> 7) | (vb << 25) & MASK
    return [v[at] ^ v[at + 8] for at in range(8)]


def chunk(key: Sequence[int], data: memoryview, counter: int, flags: int) -> List[int]:
    """The chaining value of one chunk; `flags` go with its last block only if they are ROOT."""
    root, flags = flags & ROOT, flags & ~ROOT
    chain: Sequence[int] = key
    last = max(0, (len(data) - 1) // BLOCK)
    for at in range(last + 1):
        block = bytes(data[at * BLOCK : (at + 1) * BLOCK])
        own = flags | (CHUNK_START if at == 0 else 0) | (CHUNK_END | root if at == last else 0)
        chain = compress(chain, WORDS.unpack(block.ljust(BLOCK, b"\0")), counter, len(block), own)
    return list(chain)


def tree(key: Sequence[int], data: memoryview, counter: int, flags: int) -> List[int]:
    """The chaining value of whole chunks: the left side is the largest power of two of them that leaves some."""
    if len(data) <= CHUNK:
        return chunk(key, data, counter, flags)
    chunks = 1 << (((len(data) - 1) // CHUNK).bit_length() - 1)
    middle = chunks * CHUNK
    inner = flags & ~ROOT
    left = tree(key, data[:middle], counter, inner)
    right = tree(key, data[middle:], counter + chunks, inner)
    return compress(key, left + right, 0, BLOCK, flags | PARENT)


def blake3(data: Buffer, key: Optional[bytes] = None) -> bytes:
    """The 32 bytes of BLAKE3, keyed if `key` has 32 bytes."""
    words: Sequence[int] = IV
    flags = ROOT
    if key is not None:
        if len(key) != 32:
            raise ValueError("a key of BLAKE3 has 32 bytes, not %d" % len(key))
        words, flags = struct.unpack("<8I", key), ROOT | KEYED_HASH
    return struct.pack("<8I", *tree(words, memoryview(data).cast("B"), 0, flags))
