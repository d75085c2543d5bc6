class P:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
def m(v):
    match v:
        case 1 | 2: return "one or two"
        case "s": return "string s"
        case None: return "none"
        case True: return "true"
        case [] : return "empty"
        case [a]: return f"one {a}"
        case [a, b]: return f"two {a} {b}"
        case [a, *rest, z] if z == 9: return f"star {a} {rest} {z}"
        case (x, y, *_): return f"many {x} {y}"
        case {"k": k, "l": 2, **rest}: return f"map {k} {rest}"
        case {"k": k}: return f"k {k}"
        case P(0, y): return f"P0 {y}"
        case P(x=a, y=[b, c]): return f"Pxy {a} {b} {c}"
        case P(): return "P"
        case str() as s: return f"str {s}"
        case int(n) if n > 100: return f"big {n}"
        case float(f): return f"float {f}"
        case -5 | 3+4j: return "number"
        case {}: return "mapping"
        case other: return f"other {other}"
for v in (1, 2, "s", None, True, [], [1], (1, 2), [1, 2, 3, 9], [1, 2, 3], {"k": 1, "l": 2, "m": 3}, {"k": 5},
          P(0, 1), P(1, [2, 3]), P(1, 1), "other", 200, 1.5, -5, 3+4j, {}, 50, {1: 2}, range(2), b"x"):
    print(m(v))
def errors():
    class Q: __match_args__ = ("a",)
    for f in (lambda: match_q(Q()),):
        try: print(f())
        except TypeError as e: print(e)
    def match_q(v):
        match v:
            case Q(1, 2): return 1
    try: match_q(Q())
    except TypeError as e: print(e)
def match_q(v): return 0
try: errors()
except NameError as e: print(type(e).__name__)
import sys
match sys.maxsize:
    case sys.maxsize: print("value pattern")
match 5:
    case x: print(x)
