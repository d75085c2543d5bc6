"""What the sources in `c/` were compiled to, where this Python can load it: it tells functions and audit events apart without
running Python for those that are of no interest."""

import _imp
import os
import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec

import dx_testrun

NAME = "_dx_events"


def load():
    """The library, or None: for other Pythons than CPython, for those without a GIL and for debug builds."""
    known = sys.implementation.name == "cpython" and sys.version_info >= (3, 9) and not hasattr(sys, "gettotalrefcount")
    if not known or "t" in sys.abiflags or os.environ.get("DX_EVENTS") == "python":
        return None
    path = os.path.join(dx_testrun.__path__[0], NAME + ".so")
    module = load_copy(path) or load_from(path)
    # Nobody looks for it there, and tests count what is there.
    sys.modules.pop(NAME, None)
    return module


def load_from(path):
    try:
        return _imp.create_dynamic(ModuleSpec(NAME, ExtensionFileLoader(NAME, path), origin=path))
    except ImportError:
        return None


def load_copy(path):
    """From memory: whoever writes into the file would change the code of every process that has mapped it, and where it lies
    code may not be allowed to run."""
    try:
        copy = os.memfd_create(NAME)
    except (AttributeError, OSError):
        return None
    try:
        with open(path, "rb") as file, open(copy, "wb", closefd=False) as to:
            to.write(file.read())
        return load_from("/proc/self/fd/%d" % copy)
    except OSError:
        return None
    finally:
        os.close(copy)


LIBRARY = load()


def listen(handler, events):
    """Has these audit events heard, and perhaps others."""
    # Before 3.11 a trace function would see the handler.
    if LIBRARY is not None and sys.version_info >= (3, 11):
        LIBRARY.listen(handler, tuple(events))
    else:
        sys.addaudithook(handler)
