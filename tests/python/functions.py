def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw


print(f(1, c=3), f(1, 5, 6, 7, c=8, e=9), f(*[1, 2], **{"c": 3, "z": 0}), f(b=1, a=0, c=2))


def pos(a, b, /, c, *, d=0):
    return a + b + c + d


print(pos(1, 2, 3), pos(1, 2, c=3, d=4))
for call in (lambda: f(), lambda: f(1), lambda: f(1, 2, 3), lambda: pos(1, b=2, c=3), lambda: pos(1, 2, 3, 4),
             lambda: pos(1, 2, c=3, e=1), lambda: pos(1, 2, 3, c=4), lambda: (lambda: 0)(1), lambda: f(1, a=1, c=1),
             lambda: pos(), lambda: (lambda x, y: 0)(), lambda: (lambda x, *, k1, k2: 0)(1), lambda: (three := 3)(), lambda: f(**{1: 2}),
             lambda: f(*3), lambda: f(**3), lambda: f(c=1, **{"c": 2}), lambda: (lambda a=1, b=2: 0)(1, 2, 3)):
    try:
        print(call())
    except TypeError as e:
        print("TypeError:", e)


def outer(n):
    total = 0

    def add(k):
        nonlocal total, n
        total += k
        n -= 1
        return total, n

    def peek():
        return total

    return add, peek


add, peek = outer(10)
print(add(5), add(7), peek())
counters = [lambda i=i: i * 10 for i in range(3)]
print([c() for c in counters], [g() for g in [lambda: i for i in range(3)]])


def defaults(x, acc=[]):
    acc.append(x)
    return acc


print(defaults(1), defaults(2), defaults.__defaults__, f.__kwdefaults__, f.__name__, outer(1)[0].__qualname__)
counter = 0


def bump():
    global counter
    counter += 1
    return counter


bump(); bump()
print(counter)


def deco(tag):
    print("make", tag)

    def wrap(fn):
        print("wrap", tag, fn.__name__)

        def inner(*a, **k):
            return tag, fn(*a, **k)
        return inner
    return wrap


@deco("A")
@deco("B")
def decorated(x):
    "doc"
    return x + 1


print(decorated(1))


def hazards(x):
    a = x + (x := 10) + x
    l = [x, x := 3, x]
    t = x < (x := 5) < x + 1
    x, y = x + 1, x
    return a, l, t, x, y


print(hazards(1))


def unbound(flag):
    if flag:
        v = 1
    try:
        return v
    except UnboundLocalError as e:
        return str(e)


print(unbound(True), unbound(False))


def delete():
    q = 1
    del q
    try:
        q
    except NameError as e:
        print(type(e).__name__, e)
    def inner(): return cell
    cell = 1
    del cell
    try:
        inner()
    except NameError as e:
        print(type(e).__name__, e)


delete()
try:
    undefined_name
except NameError as e:
    print(e)
del counter
try:
    counter
except NameError as e:
    print(e)


def fact(n): return 1 if n < 2 else n * fact(n - 1)


print(fact(30), (lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, j=4))


def annotated(a: int, b: "str" = "x") -> float: ...


print(annotated.__annotations__, annotated.__doc__, decorated.__name__)
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
print(deep(900))
try:
    deep(10 ** 6)
except RecursionError as e:
    print("RecursionError", str(e)[:32])
