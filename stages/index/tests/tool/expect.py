"""What CPython says of a source: its symbol table, its code objects' names, or the error that it stops at."""

import _symtable

TYPES = {
    _symtable.TYPE_FUNCTION: "function", _symtable.TYPE_CLASS: "class", _symtable.TYPE_MODULE: "module",
    _symtable.TYPE_ANNOTATION: "annotation", _symtable.TYPE_TYPE_ALIAS: "alias",
    _symtable.TYPE_TYPE_PARAMETERS: "type-params", _symtable.TYPE_TYPE_VARIABLE: "type-variable",
}


def symbol_table(source):
    """One line a scope: depth, kind, name, whether nested; then its symbols with CPython's bits, sorted."""
    lines = []

    def visit(table, depth):
        nested = " nested" if table.nested else ""
        lines.append(f"{'  ' * depth}{TYPES[table.type]} {table.name}{nested}")
        for name, bits in sorted(table.symbols.items()):
            lines.append(f"{'  ' * depth}  . {name} {bits:#x}")
        for child in table.children:
            visit(child, depth + 1)

    visit(_symtable.symtable(source, "<test>", "exec"), 0)
    return "\n".join(lines) + "\n"


def code_objects(source):
    """One line a code object: qualified name, kind of frame, free variables, cells; sorted. Dead code has none."""
    lines = []

    def visit(code):
        flags = [name for bit, name in ((0x20, "generator"), (0x80, "coroutine"), (0x200, "async-generator"))
                 if code.co_flags & bit]
        free = ",".join(sorted(code.co_freevars))
        cells = ",".join(sorted(code.co_cellvars))
        lines.append(f"{code.co_qualname} | {code.co_name} | {' '.join(flags)} | {free} | {cells}")
        for constant in code.co_consts:
            if hasattr(constant, "co_code"):
                visit(constant)

    visit(compile(source, "<test>", "exec", dont_inherit=True))
    return "\n".join(sorted(lines)) + "\n"


def error(source):
    """`Class: message @ line:column` (columns in characters, from 1), or None."""
    try:
        compile(source, "<test>", "exec", dont_inherit=True)
    except SyntaxError as caught:
        return f"{type(caught).__name__}: {caught.msg} @ {caught.lineno}:{caught.offset}"
    except ValueError as caught:
        return f"ValueError: {caught} @ 0:0"
    return None
