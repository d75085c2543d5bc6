print([x * x for x in range(5)], {x % 3 for x in range(9)}, {x: x * 2 for x in range(3)}, list(x for x in range(2)))
print([(x, y) for x in range(3) for y in range(x)], [x for x in range(10) if x % 2 if x > 3])
x = "outer"
print([x for x in range(3)], x)
print([[i * j for j in range(3)] for i in range(3)])
print([y := 5, y ** 2], [last := i for i in range(4)], last)


def f(n):
    return [lambda: i for i in range(n)], [(lambda j=j: j)() for j in range(n)], {k: v for k, v in zip("ab", range(n))}


fs, vals, d = f(2)
print([g() for g in fs], vals, d)


class K:
    z = 3
    a = [q for q in range(z)]
    try:
        b = [z for _ in range(2)]
    except NameError as e:
        b = str(e)


print(K.a, K.b)


def gen():
    return sum(i for i in range(10) if i % 2), max((i for i in (3, 9, 2)), key=lambda v: -v)


print(gen())
try:
    print([1 / (2 - i) for i in range(4)])
except ZeroDivisionError as e:
    print(e)
m = [[1, 2], [3, 4]]
print([c for r in m for c in r], [list(t) for t in zip(*m)], [*m, *[5]], {*[1], *(2,)}, {**{"a": 1}, "b": 2, **{"a": 3}}, (*"ab", 1))
a, *b = [1, 2, 3]
*c, e = "xyz"
(p, (q, *r)), s = [1, [2, 3, 4]], 5
print(a, b, c, e, p, q, r, s)
i = j = k = []
i.append(1)
print(j, k)
lst = [0, 1, 2, 3, 4, 5]
lst[1:3] = ["a", "b", "c"]
del lst[0], lst[-1]
lst[::2] = [9, 9, 9] if len(lst[::2]) == 3 else lst[::2]
print(lst, lst[1:], lst[:-1], lst[::-1], lst[-2:])
del lst[1:3]
print(lst)
for idx, lst[0] in enumerate("ab"): pass
print(idx, lst)
for q in range(3):
    pass
else:
    print("for else", q)
while True:
    break
else:
    print("never")
n = 0
while n < 3:
    n += 1
    if n == 2: continue
else:
    print("while else", n)
print(f"{[w for w in 'ab']} {{literal}} {x!r:>10} {3.14159:.2f} {n=} {n + 1 = } {'nested ' + f'{n}'}")
width, value = 8, 3.5
print(f"{value:{width}.{2}f}|{value!s:^{width}}|{'a':*<5}|{1234567:,}|{255:#x}|{5:03d}|{0.5:%}")
