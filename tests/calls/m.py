"""Every way in which Python calls a function. Each has a docstring of its own: changing that one changes nothing but the
function."""

import functools


class Sub:
    def __getitem__(self, key): "s01"; return key
    def __setitem__(self, key, value): "s02"
    def __delitem__(self, key): "s03"
    def __contains__(self, item): "s04"; return True
    def __len__(self): "s05"; return 3
    def __call__(self, *a, **k): "s06"; return 1
    def __enter__(self): "s07"; return self
    def __exit__(self, *a): "s08"; return False
    def __eq__(self, other): "s09"; return True
    def __lt__(self, other): "s10"; return True
    def __add__(self, other): "s11"; return self
    def __radd__(self, other): "s12"; return self
    def __iadd__(self, other): "s13"; return self
    def __neg__(self): "s14"; return self
    def __bool__(self): "s15"; return True
    def __iter__(self): "s16"; return iter((1, 2))
    def __hash__(self): "s17"; return 1
    def __index__(self): "s18"; return 1
    def __format__(self, spec): "s19"; return "x"
    def __str__(self): "s20"; return "s"
    def __repr__(self): "s21"; return "r"


class Properties:
    @property
    def p(self): "p01"; return 1
    @p.setter
    def p(self, value): "p02"
    @functools.cached_property
    def cached(self): "p03"; return 2
    @classmethod
    def of_class(cls): "p04"; return 1
    @staticmethod
    def of_none(): "p05"; return 1


class Every:
    def __getattribute__(self, name): "a01"; return 1


class Absent:
    def __getattr__(self, name): "a02"; return 1


class Stored:
    def __setattr__(self, name, value): "a03"


class Descriptor:
    def __get__(self, instance, owner=None): "d01"; return 1
    def __set__(self, instance, value): "d02"


class Described:
    d = Descriptor()


class Plain:
    def __init__(self, x): "c01"; self.x = x


class New:
    def __new__(cls, x): "c02"; return object.__new__(cls)


class Slots:
    __slots__ = ("a",)
    def __init__(self, a, b=2): "c03"; self.a = a


class Base:
    def m(self): "c04"; return 1


class Derived(Base):
    def m(self): "c05"; return super().m()


class Manager:
    async def __aenter__(self): "y01"; return self
    async def __aexit__(self, *a): "y02"; return False


class Ends:
    def __iter__(self): "i01"; return self
    def __next__(self): "i02"; raise StopIteration


def numbers(n):
    "g01"
    for i in range(n):
        yield i


def delegated(n): "g02"; yield from numbers(n)
async def awaited(): "y03"; return 1
async def many(): "y04"; yield 1


async def asynchronous():
    "y05"
    await awaited()
    async for _ in many():
        pass
    async with Manager():
        pass


def run(coroutine):
    "y06"
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        pass


def positional(a, b=1): "f01"; return a
def keyword(*, k=1): "f02"; return k
def variable(*a, **k): "f03"; return a


def closure(x):
    "f04"
    def inner():
        return x
    return inner


def key(x): "f05"; return x
def in_a_comprehension(x): "f06"; return x
def in_a_generator(x): "f07"; return x
def of_a_partial(x): "f08"; return x
def mapped(x): "f09"; return x
def raising(): "f10"; raise ValueError
def recursive(n): "f11"; return n and recursive(n - 1)


def drive():
    s = Sub()
    s[1]; s[1] = 2; del s[1]; 1 in s; len(s); s(); s == 1; s < 1; s + 1; 1 + s; -s; hash(s); [1, 2][s]
    if s: pass
    total = s
    total += 1
    a, b = s
    for _ in s: pass
    f"{s}"; str(s); repr(s)
    with s: pass
    p = Properties()
    p.p; p.p = 1; p.cached; p.of_class(); p.of_none()
    Every().any; Absent().any
    Stored().any = 1
    described = Described()
    described.d; described.d = 1
    Plain(1); New(1); Slots(1); Slots(a=1); Derived().m()
    for _ in numbers(2): pass
    list(delegated(2)); next(numbers(1))
    run(asynchronous())
    for _ in Ends(): pass
    positional(1); positional(a=1, b=2); positional(*(1,)); keyword(k=2); variable(1, c=3); closure(1)()
    sorted([2, 1], key=key); list(map(mapped, [1])); [in_a_comprehension(x) for x in (1,)]
    sum(in_a_generator(x) for x in (1, 2)); functools.partial(of_a_partial, 1)()
    try:
        raising()
    except ValueError:
        pass
    recursive(5)
