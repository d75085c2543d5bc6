#!/bin/sh
# findings.sh FILE...: the errors and warnings of Python files, one JSON object a line, on all processors.
# Works on any list of files, for an editor or a commit hook; exits 1 if a file has errors.
set -eu
[ $# -gt 0 ] || { echo "usage: findings.sh FILE..." >&2; exit 2; }
dx-parse --message-format=json "$@" | dx-index --message-format=json >/dev/null
