"""Writes tests/data/*.tsv: what CPython 3.14 answers. Run from this folder's parent with CPython 3.14.

Fields are separated by tabs and escaped as in `str.encode("unicode_escape")`; the last one is the result,
`!` and the exception's message when Python raises.
"""
import random
import struct
import sys
import warnings

random.seed(20)
warnings.simplefilter("ignore")


def field(value):
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, list):
        return "|".join(field(item) for item in value)
    return str(value).encode("unicode_escape").decode("ascii").replace("|", "\\x7c")


def write(area, rows):
    with open(f"tests/data/{area}.tsv", "w") as out:
        for *inputs, compute in rows:
            try:
                result = field(compute())
            except (UnicodeDecodeError, UnicodeEncodeError) as error:
                result = f"!{error.start}-{error.end} {field(error.reason)}"
            except (ValueError, OverflowError) as error:
                result = "!" + field(error)
            out.write("\t".join([*map(field, inputs), result]) + "\n")


floats = [0.0, -0.0, 1.0, -1.5, 0.1, 0.2 + 0.1, 1e16, 1e15, 9999999999999998.0, 123456789012345680.0, 1e-4,
          1e-5, 0.00012345, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, float("inf"),
          float("-inf"), float("nan"), 2.5, 0.5, 1.5, 3.5, 0.125, 1e22, 1e23, 123456.789, 1234567.0, 99.95,
          999999.5, 0.045, 1 / 3, 100.0, 1e100, -123.456e-7]
while len(floats) < 160:
    value = struct.unpack("<d", random.randbytes(8))[0]
    if value == value:
        floats.append(value)
    floats.append(round(random.uniform(-1e6, 1e6), random.randint(0, 6)))

FLOAT_SPECS = ["", "f", ".0f", ".2f", "e", ".0e", ".3e", "g", ".3g", "#g", "#.0f", "#.0e", "%", ".1%", ",", ",.2f",
               "_", "_.3f", "012,.2f", "+", " ", "z.1f", "z", "+.3", ".17", ".20", "<10.1f", "^12", "=12", "*>15g", "010",
               "G", "E", "F", "n", ".0", "#", "#.3", ".,f", ".6_f", ",.8_f", ".", "d", "s", "x", "é", "x<20", "0<20", "0>9",
               ".50f", ".400e", "012_", "0=+14,.1f", "zz", "5%", ".1100f"]
INT_SPECS = ["", "d", "x", "X", "o", "b", "c", "#x", "#X", "#o", "#b", "n", ",", "_", "_x", "_b", "#_b", "010", "+d", " d", "=+12",
             "^12", "*<8x", ".2", "zd", ",x", "_c", "+c", "#c", "010,", "020_b", "#020_x", "s", "5é", "012,", "09,", "08,", "07,",
             "e", ".1f", "%", ",.2f", "<0", "0<8", "06", "-d", "é>6", "\ud800>6d", "!r", "5.", "1_,", "99999999999999999999"]
ints = [0, 1, -1, 7, 42, -255, 255, 65, 1000, 1234, -1234567, 123456789, 2**31, -2**63, 2**63 - 1, 8364, 0x1F600]
STR_SPECS = ["", "s", "10", "<10", ">10", "^11", ".2", "10.2", "é^9", "010", "0<10", "=10", "+", " ", "z", "#", ",", "_",
             "d", "5z", "\U0001f600>5", ".0", "xx", ".,", "-"]
texts = ["", "a", "hello", "Hello World", "é€\U0001f600", "it's", 'say "hi"', "both ' and \"", "tab\t\n\r\x00\x7f\x1b",
         "\ud800x\udfff", "ǅ ǆ Ǆ", "ß ﬁ ŉ", "ΑΣ ΑΣΑ Σ ΑΣ'", "ıİiI", "١٢٣", "½²³", "\xa0 \u2003x\u3000", "a\u0301b", "日本語", "x y  z ",
         "  lead", "__init__", "1abc", "été", "\u2028line\u2029\x85\x0b\x0c\x1c\x1d\x1e\x1f.", "a\r\nb\rc\nd", "they're bill's", "Ab1Cd", "ͅ", "ʰA", "\u00ad",
         "\U0001d7d8", "\u200b", "中ⅷ", "ﷺ", "aaaa", "mississippi", "a,b,,c,", "\\back"]

