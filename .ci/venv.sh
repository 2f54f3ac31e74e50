#!/usr/bin/env bash
# Makes a virtual environment of Python with packages in it: .ci/venv.sh FOLDER PACKAGE...
# Takes packages that need no building alone. Where Debian has left out what venv needs, and this is root,
# it is installed. Exits with 1, and says why, when it cannot be done.
set -euo pipefail

folder="$1"
shift

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

command -v python3 >/dev/null || fail 'python3 is not installed.'
# Debian keeps what venv needs in a package of its own.
if ! python3 -c 'import ensurepip' 2>/dev/null; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    fail 'python3 cannot make a virtual environment: install python3-venv.'
  fi
  { apt-get update && apt-get install -y python3-venv; } >"$folder.apt.log" 2>&1 ||
    fail "python3-venv cannot be installed. $(tail -n 3 "$folder.apt.log")"
fi
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "$@"
