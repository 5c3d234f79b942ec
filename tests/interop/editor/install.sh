#!/usr/bin/env bash
# install.sh FOLDER NPM: installs the peer that package.json names into FOLDER. Exit 77: it cannot
# be had here, and the test with it is skipped.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1" npm="$2"
if [ ! -x "$npm" ]; then
  echo "SKIPPED: there is no npm; the test with yaml-language-server needs Node.js and npm"
  exit 77
fi
mkdir -p "$folder"
cp "$here/package.json" "$folder"
if [ -d "$folder/node_modules/yaml-language-server" ]; then exit 0; fi
if ! "$npm" install --prefix "$folder" --no-package-lock --no-audit --no-fund --silent; then
  echo "SKIPPED: npm could not install yaml-language-server; that needs a package registry"
  rm -rf "$folder/node_modules"
  exit 77
fi
