#!/usr/bin/env bash
# install.sh FOLDER PYTHON: installs the peer that requirements.txt names into a virtual environment
# in FOLDER. Exit 77: it cannot be had here, and the comparison is skipped.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1" python="$2"
if [ ! -x "$python" ]; then
  echo "SKIPPED: there is no python3; the comparison with DuckDB needs it"
  exit 77
fi
if [ -x "$folder/bin/python" ] && "$folder/bin/python" -c 'import duckdb'; then
  exit 0
fi
rm -rf "$folder"
if ! "$python" -m venv "$folder"; then
  echo "SKIPPED: python3 makes no virtual environment; the comparison needs python3-venv"
  rm -rf "$folder"
  exit 77
fi
if ! "$folder/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"; then
  echo "SKIPPED: pip could not install the peer; the comparison needs a package registry"
  rm -rf "$folder"
  exit 77
fi
