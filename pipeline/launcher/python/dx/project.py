"""What is the project's own code, which is known by its content, and what is others', which is known by its version."""

import os
import sys
from types import ModuleType
from typing import Dict, List, Optional, Tuple

from dx.hashing import file_id

STANDARD = os.path.realpath(os.path.dirname(os.__file__))
PACKAGES = ("%ssite-packages%s" % (os.sep, os.sep), "%sdist-packages%s" % (os.sep, os.sep))
PROJECT, INSTALLED, PYTHON, LOOSE = "project", "installed", "python", "loose"


class Project:
    """A project's root folder, and what this process knows of modules."""

    def __init__(self, root: str) -> None:
        self.root = os.path.join(os.path.realpath(root), "")
        self.places: Dict[str, str] = {}
        self.versions: Dict[str, List[str]] = {}

    def place(self, path: Optional[str]) -> str:
        """Whose a source file is."""
        if not path or path.startswith("<"):
            return PYTHON
        found = self.places.get(path)
        if found is None:
            found = self.places[path] = self.find(os.path.realpath(path))
        return found

    def find(self, path: str) -> str:
        if any(part in path for part in PACKAGES):
            return INSTALLED
        if path.startswith((STANDARD + os.sep, STANDARD + ".zip")):
            return PYTHON
        return PROJECT if path.startswith(self.root) else LOOSE

    def place_of_module(self, name: Optional[str]) -> str:
        module = sys.modules.get(name or "")
        # What cannot be found is looked at as the project's own.
        return LOOSE if module is None else self.place(source_of(module))

    def distribution(self, module: str) -> List[str]:
        """Names and versions of the distribution that a module comes from, and of those that it requires."""
        top = module.partition(".")[0]
        if top not in self.versions:
            found: Dict[str, str] = {}
            for name in self.distributions_of(top):
                self.add_requirements(name, found)
            self.versions[top] = ["%s==%s" % pair for pair in sorted(found.items())]
        return self.versions[top]

    def distributions_of(self, top: str) -> List[str]:
        from importlib import metadata

        try:
            found = metadata.distribution(top)
            files = found.read_text("top_level.txt") or ""
            if top in files.split() or found.read_text("RECORD") and top + "/" in (found.read_text("RECORD") or ""):
                return [str(found.metadata["Name"])]
        except metadata.PackageNotFoundError:
            pass
        names = []
        for one in metadata.distributions():
            texts = (one.read_text("top_level.txt") or "").split()
            record = one.read_text("RECORD") or ""
            if top in texts or any(line.startswith((top + "/", top + ".")) for line in record.splitlines()):
                names.append(str(one.metadata["Name"]))
        return names

    def add_requirements(self, name: str, found: Dict[str, str]) -> None:
        import re
        from importlib import metadata

        name = re.sub("[-_.]+", "-", name).lower()
        if name in found:
            return
        try:
            one = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            return
        found[name] = one.version
        for requirement in one.requires or ():
            word = re.match(r"[A-Za-z0-9._-]+", requirement)
            if word is not None:
                self.add_requirements(word.group(), found)


def source_of(module: Optional[ModuleType]) -> Optional[str]:
    return getattr(module, "__file__", None)


def closure(project: Project, modules: Dict[str, str]) -> Dict[str, str]:
    """The project's and loose modules that are reached from some by the imports in their sources: file -> content.

    `modules` are files with the modules' names."""
    import ast

    found: Dict[str, str] = {}
    todo: List[Tuple[str, Optional[str]]] = [(name, path) for path, name in sorted(modules.items())]
    seen = set(modules.values())
    while todo:
        name, path = todo.pop()
        path = path or module_file(name)
        if path is None or path in found or project.place(path) not in (PROJECT, LOOSE):
            continue
        try:
            found[path] = file_id(path)
            if not path.endswith(".py"):
                continue
            with open(path, "rb") as file:
                tree = ast.parse(file.read(), path)
        except (OSError, SyntaxError, ValueError):
            found.setdefault(path, "unreadable")
            continue
        package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
        for other in imported(tree, package):
            # A module is reached with the packages that it lies in.
            parts = other.split(".")
            for count in range(1, len(parts) + 1):
                part = ".".join(parts[:count])
                if part not in seen:
                    seen.add(part)
                    todo.append((part, None))
    return found


def imported(tree: object, package: str) -> List[str]:
    """Names that may be modules."""
    import ast

    names: List[str] = []
    for node in ast.walk(tree):  # type: ignore[arg-type]
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                above = parts[: len(parts) - node.level + 1]
                base = ".".join(above + ([base] if base else []))
            names += [base] + ["%s.%s" % (base, alias.name) for alias in node.names]
    return [name for name in names if name]


def module_file(name: str) -> Optional[str]:
    """The source file of a module, imported or not; None where there is none, or no such module."""
    module = sys.modules.get(name)
    if module is not None:
        return source_of(module)
    parent = name.rpartition(".")[0]
    if parent and not hasattr(sys.modules.get(parent), "__path__"):
        return None
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    return spec.origin if spec is not None and spec.has_location else None
