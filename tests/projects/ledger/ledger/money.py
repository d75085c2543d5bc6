"""Amounts as whole cents, with the operators that bookkeeping needs."""


class Money:
    __slots__ = ("cents",)

    def __init__(self, cents):
        if not isinstance(cents, int):
            raise TypeError(f"cents must be int, not {type(cents).__name__}")
        self.cents = cents

    @classmethod
    def parse(cls, text):
        sign = 1
        if text[:1] in "+-":
            sign = -1 if text[0] == "-" else 1
            text = text[1:]
        whole, _, fraction = text.partition(".")
        if len(fraction) > 2:
            raise ValueError(f"too many decimals in {text!r}")
        return cls(sign * (int(whole) * 100 + int(fraction.ljust(2, "0"))))

    def __add__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.cents + other.cents)

    def __sub__(self, other):
        return self + -other

    def __neg__(self):
        return Money(-self.cents)

    def __abs__(self):
        return Money(abs(self.cents))

    def __mul__(self, factor):
        return Money(round(self.cents * factor))

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Money) and self.cents == other.cents

    def __lt__(self, other):
        return self.cents < other.cents

    def __gt__(self, other):
        return other < self

    def __hash__(self):
        return hash(("Money", self.cents))

    def __bool__(self):
        return self.cents != 0

    def __str__(self):
        sign = "-" if self.cents < 0 else ""
        whole, cents = divmod(abs(self.cents), 100)
        return f"{sign}{whole:,}.{cents:02}"

    def __repr__(self):
        return f"Money({self.cents})"
