#!/bin/sh
# Which folder may include from which: the arrows of ARCHITECTURE.md. Everything may include the
# contract (<bench/...>); modules nothing else of ours, but what is in their own folder and in common/. And
# whether memory comes from where it cannot be forgotten to check.
# And that files include each other in no circle, within a folder neither.
set -eu
cd "$(dirname -- "$0")/.."
wrong=0

# may FOLDER ALLOWED...: what is written "x/y.h" in FOLDER's files must be from itself or ALLOWED.
may() {
    folder=$1
    shift
    own=$(basename "$folder")
    for file in "$folder"/*.[ch]; do
        [ -e "$file" ] || continue
        while read -r included; do
            [ -n "$included" ] || continue
            from=${included%/*}
            [ "$from" = "$included" ] && from=$own
            case " $own $* " in
            *" $from "*) ;;
            *)
                echo "$file includes $included: $folder may not use $from" >&2
                wrong=1
                ;;
            esac
        done <<EOF
$(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file")
EOF
    done
}

may bench/base
may bench/measure base
may bench/stats base
may bench/machine base
may bench/records base
may bench/modules base
may bench/protocol base modules records
may bench/plan base modules
may bench/results base records stats
may bench/report base records stats machine results
may bench/runner base modules protocol measure machine records
may bench/control base measure modules protocol plan records stats
may bench/advise base measure stats results control
may bench/cli base modules plan machine records results report control advise runner
may bench/serve base
may bench/executors common
may bench/executors/common
may bench/engines
may workloads common
for folder in workloads/*/; do
    may "${folder%/}"
done

# No circles: between files (a header and the source of its name are one), nor between folders.
includes=$(find bench workloads -name '*.[ch]' | sort | while read -r file; do
    folder=${file%/*}
    sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file" | while read -r included; do
        for at in "$folder/$included" "bench/$included" "${folder%/*}/$included"; do
            [ ! -e "$at" ] || break
        done
        [ "${file%.*}" = "${at%.*}" ] || echo "${file%.*} ${at%.*}"
    done
done)

# circles WHAT: pairs on stdin, each of one that uses and one that is used.
circles() {
    if ! found=$(tsort 2>&1 >/dev/null); then
        echo "$1 include each other in a circle:" >&2
        echo "$found" | sed -n 's/^tsort: \([^ ]*\/\)/    \1/p' >&2
        wrong=1
    fi
}

circles files <<EOF
$includes
EOF
circles folders <<EOF
$(echo "$includes" | sed 's|/[^/ ]* |/ |; s|/[^/]*$|/|' | awk '$1 != $2')
EOF

# Memory comes from base/memory.h, but for modules, which do not see it.
if grep -nE '\b(malloc|calloc|realloc|reallocarray|strdup|strndup|v?asprintf|getline|open_memstream|qsort)\(' bench/*.c \
    bench/*/*.c | grep -v -e '^bench/base/memory.[ch]:' -e '^bench/executors/' -e '^bench/engines/' >&2; then
    echo "bench/base/memory.h has this as mem_...(), which cannot fail" >&2
    wrong=1
fi
exit $wrong
