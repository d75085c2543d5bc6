# Source that `exec`, `eval` and `compile` compile has the future features of the code that calls them.
from __future__ import annotations

DEF = "def f(x: missing | None) -> 1 + 1: pass"
ANNOTATIONS = 0x1000000


def shown(space):
    try:
        return space["f"].__annotations__
    except NameError as error:
        return f"NameError: {error}"


def ran(code):
    space = {}
    exec(code, space)
    return shown(space)


class Body:
    space = {}
    exec(DEF, space)


print("function", ran(DEF))
print("class", shown(Body.space))
for run in (lambda space: exec(DEF, space), lambda space: [exec(DEF, space) for _ in "1"], lambda space: list(exec(DEF, space) for _ in "1")):
    space = {}
    run(space)
    print("nested", shown(space))
space = {}
list(map(exec, [DEF], [space]))
print("called by native code", shown(space))
space = {"DEF": DEF}
eval("exec(DEF, globals())", space)
print("eval, then exec", shown(space))
space = {"DEF": DEF}
exec("exec(DEF)", space)
print("exec, then exec", shown(space))
space = {}
exec("class C:\n    a: missing\nb: missing\n", space)
print("module and class", space["__annotations__"], space["C"].__annotations__)

for dont_inherit in (False, True, 0, [], "yes"):
    code = compile(DEF, "<text>", "exec", dont_inherit=dont_inherit)
    print("compile", dont_inherit, bool(code.co_flags & ANNOTATIONS), ran(code))
code = compile(DEF, "<text>", "exec", ANNOTATIONS, True)
print("asked for", bool(code.co_flags & ANNOTATIONS), ran(code))
for mode, text in (("eval", "lambda: 1"), ("single", "a: missing")):
    print(mode, [bool(compile(text, "<text>", mode, 0, no).co_flags & ANNOTATIONS) for no in (False, True)])


class Untrue:
    def __bool__(self):
        raise ValueError("neither true nor false")


try:
    compile("1", "<text>", "eval", dont_inherit=Untrue())
except ValueError as error:
    print(error)

# Code that was compiled without the feature does not get it from who runs it.
plain = {"DEF": DEF}
exec(compile("def plain(space):\n    exec(DEF, space)\n", "<text>", "exec", dont_inherit=True), plain)
space = {}
plain["plain"](space)
print("compiled without", shown(space))
