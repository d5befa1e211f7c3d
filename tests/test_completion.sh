#!/bin/bash
# scripts/completion.bash, called as bash calls it, and the man page: both have the options that --help
# has, and no others. $1: the bench executable.
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

# The options of a command by its --help: "-w,--workload" or "--plugin", sorted.
options_of() {
    "$bench" "$1" --help | sed -nE 's/^  (-., |    )(--[a-z-]+).*/\1\2/p' | tr -d ' ' | sort
}

commands=(run advise ab compare selftest list topo report runner)
"$bench" serve --help >/dev/null 2>&1 && commands+=(serve) # where it is built

# Every option of --help is offered, and nothing else; help is for terminals of 80 columns.
for command in "${commands[@]}"; do
    expect "$(options_of "$command" | sed 's/.*,//' | sort | paste -sd' ')" "$command" --
    long=$("$bench" "$command" --help | awk 'length > 79')
    [ -z "$long" ] || { echo "bench $command --help is wider than 79: $long" >&2; wrong=1; }
done

# The man page's options: "COMMAND -w,--workload", one a line; those without a description are told.
man_page=$(dirname -- "$0")/../scripts/bench.1
man_options() {
    awk '
        function check() { if (item && !described) print "no description of " item; item = "" }
        /^\.S[sh] / {
            check()
            section = tolower($2)
            if (!/^\.Ss (Advise|Ab|Compare|Selftest|Runner|List|Topo|Report|History|Serve)$/)
                section = "run"
        }
        /^\.It |^\.El/ { check() }
        /^\.It Fl / {
            letter = ""
            for (i = 2; i < NF; i++) {
                if ($i != "Fl")
                    continue
                if ($(i + 1) !~ /^-/) {
                    letter = "-" $(i + 1) ","
                    continue
                }
                print section, letter "-" $(i + 1)
                letter = ""
            }
            item = $0
            described = 0
            next
        }
        /^[A-Za-z]/ || /^\.Bl/ { described = 1 }
    ' "$man_page"
}
man=$(man_options)
has() { grep -qxF -- "$1" <<<"$man"; }
if grep '^no description' <<<"$man" >&2; then
    wrong=1
fi
for command in "${commands[@]}"; do
    options=$(options_of "$command")
    for option in $options; do
        # said once: what is common to several commands stands with a run, what compares with compare
        has "$command $option" || has "run $option" || has "compare $option" ||
            { echo "$man_page does not describe $option of bench $command" >&2; wrong=1; }
    done
    while read -r option; do
        [ -z "$option" ] || grep -qxF -- "$option" <<<"$options" ||
            { echo "$man_page describes $option, which bench $command does not have" >&2; wrong=1; }
    done < <(sed -n "s/^$command //p" <<<"$man")
done

expect 'ab advise compare help history list report run runner selftest serve topo' ''
expect 'topo' to
expect 'blur' -w bl
expect 'blur' --workload = bl
expect 'blur,spin' -w blur,sp
expect '' -w blur,blu
expect 'all' -w al
expect 'omp' run -x o
expect 'serial,omp' --executor serial,om
expect '' -w all,bl
expect 'blur.sigma=' -s blur.si
expect 'sigma=' -w blur -s sig
expect 'sigma=' -w spin,blur -x serial -s sig
expect '' -w spin -s sig
expect 'wait=' -x omp -s wa
expect 'omp.wait=' -w spin -s omp.wa
expect 'blas naive native' -w matmul -s kernel = ''
expect 'native' -w matmul -s kernel = nat
expect 'matmul.kernel=native' -s matmul.kernel=nat
expect 'naive,blas' -w matmul -s kernel = naive,b
expect 'no yes' -w fileread -s direct =
expect '64KiB' -w fileread -s block = 6
expect 'close none spread' --pin ''
expect 'close' --pin = cl
expect 'close none spread' --pin =
expect 'cores numa sockets threads' --places ''
expect 'dynamic guided static' --schedule ''
expect 'bencher csv gbench gnuplot gobench hgrm html hyperfine json markdown openmetrics otava rows table' --format ''
expect 'bencher csv gbench gnuplot gobench hgrm html hyperfine json markdown openmetrics otava rows table' --save-baseline b.csv --format ''
expect 'github html json junit markdown table' --baseline b.csv --format ''
expect 'github html json junit markdown table' --baseline = b.csv --format = ''
expect 'wall written_bytes' -m w
expect 'bencher csv gbench gnuplot gobench hgrm html hyperfine json markdown openmetrics otava rows table' report --format ''
expect 'gbench gnuplot gobench' report --format = g
expect 'max' -j m
expect '' -r ''
expect '' -w blur ''
expect 'blur' list bl
expect 'spread' topo -p s
expect 'numa' topo -P n
expect 'max' topo -j ''
expect 'wall_s,label' --columns wall_s,lab
expect '--pin=close' --pin=c
expect 'ab advise' help a
expect 'latency_p90 latency_p99 latency_p999' compare -m latency_p9
expect 'wall written_bytes' compare --metric = w
expect 'github html json junit markdown table' compare --format ''
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
