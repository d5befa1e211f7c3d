/* The command that starts ranks. See rank_command.h. */
#include "control/rank_command.h"

#include "base/memory.h"
#include "base/text.h"
#include "modules/own_modules.h"
#include "modules/ranks_module.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is being put together. */
struct making {
    struct rank_command *command;
    size_t count;
    int64_t ranks;
    const char *hosts;
};

bool case_has_ranks(const struct plan_case *one)
{
    return !one->way->runtime && strcmp(one->executor->name, RANKS_EXECUTOR) == 0;
}

static void add_word(struct making *making, char *word)
{
    struct rank_command *command = making->command;
    command->words = mem_resize(command->words, making->count + 2, sizeof *command->words);
    command->words[making->count++] = word;
    command->words[making->count] = NULL;
}

static void add_words(struct making *making, const char *words)
{
    char *list = mem_text(words ? words : ""), *rest = list, *word;
    while ((word = strsep(&rest, " "))) {
        if (word[0])
            add_word(making, mem_text(word));
    }
    free(list);
}

/* ---- which MPI ---- */

static const struct own_engine *engine_named(const char *name)
{
    const struct own_engine *engine = own_engines;
    while (engine->name && name && strcmp(engine->name, name) != 0)
        engine++;
    return engine->name && name ? engine : NULL;
}

/* That of the mpiexec which one would call; else the first there is. */
static const char *usual_engine(void)
{
    char *const words[] = {"mpiexec", NULL};
    const struct launcher *known = launcher_look(words, NULL) == 0 ? launcher_find(words) : NULL;
    const struct own_engine *engine = known ? engine_named(known->engine) : NULL;
    if (engine && !engine->missing)
        return engine->name;
    for (engine = own_engines; engine->name; engine++) {
        if (!engine->missing)
            return engine->name;
    }
    return own_engines->name;
}

static int check_engine(struct rank_command *command, struct bench_error *err)
{
    const struct own_engine *engine = engine_named(command->engine);
    command->title = engine->title;
    const struct launcher *known = command->known;
    char path[PATH_MAX];
    if (engine->missing)
        return bench_error_set(err, -ENOTSUP, "library=%s %s", engine->name, engine->missing);
    if (own_engine_file(engine->name, path, sizeof path) == 0 && access(path, F_OK) < 0)
        return bench_error_set(
            err, -ENOTSUP, "library=%s is not installed: there is no %s; it is in the package bench-mpi",
            engine->name, path);
    if (known && known->engine && strcmp(known->engine, engine->name) != 0)
        return bench_error_set(
            err, -ENOTSUP,
            "%s is the launcher of %s, but library=%s is %s: give the launcher of that "
            "(--launcher), or library=%s",
            command->words[0], known->title, engine->name, engine->title, known->engine);
    bool root = geteuid() == 0 && known && known->root_variable && !getenv(known->root_variable);
    return root ? bench_error_set(
                      err, -ENOTSUP,
                      "%s of %s does not run as root, unless %s=1 and %s_CONFIRM=1 are in the "
                      "environment",
                      command->words[0], known->title, known->root_variable, known->root_variable)
                : 0;
}

/* ---- which launcher ---- */

/* "a,b" as the launcher wants it. */
static void add_hosts(struct making *making)
{
    const struct launcher *known = making->command->known;
    struct text list = {0};
    char *hosts = mem_text(making->hosts), *rest = hosts, *host;
    int64_t count = 1, each;
    for (const char *at = hosts; (at = strchr(at, ',')); at++)
        count++;
    each = (making->ranks + count - 1) / count;
    while ((host = strsep(&rest, ","))) {
        char *colon = known->has_plain_hosts ? strchr(host, ':') : NULL;
        if (colon)
            *colon = '\0';
        text_add(&list, "%s%s", list.length ? "," : "", host);
        if (known->slots && !strchr(host, ':'))
            text_add(&list, ":%" PRId64, each);
    }
    add_words(making, known->hosts);
    add_word(making, list.text);
    free(hosts);
}

