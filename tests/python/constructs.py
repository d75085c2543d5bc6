log=[]
def L(x, v=None):
    log.append(x); return v if v is not None else x
def show(name, f, *a):
    log.clear()
    try: r = f(*a)
    except BaseException as e: r = (type(e).__name__, str(e))
    print(name, r, log)
def run(c):
    try:
        while True: c.send(None)
    except StopIteration as e: return e.value
class AC:
    def __init__(s, n, sup=False): s.n=n; s.sup=sup
    async def __aenter__(s): L('aenter'+s.n); return s.n
    async def __aexit__(s, *a): L('aexit'+s.n+str(a[0] and a[0].__name__)); return s.sup
class AI:
    def __init__(s, n): s.i = 0; s.n = n
    def __aiter__(s): return s
    async def __anext__(s):
        if s.i >= s.n: raise StopAsyncIteration
        s.i += 1; return s.i
async def c1(k):
    async with AC('a', k==1) as a, AC('b') as b:
        if k == 0: return a + b
        if k < 3: raise ValueError(k)
    return 'end'
for k in range(4): show('c1', lambda: run(c1(k)))
async def c2():
    out = []
    async for i in AI(4):
        if i == 2: continue
        if i == 4: break
        out.append(i)
    else: out.append('else')
    async for i, in AI(0): pass
    else: out.append('else2')
    return out, [i async for i in AI(3) if i != 2], {i: j async for i in AI(2) for j in 'ab'}
show('c2', lambda: run(c2()))
async def ag():
    for i in range(3):
        x = yield i
        L(x)
async def c3():
    out = [x async for x in ag()]
    g = (await aw(x) async for x in AI(2))
    async for v in g: out.append(v)
    return out
async def aw(x): return x * 10
show('c3', lambda: run(c3()))
async def c4():
    try:
        async for i in AI(2):
            try:
                if i == 1: continue
                return i
            finally: L('f%d' % i)
    finally: L('out')
show('c4', lambda: run(c4()))
# classes
def mk():
    free = 'outer'
    class A:
        a = free
        free = 'inner'
        b = free
        def m(self): return free
        c = [x for x in 'ab']
        d = [free for _ in 'a'] 
        __priv = 1
        def p(self): return self.__priv, A.__priv
    return A.a, A.b, A().m(), A.c, A.d, A().p(), [k for k in A.__dict__ if 'priv' in k]
show('mk', mk)
class Meta(type):
    def __new__(m, n, b, ns, **k): c = super().__new__(m, n, b, ns); c.kw = k; return c
    def __init__(c, n, b, ns, **k): super().__init__(n, b, ns)
    @classmethod
    def __prepare__(m, n, b, **k): L('prepare'); return {}
def mk2():
    class A(metaclass=Meta, x=1): pass
    class B(A, y=2): z: int = 1
    return A.kw, B.kw, B.__annotations__
show('mk2', mk2)
# generics
def g1[T: int, *Ts, **P](a: T, *b: *Ts, c: P = 1) -> T: return T.__name__
print(g1(1), g1.__type_params__, g1.__annotations__.keys())
class G1[T, U: (int, str) = int]:
    x: T
    def m(self, y: U) -> T: return T, U
    def n[V](self): return T, V
print(G1.__type_params__, G1.__orig_bases__, G1().m(1), G1().n(), G1.__annotations__)
type Al[T] = (T, int)
type Pl = (str, Pl.__name__)
print(Al, Al.__value__, Al.__type_params__, Pl.__name__, Pl.__value__)
T0 = G1.__type_params__[1]
print(T0.__constraints__, T0.__default__)
# annotations
def f(a: undefined_name, b: int = 1, *c: str, d: float, **e: list) -> None: pass
try: f.__annotations__
except NameError as e: print(e)
undefined_name = 5
print(f.__annotations__)
try: f.__annotate__(3)
except NotImplementedError: print('NIE')
print(f.__annotate__(1))
class An:
    x: int
    if 1: y: str = 'a'
    if 0: z: str
    q: 'An'
