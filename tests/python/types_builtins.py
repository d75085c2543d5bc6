"""Builtin functions and types: results, and the messages of what they refuse."""
print("hello", 1, 2.5, None, True, sep="|", end="!\n")
print(*range(5))
print(sorted([3,1,2], reverse=True), sorted("bca", key=lambda c: -ord(c)))
print(list(zip("abc", [1,2,3])), list(enumerate("ab", 5)), list(map(lambda x, y: x+y, [1,2], [3,4])))
print(list(filter(None, [0,1,2])), list(reversed([1,2,3])), list(reversed("abc")))
print(min(3,1,2), max([1,5,2], key=lambda x: -x), sum([1,2,3]), sum([0.1]*10), sum([[1],[2]], []))
print(abs(-3), divmod(7,-2), pow(2,10), pow(2,-1,7), round(2.567,2), round(1234,-2))
print(hex(255), bin(-5), oct(8), chr(8364), ord("€"), ascii("é€"), repr("it's"))
print(isinstance(3, (int, str)), issubclass(bool, int), callable(len), hasattr([], "append"), getattr(3, "foo", "d"))
print("%s %r %5.2f %-5d| %05d %x %c %%" % ("a", "b", 3.14159, 42, 42, 255, "z"))
print("{:>10}|{:<5}|{:^7}|{!r}|{:,}|{:.3%}".format("x", "y", "z", "w", 1234567, 0.1234))
print(f"{3.14159:.2f} {42:08b} {'s':*^9} {1e10:g} {1234.5:,.2f} {255:#x}")
class A:
    def __init__(self, x): self.x = x
    def __repr__(self): return f"A({self.x})"
    def __lt__(self, o): return self.x < o.x
    def __eq__(self, o): return self.x == o.x
    def __hash__(self): return hash(self.x)
    @property
    def double(self): return self.x * 2
    @staticmethod
    def s(): return "static"
    @classmethod
    def c(cls): return cls.__name__
a = sorted([A(3), A(1), A(2)])
print(a, min(a), max(a), a[0].double, A.s(), A.c(), A.__name__, A.__qualname__, A.__module__, A.__mro__, type(a[0]))
print({A(1): 2}[A(1)], A(1) in {A(1)}, [A(1)].index(A(1)))
d = {"a": 1, "b": 2}
print(d, d.items(), d.keys() & {"a"}, list(d.values()), d | {"c": 3}, dict(a=1), dict([("x", 1)]), d.get("z"), d.pop("a"), d)
s = {3, 1, 2}
print(s, s | {9}, frozenset([1,2]), s ^ {1}, {1,2} < {1,2,3})
print([1,2,3,4,5][::2], "hello"[::-1], (1,2,3)[1:], list(range(10))[2:8:3])
l = [1,2,3,4,5]; l[1:3] = [9]; del l[0]; print(l); l[::2] = [7,7]; print(l)
l.extend("ab"); l.insert(0, "z"); l.remove("a"); print(l, l.pop(), l.count(7), l.index("z"))
print("a,b,c".split(","), " x y ".split(), "abc".partition("b"), "-".join("abc"), "Hello".swapcase(), "hello world".title())
print("abc".encode(), b"abc".decode(), b"\x00\xff", bytes([1,2]), bytearray(b"xy"), memoryview(b"abc")[1])
print(10**30, 2**100 // 3, -7 // 2, -7 % 3, 7 / 2, 1 << 70, ~5, 5 & 3, 0.1 + 0.2, 1e16, 1e-5, float("inf"), 1j * 2)
print(int("12"), int("ff", 16), float("1.5"), complex("1+2j"), str(5), bool([]), list("ab"), tuple([1]), set("a"))
for bad in ["1+'a'", "'a'+1", "[]+1", "{}['x']", "[1][5]", "int('x')", "1/0", "len(3)", "foo", "None.x", "'a'.foo", "[].append(1,2)", "(1,2)[0]", "max([])", "sum(['a'],'')", "int([])", "{[]:1}", "sorted([1,'a'])", "'%d' % 'x'", "'{}'.format()", "chr(-1)", "ord('ab')", "range(1.5)", "'abc'.index('z')", "[].pop()", "{}.popitem()", "iter(3)", "next(iter([]))", "print(1, foo=2)", "open('/nonexistent')", "zip([1],[2,3],strict=True).__next__()", "list(zip([1],[2,3],strict=True))", "'a' < 1", "hash([])", "isinstance(1, 2)", "abs('a')", "round('a')", "bytes('a')", "'abc'['x']", "object().x", "str.join()", "enumerate()", "map(1)", "reversed(5)", "min(1, key=2)", "float('a')", "[].sort(1)", "dict([1])", "set([[]])", "b'a'+'a'", "int('1'*5000)", "3()", "type('A',(int,str),{})"]:
    try:
        print(bad, "->", eval(bad))
    except Exception as e:
        print(bad, "->", type(e).__name__, e, e.args if not isinstance(e, OSError) else (e.errno, e.filename))
