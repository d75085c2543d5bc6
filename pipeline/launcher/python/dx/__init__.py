"""dx: pytest suites, unchanged and faster; Python built like a compiled language.

    import dx

    @dx.fixture(cache=True, inputs=["data/*.csv"])    # made once, until its code or its inputs change
    def table(): ...

    def test_report(table):
        dx.snapshot(report(table))                    # compared with what was written down before

    dx.testrun.run(["tests"])                         # dx-testrun from Python

This module imports nothing until asked.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dx import testrun as testrun
    from dx.fixtures import fixture as fixture
    from dx.snapshots import snapshot as snapshot

    __version__: str

__all__ = ["bin", "fixture", "snapshot", "testrun"]

# Name -> the module that has it.
LAZY = {"fixture": "dx.fixtures", "snapshot": "dx.snapshots", "testrun": "dx.testrun"}


def bin(name: str = "dx") -> str:
    """The path of an executable of this distribution, such as `dx-testrun`."""
    import os
    from importlib.metadata import files

    for file in files("dx") or ():
        if file.name == name and file.parent.name == "bin":
            return os.path.normpath(str(file.locate()))
    raise FileNotFoundError("dx has no executable '%s'" % name)


def __getattr__(name: str) -> "Any":
    if name in LAZY:
        from importlib import import_module

        module = import_module(LAZY[name])
        value = globals()[name] = getattr(module, name, module)
        return value
    if name == "__version__":
        from importlib.metadata import version

        return version("dx")
    raise AttributeError("module 'dx' has no attribute '%s'" % name)
