#!/usr/bin/env bash
# install.sh FOLDER: installs the peer that package.json names into FOLDER. Exit 77: it cannot be had
# here, and what is compared with it is not measured.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1"
if ! command -v npm >/dev/null 2>&1; then
  echo "SKIPPED: there is no npm; comparisons with DuckDB need Node.js and npm"
  exit 77
fi
mkdir -p "$folder"
cp "$here/package.json" "$here/duckdb.mjs" "$folder"
if [ -d "$folder/node_modules/@duckdb/node-api" ]; then exit 0; fi
if ! npm install --prefix "$folder" --no-package-lock --no-audit --no-fund --silent; then
  echo "SKIPPED: npm could not install DuckDB; comparisons with it need a package registry"
  rm -rf "$folder/node_modules"
  exit 77
fi
