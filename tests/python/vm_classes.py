class A:
    "doc"
    x = 1
    def __init__(self, v=0):
        self.v = v
    def get(self): return self.v
    @property
    def double(self): return self.v * 2
    @double.setter
    def double(self, value): self.v = value // 2
    @staticmethod
    def st(a): return a + 1
    @classmethod
    def cl(cls, a): return cls.__name__, a
    def __repr__(self): return f"A({self.v})"
    def __eq__(self, other): return isinstance(other, A) and self.v == other.v
    def __hash__(self): return hash(self.v)
    def __len__(self): return self.v
    def __getitem__(self, k): return k
    def __setitem__(self, k, v): print("set", k, v)
    def __delitem__(self, k): print("del", k)
    def __contains__(self, k): return k == self.v
    def __iter__(self): return iter(range(self.v))
    def __enter__(self): print("enter"); return self
    def __exit__(self, *e): print("exit", e[0]); return True
a = A(3)
print(a, a.get(), a.double, A.st(1), a.st(2), A.cl(3), a.cl(4), a.x, A.__doc__)
a.double = 10
print(a.v, a == A(5), a != A(5), hash(a) == hash(5), len(a), a[1], a[1:2], a[::2], a["k"], 5 in a, 4 in a, list(a))
a[1] = 2
del a[3]
with a as b:
    print("in", b)
    raise ValueError("swallowed")
class B(A):
    def __init__(self, v):
        super().__init__(v + 1)
        self.w = v
    def get(self): return super().get() * 10
    def cls(self): return __class__
b = B(1)
print(b.get(), b.w, b.cls() is B, isinstance(b, A), issubclass(B, A), B.__mro__)
B.x = 5
print(a.x, b.x)
b.x = 6
print(b.x, B.x)
del b.x
print(b.x)
try:
    del b.x
except AttributeError as e:
    print(e)
try:
    b.missing
except AttributeError as e:
    print(e, e.name, e.obj is b)
class Meta(type):
    def __new__(m, name, bases, ns, **kw):
        print("new", name, [b.__name__ for b in bases], kw)
        return super().__new__(m, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)
    @classmethod
    def __prepare__(m, name, bases, **kw):
        print("prepare", name, kw)
        return {"prepared": 1}
    def __call__(cls, *a):
        print("call", a)
        return super().__call__(*a)
class C(A, metaclass=Meta, flag=1):
    y = prepared
print(C.y, C(2), type(C))
class Sub:
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag
class D(Sub, tag="t"): pass
print(D.tag)
class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner): return (self.name, obj is None, owner.__name__)
    def __set__(self, obj, value): print("desc set", value)
class E:
    d = Desc()
e = E()
print(e.d, E.d)
e.d = 3
class Slots:
    __slots__ = ("p", "q")
s = Slots()
s.p = 1
print(s.p)
try:
    s.r = 1
except AttributeError as err:
    print(err)
try:
    s.q
except AttributeError as err:
    print(err)
class G:
    def __getattr__(self, name): return name.upper()
    def __setattr__(self, name, value):
        print("setattr", name)
        object.__setattr__(self, name, value)
g = G()
g.z = 1
print(g.z, g.other)
class L(list):
    def push(self, v): self.append(v); return self
print(L([1]).push(2), len(L("ab")), L([3]) == [3])
class I(int):
    def __add__(self, o): return "I+"
print(I(3) + 1, I(3) * 2, I(3) == 3, type(I(3) - 1))
class Ex(ValueError):
    def __init__(self, a, b): super().__init__(a); self.b = b
try:
    raise Ex(1, 2)
except ValueError as err:
    print(repr(err), err.b, err.args)
class M1: 
    def who(self): return "M1"
class M2(M1):
    def who(self): return "M2" + super().who()
class M3(M1):
    def who(self): return "M3" + super().who()
class M4(M2, M3):
    def who(self): return "M4" + super().who()
print(M4().who(), [c.__name__ for c in M4.__mro__])
try:
    class Bad(M1, M2): pass
except TypeError as err:
    print(err)
print(type("Dyn", (A,), {"k": 7})(4).k)
for i in range(3):
    for o in (A(i), B(i)):
        print(o.get(), o.v, end=" ")
        A.get = lambda self: ("patched", self.v) if i else self.v
print()
o = A(1)
o.__class__ = B
print(o.get())
print(sorted(vars(b)), b.__dict__ == {"v": 2, "w": 1})
b.__dict__["extra"] = 9
print(b.extra)
def outer():
    class Local:
        def m(self): return Local
    return Local
print(outer().__qualname__, outer.__qualname__, A.get)if False else print(outer().__qualname__)
class Ann:
    a: int = 1
    b: "str"
print(Ann.__annotations__)
try:
    A(1, 2, 3)
except TypeError as err:
    print(err)
class NoInit: pass
try:
    NoInit(1)
except TypeError as err:
    print(err)
class RetInit:
    def __init__(self): return 5
try:
    RetInit()
except TypeError as err:
    print(err)
