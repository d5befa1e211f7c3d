#!/bin/sh
# workloads/README.md as its reader would follow it: install, build its workload and its executor outside
# the tree against the installed headers, run them.
# $1: a build folder.
set -eu

build=$(CDPATH='' cd -- "$1" && pwd)
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
page=$top/workloads/README.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "test_example: $*" >&2
    exit 1
}

# $1: a page; $2: a language; $3: which of its blocks.
block() {
    awk -v begin="\`\`\`$2" -v wanted="$3" '$0 == begin { n++; inside = 1; next } /^```$/ { inside = 0 }
        inside && n == wanted' "$1"
}

# $1: CSV; $2: how many measured runs it must have. All rows must be ok.
expect_runs() {
    measured=$(grep -c ',measure,release,ok,' "$1") || fail "no run was measured"
    [ "$measured" = "$2" ] || fail "$measured measured runs, expected $2"
    rows=$(($(wc -l <"$1") - 1))
    ok=$(grep -cE ',(verify|warmup|measure),release,ok,' "$1")
    [ "$rows" = "$ok" ] || fail "$((rows - ok)) rows are not ok"
}

block "$page" c 1 | cmp - "$top/workloads/example/primes.c" || fail "the page's example is not example/primes.c"

cmake --install "$build" --prefix "$folder/prefix" >"$folder/install.log"
PATH=$folder/prefix/bin:$PATH
PKG_CONFIG_PATH=$(dirname "$(find "$folder/prefix" -name bench.pc)")
export PATH PKG_CONFIG_PATH

# The module for Python is in the prefix, and finds the program there.
module=$(find "$folder/prefix" -path '*python*/bench/__main__.py')
[ -z "$module" ] || [ "$(PYTHONPATH=$(dirname "$(dirname "$module")") /usr/bin/python3 -m bench --version)" = "$(bench --version)" ] ||
    fail "python3 -m bench is not the program that was installed"

mkdir "$folder/mine"
cd "$folder/mine"
cp "$top/workloads/example/primes.c" .
block "$page" c 2 >crowd.c
eval "set -- $(pkg-config --cflags bench)" # in which a space of the path is quoted
for name in primes crowd; do
    for standard in c11 gnu17; do
        cc -std=$standard -O2 -Wall -Wextra -Wpedantic -Werror "$@" -shared -fPIC -o $name.so $name.c
    done
done

bench list --plugin ./primes.so primes | grep -q 'limit=1M' || fail "bench list does not show the parameters"

executors=$(bench list --names | grep -v '/.*[.]' | grep ^executor/ | grep -vc /mpi$) # which all leaves out
bench --plugin ./primes.so -w primes -s limit=20k,block=1k -x all -j 1,2 -r 1 -q >all.csv 2>/dev/null &&
    fail "limit=20k,block=1k is no list of limits"
bench --plugin ./primes.so -w primes -s limit=20k -s block=1k -x all -j 1,2 -r 1 -q >all.csv
expect_runs all.csv $((2 * executors - 1)) # serial only once

BENCH_PLUGIN_PATH=. bench -w primes,spin -s limit=20k -x crowd -j 1,3 -r 1 -q >crowd.csv
expect_runs crowd.csv 4

# The same headers in C++.
if command -v c++ >/dev/null; then
    c++ -std=c++17 -O2 -Wall -Wextra -Wpedantic -Werror "$@" -fvisibility=hidden -shared -fPIC \
        -o cplusplus.so "$top/tests/fakes/cplusplus.cc"
    bench --plugin ./cplusplus.so -w cplusplus -s count=50 -x serial,pthread -j 2 -r 1 -q >cplusplus.csv
    expect_runs cplusplus.csv 2
fi
