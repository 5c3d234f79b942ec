#!/usr/bin/env bash
# install.sh FOLDER NPM: installs the peer that package.json names into FOLDER. Exit 77: it cannot
# be had here, and the test is skipped.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1" npm="$2"
if [ ! -x "$npm" ]; then
  echo "SKIPPED: there is no npm; the test with Prism needs Node.js and npm"
  exit 77
fi
mkdir -p "$folder"
cp "$here/package.json" "$folder"
if [ -d "$folder/node_modules/@stoplight/prism-cli" ]; then exit 0; fi
# Its packages need no scripts of their own to be run.
if ! "$npm" install --prefix "$folder" --ignore-scripts --no-package-lock --no-audit --no-fund \
  --silent; then
  echo "SKIPPED: npm could not install Prism; the test needs a package registry"
  rm -rf "$folder/node_modules"
  exit 77
fi
