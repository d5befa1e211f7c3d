#!/bin/sh
# Which folder may include from which: the arrows of ARCHITECTURE.md. Everything may include the
# contract (<bench/...>); modules nothing else of ours, but what is in their own folder and in common/.
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
may bench/cli base modules protocol plan machine records results report control runner stats
may bench/serve base
may bench/executors common
may bench/executors/common
may workloads common
for folder in workloads/*/; do
    may "${folder%/}"
done
exit $wrong
