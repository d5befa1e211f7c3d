#!/bin/sh
# What tests with a broker or a scheduler of the user's have in common: a folder, counting failures, patience.
# Sourced.
# shellcheck disable=SC2034 # they use these
python=/usr/bin/python3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tmp"
export TMPDIR="$folder/tmp" XDG_CACHE_HOME="$folder/cache"
failures=0

say_failed() {
    echo "$1" >&2
    failures=$((failures + 1))
}

# Up to 20 s.
await() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || return 1
        sleep 0.05
    done
}
