"""Tokens to trees, by precedence climbing."""

from . import nodes
from .errors import SyntaxProblem
from .lex import tokens

# operator: (left power, right power); `**` binds to the right.
BINARY = {
    "or": (1, 2),
    "and": (3, 4),
    **dict.fromkeys(["==", "!=", "<", "<=", ">", ">="], (5, 6)),
    **dict.fromkeys("+-", (7, 8)),
    **dict.fromkeys("*/%", (9, 10)),
    "**": (14, 13),
}
UNARY = {"-": 11, "not": 4}


class Parser:
    def __init__(self, source):
        self.stream = tokens(source)
        self.ahead = next(self.stream)

    def advance(self):
        token, self.ahead = self.ahead, next(self.stream, self.ahead)
        return token

    def accept(self, *texts):
        if self.ahead.kind in ("operator", "keyword") and self.ahead.text in texts:
            return self.advance()
        return None

    def expect(self, text):
        token = self.accept(text)
        if token is None:
            found = self.ahead.text or "end of input"
            error = SyntaxProblem(f"expected {text!r}, found {found!r}", self.ahead.at)
            if self.ahead.kind == "end":
                error.add_note("is a bracket open?")
            raise error
        return token

    def name(self):
        if self.ahead.kind != "name":
            raise SyntaxProblem(f"expected a name, found {self.ahead.text!r}", self.ahead.at)
        return self.advance().text

    def statements(self, end):
        found = []
        while True:
            while self.accept(";"):
                pass
            if self.ahead.kind == "end" if end is None else self.ahead.text == end:
                return nodes.Block(found)
            found.append(self.statement())
            if not self.accept(";"):
                if end is None and self.ahead.kind == "end":
                    return nodes.Block(found)
                if end is not None:
                    break
                self.expect(";")
        return nodes.Block(found)

    def block(self):
        self.expect("{")
        body = self.statements("}")
        self.expect("}")
        return body

    def statement(self):
        at = self.ahead.at
        if self.accept("let"):
            name = self.name()
            self.expect("=")
            return nodes.Let(name, self.expression(), at=at)
        if self.accept("while"):
            return nodes.While(self.expression(), self.block(), at=at)
        if self.accept("for"):
            name = self.name()
            self.expect("in")
            return nodes.For(name, self.expression(), self.block(), at=at)
        if token := self.accept("break", "continue"):
            return nodes.Jump(token.text, at=at)
        value = self.expression()
        if isinstance(value, nodes.Name) and self.accept("="):
            return nodes.Assign(value.name, self.expression(), at=at)
        return value

    def expression(self, power=0):
        left = self.prefix()
        while True:
            token = self.ahead
            if token.text == "(" and token.kind == "operator":
                left = nodes.Call(left, self.sequence("(", ")"), at=token.at)
                continue
            powers = BINARY.get(token.text) if token.kind in ("operator", "keyword") else None
            if powers is None or powers[0] < power:
                return left
            self.advance()
            left = nodes.Binary(token.text, left, self.expression(powers[1]), at=token.at)

    def sequence(self, opening, closing):
        self.expect(opening)
        items = []
        while not self.accept(closing):
            items.append(self.expression())
            if not self.accept(","):
                self.expect(closing)
                break
        return items

    def prefix(self):
        token = self.ahead
        match token.kind, token.text:
            case "number", text:
                self.advance()
                return nodes.Literal(int(text), at=token.at)
            case "string", text:
                self.advance()
                return nodes.Literal(text, at=token.at)
            case "keyword", "true" | "false" | "nil" as word:
                self.advance()
                return nodes.Literal({"true": True, "false": False, "nil": None}[word], at=token.at)
            case "name", _:
                return nodes.Name(self.name(), at=token.at)
            case _, ("-" | "not") as operator:
                self.advance()
                return nodes.Unary(operator, self.expression(UNARY[operator]), at=token.at)
            case _, "(":
                self.advance()
                inner = self.expression()
                self.expect(")")
                return inner
            case _, "[":
                return nodes.ListOf(self.sequence("[", "]"), at=token.at)
            case _, "fn":
                self.advance()
                self.expect("(")
                parameters = []
                while not self.accept(")"):
                    parameters.append(self.name())
                    if not self.accept(","):
                        self.expect(")")
                        break
                return nodes.Function(tuple(parameters), self.block(), at=token.at)
            case _, "if":
                self.advance()
                test, then = self.expression(), self.block()
                otherwise = self.block() if self.accept("else") else None
                return nodes.If(test, then, otherwise, at=token.at)
            case "end", _:
                raise SyntaxProblem("unexpected end of input", token.at)
        raise SyntaxProblem(f"unexpected {token.text!r}", token.at)


def compile_source(source):
    return Parser(source).statements(None)
