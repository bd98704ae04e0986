#!/usr/bin/env bash
# What has to pass before a commit: format, lints, tests; without and with the feature `view`.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*"; "$@"; }

step cargo fmt --all --check
step cargo clippy --quiet --all-targets -- -D warnings
step cargo test --quiet
if cargo tree --edges normal | grep -q '\bbevy'; then
    echo "the build without the feature view must not contain Bevy" >&2
    exit 1
fi
step cargo clippy --quiet --all-targets --features view -- -D warnings
step cargo test --quiet --features view
printf '\nall checks passed\n'
