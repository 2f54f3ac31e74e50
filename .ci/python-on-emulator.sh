#!/usr/bin/env bash
# Runs a program in Python against the emulator:
#   .ci/python-on-emulator.sh PROGRAM PACKAGE...
# The packages go into a virtual environment of their own; the program gets one argument, the file with
# the line that `npm run emulator -- --json` prints. Needs python3 and, after `npm ci`, this folder's
# packages; leaves nothing behind. Exits as the program does, and with 1 when it cannot be run.
set -euo pipefail
cd "$(dirname "$0")/.."

program="$1"
shift
scratch="$(mktemp -d)"
emulator=''

finish() {
  # The whole group of processes: npm, its shell and the emulator.
  if [ -n "$emulator" ]; then kill -- "-$emulator" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

.ci/venv.sh "$scratch/venv" "$@"

# A group of its own, so that it can be ended whole.
set -m
npm run --silent emulator -- --json --ca-file "$scratch/ca.pem" \
  >"$scratch/connection.json" 2>"$scratch/emulator.log" &
emulator=$!
set +m
# It says how to connect in one line, once it listens. Compiling it comes first.
for _ in $(seq 3000); do
  if [ "$(wc -l <"$scratch/connection.json")" -gt 0 ]; then break; fi
  kill -0 "$emulator" 2>/dev/null || fail "The emulator did not start. $(cat "$scratch/emulator.log")"
  sleep 0.2
done
[ -s "$scratch/connection.json" ] || fail 'The emulator has not started within ten minutes.'

"$scratch/venv/bin/python" "$program" "$scratch/connection.json"
