"""Makes one random edit of a project and says which: `python dx_bench_mutate.py ROOT SEED FOLDER...`.

The same root and seed make the same edit. Kinds are drawn first, so that rare places (lists of parameters, conftests,
data files) are edited as often as the bodies of functions. An edit changes what runs or only what lies around it;
whether a test notices is for pytest to say. Prints the kind, the file and what was done.
"""

import ast
import pathlib
import random
import sys

COMPARISONS = {ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.GtE: "<", ast.Gt: "<=", ast.LtE: ">", ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in"}
IGNORED = {".git", ".dx", "__pycache__", ".pytest_cache", ".hypothesis", ".tox"}
KINDS = ("body",) * 4 + ("signature", "constant", "constant", "class", "lines", "data", "data", "conftest", "parametrize", "parametrize", "remove", "new")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Source:
    def __init__(self, path):
        self.path = path
        self.text = path.read_text("utf-8")
        self.lines = self.text.splitlines(keepends=True)
        self.tree = ast.parse(self.text)
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                child.above = node

    def span(self, node):
        def at(line, column):
            return sum(map(len, self.lines[: line - 1])) + len(self.lines[line - 1].encode()[:column].decode())

        return at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)

    def piece(self, node):
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, node, text):
        start, end = self.span(node)
        return self.text[:start] + text + self.text[end:]


def inside(node, kinds):
    node = getattr(node, "above", None)
    while node is not None:
        if isinstance(node, kinds):
            return node
        node = getattr(node, "above", None)
    return None


def is_doc(node):
    return isinstance(getattr(node, "above", None), ast.Expr)


def other(node):
    """Another constant of the same type."""
    value = node.value
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1)
    if isinstance(value, (str, bytes)) and not isinstance(getattr(node, "above", None), ast.JoinedStr):
        return repr(value + type(value)(b"x" if isinstance(value, bytes) else "x"))
    return None


def edits_of_expressions(source, wanted):
    for node in ast.walk(source.tree):
        if not hasattr(node, "lineno") or not wanted(node):
            continue
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
            text = "%s %s %s" % (source.piece(node.left), COMPARISONS[type(node.ops[0])], source.piece(node.comparators[0]))
            yield node, "comparison", text
        elif isinstance(node, ast.Constant) and not is_doc(node):
            text = other(node)
            if text is not None:
                yield node, "constant", text
        elif isinstance(node, ast.Return) and node.value is not None:
            yield node, "return", "return None"
        elif isinstance(node, ast.If):
            yield node.test, "condition", "not (%s)" % source.piece(node.test)
        elif isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise)) and not isinstance(getattr(node, "value", None), ast.Constant):
            yield node, "statement", "pass"
        elif isinstance(node, ast.BoolOp) and len(node.values) == 2:
            word = "or" if isinstance(node.op, ast.And) else "and"
            yield node, "operator", "%s %s %s" % (source.piece(node.values[0]), word, source.piece(node.values[1]))


def in_parametrize(node):
    call = node
    while call is not None and not isinstance(call, FUNCTIONS):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "parametrize":
            return True
        call = getattr(call, "above", None)
    return False


