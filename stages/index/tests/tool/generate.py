"""Writes `tests/golden/*.golden` from `*.cases`: sources, their trees, and what CPython 3.14 says of them.

    python3.14 tests/tool/generate.py
"""

import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import expect
import trees

warnings.simplefilter("ignore")
assert sys.version_info[:2] == (3, 14), "expectations come from CPython 3.14"
for cases in sorted((pathlib.Path(__file__).parents[1] / "golden").glob("*.cases")):
    out = []
    for case in cases.read_text().split("###")[1:]:
        name, source = case.split("\n", 1)
        error = expect.error(source)
        expected = f"error {error}\n" if error else expect.symbol_table(source) + "code\n" + expect.code_objects(source)
        out.append(f"=== {name.strip()}\n{source}--- trees\n{trees.of_source(source, bool(error))}--- expected\n{expected}")
    cases.with_suffix(".golden").write_text("".join(out))
