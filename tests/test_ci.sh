#!/bin/bash
# The gates of docs/ci.md, step by step, as GitHub, GitLab and a shell would run them: on a branch that is slower, on
# one that is not, and on one that does not work. $1: the folder with bench.
set -u -o pipefail

bin=$(CDPATH='' cd -- "$1" && pwd)
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PATH=$bin:$PATH HOME=$folder GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
wrong=0

fail() {
    echo "$*" >&2
    wrong=1
}

/usr/bin/python3 -c 'import yaml' 2>/dev/null || { echo "skipped: python3-yaml is not installed"; exit 77; }

# steps WHERE [INPUT=VALUE ...]: the workflow of docs/ci.md as scripts WHERE/step-N; of the actions that it uses, ours,
# with these inputs instead of the page's. Without a workflow ("action"), the action alone.
steps() {
    mkdir -p "$1"
    /usr/bin/python3 - "$top" "$@" <<'PYTHON'
import re, shlex, sys, yaml
top, where, what, *inputs = sys.argv[1:]
action = yaml.safe_load(open(f"{top}/.github/actions/gate/action.yml"))
workflow = yaml.safe_load(re.search(r"```yaml\n(.*?)```", open(f"{top}/docs/ci.md").read(), re.S).group(1))
steps = workflow["jobs"]["speed"]["steps"] if what == "workflow" else [{"uses": "/.github/actions/gate@main", "with": {}}]
given = dict(i.split("=", 1) for i in inputs)

def resolve(text, values):
    return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m.group(1)], text)

scripts = []
for step in steps:
    if "run" in step:
        scripts.append(step["run"])
    elif "/.github/actions/gate@" in step["uses"]:
        asked = {**step["with"], **given}
        unknown = set(asked) - set(action["inputs"])
        assert not unknown, unknown
        values = {name: asked.get(name, one.get("default", "")) for name, one in action["inputs"].items()}
        for one in action["runs"]["steps"]:
            if "run" in one:
                assert one["shell"] == "bash" and "${{" not in one["run"], one
                env = [f"export {k}={shlex.quote(resolve(v, values))}\n" for k, v in one.get("env", {}).items()]
                scripts.append("".join(env) + one["run"])
for number, script in enumerate(scripts, 1):
    open(f"{where}/step-{number}", "w").write(script)
PYTHON
}

commit_program() {
    printf 'int main(void) { volatile unsigned long x = 1; for (long i = 0; i < %s; i++) x = x * 3 + 1; return %s; }\n' \
        "$1" "$2" >prog.c
    git add -A && git commit -q -m "$3"
}

git init -q -b main "$folder/origin" && cd "$folder/origin" || exit 1
printf 'prog: prog.c\n\tcc -O1 -o prog prog.c\n' >Makefile
printf 'prog\nbase\nspeed.*\n' >.gitignore
commit_program 400000 0 'a program'
git checkout -q -b same && echo 'more words' >README && git add -A && git commit -q -m 'words'
git checkout -q -b slower main && commit_program 800000 0 'slower'
git checkout -q -b crawling main && commit_program 9000000 0 'much slower'
git checkout -q -b broken main && commit_program 400000 7 'broken'
git checkout -q main && commit_program 100000 0 'main has gone on, and is faster: none of the branches is to blame'

# A fresh clone, with this branch checked out.
clone() {
    cd "$folder" && rm -rf work temp
    git clone -q "$folder/origin" "$folder/work" && cd "$folder/work" || exit 1
    git checkout -q "$1"
    mkdir "$folder/temp"
    : >"$folder/summary"
}

# github STEPS: run them, with the rest of the world as GitHub has it; $status and $step are the last one's
github() {
    status=0
    for step in 1 2 3 4; do
        [ -f "$1/step-$step" ] || break
        RUNNER_TEMP=$folder/temp GITHUB_BASE_REF=main GITHUB_STEP_SUMMARY=$folder/summary GITHUB_ACTIONS=true \
            GITHUB_ACTION_PATH=$top/.github/actions/gate GITHUB_PATH=$folder/path \
            bash --noprofile --norc -eo pipefail "$1/step-$step" >"$folder/out" 2>"$folder/err"
        status=$?
        [ "$status" = 0 ] || break
    done
}

