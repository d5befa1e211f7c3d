#!/bin/sh
# test_cpython_ends.sh BENCH: whatever way a case of CPython's runtimes ends, nothing of it is left: no worker, no
# runner, no broker, no folder, no semaphore. Processes are found by a variable in their environment that all inherit.
set -u
bench=$1
python=/usr/bin/python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || exit 77

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tmp"
export TMPDIR="$folder/tmp" XDG_CACHE_HOME="$folder/cache" CPYTHON_ENDS_MARK="ends.$$"
failures=0

say_failed() {
    echo "$1" >&2
    failures=$((failures + 1))
}

# Those that this test has started, but for itself and what it runs just now.
left() {
    grep -l "CPYTHON_ENDS_MARK=ends.$$" /proc/[0-9]*/environ 2>/dev/null | while read -r environment; do
        pid=${environment#/proc/}
        pid=${pid%/environ}
        { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qE 'cpython|multiprocessing' && echo "$pid"
    done
    for pid in $(pgrep redis-server); do # where its environment was is its title
        case $(readlink "/proc/$pid/cwd") in "$TMPDIR"*) echo "$pid" ;; esac
    done
}

# Up to 5 s.
await() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || return 1
        sleep 0.05
    done
}

none_left() { [ -z "$(left)" ]; }
some_there() { [ "$(left | wc -l)" -ge "$wanted" ] && [ -s "$folder/seen" ]; }

# How many processes of a way there are to be, with the controller, its keeper and the runner, and its words.
ways() {
    cat <<'END'
3 -x cpython.serial
3 -x threading
3 -x threading -s threading.pool=executor
5 -x asyncio
5 -x gevent
7 -x celery
6 -x dask
3 -x dask -s dask.scheduler=threads
5 -x dask -s dask.scheduler=processes
5 -x multiprocessing
5 -x multiprocessing -s multiprocessing.pool=executor
5 -x multiprocessing -s multiprocessing.pool=none
6 -x multiprocessing -s multiprocessing.method=spawn
6 -x multiprocessing -s multiprocessing.method=forkserver -s multiprocessing.pool=executor
END
}

# A process that does tasks, of this runner's.
worker_of() {
    case $way in
    *celery) pgrep -P "$(pgrep -P "$1" -f 'runners/cpython$')" | head -1 ;;
    *dask) pgrep -P "$1" -f spawn_main | head -1 ;;
    *) pgrep -P "$1" | head -1 ;;
    esac
}

semaphores() { find /dev/shm -name 'sem.mp-*' 2>/dev/null | wc -l; }

# Others may have some at the moment.
as_few_semaphores() { [ "$(semaphores)" -le "$before" ]; }

check_end() {
    await none_left || say_failed "$1: left: $(left | tr '\n' ' ')"
    for pid in $(left); do kill -9 "$pid" 2>/dev/null; done
    [ -z "$(ls "$TMPDIR")" ] || say_failed "$1: left in TMPDIR: $(ls "$TMPDIR")"
    rm -rf "${TMPDIR:?}"/*
    await as_few_semaphores || say_failed "$1: left semaphores"
}

# $1: how it ends; the rest: the way. Each task says that it has begun.
try() {
    how=$1
    shift
    before=$(semaphores)
    : >"$folder/seen"
    # A shell has what it starts in the background ignore SIGINT.
    set -- env --default-signal=INT "$bench" -q -w cpython.exec -s exec.tasks=4 -s exec.shell=yes -s "exec.command=echo >>$folder/seen; exec sleep 60" \
        -s cpython.program=$python -j 2 --format csv "$@"
    limit=40
    [ "$how" = timeout ] && case $way in *dask) limit=8 ;; *) limit=2 ;; esac # a cluster takes 2 s to start
    set -- "$@" --timeout "$limit"
    "$@" >"$folder/out" 2>"$folder/err" </dev/null &
    controller=$!
    if [ "$how" != timeout ]; then
        await some_there || say_failed "$how: $*: it did not begin: $(cat "$folder/err")"
        runner=$(pgrep -P "$controller" -f "runners/cpython\$")
        case $how in
        interrupt) kill -INT "$controller" ;;
        controller) kill -KILL "$controller" ;;
        runner) kill -KILL "$runner" ;;
        worker) kill -KILL "$(worker_of "$runner")" ;;
        esac
    fi
    wait "$controller" 2>/dev/null
    status=$?
    case $how in
    interrupt) expected=130 ;;
    controller) expected=137 ;;
    *) expected=3 ;;
    esac
    [ $status = $expected ] || say_failed "$how: $*: status $status instead of $expected: $(cat "$folder/err")"
    case $how in
    timeout) grep -q ',timeout,' "$folder/out" || say_failed "$how: $*: the row does not say so" ;;
    runner) grep -q ',crashed,' "$folder/out" || say_failed "$how: $*: the row does not say so" ;;
    worker) grep -qE ',crashed,.*(SIGKILL|was lost|WorkerLost)' "$folder/out" || say_failed "$how: $*: $(cat "$folder/err")" ;;
    esac
    check_end "$how: $*"
}

# While it opens, semaphores have names.
try_opening() {
    before=$(semaphores)
    "$bench" -q -w cpython.sleep -s cpython.program=$python -j 2 "$@" >/dev/null 2>&1 </dev/null &
    controller=$!
    await more_semaphores || say_failed "opening: $*: no semaphores were seen"
    kill -KILL "$controller"
    wait "$controller" 2>/dev/null
    check_end "killed while it opens: $*"
}
more_semaphores() { [ "$(semaphores)" -gt "$before" ]; }

try_opening -x multiprocessing -s multiprocessing.method=spawn
"$python" -c 'import distributed' 2>/dev/null && try_opening -x dask

ways >"$folder/ways"
while read -r wanted way; do
    case $way in # what is not installed
    *gevent) "$python" -c 'import gevent' 2>/dev/null || continue ;;
    *celery) "$python" -c 'import celery, redis, shutil; assert shutil.which("redis-server")' 2>/dev/null || continue ;;
    *dask*) "$python" -c 'import distributed' 2>/dev/null || continue ;;
    esac
    for how in timeout interrupt controller runner worker; do
        case "$how $wanted $way" in # which of the others is a worker, is not told
        "worker 5"* | worker*dask | worker*celery) ;;
        worker*) continue ;;
        esac
        # shellcheck disable=SC2086 # words of options
        try "$how" $way
    done
done <"$folder/ways"
[ $failures = 0 ]
