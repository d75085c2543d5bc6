"""collections, heapq, bisect, enum, weakref, copy, string, contextlib."""
import bisect
import collections
import contextlib
import copy
import enum
import heapq
import string
import weakref

d = collections.deque([1, 2, 3], maxlen=3)
d.append(4)
d.appendleft(0)
print(d, len(d), d[1], list(reversed(d)), d.pop(), d.popleft(), d)
d = collections.deque('abcde')
d.rotate(2)
print(d, d.index('a'), d.count('z'))
d.insert(1, 'X')
d.remove('c')
del d[0]
print(d, 'X' in d, d + collections.deque('z'), d * 2, d == collections.deque('Xeab'), d.copy() is d)
dd = collections.defaultdict(list, a=[0])
dd['b'].append(1)
print(dd, dd.default_factory, dd | {'c': 2}, dd.get('q'), copy.copy(dd) == dd)
print(collections.Counter('abracadabra').most_common(2), collections.Counter(a=3) - collections.Counter(a=1))
Point = collections.namedtuple('Point', 'x y', defaults=[0])
print(Point(1), Point(1, 2)._replace(y=5), Point(3)._asdict(), Point._fields, Point(1, 2) == (1, 2))
o = collections.OrderedDict(a=1, b=2)
o.move_to_end('a')
print(o, o.popitem(last=False), collections.ChainMap({'a': 1}, {'b': 2})['b'])
h = []
for x in (5, 1, 4):
    heapq.heappush(h, x)
print([heapq.heappop(h) for _ in range(3)], heapq.nlargest(2, [3, 9, 4]), bisect.bisect([1, 3, 5], 3))


class Colour(enum.Enum):
    RED = 1
    GREEN = enum.auto()


class Bits(enum.Flag):
    A = 1
    B = 2


print(Colour.RED, Colour(2), Colour['RED'].value, list(Colour), Bits.A | Bits.B, enum.IntEnum('N', 'a b').b + 1)


class Node:
    pass


n = Node()
r = weakref.ref(n)
print(r() is n, weakref.getweakrefcount(n), isinstance(r, weakref.ReferenceType))
n.value = 3
print(weakref.proxy(n).value, copy.deepcopy({'a': [1, (2,)]}))
print(string.Template('$a-${b}').substitute(a=1, b=2), string.capwords('ab cd'), string.Formatter().format('{0.real}{x[1]}', 5, x='ab'))


@contextlib.contextmanager
def tag(name):
    print('<', name)
    try:
        yield name
    finally:
        print('>', name)


with tag('t') as t, contextlib.suppress(KeyError), contextlib.ExitStack() as stack:
    stack.callback(print, 'callback')
    {}[t]
for call in (lambda: collections.deque([], -1), lambda: collections.deque().pop(), lambda: collections.defaultdict(1),
             lambda: weakref.ref(1), lambda: Colour(7), lambda: Point()):
    try:
        print(call())
    except (TypeError, ValueError, IndexError) as error:
        print(type(error).__name__, error)