said() { cat "$folder/out" "$folder/err"; }
gate=$folder/temp/bench-gate

# ---- GitHub: two builds ----

steps "$folder/pull" workflow time=10

clone same && github "$folder/pull"
[ "$status" = 0 ] || fail "the same program: status $status at step $step: $(said)"
grep -q '^::error' "$folder/out" && fail "the same program: an error: $(said)"

clone slower && github "$folder/pull"
[ "$status.$step" = 1.3 ] || fail "slower: status $status at step $step: $(said)"
grep -q '^::error' "$folder/out" || fail "slower: no annotation: $(said)"
grep -q slower "$folder/summary" || fail "slower: not in the summary: $(cat "$folder/summary")"
[ -s "$gate/speed.csv" ] || fail "slower: no speed.csv"
grep -q '</html>' "$gate/speed.html" || fail "slower: no page"

clone broken && github "$folder/pull"
[ "$status.$step" = 3.3 ] || fail "broken: status $status at step $step: $(said)"

# ---- GitHub: a stored baseline ----

fast="new=-s command=./prog"
exec="options=-w exec -x serial -r 10"
steps "$folder/save" action "$fast" "$exec" save-baseline=base.csv
steps "$folder/hold" action "$fast" "$exec --threshold 90%" baseline=base.csv
clone main && make -s
github "$folder/save"
{ [ "$status" = 0 ] && [ -s base.csv ]; } || fail "save-baseline: status $status: $(said)"
github "$folder/hold"
[ "$status" = 0 ] || fail "baseline of the same: status $status: $(said)"
git checkout -q crawling && touch prog.c && make -s
github "$folder/hold"
[ "$status" = 1 ] || fail "baseline, slower: status $status: $(said)"
grep -q '^::error' "$folder/out" || fail "baseline, slower: no annotation: $(said)"
grep -q '</html>' "$gate/speed.html" || fail "baseline, slower: no page"

# ---- GitHub: mistakes, and words that a shell would execute ----

steps "$folder/none" action "$fast"
github "$folder/none"
{ [ "$status" = 2 ] && grep -q '^::error::.*give old' "$folder/out"; } || fail "nothing to compare with: $status: $(said)"
steps "$folder/both" action "$fast" "old=-s command=./prog" baseline=base.csv
github "$folder/both"
{ [ "$status" = 2 ] && grep -q '^::error::' "$folder/out"; } || fail "old and baseline: $status: $(said)"
# shellcheck disable=SC2016 # that is what must not be expanded
label='a  b; `touch executed` $(touch executed) $HOME'
steps "$folder/words" action "new=-s command=./prog --label \"$label\"" save-baseline=words.csv
github "$folder/words"
[ ! -e executed ] || fail "words of an input were executed"
grep -qF "$label" words.csv || fail "words: not as they were: $(head -2 words.csv) $(said)"

# ---- GitLab ----

/usr/bin/python3 - "$top/docs/examples/gate.gitlab-ci.yml" >"$folder/gitlab" <<'PYTHON'
import sys, yaml
job = yaml.safe_load(open(sys.argv[1]))["speed"]
print("\n".join(job["before_script"] + job["script"]).replace("--time 30", "--time 10"))
PYTHON
mkdir "$folder/stubs"
printf '#!/bin/sh\necho "$@" >>"%s/installed"\n' "$folder" >"$folder/stubs/apt-get"
chmod +x "$folder/stubs/apt-get"

gitlab() {
    CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git merge-base origin/main HEAD) PATH=$folder/stubs:$PATH \
        bash -eo pipefail "$folder/gitlab" >"$folder/out" 2>"$folder/err"
    status=$?
}

