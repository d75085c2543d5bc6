"""Memory that the forks of a layer write to: copied ahead of the next run instead of page by page while it runs.

A fork shares its memory with its layer until one of them writes; each first write costs a page fault, and those of one
short run cost as much as the run itself. A process that served a short run leaves a list of the pages that it had for
itself at its end (the bit for "mapped exclusively" of /proc/self/pagemap) and of those of libraries that it read. The
addresses are the same in the next fork, which has the kernel prepare them (madvise(2), MADV_POPULATE_READ and _WRITE,
Linux 5.14) while it waits. Where something of that is missing, nothing is done."""

import json
import os
import re
import sys

POPULATE_READ, POPULATE_WRITE = 22, 23
PAGE = os.sysconf("SC_PAGESIZE")
# A run that wrote to more pages was no short one.
MOST = 8192
# The highest byte of an entry: present and anonymous and mapped only here; present and of a file.
OWN, OF_FILE = re.compile(b"\x81+"), re.compile(b"[\xa0\xa1]+")

_madvise = None


def prepare():
    """Finds madvise(2). The modules that this takes are not left behind for tests to find."""
    global _madvise
    before = set(sys.modules)
    try:
        import ctypes

        found = ctypes.CDLL(None).madvise
        found.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        _madvise = found
    except (ImportError, OSError, AttributeError):
        return
    finally:
        for name in set(sys.modules) - before:
            if name.split(".")[0] in ("ctypes", "_ctypes"):
                del sys.modules[name]


def note(path):
    """Writes down what this process has touched of the memory that it began with."""
    try:
        spans = touched()
        if spans is None:
            return
        own = "%s.%d" % (path, os.getpid())
        with open(own, "w") as file:
            json.dump(spans, file)
        os.rename(own, path)
    except (OSError, ValueError):
        pass


def touched():
    """[[address, length, whether it was written to]]; None if that is too much."""
    spans, pages = [], 0
    with open("/proc/self/maps") as maps, open("/proc/self/pagemap", "rb", buffering=0) as entries:
        for line in maps:
            fields = line.split(None, 5)
            if fields[1][3] != "p" or fields[1][0] != "r" or fields[-1].startswith("[v"):
                continue
            first, last = (int(end, 16) for end in fields[0].split("-"))
            written = fields[1][1] == "w"
            entries.seek(first // PAGE * 8)
            flags = entries.read((last - first) // PAGE * 8)[7::8]
            for found in (OWN if written else OF_FILE).finditer(flags):
                count = found.end() - found.start()
                pages += count if written else 0
                spans.append([first + found.start() * PAGE, count * PAGE, written])
    return spans if pages <= MOST else None


def copy_ahead(path):
    """Prepares what an earlier fork of the same layer has touched."""
    if _madvise is None:
        return
    try:
        with open(path) as file:
            spans = json.load(file)
    except (OSError, ValueError):
        return
    for address, length, written in spans:
        _madvise(address, length, POPULATE_WRITE if written else POPULATE_READ)
