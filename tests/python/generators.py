def count(n):
    i = 0
    while i < n:
        got = yield i
        if got: print("got", got)
        i += 1
    return "done"


g = count(3)
print(next(g), g.send("hello"), next(g))
try:
    next(g)
except StopIteration as e:
    print("stop", e.value)
print(list(count(4)), sum(count(5)), [*count(2)], (lambda *a: a)(*count(3)))


def delegate():
    r = yield from count(2)
    print("result", r)
    r = yield from [10, 20]
    print("result", r)


print(list(delegate()))


def closing():
    try:
        yield 1
        yield 2
    except GeneratorExit:
        print("exit")
        raise
    finally:
        print("finally")


c = closing()
next(c)
c.close()
c.close()


def catching():
    while True:
        try:
            x = yield
            print("x", x)
        except ValueError as e:
            print("caught", e)


k = catching()
next(k)
k.send(1)
k.throw(ValueError("v"))
k.send(2)
try:
    k.throw(KeyError("k"))
except KeyError as e:
    print("out", e)


def inner():
    try:
        yield 1
    except ValueError:
        yield "inner caught"
    return 5


def middle():
    x = yield from inner()
    yield ("x", x)


m = middle()
print(next(m), m.throw(ValueError), next(m))


def bad():
    raise StopIteration("oops")
    yield


try:
    next(bad())
except RuntimeError as e:
    print(e, type(e.__cause__).__name__)
gen = (x * y for x in range(3) for y in range(x) if y != 1)
print(list(gen), list(gen), any(x > 2 for x in range(5)), tuple(x for x in "ab"))
g = count(1)
try:
    g.send(1)
except TypeError as e:
    print(e)


def running():
    try:
        next(me)
    except ValueError as e:
        print(e)
    yield 1


me = running()
next(me)


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


from itertools import islice
print(list(islice(fib(), 15)))


class Tree:
    def __init__(self, v, l=None, r=None): self.v, self.l, self.r = v, l, r
    def __iter__(self):
        if self.l: yield from self.l
        yield self.v
        if self.r: yield from self.r


print(list(Tree(4, Tree(2, Tree(1)), Tree(6))))


def lazy():
    print("started")
    yield


z = lazy()
print("not started")
next(z)
it = iter([1, 2, 3])
print(next(it), next(it, "d"), next(it), next(it, "d"))
print(list(iter(iter([5, 6, 0, 7]).__next__, 0)), list(zip("abc", count(2))), list(enumerate("xy", 5)), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, "", 2])))
def echo():
    r = None
    while True:
        r = yield r
e = echo(); next(e); print([e.send(i) for i in range(3)], e.gi_frame is not None, type(e).__name__)
