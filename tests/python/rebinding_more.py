# More of the kind of rebinding.py.
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
    def inner(): return a, b
    b *= (o.m(c, -3) if (a in (c, 1, 5)) else c)
    a += [c, a, c][1]
    f((o.m(-2, 8) < f(a, *[b], k=c) <= (-c)))
    try:
        with o as a:
            if len(f'{len(f'{(7 * 1)}{o.m(b, 7):>4}')}{(-1):>4}'):
                a = 1 // (((a ^ a) and (-2 <= a) or c) % 3)
            else:
                b = 1 // ((sum([q + a for q in (1, 2)]) + len(f'{0}{-2:>4}')) % 3)
            a, c = (c := c), (b in (a, 1, -1))
        for a in range(4):
            a = (len(f'{5}{c:>4}') * (a - c))
    finally:
        b = (b := o[a])
        with o as a:
            c = 1 // (o[0] % 3)
    return a, b, c
log.clear()
try: r = t0(1, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(0, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t1(a, b, c=3):
    def inner(): return a, b
    c = f(c, a)
    f((-1 | 3))
    c = o.m(f(f(a, -3), c), (sum([q + b for q in (1, 2)]) < (a and c or b) <= 6))
    try:
        f((c := (-(8 - 7))))
    finally:
        a = o[(not [a, a, 1][2])] = c = o.m(c, (b := 3))
        b = 1 // ((a := len({b: c, b: a})) % 3)
        b += (4 if b else b)
    return a, b, c
log.clear()
try: r = t1(4, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(1, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t2(a, b, c=3):
    f((c and 2 or 8))
    try:
        del a
        c = (not sum([q + -2 for q in (1, 2)]))
        b *= len(f'{len({c: c, a: b})}{c:>4}')
    except (ZeroDivisionError, KeyError) as c:
        try:
            try:
                b = o[(a := (c and a or b))] = c = sum([q + (lambda z: z + c)(c) for q in (1, 2)])
                f((o.m(c, a) + len(f'{0}{b:>4}')))
                f(o.m(a, b))
            finally:
                f((o.m(b, c) == (-2 if a else b)))
                f((b < -3))
                b = 1 // (o.m((lambda z: z + c)(b), f(c, *[a], k=a)) % 3)
            for a in range(4):
                a = o[len({b: a, c: a})] = b = ((-b) + (c * a))
                c = 1 // ((-a) % 3)
                b, c = [b, -3, c][1], f(-2, *[(-3 if b else -2)], k=b)
            c = (o[o[7]] < (not a) <= (c := c))
        except (ZeroDivisionError, KeyError) as b:
            b = (a := a)
            if sum([q + (0 & b) for q in (1, 2)]):
                f((sum([q + b for q in (1, 2)]) in (len(f'{(c := a)}{(c != a):>4}'), 1, (a := (b != a)))))
                f((a := (a * 2)))
                f([(lambda z: z + b)(c), b, a][1])
            else:
                a = (1 ^ b)
                f(((c := a) & (c := (b < c <= a))))
            b = (lambda z: z + b)(b)
    c = (c and len({a: a, a: b}) or len(f'{c}{b:>4}'))
    c = (-c)
    return a, b, c
log.clear()
try: r = t2(1, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(2, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t3(a, b, c=3):
    c, c = [(b := c), ((b and a or b) and c or len(f'{c}{c:>4}')), (5 if -2 else a)][2], (c in (a, 1, 6))
    for b in range(4):
        if (4 if (b in (8, 1, c)) else len(f'{c}{a:>4}')):
            if (b < 3 <= b):
                b = len(f'{c}{(c + a):>4}')
                f(((f(9, c) < -3 <= (-c)) ^ len(f'{b}{a:>4}')))
            else:
                f(sum([q + f(a, b) for q in (1, 2)]))
        else:
            for c in range(4):
                a = sum([q + (b - a) for q in (1, 2)])
                f((b := b))
            else:
                a = ((o[b] & (b := c)) * (c := 8))
                a -= (c - -2)
                c = sum([q + b for q in (1, 2)])
        c = 1 // (sum([q + -1 for q in (1, 2)]) % 3)
    else:
        b, c = len(f'{len(f'{(-1 - c)}{(-c):>4}')}{(-2 + c):>4}'), len(f'{f(c, a)}{o[-1]:>4}')
    return a, b, c
log.clear()
try: r = t3(3, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(3, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t4(a, b, c=3):
    f(((c := f(c, *[a], k=0)) and (not (c in (a, 1, c))) or f((c := b), *[(3 - c)], k=(c != a))))
    for b in range(4):
        try:
            if (5 < a <= a):
                f(o.m(c, a))
                f((c + (c if a else a)))
                b = len(f'{a}{a:>4}')
            else:
                f(f((not (c | b)), *[f(f(b, c), len(f'{b}{a:>4}'))], k=((c ^ b) > a)))
                f((-b))
            b, c = ((a <= b) in ((b | b), 1, (lambda z: z + c)(c))), [sum([q + f(4, 8) for q in (1, 2)]), [(a != c), (a := a), (5 in (c, 1, c))][0], (-sum([q + a for q in (1, 2)]))][0]
            with o as c:
                b = 1 // (f((b := b), (not 2)) % 3)
        except (ZeroDivisionError, KeyError) as c:
            c = (8 + 3)
        a = f((not (not a)), *[(a := f(b, *[a], k=b))], k=(c and c or b))
    if len({o.m(a, a): (c := b), (a and (-b) or (a * 1)): o.m((not a), len({a: a, -1: c}))}):
        a = sum([q + [(a := 7), sum([q + 8 for q in (1, 2)]), (a in (a, 1, a))][1] for q in (1, 2)])
    else:
        f((a + a))
        if (c := c):
            a -= (lambda z: z + c)(len({9: c, a: b}))
            try:
                f((sum([q + o.m(a, 0) for q in (1, 2)]) & (5 in (c, 1, b))))
            except (ZeroDivisionError, KeyError) as a:
                f(len(f'{c}{c:>4}'))
                b = 1 // (f((4 == b), 3) % 3)
                c = o[(-f(b, *[a], k=0))] = b = (b in (a, 1, b))
        else:
            b += (5 if 9 else c)
            a = o[f((c := c), len({b: 5, a: b}))] = c = (lambda z: z + c)(b)
    if [o.m((b > 0), [a, c, -2][1]), (b := b), (9 + [b, 6, -2][1])][2]:
        f((((c := 3) + (0 < c)) | (not (a := b))))
        a = o[c]
    else:
        try:
            try:
                f((b := (lambda z: z + b)((4 if 9 else c))))
            finally:
                f(2)
            a = (b := c)
            f(len(f'{c}{c:>4}'))
        finally:
            with o as a:
                f([((-c) + 0), (b + a), (a ^ 6)][2])
                c = o[(a := c)] = b = f(f(b, *[b], k=b), *[(b < 9 <= 6)], k=f(9, *[c], k=c))
                a = (lambda z: z + b)(a)
        b, c = (((b <= c) != (5 + -1)) + ((not c) ^ (a := c))), (a in (c, 1, c))
        c *= o.m(b, (1 == b))
    c = (o[a] ^ 5)
    return a, b, c
log.clear()
try: r = t4(3, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(4, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t5(a, b, c=3):
    f(len(f'{b}{b:>4}'))
    f(f(a, *[c], k=b))
    return a, b, c
log.clear()
try: r = t5(3, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(5, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t6(a, b, c=3):
    def inner(): return a, b
    c -= (a := (c := c))
    b = (2 + c)
    return a, b, c
log.clear()
try: r = t6(0, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(6, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t7(a, b, c=3):
    f((-9))
    f(f(c, 7))
    a = (b := b)
    return a, b, c
log.clear()
try: r = t7(0, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(7, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t8(a, b, c=3):
    if (((c < a <= a) ^ c) | sum([q + (c := b) for q in (1, 2)])):
        a = (a > a)
        if (-(-a)):
            with o as b:
                f(len({a: c, c: -3}))
            c = 1 // ((a := c) % 3)
            c = (b := (c := 2))
        else:
            for a in range(4):
                f(((c and 4 or a) + (-c)))
                c = len(f'{f(a, *[b], k=3)}{(b + c):>4}')
                f(sum([q + c for q in (1, 2)]))
            else:
                b = o[(len({c: c, b: a}) != ((c < a <= c) * (b := -3)))] = a = (o.m(a, b) < (not (lambda z: z + a)(b)) <= (f(b, c) < [c, b, 0][1] <= (0 if a else c)))
                f((lambda z: z + c)(9))
            b = len({(lambda z: z + b)((-2 - a)): o[(b + -2)], ((c < a) in ((b := a), 1, a)): len({-1: -1, 3: a})})
            b = 1 // (((b if c else c) < 3 <= sum([q + a for q in (1, 2)])) % 3)
        try:
            f((c + b))
            c, c = ((b if b else 3) ^ (-b)), len(f'{c}{a:>4}')
            f(f(a, *[o.m(a, c)], k=o[a]))
        finally:
            b, a = (a := (c in (-3, 1, a))), (((b := 9) and (b := b) or (c - c)) if o[(b < c <= 6)] else (-c))
            a = o.m((c := c), f(b, [b, c, c][0]))
    else:
        b = len({(c in (9, 1, b)): (b ^ a), sum([q + 3 for q in (1, 2)]): f(c, b)})
        c = (lambda z: z + b)(c)
    raise KeyError(b)
    a += (c := (a := f(c, 0)))
    b = f((c < c <= 6), *[(not c)], k=(lambda z: z + a)(a))
    return a, b, c
log.clear()
try: r = t8(3, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(8, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t9(a, b, c=3):
    if ((3 + c) < (a := c) <= sum([q + a for q in (1, 2)])):
        c, c = ((c := b) - b), (a := a)
        a, c = (lambda z: z + a)(f(sum([q + a for q in (1, 2)]), *[(3 < c <= b)], k=[c, 8, b][0])), sum([q + -3 for q in (1, 2)])
    else:
        f((a := -3))
        c *= (c * c)
    try:
        a = sum([q + a for q in (1, 2)])
        f((len(f'{len({b: b, 2: c})}{[a, 3, 6][2]:>4}') != (b := 7)))
    finally:
        try:
            f(o.m((b == b), (c := c)))
        finally:
            b = (c := b)
            a = sum([q + b for q in (1, 2)])
            with o as b:
                f(f(len({b: c, a: a}), c))
                f(f(c, c))
        try:
            if (c := (a == 0)):
                c = f((c := c), ((-6) + len({a: a, c: c})))
                b = o[(((c * b) and (lambda z: z + b)(c) or (a := b)) < (lambda z: z + a)((lambda z: z + a)(c)) <= (-2 < a <= c))] = c = (b if a else a)
            else:
                a = (sum([q + a for q in (1, 2)]) in (sum([q + 0 for q in (1, 2)]), 1, sum([q + a for q in (1, 2)])))
                f(len({(not a): (c if b else b), ((c ^ a) < b <= (b != b)): sum([q + b for q in (1, 2)])}))
            try:
                f([a, c, -1][1])
                a = (b := [c, c, (c + 5)][1])
            finally:
                f((not c))
        except (ZeroDivisionError, KeyError) as b:
            f(f(b, *[b], k=b))
    c -= (o.m(len({a: c, c: c}), (-c)) in ((lambda z: z + c)(c), 1, (8 > b)))
    return a, b, c
log.clear()
try: r = t9(0, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(9, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t10(a, b, c=3):
    def inner(): return a, b
    a = o[o.m((0 * a), (c := -2))]
    b, c = o[(b in (a, 1, c))], ((c in (4, 1, -1)) in ((lambda z: z + c)((-3 & -2)), 1, (a := (c + a))))
    a = sum([q + (not b) for q in (1, 2)])
    a = 1 // (o[5] % 3)
    f((c and c or b))
    return a, b, c
log.clear()
try: r = t10(3, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(10, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t11(a, b, c=3):
    f((1 ^ (c - 2)))
    c *= sum([q + b for q in (1, 2)])
    b = 1 // ((c := c) % 3)
    a = 1 // ((-b) % 3)
    return a, b, c
log.clear()
try: r = t11(1, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(11, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t12(a, b, c=3):
    try:
        with o as a:
            a, b = ((c in (b, 1, a)) | f((lambda z: z + a)(2), 2)), [((lambda z: z + b)(4) | (a | a)), o[[b, -1, b][1]], (a if 8 else 1)][0]
    except (ZeroDivisionError, KeyError) as b:
        c = (b < (c and 5 or a) <= (c < c <= b))
    finally:
        f((b if (b := c) else 2))
    c = ((a and (a < b <= b) or 8) in (f((not c), (c := b)), 1, (lambda z: z + b)(a)))
    raise KeyError(b)
    c = (f(a, *[b], k=a) if (b if 1 else c) else (-b))
    if sum([q + (c if (a := a) else (c < 2 <= a)) for q in (1, 2)]):
        a, a = o[2], ((c - b) ^ (not a))
    else:
        c = (-(not [c, b, c][1]))
        1//0
    return a, b, c
log.clear()
try: r = t12(1, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(12, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t13(a, b, c=3):
    f(len(f'{a}{2:>4}'))
    b = 1 // ((c | c) % 3)
    c, a = f(f(b, *[b], k=c), *[(a := a)], k=(a - a)), (1 & c)
    return a, b, c
log.clear()
try: r = t13(4, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(13, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t14(a, b, c=3):
    a = sum([q + o[c] for q in (1, 2)])
    f((-(c := (c <= a))))
    c = o[f(7, a)] = a = (not -2)
    a, c = (c := b), (((a := -3) | o.m(b, a)) in (f((6 ^ a), b), 1, ((a < 2 <= c) - (-1 and c or b))))
    return a, b, c
log.clear()
try: r = t14(0, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(14, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t15(a, b, c=3):
    b = o.m((a in (b, 1, a)), (a + b))
    f(len({-1: a, a: c}))
    c = (lambda z: z + c)(b)
    f(o.m((-1 < c <= c), o[c]))
    return a, b, c
log.clear()
try: r = t15(3, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(15, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t16(a, b, c=3):
    a, c = o.m((7 - b), (lambda z: z + a)(c)), (o.m(9, 8) + (a < (a := b) <= (lambda z: z + b)(b)))
    b = (c + a)
    c *= (c := b)
    return a, b, c
log.clear()
try: r = t16(1, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(16, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t17(a, b, c=3):
    def inner(): return a, b
    f(o.m(f(7, *[c], k=5), len({a: len({-1: 0, c: 6}), (b := c): (a ^ b)})))
    if ((b in (a, 1, a)) == [a, c, 7][1]):
        c += ((1 < b <= 6) ^ (b := -1))
    else:
        with o as c:
            b = [(a * a), [len(f'{a}{b:>4}'), (b * b), c][2], ((c := a) > (-1 in (a, 1, 5)))][1]
            f((c ^ a))
            try:
                f((b := (c := 0)))
                c, b = (b < a <= a), (-3 and c or 5)
                f((c := len({(1 < b <= c): c, c: (c := -1)})))
            except (ZeroDivisionError, KeyError) as c:
                f((c < 2 <= 0))
                f(((b := c) and (-2 and b or -2) or (-1 in (c, 1, 0))))
            finally:
                b = o[(f(c, *[a], k=b) if c else a)] = b = o.m(((-c) < len({c: a, b: -2}) <= (b and b or 9)), [sum([q + 6 for q in (1, 2)]), sum([q + b for q in (1, 2)]), (lambda z: z + b)(a)][0])
                f(o[a])
        a = o[a]
    a *= sum([q + len(f'{b}{9:>4}') for q in (1, 2)])
    return a, b, c
log.clear()
try: r = t17(1, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(17, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t18(a, b, c=3):
    b = (f(a, b) in (a, 1, a))
    f((not b))
    f((a ^ b))
    if len({(-3 ^ c): [c, a, b][2], [c, c, b][0]: sum([q + c for q in (1, 2)])}):
        f((lambda z: z + c)(b))
        a = (c := c)
    else:
        try:
            c = (len(f'{8}{b:>4}') + (6 in (5, 1, a)))
        finally:
            with o as b:
                f(((4 ^ 4) and o[a] or (lambda z: z + b)((-1 < a <= a))))
                b = sum([q + c for q in (1, 2)])
                f(((lambda z: z + a)(b) <= len({a: a, c: 4})))
            b = o[sum([q + (b := o.m(4, b)) for q in (1, 2)])] = b = (c ^ c)
            1//0
        a = 1 // (f((b := b), *[b], k=(-b)) % 3)
        with o as c:
            c = o[o.m((b ^ 3), (lambda z: z + a)(2))] = c = (c := (b in (b, 1, c)))
            b = o[(not c)] = a = [c, 2, c][0]
            b = (c := (not a))
    with o as b:
        a = 1 // ([6, c, [-3, b, b][2]][0] % 3)
    return a, b, c
log.clear()
try: r = t18(0, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(18, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t19(a, b, c=3):
    raise KeyError(b)
    c = ((f(b, c) and len({a: 3, b: a}) or (3 == a)) if f(c, *[c], k=(a := b)) else (b * (6 | c)))
    f((a in (b, 1, -1)))
    raise KeyError(a)
    return a, b, c
log.clear()
try: r = t19(2, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(19, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t20(a, b, c=3):
    c = (b := [-1, a, a][1])
    try:
        for c in range(4):
            c = 1 // ((-a) % 3)
            c = o[len(f'{(-(c < a))}{(o[b] in ((c * c), 1, f(a, a))):>4}')] = b = len(f'{(c | a)}{o.m(c, a):>4}')
    except (ZeroDivisionError, KeyError) as b:
        try:
            b = 1 // ((c := c) % 3)
            f((a in (4, 1, a)))
        finally:
            c = ((c | -3) and (b and b or 9) or ((b & b) * b))
            for c in range(4):
                c = sum([q + a for q in (1, 2)])
                a, b = ((c := a) and len({c: 7, c: c}) or (c := a)), (a := a)
                f(((a := a) and len(f'{c}{4:>4}') or (lambda z: z + a)(b)))
            else:
                f((c < a))
                f((c < 5 <= a))
                a = (((a & c) - -2) ^ (-(not b)))
        c = (not (not c))
    b = (a <= c)
    return a, b, c
log.clear()
try: r = t20(0, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(20, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t21(a, b, c=3):
    b += (not f((lambda z: z + b)(b), *[o.m(a, a)], k=3))
    c = (o.m((c := 5), (c := a)) < (b := (c + 5)) <= len({(c := b): c, b: (-1 in (b, 1, a))}))
    for b in range(4):
        c, a = (c := (-2 == c)), (len(f'{[c, c, a][0]}{b:>4}') < ((a := b) if a else b) <= f((c < c <= 7), *[b], k=f(c, *[2], k=b)))
    c = ((2 + len(f'{b}{b:>4}')) < (c * c) <= f((a := b), *[o.m(a, a)], k=a))
    return a, b, c
log.clear()
try: r = t21(1, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(21, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t22(a, b, c=3):
    with o as c:
        b = (-1 < a)
    b, a = (b := (a + b)), [(b in (c, 1, a)), len({c: 1, 0: c}), 3][2]
    return a, b, c
log.clear()
try: r = t22(0, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(22, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t23(a, b, c=3):
    try:
        with o as a:
            b = 1 // (f(3, *[(8 if a else 4)], k=len(f'{b}{b:>4}')) % 3)
            b, b = [c, -1, b][2], (c := 8)
        with o as c:
            a = (lambda z: z + c)(a)
        a = 1 // ((-o.m((c + c), 8)) % 3)
    finally:
        c = 1 // ((5 and f(7, 5) or len(f'{a}{c:>4}')) % 3)
        b = (f(-1, b) ^ (b < a <= b))
        f(f(a, *[b], k=a))
    with o as b:
        try:
            a -= o.m([-2, b, a][1], ((1 and a or -2) - (a > b)))
            del c
        finally:
            b = o[(c := (not c))] = c = f(c, b)
            c = ((c := b) and len({-2: a, c: c}) or (c - b))
            f(((b := (a := c)) in ((b + 6), 1, (8 and b or b))))
    c = f(a, c)
    return a, b, c
log.clear()
try: r = t23(1, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(23, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t24(a, b, c=3):
    f(2)
    f((-7))
    f((lambda z: z + a)((o[1] < (b := b) <= b)))
    try:
        if (b | b):
            a = (a := 1)
            c = f(a, a)
        else:
            a = len({(lambda z: z + a)(7): len(f'{f(c, b)}{-2:>4}'), len({9: c, b: 6}): (b := len(f'{b}{4:>4}'))})
            b = o[len(f'{c}{a:>4}')]
        a = (lambda z: z + c)((lambda z: z + c)(3))
    finally:
        f(len({(-o.m(3, c)): (c <= [8, b, b][0]), (lambda z: z + a)(a): len({(lambda z: z + b)(8): len({1: 2, c: a}), (c if c else c): (c and c or c)})}))
        try:
            f((-o[(c ^ a)]))
        finally:
            with o as a:
                c = 1 // ((-2 ^ o.m(b, a)) % 3)
                f((6 and b or 7))
                f(o.m(a, 9))
            if (c := -2):
                f(len(f'{c}{b:>4}'))
                a, b = ((lambda z: z + b)(a) in ((b := 4), 1, (c < 3 <= c))), sum([q + c for q in (1, 2)])
            else:
                a += (len(f'{(c := 9)}{[a, c, a][2]:>4}') < (-sum([q + a for q in (1, 2)])) <= len({(b * c): (lambda z: z + b)(c), (c and c or 7): (5 & 1)}))
                a = (b < b <= a)
        if ((a := 3) - (a := sum([q + a for q in (1, 2)]))):
            with o as c:
                f(len({a: b, c: a}))
            try:
                c, b = f(0, *[b], k=b), ((b | c) and f(b, *[a], k=b) or len(f'{1}{c:>4}'))
                b = (b != a)
                f(f(c, c))
            except (ZeroDivisionError, KeyError) as b:
                a = (b < c <= 0)
                c = o[o[b]] = a = sum([q + (1 in (b, 1, a)) for q in (1, 2)])
        else:
            if ((c if a else b) < c <= (1 | c)):
                f((o[a] | f(6, *[6], k=0)))
            else:
                f((sum([q + c for q in (1, 2)]) ^ (sum([q + b for q in (1, 2)]) | (a in (a, 1, 8)))))
    return a, b, c
log.clear()
try: r = t24(1, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(24, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t25(a, b, c=3):
    f(len({9: b, b: 0}))
    if (-f(a, *[b], k=-1)):
        f((-(-1 and b or 1)))
        with o as c:
            b = (lambda z: z + b)(b)
            if ((9 and (b if c else c) or a) in ([(0 * c), (b := c), [7, a, a][1]][0], 1, (lambda z: z + b)((not b)))):
                f(((c := (c := c)) * f((b if -1 else a), *[9], k=(b := 4))))
                a, a = ([c, c, b][0] - (not c)), (a == -3)
            else:
                f(((b ^ b) < (a := b) <= (lambda z: z + c)(a)))
                c = (not b)
    else:
        f((c := (lambda z: z + b)(c)))
    b = 1 // ((lambda z: z + a)(c) % 3)
    b = 1 // (sum([q + (lambda z: z + c)(a) for q in (1, 2)]) % 3)
    b = f(o.m(a, b), *[o[o.m(c, a)]], k=f(-2, *[(not a)], k=-1))
    return a, b, c
log.clear()
try: r = t25(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(25, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t26(a, b, c=3):
    f(sum([q + b for q in (1, 2)]))
    a, b = len(f'{((c in (6, 1, 8)) + sum([q + a for q in (1, 2)]))}{sum([q + b for q in (1, 2)]):>4}'), len({o.m(b, (b < a <= a)): (a and 9 or 5), (c := (a | b)): (not [c, 9, a][0])})
    c = o[((a if (c := -1) else c) in ((b * a), 1, (a := b)))] = c = f(a, c)
    return a, b, c
log.clear()
try: r = t26(0, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(26, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t27(a, b, c=3):
    c = 1 // ((f(f(c, 0), 8) < o[(a := b)] <= o.m(a, b)) % 3)
    c -= sum([q + (c := (a and c or c)) for q in (1, 2)])
    b = (b & b)
    f((c := b))
    return a, b, c
log.clear()
try: r = t27(0, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(27, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t28(a, b, c=3):
    def inner(): return a, b
    raise KeyError(b)
    try:
        c = (o.m((b := b), (c | c)) if len(f'{a}{0:>4}') else ((1 < 5 <= b) ^ (b > a)))
        if o[(lambda z: z + c)(b)]:
            f(2)
        else:
            c = (lambda z: z + b)(a)
            f((((c ^ -3) * -2) <= (not b)))
    finally:
        c = 1 // ((a in (b, 1, b)) % 3)
        b = len({2: -3, 7: b})
        b += f((c := sum([q + -2 for q in (1, 2)])), (a := (c < b <= 3)))
    c = 1 // ((a != 6) % 3)
    return a, b, c
log.clear()
try: r = t28(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(28, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t29(a, b, c=3):
    def inner(): return a, b
    c, b = [(8 | (c := b)), (c < b <= b), (-(3 + a))][1], o.m(a, c)
    c = 1 // (o[(b := c)] % 3)
    c, a = [c, c, b][0], (lambda z: z + a)(((c < a) and c or (2 < 1 <= 3)))
    return a, b, c
log.clear()
try: r = t29(4, 2)
except BaseException as e: r = type(e).__name__, str(e)
print(29, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t30(a, b, c=3):
    for a in range(4):
        c = ((b & -3) < (lambda z: z + a)(c) <= len(f'{c}{a:>4}'))
        c = f(c, *[9], k=c)
        b = ((c | (c <= c)) * (b := (c == c)))
    else:
        raise KeyError(c)
        c = 1 // ((not (c + (6 - 5))) % 3)
    f(o[(-[c, c, a][1])])
    with o as c:
        c = f(sum([q + a for q in (1, 2)]), c)
    f(f(a, *[c], k=c))
    return a, b, c
log.clear()
try: r = t30(2, 3)
except BaseException as e: r = type(e).__name__, str(e)
print(30, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t31(a, b, c=3):
    def inner(): return a, b
    c, b = f(b, *[c], k=c), (b if c else b)
    if ((c + b) | a):
        try:
            f((a < 9 <= b))
        finally:
            del b
            b = 1 // (o[4] % 3)
            try:
                del c
                f(o.m(f(c, *[3], k=-1), len(f'{a}{0:>4}')))
                b, c = (-(6 != b)), o[(not f(c, b))]
            finally:
                a, b = ([c, a, c][1] and f(a, *[a], k=a) or (7 * b)), (not (not (a < a <= b)))
        b += [(c and (0 and b or 9) or a), len({(b if a else b): a, f(a, *[6], k=a): (a > b)}), (c in (a, 1, a))][1]
    else:
        f(sum([q + c for q in (1, 2)]))
    return a, b, c
log.clear()
try: r = t31(2, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(31, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t32(a, b, c=3):
    f((7 and c or 6))
    b = 1 // (f(len({(c < a <= b): o.m(4, c), 0: a}), *[(b and b or c)], k=(c := len(f'{-3}{b:>4}'))) % 3)
    return a, b, c
log.clear()
try: r = t32(0, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(32, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t33(a, b, c=3):
    b = 1 // ((-2 and 3 or b) % 3)
    a = (b := -3)
    return a, b, c
log.clear()
try: r = t33(1, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(33, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t34(a, b, c=3):
    def inner(): return a, b
    if len(f'{-3}{c:>4}'):
        for b in range(4):
            with o as b:
                if len(f'{f(c, *[9], k=a)}{((lambda z: z + b)(a) if len({c: -2, c: a}) else b):>4}') == 3: continue
                f(f(([c, a, c][2] | (2 ^ -3)), (a := f(b, c))))
                del b
            try:
                c, a = (len({4: c, a: (lambda z: z + b)(c)}) != o[(a != b)]), (b := 5)
                if (f(b, *[b], k=a) & o.m(2, a)) == 3: break
            except (ZeroDivisionError, KeyError) as b:
                c += (a := (-b))
            finally:
                b = (f(0, *[(-7)], k=o.m(a, c)) and (c - c) or (not 0))
            a, b = (-(c := c)), (sum([q + a for q in (1, 2)]) and (b := c) or b)
        else:
            for b in range(4):
                a = (c - 3)
                f([b, b, 7][1])
                f(len(f'{sum([q + (a < b <= a) for q in (1, 2)])}{o.m(7, c):>4}'))
            with o as a:
                f((c < 6))
        c = [(a in (a, 1, b)), (-a), b][1]
    else:
        b = ((a := 5) <= f(b, 8))
        b, b = o.m((a := c), (b < c)), (c := (a := b))
        del c
    try:
        if (b := (lambda z: z + b)((c == b))):
            a, b = (c in (1, 1, b)), (a - 3)
            f((lambda z: z + c)((-b)))
            b, c = (-b), ([(-1 != b), o.m(2, 1), (b := b)][0] and f(b, *[-1], k=b) or (c < (not c)))
        else:
            f([c, c, c][2])
            if (a != b):
                f([(b < (a in (8, 1, 7)) <= a), [f(b, a), len({c: b, -2: c}), len(f'{b}{c:>4}')][1], len(f'{(not b)}{-2:>4}')][1])
            else:
                f(f(a, *[c], k=c))
                f((-b))
        f(o[(b := c)])
    except (ZeroDivisionError, KeyError) as a:
        if (a | b):
            c += o[(b < 6 <= 8)]
            if o[sum([q + c for q in (1, 2)])]:
                f((b * 5))
            else:
                f(f(sum([q + -3 for q in (1, 2)]), *[(c | c)], k=(b * b)))
                f(f((b * b), *[a], k=c))
                f(o[c])
            b = (7 | a)
        else:
            f((-a))
            a = (a > a)
        for c in range(4):
            if (-(a ^ -2)) == 3: break
            f(f((5 if a else -3), len({a: -3, b: c})))
    f(sum([q + (b and c or 6) for q in (1, 2)]))
    return a, b, c
log.clear()
try: r = t34(3, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(34, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t35(a, b, c=3):
    f((f(a, c) in ((6 | -3), 1, b)))
    try:
        f((b * (a < -1 <= b)))
        if (b := b):
            if (c * a):
                b = 1 // ((-o[a]) % 3)
                f(len({(-b): (b := c), (b <= b): o.m(c, -2)}))
                f((b < 8 <= c))
            else:
                f((-2 and a or a))
                f(len(f'{(not -3)}{f(a, *[3], k=c):>4}'))
            b = (c + 6)
            f((a ^ b))
        else:
            if len({c: c, -3: b}):
                f(sum([q + 1 for q in (1, 2)]))
                b *= o.m(4, b)
            else:
                c, a = o[(-a)], (b < 9 <= 2)
            try:
                a, a = (c := 2), (lambda z: z + a)((b := a))
            finally:
                c = o[2]
            if ((b > a) & c):
                f((o[c] == a))
            else:
                f((a := f((b := 0), f(2, b))))
                c *= (lambda z: z + c)((b := (c < b <= b)))
    except (ZeroDivisionError, KeyError) as a:
        try:
            a = f(o[b], *[(lambda z: z + a)(c)], k=((a if a else a) if (c if 2 else 7) else c))
            c = (-b)
            c = len(f'{b}{(b - a):>4}')
        finally:
            f((b - c))
            raise KeyError(a)
    return a, b, c
log.clear()
try: r = t35(2, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(35, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t36(a, b, c=3):
    def inner(): return a, b
    b = 1 // ((b := (c := 7)) % 3)
    c = 1 // (sum([q + (c < a) for q in (1, 2)]) % 3)
    with o as b:
        for c in range(4):
            b = 1 // ((b := a) % 3)
        else:
            c = 1 // ((b := (c + len(f'{b}{a:>4}'))) % 3)
    return a, b, c
log.clear()
try: r = t36(0, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(36, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t37(a, b, c=3):
    a = f((-1 if c else 9), *[(not 7)], k=((a < b <= c) - c))
    with o as b:
        a = o[([7, a, 8][0] and 2 or a)]
        with o as c:
            for a in range(4):
                if ((b := o.m(a, 8)) in (o.m(b, c), 1, ((c in (0, 1, 9)) - b))) == 3: continue
            else:
                f(len(f'{-1}{(4 < b <= a):>4}'))
                c = (c and b or a)
            del c
            for c in range(4):
                f((c and 1 or a))
                a += [c, (lambda z: z + b)(8), 7][1]
                1//0
        a += len({(b in (-1, 1, b)): (c := c), 8: [c, b, b][1]})
    return a, b, c
log.clear()
try: r = t37(3, 1)
except BaseException as e: r = type(e).__name__, str(e)
print(37, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t38(a, b, c=3):
    b = (not o[(b == b)])
    f(((not o.m(0, a)) | (c != (a | 6))))
    f(len({((b ^ b) * [c, b, a][2]): (1 < b <= a), (c if a else 0): (lambda z: z + a)(c)}))
    c = (a ^ b)
    c = (a in (o[c], 1, len({a: c, c: c})))
    return a, b, c
log.clear()
try: r = t38(3, 0)
except BaseException as e: r = type(e).__name__, str(e)
print(38, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
def t39(a, b, c=3):
    def inner(): return a, b
    f(len({(a | 5): len({(c | c): f(a, *[b], k=a), o.m(c, 8): (not c)}), (-f(6, *[-2], k=a)): (b := 0)}))
    a = (len({c: c, a: c}) in (b, 1, 8))
    try:
        f(((a := (b < 0)) + [(-2 != a), c, b][0]))
        try:
            a = (c == a)
            a = (c in (b, 1, 0))
        except (ZeroDivisionError, KeyError) as a:
            for b in range(4):
                c *= o[2]
                a = len({b: a, b: 3})
                a = ((a if a else b) * b)
        finally:
            b = (lambda z: z + c)((c < a <= a))
        c = f(a, *[b], k=a)
    except (ZeroDivisionError, KeyError) as c:
        if (not b):
            a = (f(b, c) != (c & (lambda z: z + c)(2)))
        else:
            f([b, c, c][1])
            try:
                b = f(c, *[b], k=c)
            except (ZeroDivisionError, KeyError) as b:
                a = (c := (c and c or 5))
                f(([f(b, *[b], k=b), o.m(c, 2), f(a, *[b], k=c)][1] & (b := (a != 2))))
            finally:
                b = (a > c)
                b = len(f'{(b == c)}{len(f'{b}{7:>4}'):>4}')
        c, b = (c := c), (c & b)
        with o as c:
            a = ([b, b, 1][2] ^ (b and f(a, b) or c))
    return a, b, c
log.clear()
try: r = t39(0, 4)
except BaseException as e: r = type(e).__name__, str(e)
print(39, tidy(r), hash(str(tidy(log))) and str(tidy(log))[:1500])