clone same && gitlab
{ [ "$status" = 0 ] && [ -s speed.html ]; } || fail "GitLab, the same program: status $status: $(said)"
clone slower && gitlab
{ [ "$status" = 1 ] && [ -s speed.html ] && [ -s speed.csv ]; } || fail "GitLab, slower: status $status: $(said)"
grep -q '<failure' speed.xml || fail "GitLab, slower: no failure in speed.xml: $(cat speed.xml)"

# ---- a shell ----

sed 's/--time 30/--time 10/' "$top/docs/examples/gate.sh" >"$folder/gate.sh"

clone same
sh "$folder/gate.sh" >"$folder/out" 2>"$folder/err" || fail "shell, the same program: $? $(said)"
clone slower
sh "$folder/gate.sh" >"$folder/out" 2>"$folder/err"
status=$?
{ [ "$status" = 1 ] && grep -q slower "$folder/out" && [ -s speed.html ]; } || fail "shell, slower: status $status: $(said)"
[ "$(git worktree list | wc -l)" = 1 ] || fail "shell: a work tree is left: $(git worktree list)"

# ---- Otava ----

# What the page's configuration names is there.
mkdir nights
for night in 1 2; do
    bench -q -w exec -x serial -s command=./prog -r 3 --launches 1 -o "nights/$night.csv" >/dev/null
done
bench report nights/*.csv --format otava -o all.csv
/usr/bin/python3 - "$top/docs/ci.md" <<'PYTHON' || fail "Otava: $(head -1 all.csv)"
import csv, re, sys, yaml
text = re.search(r"```yaml\n(tests:.*?)```", open(sys.argv[1]).read(), re.S).group(1)
test = yaml.safe_load(text)["tests"]["prog"]
header, *rows = csv.reader(open(test["file"], newline=""))
wanted = ["time", *test["attributes"], *(metric["column"] for metric in test["metrics"].values())]
assert len(rows) == 2 and all(column in header for column in wanted), wanted
PYTHON

# ---- what is installed ----

# Not what a job does without. A machine that has nothing, and says what it is to install.
rm -f "$folder/installed"
printf '#!/bin/sh\nexit 1\n' >"$folder/stubs/dpkg-query"
printf '#!/bin/sh\nexec "$@"\n' >"$folder/stubs/sudo"
printf '#!/bin/sh\necho "$@" >>"%s/built"\n' "$folder" >"$folder/stubs/cmake"
chmod +x "$folder/stubs/"*
PATH=$folder/stubs:$PATH "$top/scripts/setup" --core 2>/dev/null
grep -q libhwloc-dev "$folder/installed" || fail "setup --core: no hwloc: $(cat "$folder/installed")"
grep -qE 'boost|openblas|cmocka' "$folder/installed" && fail "setup --core: $(cat "$folder/installed")"
grep -q 'actions/cache@' "$top/.github/actions/gate/action.yml" || fail "the job builds bench every time"
# Where there is no bench, it is built, without its tests, and found from then on.
printf '#!/bin/sh\n' >"$folder/stubs/git"
chmod +x "$folder/stubs/git"
install() {
    rm -f "$folder/built" "$folder/path"
    sed "s,/tmp/bench,$top,g" "$1" >"$folder/install"
    (
        export PATH=$folder/stubs:/usr/bin:/bin RUNNER_TEMP=$folder/temp GITHUB_PATH=$folder/path
        export GITHUB_ACTION_PATH=$top/.github/actions/gate
        bash -eo pipefail "$folder/install"
    ) >"$folder/out" 2>"$folder/err"
    grep -q BENCH_TESTS=OFF "$folder/built" || fail "$1: the job builds the tests: $(said)"
    grep -q -- --install "$folder/built" || fail "$1: bench is not installed: $(said)"
}
if [ ! -e /usr/bin/bench ]; then
    install "$folder/gitlab"
    install "$folder/pull/step-2"
    grep -q "$HOME/bench/bin" "$folder/path" || fail "bench is not found: $(said)"
fi

exit $wrong
