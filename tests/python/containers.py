l = [3, 1, 2]
l.append(4); l.insert(0, 0); l.extend((5, 6)); l.remove(3)
print(l, l.pop(), l.pop(0), l.index(2), l.count(1), l[::-1], len(l))
l.sort(reverse=True); print(l)
l.reverse(); print(l, l + [9], l * 2, l.copy() is l, l == l.copy(), [1, [2, [3]]], [] or "empty")
l.clear(); print(l)
words = ["banana", "apple", "Cherry", "fig"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len, reverse=True), sorted([(2, "b"), (1, "z"), (2, "a")]))
d = {"a": 1, "b": 2}
d["c"] = 3; d.update(d=4, e=5); d.setdefault("a", 9); d.setdefault("f", 6)
print(d, d.get("x"), d.get("x", 0), d.pop("a"), d.pop("zz", None), d.popitem(), "b" in d, list(d), list(d.values()), list(d.items()), len(d))
del d["b"]
print(d, {**d, "z": 1}, d | {"q": 0}, dict([(1, 2)], k=3), dict.fromkeys("ab", 0), {1: "a", 1.0: "b", True: "c"}, list(reversed(d)))
print(d.keys() & {"c", "zz"}, d.keys() | {"n"} == {"c", "d", "e", "n"}, ("c", 3) in d.items(), d == {"c": 3, "d": 4, "e": 5})
for k in list(d):
    if k == "c": del d[k]
try:
    for k in d: d[k + "x"] = 1
except RuntimeError as e:
    print(e)
s = {3, 1, 2}
s.add(4); s.discard(9); s.update([5, 6]); s.remove(1)
print(s, s & {2, 3}, s | {10}, s - {2}, s ^ {2, 99}, {1} < {1, 2}, s.isdisjoint({100}), frozenset([1, 2]), len(s), set("hello") == set("ehlo"), {1, 2} == frozenset((2, 1)))
t = (1, 2, 3)
print(t + (4,), t * 2, t[1:], t.index(2), t.count(9), (5,), (), tuple("ab"), hash(t) == hash((1, 2, 3)), t < (1, 3), tuple([1, [2]]))
r = range(0, 10, 3)
print(r, list(r), len(r), r[1], r[-1], 6 in r, 7 in r, r[1:], list(reversed(r)), range(5) == range(0, 5), r.index(3), range(10, 0, -2)[1], bool(range(0)))
print(slice(1, 2), slice(1, 10, 2).indices(5), [1, 2, 3][slice(None, None, -1)])
big = {i: str(i) for i in range(1000)}
for i in range(0, 1000, 2): del big[i]
print(len(big), list(big)[:5], sum(big), big[999])
nested = {"a": [1, {"b": (2, 3)}]}
nested["a"][1]["b"] += (4,)
print(nested, nested["a"][1]["b"][-1])
rec = [1]; rec.append(rec); print(rec)
rd = {}; rd["self"] = rd; print(rd)
print(list(zip([1, 2], "ab", strict=True)), list(zip(range(3), "ab")), dict(zip("ab", [1, 2])), any([]), all([]), sum([[1], [2]], []), sum((1.5, 2)), min("b", "a", key=ord), max([], default="none"))
try:
    {[]: 1}
except TypeError as e:
    print(e)
try:
    {1: 2}.pop(5)
except KeyError as e:
    print(repr(e))
try:
    [1, "a"].sort()
except TypeError as e:
    print(e)
try:
    list(zip([1], [1, 2], strict=True))
except ValueError as e:
    print(e)
class H:
    def __init__(self, v): self.v = v
    def __hash__(self): return self.v % 3
    def __eq__(self, o): return self.v == o.v
    def __repr__(self): return f"H{self.v}"
    def __lt__(self, o): return self.v < o.v
hd = {H(i): i for i in range(10)}
print(hd[H(7)], H(11) in hd, len(hd), sorted(hd, reverse=True)[:3], min(hd))
m = memoryview(bytearray(b"abcdef"))
print(m[0], bytes(m[1:3]), len(m), m.tolist()[:2])
print([1, 2, 3] == [1, 2, 3], [1] != [2], (1, 2) == [1, 2], {1: 2} == {1: 2.0}, "ab" == "ab", [float("inf")] < [1e400])
import sys
print([type(x).__name__ for x in (1, 1.0, "", b"", [], (), {}, set(), None, print, len, type, range(1), lambda: 0, ..., NotImplemented, 1j, slice(1), iter([]), {}.keys(), sys)])
