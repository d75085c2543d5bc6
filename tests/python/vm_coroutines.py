class Await:
    def __init__(self, v): self.v = v
    def __await__(self):
        got = yield self.v
        return got
async def inner(x):
    a = await Await(x)
    b = await Await(x + 1)
    return a, b
async def outer():
    r = await inner(10)
    print("inner result", r)
    async with Manager() as m:
        print("managed", m)
    async for i in agen(3):
        print("item", i)
    print([i async for i in agen(3)], {i async for i in agen(2)}, {i: i async for i in agen(2)})
    print([await Await(i) for i in range(2)])
    g = (i async for i in agen(2))
    print([x async for x in g])
    return "end"
class Manager:
    async def __aenter__(self): print("aenter"); return "m"
    async def __aexit__(self, *e): print("aexit", e[0]); return True
async def agen(n):
    for i in range(n):
        got = yield i
        if got: print("agen got", got)
def drive(coro):
    sent = None
    try:
        while True:
            y = coro.send(sent)
            print("yielded", y)
            sent = f"sent-{y}"
    except StopIteration as e:
        return e.value
print(drive(outer()))
async def raising():
    async with Manager():
        raise ValueError("x")
    return "swallowed"
print(drive(raising()))
async def asend():
    g = agen(3)
    print(await g.asend(None), await g.asend("hi"))
    await g.aclose()
    try: await g.asend(None)
    except StopAsyncIteration: print("stopped")
    g = agen(2)
    print(await g.__anext__())
    try: await g.athrow(KeyError("k"))
    except KeyError as e: print("athrow", e)
    async for x in agen(2):
        break
    else: print("no")
    async for x in agen(1): pass
    else: print("async else")
drive(asend())
c = inner(1)
print(type(c).__name__, c.cr_running)
c.close()
try: drive(inner2 := Await(1))
except AttributeError as e: print(e)
async def bad():
    await 5
try: drive(bad())
except TypeError as e: print(e)
async def bad2():
    async for x in 5: pass
try: drive(bad2())
except TypeError as e: print(e)
async def bad3():
    async with 5: pass
try: drive(bad3())
except TypeError as e: print(e)
c = inner(1)
drive(c)
try: c.send(None)
except RuntimeError as e: print(e)
class AIter:
    def __init__(self): self.n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 2: raise StopAsyncIteration
        return self.n
async def custom():
    return [x async for x in AIter()]
print(drive(custom()))
async def stopper(): raise StopIteration
try: drive(stopper())
except RuntimeError as e: print(e)
async def throwing():
    try: await Await(1)
    except ValueError as e: return f"caught {e}"
c = throwing()
c.send(None)
try: c.throw(ValueError("t"))
except StopIteration as e: print(e.value)
