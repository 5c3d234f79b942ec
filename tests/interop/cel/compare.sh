#!/usr/bin/env bash
# compare.sh FOLDER NODE GENERATOR COUNT: lets the peer in FOLDER evaluate COUNT generated
# expressions: always the same ones, unless TIDEWAITER_SEED chooses others.
set -euo pipefail
export TIDEWAITER_SEED="${TIDEWAITER_SEED:-1}"
folder="$1" node="$2" generator="$3" count="$4"
if [ ! -d "$folder/node_modules/@bufbuild/cel" ]; then
  echo "SKIPPED: the peer is not installed"
  exit 77
fi
"$generator" "$count" | "$node" "$folder/compare.mjs" "$count"
