#!/bin/bash
# scripts/completion.bash, called as bash calls it.
# $1: the bench executable.
set -eu

bench=$1
# shellcheck source=scripts/completion.bash
# shellcheck source=/dev/null
source "$(dirname -- "$0")/../scripts/completion.bash"
wrong=0

# complete_at WORD...: what is offered for the last word, sorted, on one line.
complete_at() {
    COMP_WORDS=("$bench" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _bench || true
    [ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
}

# expect WANTED WORD...
expect() {
    wanted=$1
    shift
    got=$(complete_at "$@")
    [ "$got" = "$wanted" ] && return
    printf 'bench %s: offered "%s", expected "%s"\n' "$*" "$got" "$wanted" >&2
    wrong=1
}

# Every option of --help is offered, and nothing else.
commands=(run ab compare selftest list topo report)
"$bench" serve --help >/dev/null 2>&1 && commands+=(serve) # where it is built
for command in "${commands[@]}"; do
    # shellcheck disable=SC2046 # words
    options=$("$bench" "$command" --help | grep -oE '^ {2,6}(-., )?--[a-z-]+' | sed 's/.*--/--/' | grep -v -- --usage |
        sort | paste -sd' ')
    expect "$options" "$command" --
done

expect 'ab compare list report run runner selftest serve topo' ''
expect 'topo' to
expect 'blur' -w bl
expect 'blur' --workload = bl
expect 'blur,spin' -w blur,sp
expect '' -w blur,blu
expect 'all' -w al
expect 'omp' run -x o
expect 'serial,omp' --executor serial,om
expect 'blur.sigma=' -s blur.si
expect 'sigma=' -w blur -s sig
expect 'sigma=' -w spin,blur -x serial -s sig
expect '' -w spin -s sig
expect 'wait=' -x omp -s wa
expect 'close none spread' --pin ''
expect 'close' --pin = cl
expect 'close none spread' --pin =
expect 'cores numa sockets threads' --places ''
expect 'dynamic guided static' --schedule ''
expect 'csv json table' --format ''
expect 'csv json table' --save-baseline b.csv --format ''
expect 'github json junit markdown table' --baseline b.csv --format ''
expect 'github json junit markdown table' --baseline = b.csv --format = ''
expect 'wall written_bytes' -m w
expect 'csv gbench gobench hyperfine json markdown table' report --format ''
expect 'gbench gobench' report --format = g
expect 'max' -j m
expect '' -r ''
expect '' -w blur ''
expect 'blur' list bl
expect 'spread' topo -p s
expect 'numa' topo -P n
expect 'max' topo -j ''
expect 'latency_p90 latency_p99 latency_p999' compare -m latency_p9
expect 'wall written_bytes' compare --metric = w
expect 'github json junit markdown table' compare --format ''
expect '' compare --threshold ''

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
touch "$folder/runs.csv" "$folder/mine.so"
expect "$folder/runs.csv" -o "$folder/r"
expect "$folder/runs.csv" report "$folder/r"
expect "$folder/runs.csv" report --format json "$folder/r"
expect "$folder/runs.csv" report -o "$folder/r"
expect "$folder/runs.csv" --summary = "$folder/r"
expect "$folder/runs.csv" --baseline "$folder/r"
expect "$folder/runs.csv" run --save-baseline = "$folder/r"
expect "$folder/runs.csv" compare "$folder/runs.csv" "$folder/r"
expect "$folder/mine.so" --plugin "$folder/m"
expect "$folder/mine.so" list -p "$folder/m"
exit $wrong
