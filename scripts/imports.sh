#!/bin/sh
# imports.sh FILE...: the modules that Python files import, sorted, each once, without running anything.
set -eu
[ $# -gt 0 ] || { echo "usage: imports.sh FILE..." >&2; exit 2; }
for file in "$@"; do
  dx-parse "$file" | dx-index --emit=json
done | sed -n 's/^ *"module": "\(.*\)",*$/\1/p' | sort -u
