#!/bin/bash
# Completion in zsh and fish: that these ask bench, and offer what it says. What it says is tested in test_completion.sh.
# $1: bench. Skipped (77) where neither shell is installed.
set -u
bench=$1
scripts=$(CDPATH='' cd -- "$(dirname -- "$0")/../scripts" && pwd)
PATH=$(dirname -- "$bench"):$PATH
tried=0
wrong=0

# $1: shell, $2: what was typed, $3: what has to be among the candidates
expect() {
    grep -qxF -- "$3" <<<"$offered" || { echo "$1: '$2' does not offer '$3' but: $offered" >&2; wrong=1; }
}

# What compadd and _files are given, where zsh would show it.
zsh_offers() {
    zsh -f -c 'compadd() { local suffix=" "; [[ $1 == -S ]] && suffix=$2 && shift 2; shift
                           print -l -- "${@/%/$suffix}" }
               _files() { print FILES }
               words=("${@[2,-1]}"); CURRENT=$#words; source "$1"' zsh "$scripts/completion.zsh" "$@" | sed 's/ $//'
}

if command -v zsh >/dev/null; then
    tried=1
    offered=$(zsh_offers bench rep); expect zsh 'bench rep' report
    offered=$(zsh_offers bench history --form); expect zsh 'bench history --form' --format
    offered=$(zsh_offers bench -w spin -s spin.ta); expect zsh 'bench -w spin -s spin.ta' spin.tasks=
    offered=$(zsh_offers bench history ''); expect zsh 'bench history ' FILES
fi

fish_offers() {
    XDG_CONFIG_HOME=$(mktemp -d) fish --no-config -c "source '$scripts/completion.fish'; complete -C '$1'"
}

if command -v fish >/dev/null; then
    tried=1
    offered=$(fish_offers 'bench rep'); expect fish 'bench rep' report
    offered=$(fish_offers 'bench history --form'); expect fish 'bench history --form' --format
    offered=$(fish_offers 'bench -w spin -s spin.ta'); expect fish 'bench -w spin -s spin.ta' spin.tasks=
    offered=$(cd "$scripts" && fish_offers 'bench history bench'); expect fish 'bench history bench' bench.1
fi

[ "$tried" = 1 ] || exit 77
exit $wrong
