#!/bin/sh
# same-code.sh A B: do two Python files compile to the same code? Comments, blank lines and formatting do not count.
# What a formatter may change and what it may not, as one exit status: 0 the same, 1 different.
set -eu
[ $# -eq 2 ] || { echo "usage: same-code.sh A B" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dx-parse "$1" | dx-index | dx-codegen -o "$work/a"
dx-parse "$2" | dx-index | dx-codegen -o "$work/b"
if cmp -s "$work/a" "$work/b"; then
  echo "same code"
else
  echo "different code"
  exit 1
fi
