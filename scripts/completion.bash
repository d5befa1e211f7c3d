# Completion of bench for bash. Installed to share/bash-completion/completions/bench; by hand:
#     source scripts/completion.bash
# shellcheck shell=bash

# Names of modules and parameters, as bench itself lists them, the plug-ins of this command line included.
_bench_names()
{
    local i plugins=()
    for ((i = 1; i < COMP_CWORD - 1; i++)); do
        [[ ${COMP_WORDS[i]} == --plugin ]] || continue
        [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
        plugins+=(--plugin "${COMP_WORDS[i + 1]/#\~/$HOME}")
    done
    "${COMP_WORDS[0]/#\~/$HOME}" list --names "${plugins[@]}" 2>/dev/null
}

# What can be compared, as bench compare lists it.
_bench_metrics()
{
    "${COMP_WORDS[0]/#\~/$HOME}" compare --help 2>/dev/null | sed -n '/^Metrics:/,/^$/s/^  \([a-z0-9_]*\) .*/\1/p'
}

# $1: names, one a line. Completes the last name of a comma-separated list.
_bench_list()
{
    local done_part='' name
    [[ $cur == *,* ]] && done_part=${cur%,*},
    while IFS= read -r name; do
        [[ -n $name && ,$done_part != *",$name,"* && $done_part$name == "$cur"* ]] && COMPREPLY+=("$done_part$name")
    done <<<"$1"
}

_bench_words()
{
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_bench_files()
{
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

# A parameter: those of the workloads and executors on this line, or all; then "=" and a value of one's own.
_bench_settings()
{
    local names chosen=, i name words=()
    names=$(_bench_names)
    for ((i = 1; i < COMP_CWORD - 1; i++)); do
        case ${COMP_WORDS[i]} in
        -w | --workload | -x | --executor)
            [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
            chosen+=${COMP_WORDS[i + 1]},
            ;;
        esac
    done
    for name in $names; do
        [[ $name == */* ]] && continue
        [[ $chosen == , || $chosen == *,all,* || $chosen == *",${name%%.*},"* ]] && words+=("${name#*.}=")
        words+=("$name=")
    done
    compopt -o nospace 2>/dev/null
    _bench_words "${words[*]}"
}

# $1: the option before the word. False when it takes no value.
_bench_value()
{
    case $command$1 in
    report--format)
        _bench_words 'table markdown csv json gbench hyperfine gobench'
        return
        ;;
    topo-p) set -- --pin ;;
    topo-P) set -- --places ;;
    list-p) set -- --plugin ;;
    compare--format | ab--format) set -- --comparison-format ;;
    run--format)
        [[ " ${COMP_WORDS[*]} " == *" --baseline"[\ =]* ]] && set -- --comparison-format
        ;;
    esac
    case $1 in
    -w | --workload) _bench_list "$(_bench_names | sed -n 's|^workload/||p')"$'\n'all ;;
    -x | --executor) _bench_list "$(_bench_names | sed -n 's|^executor/||p')"$'\n'all ;;
    -s | --set) _bench_settings ;;
    -j | --workers) _bench_words max ;;
    --pin) _bench_words 'close spread none' ;;
    --places) _bench_words 'cores threads numa sockets' ;;
    --schedule) _bench_words 'static dynamic guided' ;;
    --format) _bench_words 'table csv json' ;;
    --comparison-format) _bench_words 'table markdown json junit github' ;;
    -m | --metric) _bench_words "$(_bench_metrics)" ;;
    -o | --output | --summary | --plugin | --baseline | --save-baseline) _bench_files ;;
    --launcher) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
    -i | --inflight | -r | --runs | -t | --time | --precision | --min-runs | --max-runs | --warmup | --launches | \
        --timeout | --threshold | --confidence | --grain | --seed | --label | --address | --port | --delay | --jitter | \
        --body | --error-rate | --trials | --sizes) ;;
    *) return 1 ;;
    esac
}

_bench()
{
    local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=run
    local common='--workload --executor --workers --inflight --set --plugin --pin --places --schedule --grain --seed
        --launcher --time --warmup --timeout --output --label --dry-run --quiet --verbose --help --version'
    COMPREPLY=()
    # bash takes "--pin=close" for three words
    if [[ $cur == = ]]; then
        cur=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if ((COMP_CWORD > 1)); then
        case ${COMP_WORDS[1]} in
        run | ab | compare | selftest | list | topo | report | serve | runner) command=${COMP_WORDS[1]} ;;
        esac
        _bench_value "$before" && return
    fi
    case $command$cur in
    compare-*)
        _bench_words '--metric --threshold --confidence --across-machines --format --strict --help --version'
        ;;
    compare*) _bench_files ;;
    list-*) _bench_words '--plugin --names --help --version' ;;
    topo-*) _bench_words '--pin --places --workers --help --version' ;;
    report-*) _bench_words '--format --output --verbose --help --version' ;;
    report*) _bench_files ;;
    serve*)
        _bench_words '--address --port --delay --jitter --body --error-rate --seed --lifeline --help --version'
        ;;
    runner*) _bench_words --help ;;
    selftest-*) _bench_words "$common --trials --sizes --confidence --quick" ;;
    ab-*)
        _bench_words "$common --launches --threshold --confidence --duet --bench-a --bench-b --strict --format"
        ;;
    run-*)
        _bench_words "$common --precision --runs --min-runs --max-runs --launches --summary --format --baseline
            --save-baseline --metric --threshold --confidence --across-machines --strict"
        ;;
    list*) _bench_words "$(_bench_names | sed -n 's|^.*/||p')" ;;
    run*) ((COMP_CWORD == 1)) && _bench_words 'run ab compare selftest list topo report serve runner' ;;
    esac
}

complete -F _bench bench
