"""Development tool: trees and expectations of every file of a folder, for `examples/compare.rs`.

    python3.14 lib.py FOLDER OUT
"""

import os
import sys
import warnings

import expect
import trees

warnings.simplefilter("ignore")
sys.setrecursionlimit(20000)
folder, out = sys.argv[1:]
os.makedirs(out, exist_ok=True)
count = 0
for root, folders, files in os.walk(folder):
    folders.sort()
    for name in sorted(files):
        if not name.endswith(".py") or not os.path.exists(os.path.join(root, name)):
            continue
        path = os.path.join(root, name)
        with open(path, "rb") as file:
            source = file.read()
        stem = os.path.join(out, os.path.relpath(path, folder).replace("/", "+"))
        try:
            text = trees.of_source(source)
        except (SyntaxError, ValueError):
            pass
        else:
            with open(stem + ".trees", "w", encoding="utf-8", errors="surrogatepass") as file:
                file.write(text)
        error = expect.error(source)
        with open(stem + ".expect", "w", encoding="utf-8", errors="surrogatepass") as file:
            if error:
                file.write(f"error {error}\n")
            else:
                file.write(expect.symbol_table(source) + "code\n" + expect.code_objects(source))
        count += 1
print(count, "files")
