import sys
x = 1


class Scope:
    x = x + 1
    y = [x for _ in range(1)]

    def get(self): return x

    z = locals()["x"]
    del y


print(Scope.x, Scope().get(), Scope.z, hasattr(Scope, "y"))


def locs(a, b=2):
    c = 3
    return sorted(locals().items())


print(locs(1))
print("x" in globals(), globals()["x"], __name__, sorted(vars(Scope()).items()))


def shadow():
    print = lambda *a: sys.stdout.write("shadow\n")
    print("hi")


shadow()


def use_global():
    global newglobal
    newglobal = 5


use_global()
print(newglobal)
del newglobal
try:
    print(newglobal)
except NameError as e:
    print(e)
len_ = len
try:
    len = lambda o: "my len"
    print(len([]))
finally:
    del len
print(len([]))


def make():
    v = 0
    class Counter:
        def inc(self):
            nonlocal v
            v += 1
            return v
        w = v
    return Counter


C = make()
print(C().inc(), C().inc(), C.w)


class Base:
    def __init_subclass__(cls): cls.tag = cls.__name__.lower()
    def hello(self): return __class__


class Derived(Base):
    def hello(self): return super().hello().__name__, super(Derived, self).hello().__name__


print(Derived().hello(), Derived.tag)


def gen_default(x=[i for i in range(3)], *, y={k: 1 for k in "ab"}): return x, y


print(gen_default())
a = b = c = 0
a, b = b, a
[d, e] = 1, 2
(f) = 3
print(a, b, c, d, e, f)
if (n := len("walrus")) > 5: print(n)
while (n := n - 2) > 0: print("n", n)
print((lambda: (yield))().__class__.__name__)
try:
    del undefined
except NameError as e:
    print(e)
for i in range(3): pass
print(i)
def f():
    try:
        return [i for i in range(3)]
    finally:
        i = "local"
        print(i)
print(f())
def cellvar(p):
    def g(): return p
    p += 1
    return g
print(cellvar(1)(), cellvar.__code__.co_cellvars, cellvar(1).__closure__[0].cell_contents, cellvar.__code__.co_varnames)
type_ = type
class Kw(**{"metaclass": type_}): pass
print(Kw)
bases = (Base,)
class Starred(*bases): pass
print(Starred.__bases__, Starred.tag)
