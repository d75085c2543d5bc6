"""What a function reaches, by its code: the functions, classes and values that its names stand for, and theirs.

Followed are global names, closures, defaults, attributes of modules, base classes, what decorators wrapped, and values as
far down as they are data. Bytecode, constants and names count; comments, line numbers, annotations of functions do not.
A name that code looks up by itself (`getattr`, `eval`, `import_module`, …), a module passed on as a value, an import inside
a function, or a value that cannot be looked into make the reached modules count as whole files, with all modules of the
project that they import. Others' code counts by the versions of its distribution and of those that it requires.
"""

import dis
import functools
import os
import sys
import types
from typing import Any, Dict, List, Optional, Set, Tuple

from dx.hashing import content_id, file_id, joined
from dx.project import INSTALLED, PYTHON, Project, closure, source_of

# Names with which code finds other code at run time.
DYNAMIC = frozenset("eval exec compile getattr setattr globals locals vars __import__ import_module import_string".split())
DYNAMIC_ATTRIBUTES = frozenset("import_module import_string modules __dict__ __globals__ __subclasses__ entry_points".split())
PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented), range)
SKIPPED = frozenset(
    "__module__ __dict__ __weakref__ __doc__ __firstlineno__ __static_attributes__ __annotations_cache__ _abc_impl "
    "__abstractmethods__ __qualname__ __classdictcell__ __parameters__ __annotate__".split()
)
NODES_MAX = 200_000
GLOBALS = frozenset(
    "LOAD_GLOBAL LOAD_NAME LOAD_FROM_DICT_OR_GLOBALS LOAD_DEREF LOAD_CLASSDEREF LOAD_FROM_DICT_OR_DEREF".split()
)
IDLE = ("CACHE", "PUSH_NULL", "NOP", "EXTENDED_ARG")
ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD")
BUILT_IN = (
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
)
MISSING = object()


class Opaque(Exception):
    """A value that cannot be known by its content."""


