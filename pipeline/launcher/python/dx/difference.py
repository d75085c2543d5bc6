"""The unified diff of two texts, in the lines that a `.snap` file has for them, so that nothing in it is invisible."""

import difflib
from typing import List, Sequence, Tuple

from dx.snapfile import lines_of

CONTEXT = 3
# Two texts with more than this many pairs of lines between them are not compared line by line.
PAIRS_MAX = 4_000_000
Opcode = Tuple[str, int, int, int, int]


def unified(old: str, new: str, old_name: str, new_name: str) -> List[str]:
    """Lines of the diff, without line ends; none where the texts are the same."""
    a, b = lines_of(old), lines_of(new)
    if a == b:
        return []
    lines = ["--- " + old_name, "+++ " + new_name]
    for group in groups(opcodes(a, b)):
        first, last = group[0], group[-1]
        lines.append("@@ -%s +%s @@" % (span(first[1], last[2]), span(first[3], last[4])))
        for tag, a1, a2, b1, b2 in group:
            if tag == "equal":
                lines += [" " + line for line in a[a1:a2]]
            else:
                lines += ["-" + line for line in a[a1:a2]]
                lines += ["+" + line for line in b[b1:b2]]
    return lines


def span(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return "%d" % (start + 1)
    return "%d,%d" % (start + 1 if length else start, length)


def opcodes(a: Sequence[str], b: Sequence[str]) -> List[Opcode]:
    """What is the same at both ends is taken off first: then most comparisons are short."""
    shorter = min(len(a), len(b))
    start = 0
    while start < shorter and a[start] == b[start]:
        start += 1
    end = 0
    while end < shorter - start and a[-1 - end] == b[-1 - end]:
        end += 1
    a2, b2 = len(a) - end, len(b) - end
    middle: List[Opcode]
    if (a2 - start) * (b2 - start) > PAIRS_MAX:
        middle = [("replace", start, a2, start, b2)]
    else:
        matcher = difflib.SequenceMatcher(None, a[start:a2], b[start:b2], autojunk=False)
        middle = [(tag, i1 + start, i2 + start, j1 + start, j2 + start) for tag, i1, i2, j1, j2 in matcher.get_opcodes()]
    head: List[Opcode] = [("equal", 0, start, 0, start)] if start else []
    tail: List[Opcode] = [("equal", a2, len(a), b2, len(b))] if end else []
    return head + middle + tail


def groups(codes: Sequence[Opcode]) -> List[List[Opcode]]:
    """Hunks: changes with some lines around them."""
    out: List[List[Opcode]] = [[]]
    for at, (tag, a1, a2, b1, b2) in enumerate(codes):
        if tag != "equal":
            out[-1].append((tag, a1, a2, b1, b2))
            continue
        before, after = at > 0, at + 1 < len(codes)
        if before and after and a2 - a1 <= 2 * CONTEXT:
            out[-1].append((tag, a1, a2, b1, b2))
            continue
        if before:
            keep = min(CONTEXT, a2 - a1)
            out[-1].append((tag, a1, a1 + keep, b1, b1 + keep))
        if before and after:
            out.append([])
        if after:
            keep = min(CONTEXT, a2 - a1)
            out[-1].append((tag, a2 - keep, a2, b2 - keep, b2))
    return out
