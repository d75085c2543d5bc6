log=[]
def L(x, v=None):
    log.append(x); return v if v is not None else x
def show(name, f, *a):
    log.clear()
    try: r = f(*a)
    except BaseException as e: r = (type(e).__name__, str(e))
    print(name, r, log)
# hazards
def h1(x): return x + (x := 1)
def h2(x): return [x, (x := 2), x]
def h3(x): return x < (x := 5) < x
def h4(a,b):
    a, b = b, a
    return a, b
def h5(x):
    x += (x := 7)
    return x
def h6(a, i):
    a[i] = (i := 1)
    return a, i
def h7(i):
    i = d[i] = i + 1
    return i, d
d = {}
def h8(x): return x and (x := 8) or x
def h9(x):
    i, (j, *k) = x
    return i, j, k
def h10(a, b, c):
    a, b, c = c, a, b
    return a, b, c
for f,args in [(h1,(3,)),(h2,(3,)),(h3,(3,)),(h4,(1,2)),(h5,(2,)),(h6,([1,2,3],0)),(h7,(4,)),(h8,(0,)),(h8,(1,)),(h9,((1,(2,3,4)),)),(h10,(1,2,3))]:
    show(f.__name__, f, *args)
# order
class O:
    def __init__(s, n): s.__dict__['n']=n
    def __getattr__(s, a):
        if a.startswith('__'): raise AttributeError(a)
        return L(f"{s.n}.{a}", O(f"{s.n}.{a}"))
    def __setattr__(s, a, v): L(f"{s.n}.{a}=")
    def __getitem__(s, i): return L(f"{s.n}[{i}]", O(f"{s.n}[]"))
    def __setitem__(s, i, v): L(f"{s.n}[{i}]=")
    def __delitem__(s, i): L(f"del {s.n}[{i}]")
    def __call__(s, *a, **k): return L(f"{s.n}({len(a)},{list(k)})", O(f"{s.n}()"))
    def __iadd__(s, o): return L(f"{s.n}+=", s)
    def __add__(s, o): return L(f"{s.n}+", s)
def o1():
    a, b = O('a'), O('b')
    a[L(1)] , b.x = L(2), L(3)
    a.p[L('i')].q = b.z = L('v')
    a[L(1)] += L(2)
    a.f += L(3)
    del a[L(4)], b[L(5)]
    a.m(L(1), *L('s', [1,2]), k=L(2), **L('d', {'z':1}))
    {L('k1'): L('v1'), **L('dd', {}), L('k2'): L('v2')}
    [L(1), *L('l', [2]), L(3)]
    L(1) < L(2) < L(0) < L(9)
    a[L(1):L(2):L(3)]
    f"{L('x')!r:>{L('w', 5)}} {L('y')}"
    return L('t') if L(0, ()) else L('e')
show('o1', o1)
def o2():
    @L('dec1', lambda f: L('app1', f))
    @L('dec2', lambda f: L('app2', f))
    def f(a=L('da'), *, b=L('db')) -> L('ann'): pass
    class C(L('base', object), metaclass=L('meta', type)): 
        L('body')
    lambda x=L('lx'): 1
    return L('ret')
show('o2', o2)
def o3(a):
    try:
        L('try'); 
        if a == 1: return L('r')
        if a == 2: raise ValueError(L('v'))
        if a == 3: 1/0
    except ValueError as e:
        L('except')
        return str(e)
    else: L('else')
    finally: L('finally')
    return 'end'
for i in range(4): show('o3', o3, i)
def o4():
    out = []
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: break
            out.append(i)
        finally:
            out.append(-i)
    else: out.append('no')
    return out
show('o4', o4)
class CM:
    def __init__(s, n, sup=False): s.n, s.sup = n, sup
    def __enter__(s): return L('enter'+s.n, s.n)
    def __exit__(s, *a): L('exit'+s.n+(a[0].__name__ if a[0] else '-')); return s.sup
