#!/bin/sh
# test_cpython_celery.sh BENCH: celery with broker=redis://..., a Redis of the user's, which was there before and is as
# it was after us. What goes wrong with it is a row that says so.
# shellcheck disable=SC2086 # words of options
set -u
bench=$1
# shellcheck source=tests/cpython_broker.sh
. "$(dirname -- "$0")/cpython_broker.sh"
"$python" -c 'import celery, redis, shutil; assert shutil.which("redis-server")' 2>/dev/null || exit 77

redis=
trap '[ -z "$redis" ] || kill -9 $redis 2>/dev/null; rm -rf "$folder"' EXIT

is_ready() { grep -q 'Ready to accept connections' "$folder/redis.log"; }

# On the first port that is free.
start_redis() {
    for port in $(seq 21000 21050); do
        : >"$folder/redis.log"
        redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" --requirepass secret \
            >"$folder/redis.log" 2>&1 &
        redis=$!
        until is_ready; do
            kill -0 "$redis" 2>/dev/null || continue 2
            sleep 0.05
        done
        return
    done
    cat "$folder/redis.log" >&2
    exit 1
}

keys() {
    "$python" -c 'import redis, sys
print(*redis.from_url(sys.argv[1]).keys())' "$url"
}

# Those that are there for ever.
kept_keys() {
    "$python" -c 'import redis, sys
all = redis.from_url(sys.argv[1])
print(*(key for key in all.keys() if all.ttl(key) == -1))' "$url"
}

# $1: status; $2: what a row says; the rest: options
expect() {
    expected=$1 words=$2
    shift 2
    "$bench" -x celery -s "celery.broker=$url" -s cpython.program=$python \
        -j 2 -r 2 --warmup 0 --format csv --timeout 30 "$@" >"$folder/out" 2>"$folder/err" </dev/null
    status=$?
    [ $status = "$expected" ] || say_failed "$*: status $status instead of $expected: $(cat "$folder/err")"
    grep -q "$words" "$folder/out" || say_failed "$*: no '$words': $(cat "$folder/out" "$folder/err")"
}

start_redis
url="redis://:secret@127.0.0.1:$port/0"
sleep='-w cpython.sleep -s cpython.sleep.tasks=8'
expect 0 ',measure,submit,ok,' $sleep
grep -q 'was there before, is not counted' "$folder/err" || say_failed "it is not told that the broker is not counted"
[ -z "$(keys)" ] || say_failed "left in Redis: $(keys)"

exec="-w cpython.exec -s exec.shell=yes -s exec.tasks=8"
expect 3 ',failed,.*status 5' $exec -s "exec.command=sleep 0.1; exit 5"
expect 3 ',timeout,' $exec --timeout 2 -s "exec.command=sleep 30"
[ -z "$(kept_keys)" ] || say_failed "left in Redis for ever: $(kept_keys)"
url="redis://:wrong@127.0.0.1:$port/0"
expect 3 ',failed,.*does not answer as a Redis' $sleep
! grep -q wrong "$folder/err" || say_failed "the password is shown: $(cat "$folder/err")"

url="redis://:secret@127.0.0.1:$port/0"
(
    await [ -s "$folder/seen" ]
    kill -9 $redis
) &
expect 3 ',failed,.*\(does not answer as a Redis\|ConnectionError\)' $exec -s "exec.command=echo >>$folder/seen; exec sleep 1"
expect 3 ',failed,.*does not answer as a Redis' $sleep
[ -z "$(ls "$TMPDIR")" ] || say_failed "left in TMPDIR: $(ls "$TMPDIR")"
[ $failures = 0 ]