write("float", [("repr", v.hex(), lambda v=v: repr(v)) for v in floats]
      + [("hex", v.hex(), lambda v=v: v.hex()) for v in floats]
      + [("format", v.hex(), s, lambda v=v, s=s: format(v, s)) for v in floats[:48] for s in FLOAT_SPECS])
PARSE = ["1", " 1.5 ", "1e5", "1_0.5_0", "1__0", "_1", "1_", "1._5", "1_e5", "1e_5", "1e1_0", ".5", "5.", ".", "", "+", "-", "+-1", "inf", "-INF",
         "Infinity", "nan", "+nan", "infin", "0x1p3", "١٢٣.٥", "\u20031\xa0", "1e400", "-1e400", "1e-400", "1 2", "1\x00", "é", "1e", "e5", "1.e1", "\x1c1\x1f", "\x1c1\xa0",
         "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
         "2.2250738585072011e-308", "0.1000000000000000055511151231257827021181583404541015625", "9007199254740993", "9007199254740992.99999999999999"]
write("float_parse", [("parse", t, lambda t=t: float(t).hex()) for t in PARSE])
HEX = ["0x1p0", "1", "0x1.8p1", " -0x.8 ", "inf", "-Infinity", "nan", "0x1p1024", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023", "0x1p-1074", "0x1p-1075",
       "0x1.8p-1075", "0x1.000000000000080000000000000000001p0", "0x1.00000000000008p0", "0x1.00000000000018p0", "0x", "", "p1", "0x1p", "0x1px", "0x1.1.1", "1e5", "abcp2",
       "0x123456789abcdef0123456789p-50", "0x0.0000000000000000000000000000001p99999999999999", "0x0p99999999999999999999", "0x1p-99999999999999999999", "0x0.000000000000000000001p10", "0X1P+3", "0x1_0",
       "0x1.fffffffffffffp-1023", "0x0.fffffffffffff8p-1022", "0x1.0000000000001p-1060"]
write("float_hex", [("from_hex", t, lambda t=t: float.fromhex(t).hex()) for t in HEX])
INTS = [("1", 10), (" -12 ", 10), ("1_000", 10), ("1__0", 10), ("_1", 10), ("1_", 10), ("0x1f", 16), ("0x1f", 0), ("0X_1f", 0), ("0x_", 0), ("0b101", 0), ("0b101", 2), ("0b101", 16), ("0o17", 0),
        ("0o17", 8), ("017", 0), ("017", 10), ("00", 0), ("0_0", 0), ("zz", 36), ("ZZ", 36), ("12", 2), ("", 10), ("+", 10), ("- 1", 10), ("+1", 10), ("١٢٣", 10), ("\u20031\xa0", 10), ("1.5", 10),
        ("9223372036854775807", 10), ("9223372036854775808", 10), ("-9223372036854775808", 10), ("123456789012345678901234567890", 10), ("f" * 40, 16), ("1" * 4300, 10), ("1" * 4301, 10), ("1" * 5000, 2), ("0x", 16), ("0b", 0), ("0_7", 0), ("\x00", 10), ("1\x001", 10), ("é", 10), ("٣", 2), ("0x 1", 16), ("\x1c1", 10), ("\x1c1\xa0", 10), ("0x-1", 0), ("-0x1", 0), ("+0b1_0", 0)]
def parse_int(t, b):
    try:
        return int(t, b)
    except ValueError as error:
        raise ValueError("digits" if "4300" in str(error) else "invalid") from None
sys.set_int_max_str_digits(4300)
def show_int(t, b):
    sys.set_int_max_str_digits(4300)
    v = parse_int(t, b)
    sys.set_int_max_str_digits(0)
    return str(v)
write("int", [("parse", t, b, lambda t=t, b=b: show_int(t, b)) for t, b in INTS]
      + [("format", n, s, lambda n=n, s=s: format(n, s)) for n in ints for s in INT_SPECS])
COMPLEX = [0j, 1 + 2j, -1.5 - 0j, complex(-0.0, 1), 3j, complex("nan+infj"), 1e20 + 1e-7j]
write("complex", [("format", v.real.hex(), v.imag.hex(), s, lambda v=v, s=s: format(v, s)) for v in COMPLEX
      for s in ["10", ".2f", "+.1e", "g", ">30", "<30.2", "^30", "010", "=10", "%", "d", ",.2f", "z.1f", "#g", "-", " ", "*^30"]])
STR_METHODS = ["upper", "lower", "title", "capitalize", "swapcase", "casefold", "isalpha", "isalnum", "isdecimal", "isdigit", "isnumeric", "isspace",
               "isprintable", "isidentifier", "islower", "isupper", "istitle"]