def o5(k):
    with CM('a', k == 2) as a, CM('b') as (b):
        if k == 0: return a + b
        if k in (1, 2): raise KeyError(k)
    return 'after'
for i in range(4): show('o5', o5, i)
def o6():
    for i in range(3):
        with CM('x'):
            try:
                if i == 0: continue
                if i == 1: break
            finally:
                L('f')
    return i
show('o6', o6)
def unb(a):
    if a: x = 1
    return x
show('unb', unb, 0); show('unb', unb, 1)
def unb2():
    try: 1/0
    except ZeroDivisionError as e: pass
    return e
show('unb2', unb2)
def cells():
    x = 1
    def g():
        nonlocal x
        x += 1
        return x
    g(); g()
    fs = [lambda: i for i in range(3)]
    gs = [lambda i=i: i for i in range(3)]
    del g
    return x, [f() for f in fs], [g() for g in gs]
show('cells', cells)
def freeerr():
    def g(): return y
    if 0: y = 1
    return g()
show('freeerr', freeerr)
def mtch(x):
    match x:
        case 1 | -2 | "s" | None: return 'lit'
        case True: return 'true'
        case [a, 2, *r]: return 'seq', a, r
        case [*_, (p, q)]: return 'last', p, q
        case {"k": v, **rest}: return 'map', v, rest
        case CM(n=nn, sup=True) if nn != 'z': return 'cm', nn
        case int(i) | float(i): return 'num', i
        case (a, b): return 'pair', a, b
        case str() as s: return 'str', s
        case _: return 'other'
for v in [1,-2,"s",None,True,[5,2,3,4],[1,2],[1,(3,4)],{"k":1,"z":2},CM('a',True),CM('z',True),7,2.5,(8,9),"zz",{1,2}]:
    show('match', mtch, v)
class Base:
    def __init__(self, v): self.v = v
    def hi(self): return 'base' + str(self.v)
    @property
    def p(self): return 'p'
class D(Base):
    """doc
       more"""
    attr: int = 3
    def __init__(self, v):
        super().__init__(v + 1)
    def hi(self): return super().hi() + super(D, self).hi() + super().p
    def comp(self): return [super().hi() for _ in range(1)] if 0 else __class__.__name__
show('D', lambda: (D(1).hi(), D(1).comp(), D.__doc__, D.__qualname__, D.__module__))
def grp():
    try:
        raise ExceptionGroup('g', [ValueError(1), TypeError(2), KeyError(3)])
    except* ValueError as e: L(('V', len(e.exceptions)))
    except* TypeError as e: 
        L(('T', len(e.exceptions))); raise OSError('x')
    return 'x'
def grp2():
    try: grp()
    except BaseExceptionGroup as e: return [type(x).__name__ for x in e.exceptions]
show('grp2', grp2)
def gen():
    x = yield 1
    L(x)
    y = yield from iter([5, 6])
    try:
        z = yield
    except ValueError as e: L('caught')
    finally: L('fin')
    return 9
def drive():
    g = gen(); out = [next(g), g.send('s'), next(g), next(g)]
    try: g.throw(ValueError('q'))
    except StopIteration as e: out.append(e.value)
    return out
show('gen', drive)
def locs(a):
    b = 1
    c = [locals() for z in [1]]
    return sorted(locals())
show('locs', locs, 1)
print([i*j for i in range(3) if i for j in range(i, 4) if j != 2], {k: v for k, v in zip('ab', [1,2])}, sorted({x % 3 for x in range(10)}), list((x, y) for x in range(2) for y in 'ab'))
def star(*a, **k): return a, k
print(star(*[1,2], 3, *(4,), x=1, **{'y': 2}), star(**{'a':1}), star(*range(40)))
print([*range(3), *'ab'], {**{'a':1}, 'b':2}, (*[1],), {*[1], 2})
x = 5; x **= 2; x //= 3; x <<= 2; x |= 1; print(x, -x, ~x, not x, +x)
print(1 < 2 < 3, 1 < 3 < 2, 3 in [1,2,3], 4 not in {1,2,3}, None is None)
