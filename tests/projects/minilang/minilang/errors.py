"""Errors of the language, with their place."""


class LangError(Exception):
    kind = "error"

    def __init__(self, message, at=None):
        super().__init__(message)
        self.at = at

    def __str__(self):
        where = "" if self.at is None else f" at {self.at}"
        return f"{self.kind}{where}: {self.args[0]}"


class SyntaxProblem(LangError):
    kind = "syntax"


class RuntimeProblem(LangError):
    kind = "runtime"


class Signal(BaseException):
    """Control flow inside a loop; never seen by users."""


class Break(Signal):
    pass


class Continue(Signal):
    pass
