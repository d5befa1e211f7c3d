#!/bin/sh
# test_cpython_dask.sh BENCH: dask with scheduler=tcp://..., a cluster of the user's, which was there before and is
# there after us. What goes wrong with it is a row that says so.
# shellcheck disable=SC2086 # words of options
set -u
bench=$1
# shellcheck source=tests/cpython_broker.sh
. "$(dirname -- "$0")/cpython_broker.sh"
"$python" -c 'import distributed' 2>/dev/null || exit 77

started=
trap 'kill -9 $started 2>/dev/null; rm -rf "$folder"' EXIT

start_scheduler() {
    rm -f "$folder/scheduler.json"
    "$python" -m distributed.cli.dask_scheduler --no-dashboard --host 127.0.0.1 --port 0 \
        --scheduler-file "$folder/scheduler.json" >"$folder/scheduler.log" 2>&1 &
    scheduler=$!
    started="$started $scheduler"
    await [ -s "$folder/scheduler.json" ] || { cat "$folder/scheduler.log" >&2; exit 1; }
    address=$(sed -n 's/.*"address": "\(tcp:[^"]*\)".*/\1/p' "$folder/scheduler.json")
}

# $1: how many workers the scheduler is to have then
workers_there() { [ "$(grep -c 'Starting worker compute stream' "$folder/scheduler.log")" -ge "$1" ]; }
start_worker() {
    "$python" -m distributed.cli.dask_worker "$address" --nthreads 1 --no-dashboard --no-nanny \
        --local-directory "$folder" >"$folder/worker.log" 2>&1 &
    worker=$!
    started="$started $worker"
    await workers_there "$1" || { cat "$folder/worker.log" >&2; exit 1; }
}

# $1: status; $2: what a row says; the rest: options
expect() {
    expected=$1 words=$2
    shift 2
    "$bench" -x dask -s "dask.scheduler=$address" -s cpython.program=$python \
        -j 2 -r 2 --warmup 0 --format csv --timeout 30 "$@" >"$folder/out" 2>"$folder/err" </dev/null
    status=$?
    [ $status = "$expected" ] || say_failed "$*: status $status instead of $expected: $(cat "$folder/err")"
    grep -q "$words" "$folder/out" || say_failed "$*: no '$words': $(cat "$folder/out" "$folder/err")"
}

# The case goes on for long: $1 is killed in its middle, and the row says $2.
expect_loss() {
    : >"$folder/seen"
    (
        await [ -s "$folder/seen" ]
        kill -9 "$1"
    ) &
    expect 3 "$2" -w cpython.exec -s exec.shell=yes -s exec.tasks=4 -s "exec.command=echo >>$folder/seen; exec sleep 5"
    wait $!
}

start_scheduler
start_worker 1
start_worker 2
sleep='-w cpython.sleep -s cpython.sleep.tasks=8'
expect 0 ',measure,submit,ok,' $sleep
expect 0 ',measure,submit,ok,' -w cpython.matmul -s kernel=array -s n=50 -s tile=20
grep -q 'neither pinned nor counted' "$folder/err" || say_failed "it is not told that the cluster is not counted"
expect 0 ',measure,submit,ok,' $sleep # as it was left
expect 3 ',failed,.*2 workers of 2 threads; there must be 3' $sleep -j 3
kill -0 "$scheduler" "$worker" || say_failed "the cluster was not left as it was"

expect_loss "$worker" ',crashed,.*a worker (tcp:.*) was lost'
start_worker 3
expect_loss "$scheduler" ',crashed,.*was lost in the middle'
expect 3 ',failed,.*does not answer as one of Dask' $sleep
[ -z "$(ls "$TMPDIR")" ] || say_failed "left in TMPDIR: $(ls "$TMPDIR")"
[ $failures = 0 ]
