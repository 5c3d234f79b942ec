#!/usr/bin/env bash
# install_node_peer.sh FOLDER NPM PACKAGE [SCRIPT…]: installs the peer that the file PACKAGE names
# into FOLDER, unless that is there already, and puts the scripts that import it beside it. Exit 77:
# it cannot be had here, and the comparison is skipped.
set -euo pipefail
folder="$1" npm="$2" package="$3"
shift 3
if [ ! -x "$npm" ]; then
  echo "SKIPPED: there is no npm; the comparison with the peer needs Node.js and npm"
  exit 77
fi
mkdir -p "$folder"
if [ $# -gt 0 ]; then cp "$@" "$folder"; fi
if cmp --silent "$package" "$folder/installed.json"; then exit 0; fi
cp "$package" "$folder/package.json"
# The peers need no scripts of their packages to be run.
if ! "$npm" install --prefix "$folder" --ignore-scripts --no-package-lock --no-audit --no-fund \
  --silent; then
  echo "SKIPPED: npm could not install the peer; the comparison needs a package registry"
  rm -rf "$folder/node_modules"
  exit 77
fi
cp "$package" "$folder/installed.json"