static void add_ranks(struct making *making)
{
    const struct launcher *known = making->command->known;
    add_words(making, known->always);
    add_words(making, known->ranks);
    add_word(making, mem_format("%" PRId64, making->ranks));
    if (making->hosts)
        add_hosts(making);
}

static int use_own(struct making *making, const char *library, struct bench_error *err)
{
    struct rank_command *command = making->command;
    bool allocated = getenv("SLURM_JOB_ID") && launcher_look((char *const[]){"srun", NULL}, NULL) == 0;
    char *program = allocated ? mem_text("srun")
                    : library ? mem_format("mpiexec.%s", library)
                              : mem_text("mpiexec");
    if (!allocated && library && launcher_look((char *const[]){program, NULL}, NULL) < 0) {
        free(program);
        program = mem_text("mpiexec");
    }
    add_word(making, program);
    if (launcher_look(command->words, NULL) < 0)
        return bench_error_set(err, -ENOTSUP,
                               "no %s was found in PATH, which would start the ranks (apt install "
                               "openmpi-bin, or mpich); --launcher 'COMMAND {ranks}' names another",
                               program);
    command->known = launcher_find(command->words);
    command->engine = library                  ? library
                      : command->known->engine ? command->known->engine
                                               : usual_engine();
    add_ranks(making);
    if (allocated)
        add_word(making,
                 mem_format("--mpi=%s", strcmp(command->engine, "mpich") == 0 ? "pmi2" : "pmix"));
    return 0;
}

static int use_given(struct making *making, const struct child_setup *setup, const char *library,
                     struct bench_error *err)
{
    struct rank_command *command = making->command;
    bool says_ranks = false;
    for (char *const *word = setup->ranks_launcher; *word; word++) {
        char *filled = launcher_fill(*word, making->ranks);
        says_ranks |= strcmp(filled, *word) != 0;
        add_word(making, filled);
    }
    if (!says_ranks)
        return bench_error_set(err, -ENOTSUP,
                               "--launcher is to start the ranks of %s: {ranks} in it stands for their "
                               "number, as in 'mpiexec -n {ranks}'",
                               RANKS_EXECUTOR);
    if (making->hosts)
        return bench_error_set(
            err, -ENOTSUP,
            "--hosts is for launchers that bench calls itself: give --launcher its own "
            "option");
    command->known = setup->known;
    command->engine = library                                    ? library
                      : command->known && command->known->engine ? command->known->engine
                                                                 : usual_engine();
    return 0;
}

int rank_command_make(struct rank_command *command, const struct plan_case *one,
                      const struct child_setup *setup, struct bench_error *err)
{
    const struct param_set *params = &one->way->params;
    const char *library = param_set_get(params, "library");
    int64_t threads = strtol(param_set_get(params, "threads"), NULL, 10);
    *command = (struct rank_command){.words = mem_zero(1, sizeof *command->words)};
    struct making making = {
        .command = command, .ranks = one->shape.workers / threads, .hosts = setup->hosts};
    if (one->shape.workers % threads != 0)
        return bench_error_set(err, -ENOTSUP,
                               "%" PRId64 " workers are no whole number of ranks with %" PRId64
                               " each (threads)",
                               one->shape.workers, threads);
    if (strcmp(library, "auto") == 0)
        library = NULL;
    const struct own_engine *named = engine_named(library);
    int rc = setup->launcher ? use_given(&making, setup, named ? named->name : NULL, err)
                             : use_own(&making, named ? named->name : NULL, err);
    if (rc == 0)
        rc = check_engine(command, err);
    struct text text = {0};
    for (size_t i = 0; rc == 0 && command->words[i]; i++) {
        text_add(&text, "%s", i ? " " : "");
        text_add_word(&text, command->words[i]);
    }
    command->text = text.text;
    return rc;
}

void rank_command_free(struct rank_command *command)
{
    launcher_words_free(command->words);
    free(command->text);
    *command = (struct rank_command){0};
}
