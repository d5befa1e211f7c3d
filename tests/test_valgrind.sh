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
# The controller, while it plans: a sweep over executors within ranks, and over a parameter that only one of them has.
if "$1" -n -w spin -x mpi -j 1 >/dev/null 2>&1; then # it was built with an MPI
    valgrind -q --leak-check=full --show-leak-kinds=definite --log-file="$logs/plan" \
        "$1" -n -w spin,sleep -x mpi -j 2 -s mpi.within=pthread,gil -s mpi.within.interval=1ms,2ms >"$logs/cases"
    [ "$(grep -c ' under mpi ' "$logs/cases")" = 6 ]
    rm "$logs/cases"
fi
# Errors begin with ==; what begins with -- is valgrind's word on system calls it does not know.
if cat "$logs"/* | grep '^=='; then
    exit 1
fi
