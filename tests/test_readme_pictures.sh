#!/bin/sh
# README's pictures can be drawn again, and the kept ones say the same: test_readme_pictures.sh BENCH
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
command -v gnuplot >/dev/null || {
    echo "skipped: gnuplot is not installed"
    exit 77
}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
texts() {
    grep -o '<text>.*</text>' "$1"
}
"$top/scripts/readme-pictures" "$1" "$folder"
for name in speedup.svg race.svg; do
    grep -q "(docs/$name)" "$top/README.md"
    texts "$folder/$name" >"$folder/drawn"
    texts "$top/docs/$name" >"$folder/kept"
    diff "$folder/kept" "$folder/drawn" || {
        echo "docs/$name is not what scripts/readme-pictures draws now" >&2
        exit 1
    }
done