write("str", [(m, t, lambda m=m, t=t: getattr(t, m)()) for m in STR_METHODS for t in texts]
      + [("repr", t, lambda t=t: repr(t)) for t in texts] + [("ascii", t, lambda t=t: ascii(t)) for t in texts]
      + [("format", t, s, lambda t=t, s=s: format(t, s)) for t in texts[:8] for s in STR_SPECS]
      + [("splitlines", t, k, lambda t=t, k=k: t.splitlines(k == 1)) for t in texts for k in (0, 1)]
      + [(m, t, n, lambda m=m, t=t, n=n: getattr(t, m)(None, n)) for m in ("split", "rsplit") for t in texts for n in (-1, 0, 1, 2)]
      + [(m + "_at", t, s, n, lambda m=m, t=t, s=s, n=n: getattr(t, m)(s, n)) for m in ("split", "rsplit") for t in texts for s in (",", "ss", "a", "Σ") for n in (-1, 0, 1, 2)]
      + [(m, t, lambda m=m, t=t: getattr(t, m)()) for m in ("strip", "lstrip", "rstrip") for t in texts]
      + [(m + "_set", t, s, lambda m=m, t=t, s=s: getattr(t, m)(s)) for m in ("strip", "lstrip", "rstrip") for t in texts for s in ("a, ", "éd", "\ud800", "")]
      + [("replace", t, o, w, n, lambda t=t, o=o, w=w, n=n: t.replace(o, w, n)) for t in texts for o, w in (("a", "bb"), ("ss", ""), ("", "-"), ("é", "e")) for n in (-1, 0, 1, 2)]
      + [("expandtabs", t, n, lambda t=t, n=n: t.expandtabs(n)) for t in ("a\tb", "é\tb\n\tc", "\t\t") for n in (0, 1, 4, 8)])
datas = [b"", b"abc", b"Hello World", b"it's", b"\x00\xff\t\n\r\\", b"\x1c \x85\xa0x ", b"ab12cd", b"They're", b"'\"", b"a\r\nb\rc\x0bd"]
write("bytes", [(m, t, lambda m=m, t=t: getattr(t, m)()) for m in ("title", "capitalize", "swapcase", "istitle", "strip", "split", "rsplit", "splitlines") for t in datas]
      + [("repr", t, lambda t=t: repr(t)) for t in datas]
      + [("hex", t, s, n, lambda t=t, s=s, n=n: t.hex(s, n)) for t in datas for s in ":" for n in (1, 2, 3, -2, 0)]
      + [("fromhex", t, lambda t=t: bytes.fromhex(t)) for t in ("", "00ff", "a B", "ab cd", "1", "1g", "g1", " 12 3 4", "12\t34", "12é")]
      + [("replace", t, o, w, lambda t=t, o=o, w=w: t.replace(o, w)) for t in datas for o, w in ((b"", b"-"), (b"b", b"BB"), (b"lo", b""))])
BAD = [b"abc", "é€\U0001f600".encode(), b"\xe2\x28\xa1", b"\xf0\x90\x28\xbc", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5a", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xff\xfe", b"a\x80\xffb", b"\xf0\x9f\x98",
       b"\x00\xd8", b"\x00\xd8a\x00", b"\x00\xdca\x00", b"a\x00b", b"=\xd8\x00\xde", b"\xd8=\xde\x00", b"\x00\x00\x11\x00", b"\x00\xd8\x00\x00", b"\x00\xd8\x00", b"a\0\0\0", b"\xed\xa0\x80\xed"]
