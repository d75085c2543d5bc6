"""Trees of a Python source, made from CPython's own `ast`, in the text form that the tests read.

dx-index is tested without dx-parse, so that a failing test names the stage that is wrong. One line a fragment
(`fragment KIND NAME QUALNAME ORDINAL PARENT CLASS`), then one line a node: depth, kind, and what it carries.
"""

import ast
import struct

OPERATORS = {name: at for at, name in enumerate(
    "Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv".split())}
UNARY = {"Invert": 0, "Not": 1, "UAdd": 2, "USub": 3}
COMPARATORS = {name: at for at, name in enumerate("Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn".split())}
ASYNC, GENERATOR, LAMBDA, DOCSTRING, SIMPLE, STAR, HAS_DEFAULT = 1, 2, 4, 1, 1, 2, 1
CTX = {ast.Load: 0, ast.Store: 0x10, ast.Del: 0x20}


class Fragment:
    def __init__(self, kind, name, qualname, parent, class_name):
        self.kind, self.name, self.qualname = kind, name, qualname
        self.parent, self.class_name = parent, class_name
        self.children = 0
        self.lines = []
        self.nodes = []


class Builder:
    def __init__(self, lines=None):
        self.fragments = []
        self.seen = {}
        self.lines = lines

    def build(self, module):
        self.open_fragment("Module", "", "", 0, "")
        self.emit("Module")
        self.body(module.body, True)
        return self

    def open_fragment(self, kind, name, qualname, parent, class_name):
        self.fragment = Fragment(kind, name, qualname, parent, class_name)
        self.fragment.ordinal = self.seen.setdefault(qualname, -1) + 1
        self.seen[qualname] += 1
        self.fragment.index = len(self.fragments)
        self.fragments.append(self.fragment)
        self.depth = 0

    def emit(self, kind, node=None, *, flags=0, extra=0, name=None, const=None, number=None):
        parts = [str(self.depth), kind]
        if flags:
            parts.append(f"f={flags}")
        if extra:
            parts.append(f"x={extra}")
        if name is not None:
            parts.append(f"n={name}")
        if const is not None:
            parts.append(f"c={const}")
        if number is not None:
            parts.append(f"p={number}")
        if self.lines is not None and hasattr(node, "lineno"):
            before = self.lines[node.lineno - 1].encode()[:node.col_offset].decode(errors="replace")
            parts.append(f"@={node.lineno}:{len(before) + 1}")
        self.fragment.lines.append(" ".join(parts))
        self.fragment.nodes.append(node)

    def inner(self, function, *args):
        self.depth += 1
        function(*args)
        self.depth -= 1

    def body(self, statements, docstring=False):
        for at, statement in enumerate(statements):
            self.docstring = docstring and at == 0
            self.inner(self.visit, statement)

    def list(self, items, visit=None):
        self.emit("List")
        for item in items:
            self.inner(visit or self.visit, item)

    def optional(self, node):
        if node is None:
            self.emit("Absent")
        else:
            self.visit(node)

    def visit(self, node):
        docstring, self.docstring = getattr(self, "docstring", False), False
        kind = type(node).__name__
        if kind == "Expr":
            value = node.value
            is_doc = docstring and isinstance(value, ast.Constant) and isinstance(value.value, str)
            self.emit("ExprStmt", node, flags=DOCSTRING if is_doc else 0)
            self.inner(self.visit, value)
            return
        getattr(self, kind, self.generic)(node)

    def children(self, *parts):
        """Each part: a node, None (absent), or a list (a List node)."""
        for part in parts:
            if isinstance(part, list):
                self.inner(self.list, part)
            else:
                self.inner(self.optional, part)

    def generic(self, node):
        kind = type(node).__name__
        raise NotImplementedError(kind)

    # Definitions.
    def definition_body(self, node, kind, emit_body):
        outer = self.fragment
        if self.inside_function:
            self.inner(emit_body)
            return
        self.depth += 1
        self.emit(
            "FragmentRef", extra=0 if kind == "Function" else 1, number=outer.children)
        self.depth -= 1
        outer.children += 1
        depth = self.depth
        prefix = outer.qualname + "." if outer.qualname else ""
        class_name = node.name if kind == "Class" else outer.class_name
        self.open_fragment(kind, node.name, prefix + node.name, outer.index, class_name)
        before = self.inside_function
        self.inside_function = kind == "Function"
        emit_body()
        self.inside_function = before
        self.fragment, self.depth = outer, depth

    inside_function = False

    def function_def(self, node, flags):
        arguments = node.args
        self.emit("FunctionDef", node, name=node.name, flags=flags)
        self.children(node.decorator_list)
        self.type_params(node)
        self.children(arguments.defaults)
        self.inner(self.keyword_defaults, arguments)
        self.inner(self.annotations, node)
        is_generator = contains_yield(node.body)

        def emit_body():
            self.emit("Function", node, name=node.name, flags=flags | (GENERATOR if is_generator else 0))
            self.inner(self.parameters, arguments)
            self.depth += 1
            self.emit("List")
            self.body(node.body, True)
            self.depth -= 1

        self.definition_body(node, "Function", emit_body)

    def FunctionDef(self, node):
        self.function_def(node, 0)

    def AsyncFunctionDef(self, node):
        self.function_def(node, ASYNC)

    def type_params(self, node):
        if node.type_params:
            self.inner(self.list, node.type_params)
        else:
            self.inner(self.optional, None)

    def keyword_defaults(self, arguments):
        self.emit("List")
        for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
            if default is not None:
                self.depth += 1
                self.emit("KeywordDefault", default, name=arg.arg)
                self.inner(self.visit, default)
                self.depth -= 1

    def annotations(self, node):
        a = node.args
        self.emit("List")
        args = a.posonlyargs + a.args + [a.vararg, a.kwarg] + a.kwonlyargs
        pairs = [(arg.arg, arg.annotation) for arg in args if arg and arg.annotation]
        if node.returns:
            pairs.append(("return", node.returns))
        for name, annotation in pairs:
            self.depth += 1
            self.emit("Annotation", annotation, name=name)
            self.inner(self.visit, annotation)
            self.depth -= 1

    def parameters(self, a):
        self.emit("Parameters")
        positional = a.posonlyargs + a.args
        first_default = len(positional) - len(a.defaults)
        rows = [(arg, 0 if at < len(a.posonlyargs) else 1, at >= first_default)
                for at, arg in enumerate(positional)]
        if a.vararg:
            rows.append((a.vararg, 2, False))
        rows += [(arg, 3, default is not None) for arg, default in zip(a.kwonlyargs, a.kw_defaults)]
        if a.kwarg:
            rows.append((a.kwarg, 4, False))
        self.depth += 1
        for arg, kind, default in rows:
            self.emit("Parameter", arg, name=arg.arg, extra=kind, flags=HAS_DEFAULT if default else 0)
        self.depth -= 1

    def Lambda(self, node):
        self.emit("Lambda", node)
        self.children(node.args.defaults)
        self.inner(self.keyword_defaults, node.args)
        self.depth += 1
        flags = LAMBDA | (GENERATOR if contains_yield([node.body]) else 0)
        self.emit("Function", node, name="<lambda>", flags=flags)
        self.inner(self.parameters, node.args)
        self.inner(self.visit, node.body)
        self.depth -= 1

    def ClassDef(self, node):
        self.emit("ClassDef", node, name=node.name)
        self.children(node.decorator_list)
        self.type_params(node)
        self.children(node.bases + node.keywords)

        def emit_body():
            self.emit("Class", node, name=node.name)
            self.body(node.body, True)

        self.definition_body(node, "Class", emit_body)

    def TypeAlias(self, node):
        self.emit("TypeAlias", node, name=node.name.id)
        self.type_params(node)
        self.children(node.value)

    def TypeVar(self, node):
        self.emit("TypeVar", node, name=node.name)
        self.children(node.bound, node.default_value)

    def ParamSpec(self, node):
        self.emit("ParamSpec", node, name=node.name)
        self.children(node.default_value)

    def TypeVarTuple(self, node):
        self.emit("TypeVarTuple", node, name=node.name)
        self.children(node.default_value)

    # Statements.
    def Return(self, node):
        self.emit("Return", node)
        self.children(node.value)

    def Delete(self, node):
        self.emit("Delete", node)
        self.children(*node.targets)

    def Assign(self, node):
        self.emit("Assign", node)
        self.children(node.targets, node.value)

    def AugAssign(self, node):
        self.emit("AugAssign", node, extra=OPERATORS[type(node.op).__name__])
        self.children(node.target, node.value)

    def AnnAssign(self, node):
        self.emit("AnnAssign", node, flags=SIMPLE if node.simple else 0)
        self.children(node.target, node.annotation, node.value)

    def For(self, node, flags=0):
        self.emit("For", node, flags=flags)
        self.children(node.target, node.iter, node.body, node.orelse)

    def AsyncFor(self, node):
        self.For(node, ASYNC)

    def While(self, node):
        self.emit("While", node)
        self.children(node.test, node.body, node.orelse)

    def If(self, node):
        self.emit("If", node)
        self.children(node.test, node.body, node.orelse)

    def With(self, node, flags=0):
        self.emit("With", node, flags=flags)
        self.children(node.items, node.body)

    def AsyncWith(self, node):
        self.With(node, ASYNC)

    def withitem(self, node):
        self.emit("WithItem", node)
        self.children(node.context_expr, node.optional_vars)

    def Match(self, node):
        self.emit("Match", node)
        self.children(node.subject, *node.cases)

    def match_case(self, node):
        self.emit("MatchCase", node)
        self.children(node.pattern, node.guard, node.body)

    def Raise(self, node):
        self.emit("Raise", node)
        self.children(node.exc, node.cause)

    def Try(self, node, flags=0):
        self.emit("Try", node, flags=flags)
        self.children(node.body, node.handlers, node.orelse, node.finalbody)

    def TryStar(self, node):
        self.Try(node, STAR)

    def ExceptHandler(self, node):
        self.emit("ExceptHandler", node, name=node.name)
        self.children(node.type, node.body)

    def Assert(self, node):
        self.emit("Assert", node)
        self.children(node.test, node.msg)

    def Import(self, node):
        self.emit("Import", node)
        self.children(*node.names)

    def ImportFrom(self, node):
        self.emit("ImportFrom", node, name=node.module, extra=node.level)
        self.children(*node.names)

    def alias(self, node):
        self.emit("Alias", node, name=node.name)
        self.depth += 1
        if node.asname:
            self.emit("AsName", node, name=node.asname)
        else:
            self.emit("Absent")
        self.depth -= 1

    def Global(self, node):
        self.declaration("Global", node)

    def Nonlocal(self, node):
        self.declaration("Nonlocal", node)

    def declaration(self, kind, node):
        self.emit(kind, node)
        self.depth += 1
        for name in node.names:
            self.emit("Identifier", node, name=name)
        self.depth -= 1

    def Pass(self, node):
        self.emit("Pass", node)

    def Break(self, node):
        self.emit("Break", node)

    def Continue(self, node):
        self.emit("Continue", node)

    # Expressions.
    def BoolOp(self, node):
        self.emit("BoolOp", node, extra=0 if isinstance(node.op, ast.And) else 1)
        self.children(*node.values)

    def NamedExpr(self, node):
        self.emit("NamedExpr", node)
        self.children(node.target, node.value)

    def BinOp(self, node):
        self.emit("BinOp", node, extra=OPERATORS[type(node.op).__name__])
        self.children(node.left, node.right)

    def UnaryOp(self, node):
        self.emit("UnaryOp", node, extra=UNARY[type(node.op).__name__])
        self.children(node.operand)

    def IfExp(self, node):
        self.emit("IfExp", node)
        self.children(node.test, node.body, node.orelse)

    def Dict(self, node):
        self.emit("Dict", node)
        self.depth += 1
        for key, value in zip(node.keys, node.values):
            self.emit("DictItem", value)
            self.children(key, value)
        self.depth -= 1

    def Set(self, node):
        self.emit("Set", node)
        self.children(*node.elts)

    def ListComp(self, node):
        self.emit(type(node).__name__, node)
        self.children(node.elt, node.generators)

    SetComp = GeneratorExp = ListComp

    def DictComp(self, node):
        self.emit("DictComp", node)
        self.children(node.key, node.value, node.generators)

    def comprehension(self, node):
        self.emit("Comprehension", flags=ASYNC if node.is_async else 0)
        self.children(node.target, node.iter, node.ifs)

    def Await(self, node):
        self.emit("Await", node)
        self.children(node.value)

    def Yield(self, node):
        self.emit("Yield", node)
        self.children(node.value)

    def YieldFrom(self, node):
        self.emit("YieldFrom", node)
        self.children(node.value)

    def Compare(self, node):
        self.emit("Compare", node)
        self.children(node.left)
        self.depth += 1
        for op, right in zip(node.ops, node.comparators):
            self.emit("Comparison", extra=COMPARATORS[type(op).__name__])
            self.children(right)
        self.depth -= 1

    def Call(self, node):
        self.emit("Call", node)
        self.children(node.func, *node.args, *node.keywords)

    def keyword(self, node):
        self.emit("Keyword", node, name=node.arg)
        self.children(node.value)

    def JoinedStr(self, node):
        self.emit("JoinedStr", node)
        self.children(*node.values)

    def FormattedValue(self, node):
        self.emit("FormattedValue", node, extra=max(node.conversion, 0))
        self.children(node.value, node.format_spec)

    def TemplateStr(self, node):
        self.emit("TemplateStr", node)
        self.children(*node.values)

    def Interpolation(self, node):
        self.emit("Interpolation", node, extra=max(node.conversion, 0), const=constant(node.str))
        self.children(node.value, node.format_spec)

    def Constant(self, node):
        self.emit("Constant", node, const=constant(node.value))

    def Attribute(self, node):
        self.emit("Attribute", node, name=node.attr, flags=CTX[type(node.ctx)])
        self.children(node.value)

    def Subscript(self, node):
        self.emit("Subscript", node, flags=CTX[type(node.ctx)])
        self.children(node.value, node.slice)

    def Starred(self, node):
        self.emit("Starred", node, flags=CTX[type(node.ctx)])
        self.children(node.value)

    def Name(self, node):
        self.emit("Name", node, name=node.id, flags=CTX[type(node.ctx)])

    def List(self, node):
        self.emit("ListExpr", node, flags=CTX[type(node.ctx)])
        self.children(*node.elts)

    def Tuple(self, node):
        self.emit("Tuple", node, flags=CTX[type(node.ctx)])
        self.children(*node.elts)

    def Slice(self, node):
        self.emit("Slice", node)
        self.children(node.lower, node.upper, node.step)

    # Patterns.
    def MatchValue(self, node):
        self.emit("MatchValue", node)
        self.children(node.value)

    def MatchSingleton(self, node):
        self.emit("MatchSingleton", node, const=constant(node.value))

    def MatchSequence(self, node):
        self.emit("MatchSequence", node)
        self.children(*node.patterns)

    def MatchMapping(self, node):
        self.emit("MatchMapping", node, name=node.rest)
        self.depth += 1
        for key, pattern in zip(node.keys, node.patterns):
            self.emit("MatchMappingItem", pattern)
            self.children(key, pattern)
        self.depth -= 1

    def MatchClass(self, node):
        self.emit("MatchClass", node)
        self.children(node.cls, node.patterns)
        self.depth += 1
        self.emit("List")
        self.depth += 1
        for name, pattern in zip(node.kwd_attrs, node.kwd_patterns):
            self.emit("MatchKeyword", pattern, name=name)
            self.children(pattern)
        self.depth -= 2

    def MatchStar(self, node):
        self.emit("MatchStar", node, name=node.name)

    def MatchAs(self, node):
        self.emit("MatchAs", node, name=node.name)
        self.children(node.pattern)

    def MatchOr(self, node):
        self.emit("MatchOr", node)
        self.children(*node.patterns)

    def text(self):
        out = []
        for f in self.fragments:
            fields = [f.kind, f.name, f.qualname, str(f.ordinal), str(f.parent), f.class_name]
            out.append("fragment " + " ".join(field or "-" for field in fields))
            out += f.lines
        return "\n".join(out) + "\n"


def contains_yield(nodes):
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            continue
        pending.extend(ast.iter_child_nodes(node))
    return False


def constant(value):
    if value is None or value is True or value is False:
        return str(value)
    if value is ...:
        return "Ellipsis"
    if isinstance(value, int):
        return "int:" + value.to_bytes((value.bit_length() + 7) // 8, "little").hex()
    if isinstance(value, float):
        return "float:" + struct.pack("<d", value).hex()
    if isinstance(value, complex):
        return "imaginary:" + struct.pack("<d", value.imag).hex()
    if isinstance(value, str):
        return "str:" + value.encode("utf-8", "surrogatepass").hex()
    return "bytes:" + value.hex()


def future_annotations(module):
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and not node.level
        and any(alias.name == "annotations" for alias in node.names)
        for node in module.body)


def of_source(source, with_places=False):
    """Trees in text form; with the places of nodes where an error's place is to be compared."""
    module = ast.parse(source)
    builder = Builder(source.split("\n") if with_places else None).build(module)
    header = "future_annotations\n" if future_annotations(module) else ""
    return header + builder.text()
