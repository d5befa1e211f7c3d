#!/bin/sh
# The man page names every workload, executor, command and option, and its examples fit into 80 columns, so that
# they can be copied.
set -eu
bench=$1
page=$(dirname -- "$0")/../scripts/bench.1
wrong=0

fault() {
    echo "bench.1: $1" >&2
    wrong=1
}

for name in $("$bench" list --names | sed -n 's,^workload/,,p; s,^executor/,,p' | grep -v '\.'); do
    grep -q "^\.It Cm $name\$" "$page" || fault "does not describe '$name'"
done

for command in $("$bench" help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p'); do
    grep -q "Cm $command" "$page" || fault "has no command '$command'"
    for option in $("$bench" help "$command" | sed -n 's/^  *\(-[a-zA-Z], \)\{0,1\}--\([a-z-]*\).*/\2/p'); do
        grep -q -e "Fl -$option\( \|\$\)" "$page" || fault "has no option '--$option' of '$command'"
    done
done

# 80 columns less the indent of an example and the right margin.
sed -n 's/^\.Dl "\{0,1\}//p' "$page" | sed 's/\\e/\\/g; s/"$//' | {
    while IFS= read -r line; do
        [ ${#line} -le 67 ] || fault "example of ${#line} characters: $line"
    done
    exit $wrong
} || wrong=1
exit $wrong
