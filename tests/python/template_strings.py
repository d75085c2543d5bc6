name, n = "World", 3
t = t"Hello {name!r:>10} and {n + 1} {n = }"
print(type(t).__name__, t.strings, t.values)
for i in t.interpolations:
    print(repr(i.value), i.expression, i.conversion, i.format_spec)
print([x if isinstance(x, str) else x.value for x in t])
e = t""
print(e.strings, e.values)
u = t"a{1}" t"b{2:{n}}"
print(u.strings, u.values, u.interpolations[1].format_spec)
