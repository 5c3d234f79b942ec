#!/usr/bin/env bash
# `tidewaiter verify` says what tidewaiter-verify beside it says, and ends as that ends.
# Usage: verify_verb_test.sh TIDEWAITER TIDEWAITER_VERIFY
set -euo pipefail
root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT
mkdir "$root/bin" "$root/links" "$root/site" "$root/alone"
cp "$1" "$root/bin/tidewaiter"
cp "$2" "$root/bin/tidewaiter-verify"
cp "$1" "$root/alone/tidewaiter"
ln -s ../bin/tidewaiter "$root/links/tidewaiter"

cd "$root/site"
printf 'state: state\nledger: {origin: small.example/ledger}\n' >tidewaiter.yaml
"$root/bin/tidewaiter" init --person "Jo Ng=officer" >/dev/null
cp -r state broken
rm broken/ledger.db
head -c 4096 state/ledger.db >broken/ledger.db
failed=0

# Both with the same arguments: the same status, the first given, and the same words but for the name.
same() {
  local expected="$1" program status
  shift
  for program in "$root/bin/tidewaiter-verify" "$root/bin/tidewaiter verify" "$root/links/tidewaiter verify"; do
    status=0
    # shellcheck disable=SC2086  # a program and its verb
    $program "$@" >"$root/out.txt" 2>"$root/err.txt" </dev/null || status=$?
    if [ "$status" -ne "$expected" ]; then
      echo "$program $*: status $status, expected $expected: $(cat "$root/err.txt")"
      failed=1
    fi
    if [ "$program" = "$root/bin/tidewaiter-verify" ]; then
      cp "$root/out.txt" "$root/first.txt"
    elif ! cmp -s "$root/out.txt" "$root/first.txt"; then
      echo "$program $*: another verdict than tidewaiter-verify's"
      failed=1
    fi
  done
}
same 0 state --key state/ledger.vkey --lock state/lock.db
same 0 --json --all-signed state
same 0 --key "$(cat state/ledger.vkey)" -- state
same 9 nowhere
same 10 broken
same 2 state --entry x
same 2 state --lock ""
same 2 state --unheard-of
# A value that begins with a dash.
cp state/lock.db ./-lock.db
same 0 state --lock=-lock.db
same 16 state --lock=-a
same 16 state --lock=--
same 2

"$root/bin/tidewaiter" verify --help | grep -q "Examples:" || { echo "its help has no examples"; failed=1; }

# As it lies in the build tree, which is where the quickstart leaves it.
status=0
"$1" verify state --key state/ledger.vkey >"$root/out.txt" 2>&1 || status=$?
if [ "$status" -ne 0 ]; then
  echo "in the build tree: status $status, $(cat "$root/out.txt")"
  failed=1
fi
status=0
"$root/alone/tidewaiter" verify state 2>"$root/err.txt" || status=$?
if [ "$status" -ne 5 ] || ! grep -qF "$root/alone/tidewaiter-verify" "$root/err.txt"; then
  echo "without the program: status $status, $(cat "$root/err.txt")"
  failed=1
fi
status=0
"$root/bin/tidewaiter" --state state verify state 2>"$root/err.txt" || status=$?
if [ "$status" -ne 2 ] || ! grep -q "ledger verify" "$root/err.txt"; then
  echo "with --state: status $status, $(cat "$root/err.txt")"
  failed=1
fi
exit "$failed"
