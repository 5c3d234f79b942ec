#!/usr/bin/env bash
# Walks the tours of docs/ as they are written, command by command, in a folder that looks like a
# checkout in which ./quickstart has run.
# Usage: tour_test.sh SOURCE_DIR BUILD_DIR
set -euo pipefail
source_dir="$1"
build="$2"
root="$(mktemp -d)"
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/build" "$root/docs/examples"
ln -s "$build" "$root/build/release"
cp -r "$source_dir/docs/examples/quickstart" "$root/docs/examples/"
cd "$root"
unset TIDEWAITER_CONFIG STATE_DIRECTORY

# What ./quickstart runs, taken from it.
export tidewaiter="$root/build/release/daemon/cli/tidewaiter"
export config="$root/docs/examples/quickstart/tidewaiter.yaml"
grep '^"[$]tidewaiter" ' "$source_dir/quickstart" >quickstart.sh
bash -eux quickstart.sh >quickstart.out
grep -q '^The ledger holds' quickstart.out || { echo "quickstart's commands gave no verdict"; exit 1; }
[ -f .tidewaiter/quickstart/ledger.db ] || { echo "the state is not in .tidewaiter/quickstart"; exit 1; }

# commands_of TOUR: its fenced blocks that name no language.
commands_of() {
  awk '/^```/ { inside = inside ? 0 : ($0 == "```" ? 1 : 2); next } inside == 1' "$1"
}

first_id="$("$tidewaiter" finding list --config "$config" --limit 1 --json | sed -n 's/.*"id": "\(........\).*/\1/p')"

first_case="$("$tidewaiter" case list --config "$config" --json | sed -n 's/.*"id": "\(c-[0-9a-f]*\)".*/\1/p' | head -1)"
seen="\$(tidewaiter case show $first_case --json | sed -n 's/.*\"seen\": \([0-9]*\).*/\1/p')"

for tour in officer liaison policy-writer; do
  commands_of "$source_dir/docs/tour-$tour.md" >"$tour.sh"
  [ -s "$tour.sh" ] || { echo "tour-$tour.md has no commands"; exit 1; }
  script="$(cat "$tour.sh")"
  script="${script//finding show ID/finding show $first_id}"
  script="${script// CASE/ $first_case}"
  printf '%s\n' "${script//--seen N/--seen $seen}" >"$tour.sh"
  if ! bash -euxo pipefail "$tour.sh" >"$tour.out" 2>"$tour.err"; then
    echo "tour-$tour.md does not work as written:"
    tail -20 "$tour.err"
    exit 1
  fi
done
grep -q '^Potential violation: a person decides' officer.out || { echo "officer: nothing was explained"; exit 1; }
grep -q '^refused, and the attempt' officer.out || { echo "officer: somebody approved their own decision"; exit 1; }
grep -q ', closed: confirmed$' officer.out || { echo "officer: nothing was decided"; exit 1; }
grep -q '^The bundle holds: it is what was approved and issued' liaison.out || { echo "liaison: the report does not hold"; exit 1; }
grep -q '.data/report.html. was changed' liaison.out || { echo "liaison: a changed byte was not named"; exit 1; }
head -1 entry-3.tlog-proof | grep -qx 'c2sp.org/tlog-proof@v1' || { echo "liaison: no proof"; exit 1; }
grep -q '; [0-9]* withdrawn' policy-writer.out || { echo "policy writer: nothing was withdrawn"; exit 1; }
