#!/usr/bin/env bash
# Installs into an empty folder and checks that everything is in its place, that the steps of
# docs/install.md lead to a state with two people in it, and that the units are as closed as promised:
# systemd's own exposure figure, at most 2.0.
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
expect lib/systemd/system/tidewaiter-lists.service
expect lib/systemd/system/tidewaiter-lists.timer
expect lib/sysusers.d/tidewaiter.conf
expect lib/tmpfiles.d/tidewaiter.conf
expect 'share/man/man1/tidewaiter.1*'
expect 'share/man/man1/tidewaiter-ledger.1*'
expect 'share/man/man1/tidewaiter-verify.1*'
expect 'share/man/man8/tidewaiterd.8*'
expect share/bash-completion/completions/tidewaiter
expect share/zsh/site-functions/_tidewaiter
expect share/tidewaiter/packs/README.md
expect share/tidewaiter/packs/linkage.yaml
expect 'share/tidewaiter/packs/*/pack.yaml'
[ "$failed" -eq 0 ] || exit 1

# The steps of docs/install.md, as far as they go without a service manager.
program="$prefix/bin/tidewaiter"
config="$root/etc/tidewaiter/tidewaiter.yaml"
state="$root/var/lib/tidewaiter"
if [ "$(id -u)" -eq 0 ] && command -v systemd-sysusers >/dev/null; then
  mkdir -p "$root/etc" "$root/var/lib"
  printf 'root:x:0:0::/root:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\n' >"$root/etc/group"
  systemd-sysusers --root="$root" "$prefix/lib/sysusers.d/tidewaiter.conf"
  systemd-tmpfiles --root="$root" --create "$prefix/lib/tmpfiles.d/tidewaiter.conf"
  owner="$(sed -n 's/^tidewaiter:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/passwd")"
  [ "$(stat -c '%u %a' "$state")" = "$owner 700" ] || { echo "$state is not the account's own"; exit 1; }
else
  mkdir -p "$root/etc/tidewaiter/policies" "$state"
fi
"$program" config init "$config" >/dev/null
"$program" config check --config "$config" >/dev/null
"$program" init --config "$config" --state "$state" \
  --person "Ada Byron=policy-writer" --person "Jo Ng=approver" >"$root/init.out"
grep -qx 'policies *signed policy mode, 2 may sign' "$root/init.out" || { echo "two people were not enrolled"; exit 1; }
"$prefix/bin/tidewaiter-verify" "$state" --key "$state/ledger.vkey" --lock "$state/lock.db" >/dev/null
"$program" verify "$state" --key "$state/ledger.vkey" >/dev/null
"$program" status --config "$config" --state "$state" >/dev/null
"$program" policy lint --alone "$prefix/share/tidewaiter/packs" >/dev/null

if ! command -v systemd-analyze >/dev/null; then
  echo "systemd-analyze is not installed: the units' exposure was not checked"
  exit 77
fi
for unit in tidewaiterd tidewaiter-lists; do
  # --threshold is in tenths: 20 stands for 2.0.
  systemd-analyze security --no-pager --offline=true --threshold=20 \
    "$prefix/lib/systemd/system/$unit.service" | tail -1
done
systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$prefix/lib/systemd/system/tidewaiter-lists.timer")" >/dev/null
