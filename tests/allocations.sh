#!/bin/bash
# allocations.sh BENCH LIBRARY [PART/PARTS | all]: where one allocation fails, of the controller or of a runner, bench
# either gives the right answer all the same, or says that it is out of memory and exits with a status that is not 0.
# It does not crash or hang, leaves nothing behind, and takes nothing wrong for an answer. PART/PARTS: of each
# command's allocations every PARTS-th, from the PART-th, which is from 1; `all` is 1/1, and takes hours. Else a few.
set -eu
bench=$1
case ${3-} in
'') begin=1 step=0 ;; # each next allocation is two and a half times the one before
all) begin=1 step=1 ;;
*) begin=${3%/*} step=${3#*/} ;;
esac
source=$(cd "$(dirname -- "$0")/.." && pwd)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
library=$home/fail_allocation.so
cp "$2" "$library" # LD_PRELOAD takes no path with a space
export BENCH_ALLOCATION_MARK=$$ XDG_CACHE_HOME=$home/cache

head -n 60 "$source/results/reference-2-core-vm.csv" >"$home/old.csv"
cp "$home/old.csv" "$home/new.csv"
work='-w spin -s work=1ms -s tasks=2 -s steps_per_us=1000 -q'
small="$work -x serial,pthread -j 1 -r 2 --warmup 0"
paired="ab $work -x serial --time 0.1 -- --"

# masked: the rows without what was measured, and the heads of tables; how many rounds ab has time for is chance.
masked() {
    sed -E 's/[0-9][0-9.,e+-]*( ?([mun]s|[kMG]?task\/s)\b)?//g; s/[ !%+-]+/ /g; s/inconclusive|same|slower|faster//' "$1" |
        grep -v 'times as fast' | grep -E '^(executor|serial|pthread|spin|")|,spin,|^ *[]{}"[]' | sort -u
}

# said FOLDER: what it said and wrote, exactly or masked.
said() {
    for file in "$1"/*; do
        [ "${file##*/}" = err ] && continue
        echo "== ${file##*/}"
        if [ "$compare" = exactly ]; then cat "$file"; else masked "$file"; fi
    done
}

run() { # FOLDER ALLOCATION WHOSE COMMAND
    mkdir -p "$1"
    : >"$home/token"
    status=0
    (cd "$1" && eval "exec env LD_PRELOAD='$library' ALLOCATION=$2 ALLOCATION_OF=$3 ALLOCATION_TOKEN='$home/token' \
        TMPDIR='$1' timeout 20 '$bench' $4" >out 2>err </dev/null) || status=$?
}

trials=0 right=0 refused=0 wrong=0
complain() {
    wrong=$((wrong + 1))
    echo "allocation $number of the $whose: $2: bench $1" >&2
    tail -n 3 "$home/trial/err" >&2
}

judge() { # COMMAND
    more=$(cd "$home/trial" && find . -mindepth 1 ! -name out ! -name err ! -name rows.csv)
    if [ -n "$more" ]; then
        complain "$1" "left behind: $more"
    elif [ "$status" -eq 124 ] || [ "$status" -ge 128 ]; then
        complain "$1" "status $status, a crash or a hang"
    elif [ "$status" -ne "$usual" ]; then
        if grep -qiE 'out of memory|cannot allocate memory' "$home/trial"/*; then
            refused=$((refused + 1))
        else
            complain "$1" "status $status without a word of memory"
        fi
    elif said "$home/trial" | cmp -s - "$home/right"; then
        right=$((right + 1))
    else
        complain "$1" "status $status, another answer"
        said "$home/trial" | diff "$home/right" - | head -n 5 >&2 || true
    fi
}

# each exactly|roughly WHOSE COMMAND
each() {
    compare=$1 whose=$2 number=0 next=$begin
    run "$home/first" 0 "$whose" "$3" # what is remembered from the first time is there now
    rm -rf "$home/first"
    run "$home/trial" 0 "$whose" "$3"
    usual=$status
    said "$home/trial" >"$home/right"
    while :; do
        rm -rf "$home/trial"
        number=$next
        run "$home/trial" "$number" "$whose" "$3"
        if [ -e "$home/token" ]; then break; fi # it has not so many
        trials=$((trials + 1))
        judge "$3"
        next=$((step > 0 ? number + step : number * 5 / 2))
        [ "$next" -gt "$number" ] || next=$((number + 1))
    done
    rm -rf "$home/trial"
    echo "$whose, up to allocation $((number - 1)): bench $3"
}

for format in table markdown json csv gbench gobench hyperfine bencher otava openmetrics html gnuplot rows; do
    each exactly controller "report ../old.csv --format $format"
done
for format in table markdown json html junit github; do
    each exactly controller "compare ../old.csv ../new.csv --format $format"
done
each exactly controller "list"
each exactly controller "list spin"
each exactly controller "topo -j 1,2"
each exactly controller "help"
each roughly controller "$small"
each roughly controller "$small -o rows.csv"
each roughly controller "$small --format json"
each roughly runner "$small -o rows.csv"
each roughly controller "$paired"
each roughly runner "$paired"

# left: processes of the trials that are still there; a runner that has lost its controller ends at once.
left() {
    env -u BENCH_ALLOCATION_MARK grep -lzsFx "BENCH_ALLOCATION_MARK=$$" /proc/[0-9]*/environ
}
for _ in $(seq 50); do
    left >"$home/left" || break
    sleep 0.1
done
if [ -s "$home/left" ]; then
    wrong=$((wrong + 1))
    echo "still running: $(cat "$home/left")" >&2
fi
echo "$trials trials: $right right all the same, $refused out of memory, $wrong wrong"
[ "$wrong" -eq 0 ] && [ "$right" -gt 0 ] && [ "$refused" -gt 0 ]
