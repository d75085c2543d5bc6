"""Trees to values."""

from . import nodes
from .errors import Break, Continue, RuntimeProblem


class Scope:
    def __init__(self, parent=None, **names):
        self.names = names
        self.parent = parent

    def find(self, name, at):
        scope = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.parent
        problem = RuntimeProblem(f"unknown name {name!r}", at)
        known = sorted(self.visible())
        problem.add_note(f"known names: {', '.join(known[-4:])}")
        raise problem

    def visible(self):
        yield from self.names
        if self.parent is not None:
            yield from self.parent.visible()


class Closure:
    def __init__(self, function, scope):
        self.function = function
        self.scope = scope

    @property
    def arity(self):
        return len(self.function.parameters)

    def bind(self, values, at):
        if len(values) != self.arity:
            raise RuntimeProblem(f"takes {self.arity} argument{'s' * (self.arity != 1)}, got {len(values)}", at)
        return Scope(self.scope, **dict(zip(self.function.parameters, values)))


class TailCall:
    __slots__ = ("closure", "values", "at")

    def __init__(self, closure, values, at):
        self.closure, self.values, self.at = closure, values, at


def push(items, value):
    items.append(value)


BUILTINS = {"push": push, "len": len, "range": lambda *bounds: list(range(*bounds))}

OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b if a % b == 0 else a / b,
    "%": lambda a, b: a % b,
    "**": pow,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Interpreter:
    def __init__(self):
        self.globals = Scope(**BUILTINS)
        self.steps = 0

    def run(self, block):
        """Yields the value of each top-level statement that has one."""
        for statement in block.statements:
            value = self.evaluate(statement, self.globals)
            if not isinstance(statement, (nodes.Let, nodes.Assign)) and value is not None:
                yield value

    def block(self, block, scope, tail=False):
        result = None
        last = len(block.statements) - 1
        for index, statement in enumerate(block.statements):
            result = self.evaluate(statement, scope, tail and index == last)
        return result

    def evaluate(self, tree, scope, tail=False):
        self.steps += 1
        match tree:
            case nodes.Literal(value):
                return value
            case nodes.Name(name):
                return scope.find(name, tree.at).names[name]
            case nodes.Binary("and" | "or" as word, left, right):
                value = self.evaluate(left, scope)
                return self.evaluate(right, scope) if bool(value) == (word == "and") else value
            case nodes.Binary(operator, left, right):
                return self.operate(operator, self.evaluate(left, scope), self.evaluate(right, scope), tree.at)
            case nodes.Unary("-", operand):
                return -self.evaluate(operand, scope)
            case nodes.Unary(_, operand):
                return not self.evaluate(operand, scope)
            case nodes.ListOf(items):
                return [self.evaluate(item, scope) for item in items]
            case nodes.Function():
                return Closure(tree, scope)
            case nodes.Let(name, value):
                scope.names[name] = self.evaluate(value, scope)
            case nodes.Assign(name, value):
                scope.find(name, tree.at).names[name] = self.evaluate(value, scope)
            case nodes.If(test, then, otherwise):
                if self.evaluate(test, scope):
                    return self.block(then, scope, tail)
                if otherwise is not None:
                    return self.block(otherwise, scope, tail)
            case nodes.While() | nodes.For():
                self.loop(tree, scope)
            case nodes.Jump("break"):
                raise Break
            case nodes.Jump():
                raise Continue
            case nodes.Call(callee, arguments):
                function = self.evaluate(callee, scope)
                values = [self.evaluate(argument, scope) for argument in arguments]
                call = TailCall(function, values, tree.at)
                return call if tail and isinstance(function, Closure) else self.call(call)
            case _:
                raise AssertionError(tree)
        return None

    def call(self, call):
        while isinstance(call, TailCall):
            if isinstance(call.closure, Closure):
                scope = call.closure.bind(call.values, call.at)
                call = self.block(call.closure.function.body, scope, tail=True)
                continue
            try:
                return call.closure(*call.values)
            except TypeError:
                raise RuntimeProblem("not callable like this", call.at)
        return call

    def operate(self, operator, left, right, at):
        try:
            return OPERATIONS[operator](left, right)
        except TypeError:
            kinds = f"{type(left).__name__} and {type(right).__name__}"
            raise RuntimeProblem(f"{operator} does not fit {kinds}", at)
        except ZeroDivisionError:
            raise RuntimeProblem("division by zero", at)

    def loop(self, tree, scope):
        def turns():
            if isinstance(tree, nodes.While):
                while self.evaluate(tree.test, scope):
                    yield
            else:
                for scope.names[tree.name] in self.evaluate(tree.iterable, scope):
                    yield

        for _ in turns():
            try:
                self.block(tree.body, scope)
            except Continue:
                continue
            except Break:
                break


def pretty(value):
    match value:
        case True | False:
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return "[" + ", ".join(map(pretty, value)) + "]"
        case Closure(arity=arity):
            return f"fn/{arity}"
        case float():
            return f"{value:g}"
    return str(value)
