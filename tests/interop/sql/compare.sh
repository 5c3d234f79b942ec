#!/usr/bin/env bash
# compare.sh FOLDER PROGRAM: runs compare.py by the Python in FOLDER.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1" program="$2"
if [ ! -x "$folder/bin/python" ]; then
  echo "SKIPPED: the peer is not installed"
  exit 77
fi
exec "$folder/bin/python" "$here/compare.py" "$program"