class Reach:
    """The walk from one function. `parts` are what was found, in an order that is the same each time."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.parts: List[Tuple[str, str]] = []
        self.modules: Dict[str, str] = {}  # files of the project that code was reached in -> their modules
        self.loose: Set[str] = set()  # those of them in which something cannot be followed
        self.reasons: List[str] = []
        self.foreign: Set[str] = set()
        self.numbers: Dict[int, int] = {}  # id of an object -> when it was met
        self.kept: List[Any] = []

    # Results

    def finish(self) -> List[Tuple[str, str]]:
        """Names and digests of everything, sorted by name where order says nothing."""
        found = list(self.parts)
        found += [("file " + os.path.relpath(path, self.project.root), content) for path, content in self.whole()]
        versions: Set[str] = set()
        for name in self.foreign:
            versions.update(self.project.distribution(name) or self.unversioned(name))
        return found + [("version", version) for version in sorted(versions)]

    def whole(self) -> List[Tuple[str, str]]:
        """Files that count as a whole, with their content."""
        return sorted(closure(self.project, self.modules).items()) if self.loose else []

    def files(self) -> List[str]:
        """Source files of the project that were reached."""
        return sorted({path for path, _ in self.whole()} | set(self.modules))

    def at(self, path: Optional[str], name: str) -> Optional[str]:
        """Notes that code of the project was reached; its file, or None where it is others'."""
        if path is None or self.project.place(path) in (INSTALLED, PYTHON):
            return None
        self.modules[path] = name
        return path

    def unversioned(self, name: str) -> List[str]:
        """A module that no distribution has is known by the files that are loaded of it."""
        top = name.partition(".")[0]
        out = []
        for other, module in sorted(sys.modules.items()):
            path = source_of(module) if other == top or other.startswith(top + ".") else None
            if path:
                try:
                    out.append("%s %s" % (other, file_id(path)))
                except OSError:
                    out.append(other + " unreadable")
        return out

    def unknown(self, module: Optional[str], why: str) -> None:
        """Something in a module of the project is not followed."""
        if module and module not in self.loose:
            self.loose.add(module)
            self.reasons.append("%s: %s" % (module, why))

    def add(self, name: str, *digests: str) -> None:
        self.parts.append((name, " ".join(digests)))

    # Functions

    def function(self, function: types.FunctionType) -> None:
        if not self.is_new(function):
            return
        code = function.__code__
        name = "function %s.%s" % (function.__module__, function.__qualname__)
        path = function.__globals__.get("__file__") if code.co_filename.startswith("<") else code.co_filename
        module = self.at(path, function.__module__)
        self.add(name, content_id(code_bytes(code)))
        for default in function.__defaults__ or ():
            self.value(default, name, module)
        for key, default in sorted((function.__kwdefaults__ or {}).items()):
            self.add(name, key)
            self.value(default, name, module)
        cells: Dict[str, Any] = {}
        for variable, cell in zip(code.co_freevars, function.__closure__ or ()):
            try:
                cells[variable] = cell.cell_contents
            except ValueError:
                cells[variable] = MISSING
        self.names(code, cells, function.__globals__, module)
        self.wrapped(function, name, module)

    def wrapped(self, function: Any, name: str, module: Optional[str]) -> None:
        for key, value in sorted(getattr(function, "__dict__", {}).items()):
            if key not in SKIPPED:
                self.add(name, key)
                self.value(value, name, module)

    def names(self, code: types.CodeType, cells: Dict[str, Any], outer: Dict[str, Any], module: Optional[str]) -> None:
        """What names in code stand for. Chains of attributes are followed through modules and classes."""
        instructions = [one for one in dis.get_instructions(code) if one.opname not in IDLE]
        for at, one in enumerate(instructions):
            if one.opname in ATTRIBUTES and one.argval in DYNAMIC_ATTRIBUTES:
                self.unknown(module, "code looks up '%s'" % one.argval)
            if one.opname == "IMPORT_NAME":
                self.imported(one.argval, module)
            if one.opname not in GLOBALS:
                continue
            name = one.argval
            if name in cells:
                value = cells[name]
            elif "DEREF" in one.opname and name not in code.co_freevars:
                continue  # a variable of the function itself
            else:
                value = outer.get(name, builtin(outer, name))
            if value is MISSING:
                self.add("missing", name)
                continue
            if name in DYNAMIC:
                self.unknown(module, "code looks up '%s'" % name)
            self.chain(value, name, instructions[at + 1 :], module)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self.names(constant, cells, outer, module)

    def chain(self, value: Any, name: str, following: List[dis.Instruction], module: Optional[str]) -> None:
        """`a.b.c`, as long as it leads through modules; what it ends at is walked into."""
        for one in following:
            if not isinstance(value, types.ModuleType):
                break
            if one.opname not in ATTRIBUTES:
                break
            name += "." + str(one.argval)
            if self.is_foreign_module(value):
                break
            value = vars(value).get(one.argval, MISSING)
            if value is MISSING:
                self.unknown(module, "'%s' is not there yet" % name)
                return
        self.add("name", name)
        if isinstance(value, types.ModuleType) and not self.is_foreign_module(value):
            self.unknown(self.at(source_of(value), value.__name__), "'%s' is used as a value" % name)
            return
        self.value(value, name, module)

    def imported(self, name: str, module: Optional[str]) -> None:
        """An import within a function: the module may not be there yet, so it counts as a whole."""
        self.add("import", name)
        self.unknown(module, "a function imports '%s'" % name)
        top = sys.modules.get(name.partition(".")[0])
        if top is not None and self.is_foreign_module(top):
            self.foreign_module(top)

    def is_foreign_module(self, module: types.ModuleType) -> bool:
        return self.project.place(source_of(module)) in (INSTALLED, PYTHON)

    def foreign_module(self, module: types.ModuleType) -> None:
        if self.project.place(source_of(module)) == INSTALLED:
            self.foreign.add(module.__name__)

    # Values

    def is_new(self, value: Any) -> bool:
        number = self.numbers.get(id(value))
        if number is None:
            if len(self.numbers) >= NODES_MAX:
                raise Opaque("it is too large to be known by its content")
            self.numbers[id(value)] = len(self.numbers)
            self.kept.append(value)  # so that its id stays its own
            return True
        self.add("seen", str(number))
        return False

    def value(self, value: Any, name: str, module: Optional[str]) -> None:
        """Walks into a value that code refers to; what cannot be looked into makes its module count as a whole."""
        try:
            self.content(value, name)
        except (Opaque, RecursionError) as error:
            self.add("opaque", type(value).__module__ + "." + type(value).__qualname__)
            self.unknown(module, "'%s' cannot be looked into: %s" % (name, error))
            kind = type(value)
            if self.project.place_of_module(kind.__module__) not in (INSTALLED, PYTHON):
                self.a_class(kind)

    def content(self, value: Any, name: str) -> None:
        """The content of a value. Raises Opaque."""
        kind = type(value)
        if kind in PLAIN:
            self.add(kind.__name__, content_id(repr(value).encode("utf-8", "surrogatepass")))
        elif isinstance(value, types.FunctionType):
            self.a_function(value)
        elif isinstance(value, type):
            self.a_class(value)
        elif isinstance(value, types.ModuleType):
            if self.is_foreign_module(value):
                self.add("module", value.__name__)
                self.foreign_module(value)
            else:
                self.unknown(self.at(source_of(value), value.__name__), "'%s' is a value" % value.__name__)
        elif isinstance(value, types.CodeType):
            self.add("code", content_id(code_bytes(value)))
        elif isinstance(value, BUILT_IN):
            self.builtin_function(value)
        elif not self.is_new(value):
            pass
        elif isinstance(value, types.MethodType):
            self.add("method")
            self.content(value.__func__, name)
            self.content(value.__self__, name)
        elif kind in (list, tuple):
            self.add(kind.__name__, str(len(value)))
            for one in value:
                self.content(one, name)
        elif kind in (dict, types.MappingProxyType):
            self.add(kind.__name__, str(len(value)))
            for key, one in value.items():
                self.content(key, name)
                self.content(one, name)
        elif kind in (set, frozenset):
            self.add(kind.__name__, *sorted(self.apart(one, name) for one in value))
        elif kind in (bytearray, memoryview):
            self.add(kind.__name__, content_id(bytes(value)))
        elif isinstance(value, (staticmethod, classmethod)):
            self.add(kind.__name__)
            self.content(value.__func__, name)
        elif isinstance(value, property):
            self.add("property")
            for accessor in (value.fget, value.fset, value.fdel):
                self.content(accessor, name)
        elif isinstance(value, functools.partial):
            self.add("partial")
            for part in (value.func, value.args, value.keywords):
                self.content(part, name)
        elif isinstance(value, types.CellType):
            self.add("cell")
            try:
                self.content(value.cell_contents, name)
            except ValueError:
                pass
        else:
            self.instance(value, name)

    def apart(self, value: Any, name: str) -> str:
        """The digest of a value on its own, for what has no order."""
        other = Reach(self.project)
        other.content(value, name)
        self.modules.update(other.modules)
        self.loose |= other.loose
        self.reasons += other.reasons
        self.foreign |= other.foreign
        return joined([text.encode("utf-8", "surrogatepass") for part in other.parts for text in part]).hex()

    def a_function(self, function: types.FunctionType) -> None:
        place = self.project.place(function.__code__.co_filename)
        if function.__code__.co_filename.startswith("<"):  # made by exec: dataclasses, namedtuples
            place = self.project.place_of_module(function.__module__)
        if place in (INSTALLED, PYTHON):
            self.add("function %s.%s" % (function.__module__, function.__qualname__))
            if place == INSTALLED:
                self.foreign.add(function.__module__)
            # A decorator of others' around code of ours.
            if function.__closure__ and self.is_new(function):
                for cell in function.__closure__:
                    try:
                        self.value(cell.cell_contents, function.__qualname__, None)
                    except ValueError:
                        pass
        else:
            self.function(function)

    def builtin_function(self, value: Any) -> None:
        self.add("builtin", getattr(value, "__module__", None) or "", getattr(value, "__qualname__", value.__name__))
        module = sys.modules.get(getattr(value, "__module__", None) or "")
        if module is not None:
            self.foreign_module(module)
        owner = getattr(value, "__self__", None)
        if owner is not None and not isinstance(owner, (types.ModuleType, type)):
            self.content(owner, value.__name__)

    def a_class(self, kind: type) -> None:
        place = self.project.place_of_module(kind.__module__)
        name = "class %s.%s" % (kind.__module__, kind.__qualname__)
        if place in (INSTALLED, PYTHON):
            self.add(name)
            if place == INSTALLED:
                self.foreign.add(kind.__module__)
            return
        if not self.is_new(kind):
            return
        module = self.at(source_of(sys.modules.get(kind.__module__)), kind.__module__)
        self.add(name, str(len(kind.__bases__)))
        for base in kind.__bases__ + (type(kind),):
            self.a_class(base)
        for key, value in sorted(vars(kind).items()):
            if key not in SKIPPED:
                self.add(name, key)
                self.value(value, "%s.%s" % (kind.__qualname__, key), module)

    def instance(self, value: Any, name: str) -> None:
        """An object by its class and what pickle would keep of it."""
        kind = type(value)
        if value is os.environ:
            return  # what is read of it must be declared
        self.a_class(kind)
        if kind.__module__ == "functools" and hasattr(value, "__wrapped__"):  # lru_cache: what it holds is no input
            self.content(value.__wrapped__, name)
            return
        try:
            reduced = value.__reduce_ex__(4)
        except Exception as error:
            if kind.__module__ == "functools" and hasattr(value, "__dict__"):  # cached_property
                self.content({key: one for key, one in vars(value).items() if key != "lock"}, name)
                return
            raise Opaque("%s: %s" % (kind.__qualname__, error)) from None
        if isinstance(reduced, str):
            self.add("global", reduced)
            return
        for part in reduced[:3]:
            self.content(part, name)
        for part in reduced[3:5]:
            for one in part if part is not None else ():
                self.content(one, name)


def builtin(outer: Dict[str, Any], name: str) -> Any:
    found = outer.get("__builtins__", {})
    found = vars(found) if isinstance(found, types.ModuleType) else found
    return found.get(name, MISSING)


def code_bytes(code: types.CodeType) -> bytes:
    """Everything of code that makes a difference when it runs."""
    parts = [code.co_name, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags]
    parts += [code.co_varnames, code.co_names, code.co_freevars, code.co_cellvars, code.co_code.hex()]
    parts.append(getattr(code, "co_exceptiontable", b"").hex())
    return repr(parts).encode("utf-8", "surrogatepass") + b"".join(map(constant_bytes, code.co_consts))


def constant_bytes(constant: Any) -> bytes:
    if isinstance(constant, types.CodeType):
        data = code_bytes(constant)
    elif isinstance(constant, tuple):
        data = b"".join(map(constant_bytes, constant))
    elif isinstance(constant, frozenset):
        data = b"".join(sorted(map(constant_bytes, constant)))
    else:
        data = repr(constant).encode("utf-8", "surrogatepass")
    head = "%s %d\n" % (type(constant).__name__, len(data))
    return head.encode() + data
