"""CPython's `ast` in dx-parse's own form, for comparison: run with CPython 3.14, `trees.py LIST`.

LIST names files, one a line. The output equals that of `cargo run -p dx-parse --example dump -- LIST`.
"""

import ast
import struct
import sys

sys.setrecursionlimit(100000)

OPERATORS = "Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv".split()
UNARY = "Invert Not UAdd USub".split()
COMPARE = "Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn".split()
CONTEXT = {"Load": 0, "Store": 0x10, "Del": 0x20}


def escape(data):
    out = []
    for byte in data:
        char = chr(byte)
        if char in "\t\r\n":
            out.append({"\t": "\\t", "\r": "\\r", "\n": "\\n"}[char])
        elif char in "\\'\"":
            out.append("\\" + char)
        elif 0x20 <= byte < 0x7F:
            out.append(char)
        else:
            out.append("\\x%02x" % byte)
    return "".join(out)


def constant(value):
    if value is None or value is True or value is False:
        return str(value)
    if value is ...:
        return "..."
    if isinstance(value, int):
        if value < 1 << 64:
            return str(value)
        return "0x" + value.to_bytes((value.bit_length() + 7) // 8, "big").hex()
    if isinstance(value, float):
        return "float %016x" % struct.unpack("<Q", struct.pack("<d", value))
    if isinstance(value, complex):
        return "imaginary %016x" % struct.unpack("<Q", struct.pack("<d", value.imag))
    if isinstance(value, str):
        return '"%s"' % escape(value.encode("utf-8", "surrogatepass"))
    return 'b"%s"' % escape(value)


class Writer:
    def __init__(self):
        self.lines = []
        self.depth = 0

    def node(self, kind, payload=None, extra=0, flags=0, place=None):
        text = " " * self.depth + kind
        if payload is not None:
            text += " " + payload
        text += f" {extra} {flags}"
        if place is not None:
            line, col, end_line, end_col = place
            text += f" @{line}:{col}-{end_line}:{end_col}"
        self.lines.append(text)
        return self

    def __enter__(self):
        self.depth += 1

    def __exit__(self, *_):
        self.depth -= 1

    def absent(self):
        self.node("Absent")

    def list(self, items, each):
        with self.node("List"):
            for item in items:
                each(item)

    # Statements.

    def body(self, body, documented=False):
        for index, statement in enumerate(body):
            self.statement(statement, documented and index == 0)

    def block(self, body):
        with self.node("List"):
            self.body(body)

    def statement(self, n, documented=False):
        p = place(n)
        kind = type(n).__name__
        match n:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                flags = isinstance(n, ast.AsyncFunctionDef)
                with self.node("FunctionDef", n.name, 0, int(flags), p):
                    self.list(n.decorator_list, self.expr)
                    self.type_params(n.type_params)
                    self.defaults(n.args)
                    a = n.args
                    args = [*a.args, *a.posonlyargs, *filter(None, [a.vararg]), *a.kwonlyargs, *filter(None, [a.kwarg])]
                    with self.node("List"):
                        for name, note in [(x.arg, x.annotation) for x in args] + [("return", n.returns)]:
                            if note is not None:
                                with self.node("Annotation", name):
                                    self.expr(note)
                    generator = has_yield(n.body)
                    with self.node("Function", n.name, 0, flags | generator << 1, whole(n)):
                        self.parameters(a)
                        with self.node("List"):
                            self.body(n.body, True)
            case ast.ClassDef():
                with self.node("ClassDef", n.name, 0, 0, p):
                    self.list(n.decorator_list, self.expr)
                    self.type_params(n.type_params)
                    self.list([*n.bases, *n.keywords], self.expr)
                    with self.node("Class", n.name, 0, 0, whole(n)):
                        self.body(n.body, True)
            case ast.Assign():
                with self.node(kind, place=p):
                    self.list(n.targets, self.expr)
                    self.expr(n.value)
            case ast.TypeAlias():
                with self.node(kind, n.name.id, place=p):
                    self.type_params(n.type_params)
                    self.expr(n.value)
            case ast.AugAssign():
                with self.node(kind, None, OPERATORS.index(type(n.op).__name__), 0, p):
                    self.exprs(n.target, n.value)
            case ast.AnnAssign():
                with self.node(kind, None, 0, n.simple, p):
                    self.exprs(n.target, n.annotation, n.value)
            case ast.For() | ast.AsyncFor():
                with self.node("For", None, 0, int(isinstance(n, ast.AsyncFor)), p):
                    self.exprs(n.target, n.iter)
                    self.block(n.body)
                    self.block(n.orelse)
            case ast.While() | ast.If():
                with self.node(kind, place=p):
                    self.expr(n.test)
                    self.block(n.body)
                    self.block(n.orelse)
            case ast.With() | ast.AsyncWith():
                with self.node("With", None, 0, int(isinstance(n, ast.AsyncWith)), p):
                    with self.node("List"):
                        for item in n.items:
                            with self.node("WithItem"):
                                self.exprs(item.context_expr, item.optional_vars)
                    self.block(n.body)
            case ast.Match():
                with self.node(kind, place=p):
                    self.expr(n.subject)
                    for case in n.cases:
                        with self.node("MatchCase"):
                            self.pattern(case.pattern)
                            self.expr(case.guard)
                            self.block(case.body)
            case ast.Try() | ast.TryStar():
                with self.node("Try", None, 0, 2 * isinstance(n, ast.TryStar), p):
                    self.block(n.body)
                    with self.node("List"):
                        for handler in n.handlers:
                            with self.node("ExceptHandler", handler.name, place=place(handler)):
                                self.expr(handler.type)
                                self.block(handler.body)
                    self.block(n.orelse)
                    self.block(n.finalbody)
            case ast.Import() | ast.ImportFrom():
                module = getattr(n, "module", None)
                with self.node(kind, module, getattr(n, "level", 0), 0, p):
                    for alias in n.names:
                        with self.node("Alias", alias.name, place=place(alias)):
                            if alias.asname is None:
                                self.absent()
                            else:
                                self.node("AsName", alias.asname)
            case ast.Global() | ast.Nonlocal():
                with self.node(kind, place=p):
                    for name in n.names:
                        self.node("Identifier", name)
            case ast.Expr():
                docstring = documented and isinstance(n.value, ast.Constant) and isinstance(n.value.value, str)
                with self.node("ExprStmt", None, 0, int(docstring), p):
                    self.expr(n.value)
            case ast.Delete():
                with self.node(kind, place=p):
                    self.exprs(*n.targets)
            case ast.Return():
                with self.node(kind, place=p):
                    self.expr(n.value)
            case ast.Raise():
                with self.node(kind, place=p):
                    self.exprs(n.exc, n.cause)
            case ast.Assert():
                with self.node(kind, place=p):
                    self.exprs(n.test, n.msg)
            case _:
                self.node(kind, place=p)

    def type_params(self, params):
        if not params:
            return self.absent()
        with self.node("List"):
            for param in params:
                with self.node(type(param).__name__, param.name, place=place(param)):
                    if isinstance(param, ast.TypeVar):
                        self.expr(param.bound)
                    self.expr(param.default_value)

    def defaults(self, args):
        self.list(args.defaults, self.expr)
        with self.node("List"):
            for arg, value in zip(args.kwonlyargs, args.kw_defaults):
                if value is not None:
                    with self.node("KeywordDefault", arg.arg):
                        self.expr(value)

    def parameters(self, args):
        plain = len(args.posonlyargs) + len(args.args) - len(args.defaults)
        with self.node("Parameters"):
            for index, arg in enumerate([*args.posonlyargs, *args.args]):
                kind = 0 if index < len(args.posonlyargs) else 1
                self.node("Parameter", arg.arg, kind, int(index >= plain), place(arg))
            if args.vararg:
                self.node("Parameter", args.vararg.arg, 2, 0, place(args.vararg))
            for arg, value in zip(args.kwonlyargs, args.kw_defaults):
                self.node("Parameter", arg.arg, 3, int(value is not None), place(arg))
            if args.kwarg:
                self.node("Parameter", args.kwarg.arg, 4, 0, place(args.kwarg))

    # Expressions.

    def exprs(self, *all):
        for each in all:
            self.expr(each)

    def expr(self, n):
        if n is None:
            return self.absent()
        p = place(n)
        kind = type(n).__name__
        context = CONTEXT[type(n.ctx).__name__] if hasattr(n, "ctx") else 0
        match n:
            case ast.BoolOp():
                with self.node(kind, None, int(isinstance(n.op, ast.Or)), 0, p):
                    self.exprs(*n.values)
            case ast.BinOp():
                with self.node(kind, None, OPERATORS.index(type(n.op).__name__), 0, p):
                    self.exprs(n.left, n.right)
            case ast.UnaryOp():
                with self.node(kind, None, UNARY.index(type(n.op).__name__), 0, p):
                    self.expr(n.operand)
            case ast.Lambda():
                with self.node(kind, place=p):
                    self.defaults(n.args)
                    with self.node("Function", "<lambda>", 0, 4 | has_yield([n.body]) << 1, p):
                        self.parameters(n.args)
                        self.expr(n.body)
            case ast.Dict():
                with self.node(kind, place=p):
                    for key, value in zip(n.keys, n.values):
                        with self.node("DictItem"):
                            self.exprs(key, value)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                with self.node(kind, place=p):
                    if isinstance(n, ast.DictComp):
                        self.exprs(n.key, n.value)
                    else:
                        self.expr(n.elt)
                    with self.node("List"):
                        for clause in n.generators:
                            with self.node("Comprehension", None, 0, clause.is_async):
                                self.exprs(clause.target, clause.iter)
                                self.list(clause.ifs, self.expr)
            case ast.Compare():
                with self.node(kind, place=p):
                    self.expr(n.left)
                    for op, right in zip(n.ops, n.comparators):
                        with self.node("Comparison", None, COMPARE.index(type(op).__name__)):
                            self.expr(right)
            case ast.Call():
                with self.node(kind, place=p):
                    self.exprs(n.func, *n.args, *n.keywords)
            case ast.keyword():
                with self.node("Keyword", n.arg, place=p):
                    self.expr(n.value)
            case ast.JoinedStr() | ast.TemplateStr():
                with self.node(kind, place=p):
                    self.exprs(*n.values)
            case ast.FormattedValue() | ast.Interpolation():
                text = constant(n.str) if isinstance(n, ast.Interpolation) else None
                with self.node(kind, text, max(n.conversion, 0), 0, p):
                    self.exprs(n.value, n.format_spec)
            case ast.Constant():
                self.node(kind, constant(n.value), place=p)
            case ast.Attribute():
                with self.node(kind, n.attr, 0, context, p):
                    self.expr(n.value)
            case ast.Name():
                self.node(kind, n.id, 0, context, p)
            case ast.List() | ast.Tuple():
                with self.node("ListExpr" if kind == "List" else kind, None, 0, context, p):
                    self.exprs(*n.elts)
            case ast.Slice():
                with self.node(kind, place=p):
                    self.exprs(n.lower, n.upper, n.step)
            case ast.Set():
                with self.node(kind, place=p):
                    self.exprs(*n.elts)
            case ast.Subscript():
                with self.node(kind, None, 0, context, p):
                    self.exprs(n.value, n.slice)
            case ast.NamedExpr():
                with self.node(kind, place=p):
                    self.exprs(n.target, n.value)
            case ast.IfExp():
                with self.node(kind, place=p):
                    self.exprs(n.test, n.body, n.orelse)
            case _:
                with self.node(kind, None, 0, context, p):
                    self.expr(n.value)

    def pattern(self, n):
        if n is None:
            return self.absent()
        p = place(n)
        kind = type(n).__name__
        match n:
            case ast.MatchValue():
                with self.node(kind, place=p):
                    self.expr(n.value)
            case ast.MatchSingleton():
                self.node(kind, constant(n.value), place=p)
            case ast.MatchSequence() | ast.MatchOr():
                with self.node(kind, place=p):
                    for each in n.patterns:
                        self.pattern(each)
            case ast.MatchMapping():
                with self.node(kind, n.rest, place=p):
                    for key, value in zip(n.keys, n.patterns):
                        with self.node("MatchMappingItem"):
                            self.expr(key)
                            self.pattern(value)
            case ast.MatchClass():
                with self.node(kind, place=p):
                    self.expr(n.cls)
                    self.list(n.patterns, self.pattern)
                    with self.node("List"):
                        for name, value in zip(n.kwd_attrs, n.kwd_patterns):
                            with self.node("MatchKeyword", name):
                                self.pattern(value)
            case ast.MatchStar():
                self.node(kind, n.name, place=p)
            case ast.MatchAs():
                with self.node(kind, n.name, place=p):
                    self.pattern(n.pattern)


def place(n):
    return n.lineno, n.col_offset, n.end_lineno, n.end_col_offset


def whole(n):
    line, col, *end = place(n)
    if n.decorator_list:
        # The `@` stands before the expression; no file of the set has anything but blanks between.
        line, col = n.decorator_list[0].lineno, n.col_offset
    return line, col, *end


def has_yield(body):
    todo = list(body)
    while todo:
        n = todo.pop()
        if isinstance(n, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)):
            todo += [*n.decorator_list, *n.args.defaults, *filter(None, n.args.kw_defaults)]
        elif isinstance(n, ast.ClassDef):
            todo += [*n.decorator_list, *n.bases, *n.keywords]
        elif isinstance(n, ast.Lambda):
            todo += [*n.args.defaults, *filter(None, n.args.kw_defaults)]
        else:
            todo += ast.iter_child_nodes(n)
    return False


def main():
    out = sys.stdout.buffer
    for path in open(sys.argv[1]).read().splitlines():
        out.write(f"== {path}\n".encode())
        try:
            tree = ast.parse(open(path, "rb").read(), path)
        except Exception:
            out.write(b"rejected\n")
            continue
        writer = Writer()
        with writer.node("Module"):
            writer.body(tree.body, True)
        out.write("\n".join(writer.lines).encode("utf-8", "surrogatepass") + b"\n")


main()
