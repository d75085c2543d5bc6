s = "Hello, World"
print(s.upper(), s.lower(), s.swapcase(), s.title(), s.center(20, "*"), s.find("o"), s.rfind("o"), s.count("l"), s.index("W"))
print(s.replace("l", "L", 2), s.split(", "), "a b  c".split(), "a,b,,c".split(","), "a\nb\r\nc".splitlines(), "x".join(["1", "2", "3"]))
print(s.startswith("He"), s.endswith(("x", "ld")), "  pad ".strip(), "xxaxx".lstrip("x"), "xxaxx".rstrip("x"), "abc".partition("b"), "abcbd".rpartition("b"))
print(s[0], s[-1], s[2:5], s[::-1], s[::2], s * 2, "a" in s, len(s), ord("A"), chr(233), "é".encode(), b"caf\xc3\xa9".decode())
print("%s is %d years and %.2f, %r %x %5s|%-5s|%%" % ("Bob", 42, 3.14159, "q", 255, "r", "l"), "%(a)s" % {"a": 1})
print("{} {1}".format(1, 2) if False else "{} {}".format(1, 2), "{0} {1} {0}".format("a", "b"), "{x.real} {y[0]}".format(x=5, y=[7]), "{:>8}|{:<8}|{:^8}".format("r", "l", "c"), "{!r}".format("q"))
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\n\t\\\x00\x7f\xa0é\u200b😀"), ascii("é😀"), str(b"ab'c\xff"))
print("abc" < "abd", "a" * 0 == "", "ß".upper(), "İ".lower(), "ǆ".title(), "Straße".casefold(), "１２".isdigit(), "Ⅷ".isnumeric(), "a1".isalnum(), "_x".isidentifier(), "\n".isspace(), "A".isupper())
print("😀é"[0], len("😀é"), "a😀b"[1:], "a😀b".find("b"), "é" in "café", "naïve".index("v"), "日本語".encode("utf-8"), "日本語"[::-1])
print("tab\tx".expandtabs(4), "42".zfill(5), "-42".zfill(6), "abc".translate({97: "A", 98: None}), str.maketrans("ab", "xy"), "a-b_c".replace("-", ""), "prefix.x".removeprefix("prefix."), "x.py".removesuffix(".py"))
b = b"bytes\x00\xff"
print(b, b[0], b[1:3], b.hex(), bytes.fromhex("0aff"), bytes(3), bytes([65, 66]), b + b"!", b.find(b"t"), b"a,b".split(b","), b"abc".upper(), b"x" in b, 255 in b)
ba = bytearray(b"abc")
ba[0] = 65; ba.append(100); ba += b"e"; ba.extend([102]); del ba[1]
print(ba, ba[1:3], bytes(ba), len(ba))
for bad in (lambda: "a"[5], lambda: "abc".index("z"), lambda: "a" % 1, lambda: "%d" % "x", lambda: "{".format(), lambda: "{}".format(), lambda: b"\xff".decode(), lambda: "é".encode("ascii"), lambda: chr(-1), lambda: ord("ab"), lambda: "a" + b"b", lambda: "x".join([1]), lambda: int("12a"), lambda: float("z"), lambda: f"{1:s}", lambda: f"{'a':d}"):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
t = ""
for i in range(5): t += str(i)
print(t, "multi" "part" 'string', r"raw\n", """triple
line""", "\x41\u0042\U00000043\N{GREEK SMALL LETTER ALPHA}\101")
print(f"{'a' 'b'}", f"{1}{2}", f"{{}}", f"{'\n'!r}", f"{3:>{2 + 3}}|", f"{{'k'}}", f"{dict(a=1)['a']}", F"{1!s}", rf"\d{1}")
print("a\tb".split("\t"), "1,2;3".replace(";", ",").split(","), "aXbX".split("X", 1), "aXbX".rsplit("X", 1), "abab".count("ab"), "".join(sorted("hello")), "hello".capitalize(), max("hello"))
print("%5.1f|%-8d|%+d|%08.3f|%e|%g|%c|%o" % (3.14159, 42, 7, 2.5, 12345.678, 0.0001, "x", 8), "%s %s" % (1, [2]), "%s" % (None,))
print(format(1234.5, ",.2f"), format(0.00001234), format(1e100), format(True), format(-5, "08b"), format("x", ">3"), format(12345678, "_"), format(3 + 4j, ".1f"))
