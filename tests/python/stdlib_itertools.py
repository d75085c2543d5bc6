"""Every iterator of itertools, with its errors."""
import itertools as it

print(list(it.islice(it.count(3, 2), 5)), it.count(2.5, .5), it.repeat('x', 3), list(it.repeat(1, 2)))
print(list(it.islice(it.cycle('ab'), 5)), list(it.chain('ab', [1])), list(it.chain.from_iterable(['ab', 'c'])))
print(list(it.compress('abcd', [1, 0, 1, 1])), list(it.dropwhile(lambda x: x < 3, [1, 4, 2])))
print(list(it.takewhile(lambda x: x < 3, [1, 4, 2])), list(it.filterfalse(None, [0, 1, ''])))
print(list(it.islice(range(10), 2, None, 3)), list(it.islice('abc', 2)), list(it.starmap(pow, [(2, 3), [3, 2]])))
print([(k, list(g)) for k, g in it.groupby('aabbbc')], [(k, len(list(g))) for k, g in it.groupby([1, 3, 2, 4], lambda x: x % 2)])
a, b, c = it.tee(iter([1, 2, 3]), 3)
print(next(a), list(b), list(a), list(c))
print(list(it.zip_longest('ab', 'c', fillvalue='-')), list(it.pairwise('abcd')), list(it.batched('abcde', 2)))
print(list(it.accumulate([1, 2, 3])), list(it.accumulate([3, 1, 2], max, initial=2)))
print(list(it.product('ab', repeat=2)), list(it.product([1, 2], 'x')), list(it.product()))
print(list(it.permutations('abc', 2)), len(list(it.permutations(range(5)))), list(it.permutations([], 0)))
print(list(it.combinations('abcd', 3)), list(it.combinations_with_replacement('ab', 2)), list(it.combinations('a', 2)))
for call in (lambda: it.islice([], -1), lambda: it.count('a'), lambda: it.product([], repeat=-1), lambda: it.tee([], -1),
             lambda: list(it.batched('abc', 2, strict=True)), lambda: it.batched('a', 0), lambda: it.starmap(1)):
    try:
        print(call())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)


class Mine(it.chain):
    extra = 1


print(list(Mine('a', 'b')), Mine.extra, type(it.groupby([])).__name__)
