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
    try:
        module = _imp.create_dynamic(ModuleSpec(NAME, ExtensionFileLoader(NAME, path), origin=path))
    except ImportError:
        return None
    # Nobody looks for it there, and tests count what is there.
    sys.modules.pop(NAME, None)
    return module


LIBRARY = load()


def listen(handler, events):
    """Has these audit events heard, and perhaps others."""
    # Before 3.11 a trace function would see the handler.
    if LIBRARY is not None and sys.version_info >= (3, 11):
        LIBRARY.listen(handler, tuple(events))
    else:
        sys.addaudithook(handler)
