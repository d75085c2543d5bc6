def plain(): pass
def f(a, /, b: int, c=1, *args: *Ts, d, e: str = 2, **kwargs: dict) -> None:
    """Doc."""
    def inner(x): return lambda y=x, *z, k=1, **w: (yield y)
    class Local(Base, metaclass=M):
        "local doc"
        def method(self): yield from self
    return inner
def star_only(*, a, b=1): ...
async def co[T, *Ts, **P](x: T) -> T:
    async with a as b, c: pass
    async for i in x: await i
    else: pass
    return [await q async for q in x if q]
@decorator
# a comment between
@other(1,
       2)
class C[T: (int, str)](A, *B, k=1, **kw):
    x: int = 1
    y = [z for z in x]

    @property
    def p(self, __private=1): return self.__private

    if x:
        def conditional(self): pass
    else:
        def conditional(self, other): pass
    class Nested:
        def deep(self):
            def deeper(): nonlocal_ = 1
try:
    def g(): pass
except E:
    def g(): pass; 
with a: 
    async def h(): pass
for i in x:
    class InLoop: pass
match x:
    case 1:
        def in_case(): pass
@d
def last(a=lambda: 1, *, b=(yield)): pass;
