"""What can be wrong with a journal."""


class LedgerError(Exception):
    """Base of all errors of this package; knows its line."""

    def __init__(self, message, line=None):
        super().__init__(message)
        self.line = line

    def __str__(self):
        text = super().__str__()
        return text if self.line is None else f"line {self.line}: {text}"


class ParseError(LedgerError):
    pass


class Unbalanced(LedgerError):
    def __init__(self, rest, line=None):
        super().__init__(f"entry does not balance, {rest} left over", line)
        self.rest = rest
