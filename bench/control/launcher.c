/* The launchers that are known, and what each needs. See launcher.h. */
#include "control/launcher.h"

#include "base/memory.h"
#include "base/rank_variables.h"
#include "modules/ranks_module.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * srun copies its stdin to all tasks, and goes on when one has died. MPICH's mpiexec does neither, and
 * Open MPI's gives its stdin to rank 0.
 */
static const struct launcher launchers[] = {
    {.title = "Slurm",
     .programs = "srun",
     .starts_jobs = true,
     .always = "--input=0 --kill-on-bad-exit=1",
     .unless = "--input",
     .ranks = "--cpu-bind=none -n",
     .hosts = "-w",
     .has_plain_hosts = true},
    {.title = "Open MPI",
     .programs = "orterun prterun mpiexec.openmpi mpirun.openmpi",
     .says = "Open",
     .starts_jobs = true,
     .ranks = "--bind-to none -n",
     .hosts = "--host",
     .slots = true,
     .engine = "openmpi",
     .root_variable = "OMPI_ALLOW_RUN_AS_ROOT"},
    {.title = "MPICH",
     .programs = "mpiexec.hydra mpiexec.mpich mpirun.mpich",
     .says = "HYDRA",
     .starts_jobs = true,
     .ranks = "-n",
     .hosts = "-hosts",
     .engine = "mpich"},
    {.title = "ssh", .programs = "ssh"},
    {0},
};

/* What every MPI calls its own. */
static const char ambiguous[] = "mpiexec mpirun";

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_among(const char *words, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = words; length && (at = strstr(at, name)); at += length) {
        bool begins = at == words || at[-1] == ' ';
        if (begins && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

/* Where a program is, as execvp would look for it; for free(), NULL with errno set where it is not. */
static char *find_program(const char *name)
{
    const char *folders = getenv("PATH");
    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? mem_text(name) : NULL;
    char *list = mem_text(folders ? folders : "/bin:/usr/bin"), *rest = list, *folder, *found = NULL;
    while (!found && (folder = strsep(&rest, ":"))) {
        char *path = mem_format("%s%s%s", folder, folder[0] ? "/" : "", name);
        if (access(path, X_OK) == 0)
            found = path;
        else
            free(path);
    }
    free(list);
    if (!found)
        errno = ENOENT;
    return found;
}

static const struct launcher *find_by_name(const char *name)
{
    for (const struct launcher *launcher = launchers; launcher->title; launcher++) {
        if (is_among(launcher->programs, name))
            return launcher;
    }
    return NULL;
}

static const struct launcher *find_by_answer(const char *path)
{
    const struct launcher *found = NULL;
    char line[512] = "", *command = mem_format("exec '%s' --version 2>/dev/null </dev/null", path);
    FILE *answer = strchr(path, '\'') ? NULL : popen(command, "re");
    if (answer && !fgets(line, sizeof line, answer))
        line[0] = '\0';
    if (answer)
        pclose(answer);
    free(command);
    for (const struct launcher *launcher = launchers; !found && launcher->title; launcher++) {
        if (launcher->says && strstr(line, launcher->says))
            found = launcher;
    }
    return found;
}

/* Which MPI's it is shows where the link leads; else it is asked. */
static const struct launcher *find_mpi(const char *word)
{
    const struct launcher *found = NULL;
    char *path = find_program(word), *real = path ? realpath(path, NULL) : NULL;
    if (real)
        found = find_by_name(base_name(real));
    if (real && !found)
        found = find_by_answer(real);
    free(real);
    free(path);
    return found ? found : find_by_name("mpiexec.hydra");
}

static const struct launcher *find_word(const char *word)
{
    const char *name = base_name(word);
    return is_among(ambiguous, name) ? find_mpi(word) : find_by_name(name);
}

const struct launcher *launcher_find(char *const *words)
{
    const struct launcher *found = NULL;
    for (; !found && words && *words; words++)
        found = find_word(*words);
    return found;
}

/* ---- its command ---- */

static bool gives_own(char *const *words, const char *option)
{
    for (; option && *words; words++) {
        if (strncmp(*words, option, strlen(option)) == 0)
            return true;
    }
    return false;
}

static void add_word(char ***words, size_t *count, char *word)
{
    *words = mem_resize(*words, *count + 2, sizeof **words);
    (*words)[(*count)++] = word;
    (*words)[*count] = NULL;
}

static void add_always(char ***words, size_t *count, const char *options)
{
    char *list = mem_text(options), *rest = list, *option;
    while ((option = strsep(&rest, " ")))
        add_word(words, count, mem_text(option));
    free(list);
}

char **launcher_words(char *const *words)
{
    char **full = mem_zero(1, sizeof *full);
    size_t count = 0;
    bool known = false;
    for (size_t i = 0; words && words[i]; i++) {
        add_word(&full, &count, mem_text(words[i]));
        const struct launcher *launcher = known ? NULL : find_word(words[i]);
        known |= launcher != NULL;
        if (launcher && launcher->always && !gives_own(words, launcher->unless))
            add_always(&full, &count, launcher->always);
    }
    return full;
}

char *launcher_fill(const char *word, int64_t ranks)
{
    const char *at = strstr(word, LAUNCHER_RANKS);
    if (!at)
        return mem_text(word);
    return mem_format("%.*s%" PRId64 "%s", (int)(at - word), word, ranks, at + strlen(LAUNCHER_RANKS));
}

void launcher_words_free(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}

int launcher_look(char *const *words, struct bench_error *err)
{
    char *path = find_program(words[0]);
    int rc = path ? 0 : -errno;
    free(path);
    return rc < 0 ? bench_error_set(err, rc, "the runner could not be started: %s: %s", words[0],
                                    strerror(-rc))
                  : 0;
}

/* ---- started by one ---- */

int launcher_refuse_ranks(struct bench_error *err)
{
    long size;
    const struct rank_variables *by = rank_variables_find(&size);
    if (!by || size < 2)
        return 0;
    return bench_error_set(
        err, -EINVAL,
        "%s has started bench %ld times over (%s=%ld); bench starts its ranks itself: "
        "call it once, as bench -x " RANKS_EXECUTOR " -j %ld ..., or with --launcher '%s {ranks}'",
        by->title, size, by->size, size, size, by->call);
}
