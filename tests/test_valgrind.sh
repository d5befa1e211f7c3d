#!/bin/sh
# Runners under valgrind: no invalid access, nothing lost. $1: the bench executable.
set -eu
logs=$(mktemp -d "${TMPDIR:-/tmp}/bench-valgrind-XXXXXX")
trap 'rm -rf "$logs"' EXIT
"$1" -w spin,sleep,fileread,matmul -x serial,pthread,process -j 2 -r 1 --warmup 0 -q --format csv \
    -s matmul.n=64 -s size=1MiB -s spin.tasks=100 -s steps_per_us=100 -s sleep.tasks=4 \
    --launcher "valgrind -q --leak-check=full --show-leak-kinds=definite --log-file='$logs/%p'" >"$logs/out.csv"
[ "$(grep -c ',ok,' "$logs/out.csv")" = 24 ]
rm "$logs/out.csv"
# Errors begin with ==; what begins with -- is valgrind's word on system calls it does not know.
if cat "$logs"/* | grep '^=='; then
    exit 1
fi