CODECS = ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1", "ascii"]
write("decode", [(c, p, d, lambda c=c, p=p, d=d: d.decode(c, p)) for c in CODECS for d in BAD
      for p in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass")])
ENC = ["abc", "é€\U0001f600", "\ud800", "a\udc80\udcffb", "\udc80\ud800x", "\ud83d\ude00", "aéèb€€", "\udc41"]
write("encode", [(c, p, t, lambda c=c, p=p, t=t: t.encode(c, p)) for c in CODECS for t in ENC
      for p in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "surrogateescape", "surrogatepass")])
ESC = ["plain", r"\n\t\\\'\"\a\b\f\v\r", r"\x41\x1", r"\x4", r"\u20ac\u12", r"\U0001f600", r"\U11111111", r"\101\7\400\777", "\\", r"\q\8", r"\N{EURO SIGN}", r"\N{foo}", r"\N", r"\N{", r"\N{}", "a\\\nb", "\xe9", r"\ud800"]
write("escape", [("unicode_escape", t, lambda t=t: t.encode("latin-1").decode("unicode_escape")) for t in ESC]
      + [("raw_unicode_escape", t, lambda t=t: t.encode("latin-1").decode("raw_unicode_escape")) for t in ESC + [r"\\u20ac", r"\\\u20ac"]]
      + [("encode_unicode_escape", t, lambda t=t: t.encode("unicode_escape")) for t in texts]
      + [("encode_raw_unicode_escape", t, lambda t=t: t.encode("raw_unicode_escape")) for t in texts])
PERCENT_INT = ["%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%8.3d", "%x", "%#x", "%#X", "%#o", "%08.3d", "%#010x", "%-#10x|", "%+.5x", "%i", "%u", "%ld"]
PERCENT_FLOAT = ["%f", "%.2f", "%10.3f", "%-10.1f|", "%010.2f", "%e", "%.0e", "%g", "%#g", "%G", "%E", "%F", "%+f", "% f", "%#.0f", "%5.f", "%.400f"]
PERCENT_STR = ["%s", "%5s", "%-5s|", "%.2s", "%6.1s", "%05s", "%%", "%5%"]
write("percent", [("int", s, n, lambda s=s, n=n: s % n) for s in PERCENT_INT for n in ints]
      + [("float", s, v.hex(), lambda s=s, v=v: s % v) for s in PERCENT_FLOAT for v in floats[:40]]
      + [("str", s, t, lambda s=s, t=t: s % (t,)) for s in PERCENT_STR[:6] for t in texts]
      + [("str", s, "", lambda s=s: s % ()) for s in ("%%", "%%%%", "a%%b", "100%%")]
      + [("error", s, lambda s=s: s % 1) for s in ("%z", "%", "%5.3z", "é%y", "%99999999999999999999d", "%.9999999999f", "%5", "%5.", "%l", "%-+ #0", "%5%", "%\x01")])
TEMPLATES = ["", "plain", "{}", "{0}{1}", "a{}b{}c", "{{}}", "{{{}}}", "{0.real}", "{0[a]}", "{0[2][x].y}", "{a!r:>10}", "{:{}}", "{!s}", "{", "}", "{!", "{0!}", "{0!rr}", "{0[}", "{0[]}", "{0.}", "{0[a]b}", "{a{}",
             "{0:{", "{:}}", "{}{0}", "{0}{}", "{99999999999999999999999}", "{0", "{0!r", "{0!r:", "{:{", "{٣}", "{ 0}", "{-1}", "{0[}]}", "x{{y}}z", "}}", "{{", "a}b", "{0[0]", "{0:{1}{2}}", "{é!é}", "{[a]}", "{.a}"]
from _string import formatter_parser, formatter_field_name_split
def parts(t):
    out = []
    for literal, name, spec, conversion in formatter_parser(t):
        if literal:
            out.append("T" + literal)
        if name is not None:
            out.append("F" + name + ";" + (conversion or "") + ";" + (spec or ""))
    return out
def name_parts(t):
    first, rest = formatter_field_name_split(t)
    return [("I" if isinstance(first, int) else "K") + str(first)] + [("A" if attr else "I" if isinstance(v, int) else "K") + str(v) for attr, v in rest]
write("template", [("template", t, lambda t=t: parts(t)) for t in TEMPLATES]
      + [("name", t, lambda t=t: name_parts(t)) for t in ("0", "a", "a.b", "a[b]", "a[0].x[y z]", "0.real", "a[", "a[]", "a.", "a[b]c", "a..b", "12[3]", "٣", "-1", "a[-1]", "99999999999999999999999", "a.b.c[d.e]")])

import zlib
CASES = ["upper", "lower", "title", "capitalize", "swapcase", "casefold"]
PREDICATES = ["isalpha", "isalnum", "isdecimal", "isdigit", "isnumeric", "isspace", "isprintable", "isidentifier", "islower", "isupper", "istitle"]
everything = [chr(point) for point in range(0x110000)]
write("unicode", [(m, lambda m=m: zlib.crc32("\n".join(getattr(c, m)() for c in everything).encode("utf-8", "surrogatepass"))) for m in CASES]
      + [(m, lambda m=m: zlib.crc32(bytes(getattr(c, m)() for c in everything))) for m in PREDICATES])
