def order():
    try:
        print("try")
        raise ValueError("v")
    except (TypeError, ValueError) as e:
        print("except", e)
    else:
        print("else")
    finally:
        print("finally")
order()
def returns():
    try:
        return "try"
    finally:
        print("cleanup")
print(returns())
def overrides():
    for i in range(3):
        try:
            continue
        finally:
            if i == 1: break
    return i
print(overrides())
def chain():
    try:
        try:
            1 / 0
        except ZeroDivisionError as e:
            raise KeyError("k") from e
    except KeyError as e:
        print(repr(e), repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            raise IndexError("i")
    except IndexError as e:
        print(repr(e.__context__), e.__cause__, e.__suppress_context__)
    try:
        try: 1 / 0
        except ZeroDivisionError: raise IndexError("i") from None
    except IndexError as e:
        print(e.__cause__, e.__suppress_context__, repr(e.__context__))
chain()
def reraise():
    try:
        try:
            raise ValueError(1)
        except ValueError:
            raise
    except ValueError as e:
        return repr(e)
print(reraise())
try:
    raise
except RuntimeError as e:
    print(e)
try:
    raise 5
except TypeError as e:
    print(e)
try:
    raise ValueError from 5
except TypeError as e:
    print(e)
try:
    try: raise ValueError
    except 5: pass
except TypeError as e:
    print(e)
def name_cleared():
    try: raise ValueError
    except ValueError as e: pass
    try: e
    except UnboundLocalError as err: print(err)
name_cleared()
import sys
def nested():
    try:
        raise ValueError("outer")
    except ValueError:
        try:
            raise TypeError("inner")
        except TypeError:
            print(repr(sys.exception()))
        print(repr(sys.exception()))
    print(sys.exception())
nested()
class Ctx:
    def __init__(self, swallow): self.swallow = swallow
    def __enter__(self): print("enter"); return 1
    def __exit__(self, t, v, tb): print("exit", t, v, tb is not None); return self.swallow
with Ctx(True) as c: raise ValueError("x")
try:
    with Ctx(False), Ctx(False): raise KeyError("y")
except KeyError as e: print("out", e)
def with_return():
    with Ctx(False):
        return "ret"
print(with_return())
for i in range(2):
    with Ctx(False):
        if i == 0: continue
        break
try:
    with 5: pass
except TypeError as e: print(e)
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("h", [ValueError(3), KeyError(4)])])
except* ValueError as g:
    print("values", g.exceptions)
except* TypeError as g:
    print("types", repr(g))
except* KeyError as g:
    print("keys", repr(g))
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError:
        print("got value")
except ExceptionGroup as g:
    print("rest", repr(g))
try:
    try: raise ValueError("bare")
    except* ValueError as g: print(repr(g)); raise TypeError("new")
except BaseException as e: print(repr(e))
def gen():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print("gen caught", e)
        yield 99
    finally:
        print("gen finally")
g = gen()
print(next(g), g.throw(ValueError("t")))
try: next(g)
except StopIteration: print("stop")
e = ValueError("n")
e.add_note("note")
print(e.__notes__)
def f():
    try:
        raise KeyError("a")
    finally:
        print("f finally")
try: f()
except KeyError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_lineno, tb.tb_frame.f_code.co_name)
        tb = tb.tb_next
class Weird(Exception):
    def __str__(self): return "weird!"
try: raise Weird
except Exception as e: print(e, repr(e))
print(issubclass(KeyError, LookupError), KeyError.__mro__)
try: int("x")
except ValueError as e: print(e)
def loop():
    for i in range(3):
        try:
            if i == 1: raise ValueError(i)
            print("ok", i)
        except ValueError as e:
            print("bad", e)
            continue
        finally:
            print("fin", i)
loop()
