#!/bin/sh
# Is what is checked out slower than where it left the main branch? For a repository whose `make` builds ./prog.
# Ends with status 1 if it is. ./gate.sh [BRANCH]: origin/main, if none is named.
set -eu

old=$(mktemp -d)
trap 'git worktree remove --force "$old"' EXIT
git worktree add --quiet --detach "$old" "$(git merge-base "${1:-origin/main}" HEAD)"
make -C "$old"
make

rm -f speed.csv
bench ab -w exec -x serial --time 30 --page speed.html -o speed.csv -- -s command="$old/prog" -- -s command=./prog
