"""re over the native engine."""
import re
print(re.findall(r'\w+', 'hello world foo_1'), re.match(r'(a)(b)?', 'ac').groups(), re.sub(r'(\w)(\d)', r'\2\1', 'a1 b2'))
print(re.split(r'[,;]\s*', 'a, b;c'), re.split(r'(-)', 'a-b-c'), re.split(r'', 'abc'), re.split(r'\b', 'ab cd'))
print(re.search(r'(?P<y>\d{4})-(?P<m>\d\d)', 'on 2024-05-06').groupdict())
print(re.fullmatch(r'a*?b+', 'aaabbb'), re.match('x', 'y'), re.search(r'(?<=a)b(?!c)', 'abcab'))
print(re.sub('x*', '-', 'abxd'), re.subn('a', 'b', 'aaa', count=2), re.findall('a|', 'aab'))
print(re.compile(r'(a+)+b').match('a'*18+'c'), re.match(r'(?>a+)b', 'aaab'), re.match(r'a++a', 'aaa'), re.match(r'(?:ab)*+c', 'ababc'))
print(re.match(r'(a)?(?(1)b|c)', 'ab'), re.match(r'(a)?(?(1)b|c)', 'c'), re.match(r'(a)?(?(1)b)', 'x'), re.match(r'(.)\1', 'aa'))
print([m.span() for m in re.finditer(r'a*', 'baac')], re.compile(b'a.').findall(b'abac'), re.escape('a.b*c'))
print(repr(re.compile('a', re.I|re.M)), re.compile('(?P<q>.)').groupindex, re.match('(?P<q>.)', 'z').lastgroup)
print(re.sub(r'\b(\w)', lambda m: m.group(1).upper(), 'the quick'), re.match('(?:(a)|b)*', 'ab').groups(), re.match('(a|ab)(c|bcd)(d*)', 'abcd').groups())
print(re.findall(r'^\w', 'a\nb', re.M), re.findall(r'.$', 'a\nb\n', re.M), re.match(r'a.b', 'a\nb', re.S), re.match(r'''a # x
 b''', 'ab', re.X))
for bad in ['(', '*a', '[a', 'a{2,1}', '(?P<1>a)', '(?<=a*)b', '\\']:
    try: re.compile(bad)
    except re.error as e: print(bad, e)
try: re.compile('a').match(1)
except TypeError as e: print(e)
try: re.compile('a').match(b'a')
except TypeError as e: print(e)
m = re.match(r'(\w+) (\w+)', 'Isaac Newton'); print(m[0], m[1], m.group(1, 2), m.expand(r'\2 \1'), m.regs, m.start(2), m.end('1') if 0 else m.end(1), m.lastindex, m)
import textwrap
print(textwrap.fill('the quick brown fox jumps over the lazy dog', 20))
print(repr(textwrap.dedent('  a\n   b\n')), textwrap.shorten('hello big world', 12))
