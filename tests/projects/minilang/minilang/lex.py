"""Source text to tokens."""

from .errors import SyntaxProblem

KEYWORDS = frozenset("let fn if else while for in and or not true false nil break continue".split())
DOUBLE = {"==", "!=", "<=", ">=", "**"}
SINGLE = set("+-*/%<>=(){}[],;")


class Token:
    __slots__ = ("kind", "text", "at")

    def __init__(self, kind, text, at):
        self.kind, self.text, self.at = kind, text, at

    def __repr__(self):
        return f"<{self.kind} {self.text!r}>"


def tokens(source):
    at = 0
    while at < len(source):
        c = source[at]
        if c.isspace():
            at += 1
            continue
        start = at
        if c.isalpha() or c == "_":
            while at < len(source) and (source[at].isalnum() or source[at] == "_"):
                at += 1
            text = source[start:at]
            yield Token("keyword" if text in KEYWORDS else "name", text, start)
        elif c.isdigit():
            while at < len(source) and source[at].isdigit():
                at += 1
            yield Token("number", source[start:at], start)
        elif c == '"':
            at = source.find('"', start + 1) + 1
            if not at:
                raise SyntaxProblem("string without end", start)
            yield Token("string", source[start + 1 : at - 1], start)
        elif source[at : at + 2] in DOUBLE:
            at += 2
            yield Token("operator", source[start:at], start)
        elif c in SINGLE:
            at += 1
            yield Token("operator", c, start)
        else:
            raise SyntaxProblem(f"unexpected character {c!r}", at)
    yield Token("end", "", at)
