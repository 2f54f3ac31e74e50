#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version: scripts/release-notes.sh 1.2.3. Exits 1 when that is nothing.
# A shell's, and not Node's: it also runs in the job that publishes, which may write, and runs no packages.
set -euo pipefail

version="$1"
cd "$(dirname "$0")/.."

notes="$(awk -v version="$version" '
  /^## / { inside = ($2 == version); next }
  inside
' CHANGELOG.md | sed -e '/./,$!d')"
if [ -z "$notes" ]; then
  echo "CHANGELOG.md says nothing of $version: give what is unreleased that heading." >&2
  exit 1
fi
printf '%s\n' "$notes"
