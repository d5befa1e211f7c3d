#!/bin/sh
# test_tables.sh: the tables of trust and speed in the pages are those of the results that are kept, and a count of a new
# method stands beside the old one's.
set -u
top=$(dirname -- "$0")/..
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
/usr/bin/python3 -c '' 2>/dev/null || exit 77
failures=0

mkdir "$folder/scripts" "$folder/docs" "$folder/results"
cp "$top/scripts/tables" "$top/scripts/rates.py" "$folder/scripts"
cp "$top"/results/gate-*.csv "$top"/results/peers-*.csv "$folder/results"
cp "$top/README.md" "$folder"
cp "$top/docs/comparing.md" "$top/docs/speed.md" "$folder/docs"
/usr/bin/python3 "$folder/scripts/tables" --write || failures=1
for page in README.md docs/comparing.md docs/speed.md; do
    diff "$top/$page" "$folder/$page" >&2 || failures=1
done

# A suite of the method that decides now: each case once, and one false alarm.
sed -n '2,13p' "$top/results/gate-aa.csv" |
    sed -e 's/^[^,]*/20261201T000000-1-1/' -e 's/,suite [0-9]*,/,suite new,/' -e '1s/,inconclusive,/,slower,/' \
        >>"$folder/results/gate-aa.csv"
/usr/bin/python3 "$folder/scripts/tables" >"$folder/out" || failures=1
if ! grep -q '^| suites of 12 .* any difference | 1 of 1 .* | 1 December 2026 |$' "$folder/out" ||
    ! grep -q '^| suites of 12 .* any difference, by the method until .* | 0 of 77 ' "$folder/out"; then
    echo "the counts of two methods:" >&2
    grep '^| suites' "$folder/out" >&2
    failures=1
fi
[ $failures = 0 ]
