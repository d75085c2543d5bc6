import sys
cases = []


def case(f):
    cases.append(f)
    return f


@case
def attribute(): return None.missing.more


@case
def call_args(): return len(
    5
)


@case
def subscript(): return {}["k"]["z"]


@case
def operator(): x = 1; return (x + 2) * ("a" - 3)


@case
def unpack(): a, b = (1,)


@case
def name(): return print(undefined_thing)


@case
def raise_it(): raise RuntimeError("explicit")


@case
def recursion():
    def r(n):
        return r(n + 1)
    r(0)


@case
def compare(): return 1 < "a"


@case
def loop():
    for x in 5:
        pass


@case
def with_(): 
    with open:
        pass


@case
def lam(): return (lambda v: v.nope)(3)


for f in cases:
    try:
        f()
    except Exception as e:
        tb = e.__traceback__
        while tb.tb_next and f.__name__ != "recursion": tb = tb.tb_next
        code = tb.tb_frame.f_code
        print(f.__name__, type(e).__name__, e, code.co_name, tb.tb_lineno)
