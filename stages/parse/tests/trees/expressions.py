a and b and c or not d or e
a if b else c if d else e
(x := 1), [y := 2, 3]
a + b - c * d @ e / f % g // h ** i << j >> k & l ^ m | n
-a ** -b, ~c, +d, not e
a < b <= c == d != e > f >= g is h is not i in j not in k
lambda: 0
lambda a, /, b=1, *c, d, e=2, **f: (a, b)
{**a, 'b': 1, 2: {3, *c}}
{}, [], (), (1,), {1}
[a for a, in b if c if d for e in f]
{a for a in b}; {a: b for a, b in c}; (a for a in b)
f(), f(a, *b, c=1, **d, e=2), f(a for a in b), f((a for a in b), 1)
f(x)(y).z[0][a:b:c, ::, ..., *d, e:][*f]
(await_).x
0, 1_000, 0xFF, 0o17, 0b101, 18446744073709551616, 99999999999999999999999999999999
0.0, 1., .5, 1e10, 1_0.0_1e-1_0, 1e400, 5e-324, 1j, 0.5J, 00, 0_0
None, True, False, ...
'a' "b" '''c
d''', r'\n', b'\x00\xff' rb'\x', u'x', R"\d", '\N{EURO SIGN}\u00e9\U0001F600\101\x41\
'
'\ud800', '\ud83d\ude00', 'é', ("implicit"
    'over' r'\lines')
café = ﬁ = 1
ℌ.ℑ(ｋ=1)
(
    # a comment
    a
    .b
)
