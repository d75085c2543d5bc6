"""json, random, fractions."""
import json
import random
from fractions import Fraction

print(json.dumps({'a': [1, 2.5, None, True], 'b': 'é"\n'}), json.loads('{"x": [1, -2.5e3, "\\u00e9", null]}'))
print(json.dumps([1, {'k': ()}], indent=2, sort_keys=True), json.dumps('é', ensure_ascii=False))
try:
    json.loads('[1,]')
except json.JSONDecodeError as error:
    print(error)
r = random.Random(42)
print(r.random(), r.randint(1, 100), r.sample(range(10), 3), r.getrandbits(70), r.choice('abc'))
x = list(range(6))
r.shuffle(x)
print(x, round(r.gauss(0, 1), 6))
print(Fraction(3, 6) + Fraction('1/3'), Fraction(0.25), Fraction('1.5'), max(Fraction(1, 3), Fraction(1, 2)))
