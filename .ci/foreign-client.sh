#!/usr/bin/env bash
# A client that is no part of this project, and not JavaScript, on the emulator: Python's grpcio, which
# learns the messages from the emulator's reflection. Needs python3 and, after `npm ci`, this folder's
# packages; leaves nothing behind. Prints a line for each thing done, and exits 1 when one fails.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(grpcio==1.85.3 grpcio-reflection==1.85.1 protobuf==7.36.2)
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

command -v python3 >/dev/null || fail 'python3 is not installed: the foreign client is written in it.'
# Debian keeps what venv needs in a package of its own.
if ! python3 -c 'import ensurepip' 2>/dev/null; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail 'python3 cannot make a virtual environment: install python3-venv.'
  fi
  { apt-get update && apt-get install -y python3-venv; } >"$scratch/apt.log" 2>&1 ||
    fail "python3-venv cannot be installed. $(tail -n 3 "$scratch/apt.log")"
fi
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"

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

"$scratch/venv/bin/python" .ci/foreign_client.py "$scratch/connection.json"
