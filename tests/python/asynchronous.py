class Awaitable:
    def __init__(self, v): self.v = v
    def __await__(self):
        got = yield ("await", self.v)
        return got


async def add(a, b):
    x = await Awaitable(a)
    y = await Awaitable(b)
    return x + y


def drive(coro, answers):
    answers = iter(answers)
    value = None
    while True:
        try:
            print("yielded", coro.send(value))
            value = next(answers)
        except StopIteration as e:
            return e.value


print(drive(add(1, 2), [10, 20]))


async def outer():
    try:
        r = await add(3, 4)
        print("r", r)
    finally:
        print("cleanup")
    return r * 2


print(drive(outer(), [1, 2]))


class ACtx:
    async def __aenter__(self): print("aenter"); return await Awaitable("enter")
    async def __aexit__(self, t, v, tb): print("aexit", t and t.__name__); return t is ValueError


async def use():
    async with ACtx() as x:
        print("in", x)
    async with ACtx():
        raise ValueError("gone")
    return "used"


print(drive(use(), "abcd"))


class AIter:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if self.n == 0: raise StopAsyncIteration
        self.n -= 1
        return await Awaitable(self.n)


async def loop():
    out = []
    async for x in AIter(3):
        if x == "skip": continue
        out.append(x)
    else:
        out.append("else")
    return out


print(drive(loop(), ["a", "skip", "b", "c"]))


async def agen(n):
    for i in range(n):
        got = yield i
        if got: print("agen got", got)
        await Awaitable(("inside", i))


async def collect():
    a = [x async for x in agen(2)]
    b = {x: y async for x in agen(2) for y in [x * 2] if x}
    c = [await Awaitable(i) for i in range(2)]
    g = (x + 1 async for x in agen(2))
    d = []
    async for v in g: d.append(v)
    return a, b, c, d


print(drive(collect(), range(100)))


async def manual():
    g = agen(3)
    print(await g.__anext__())
    print(await g.asend("sent"))
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        print("closed")
    h = agen(2)
    await h.__anext__()
    try:
        await h.athrow(KeyError("thrown"))
    except KeyError as e:
        print("athrow", e)


drive(manual(), range(10))
c = add(1, 2)
c.send(None)
try:
    c.throw(ValueError("into"))
except ValueError as e:
    print("thrown", e)
c.close()


async def bad():
    await 5


try:
    bad().send(None)
except TypeError as e:
    print(e)


async def bad_for():
    async for x in [1]: pass


try:
    bad_for().send(None)
except TypeError as e:
    print(e)


async def bad_with():
    async with 5: pass


try:
    bad_with().send(None)
except TypeError as e:
    print(e)
print(type(add).__name__, type(c).__name__, type(agen(1)).__name__)
c2 = add(1, 2)
c2.close()
