print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1, 1 == 2, 1 != 2, "a" < "b" <= "b", [1, 2] < [1, 3], (1,) > ())
print(1 in [1, 2], 3 not in (1, 2), "b" in "abc", "x" not in {"x": 1}, 2 in {1, 2}, None is None, [] is not None)


def noisy(value):
    print("<", value, ">", end=" ")
    return value


print(noisy(1) < noisy(5) < noisy(3) < noisy(9))
print(noisy(0) or noisy("") or noisy("x") or noisy("y"))
print(noisy(1) and noisy(0) and noisy(2), not noisy([]))
a = 3
if a > 2 and not a == 4 or a < 0:
    print("yes")
if not (a < 2 or a > 5):
    print("between")
print("big" if a > 10 else "mid" if a > 2 else "small")
if a != 3: print("no")
elif a >= 3: print("three")
if a <= 3: print("le")
x = None
if x is None: print("none")
if x is not None: print("some")
b = a
if a is b: print("same")
if a in (1, 2, 3): print("in")
if a not in (4, 5): print("not in")


class Weird:
    def __eq__(self, other): return "eq"
    def __ne__(self, other): return []
    def __lt__(self, other): return NotImplemented
    def __gt__(self, other): return 1
    def __contains__(self, item): return item
    def __bool__(self): print("bool", end=" "); return False
    __hash__ = None


w = Weird()
print(w == 1, w != 1, w > 1, 1 < w, 5 in w, 0 in w, not w)
for op in (lambda: w < 1, lambda: w <= w, lambda: 1 < "a", lambda: hash(w), lambda: 1 in 2, lambda: {} < {}):
    try:
        print(op())
    except TypeError as e:
        print(e)


class Len:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n


print(bool(Len(0)), bool(Len(2)))
try:
    bool(Len(-1))
except ValueError as e:
    print(e)
nan = float("nan")
print(nan == nan, nan in [nan], [nan] == [nan], nan is nan)
print(sorted([3, 1, 2]), min(3, 1), max([2, 9, 4]), 1.5 < 2, 2 ** 70 > 1e20, 2 ** 53 + 1 == float(2 ** 53 + 1))
