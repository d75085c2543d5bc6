f"", f"a", f"{x}", f"a{x}b{y}c", f"{{}}", f"{{{x}}}"
f"{x!r}{x!s:>10}{x!a:{w}.{p}f}{x:}"
f"{x = }{x=!s}{x=:5}{ x + 1 = !r:^{n}}"
f'{a["b"]}{f"{f'{1}'}"}' "plain" f"{z}"
"lead" f"{x}" "mid" "dle" f"{y}" 'trail'
f"\n{x}\N{EURO SIGN}{y:\n{z}}\\" rf"\d{x:\d}" fr'{{\{x}'
f"""
{x
 # comment
 = }
{
y}
"""
f"{lambda_}{(lambda x: x)}{x:{'a' if b else 'c'}}{ {1: 2}[1] }{*a, b}{(yield_)}"
t"", t"a{x}b", t"{ x }{x!r:>{w}}{x = }{(x) :f}" t"tail"
rt"\d{x}" t'''{
 x # note
}'''
