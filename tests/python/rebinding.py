# Generated expressions full of named expressions, in functions full of early exits.
log = []
def f(*a, **k):
    log.append((a, tuple(k.items()))); return a[0]
class O:
    def m(self, *a): log.append(('m', a)); return a[-1]
    def __getitem__(self, i): log.append(('get', i)); return 7
    def __setitem__(self, i, v): log.append(('set', i, v))
    def __enter__(self): log.append('enter'); return 4
    def __exit__(self, *a): log.append(('exit', a[0] and a[0].__name__)); return a[0] is KeyError
o = O()
def tidy(x):
    return x if isinstance(x, (int, str, bool)) or x is None else tuple(tidy(i) for i in x) if isinstance(x, (tuple, list)) else type(x).__name__

def t0(a, b, c=3):
    c *= (f(a, b) == c)
    a = len({f(-1, *[b], k=b): f(b, a), (b := b): (4 in (5, 1, -1))})
    b = 1 // (((sum([q + c for q in (1, 2)]) in ((b := c), 1, (c := 2))) and f(a, *[a], k=a) or (not a)) % 3)
    f(2)
    c -= sum([q + a for q in (1, 2)])
    return a, b, c
log.clear()
try: r = t0(1, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(0, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t1(a, b, c=3):
    b = [(a if 6 else b), (a | a), f(c, *[a], k=-3)][1]
    c = 1 // (o.m((c := c), a) % 3)
    f(2)
    f((b != (c * b)))
    a += sum([q + len(f'{(c in (c, 1, a))}{(lambda z: z + a)(a):>4}') for q in (1, 2)])
    return a, b, c
log.clear()
try: r = t1(3, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(1, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t2(a, b, c=3):
    b = o[f(-2, *[a], k=5)] = a = (lambda z: z + c)([b, b, a][0])
    with o as a:
        b *= (o[a] < c <= [a, a, c][0])
    c = ((len(f'{c}{a:>4}') * f(b, c)) ^ f(c, *[b], k=a))
    c = (f(a, *[a], k=b) < (a and a or b) <= c)
    return a, b, c
log.clear()
try: r = t2(1, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(2, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t3(a, b, c=3):
    b = 1 // (f(sum([q + (a if 6 else c) for q in (1, 2)]), *[((lambda z: z + c)(8) if 2 else (lambda z: z + b)(b))], k=len({len({b: 1, c: b}): (c := b), o[a]: (a in (b, 1, 8))})) % 3)
    try:
        f((not 5))
    finally:
        b = o[(b < c <= a)] = b = (c := o.m(-2, c))
        if o[c]:
            f(2)
            try:
                a = (a + 5)
                c = o[(c := a)] = a = (b := (c := -3))
                f((a := o[o.m(c, c)]))
            except (ZeroDivisionError, KeyError) as a:
                del a
                f(2)
                f(f(b, 8))
            try:
                f((a := (c | 5)))
                c = 1 // (((c == 3) - o.m(sum([q + c for q in (1, 2)]), o[8])) % 3)
                c = (f((b if 4 else b), *[(c in (7, 1, 4))], k=(c := -3)) in (len({c: (not c), (-a): c}), 1, (-(b := c))))
            finally:
                f((((b := a) + (c in (b, 1, b))) ^ (-b)))
        else:
            a, a = (a := c), (not 6)
            b = o[(c := (c < b <= c))] = a = [b, 6, c][0]
    c *= (f(c, a) and ((b & c) != c) or (len(f'{3}{c:>4}') & a))
    return a, b, c
log.clear()
try: r = t3(1, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(3, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t4(a, b, c=3):
    f(len(f'{(f(0, *[9], k=a) in (f(b, a), 1, (c ^ -3)))}{[a, b, c][2]:>4}'))
    c = (c := ((b := 9) if sum([q + c for q in (1, 2)]) else (8 < b <= c)))
    return a, b, c
log.clear()
try: r = t4(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(4, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t5(a, b, c=3):
    if (c < c <= b):
        try:
            f((((c + b) in ((b := c), 1, f(a, 4))) < (not f(c, 2)) <= (b := (not 2))))
            a = [c, a, a][2]
            c = 1 // (((4 in (c, 1, b)) & (c := a)) % 3)
        except (ZeroDivisionError, KeyError) as a:
            try:
                b = (c := (a := b))
                f((c + 9))
            finally:
                b = o[(c := a)] = a = (a < 7 <= b)
                f(sum([q + o[a] for q in (1, 2)]))
                c = o[[(not c), (a := (c + 8)), (lambda z: z + c)(b)][0]] = a = (b := (a and (0 & a) or b))
            c = (o.m(a, 2) in ((not 8), 1, (2 in (a, 1, a))))
        c = 1 // ((a := c) % 3)
        a = o[f((lambda z: z + a)(a), o.m(a, b))] = b = o[b]
    else:
        b = o[(lambda z: z + b)(9)] = b = [f(c, *[c], k=b), len(f'{c}{c:>4}'), b][1]
        b = f(f((b and c or c), *[(not a)], k=b), (f(a, -1) and (-b) or o.m(0, 6)))
    f(f(c, *[b], k=1))
    if (f(c, *[(a := c)], k=(b < a <= a)) and (c and (b := b) or (-b)) or o.m(len({a: c, -2: 3}), (b < c <= c))):
        try:
            with o as a:
                f(len({(3 in (b, 1, c)): ((c and 6 or b) & f(6, *[c], k=a)), f(9, *[-2], k=a): (-c)}))
                f((b * (9 in (8, 1, 0))))
                f(len({c: b, b: c}))
            b = f((-(a := c)), len({a: (not a), c: (6 == b)}))
            a = 1 // ((a := c) % 3)
        finally:
            a = o.m((b in (b, 1, b)), (lambda z: z + b)(a))
    else:
        b = 1 // ((-(a | b)) % 3)
    c = (((c := a) in ((lambda z: z + b)(a), 1, (6 in (4, 1, a)))) if (-c) else ([5, 5, a][1] if (c in (b, 1, b)) else c))
    return a, b, c
log.clear()
try: r = t5(2, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(5, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t6(a, b, c=3):
    c = 1 // (f((b if c else b), 9) % 3)
    for c in range(4):
        b = f(c, 2)
        a -= (lambda z: z + a)((b := o.m(b, c)))
    else:
        try:
            c *= len({[b, b, a][0]: f(b, *[c], k=c), c: (8 > 0)})
        except (ZeroDivisionError, KeyError) as c:
            try:
                c -= len(f'{sum([q + a for q in (1, 2)])}{f((not 9), (6 in (b, 1, a))):>4}')
                c = 1 // ((a < a) % 3)
                b = (a and a or 1)
            finally:
                b = (a := b)
            a, a = (o[a] - f(b, b)), (a ^ 0)
            raise KeyError(b)
        finally:
            del b
            del c
        f((3 + b))
    if (a := a):
        raise KeyError(b)
        f(o[f(c, *[c], k=c)])
        try:
            c, c = (b := c), (a := c)
        except (ZeroDivisionError, KeyError) as c:
            a, a = (sum([q + a for q in (1, 2)]) and b or (a := b)), o.m(b, b)
        finally:
            try:
                f((not len(f'{a}{3:>4}')))
                f((a and a or c))
            except (ZeroDivisionError, KeyError) as c:
                c *= (a := o[b])
            try:
                f(len({c: b, 1: -1}))
                f(((b := (c < b <= c)) in ((sum([q + a for q in (1, 2)]) * (a < 6 <= a)), 1, (-3 <= (a * 3)))))
                a = len({(c in ((-a), 1, (6 + 4))): (4 - o[c]), o[a]: len({o.m(b, b): [c, 0, c][0], (b in (c, 1, c)): (lambda z: z + c)(c)})})
            finally:
                f(f(b, b))
                a, a = (a and (5 if 5 else -1) or b), (c | 2)
    else:
        b = (lambda z: z + a)((-o.m(c, b)))
    return a, b, c
log.clear()
try: r = t6(4, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(6, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t7(a, b, c=3):
    b = (5 if a else -2)
    raise KeyError(b)
    return a, b, c
log.clear()
try: r = t7(1, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(7, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t8(a, b, c=3):
    a += sum([q + 2 for q in (1, 2)])
    if (b < a <= -1):
        f(2)
    else:
        f((a in (b, 1, a)))
        b = 1 // (((a := c) ^ (lambda z: z + b)((a := 1))) % 3)
        b, b = (not b), ((f(b, *[b], k=-1) and (not c) or a) == (c + (-a)))
    for a in range(4):
        with o as c:
            f((c := (a * a)))
        c = (a := (lambda z: z + c)(-3))
    return a, b, c
log.clear()
try: r = t8(4, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(8, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t9(a, b, c=3):
    def inner(): return a, b
    for c in range(4):
        raise KeyError(a)
        b += ((a and 7 or b) if o.m(c, 7) else c)
        f(o.m((lambda z: z + b)(4), (-b)))
    try:
        b -= (a := o.m(b, a))
    finally:
        if (a in (c, 1, c)):
            b = f(b, b)
            try:
                f(f(-1, a))
                b = ((c | c) + f(b, *[a], k=8))
            finally:
                c = 1 // (((c := -3) in ((c := (a := c)), 1, (b if (c if -3 else c) else a))) % 3)
                b = (b if c else -3)
                a = 1 // ((a := sum([q + c for q in (1, 2)])) % 3)
            c, c = o[(b | 6)], (b != c)
        else:
            try:
                b = 1 // (len(f'{(a in (b, 1, 9))}{7:>4}') % 3)
                f((b := (c <= a)))
            except (ZeroDivisionError, KeyError) as c:
                del c
                c, a = f(a, *[b], k=len(f'{a}{8:>4}')), (o[c] < a)
            finally:
                f((c := a))
            try:
                f(((a if a else b) and 7 or f(a, -1)))
                c = o.m((not a), (c and -2 or 9))
            except (ZeroDivisionError, KeyError) as a:
                f(o[(a in (b, 1, c))])
            f(f(c, b))
    return a, b, c
log.clear()
try: r = t9(1, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(9, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t10(a, b, c=3):
    b = len({(lambda z: z + a)(a): (lambda z: z + c)(a), (a if c else a): len({0: a, c: c})})
    try:
        b = ((9 - a) in (-3, 1, (lambda z: z + c)(b)))
        if (len(f'{b}{b:>4}') < b <= (a := a)):
            f(o[b])
            a = o[(-2 | b)] = b = ((-1 == b) + f(9, c))
        else:
            try:
                f(o[(a | c)])
                a, b = (-(-c)), (a := (sum([q + c for q in (1, 2)]) | 9))
            except (ZeroDivisionError, KeyError) as a:
                f(((lambda z: z + c)(c) * (c < c <= -1)))
                f((not -2))
            finally:
                f(2)
                f(((c | o.m(b, b)) ^ (b ^ b)))
                a = (len(f'{0}{a:>4}') and c or a)
            if [((a != c) | sum([q + 4 for q in (1, 2)])), (len({a: c, a: a}) * f(c, *[c], k=c)), sum([q + (-1 in (8, 1, -2)) for q in (1, 2)])][2]:
                b = 1 // ((-(c := f(a, *[b], k=c))) % 3)
                a = o[(not (-o[c]))] = c = (a := a)
            else:
                1//0
                f(o[-1])
        a = ([(a if 3 else 4), (c := c), (not a)][2] and len({(a := b): b, (c < a <= a): (not b)}) or ([c, a, a][2] in ((6 + a), 1, (c + b))))
    except (ZeroDivisionError, KeyError) as c:
        if (lambda z: z + c)((b + b)):
            f((len(f'{2}{a:>4}') in ([c, c, b][0], 1, sum([q + b for q in (1, 2)]))))
        else:
            a = o[(lambda z: z + b)(a)] = a = len({(b := (a + b)): len({(lambda z: z + b)(6): (a if 7 else c), sum([q + a for q in (1, 2)]): b}), ((c * 8) and c or -3): (a := o[b])})
            c, a = (not a), f(o.m(a, c), c)
        f(len({b: 3, b: a}))
        c = 1 // (o[6] % 3)
    finally:
        try:
            try:
                b += (-(not f(a, b)))
                f((o.m(o[b], (b := c)) * sum([q + len({c: 3, c: 7}) for q in (1, 2)])))
                1//0
            except (ZeroDivisionError, KeyError) as b:
                a, b = o[(lambda z: z + c)((4 & b))], (a := c)
                f(((b := b) and o[c] or b))
            c = 1 // (((lambda z: z + a)(len({c: b, c: c})) if len(f'{a}{(-c):>4}') else f(c, o.m(c, c))) % 3)
            a += (not (a := (-c)))
        finally:
            a += (f(2, 5) ^ 6)
            c = o[(f(a, b) ^ (a := a))] = c = [(c := a), 3, (a := c)][1]
        with o as c:
            for b in range(4):
                c = o[[a, (not -3), (c | 5)][1]]
                f((-(b ^ (b + a))))
            else:
                b = (c | c)
                b -= (-(c != b))
                c = sum([q + (b := b) for q in (1, 2)])
            a, c = (a := c), (a & a)
            b = len({(-a): len(f'{c}{a:>4}'), b: 3})
        for b in range(4):
            if o[c]:
                a = ((not b) and (f(b, 7) in ((a if b else b), 1, (4 and c or 5))) or (not 2))
            else:
                f((b := b))
            try:
                f(([b, b, a][1] <= (b <= b)))
                a, b = ((-2 + a) if c else 2), (sum([q + (c and 5 or c) for q in (1, 2)]) - len({(c | b): o.m(c, a), (not b): (not a)}))
                a = o[[a, a, 1][0]] = c = (b + a)
            finally:
                f(f([1, c, b][0], *[(-c)], k=(c <= b)))
                c = (b * b)
    a = o[len({o[f(a, *[a], k=a)]: (a := a), (a == (a := c)): (b + len(f'{a}{0:>4}'))})] = b = [f(1, *[7], k=8), (-3 in (b, 1, b)), o.m(b, (b <= a))][1]
    return a, b, c
log.clear()
try: r = t10(2, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(10, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t11(a, b, c=3):
    del b
    for c in range(4):
        c = (b in (a, 1, 2))
    c = (sum([q + c for q in (1, 2)]) < ([c, b, c][1] in (f(1, *[c], k=a), 1, b)) <= ((a < a <= a) + a))
    return a, b, c
log.clear()
try: r = t11(3, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(11, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t12(a, b, c=3):
    for c in range(4):
        a = o[o[(lambda z: z + b)(c)]] = c = [len(f'{(lambda z: z + c)(b)}{f(b, *[5], k=a):>4}'), (lambda z: z + b)((-a)), ((b - b) & (9 < 1))][2]
        a = 1 // (sum([q + b for q in (1, 2)]) % 3)
        c = (lambda z: z + b)(a)
    with o as b:
        try:
            try:
                f(2)
            finally:
                f((o[(not b)] < (c and b or a) <= f(o[a], (not 2))))
                f((f(c, *[o.m(1, b)], k=o[6]) < (-(c * -2)) <= ((--1) in (7, 1, (b and a or c)))))
        finally:
            try:
                f(len({b: 5, 0: b}))
            except (ZeroDivisionError, KeyError) as b:
                f((a := c))
                c = (-f(sum([q + b for q in (1, 2)]), [4, b, a][1]))
            finally:
                c = ([c, a, b][1] != f(-2, a))
                a, a = sum([q + len(f'{2}{6:>4}') for q in (1, 2)]), len({b: b, c: a})
            try:
                a, b = (c := (a := c)), len({(-b): ((c & a) < f(a, 5) <= c), ((not c) > (b in (c, 1, 4))): (a if b else c)})
            finally:
                f((c ^ 4))
            b = 1 // (len({(b and (b in (-3, 1, c)) or (c in (b, 1, b))): o.m(o[b], 9), (len(f'{b}{6:>4}') if [b, c, b][0] else a): (a := (b - b))}) % 3)
    try:
        try:
            try:
                f(f(c, 2))
                del a
            except (ZeroDivisionError, KeyError) as b:
                f(((c := [-2, 1, c][0]) < (c if b else c) <= f(c, *[c], k=-1)))
            try:
                f(sum([q + (lambda z: z + c)(b) for q in (1, 2)]))
                b = (b := (a < c <= b))
            finally:
                c = f(f(b, 1), *[b], k=f(c, *[c], k=8))
        except (ZeroDivisionError, KeyError) as b:
            for a in range(4):
                b = o.m((o[9] | (a := b)), o.m(c, 1))
                del c
                del c
            if (len(f'{c}{9:>4}') if (lambda z: z + b)(c) else (c < a <= 1)):
                a = o[len({(b := c): len(f'{b}{b:>4}'), c: a})] = a = sum([q + (-b) for q in (1, 2)])
            else:
                b, c = (lambda z: z + a)(b), o[a]
            a = o[(c := a)] = b = (b := len(f'{2}{b:>4}'))
        finally:
            b -= (c := o.m(c, b))
        c = o[(-(0 if 4 else b))] = c = ((not a) and f(9, *[b], k=c) or len({c: b, a: a}))
    except (ZeroDivisionError, KeyError) as c:
        a = o[(not c)]
        a = (b := len({f(a, a): len(f'{3}{b:>4}'), b: (c and c or 4)}))
    b = o[([(b & a), [b, a, b][2], b][1] in ((c := b), 1, f((c < b <= c), (c in (c, 1, b)))))] = b = (b & -3)
    a, b = (not (b == 8)), o.m(len(f'{o.m(a, a)}{(c * a):>4}'), (-(a := 6)))
    return a, b, c
log.clear()
try: r = t12(1, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(12, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t13(a, b, c=3):
    try:
        1//0
    except (ZeroDivisionError, KeyError) as b:
        a += len({(a and (7 < c <= b) or -3): (c := a), (a if c else c): (a | a)})
    finally:
        raise KeyError(a)
        f(2)
        f(((not b) + (-o.m(a, b))))
    c = sum([q + c for q in (1, 2)])
    a = 1 // ((o.m((9 in (5, 1, -3)), (-b)) != (c | c)) % 3)
    try:
        with o as c:
            try:
                b = (-o.m(b, b))
                del c
                f((b < o[1]))
            except (ZeroDivisionError, KeyError) as b:
                a = 1 // ((c := (lambda z: z + c)(c)) % 3)
                f(f(a, *[a], k=b))
            finally:
                a = 1 // (o[len({0: b, c: c})] % 3)
                c -= (lambda z: z + a)(-3)
                b, a = sum([q + (lambda z: z + b)(c) for q in (1, 2)]), o.m([(c if 2 else c), 6, (3 > a)][0], (c | b))
            try:
                c, c = o.m((not [c, c, c][2]), (-c)), o[(lambda z: z + c)(b)]
                f(((b & 1) * f(5, c)))
            except (ZeroDivisionError, KeyError) as a:
                b = o[o[a]]
            finally:
                f(f(a, 0))
        if (a := b):
            b = (a < 1 <= a)
        else:
            if ((-3 and b or c) < (b | 6) <= (lambda z: z + c)([b, 4, 9][2])):
                1//0
                a = (b := c)
                f(f((7 in (b, 1, 0)), *[(c := 4)], k=(a and c or c)))
            else:
                f(len({(c and b or c): len({a: b, a: b}), 1: len({c: c, a: a})}))
        if o[(a < c <= b)]:
            with o as b:
                f(((b := f(a, *[a], k=-1)) and len(f'{(b < 4 <= b)}{(4 < a):>4}') or (c if 9 else c)))
                b = 1 // (f(len(f'{(2 if a else 6)}{f(a, a):>4}'), *[(b == b)], k=sum([q + b for q in (1, 2)])) % 3)
            f(([b, 2, 9][0] > (not o[-2])))
            raise KeyError(c)
        else:
            c = 1 // (((b < c <= b) and o.m(c, a) or (-a)) % 3)
            try:
                c = (f(c, a) <= (6 in (2, 1, 0)))
                f((-1 in (a, 1, a)))
            except (ZeroDivisionError, KeyError) as c:
                a = o[(c := (c := 8))] = c = (-(c := a))
    finally:
        c = (8 & 5)
        a = o[(len({(1 - c): 1, len(f'{5}{b:>4}'): o[b]}) if ((a | c) & c) else (c := (a if b else c)))] = c = (((a and 2 or b) + b) + (sum([q + 8 for q in (1, 2)]) and (1 in (b, 1, 4)) or (-1 if b else -3)))
    return a, b, c
log.clear()
try: r = t13(4, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(13, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t14(a, b, c=3):
    if (-(not len({-3: 1, b: b}))):
        f(f(-2, c))
        c = (9 == a)
    else:
        a = (c := len(f'{-2}{a:>4}'))
        f((0 ^ b))
        b = len(f'{[len(f'{c}{b:>4}'), f(c, b), len(f'{b}{c:>4}')][0]}{(lambda z: z + a)((lambda z: z + b)(b)):>4}')
    f(f(a, *[a], k=c))
    try:
        f(len(f'{(a := 5)}{(f(c, a) + b):>4}'))
        a = o[sum([q + f((a + 6), (b in (c, 1, c))) for q in (1, 2)])] = c = (c := o.m(b, a))
    except (ZeroDivisionError, KeyError) as a:
        with o as b:
            a = o[([c, a, c][2] ^ 5)]
            try:
                b = 1 // ((a := (b := f(4, *[a], k=0))) % 3)
                b = 1 // ([(a < a <= b), (c in (c, 1, c)), a][1] % 3)
            finally:
                a = 1 // ((c := o[(2 if b else b)]) % 3)
            f(2)
        f((c ^ -1))
        for b in range(4):
            1//0
    finally:
        a *= len({(c := (c := b)): (c := a), sum([q + (b - c) for q in (1, 2)]): [b, a, [b, c, b][0]][1]})
        b = (a := a)
        a = o[f((8 - a), *[(c and a or b)], k=f(6, a))] = c = ((c := len({3: a, c: a})) and len({1: b, b: (a := a)}) or (lambda z: z + a)(f(b, a)))
    return a, b, c
log.clear()
try: r = t14(3, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(14, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t15(a, b, c=3):
    a = (lambda z: z + b)((b * c))
    b = 1 // ((-sum([q + (c in (c, 1, b)) for q in (1, 2)])) % 3)
    c = (-(b := (a * c)))
    for c in range(4):
        try:
            a = (a and a or f(c, *[0], k=b))
        except (ZeroDivisionError, KeyError) as a:
            if f((b < a), -1) == 3: break
            c = (a if a else c)
        a = o[(b < c)] = b = (o[c] if ((a ^ c) ^ a) else o.m(c, b))
    try:
        f(sum([q + (c < 9 <= -2) for q in (1, 2)]))
        f((not a))
    except (ZeroDivisionError, KeyError) as a:
        c = f(0, 3)
        for b in range(4):
            c = o[(c in (0, 1, 2))] = b = o.m((-a), (lambda z: z + a)(b))
            for a in range(4):
                raise KeyError(c)
        else:
            with o as b:
                f((a := 0))
                del b
            raise KeyError(c)
        f((c & 0))
    return a, b, c
log.clear()
try: r = t15(3, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(15, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t16(a, b, c=3):
    def inner(): return a, b
    try:
        f((o[a] ^ (not c)))
        for c in range(4):
            a, c = (((a := 2) in (f(3, *[a], k=a), 1, c)) + (a and b or b)), [a, (c := 9), b][0]
            if o[b]:
                f(2)
            else:
                a = 1 // (((c := sum([q + c for q in (1, 2)])) * o.m(b, b)) % 3)
            b = len({f(3, *[c], k=a): (0 and -2 or a), (4 + c): f(b, *[c], k=b)})
        else:
            f(((b := b) and ((b if a else c) * a) or f(c, a)))
            if o[o.m(0, c)]:
                b, b = (len({b: b, c: c}) if (lambda z: z + a)(c) else (lambda z: z + a)(5)), (b and 9 or 0)
                f((c & (b := c)))
            else:
                c += (not (b := o.m(a, b)))
            for b in range(4):
                b -= (-[b, b, b][1])
                b = (((c := c) + o.m(c, b)) - ((a == 1) < (b & b) <= c))
                b, b = (--2), (c := (a := (b in (a, 1, b))))
            else:
                f((c and a or 2))
                f((a <= -2))
                a = f(f((6 and c or c), a), (c := (b | a)))
    finally:
        try:
            c = 1 // (o[(c in (a, 1, (c * b)))] % 3)
            a += o.m((a ^ c), (a ^ 0))
            try:
                a = 1 // ((((b := a) and 6 or (lambda z: z + c)(7)) + len(f'{f(b, *[5], k=6)}{f(c, a):>4}')) % 3)
                c = 1 // ((b and 7 or b) % 3)
                c, a = (-2 ^ a), len(f'{5}{f(a, *[a], k=8):>4}')
            finally:
                f(((c < b <= c) - 3))
                f((a in (c, 1, a)))
                f((-(sum([q + a for q in (1, 2)]) in ((b := b), 1, c))))
        finally:
            try:
                a = 1 // (f(a, *[c], k=(a - 2)) % 3)
                a -= (lambda z: z + a)(a)
                f(o.m(c, b))
            except (ZeroDivisionError, KeyError) as a:
                a = (b := (lambda z: z + b)(b))
                c, b = (b - 6), f(a, *[c], k=b)
                f(f(a, b))
            finally:
                b = (sum([q + b for q in (1, 2)]) and ((b != b) < (2 * c)) or (a < b <= b))
        try:
            try:
                c = o[(not (a ^ c))] = b = (b := a)
                b = (b if b else (a ^ a))
            except (ZeroDivisionError, KeyError) as c:
                f((c := c))
                a *= (c := (4 & a))
        finally:
            c, b = o[(lambda z: z + c)(o[b])], f((b := a), (c == c))
            if (not (-a)):
                f((c and a or c))
                f(f(len({(b := c): o[b], (a := c): sum([q + c for q in (1, 2)])}), (8 * a)))
            else:
                c = o[o[o[a]]] = a = len(f'{(c in (c, 1, c))}{o.m(a, (a := a)):>4}')
                b += (c * c)
    f(((c * c) < (a := -3) <= (b := a)))
    return a, b, c
log.clear()
try: r = t16(4, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(16, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t17(a, b, c=3):
    def inner(): return a, b
    try:
        c += f(((-c) + (-b)), f(a, b))
        for b in range(4):
            try:
                b, c = f(5, *[b], k=a), len(f'{c}{c:>4}')
            except (ZeroDivisionError, KeyError) as c:
                a = 1 // (f((b in (b, 1, 6)), *[c], k=2) % 3)
                c = (b if 2 else sum([q + 7 for q in (1, 2)]))
                a, b = o[(b := a)], (c - 2)
            a += [o.m(c, c), (b := len({b: a, c: b})), f((c := c), (a := a))][0]
        else:
            b = f(a, 3)
        c = (c == len(f'{a}{b:>4}'))
    except (ZeroDivisionError, KeyError) as a:
        f(2)
        c = (c and c or 7)
        if (b < a <= c):
            f(len({(b ^ b): (o[a] * (a | b)), (b in (-3, 1, 1)): ((b := 0) * (b < -1))}))
            c += [f(c, *[c], k=b), (c := -3), (lambda z: z + b)(c)][0]
        else:
            a -= o.m(c, 9)
            f([5, b, b][1])
    finally:
        for c in range(4):
            for b in range(4):
                c = o[o.m(len({a: a, c: 6}), (b := c))] = a = (f((lambda z: z + a)(-3), *[sum([q + 2 for q in (1, 2)])], k=len(f'{b}{a:>4}')) * (b := b))
                b = (a := a)
                if sum([q + a for q in (1, 2)]) == 3: continue
            c = 1 // (len({o.m(b, b): (-a), (b ^ c): sum([q + c for q in (1, 2)])}) % 3)
            if (-1 - b):
                del b
                f((lambda z: z + a)((b if len(f'{c}{c:>4}') else (-b))))
                f((not (a == a)))
            else:
                f(2)
                f((-sum([q + a for q in (1, 2)])))
        with o as a:
            c = len(f'{[b, a, 4][2]}{o.m(a, a):>4}')
            a = o[(a := (lambda z: z + a)(b))] = a = (f(6, *[b], k=b) and b or len(f'{8}{c:>4}'))
    c = f(f(c, c), *[b], k=b)
    try:
        f(((0 ^ b) < (-b) <= (b != a)))
        for b in range(4):
            if (c := len({-2: c, 1: 1})) == 3: continue
            a = 1 // ([b, a, c][0] % 3)
        c = 1 // ((a := -1) % 3)
    except (ZeroDivisionError, KeyError) as c:
        for b in range(4):
            if ((c := 0) + (b in ((c := -3), 1, 6))) == 3: continue
            c = o[f((a and c or 4), *[(b == a)], k=(b := c))] = c = len({c: -2, c: c})
            try:
                a, a = f((lambda z: z + a)(a), (not f(c, *[b], k=b))), (b := a)
            except (ZeroDivisionError, KeyError) as a:
                b = (3 - c)
        else:
            with o as c:
                b = o[(not -1)] = a = len({(c and -3 or 8): (-a), (lambda z: z + c)(5): o.m(b, 4)})
                f([a, c, c][1])
                a *= f(b, c)
            for b in range(4):
                if sum([q + 1 for q in (1, 2)]) == 3: continue
            else:
                f((len({3: b, b: 5}) if b else (c in (5, 1, 8))))
                a = o[(a := (4 if c else a))] = c = (len(f'{len({a: b, 8: -2})}{8:>4}') and o[c] or ((c * -2) * len({b: c, c: a})))
            with o as a:
                a = (b := -1)
        a = (-(c & b))
    raise KeyError(b)
    return a, b, c
log.clear()
try: r = t17(2, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(17, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t18(a, b, c=3):
    def inner(): return a, b
    try:
        if len({(a ^ (lambda z: z + b)(a)): ((b := -3) | b), f((b + c), *[(c and b or 3)], k=2): (len(f'{b}{b:>4}') != [4, c, a][0])}):
            try:
                f([(not b), a, f(b, b)][0])
                f(f(o[(lambda z: z + c)(a)], *[f(c, *[0], k=a)], k=o.m((b if a else a), (b := c))))
            except (ZeroDivisionError, KeyError) as b:
                c -= (-[9, 9, c][0])
        else:
            b, a = len({c: 0, 1: a}), ((c * b) * len(f'{b}{[c, b, a][0]:>4}'))
        try:
            for a in range(4):
                f(f(a, 7))
                f(o[(a := a)])
            else:
                f((lambda z: z + c)(7))
                f((c := (a * 5)))
                b *= (c and a or 2)
            c = o[(b | b)] = a = (-c)
        finally:
            with o as b:
                f((c := b))
                a, b = len({f(c, a): b, f(a, *[a], k=6): -2}), (-1 != a)
            a = (not (-(b ^ a)))
    except (ZeroDivisionError, KeyError) as c:
        c -= (len({o[a]: (a < b <= 5), a: (5 > a)}) if o[6] else (-6))
        if len({a: [c, a, -1][1], b: o.m(a, 6)}):
            if (c := b):
                c *= (([a, c, 3][0] in ((b and -2 or a), 1, (7 + c))) - ((a := c) and a or c))
                b, b = (f(8, c) < (2 - a) <= f(a, *[b], k=4)), o[(b := (b * b))]
                f(2)
            else:
                c += (a < c <= b)
                f((c and 8 or 8))
            if (f(0, *[6], k=-3) < ((a + b) and (b := c) or len({b: -3, c: 0})) <= (a in (c, 1, b))):
                f(((b := (c - a)) in (((-4) and a or (c := c)), 1, (a := (a := a)))))
                f((lambda z: z + a)(len({b: b, a: c})))
                f((6 * b))
            else:
                a, b = sum([q + o[a] for q in (1, 2)]), len({(a := b): f(a, -2), (b := 4): (7 ^ c)})
        else:
            c = ((b < a <= a) < o[c] <= (b < b <= a))
            f(len({(-b): ((lambda z: z + a)(9) in (c, 1, a)), ((not a) ^ a): o.m((-1 == 4), c)}))
            a = o[((b := c) * (7 ^ c))] = a = ((0 if -3 else b) and ((a and c or 6) if o.m(c, a) else 4) or (not b))
        try:
            c = o.m((lambda z: z + b)((a := 0)), (a if c else 0))
            b -= f(a, *[b], k=3)
        except (ZeroDivisionError, KeyError) as b:
            if (-2 & c):
                c = 1 // ((-a) % 3)
                b = 1 // ((not b) % 3)
                f([(7 & a), ((a ^ a) in (8, 1, (a and 7 or b))), (1 < a <= 0)][2])
            else:
                f(len(f'{(-c)}{(lambda z: z + b)(a):>4}'))
                f((lambda z: z + a)(b))
                f((lambda z: z + a)(c))
            a = 1 // ((lambda z: z + c)(a) % 3)
            b = (not (a := b))
    a = (-a)
    for a in range(4):
        c, b = [f(o[c], (c | c)), ((lambda z: z + a)(b) | (c := c)), f((c := 2), *[len(f'{c}{a:>4}')], k=(a := b))][1], (lambda z: z + b)(((not 0) ^ (b ^ c)))
        if (c := f(b, *[c], k=a)):
            f((c and 9 or c))
            if len(f'{((a := b) + (not b))}{[(a := 0), (b * 7), f(c, 0)][1]:>4}'):
                c = (c - a)
            else:
                a = (-b)
                f(((a := o[b]) < sum([q + (a ^ c) for q in (1, 2)]) <= (6 and f(b, c) or (b := c))))
            if f(c, *[c], k=b):
                b = sum([q + 0 for q in (1, 2)])
                a = ((a := a) in ((a if 9 else b), 1, a))
            else:
                if ((-a) < (lambda z: z + c)(a)) == 3: continue
        else:
            c = (b and b or c)
            try:
                f((c := (c := 5)))
                c = (f((-b), *[b], k=0) in ((c := b), 1, f(o[-1], *[(c := a)], k=-3)))
                f((c := (not (c ^ -2))))
            except (ZeroDivisionError, KeyError) as a:
                f((not (2 - a)))
                c = (c in ((not b), 1, (b | b)))
            finally:
                1//0
                f(sum([q + (c := sum([q + b for q in (1, 2)])) for q in (1, 2)]))
        if (lambda z: z + c)(sum([q + (c > -2) for q in (1, 2)])):
            if o.m((a if a else a), a) == 3: break
            a, a = (-a), ((c := a) and [(a := c), (--3), (lambda z: z + c)(b)][1] or (not [b, a, -1][2]))
        else:
            with o as a:
                c = f(c, -1)
                f(sum([q + (c := a) for q in (1, 2)]))
    return a, b, c
log.clear()
try: r = t18(3, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(18, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t19(a, b, c=3):
    for c in range(4):
        f((o[a] in (f(b, *[8], k=9), 1, (-(0 ^ b)))))
        b = 1 // (o.m((b := c), (b := b)) % 3)
        if len(f'{1}{8:>4}') == 3: continue
    else:
        f((f(a, b) | c))
    f(len({1: a, a: 3}))
    for a in range(4):
        c = f(c, *[5], k=3)
    return a, b, c
log.clear()
try: r = t19(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(19, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t20(a, b, c=3):
    with o as c:
        a -= o[(a - 9)]
        if (c := o.m(c, o[a])):
            b = o[o[c]] = c = (a := (c := a))
            a = f(((c < b <= c) <= sum([q + a for q in (1, 2)])), (c := (lambda z: z + c)(a)))
            f(([(c & -2), (9 in (a, 1, a)), f(a, *[a], k=4)][1] | len(f'{f(5, *[4], k=c)}{len(f'{a}{b:>4}'):>4}')))
        else:
            for a in range(4):
                a = 1 // ((-8) % 3)
                if (1 * a) == 3: break
            else:
                b = (b if a else 2)
            try:
                f(((a > c) > b))
            finally:
                f(len(f'{(o.m(a, b) > f(a, *[c], k=c))}{((b in (b, 1, a)) < -1 <= (-2 ^ c)):>4}'))
                c = [(c := c), (c := 0), 8][1]
                f([2, 5, a][1])
            f((a if (not 9) else [a, 6, b][0]))
    try:
        for b in range(4):
            a = [(-1 * a), (4 != b), ((lambda z: z + b)(c) < (8 if b else -1) <= 9)][2]
            if (b - b):
                c = (f(c, c) and (a in (c, 1, c)) or (a ^ a))
                b = [a, c, -2][2]
                b = 1 // ((a | b) % 3)
            else:
                b = 1 // ((lambda z: z + a)(b) % 3)
                f((sum([q + a for q in (1, 2)]) * (a := c)))
                b = o[sum([q + f(b, 3) for q in (1, 2)])] = c = ((-a) in ((6 and a or a), 1, (a in (a, 1, o[a]))))
        try:
            del a
            b = (b := c)
        except (ZeroDivisionError, KeyError) as b:
            c = o[(not f(9, *[c], k=a))] = b = (a if a else b)
        finally:
            f((lambda z: z + a)(a))
            b = o[(o.m(b, 9) ^ c)] = b = f(a, *[(c + c)], k=f(6, b))
            try:
                f(o.m((-6), (not a)))
                c -= len({(8 ^ b): (c < b <= b), (-a): (b * 1)})
            finally:
                b = o[(a := a)] = b = len({3: 2, b: a})
                a = f(a, a)
    finally:
        f(2)
        c = (c := 9)
        a = (lambda z: z + b)((6 in (b, 1, 6)))
    f((a := (lambda z: z + b)(-3)))
    return a, b, c
log.clear()
try: r = t20(2, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(20, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t21(a, b, c=3):
    c *= (lambda z: z + c)(f(c, -1))
    1//0
    for c in range(4):
        if (-(-2)):
            with o as b:
                a = (not ((b := a) == b))
                c = 1 // ((-o[b]) % 3)
            with o as a:
                f(o[(b & 9)])
            if (lambda z: z + a)(c):
                f(len({f((b * 0), *[(a := a)], k=o[a]): (a in (b, 1, b)), sum([q + len({a: b, a: c}) for q in (1, 2)]): len(f'{(not a)}{(b < a <= 4):>4}')}))
                b = len(f'{b}{c:>4}')
                f((1 * a))
            else:
                f((c == o.m(0, a)))
                f(o[(sum([q + b for q in (1, 2)]) & c)])
        else:
            if len({f(sum([q + a for q in (1, 2)]), *[(b := 7)], k=o[9]): (5 if -3 else a), ((c < c <= b) in ((2 < c <= b), 1, a)): ((b := a) * (c := 7))}):
                f((c ^ b))
                a = (b := a)
            else:
                1//0
                a -= (a := c)
            try:
                c = f(a, *[b], k=c)
                b = [(not a), b, 1][2]
            finally:
                b = 1 // ((-(5 - a)) % 3)
                f((b < -1))
                1//0
            with o as b:
                b = o[(f((c ^ c), (a and a or 8)) * (not c))] = b = len(f'{-2}{3:>4}')
                a *= (c := 6)
                f((-0))
        if f(len(f'{f(a, *[c], k=a)}{(c and a or c):>4}'), *[f(b, *[a], k=c)], k=(a := (b if a else c))):
            for a in range(4):
                f(o.m(a, b))
                c, b = f((a if c else b), f(a, b)), (b & (b := 5))
            b *= sum([q + b for q in (1, 2)])
        else:
            if len(f'{f(c, *[b], k=4)}{-1:>4}') == 3: break
            c = (-(a := (b & 1)))
            if (c := b) == 3: continue
        a = (not (a * 2))
    else:
        for c in range(4):
            c = o[[(b := (a := b)), (b > 9), (6 in (c, 1, 6))][0]] = b = (a and b or b)
        if ((c := sum([q + b for q in (1, 2)])) in (len({(b := b): a, sum([q + b for q in (1, 2)]): sum([q + a for q in (1, 2)])}), 1, [len(f'{b}{c:>4}'), a, (a := c)][2])):
            a, b = ((c if c else b) < b <= c), (len(f'{c}{b:>4}') if (-a) else (c := b))
        else:
            try:
                a *= (b < 8 <= (b := b))
                f((a | 5))
                f(sum([q + (f(a, b) < (lambda z: z + b)(c)) for q in (1, 2)]))
            finally:
                f(len({o[c]: len({a: a, a: 5}), (f(c, c) < o.m(b, b) <= (b ^ 9)): (b and c or b)}))
                f((-(1 * 3)))
            with o as b:
                c = (len({b: a, b: c}) ^ 7)
            a = 1 // (o[(b ^ -3)] % 3)
    with o as a:
        with o as c:
            b = ((-b) * ((a := b) - b))
        with o as c:
            with o as a:
                a, a = f(a, *[b], k=b), [c, c, a][2]
                b = (c < a <= a)
    return a, b, c
log.clear()
try: r = t21(1, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(21, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t22(a, b, c=3):
    f((a if 6 else a))
    b = sum([q + ((c := a) and len(f'{a}{a:>4}') or b) for q in (1, 2)])
    try:
        try:
            f((lambda z: z + c)(a))
        except (ZeroDivisionError, KeyError) as c:
            if (c := 4):
                c = o[(b if b else a)] = c = ((a | (-b)) if o.m(o.m(6, c), o[b]) else len(f'{c}{a:>4}'))
            else:
                f(o[b])
                f(((lambda z: z + a)((b * c)) ^ ((a := c) > (b & b))))
        finally:
            f(len(f'{c}{b:>4}'))
            c = 1 // (f(a, o.m(b, b)) % 3)
            b, b = (c := (-1)), (b := c)
        c = (a < (c if b else c) <= (b if 0 else b))
        f((c <= a))
    finally:
        if (a := len(f'{b}{c:>4}')):
            f([-2, a, a][1])
            b = o[o.m((a ^ b), (6 & (b < -1)))] = a = len(f'{o.m(c, a)}{-1:>4}')
        else:
            c = (a := len(f'{a}{b:>4}'))
            f(2)
            for a in range(4):
                f((b := f((a | c), *[o[c]], k=(c * -3))))
                f((not c))
        for c in range(4):
            a = o[(lambda z: z + b)(a)] = b = (a := (sum([q + c for q in (1, 2)]) in ((a < -1 <= c), 1, f(a, *[c], k=c))))
            b = o[sum([q + 3 for q in (1, 2)])] = b = (c and a or 6)
            b = f(o[2], (b := b))
        else:
            try:
                b = o[9]
                f((-(-2 - a)))
            except (ZeroDivisionError, KeyError) as a:
                f((b := (-1 < a <= a)))
                f(o[(not c)])
                b += (not o.m(a, a))
            f([((lambda z: z + b)(a) < b <= c), ((a := a) in (len({c: 3, b: 9}), 1, 3)), len({c: (4 + a), (-b): len(f'{a}{5:>4}')})][1])
    a = [a, len({a: 2, 8: -3}), (lambda z: z + a)(4)][2]
    if (-(not 3)):
        c += (not c)
        b = 1 // (o.m(c, a) % 3)
    else:
        try:
            a = len({c: b, c: c})
            c -= (c in (c, 1, -2))
            try:
                f((not o[0]))
                b = 1 // ((c ^ b) % 3)
            finally:
                f((b := b))
                f((9 in (4, 1, 8)))
        except (ZeroDivisionError, KeyError) as c:
            a = (a := (not b))
    return a, b, c
log.clear()
try: r = t22(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(22, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t23(a, b, c=3):
    try:
        try:
            b = o[(c := b)] = c = (a in (b, 1, b))
            del a
            try:
                f((b - (a := b)))
                a = ((-5) in ((b := -3), 1, [c, c, b][0]))
                c = (b < a <= b)
            except (ZeroDivisionError, KeyError) as a:
                b -= (a := (o[4] * b))
                c, b = f(a, a), (c < -2 <= 7)
                b = ((sum([q + c for q in (1, 2)]) == b) * (b := f(b, -3)))
        except (ZeroDivisionError, KeyError) as c:
            c = (-b)
        finally:
            try:
                f((b := (f(c, -3) in ((-c), 1, a))))
            except (ZeroDivisionError, KeyError) as c:
                c, c = (-2), len(f'{a}{b:>4}')
                f((c - c))
            finally:
                c = o[(f(b, *[a], k=6) in ((a := (c := a)), 1, (not a)))] = c = (b := b)
                f((7 if c else b))
        b = (-3 in (a, 1, b))
    except (ZeroDivisionError, KeyError) as b:
        c = f((lambda z: z + c)(2), -3)
        c = o.m((b := (not b)), f(b, *[a], k=b))
        f(2)
    finally:
        b += (not [len({c: b, c: c}), c, 6][2])
        f(2)
        a = 1 // (sum([q + a for q in (1, 2)]) % 3)
    c = f(a, a)
    c, a = ([c, b, b][1] ^ len(f'{b}{a:>4}')), o.m((a := (-c)), (-5))
    try:
        b = 1 // ((a * c) % 3)
        a = o[[o[(b < c <= c)], (sum([q + a for q in (1, 2)]) if 3 else (-1 if a else a)), (c & a)][0]] = a = (-(a := b))
    finally:
        f((1 in (b, 1, a)))
    c = 1 // ((lambda z: z + a)(a) % 3)
    return a, b, c
log.clear()
try: r = t23(1, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(23, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t24(a, b, c=3):
    f((f(len(f'{-1}{b:>4}'), sum([q + c for q in (1, 2)])) if len(f'{(c - c)}{f(a, c):>4}') else (c := c)))
    b = (c := c)
    b = (a in (a, 1, -2))
    return a, b, c
log.clear()
try: r = t24(1, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(24, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t25(a, b, c=3):
    for a in range(4):
        for a in range(4):
            del c
            with o as a:
                f(((a and -1 or c) <= f(b, *[c], k=-2)))
        else:
            b *= o.m(c, 9)
        c = sum([q + ((c and b or c) == (5 and a or 6)) for q in (1, 2)])
        for c in range(4):
            c = 1 // (f((b := b), [8, b, a][1]) % 3)
        else:
            b = 1 // (o.m(a, a) % 3)
            for b in range(4):
                a, a = (a := a), (b if b else -3)
                f(sum([q + 7 for q in (1, 2)]))
    b = (lambda z: z + c)(b)
    c = (len(f'{sum([q + a for q in (1, 2)])}{(a := b):>4}') - len(f'{(6 & b)}{c:>4}'))
    if (not b):
        f((c := a))
        a = (not (a if a else -2))
    else:
        a += o.m(sum([q + (-7) for q in (1, 2)]), o[-1])
        try:
            b = 1 // (((b | c) and b or len({a: c, c: -2})) % 3)
        except (ZeroDivisionError, KeyError) as b:
            for a in range(4):
                a, b = [b, c, b][2], (f((c if 6 else a), (a and a or c)) if (f(1, *[c], k=c) in (1, 1, (lambda z: z + b)(a))) else o.m((b * 1), (7 in (a, 1, c))))
                del a
        finally:
            1//0
            f(f(o[(5 in (c, 1, 1))], o[o[a]]))
        c = ((lambda z: z + a)(b) in ((b := c), 1, (c in (a, 1, 3))))
    a = o[(not a)] = a = (o.m(c, len(f'{c}{b:>4}')) & (not (c if b else 6)))
    return a, b, c
log.clear()
try: r = t25(1, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(25, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t26(a, b, c=3):
    c = sum([q + sum([q + b for q in (1, 2)]) for q in (1, 2)])
    with o as c:
        try:
            b += len(f'{(c & a)}{a:>4}')
            b, b = (len({(a * c): (c * -2), (-a): (not b)}) < (-(a := c))), ((lambda z: z + b)(a) + (a - -3))
        except (ZeroDivisionError, KeyError) as a:
            try:
                a = [a, b, 0][1]
                f((b := a))
            finally:
                f(((not a) < (c := b)))
            a, a = o[8], f(4, *[b], k=3)
        finally:
            b = (c <= b)
            try:
                a = 1 // (sum([q + (c if c else b) for q in (1, 2)]) % 3)
                a = (c * 9)
            finally:
                f(((a := c) if c else c))
                a = o[(c | c)] = a = (lambda z: z + a)(c)
                b = 1 // (o[b] % 3)
        a = (b := (not a))
    for b in range(4):
        b = (f(a, a) < (a + 2) <= f(c, *[a], k=-1))
        f(sum([q + (b := (-c)) for q in (1, 2)]))
    c = o[(f((c := c), *[f(a, *[c], k=6)], k=(not -3)) in (((not 7) * (-b)), 1, f(a, *[a], k=c)))] = c = sum([q + a for q in (1, 2)])
    return a, b, c
log.clear()
try: r = t26(0, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(26, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t27(a, b, c=3):
    c = f((b in (b, 1, b)), (-3 and a or b))
    raise KeyError(b)
    return a, b, c
log.clear()
try: r = t27(0, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(27, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t28(a, b, c=3):
    def inner(): return a, b
    if ([c, (9 ^ 2), (a ^ 1)][0] in ((lambda z: z + c)(o.m(c, c)), 1, o[b])):
        a = 1 // (len(f'{(f(c, *[-1], k=c) - len({a: c, 6: b}))}{o[f(a, *[c], k=a)]:>4}') % 3)
        f(f(4, *[b], k=a))
    else:
        with o as a:
            raise KeyError(a)
            f(2)
            with o as c:
                a = 1 // (sum([q + 4 for q in (1, 2)]) % 3)
        1//0
    b = (c <= 1)
    return a, b, c
log.clear()
try: r = t28(0, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(28, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t29(a, b, c=3):
    f((-((b := c) and (-1 & c) or (b - a))))
    if (-(c * b)):
        c = o[o[(c & a)]] = b = ((o.m(a, c) and len({a: a, a: a}) or (a and a or a)) + (2 * b))
        b = (-3 < a <= 2)
    else:
        b = f((f(c, *[1], k=a) <= f(a, -2)), (not len(f'{3}{a:>4}')))
    try:
        f((8 and 4 or -1))
        a = (c := 3)
    finally:
        try:
            c = ((b := (0 * b)) in (len(f'{(not 6)}{sum([q + a for q in (1, 2)]):>4}'), 1, (lambda z: z + c)((-1 ^ a))))
            try:
                raise KeyError(a)
                raise KeyError(a)
            finally:
                f((a < c <= b))
                f((a := (c := 9)))
        finally:
            a = 1 // (([(c if 7 else c), (b := a), c][1] | (c in (a, 1, (3 < 4 <= 9)))) % 3)
            c = (not a)
            b = o[(o[a] & sum([q + c for q in (1, 2)]))] = b = (b | (a < a <= b))
        try:
            c = ((b < c <= b) in ((a ^ -3), 1, (c ^ (a and 5 or 9))))
            c = (a and b or b)
        finally:
            f((b - b))
            c *= sum([q + -3 for q in (1, 2)])
        try:
            try:
                f((b > c))
                b = (b := (b - a))
            finally:
                a = (f(sum([q + -1 for q in (1, 2)]), *[(c := 1)], k=(c if a else 3)) != f(a, b))
                b, c = (lambda z: z + a)(len(f'{b}{a:>4}')), ((-o.m(8, -3)) < o[b] <= (b != c))
                f(o.m(c, c))
        finally:
            a *= sum([q + o.m(c, (a := 1)) for q in (1, 2)])
            b = [(a - b), (b and b or a), a][2]
            try:
                a = 1 // ((b and 7 or b) % 3)
            except (ZeroDivisionError, KeyError) as c:
                f((-len({(c and c or b): a, a: (a <= b)})))
                c = f(((c > c) + (-c)), ((5 if a else b) - (c in (b, 1, 2))))
                c, b = (sum([q + (7 if 3 else 4) for q in (1, 2)]) < [len({a: a, b: a}), o.m(6, a), c][1] <= (b := o.m(1, b))), (b := ((c <= b) and (lambda z: z + a)(a) or c))
            finally:
                a = 1 // ((b < (a < c <= 7) <= c) % 3)
    return a, b, c
log.clear()
try: r = t29(1, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(29, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t30(a, b, c=3):
    def inner(): return a, b
    f((len({a: b, a: b}) and len(f'{b}{c:>4}') or (c := (c - a))))
    del c
    c, a = (f(c, a) | len(f'{b}{-2:>4}')), len(f'{8}{b:>4}')
    b = [f((not c), len(f'{3}{a:>4}')), f(c, *[3], k=-1), len(f'{a}{c:>4}')][0]
    return a, b, c
log.clear()
try: r = t30(0, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(30, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t31(a, b, c=3):
    c = len(f'{(a in (b, 1, c))}{a:>4}')
    a = f(((b := 4) | c), (-[1, c, 4][2]))
    b = 1 // ((b > (b in (1, 1, b))) % 3)
    with o as c:
        b = o[(--3)] = c = o[b]
        try:
            b = o[len({b: a, 1: c})] = a = sum([q + a for q in (1, 2)])
            a = len(f'{c}{b:>4}')
        finally:
            try:
                f(o.m((c if len({a: b, c: b}) else (b := 5)), (7 * c)))
            finally:
                f((len({b: b, c: b}) & c))
            if (2 in (b, 1, 0)):
                b *= f(sum([q + c for q in (1, 2)]), *[(--1)], k=(a + b))
            else:
                f(2)
            b = (5 < (lambda z: z + a)(c) <= (b := -3))
    return a, b, c
log.clear()
try: r = t31(0, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(31, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t32(a, b, c=3):
    a = (lambda z: z + b)(a)
    f((o[c] | (b := c)))
    for b in range(4):
        c, b = len({a: a, b: c}), (-b)
        for c in range(4):
            if sum([q + b for q in (1, 2)]):
                c = (not (0 <= b))
                1//0
            else:
                b = o[(a > -2)] = a = (c := [b, c, b][1])
                f((o.m(8, (c != a)) + (b and c or a)))
        else:
            b = (b and c or a)
            raise KeyError(a)
            c = 1 // ((c := c) % 3)
        a, b = len(f'{o.m(b, b)}{c:>4}'), len(f'{b}{f(b, a):>4}')
    else:
        b = 1 // (((b & b) | (c := 8)) % 3)
    try:
        a *= (c := (not c))
    except (ZeroDivisionError, KeyError) as b:
        b = ((b := b) in ((b := b), 1, f(b, b)))
    finally:
        try:
            b = (a < a)
            if (f(b, 5) * b):
                f(((c if c else a) > (c := a)))
            else:
                c = (not c)
                b = o[(-1 and -2 or b)]
            a = (a := b)
        finally:
            try:
                c = (a := 5)
                f(sum([q + c for q in (1, 2)]))
                b = (a := (a - c))
            except (ZeroDivisionError, KeyError) as a:
                b = (-(a := 2))
                f((a := (a & c)))
            c = (9 & a)
        with o as a:
            c = 1 // (((lambda z: z + b)(c) + len({a: (a in (b, 1, -1)), 8: f(c, -2)})) % 3)
        c = (-b)
    for b in range(4):
        try:
            for a in range(4):
                f([((a | b) in ((b := a), 1, (c + c))), ((lambda z: z + b)(6) in (b, 1, 9)), (b := c)][1])
                f(f((b - c), *[(-a)], k=o.m(0, c)))
            for b in range(4):
                c = o[(0 & c)] = b = ((b < 6 <= b) < (a if b else c))
                b *= o[1]
                if (a := [c, b, b][1]) == 3: break
            else:
                b = o[(b := (c == b))] = a = ((b := -2) if len({len({b: c, b: b}): (b < a), (b := a): (c := c)}) else ((a * b) and f(2, *[3], k=b) or b))
                b = (b := ((c := 5) <= b))
                f((not (a := (a := a))))
        except (ZeroDivisionError, KeyError) as b:
            try:
                c = ([(-b), len({a: b, c: c}), [5, a, a][2]][1] < (b := a))
                c = (c in (b, 1, 6))
                b = (b := c)
            except (ZeroDivisionError, KeyError) as b:
                a -= (c < a <= c)
                f((-c))
            finally:
                f(len({a: b, a: b}))
                f((b := c))
    else:
        c *= f(c, a)
    return a, b, c
log.clear()
try: r = t32(3, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(32, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t33(a, b, c=3):
    with o as b:
        b = [f(6, *[c], k=a), ((not 9) < 7 <= 2), ([c, c, a][0] & (lambda z: z + a)(a))][2]
        a, c = (b := 7), (lambda z: z + a)(len({a: -2, -2: c}))
    a = len(f'{b}{b:>4}')
    return a, b, c
log.clear()
try: r = t33(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(33, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t34(a, b, c=3):
    f(((-b) ^ (not (c if c else a))))
    c *= (not ((not c) < c))
    f([(lambda z: z + b)(c), 0, -1][1])
    f((-(lambda z: z + a)(len(f'{b}{a:>4}'))))
    return a, b, c
log.clear()
try: r = t34(4, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(34, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t35(a, b, c=3):
    try:
        for a in range(4):
            raise KeyError(b)
    finally:
        c = (8 and c or a)
        if (-((6 ^ 6) in ((3 * c), 1, (c > c)))):
            a = len({a: b, 2: 7})
            f(o[b])
            a -= f((c < c <= c), *[b], k=[a, c, b][0])
        else:
            with o as b:
                f(sum([q + 4 for q in (1, 2)]))
                c = 1 // ((o.m(-3, b) | (a and b or a)) % 3)
                a, c = len(f'{len({9: a, c: a})}{len(f'{a}{f(4, b):>4}'):>4}'), ((5 | b) in ((c if (b := c) else 7), 1, (f(a, *[a], k=b) + (b + 0))))
        try:
            try:
                f(sum([q + 0 for q in (1, 2)]))
            except (ZeroDivisionError, KeyError) as c:
                f(o.m(((c + 4) in ((b & b), 1, (a := a))), (a := (b <= b))))
            finally:
                a = 1 // (((sum([q + 4 for q in (1, 2)]) in (b, 1, (-4))) & o.m((b := b), c)) % 3)
        except (ZeroDivisionError, KeyError) as b:
            c -= (not -2)
        finally:
            f(((b := 6) + o.m(7, a)))
            try:
                f(2)
            finally:
                a = ((o.m(b, a) if a else c) in ([(-b), f(3, *[a], k=c), c][0], 1, [(a := a), (4 < c <= 7), a][1]))
                f((6 < c <= a))
            for b in range(4):
                c = o[(c in (a, 1, 0))] = c = o.m(a, c)
                b += len(f'{(b ^ 6)}{(not a):>4}')
    with o as c:
        a = (2 in ((b + 1), 1, 2))
    if (c := c):
        with o as b:
            c = (a := b)
    else:
        for b in range(4):
            a = ((-a) ^ (b < a <= c))
            b = o[((c if c else len({3: a, c: c})) * (a := [a, a, b][1]))] = c = (c := (b and 2 or -2))
            f((a := a))
    del c
    try:
        c = (o.m(b, 5) in ((o[c] in ((c * b), 1, (lambda z: z + b)(3))), 1, sum([q + 6 for q in (1, 2)])))
        try:
            try:
                f(([(b := a), c, [4, a, c][0]][2] and [b, (a < a <= 0), [c, 6, c][0]][2] or f((a * -3), *[a], k=a)))
                f((a := (a != b)))
            except (ZeroDivisionError, KeyError) as a:
                b = o[(not c)] = b = ((a and 9 or b) > (not a))
                f((((a - c) < c <= c) and len({1: a, 0: b}) or (len({b: c, a: b}) + b)))
            finally:
                f(((c := f(-2, -1)) - len({8: (c == c), a: (not 2)})))
                f(((c ^ -3) - (a < c <= b)))
        finally:
            a -= (c := a)
            a, a = sum([q + a for q in (1, 2)]), (5 in (c, 1, 1))
    except (ZeroDivisionError, KeyError) as a:
        with o as a:
            c = (b & 2)
        try:
            with o as a:
                a *= sum([q + (5 in (4, 1, c)) for q in (1, 2)])
            c += (lambda z: z + a)(len(f'{a}{4:>4}'))
            f(sum([q + b for q in (1, 2)]))
        except (ZeroDivisionError, KeyError) as b:
            for b in range(4):
                f((b := (c < b <= 3)))
                b -= (a := a)
            else:
                c -= (c := 7)
            if f((c := a), *[f(a, *[c], k=c)], k=(3 ^ b)):
                f((not o.m(4, b)))
                f((lambda z: z + c)(len(f'{len({b: b, a: a})}{(lambda z: z + b)(b):>4}')))
                c *= o[len({-1: (-a), b: f(b, a)})]
            else:
                f((b := (c < b <= a)))
                a = 1 // ((b := (c < a <= b)) % 3)
                a -= (((not b) - (8 if a else b)) and (b := a) or ((a := a) & len(f'{b}{a:>4}')))
        with o as b:
            a *= o.m(7, a)
            f((a := (a in (c, 1, c))))
    finally:
        a = (a := b)
        with o as c:
            b = (lambda z: z + a)((7 & -2))
        b = 1 // (f((not c), *[len(f'{c}{c:>4}')], k=c) % 3)
    return a, b, c
log.clear()
try: r = t35(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(35, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t36(a, b, c=3):
    def inner(): return a, b
    for b in range(4):
        if o[(5 * a)] == 3: break
        c, a = f(sum([q + b for q in (1, 2)]), *[o[3]], k=(b - c)), (a * b)
    else:
        a = 1 // ((a := c) % 3)
        with o as a:
            f(f((1 if b else a), *[f(a, b)], k=(not a)))
            f((a < (a if a else -2) <= (b - b)))
        b = f(c, 4)
    if o[(b := c)]:
        if [(a in (c, 1, c)), 9, (-c)][1]:
            b = o.m((c <= b), [o[c], c, a][0])
            with o as a:
                b = (b in (3, 1, a))
                a = (a := len(f'{(b if b else c)}{0:>4}'))
        else:
            try:
                b *= (c := 9)
                f((-5))
            finally:
                a = (-(o[a] if f(c, *[b], k=a) else (a in (c, 1, b))))
            a, c = (4 * b), ((b := (b := 5)) if ((a == 8) | a) else (not c))
            c = (a := a)
    else:
        a = (b == c)
    b = (b := c)
    return a, b, c
log.clear()
try: r = t36(3, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(36, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t37(a, b, c=3):
    def inner(): return a, b
    with o as a:
        b, c = (o.m(b, b) and (f(9, *[5], k=c) - o.m(3, a)) or (c := f(a, a))), (a := f(1, 8))
        try:
            with o as c:
                c -= (a := b)
                b, c = ((b in (c, 1, b)) < (b and a or b)), ((lambda z: z + c)(b) <= len({c: 0, b: 5}))
                f(2)
        except (ZeroDivisionError, KeyError) as b:
            c = (lambda z: z + c)(o.m((b if a else c), a))
            f([(6 * 7), o[1], a][2])
        b = (len({2: 7, b: 2}) <= a)
    a = (f(a, *[(9 - b)], k=a) in (sum([q + (-b) for q in (1, 2)]), 1, [a, a, 0][1]))
    with o as b:
        b += (c ^ 9)
        for c in range(4):
            a = 1 // ((a if 1 else b) % 3)
            f((b in (b, 1, b)))
            with o as c:
                a = o[((not len({a: c, c: -1})) & ((-c) & sum([q + 6 for q in (1, 2)])))] = a = (b := f(5, a))
        else:
            f([(not -3), (a := 6), b][0])
            b = ((lambda z: z + a)((c if a else b)) + (c := c))
        c = 1 // ((a := b) % 3)
    del b
    return a, b, c
log.clear()
try: r = t37(2, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(37, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t38(a, b, c=3):
    try:
        f((o.m((4 if c else 1), f(c, b)) if (a if c else (c + 1)) else (c := a)))
    finally:
        c = 1 // (sum([q + (lambda z: z + b)(8) for q in (1, 2)]) % 3)
    b = 1 // ((-b) % 3)
    try:
        for c in range(4):
            b *= f((f(a, *[c], k=c) ^ (b := b)), *[(c := -2)], k=((b < a <= c) in (9, 1, c)))
            c = 1 // ((a if (a ^ 7) else len({b: b, b: 8})) % 3)
            with o as a:
                1//0
                c, c = ((lambda z: z + a)(b) in ((2 | c), 1, (c in (-3, 1, b)))), ((c and b or 3) | (b < b <= 2))
                a = o[(f(b, a) and (a + b) or f(b, 6))] = b = ((lambda z: z + b)(c) | f(c, *[b], k=c))
        with o as b:
            b += (c := (-c))
            c *= o.m(2, f(b, a))
    except (ZeroDivisionError, KeyError) as b:
        f((0 == f(-3, a)))
    finally:
        c = 1 // (sum([q + (a + b) for q in (1, 2)]) % 3)
    c = (-a)
    return a, b, c
log.clear()
try: r = t38(4, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(38, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t39(a, b, c=3):
    try:
        c = f((-a), [c, b, b][1])
    except (ZeroDivisionError, KeyError) as a:
        f((b and a or f(c, b)))
        c = f(len(f'{b}{b:>4}'), *[(lambda z: z + b)(6)], k=1)
        with o as a:
            f((b := len(f'{b}{b:>4}')))
    f((b + a))
    return a, b, c
log.clear()
try: r = t39(3, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(39, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
