#!/usr/bin/env bash
# install_python_peer.sh FOLDER PYTHON REQUIREMENTS: installs the peer that the file REQUIREMENTS
# names into a virtual environment in FOLDER, unless these versions are there already. Exit 77: it
# cannot be had here, and the comparison is skipped.
set -euo pipefail
folder="$1" python="$2" requirements="$3"
if [ ! -x "$python" ]; then
  echo "SKIPPED: there is no python3; the comparison with the peer needs it"
  exit 77
fi
# With no index, pip succeeds only where nothing is to be installed.
install=(-m pip install --quiet --disable-pip-version-check --requirement "$requirements")
if [ -x "$folder/bin/python" ] && "$folder/bin/python" "${install[@]}" --no-index 2>/dev/null; then
  exit 0
fi
rm -rf "$folder"
if ! "$python" -m venv "$folder"; then
  echo "SKIPPED: python3 makes no virtual environment; the comparison needs python3-venv"
  rm -rf "$folder"
  exit 77
fi
if ! "$folder/bin/python" "${install[@]}"; then
  echo "SKIPPED: pip could not install the peer; the comparison needs a package registry"
  rm -rf "$folder"
  exit 77
fi
