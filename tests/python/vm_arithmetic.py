# Operators on ints of every size, floats, and mixtures.
def show(*values):
    print(*values, sep=" | ")

big = 1 << 70
for a in (0, 1, -7, 2**60, -(2**61), 2**61 - 1, big):
    for b in (1, -2, 3, 2**60):
        show(a + b, a - b, a * b, a // b, a % b, a & b, a | b, a ^ b)
show(7 / 2, -7 // 2, -7 % 3, 7 % -3, 2 ** 10, 2 ** -1, 2 ** 100)
show(1 << 3, 1 << 61, 1 << 62, -1 >> 70, 1024 >> 3, ~5, -5, +5, ~big, -big)
show(1.5 + 2, 2 * 0.5, 1e300 * 1e10, 3.0 // 2, -3.5 % 2, 1.0 / 3)
show(True + True, 1 == 1.0 == True, 0.1 + 0.2, 1e16, 1e-5, -0.0)
x = 5
x += 3; show(x)
x -= 1; show(x)
x *= 2; show(x)
x //= 3; show(x)
x <<= 4; show(x)
x >>= 1; show(x)
x |= 3; show(x)
x &= 6; show(x)
x ^= 15; show(x)
x %= 7; show(x)
x **= 3; show(x)
x /= 2; show(x)
class M:
    def __init__(self, name): self.name = name
    def __matmul__(self, other): return f"{self.name}@{other.name}"
    def __imatmul__(self, other): return M(f"({self.name}@={other.name})")
    def __add__(self, other): return "add"
    def __radd__(self, other): return "radd"
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __invert__(self): return "invert"
m = M("a")
show(m @ M("b"), m + 1, 1 + m, -m, +m, ~m)
m @= M("c")
show(m.name)
for bad in (lambda: 1 + "a", lambda: 1 // 0, lambda: 1 % 0, lambda: 1.0 / 0, lambda: -"a", lambda: [] < 3, lambda: 1 << -1):
    try:
        bad()
    except Exception as e:
        show(type(e).__name__, e)
show(1 < 2 < 3, 1 < 3 < 2, 1 <= 1, 2 > 1, 2 >= 3, 1 != 2, 1 == 2)
show(1 < 2.5, 2.5 < 3, "a" < "b", (1, 2) < (1, 3), [1] == [1])
show(3 in [1, 2, 3], 4 not in (1, 2), "a" in "cat", 1 in {1: 2}, None is None, 1 is not None)
def branches(n):
    out = []
    if n == 3: out.append("eq")
    if n != 3: out.append("ne")
    if n < 3: out.append("lt")
    if n <= 3: out.append("le")
    if n > 3: out.append("gt")
    if n >= 3: out.append("ge")
    m = 3
    if n == m: out.append("eqr")
    if n != m: out.append("ner")
    if n < m: out.append("ltr")
    if n <= m: out.append("ler")
    if n > m: out.append("gtr")
    if n >= m: out.append("ger")
    if n in (1, 3): out.append("in")
    if n is m: out.append("is")
    if not n: out.append("not")
    if n is None: out.append("none")
    return out
for n in (2, 3, 4, 3.0, 0): show(n, branches(n))
try:
    branches("x")
except TypeError as e:
    show(e)
