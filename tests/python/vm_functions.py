# Arguments in every form, defaults, closures, errors.
def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw
print(f(1, d=4))
print(f(1, 2, 3, 4, 5, d=6, e=7, z=8, y=9))
print(f(*[1, 2], **{"d": 4, "c": 9}))
print(f(*(1,), *[2, 3], d=1, **{"x": 1}, **{"y": 2}))
def attempt(g):
    try:
        print(g())
    except TypeError as error:
        print("TypeError:", error)
def two(a, b): return a, b
def opt(a, b=1): return a, b
def kwonly(*, k, j=1): return k, j
def posonly(a, b, /): return a, b
def none(): pass
attempt(lambda: two(1))
attempt(lambda: two())
attempt(lambda: two(1, 2, 3))
attempt(lambda: opt())
attempt(lambda: opt(1, 2, 3))
attempt(lambda: two(1, a=2))
attempt(lambda: two(1, c=2))
attempt(lambda: kwonly())
attempt(lambda: kwonly(1))
attempt(lambda: kwonly(k=1, z=3))
attempt(lambda: posonly(a=1, b=2))
attempt(lambda: posonly(1))
attempt(lambda: none(1))
attempt(lambda: f(1))
attempt(lambda: two(*5))
attempt(lambda: two(**5))
attempt(lambda: two(**{"a": 1}, **{"a": 2}))
attempt(lambda: two(**{1: 2}))
attempt(lambda: (1)())
attempt(lambda: kwonly(1, 2, k=3))
def three(a, b, c): pass
attempt(lambda: three())
attempt(lambda: three(1))
def counter():
    n = 0
    def up(by=1):
        nonlocal n
        n += by
        return n
    return up
c = counter()
print(c(), c(), c(10))
def deep():
    x = 1
    def mid():
        def inner():
            return x
        return inner
    x = 2
    return mid()
print(deep()())
def unbound():
    if False:
        y = 1
    return y
try:
    unbound()
except UnboundLocalError as e:
    print(e)
def cellunbound():
    def g(): return z
    try:
        g()
    except NameError as e:
        print(e)
    z = 1
    del z
    try:
        z
    except NameError as e:
        print(type(e).__name__, e)
cellunbound()
try:
    undefined_name
except NameError as e:
    print(e, e.name)
def dele(a):
    del a
    try:
        a
    except UnboundLocalError as e:
        print(e)
dele(1)
g = 1
def globals_():
    global g
    g = 2
    del g
globals_()
try:
    g
except NameError as e:
    print(e)
print((lambda x, *y: (x, y))(1, 2, 3))
def fact(n): return 1 if n <= 1 else n * fact(n - 1)
print(fact(30))
def annotated(x: int, y: "str" = "a") -> float: ...
print(annotated.__annotations__, annotated.__defaults__, annotated.__name__, annotated.__qualname__)
print([two(*p) for p in [(1, 2), (3, 4)]])
class Callable:
    def __call__(self, *a, **k): return a, k
print(Callable()(1, x=2))
print(two.__code__.co_varnames, two.__code__.co_argcount, f.__code__.co_kwonlyargcount, f.__code__.co_name)
def defaults(x=[]):
    x.append(1)
    return x
defaults(); print(defaults())
print(max(1, 5, 3), max([4, 2], key=lambda v: -v))
def rec(n):
    return rec(n + 1)
try:
    rec(0)
except RecursionError as e:
    print(e)
