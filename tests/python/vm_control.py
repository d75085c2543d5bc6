# Loops, unpacking, comprehensions, strings, displays.
out = []
for i in range(10):
    if i == 2: continue
    if i == 6: break
    out.append(i)
else:
    out.append("else")
print(out)
for i in []: pass
else: print("empty else")
n = 3
while n:
    n -= 1
else:
    print("while else")
a, b = 1, 2
a, b = b, a
(c, d), *e, f = (1, 2), 3, 4, 5
print(a, b, c, d, e, f)
*x, = "abc"
print(x)
[p, q] = {"k": 1, "l": 2}
print(p, q)
for bad in (lambda: exec("a, b = 1,"), lambda: exec("a, b = 1, 2, 3"), lambda: exec("a, *b, c = 1,"), lambda: exec("a, b = 5"), lambda: exec("a, b = iter([1,2,3])")):
    try: bad()
    except Exception as error: print(type(error).__name__, error)
print([i * j for i in range(3) for j in range(3) if i != j])
print({i: i * i for i in range(4)}, {i % 3 for i in range(9)}, list(i for i in range(3)))
print([[y for y in range(x)] for x in range(4)])
k = 10
print([k + z for z in range(2)], k)
print([*range(3), *"ab"], (*[1], 2), {*[1, 2], 3}, {**{"a": 1}, "b": 2, **{"a": 3}})
s = "s"
print(f"{s} {s!r:>5} {3.14159:.2f} {10:#x} {s=} {'nested ' + f'{1 + 1}'} {{}} {1,2}")
w = 8
print(f"{'x':>{w}}|{5:0{w}d}|{True}|{None!s}|{'é'!a}")
print("%s-%d-%5.1f" % ("a", 3, 2.5), "abc"[1], "abc"[-1], "abcdef"[1:4], "abcdef"[::-1])
d = {"one": 1}
d["two"] = 2
del d["one"]
print(d, d.get("x"), "two" in d)
try: d["zz"]
except KeyError as error: print(repr(error))
l = [1, 2, 3]
l[0] = 9
l[-1] += 5
l[1:2] = [7, 7]
del l[0]
print(l)
try: l[10]
except IndexError as error: print(error)
try: l[10] = 1
except IndexError as error: print(error)
t = (1, 2)
try: t[0] = 1
except TypeError as error: print(error)
print(x if (x := 5) > 3 else 0, (y := 3) + y)
def hazards():
    x = 1
    r = [x, (x := 2), x]
    y = x + (x := 10)
    z = x < (x := 5) < x
    return r, y, z, x
print(hazards())
def swap(v):
    i = 0
    i, v[i] = 1, "set"
    return v
print(swap([0, 0]))
assert True, "no"
try:
    assert 1 == 2, "message"
except AssertionError as error: print("assert", error)
del out
try: out
except NameError as error: print(error)
import sys as system
print(system.__name__)
print(1 if [] else 2, [] or "or", [1] and "and", not [])
print(any(v > 2 for v in l), all(v > 2 for v in l), sum(l), sorted(l, reverse=True), list(zip(l, "abc")), list(enumerate("ab", 1)))
print(list(map(lambda v: v + 1, l)), list(filter(None, [0, 1, 2])), min(l), abs(-3), divmod(7, 2), round(2.5), len("abc"))
for i, (j, kk) in enumerate([(1, 2), (3, 4)]): print(i, j, kk, end="; ")
print()
print(chr(97), ord("b"), hex(255), bin(5), repr("a'b"), str(1.0), int("12"), float("1.5"), bool([]))
class Seq:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
print(list(Seq()), [v for v in Seq()])
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
print([v for v in It()], list(It()), sum(It()))
try:
    for q in 5: pass
except TypeError as error: print(error)
big = 0
for i in range(100000): big += i
print(big)
print(range(0, 10, 3), list(range(10, 0, -3)), 5 in range(10), range(3)[1], len(range(7)))
def nested():
    r = []
    for i in range(3):
        for j in range(3):
            if j == 1: break
            r.append((i, j))
        else:
            r.append("never")
    return r
print(nested())
print({}.__class__, [].__class__.__name__, type(None), type(...), ...)
