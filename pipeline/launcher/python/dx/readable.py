"""A value as text: the same on every Python, for people and for diffs.

`repr` differs between versions, orders sets by hash and shows addresses. Here containers have one element a line unless
they fit into one, sets are sorted, dictionaries keep their order, dataclasses and plain objects show their fields.
"""

import dataclasses
import enum
import re
from typing import Any, Callable, Dict, FrozenSet, List, Tuple

WIDTH = 88
INDENT = "    "
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
# What cannot be seen, moves other text or is no character, without asking this Python's version of Unicode.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\"}


def escaped(character: str) -> str:
    number = ord(character)
    if character in SHORT:
        return SHORT[character]
    return "\\x%02x" % number if number < 256 else "\\u%04x" % number if number < 65536 else "\\U%08x" % number


def quoted(text: str) -> str:
    """A string as Python writes it, in double quotes only where that saves escapes."""
    mark = '"' if "'" in text and '"' not in text else "'"
    text = text.replace("\\", "\\\\").replace(mark, "\\" + mark)
    return mark + HIDDEN.sub(lambda found: escaped(found.group()), text) + mark


def readable(value: Any) -> str:
    """The text of a value."""
    return render(value, 0, frozenset())


def render(value: Any, depth: int, above: FrozenSet[int]) -> str:
    kind = type(value)
    simple = SIMPLE.get(kind)
    if simple is not None:
        return simple(value)
    if isinstance(value, enum.Enum):
        return member(value)
    if isinstance(value, type):
        return "<class '%s.%s'>" % (value.__module__, value.__qualname__)
    if id(value) in above:
        return "..."
    above = above | {id(value)}
    shows: Any = kind.__repr__
    for base, write in CONTAINERS:
        if isinstance(value, base) and base.__repr__ is shows:
            return write(value, depth, above)
    if dataclasses.is_dataclass(value) and is_generated(shows):
        shown = [(field.name, getattr(value, field.name, None)) for field in dataclasses.fields(value) if field.repr]
        return fields(kind.__qualname__, shown, depth, above)
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return fields(kind.__qualname__, list(zip(kind._fields, value)), depth, above)
    if isinstance(value, BaseException) and shows is BaseException.__repr__:
        return items(kind.__qualname__ + "(", value.args, ")", depth, above)
    if shows is object.__repr__:
        return fields(kind.__qualname__, list(getattr(value, "__dict__", {}).items()), depth, above)
    return ADDRESS.sub("", repr(value))


def number(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # more digits than this Python writes
        return hex(value)


def member(value: enum.Enum) -> str:
    """A member by its name; flags by the names of their bits, which Pythons put together differently."""
    kind = type(value)
    if not isinstance(value, enum.Flag):
        return "%s.%s" % (kind.__name__, value.name)
    rest, names = value.value, []
    for name, one in kind.__members__.items():
        bit = one.value
        if bit > 0 and not bit & (bit - 1) and rest & bit:
            rest &= ~bit
            names.append(name)
    if rest or not names:
        names.append(number(rest))
    return "%s.%s" % (kind.__name__, "|".join(names))


def is_generated(shows: Any) -> bool:
    """Whether `dataclasses` wrote this `__repr__`."""
    code = getattr(getattr(shows, "__wrapped__", shows), "__code__", None)
    return code is not None and code.co_filename.startswith("<")


def named(value: Any, plain: type) -> str:
    """The name of a subclass, which stands before what its base would show."""
    return "" if type(value) is plain else type(value).__qualname__


def items(start: str, values: Any, end: str, depth: int, above: FrozenSet[int], single: str = "") -> str:
    return block(start, [render(value, depth + 1, above) for value in values], end, depth, single)


def fields(name: str, pairs: List[Tuple[str, Any]], depth: int, above: FrozenSet[int]) -> str:
    return block(name + "(", ["%s=%s" % (key, render(value, depth + 1, above)) for key, value in pairs], ")", depth)


def block(start: str, parts: List[str], end: str, depth: int, single: str = "") -> str:
    """In one line where it fits; `single` follows the only element, as in `(1,)`."""
    line = start + ", ".join(parts) + (single if len(parts) == 1 else "") + end
    if not parts or len(line) + len(INDENT) * depth <= WIDTH and "\n" not in line:
        return line
    inner = INDENT * (depth + 1)
    return start + "\n" + "".join("%s%s,\n" % (inner, part) for part in parts) + INDENT * depth + end


def a_list(value: Any, depth: int, above: FrozenSet[int]) -> str:
    return wrapped(named(value, list), "[", value, "]", depth, above)


def a_tuple(value: Any, depth: int, above: FrozenSet[int]) -> str:
    return wrapped(named(value, tuple), "(", value, ")", depth, above, ",")


def wrapped(name: str, start: str, value: Any, end: str, depth: int, above: FrozenSet[int], single: str = "") -> str:
    if name:
        start, end = name + "(" + start, end + ")"
    return items(start, value, end, depth, above, single)


def a_dict(value: Any, depth: int, above: FrozenSet[int]) -> str:
    name = named(value, dict)
    start, end = (name + "({", "})") if name else ("{", "}")
    inner = depth + 1
    pairs = ["%s: %s" % (render(key, inner, above), render(one, inner, above)) for key, one in value.items()]
    return block(start, pairs, end, depth)


def a_set(value: Any, depth: int, above: FrozenSet[int]) -> str:
    name = named(value, set)
    if not value:
        return (name or "set") + "()"
    start, end = (name + "({", "})") if name else ("{", "}")
    return block(start, sorted(render(one, depth + 1, above) for one in value), end, depth)


def a_mapping_by_name(value: Any, depth: int, above: FrozenSet[int]) -> str:
    return fields(type(value).__qualname__, list(vars(value).items()), depth, above)


SIMPLE: Dict[type, Callable[[Any], str]] = {
    str: quoted,
    int: number,
    bool: repr,
    float: repr,
    complex: repr,
    bytes: repr,
    bytearray: repr,
    type(None): repr,
    type(Ellipsis): repr,
}
CONTAINERS: List[Tuple[type, Callable[[Any, int, FrozenSet[int]], str]]] = [
    (list, a_list),
    (tuple, a_tuple),
    (dict, a_dict),
    (set, a_set),
    (frozenset, a_set),
]


def add_standard_containers() -> None:
    import collections
    import types

    CONTAINERS.append((types.SimpleNamespace, a_mapping_by_name))
    CONTAINERS.append((collections.OrderedDict, a_dict))
    CONTAINERS.append((collections.defaultdict, a_dict))
    CONTAINERS.append((collections.Counter, a_dict))
    CONTAINERS.append((collections.deque, a_list))


add_standard_containers()


def hexdump(data: bytes) -> str:
    """Bytes, sixteen a line: offset, hexadecimal, and what is ASCII."""
    lines = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        digits = " ".join("%02x" % byte for byte in part)
        lines.append("%08x  %-47s  %s" % (at, digits, "".join(chr(byte) if 33 <= byte < 127 else "." for byte in part)))
    return "\n".join(lines)


def text_of(value: Any) -> Tuple[str, str]:
    """What a snapshot keeps of a value: its kind (text, bytes, value) and its text."""
    if type(value) is str:
        return "text", value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "bytes", hexdump(bytes(value))
    return "value", readable(value)
