"""Development tool: every string in CPython's tests that its parser accepts and its compiler refuses.

    python3.14 errors.py FOLDER OUT
"""

import ast
import doctest
import os
import sys
import textwrap
import warnings

import expect
import trees

warnings.simplefilter("ignore")
folder, out = sys.argv[1:]
os.makedirs(out, exist_ok=True)
seen = set()


def candidates(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if ">>> " in text:
                try:
                    for example in doctest.DocTestParser().get_examples(text):
                        yield example.source
                except ValueError:
                    pass
            yield text
            yield textwrap.dedent(text)
            yield textwrap.dedent(text).strip()


for name in sorted(os.listdir(folder)):
    if not name.endswith(".py"):
        continue
    with open(os.path.join(folder, name), "rb") as file:
        content = file.read()
    try:
        texts = list(candidates(content))
    except (SyntaxError, ValueError):
        continue
    for text in texts:
        if text in seen or len(text) > 20000 or "\0" in text or "\r" in text or "\f" in text:
            continue
        seen.add(text)
        try:
            text.encode()
            ast.parse(text)
            error = expect.error(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError, UnicodeError):
            continue
        if error:
            stem = os.path.join(out, f"{name[:-3]}+{len(os.listdir(out))}")
            with open(stem + ".py", "w") as file:
                file.write(text)
            with open(stem + ".trees", "w") as file:
                file.write(trees.of_source(text, with_places=True))
            with open(stem + ".expect", "w") as file:
                file.write(f"error {error}\n")
print(len(os.listdir(out)) // 3, "errors")
