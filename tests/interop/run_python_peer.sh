#!/usr/bin/env bash
# run_python_peer.sh FOLDER SCRIPT PROGRAM: runs SCRIPT, which holds PROGRAM against a peer, by the
# Python that install_python_peer.sh put into FOLDER.
set -euo pipefail
folder="$1" script="$2" program="$3"
if [ ! -x "$folder/bin/python" ]; then
  echo "SKIPPED: the peer is not installed"
  exit 77
fi
exec "$folder/bin/python" -B "$script" "$program"
