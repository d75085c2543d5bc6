import sys
import pkg
import pkg.sub.deep
from pkg import a, b as bee
from pkg.sub import *
from pkg.sub.deep import value
import pkg.a as alias
from pkg import sub

print(pkg.__name__, pkg.ready, a.X, bee.Y, value, alias is a, sub.deep.value, starred, "_hidden" in globals())
print(pkg.sub.deep.parent_name(), bee.use_a(), a.lazy())
for attempt in ("import nothing_here", "from pkg import nothing", "import pkg.nothing", "from . import x"):
    try:
        exec(attempt) if False else None
    except ImportError as e:
        print(e)
try:
    import nothing_here
except ModuleNotFoundError as e:
    print(e, e.name)
try:
    from pkg import nothing
except ImportError as e:
    print(str(e).split(" (")[0])
try:
    import pkg.nothing
except ModuleNotFoundError as e:
    print(e)
try:
    import pkg.a.x
except ModuleNotFoundError as e:
    print(e)
try:
    from pkg import broken
except ZeroDivisionError as e:
    print("broken:", e, "pkg.broken" in sys.modules)
import circ_a
print(circ_a.done, circ_a.circ_b.done)
print(sorted(m for m in sys.modules if m.startswith(("pkg", "circ"))))
