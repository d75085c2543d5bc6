"""dx: pytest suites, unchanged and faster; Python built like a compiled language.

The command is `dx`. This module only says where its executables are; it imports nothing until asked.
"""

__all__ = ["bin"]

__version__: str


def bin(name: str = "dx") -> str:
    """The path of an executable of this distribution, such as `dx-testrun`."""
    import os
    from importlib.metadata import files

    for file in files("dx") or ():
        if file.name == name and file.parent.name == "bin":
            return os.path.normpath(str(file.locate()))
    raise FileNotFoundError("dx has no executable '%s'" % name)


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("dx")
    raise AttributeError("module 'dx' has no attribute '%s'" % name)
