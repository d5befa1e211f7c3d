#!/bin/bash
# The workflow of docs/ci.md, step by step, as GitHub would run it: on a branch that is slower, on one
# that is not, and on one that does not work. $1: the folder with bench.
set -u -o pipefail

bin=$(CDPATH='' cd -- "$1" && pwd)
page=$(CDPATH='' cd -- "$(dirname -- "$0")/../docs" && pwd)/ci.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PATH=$bin:$PATH HOME=$folder GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
wrong=0

fail() {
    echo "$*" >&2
    wrong=1
}

# Each step's shell text into $folder/step-N, from the only YAML of the page.
python3 - "$page" "$folder" <<'PYTHON'
import re, sys, textwrap
page = open(sys.argv[1]).read()
workflow = re.search(r"```yaml\n(.*?)```", page, re.S).group(1)
steps = re.findall(r"^ +run: \|\n((?: {10}.*\n)+)", workflow, re.M)
assert len(steps) == 3, steps
for number, step in enumerate(steps, 1):
    open(f"{sys.argv[2]}/step-{number}", "w").write(textwrap.dedent(step))
PYTHON
[ -f "$folder/step-3" ] || { fail "no steps were found in $page"; exit 1; }

commit_program() {
    printf 'int main(void) { volatile unsigned long x = 1; for (long i = 0; i < %s; i++) x = x * 3 + 1; return %s; }\n' \
        "$1" "$2" >prog.c
    git add -A && git commit -q -m "$3"
}

git init -q -b main "$folder/origin" && cd "$folder/origin" || exit 1
printf 'prog: prog.c\n\tcc -O1 -o prog prog.c\n' >Makefile
echo prog >.gitignore
commit_program 400000 0 'a program'
git checkout -q -b same && echo 'more words' >README && git add -A && git commit -q -m 'words'
git checkout -q -b slower main && commit_program 800000 0 'slower'
git checkout -q -b broken main && commit_program 400000 7 'broken'
git checkout -q main && commit_program 100000 0 'main has gone on, and is faster: none of the branches is to blame'

# $1: branch; the rest of the world as GitHub has it
job() {
    cd "$folder" && rm -rf work temp
    git clone -q "$folder/origin" "$folder/work" && cd "$folder/work" || exit 1
    git checkout -q "$1"
    mkdir "$folder/temp"
    : >"$folder/summary"
    status=0
    for step in 1 2 3; do
        RUNNER_TEMP=$folder/temp GITHUB_BASE_REF=main GITHUB_STEP_SUMMARY=$folder/summary GITHUB_ACTIONS=true \
            bash --noprofile --norc -eo pipefail "$folder/step-$step" >"$folder/out" 2>"$folder/err"
        status=$?
        [ "$status" = 0 ] || break
    done
}

job same
[ "$status" = 0 ] || fail "the same program: status $status at step $step: $(cat "$folder/out" "$folder/err")"
grep -q '^::error' "$folder/out" && fail "the same program: an error: $(cat "$folder/out")"

job slower
[ "$status.$step" = 1.3 ] || fail "slower: status $status at step $step: $(cat "$folder/out" "$folder/err")"
grep -q '^::error' "$folder/out" || fail "slower: no annotation: $(cat "$folder/out")"
grep -q slower "$folder/summary" || fail "slower: not in the summary: $(cat "$folder/summary")"
[ -s speed.csv ] || fail "slower: no speed.csv"

job broken
[ "$status.$step" = 3.3 ] || fail "broken: status $status at step $step: $(cat "$folder/out" "$folder/err")"

# What a job installs: not what it does without. A machine that has nothing, and says what it is to install.
mkdir "$folder/empty"
printf '#!/bin/sh\nexit 1\n' >"$folder/empty/dpkg-query"
printf '#!/bin/sh\necho "$@" >>"%s/installed"\n' "$folder" >"$folder/empty/apt-get"
printf '#!/bin/sh\nexec "$@"\n' >"$folder/empty/sudo"
chmod +x "$folder/empty/"*
grep -q '^ *\./scripts/setup --core$' "$folder/step-1" || fail "the job installs more than it needs"
grep -q 'BENCH_TESTS=OFF' "$folder/step-1" || fail "the job builds the tests"
grep -q 'actions/cache@' "$page" || fail "the job builds bench every time"
PATH=$folder/empty:$PATH "$(dirname -- "$page")/../scripts/setup" --core 2>/dev/null
grep -q libhwloc-dev "$folder/installed" || fail "setup --core: no hwloc: $(cat "$folder/installed")"
grep -qE 'boost|openblas|cmocka' "$folder/installed" && fail "setup --core: $(cat "$folder/installed")"

exit $wrong
