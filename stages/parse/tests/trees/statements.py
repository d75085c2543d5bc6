"""Every statement once."""
import os, sys as system, a.b.c as d
from . import x
from ..pkg.mod import (y as z, w,)
from m import *
global g1, g2
a = b = 1
a, *b = c = (1, 2)
[a, b.c, d[0]] = x
a += 1; a -= 2; a *= 3; a /= 4; a //= 5; a %= 6; a **= 7; a >>= 8; a <<= 9; a &= 1; a ^= 2; a |= 3; a @= 4
n: int = 3
(p): str
o.q: list[int] = []
del a, (b, c), d[1]
assert a, "why"
raise
raise E from None
if a: pass
elif b:
    pass
elif c: pass;
else:
    pass
while a: break
else: continue_ = 1
for i, *j in k: continue
else:
    pass
with a as b, c: pass
with (a as (b, c), d,): x; y ;
with (a): pass
with (a, b): pass
with (yield_)(1) as q.r: pass
try:
    pass
except E: pass
except (A, B) as e:
    pass
except A, B: pass
except:
    pass
else: pass
finally: pass
try: pass
except* E as e: pass
type A[T: int = str, *Ts = *tuple[int], **P = [int]] = list[T]
match x, y:
    case 1 | -2.5 | 3+4j | "s" 't' | b"b" | None | True: pass
    case [a, *_, (b as c)] if a: pass
    case (): pass
    case a, *rest: pass
    case {"k": 1, m.n: _, **kw}: pass
    case {}: pass
    case C(), D.E(1, x, k=[2], l=_,): pass
    case _: pass
match (a): 
    case str() as s: pass
match = case = type = _ = 1
match[case](type)
