print(1 + 2, 7 - 10, 3 * -4, 7 / 2, 7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ** 10, 2 ** -1)
print(1 << 70, (1 << 70) >> 68, 6 & 3, 6 | 3, 6 ^ 3, ~5, -(-5), +7)
print(10 ** 30, 10 ** 30 // 7, 10 ** 30 % 7, -(10 ** 30) // 7, divmod(-(10 ** 20), 3))
print(2 ** 62, 2 ** 61 - 1 + 1, -(2 ** 61), 2 ** 63 * 2 ** 63, (2 ** 61) * 4 - 2 ** 63)
print(0.1 + 0.2, 1e16, 1e15, 1e-5, 0.0001, -0.0, 1.0, 1e300 * 1e10, float("nan"), 5.0 // 2, -5.5 % 2)
print(True + True, True * 3.5, False - 1, 1 == 1.0 == True, hash(1) == hash(1.0) == hash(True))
print(3 + 4j, (3 + 4j) * (1 - 2j), abs(3 + 4j), (2 + 0j) ** 2, 1j * 1j, complex(1, -0.0))
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2), round(1e20))
print(int("ff", 16), int("0b101", 0), int(-3.9), float("1e3"), int("1_000"), 0xff, 0o17, 0b11)
print(bin(10), oct(64), hex(-255), (255).bit_length(), (10).to_bytes(2, "big"), int.from_bytes(b"\x01\x00", "little"))
x = 5
x += 3; x -= 1; x *= 2; x //= 3; x **= 3; x %= 50; x <<= 2; x >>= 1; x |= 8; x &= 0xff; x ^= 3
print(x)
y = 7.0
y /= 2
print(y)
for op in (lambda: 1 / 0, lambda: 1 // 0, lambda: 1 % 0, lambda: 1.0 / 0, lambda: 0 ** -1, lambda: "a" + 1,
           lambda: 1 + "a", lambda: [] - 1, lambda: -"x", lambda: ~1.5, lambda: 1 << -1, lambda: {} | 1, lambda: None @ 2):
    try:
        op()
    except Exception as e:
        print(type(e).__name__, e)


class M:
    def __matmul__(self, other): return "matmul", other
    def __rmatmul__(self, other): return "rmatmul", other
    def __imatmul__(self, other): return "imatmul"
    def __radd__(self, other): return "radd", other
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __invert__(self): return "invert"
    def __isub__(self, other): return "isub"
    def __rpow__(self, other): return "rpow", other


m = M()
print(m @ 1, 1 @ m, 1 + m, -m, +m, ~m, 2 ** m)
m2 = m
m2 @= 1
print(m2)
m3 = M()
m3 -= 1
print(m3)
