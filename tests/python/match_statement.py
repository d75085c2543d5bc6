class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y): self.x, self.y = x, y


def m(v):
    match v:
        case 0 | 1: return "zero or one"
        case -3 | 2.5: return "number"
        case "text": return "str"
        case None | True: return "singleton"
        case []: return "empty"
        case [x]: return f"one {x}"
        case [1, *rest]: return f"one and {rest}"
        case [first, *_, last] if first == last: return f"same ends {first}"
        case (a, [b, c]): return f"nested {a} {b} {c}"
        case [*all_]: return f"list {all_}"
        case {"kind": "circle", "r": r}: return f"circle {r}"
        case {"kind": k, **rest}: return f"kind {k} {rest}"
        case {}: return "mapping"
        case Point(0, y=yy): return f"on axis {yy}"
        case Point(x, y) as p if x == y: return f"diagonal {p.x}"
        case Point(): return "point"
        case int(n) | float(n): return f"num {n}"
        case str() as s: return f"string {s}"
        case bytes(): return "bytes"
        case _: return "other"


for v in [0, 1, -3, 2.5, "text", None, True, [], [7], [1, 2, 3], [4, 5, 4], (1, [2, 3]), [8, 9], {"kind": "circle", "r": 2},
          {"kind": "sq", "w": 1}, {"a": 1}, Point(0, 5), Point(3, 3), Point(1, 2), 42, 4.5, "hi", b"x", {1}, False]:
    print(repr(v) if not isinstance(v, Point) else "Point", "->", m(v))
import sys


class Color:
    RED = "red"


match "red":
    case Color.RED: print("dotted")
match [1, 2]:
    case [a, b] | [a, b, _]: print(a, b)
match (1, 2, 3):
    case (1, _, _) as t: print(t)
x = 5
match x:
    case 1: print("no")
print("fell through")
try:
    match Point(1, 2):
        case Point(1, 2, 3): pass
except TypeError as e:
    print(e)


class Dup:
    __match_args__ = ("a",)
    a = 1


try:
    match Dup():
        case Dup(1, a=1): pass
except TypeError as e:
    print(e)
match {"a": {"b": [1, {"c": 2}]}}:
    case {"a": {"b": [_, {"c": z}]}}: print(z)
match "abc":
    case [*_]: print("never: str is no sequence")
    case str(s): print(s)
