class A:
    def __init__(self): self.x = 1
    def m(self): return self.x
def site(o): return o.m(), o.x
a = A()
print(site(a)); A.m = lambda self: "new"; print(site(a))
A.x = property(lambda self: "prop"); print(site(a))
del A.x; print(site(a))
a.m = lambda: "own"; print(site(a))
class B(A): pass
b = B(); print(site(b)); B.m = lambda s: "B"; print(site(b)); A.m = 1; del B.m
try: site(b)
except TypeError as e: print(e)
def glob(): return zz
zz = 1; print(glob()); zz = 2; print(glob()); del zz
try: glob()
except NameError as e: print(e)
import builtins
builtins.zz = "builtin"; print(glob()); zz = "global"; print(glob()); del zz; print(glob()); del builtins.zz
def st(o, v): o.y = v
for i in range(3): st(a, i)
print(a.y)
class S:
    def __setattr__(self, n, v): object.__setattr__(self, n, v * 2)
s = S(); st(s, 4); st(s, 5); print(s.y)
class T: pass
t = T(); st(t, 1); T.y = property(lambda self: 9, lambda self, v: print("setter", v)); st(t, 2); print(t.y)
for o in (T(), A(), B(), T()): 
    try: st(o, 1); print(o.y)
    except Exception as e: print(e)
class C:
    def __init__(self, *a): print("init", a)
C(1); C.__init__ = lambda self: print("init2"); C()
C.__new__ = lambda cls, *a: "made"
print(C())
class M(type):
    def __getattr__(cls, n): return "meta " + n
class D(metaclass=M): pass
def cls_attr(c): return c.foo
print(cls_attr(D)); D.foo = 1; print(cls_attr(D)); del D.foo; print(cls_attr(D))
import sys
def mod(): return sys.maxsize
print(mod()); sys.maxsize = 5; print(mod())
def it(x): 
    for i in x: return i
print(it([1]), it((2,)), it({3: 1}), it("s"), it(range(4, 9)), it(i for i in [7]), it({8}), it(b"a"))
def add(a, b): return a + b
print(add(1, 2), add(1.5, 2), add("a", "b"), add([1], [2]), add(2**61 - 1, 1), add(True, 1))
def item(o, k): return o[k]
print(item([1, 2], -1), item((1, 2), 0), item({"a": 1}, "a"), item("xyz", 1), item(b"a", 0), item(range(9), 3))
class L(list):
    def __getitem__(self, k): return "L"
print(item(L([1]), 0))
def call(f, *a, **k): return f(*a, **k)
print(call(len, [1]), call(int, "5"), call(lambda **k: k, a=1), call(str.upper, "a"), call("b".upper), call(A))if False else print(call(len, [1]))
