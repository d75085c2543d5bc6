"""functools, operator and what stands on them."""
import functools
import operator


@functools.lru_cache(maxsize=3)
def square(x):
    """squares"""
    print('square', x)
    return x * x


print([square(x) for x in (1, 2, 1, 3, 4, 1)], square.cache_info(), square.__name__, square.__doc__)
square.cache_clear()
print(square.cache_info())


@functools.cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(60))
print(functools.reduce(operator.add, [1, 2, 3], 10))
p = functools.partial(int, base=2)
print(p('101'), p.func, p.args, p.keywords, functools.partial(print, 1, x=2))
hole = functools.Placeholder
print(functools.partial(divmod, hole, 3)(10), functools.partial(functools.partial(max, 1), 2)(3))
print(sorted('bca', key=functools.cmp_to_key(lambda a, b: (a < b) - (a > b))))


@functools.total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n

    @functools.cached_property
    def double(self):
        print('computed')
        return self.n * 2

    @functools.lru_cache
    def times(self, k):
        return self.n * k

    __hash__ = object.__hash__


print(Version(1) <= Version(2), Version(3) > Version(2), Version(4).times(3))
v = Version(5)
print(v.double, v.double)


@functools.singledispatch
def show(x):
    return 'object'


@show.register(int)
def _(x):
    return 'int'


@show.register(list)
def _(x):
    return 'list'


print(show(1), show([]), show('s'), show(True))
print(operator.itemgetter(1, 2)('abc'), operator.attrgetter('n')(v), operator.methodcaller('upper')('x'))
print(operator.itemgetter(1), operator.attrgetter('a.b'), operator.methodcaller('f', 1, x=2), operator.length_hint([1]))
for call in (lambda: functools.reduce(max, []), lambda: functools.partial(1), lambda: operator.concat(1, 2),
             lambda: operator.indexOf('abc', 'd'), lambda: functools.partial(print, hole), lambda: operator.itemgetter()):
    try:
        print(call())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
