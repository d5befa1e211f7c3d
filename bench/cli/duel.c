/* Both builds of a step against each other: work trees, builds, bench ab, a verdict. */
#include "cli/duel.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/context.h"
#include "cli/duel_words.h"
#include "modules/own_modules.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- programs ---- */

/*
 * Run a program to its end. Its stdout is read into *told, for free(), or goes to stderr where `told` is
 * NULL, or nowhere, with stderr, where `is_silent`. Its exit status, or a negative errno value.
 */
static int run_program(char *const *words, char **told, bool is_silent)
{
    int ends[2] = {-1, -1};
    if (told && pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int silence = is_silent ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
        dup2(told ? ends[1] : is_silent ? silence : STDERR_FILENO, STDOUT_FILENO);
        if (is_silent)
            dup2(silence, STDERR_FILENO);
        execvp(words[0], words);
        _exit(127);
    }
    int rc = child < 0 ? -errno : 0;
    if (told) {
        close(ends[1]);
        FILE *stream = fdopen(ends[0], "r");
        size_t size = 0;
        *told = NULL;
        if (stream && mem_delimited(told, &size, '\0', stream) < 0 && *told)
            **told = '\0';
        if (stream)
            fclose(stream);
    }
    int status = 0;
    while (rc == 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (rc < 0)
        return rc;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The same of git with up to five words; a NULL word ends them. */
static int run_git(const char *const *words, char **told)
{
    struct word_list list = {0};
    word_list_add(&list, "git");
    for (; *words; words++)
        word_list_add(&list, *words);
    int rc = run_program(list.words, told, !told);
    word_list_free(&list);
    return rc;
}

/* ---- builds ---- */

/* A commit's work tree. */
struct tree {
    const char *label;
    char *commit, *folder; /* NULL: there is none */
    char *why;             /* it could not be built; NULL: it was */
};

struct duels {
    const struct duel_plan *plan;
    char *folder; /* of all work trees */
    struct tree *trees;
    size_t trees_size;
};

static char *find_commit(const char *label)
{
    char *name = mem_format("%s^{commit}", label), *told = NULL;
    const char *words[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", name, NULL};
    int rc = run_git(words, &told);
    free(name);
    if (rc != 0 || !told) {
        free(told);
        return NULL;
    }
    told[strcspn(told, "\n")] = '\0';
    return told;
}

static void build(struct duels *duels, struct tree *tree)
{
    const char *words[] = {"worktree", "add", "--detach", tree->folder, tree->commit, NULL};
    if (run_git(words, NULL) != 0) {
        tree->why = mem_format("git worktree add --detach %s %s failed", tree->folder, tree->commit);
        return;
    }
    struct text quoted = {0};
    text_add_word(&quoted, tree->folder);
    char *command = duel_expand(duels->plan->build, quoted.text), shell[] = "sh", flag[] = "-c";
    char *const build_words[] = {shell, flag, command, NULL};
    if (!duels->plan->is_quiet)
        fprintf(stderr, "bench: building %s: %s\n", tree->label, command);
    int status = run_program(build_words, NULL, duels->plan->is_quiet);
    if (status != 0)
        tree->why = mem_format("the build of %s ended with status %d: %s", tree->label, status, command);
    free(quoted.text);
    free(command);
}

/* The work tree of a label, made and built where it is the first to ask for it. */
static size_t find_tree(struct duels *duels, const char *label)
{
    for (size_t i = 0; i < duels->trees_size; i++) {
        if (strcmp(duels->trees[i].label, label) == 0)
            return i;
    }
    duels->trees = mem_resize(duels->trees, duels->trees_size + 1, sizeof *duels->trees);
    struct tree *tree = &duels->trees[duels->trees_size];
    *tree = (struct tree){.label = label, .commit = find_commit(label)};
    if (!tree->commit)
        tree->why = mem_format("the label '%s' is no commit of this repository", label);
    else {
        tree->folder = mem_format("%s/%zu", duels->folder, duels->trees_size);
        build(duels, tree);
    }
    return duels->trees_size++;
}

static void remove_trees(struct duels *duels)
{
    for (size_t i = 0; i < duels->trees_size; i++) {
        struct tree *tree = &duels->trees[i];
        if (tree->folder) {
            const char *words[] = {"worktree", "remove", "--force", tree->folder, NULL};
            run_git(words, NULL);
        }
        free(tree->commit);
        free(tree->folder);
        free(tree->why);
    }
    if (duels->folder)
        rmdir(duels->folder);
    free(duels->folder);
    free(duels->trees);
}

/* ---- verdicts ---- */

static void decide(struct history_point *point, enum history_verdict verdict, char *why)
{
    free(point->why);
    point->verdict = verdict;
    point->why = why;
}

/* What bench ab --format json has told of its only case. */
static void judge(struct history_point *point, const char *told, int status)
{
    json_t *object = told ? json_loads(told, 0, NULL) : NULL;
    json_t *one = json_array_get(json_object_get(object, "cases"), 0);
    const char *verdict = json_string_value(json_object_get(one, "verdict"));
    const char *word = json_string_value(json_object_get(one, "word"));
    double ratio = json_number_value(json_object_get(one, "ratio"));
    if (!verdict || strcmp(verdict, "failed") == 0) {
        const char *why = json_string_value(json_object_get(one, "why"));
        decide(point, HISTORY_NOT_BUILT,
               mem_format("bench ab ended with status %d%s%s", status, why ? ": " : "", why ? why : ""));
    } else if (strcmp(verdict, point->is_worse ? "worse" : "better") == 0) {
        decide(
            point, HISTORY_CONFIRMED,
            mem_format("side by side the build behind it is %s by %+.2f %%", word, 100 * (ratio - 1)));
    } else {
        decide(point, HISTORY_NOT_CONFIRMED,
               mem_format("side by side both builds are %s (%+.2f %%)", word, 100 * (ratio - 1)));
    }
    json_decref(object);
}

static void fight(const struct duels *duels, struct history_point *point, const char *const trees[2])
{
    char program[PATH_MAX], *told = NULL;
    struct word_list list = {0};
    struct bench_error err;
    if (own_program(program, sizeof program, &err) < 0) {
        decide(point, HISTORY_NOT_BUILT, mem_text(err.message));
        return;
    }
    word_list_add(&list, program);
    duel_words(&list, point->series->identity, duels->plan->side, trees);
    /* Behind "ab", before what may be a side's. */
    struct word_list whole = {0};
    for (size_t i = 0; i < list.size; i++) {
        word_list_add(&whole, list.words[i]);
        if (i == 1) {
            word_list_add(&whole, "-q");
            word_list_add(&whole, "--format");
            word_list_add(&whole, "json");
        }
    }
    int status = run_program(whole.words, &told, false);
    judge(point, told, status);
    free(told);
    word_list_free(&list);
    word_list_free(&whole);
}

static void try_point(struct duels *duels, const struct history *history, struct history_point *point)
{
    const char *labels[] = {history_session_at(history, point->series, point->at - 1)->label,
                            history_session_at(history, point->series, point->at)->label};
    size_t numbers[2];
    for (int i = 0; i < 2; i++) {
        if (!labels[i]) {
            decide(
                point, HISTORY_NOT_BUILT,
                mem_text("a session has no label: bench run --label COMMIT tells which build it was"));
            return;
        }
    }
    if (strcmp(labels[0], labels[1]) == 0) {
        decide(
            point, HISTORY_NOT_CONFIRMED,
            mem_format("%s was measured before and behind it: something else has changed", labels[0]));
        return;
    }
    for (int i = 0; i < 2; i++) {
        numbers[i] = find_tree(duels, labels[i]);
        const char *why = duels->trees[numbers[i]].why;
        if (why) {
            decide(point, HISTORY_NOT_BUILT, mem_text(why));
            return;
        }
    }
    const char *trees[] = {duels->trees[numbers[0]].folder, duels->trees[numbers[1]].folder};
    fight(duels, point, trees);
}

static bool is_for_trial(const struct history_point *point)
{
    return !point->is_weak && !point->is_machines;
}

static int make_folder(struct duels *duels, struct bench_error *err)
{
    const char *words[] = {"rev-parse", "--git-dir", NULL}, *place = getenv("TMPDIR");
    char *told = NULL;
    int status = run_git(words, &told);
    free(told);
    if (status != 0)
        return bench_error_set(err, -ENOENT,
                               "--confirm: this folder is in no git repository, or git is missing: call "
                               "it where the labels are commits");
    duels->folder = mem_format("%s/bench-duel-XXXXXX", place && *place ? place : "/tmp");
    if (!mkdtemp(duels->folder)) {
        bench_error_set(err, -errno, "--confirm: %s: %s", duels->folder, strerror(errno));
        free(duels->folder);
        duels->folder = NULL;
        return err->code;
    }
    return 0;
}

int duel_fight(struct history *history, const struct duel_plan *plan, struct bench_error *err)
{
    struct duels duels = {.plan = plan};
    int rc = make_folder(&duels, err);
    for (size_t i = 0; rc == 0 && i < history->points_size; i++) {
        struct history_point *point = &history->points[i];
        if (point->is_fresh && is_for_trial(point))
            try_point(&duels, history, point);
        if (stop_signal)
            rc = bench_error_set(err, -EINTR, "interrupted");
    }
    remove_trees(&duels);
    return rc;
}

/* ---- commands for people ---- */

/* Where {tree} is not known yet, the commit stands for it. */
static char *tree_word(const struct history_session *session)
{
    return mem_format("%s", session->label ? session->label : session->session);
}

void duel_name(struct history *history, const struct duel_plan *plan)
{
    for (size_t i = 0; i < history->points_size; i++) {
        struct history_point *point = &history->points[i];
        if (!is_for_trial(point))
            continue;
        char *before = tree_word(history_session_at(history, point->series, point->at - 1));
        char *after = tree_word(history_session_at(history, point->series, point->at));
        const char *trees[] = {before, after};
        const char *workload = point->series->identity->workload;
        const char *side = plan->side                                  ? plan->side
                           : workload && strcmp(workload, "exec") == 0 ? "-s command={tree}/PROGRAM"
                                                                       : "--bench {tree}/bin/bench";
        struct word_list list = {0};
        word_list_add(&list, "bench");
        duel_words(&list, point->series->identity, side, trees);
        point->duel = word_list_join(&list);
        word_list_free(&list);
        free(before);
        free(after);
    }
}

int duel_plan_check(const struct duel_plan *plan, struct bench_error *err)
{
    wordexp_t words;
    if (plan->build && !plan->side)
        return bench_error_set(err, -EINVAL,
                               "--confirm: needs --side, what a build adds to the command line, such as "
                               "--side '-s command={tree}/prog' or '--plugin {tree}/mine.so'");
    if (plan->build && !strstr(plan->build, "{tree}"))
        return bench_error_set(err, -EINVAL,
                               "--confirm: '%s' must name the folder to build as {tree}, such as 'make "
                               "-C {tree}'",
                               plan->build);
    if (plan->side && !strstr(plan->side, "{tree}"))
        return bench_error_set(err, -EINVAL,
                               "--side: '%s' must name the build's folder as {tree}, such as '-s "
                               "command={tree}/prog'",
                               plan->side);
    int rc = plan->side ? duel_split(plan->side, "tree", &words) : 0;
    if (rc != 0)
        return bench_error_set(
            err, -EINVAL, "--side: '%s' must be options, with | & ; < > ( ) and other braces in quotes",
            plan->side);
    if (plan->side)
        wordfree(&words);
    return 0;
}
