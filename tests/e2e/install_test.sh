#!/usr/bin/env bash
# Installs into an empty folder and checks that everything is in its place, and that the unit is as
# closed as promised: systemd's own exposure figure, at most 2.0.
# Usage: install_test.sh BUILD_DIR
set -euo pipefail
build="$1"
root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT

DESTDIR="$root" cmake --install "$build" >/dev/null

prefix="$root/$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$build/CMakeCache.txt")"
failed=0
expect() {
  if ! compgen -G "$prefix/$1" >/dev/null; then
    echo "missing after install: $1"
    failed=1
  fi
}
expect bin/tidewaiter
expect bin/tidewaiterd
expect bin/tidewaiter-verify
expect lib/systemd/system/tidewaiterd.service
expect lib/sysusers.d/tidewaiter.conf
expect lib/tmpfiles.d/tidewaiter.conf
expect 'share/man/man1/tidewaiter.1*'
expect 'share/man/man8/tidewaiterd.8*'
expect share/bash-completion/completions/tidewaiter
expect share/zsh/site-functions/_tidewaiter
[ "$failed" -eq 0 ] || exit 1

if ! command -v systemd-analyze >/dev/null; then
  echo "systemd-analyze is not installed: the unit's exposure was not checked"
  exit 77
fi
unit="$prefix/lib/systemd/system/tidewaiterd.service"
# --threshold is in tenths: 20 stands for 2.0.
systemd-analyze security --no-pager --offline=true --threshold=20 "$unit" | tail -1
