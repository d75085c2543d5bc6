def f(n):
    try:
        if n == 0: return "ret"
        if n == 1: raise ValueError("one")
        if n == 2: raise KeyError("two")
        if n == 3: raise TypeError
        x = n // 0 if n == 4 else n
    except ValueError as e:
        return ("ValueError", e.args)
    except (KeyError, TypeError) as e:
        return (type(e).__name__, str(e))
    except:
        return "bare"
    else:
        return "else"
    finally:
        print("finally", n)


for i in range(6):
    print(f(i))


def override():
    for i in range(3):
        try:
            continue
        finally:
            print("turn", i)
    try:
        return 1
    finally:
        print("cleanup", i)


print(override())


def nested():
    try:
        try:
            1 / 0
        except ZeroDivisionError as e:
            raise ValueError("inner") from e
    except ValueError as e:
        print(repr(e), repr(e.__cause__), e.__suppress_context__)
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            {}["k"]
    except KeyError as e:
        print(repr(e), repr(e.__context__), e.__cause__)
    try:
        raise ValueError("x") from None
    except ValueError as e:
        print(e.__suppress_context__, e.__context__)
    try:
        try: raise ValueError(1)
        except ValueError: raise
    except ValueError as e:
        print("again", e)
    try:
        raise
    except RuntimeError as e:
        print(e)


nested()


class MyError(Exception):
    def __init__(self, code, *a):
        super().__init__(*a)
        self.code = code


try:
    raise MyError(5, "a", "b")
except MyError as e:
    print(e.code, e.args, e, repr(e))
    e.add_note("note")
    print(e.__notes__)
try:
    e
except NameError as x:
    print(x)
for bad in (lambda: (_ for _ in ()).throw(1), ):
    try:
        bad()
    except TypeError as t:
        print(t)
try:
    raise 5
except TypeError as t:
    print(t)
try:
    raise ValueError from 5
except TypeError as t:
    print(t)
try:
    try: raise ValueError
    except 5: pass
except TypeError as t:
    print(t)


class Ctx:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self): print("enter", self.name); return self
    def __exit__(self, t, v, tb): print("exit", self.name, t and t.__name__, v, tb is not None); return self.swallow


with Ctx("a") as a, Ctx("b"):
    print("body", a.name)
with Ctx("s", True):
    raise ValueError("swallowed")
try:
    with Ctx("o"), Ctx("i"):
        raise KeyError("k")
except KeyError as e:
    print("after", e)


def early():
    with Ctx("r"):
        return "returned"


print(early())
for i in range(3):
    with Ctx(i):
        if i == 1: break
try:
    with 5: pass
except TypeError as e:
    print(e)
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError("t"), ExceptionGroup("h", [ValueError(2), KeyError(3)])])
    except* ValueError as eg:
        print("values", eg.exceptions)
    except* TypeError as eg:
        print("types", eg.exceptions)
except ExceptionGroup as rest:
    print("rest", rest.exceptions)
try:
    raise ValueError("plain")
except* ValueError as eg:
    print(repr(eg))
try:
    assert 1 == 2, "message"
except AssertionError as e:
    print(e)
try:
    assert []
except AssertionError as e:
    print(repr(e))
assert True
print(issubclass(KeyError, LookupError), BaseException.__mro__, OSError is IOError)
try:
    int("x")
except ValueError as e:
    print(e)
try:
    [][1]
except IndexError as e:
    print(e)
try:
    {}["a"]
except KeyError as e:
    print(e)
try:
    None.x
except AttributeError as e:
    print(e)
try:
    a, b = 1, 2, 3
except ValueError as e:
    print(e)
try:
    a, b, c = 1, 2
except ValueError as e:
    print(e)
try:
    a, *b, c = [1]
except ValueError as e:
    print(e)
try:
    a, b = 5
except TypeError as e:
    print(e)
import sys
print(sys.exc_info())
try:
    raise OSError(2, "No such file", "name")
except FileNotFoundError as e:
    print(e, e.errno, e.filename)
