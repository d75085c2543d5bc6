name = "World"
t = t"Hello {name!r:>10} and {1 + 1} end"
print(type(t).__name__, t.strings)
for i in t.interpolations: print(i.value, i.expression, i.conversion, i.format_spec)
print(t.values)
w = 5
t = t"{name:{w}}{w=}"
print(t.strings, t.interpolations[0].format_spec)
print([x if isinstance(x, str) else x.value for x in t"a{1}b{2}"])
print((t"a{1}" + t"b{2}c").strings)
