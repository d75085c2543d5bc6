"""`from __future__ import annotations`: annotations are text, and statements that print what they make."""
from __future__ import annotations

import sys

size: int = 3
name: Undefined[1, "x"] | None


class Box:
    width: int
    height: float = 2.5

    def area(self, scale: Scale = 1, *rest: int, **more: "str") -> lambda: 0:
        local: whatever = 1
        return local


class Plain:
    pass


print(__annotations__)
print(Box.__annotations__)
print(Box.area.__annotations__)
print(getattr(Plain, "__annotations__", "none"))

# Interactive statements show their values.
exec(compile("1 + 1\n", "<input>", "single"))
exec(compile("None\n", "<input>", "single"))
exec(compile("if size:\n    'a'; size\n", "<input>", "single"))
shown = []
previous, sys.displayhook = sys.displayhook, shown.append
exec(compile("size * 2\n", "<input>", "single"))
sys.displayhook = previous
print(shown)