print(An.__annotations__)
m1: int = 3
if m1 == 4: m2: str
print(__annotations__ if '__annotations__' in globals() else __annotate__(1))
# t-strings
name = 'w'
t = t"hello {name} {name!r:>{5}} {1+1=}!"
print(t.strings, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations])
print(f"{name!r:^10}|{3.14159:.2f}|{name=}|{{}}|{'nested' + f'{1}'}|{10:#x}|{name:{'>'}{8}}")
# imports
import sys
from sys import path as p2, maxsize as sep
print(sep)
try: from sys import nonsense
except ImportError as e: print('IE', e.name)
# global / del
def gd():
    global GG
    GG = 1
    del GG
    try: GG
    except NameError as e: return str(e)
show('gd', gd)
def dl():
    x = 1; del x
    try: x
    except UnboundLocalError as e: return str(e)
show('dl', dl)
def dc():
    x = 1
    def g(): return x
    del x
    try: return g()
    except NameError as e: return str(e)
show('dc', dc)
def exc():
    try:
        try: raise KeyError('a')
        except KeyError as e: raise ValueError('b') from e
    except ValueError as e2:
        return type(e2.__cause__).__name__, type(e2.__context__).__name__, e2.__suppress_context__
show('exc', exc)
def exc2():
    try:
        try: 1/0
        finally: {}['x']
    except KeyError as e: return type(e.__context__).__name__
show('exc2', exc2)
def exc3():
    import sys
    try: 1/0
    except ZeroDivisionError:
        try: {}['k']
        except KeyError: a = type(sys.exception()).__name__
        b = type(sys.exception()).__name__
    return a, b, sys.exception()
show('exc3', exc3)
def exc4():
    for i in range(3):
        try: raise ValueError(i)
        except ValueError as e:
            if i == 1: continue
            if i == 2: break
            L(str(e))
    import sys
    return sys.exception(), 'e' in locals()
show('exc4', exc4)
def rr():
    try:
        try: raise ValueError(1)
        except TypeError: pass
    except ValueError as e: return 'passed'
show('rr', rr)
def asr(x): assert x, f"msg{x}"
show('asr', asr, 0); show('asr', asr, 1)
def deflt(a, /, b=2, *c, d, e=5, **f): return a, b, c, d, e, f
show('deflt', lambda: deflt(1, d=4)); show('deflt', lambda: deflt(1, 2, 3, d=4, z=1)); show('deflt', lambda: deflt(1))
print(deflt.__defaults__, deflt.__kwdefaults__, deflt.__code__.co_varnames, deflt.__code__.co_flags)
def cap(a, b):
    def g(): return a
    a += 1
    return g(), b, super
show('cap', lambda: cap(1, 2)[:2])
lam = lambda *a, k=1, **z: (a, k, z)
print(lam(1, 2, k=3, q=4), (lambda: (yield))().__next__())
w = 0
while w < 5:
    w += 1
    if w == 3: continue
    if w == 10: break
else: print('welse', w)
while True:
    w += 1
    if w > 7: break
print(w)
class Ctx:
    n = 0
    def __enter__(self): return self
    def __exit__(self, *a): Ctx.n += 1
def nest():
    with Ctx() as c:
        with Ctx(): return [c.n for _ in range(2)]
print(nest(), Ctx.n)
def walr():
    return [y for x in range(5) if (y := x * 2) > 2], y
print(walr())
print([[a for a in range(b)] for b in range(3)], [(lambda: q)() for q in range(2)])
def genx():
    try: yield from (x for x in range(3))
    finally: L('closed')
g = genx(); next(g); g.close(); print(log[-1])
def big(): return [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,log and 32], {i: i for i in range(3)}
print(big()[0][-1], len({1:1,2:2,3:3,4:4,5:5,6:6,7:7,8:8,9:9,10:10,11:11,12:12,13:13,14:14,15:15,16:16,17:17,18:w}))
a, (b, *c), d = 1, 'xyz', 4
print(a, b, c, d)
*a, b = range(4); print(a, b)
try: a, b = 1, 2, 3
except ValueError as e: print(e)
try: a, b, *c = [1]
except ValueError as e: print(e)
