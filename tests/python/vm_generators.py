def count(n):
    i = 0
    while i < n:
        got = yield i
        if got: print("got", got)
        i += 1
    return "done"
print(list(count(3)), sum(count(10)), [x for x in count(4)])
g = count(3)
print(next(g), g.send("hello"), g.gi_running, g.gi_frame is not None)
g.close()
print(g.gi_frame, list(g))
def outer():
    r = yield from count(2)
    print("result", r)
    yield from [10, 20]
    yield from (i for i in "ab")
print(list(outer()))
g = outer()
next(g)
print(g.send("through"))
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
import sys
f = fib()
print([next(f) for _ in range(15)])
def raiser():
    yield 1
    raise ValueError("from gen")
try:
    for x in raiser(): print(x)
except ValueError as e: print(e)
def stop():
    yield 1
    raise StopIteration("x")
try: list(stop())
except RuntimeError as e: print(e, repr(e.__cause__))
g = count(1)
try: g.send(1)
except TypeError as e: print(e)
def reenter():
    yield next(me)
me = reenter()
try: next(me)
except ValueError as e: print(e)
def ignoring():
    try: yield 1
    except GeneratorExit: yield 2
g = ignoring(); next(g)
try: g.close()
except RuntimeError as e: print(e)
def delegating():
    try:
        yield from inner()
    except KeyError as e:
        print("outer caught", e)
        yield "handled"
def inner():
    try:
        yield 1
    except ValueError as e:
        print("inner caught", e)
        raise KeyError("from inner")
g = delegating()
print(next(g), g.throw(ValueError("v")))
class It:
    def __iter__(self): return self
    def __next__(self): raise StopIteration("value")
def d():
    x = yield from It()
    yield x
print(list(d()))
try:
    next(count(0))
except StopIteration as e:
    print(e.value)
print(next(iter([]), "default"))
def closure():
    x = 1
    def g():
        nonlocal x
        while x < 5:
            x += 1
            yield x
    return g, lambda: x
g, getx = closure()
print(list(g()), getx())
def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)
print(list(tree(4)))
gen = (x * y for x in range(3) for y in range(x))
print(type(gen).__name__, list(gen))
def handled():
    try:
        raise ValueError("a")
    except ValueError:
        yield sys.exception()
        yield sys.exception()
h = handled()
print(repr(next(h)), sys.exception(), repr(next(h)))
print(sorted(count(5), key=lambda v: -v), max(count(4)), tuple(count(2)), set(count(2)), dict((k, k) for k in count(2)))
a, b, c = count(3)
print(a, b, c)
print(*count(3))
def lots():
    for i in range(1000):
        yield i
print(sum(lots()))