def edits(kind, source):
    """Pairs of what is done and the new text."""
    tree, lines = source.tree, source.lines
    if kind in ("body", "conftest"):
        for node, what, text in edits_of_expressions(source, lambda node: inside(node, FUNCTIONS)):
            yield "%s at %d: %s" % (what, node.lineno, text[:60]), source.replace(node, text)
    elif kind == "constant":
        for node, what, text in edits_of_expressions(source, lambda node: not inside(node, FUNCTIONS) and not in_parametrize(node)):
            yield "%s at %d: %s" % (what, node.lineno, text[:60]), source.replace(node, text)
    elif kind == "parametrize":
        for node in ast.walk(tree):
            if not in_parametrize(node):
                continue
            if isinstance(node, ast.Constant) and other(node) and not (isinstance(node.above, ast.Call) and node.above.args[0] is node):
                yield "constant at %d" % node.lineno, source.replace(node, other(node))
            elif isinstance(node, ast.List) and len(node.elts) > 1:
                rest = ", ".join(map(source.piece, node.elts[1:]))
                yield "first element at %d" % node.lineno, source.replace(node, "[%s]" % rest)
    elif kind == "signature":
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                for default in node.args.defaults + node.args.kw_defaults:
                    if isinstance(default, ast.Constant):
                        text = other(default) or "0"
                        yield "default of %s at %d: %s" % (node.name, node.lineno, text), source.replace(default, text)
                if node.args.args and not node.args.vararg and not node.args.defaults and not node.args.kwonlyargs:
                    last = node.args.args[-1]
                    yield "parameter of %s at %d" % (node.name, node.lineno), source.replace(last, source.piece(last) + ", dx_extra=None")
    elif kind == "class":
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for base in node.bases if len(node.bases) > 1 else ():
                    yield "order of bases of %s" % node.name, source.replace(base, "object") if base is node.bases[-1] else source.text
                for part in node.body:
                    if isinstance(part, FUNCTIONS) and len(node.body) > 1:
                        name = source.piece(part).replace("def %s" % part.name, "def dx_%s" % part.name, 1)
                        yield "name of %s.%s" % (node.name, part.name), source.replace(part, name)
            elif isinstance(node, FUNCTIONS) and node.decorator_list:
                line = node.decorator_list[0].lineno
                if node.decorator_list[0].end_lineno == line:
                    yield "decorator of %s" % node.name, "".join(lines[: line - 1] + lines[line:])
    elif kind == "lines":
        for node in tree.body[1:]:
            line = min([node.lineno] + [one.lineno for one in getattr(node, "decorator_list", ())])
            if inside(node, FUNCTIONS) is None:
                yield "comment above %d" % line, "".join(lines[: line - 1] + ["# a line\n"] + lines[line - 1 :])
    elif kind == "remove":
        for node in tree.body:
            if isinstance(node, FUNCTIONS + (ast.ClassDef, ast.Assign, ast.If, ast.ImportFrom)) and len(tree.body) > 1:
                line = min([node.lineno] + [one.lineno for one in getattr(node, "decorator_list", ())])
                name = getattr(node, "name", type(node).__name__)
                yield "%s at %d" % (name, line), "".join(lines[: line - 1] + ["pass\n"] + lines[node.end_lineno :])


CONFTEST = "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef dx_nearer(monkeypatch):\n    monkeypatch.setattr('sys.maxsize', 7)\n"


def edit_data(random, root, files):
    path = random.choice(files)
    name, old = path.relative_to(root), path.read_bytes()
    how = random.choice(("append", "change", "remove", "rename", "neighbour"))
    if how == "append":
        path.write_bytes(old + b"x\n")
    elif how == "change" and old:
        at = random.randrange(len(old))
        path.write_bytes(old[:at] + bytes([old[at] ^ 1]) + old[at + 1 :])
    elif how == "remove":
        path.unlink()
    elif how == "rename":
        path.rename(path.with_name("dx_" + path.name))
    else:
        path.with_name("dx_new" + path.suffix).write_bytes(old)
    return name, how


def edit_new(random, root, sources):
    source = random.choice(sources)
    folder = source.parent
    what = random.choice(("conftest", "test", "module"))
    if what == "conftest" and not (folder / "conftest.py").exists():
        path, text = folder / "conftest.py", CONFTEST
    elif what == "test":
        path, text = folder / "test_dx_new.py", "def test_new():\n    assert True\n\n\ndef test_wrong():\n    assert False\n"
    else:
        path, text = folder / "dx_new.py", "VALUE = 1\n"
    path.write_text(text)
    return path.relative_to(root), "new"


def main(root, seed, folders):
    root, choose = pathlib.Path(root), random.Random(int(seed))
    everything = sorted(
        path
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.is_file() and not path.is_symlink() and not IGNORED & set(path.parts) and path.suffix not in (".pyc", ".so")
    )
    sources = [path for path in everything if path.suffix == ".py"]
    data = [path for path in everything if path.suffix not in (".py", ".pyi") and path.name != "py.typed"]
    while True:
        kind = choose.choice(KINDS)
        if kind == "data":
            if not data:
                continue
            name, what = edit_data(choose, root, data)
        elif kind == "new":
            name, what = edit_new(choose, root, sources)
        else:
            wanted = [path for path in sources if (path.name == "conftest.py") == (kind == "conftest") or kind in ("lines", "remove")]
            wanted = [path for path in wanted if kind != "parametrize" or b"parametrize" in path.read_bytes()]
            if not wanted:
                continue
            path = choose.choice(wanted)
            source = Source(path)
            found = list(edits(kind, source))
            if not found:
                continue
            what, text = choose.choice(found)
            if text == source.text:
                continue
            path.write_bytes(text.encode())
            name = path.relative_to(root)
        print("%s: %s: %s" % (kind, name, what.replace("\n", " ")))
        return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
