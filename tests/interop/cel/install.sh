#!/usr/bin/env bash
# install.sh FOLDER NPM: installs the peer that package.json names into FOLDER. Exit 77: it cannot
# be had here, and the comparison is skipped.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1" npm="$2"
if [ ! -x "$npm" ]; then
  echo "SKIPPED: there is no npm; the comparison with CEL needs Node.js and npm"
  exit 77
fi
mkdir -p "$folder"
cp "$here/package.json" "$here/compare.mjs" "$folder"
if [ -d "$folder/node_modules/@bufbuild/cel" ]; then exit 0; fi
if ! "$npm" install --prefix "$folder" --no-package-lock --no-audit --no-fund --silent; then
  echo "SKIPPED: npm could not install the peer; the comparison with CEL needs a package registry"
  rm -rf "$folder/node_modules"
  exit 77
fi
