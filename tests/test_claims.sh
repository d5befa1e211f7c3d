#!/bin/sh
# test_claims.sh BENCH: docs/claims.md has the figures of the runs that are kept, and the commands that it names are
# right.
set -u
bench=$1 top=$(dirname -- "$0")/..
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_CACHE_HOME="$folder/cache"
/usr/bin/python3 -c '' 2>/dev/null || exit 77
failures=0

/usr/bin/python3 "$top/scripts/claims" --tell --bench "$bench" >"$folder/page" || exit 1
diff "$top/docs/claims.md" "$folder/page" || failures=1

cd "$top" || exit 1
echo http://127.0.0.1:1/ >"$folder/urls.txt"
# shellcheck disable=SC2016 # of Markdown
sed -n '/^```sh$/,/^```$/ s/^bench //p' docs/claims.md | grep -v '^serve' |
    sed -e 's/ *#.*//' -e "s|urls.txt|$folder/urls.txt|" >"$folder/commands"
[ -s "$folder/commands" ] || failures=1
while read -r words; do
    eval "\"\$bench\" $words -n" >"$folder/out" 2>&1 </dev/null
    if [ $? = 2 ]; then
        echo "bench $words: $(cat "$folder/out")" >&2
        failures=1
    fi
done <"$folder/commands"
[ $failures = 0 ]
