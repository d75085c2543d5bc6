"""Trees: every node is a class with `__match_args__`, made by one decorator."""


def node(*fields):
    def decorate(cls):
        def __init__(self, *values, at=None):
            if len(values) != len(fields):
                raise TypeError(f"{cls.__name__} takes {len(fields)} values, not {len(values)}")
            for name, value in zip(fields, values):
                setattr(self, name, value)
            self.at = at

        def __repr__(self):
            inside = ", ".join(repr(getattr(self, name)) for name in fields)
            return f"{cls.__name__}({inside})"

        cls.__match_args__ = fields
        cls.__init__ = __init__
        cls.__repr__ = __repr__
        return cls

    return decorate


@node("value")
class Literal: ...


@node("name")
class Name: ...


@node("operator", "operand")
class Unary: ...


@node("operator", "left", "right")
class Binary: ...


@node("callee", "arguments")
class Call: ...


@node("items")
class ListOf: ...


@node("parameters", "body")
class Function: ...


@node("name", "value")
class Let: ...


@node("name", "value")
class Assign: ...


@node("test", "then", "otherwise")
class If: ...


@node("test", "body")
class While: ...


@node("name", "iterable", "body")
class For: ...


@node("statements")
class Block: ...


@node("word")
class Jump: ...
