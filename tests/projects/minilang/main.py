"""Runs programs of a small language."""

import sys

from minilang import Interpreter, LangError, compile_source, pretty

PROGRAMS = {
    "arithmetic": "1 + 2 * 3 - -4 ** 2; (1 + 2) * 3 % 5; 7 / 2; 2 < 3 and not (3 == 4)",
    "factorial": """
        let fact = fn(n) { if n < 2 { 1 } else { n * fact(n - 1) } };
        fact(5); fact(25)
    """,
    "closures": """
        let counter = fn(start) { let n = start; fn(step) { n = n + step; n } };
        let a = counter(10); let b = counter(100);
        a(1); a(2); b(5); a(3)
    """,
    "lists": """
        let map = fn(f, xs) { let out = []; for x in xs { push(out, f(x)) }; out };
        let compose = fn(f, g) { fn(x) { f(g(x)) } };
        map(compose(fn(x) { x * x }, fn(x) { x + 1 }), [1, 2, 3]);
        len("hello") + len([1, 2]); "ab" + "cd"; [1] + [2, [3]]
    """,
    "loop": """
        let i = 0; let total = 0;
        while true { i = i + 1; if i > 10 { break }; if i % 2 == 0 { continue }; total = total + i };
        total
    """,
    "primes": """
        let primes = fn(limit) {
            let found = [];
            for n in range(2, limit) {
                let good = true;
                for p in found { if p * p > n { break }; if n % p == 0 { good = false; break } };
                if good { push(found, n) }
            };
            found
        };
        primes(60)
    """,
    "tail calls": "let loop = fn(n, acc) { if n == 0 { acc } else { loop(n - 1, acc + n) } }; loop(5000, 0)",
    "unknown name": "let x = 1; x + y",
    "bad call": "let f = fn(a, b) { a + b }; f(1)",
    "bad types": '1 + "one"',
    "division": "let z = 0; 10 / z",
    "syntax": "let = 5",
    "unclosed": "fn(x) { x + 1",
    "character": "1 $ 2",
}


def run(name, source):
    print(f"== {name}")
    interpreter = Interpreter()
    try:
        for value in interpreter.run(compile_source(source)):
            print("  ", pretty(value))
    except LangError as error:
        print("   error:", error)
        for note in getattr(error, "__notes__", ()):
            print("        ", note)
        if error.__context__ is not None:
            print("         from", type(error.__context__).__name__)
    return interpreter.steps


def main():
    chosen = sys.argv[1:] or list(PROGRAMS)
    steps = {name: run(name, PROGRAMS[name]) for name in chosen}
    width = max(map(len, steps))
    for name, count in sorted(steps.items(), key=lambda item: (-item[1], item[0]))[:5]:
        print(f"{name:.<{width + 3}}{count:.>8}")


if __name__ == "__main__":
    main()
