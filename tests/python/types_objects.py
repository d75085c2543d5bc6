"""Exceptions, attributes of functions and classes, subclasses of builtin types."""
e = OSError(2, "No such", "file")
print(repr(e), str(e), type(e), e.errno, e.strerror, e.filename, e.args)
try: raise KeyError("k")
except KeyError as x: print(str(x), repr(x), x.args)
try: raise StopIteration(5)
except StopIteration as x: print(x.value)
eg = ExceptionGroup("g", [ValueError(1), TypeError(2)])
print(eg, repr(eg), eg.split(ValueError), eg.subgroup(TypeError))
try: raise ValueError("a") from KeyError("b")
except ValueError as x: print(repr(x.__cause__), x.__suppress_context__, x.__context__)
x = ValueError("n"); x.add_note("note"); print(x.__notes__)
class MyErr(Exception):
    def __init__(self, a, b): super().__init__(a); self.b = b
print(repr(MyErr(1,2)), MyErr(1,2).b, MyErr(1,2).args)
class E2(ValueError): pass
print(repr(E2("x")), E2.__mro__)
try: "é".encode("ascii")
except UnicodeEncodeError as x: print(x, x.encoding, x.object, x.start, x.end, x.reason)
try: b"\xff".decode()
except UnicodeDecodeError as x: print(x, x.args)
def f(a, b=2, *args, c, d=4, **kw) -> int: "doc"; return 1
print(f.__name__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__annotations__)
f.attr = 1; print(f.__dict__, f.attr)
class P:
    x: int = 1
    y: "str"
print(P.__annotations__, P.__bases__, P.__doc__, P.__name__)
print(type(P.__dict__), type(f), type(P().__class__), int.real)
print(int.__name__, [].__class__.__name__, (lambda: 0).__name__)
class Meta(type):
    def __call__(cls, *a): return super().__call__(*a)
    def __instancecheck__(cls, o): return True
class M(metaclass=Meta): pass
print(isinstance(3, M), type(M))
class L(list):
    def __getitem__(self, i): return "got"
print(L([1,2])[0], L([1]) + [2], len(L("abc")), L((1,)), repr(L([1])))
class D(dict):
    def __missing__(self, k): return k * 2
print(D()["ab"], D(a=1))
class I(int): pass
class S(str): pass
print(I(5) + 1, type(I(5) + 1), repr(I(5)), S("ab").upper(), type(S("a")), S("x") == "x", {S("k"): 1}["k"], f"{I(7):03}", "%d" % I(3), I("12"), S(5))
class T(tuple):
    def __new__(cls, a, b): return super().__new__(cls, (a, b))
print(T(1, 2), T(1,2)[0], T(1,2) == (1,2))
class F(float): pass
print(F(1.5) * 2, repr(F(2)), F("3.5"))
print(list(range(5, 0, -2)), range(10)[2:5], range(3) == range(0,3,1), 5 in range(10), range(1,10,3).index(4))
it = iter([1,2,3]); next(it); print(it.__length_hint__(), list(it))
print(slice(1,2), slice(None, 5).indices(3), [1,2,3].__getitem__(slice(0,2)))
print({1: 2}.items() | {(3, 4)}, {1:2}.keys() - {1}, {1:2} == {1:2.0}, list(reversed({1:2, 3:4})))
print("x".__class__, (1).__class__, "abc".__len__(), [1,2].__contains__(1), {}.__class__)
