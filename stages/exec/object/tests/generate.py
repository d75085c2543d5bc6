"""Writes tests/data/builtin_types.tsv: what CPython 3.14 answers. Run from this folder's parent with CPython 3.14."""
RECEIVERS = {
    "'hello world'": [("upper", ""), ("title", ""), ("split", ""), ("split", "'o'"), ("split", "None, 1"), ("rsplit", "None, 1"), ("find", "'o'"),
        ("find", "'o', 5"), ("find", "'o', 5, 6"), ("rfind", "'o'"), ("index", "'z'"), ("count", "'l'"), ("count", "''"), ("replace", "'l', 'LL'"),
        ("replace", "'l', 'LL', 1"), ("replace", "'', '-'"), ("startswith", "'he'"), ("startswith", "('x', 'he')"), ("startswith", "1"), ("endswith", "'ld'"),
        ("strip", "'hd'"), ("strip", "1"), ("center", "20"), ("center", "20, '*'"), ("ljust", "13"), ("rjust", "13, '.'"), ("zfill", "14"), ("partition", "' '"),
        ("rpartition", "'o'"), ("partition", "''"), ("join", "['a', 'b']"), ("join", "['a', 1]"), ("join", "1"), ("join", "('x',)"), ("encode", ""), ("isalpha", ""),
        ("splitlines", ""), ("removeprefix", "'hello '"), ("removesuffix", "'ld'"), ("swapcase", ""), ("capitalize", ""), ("__len__", ""), ("__getitem__", "1"),
        ("__getitem__", "-1"), ("__getitem__", "50"), ("__getitem__", "'x'"), ("__contains__", "'wor'"), ("__contains__", "1"), ("__add__", "'!'"), ("__add__", "1"),
        ("__mul__", "2"), ("__mod__", "1"), ("__eq__", "'hello world'"), ("__lt__", "'i'"), ("__lt__", "1"), ("__format__", "'>15'"), ("__format__", "'d'"),
        ("expandtabs", ""), ("translate", "1"), ("upper", "1"), ("find", ""), ("join", ""), ("__hash__", "1"), ("isidentifier", ""), ("split", "''"), ("split", "1")],
    "'%s and %d'": [("__mod__", "('a', 3)"), ("__mod__", "('a',)"), ("__mod__", "('a', 'b')"), ("__mod__", "('a', 1, 2)")],
    "'%5.2f|%-5d|%05d|%x|%r|%c|%%'": [("__mod__", "(3.14159, 42, 42, 255, 'x', 65)")],
    "'%(x)s'": [("__mod__", "1")],
    "'{} {1}'": [("format", "1, 2")],
    "'{0:>5}|{1:<5}|{2:^5}|{0!r}'": [("format", "'a', 2, 3.5"), ("format", "1")],
    "'{:,} {:.2%} {:x} {:e}'": [("format", "1234567, 0.256, 255, 12345.678")],
    "'{0[1]} {0[0]}'": [("format", "[1, 2]"), ("format", "(3,)")],
    "'{:{}}'": [("format", "'a', 5"), ("format", "'a', '>5'")],
    "'h\u00e9llo \u20ac'": [("upper", ""), ("find", "'\u20ac'"), ("__getitem__", "1"), ("__len__", ""), ("encode", ""), ("encode", "'ascii'"), ("encode", "'ascii', 'replace'"),
        ("encode", "'latin-1'"), ("encode", "'utf-16'"), ("encode", "'foo'"), ("rjust", "9, '\u00e9'"), ("split", "' '"), ("isascii", "")],
    "b'hello'": [("upper", ""), ("find", "b'l'"), ("find", "108"), ("split", "b'l'"), ("decode", ""), ("decode", "'ascii'"), ("hex", ""), ("hex", "':'"), ("__getitem__", "1"), ("__getitem__", "9"),
        ("__add__", "b'x'"), ("__add__", "'x'"), ("replace", "b'l', b'L'"), ("startswith", "b'he'"), ("startswith", "'he'"), ("join", "[b'a', b'b']"), ("join", "['a']"), ("__contains__", "b'e'"),
        ("__contains__", "101"), ("__contains__", "'e'"), ("__mul__", "2"), ("strip", "b'ho'"), ("center", "9"), ("center", "9, b'*'"), ("partition", "b'l'"), ("__mod__", "()"), ("title", ""), ("isalpha", ""),
        ("count", "b'l'"), ("index", "b'z'"), ("rsplit", "b'l', 1"), ("zfill", "7"), ("translate", "None, b'l'"), ("removeprefix", "b'he'"), ("splitlines", ""), ("__eq__", "b'hello'"), ("__lt__", "b'i'")],
    "b'%s=%d'": [("__mod__", "(b'a', 3)"), ("__mod__", "('a', 3)")],
    "12345": [("__add__", "1"), ("__add__", "1.5"), ("__add__", "'a'"), ("__sub__", "1"), ("__mul__", "99999999999"), ("__truediv__", "7"), ("__floordiv__", "-7"), ("__mod__", "-7"), ("__divmod__", "100"), ("__truediv__", "0"),
        ("__pow__", "30"), ("__pow__", "-1"), ("__pow__", "5, 7"), ("__neg__", ""), ("__abs__", ""), ("__invert__", ""), ("__lshift__", "70"), ("__rshift__", "3"), ("__lshift__", "-1"), ("__and__", "255"), ("__or__", "3"), ("__xor__", "1"),
        ("bit_length", ""), ("bit_count", ""), ("to_bytes", "4, 'big'"), ("to_bytes", "1, 'big'"), ("to_bytes", "4, 'little'"), ("__format__", "',d'"), ("__format__", "'x'"), ("__format__", "'s'"), ("__round__", "-2"), ("__round__", ""),
        ("__eq__", "12345"), ("__lt__", "1.5"), ("__hash__", ""), ("as_integer_ratio", ""), ("conjugate", ""), ("real", ""), ("imag", ""), ("numerator", ""), ("__index__", ""), ("__bool__", ""), ("__float__", ""), ("is_integer", "")],
    "-7": [("__floordiv__", "2"), ("__mod__", "2"), ("__divmod__", "2"), ("__rshift__", "1"), ("__pow__", "3"), ("__and__", "3"), ("__abs__", ""), ("to_bytes", "1"), ("__hash__", ""), ("__truediv__", "2")],
    "4611686018427387904": [("__add__", "1"), ("__sub__", "1"), ("__mul__", "4611686018427387904"), ("__neg__", ""), ("__hash__", ""), ("__floordiv__", "3"), ("__mod__", "1000"), ("bit_length", ""), ("__eq__", "4611686018427387904"), ("__format__", "','"), ("__pow__", "3"), ("__rshift__", "60"), ("__invert__", ""), ("__float__", "")],
    "2.5": [("__add__", "1"), ("__mul__", "2.0"), ("__truediv__", "0"), ("__floordiv__", "1"), ("__mod__", "-1"), ("__pow__", "2"), ("__round__", ""), ("__round__", "0"), ("is_integer", ""), ("as_integer_ratio", ""), ("hex", ""), ("__format__", "'.3f'"), ("__format__", "'d'"), ("__int__", ""), ("__trunc__", ""), ("__floor__", ""), ("__ceil__", ""), ("__eq__", "2.5"), ("__lt__", "3"), ("__hash__", ""), ("real", ""), ("__neg__", ""), ("__bool__", ""), ("__divmod__", "1"), ("__repr__", "")],
    "1e300": [("__mul__", "1e300"), ("__pow__", "2"), ("__int__", ""), ("__repr__", ""), ("__hash__", "")],
    "True": [("__and__", "False"), ("__or__", "2"), ("__repr__", ""), ("__add__", "True"), ("__xor__", "True"), ("__int__", "")],
    "[3, 1, 2]": [("append", "1"), ("pop", ""), ("pop", "0"), ("pop", "9"), ("index", "1"), ("index", "9"), ("index", "3, 1"), ("count", "1"), ("remove", "9"), ("sort", ""), ("copy", ""), ("__getitem__", "-1"), ("__getitem__", "3"), ("__getitem__", "'a'"), ("__add__", "[4]"), ("__add__", "4"), ("__mul__", "2"), ("__rmul__", "0"), ("__contains__", "1"), ("__len__", ""), ("__eq__", "[3, 1, 2]"), ("__lt__", "[3, 2]"), ("__repr__", ""), ("extend", "1"), ("insert", "'a', 1"), ("insert", "1"), ("reverse", ""), ("__setitem__", "5, 1"), ("__delitem__", "5"), ("__iadd__", "'ab'"), ("__hash__", ""), ("append", "")],
    "[1, 'a']": [("sort", "")],
    "[2.5, 1.5]": [("__contains__", "1.5"), ("index", "1.5")],
    "(1, 2, 1)": [("count", "1"), ("index", "2"), ("index", "5"), ("__add__", "(3,)"), ("__add__", "[3]"), ("__getitem__", "1"), ("__getitem__", "7"), ("__hash__", ""), ("__mul__", "2"), ("__eq__", "(1, 2, 1)"), ("__lt__", "(1, 3)"), ("__contains__", "2"), ("__repr__", ""), ("__len__", "")],
    "(1,)": [("__repr__", "")],
    "{1, 2, 3}": [("__contains__", "2"), ("union", "[4]"), ("intersection", "[1, 9]"), ("difference", "[1]"), ("symmetric_difference", "[1, 9]"), ("issubset", "[1, 2, 3, 4]"), ("issuperset", "[1]"), ("isdisjoint", "[9]"), ("add", "4"), ("remove", "9"), ("discard", "9"), ("__and__", "{1}"), ("__or__", "{9}"), ("__sub__", "{1}"), ("__xor__", "{1}"), ("__eq__", "{3, 2, 1}"), ("__lt__", "{1, 2, 3, 4}"), ("copy", ""), ("__repr__", ""), ("__or__", "[1]"), ("add", "[1]"), ("__len__", ""), ("union", "1"), ("__hash__", "")],
    "None": [("__repr__", ""), ("__bool__", ""), ("foo", "")],
}
import math
def show(receiver, method, arguments):
    value = eval(receiver)
    try:
        found = getattr(value, method)
        return repr(found(*eval("(" + arguments + ("," if arguments else "") + ")")) if callable(found) else found)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
with open("tests/data/builtin_types.tsv", "w") as out:
    for receiver, calls in RECEIVERS.items():
        for method, arguments in calls:
            out.write("\t".join([receiver, method, arguments, show(receiver, method, arguments)]) + "\n")
