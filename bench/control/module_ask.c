/* Asks runners for their modules, and keeps what they say. */
#include "control/module_ask.h"

#include "base/memory.h"
#include "base/text.h"
#include "control/module_cache.h"
#include "control/talk.h"
#include "modules/own_modules.h"
#include "plan/variant.h"
#include "protocol/manifest.h"
#include "protocol/module_list.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

static const uint64_t usual_limit_ns = 10000000000, grace_ns = 1000000000;

/* ---- one question ---- */

struct question {
    const char *from;                  /* the file, the runtime or "bench", for messages */
    const char *file;                  /* a plug-in that bench's own runner is to open; NULL: none */
    char *const *command;              /* of a runner that is asked for its own; NULL: bench's */
    uint64_t limit_ns;                 /* 0: as usual */
    const volatile sig_atomic_t *stop; /* as in child_setup */
};

static int describe_end(enum talk talk, const struct question *question, const struct bench_error *why,
                        uint64_t limit_ns, struct bench_error *err)
{
    const char *when = question->file ? "it was opened for its tables" : "asked for its modules";
    if (talk == TALK_STOPPED)
        return bench_error_set(err, -EINTR, "interrupted");
    if (talk == TALK_TIMEOUT)
        return bench_error_set(err, -ETIMEDOUT, "%s: %s; no answer within %g s", question->from, when,
                               (double)limit_ns * 1e-9);
    return bench_error_set(err, -ENOEXEC, "%s: %s: %s", question->from, when, why->message);
}

/* On success *reply is the caller's. */
static int ask(const struct question *question, struct reply *reply, struct bench_error *err)
{
    const struct child_setup setup = {
        .environment = environ, .command = question->command, .stop = question->stop};
    const uint64_t limit_ns = question->limit_ns ? question->limit_ns : usual_limit_ns;
    struct message message = {.op = OP_LIST};
    struct child child;
    struct bench_error why = {0};
    prctl(PR_SET_CHILD_SUBREAPER, 1UL); /* what a constructor forks is to end, too */
    sighandler_t before = signal(SIGPIPE, SIG_IGN);
    int rc = child_start(&child, &setup, &why);
    if (rc < 0) {
        signal(SIGPIPE, before);
        return bench_error_set(err, rc, "%s: %s", question->from, why.message);
    }
    if (question->file)
        names_add(&message.open.plugins, question->file);
    enum talk talk = talk_introduce(&child, &setup, &message, bench_now() + limit_ns, reply, &why);
    message_free(&message);
    child_end(&child, talk == TALK_ANSWERED ? grace_ns : 0);
    signal(SIGPIPE, before);
    if (talk != TALK_ANSWERED)
        return describe_end(talk, question, &why, limit_ns, err);
    if (reply->ok)
        return 0;
    rc = bench_error_set(err, -ENOEXEC, "%s%s%s", question->file ? "" : question->from,
                         question->file ? "" : ": ",
                         reply->error ? reply->error : "its reply has no list of modules");
    reply_free(reply);
    return rc;
}

/* ---- and what is kept of the answer ---- */

/*
 * What did not answer is remembered like what did: else each start would wait as long again, of which a
 * plug-in in BENCH_PLUGIN_PATH is the cause whatever is measured. Whoever gives it longer, or asks with
 * `bench list`, tries again.
 */
static const char hung_key[] = "no_answer_s";

static int describe_hung(const struct question *question, const json_t *kept, struct bench_error *err)
{
    return bench_error_set(err, -ETIMEDOUT,
                           "%s: at an earlier start nothing had come from it after %g s; it is not "
                           "tried again before it changes (bench list tries it now)",
                           question->from, json_number_value(json_object_get(kept, hung_key)));
}

static double limit_s(const struct question *question)
{
    return (double)(question->limit_ns ? question->limit_ns : usual_limit_ns) * 1e-9;
}

static void keep_hung(const struct question *question, const char *key)
{
    json_t *hung = json_pack("{s:f}", hung_key, limit_s(question));
    module_cache_store(key, hung);
    json_decref(hung);
}

static bool is_hung(const struct question *question, const json_t *kept)
{
    const json_t *waited_s = json_object_get(kept, hung_key);
    return waited_s && json_number_value(waited_s) >= limit_s(question);
}

/* Nothing useful is kept under the key (which is NULL where nothing can be). */
static int ask_anew(const struct question *question, const char *name, char *const *files,
                    const struct module_asker *asker, const char *key, struct module_list *list,
                    struct bench_error *err)
{
    struct reply reply;
    int rc = ask(question, &reply, err);
    if (rc == -ETIMEDOUT && key)
        keep_hung(question, key);
    if (rc < 0)
        return rc;
    json_t *kept = json_deep_copy(reply.document);
    module_list_forget(kept);
    rc = module_list_decode(list, asker->fresh ? reply.document : kept, question->from, name, err);
    char *after = module_cache_key(files);
    if (rc == 0 && key && after && strcmp(key, after) == 0)
        module_cache_store(key, kept);
    free(after);
    json_decref(kept);
    reply_free(&reply);
    return rc;
}

static int ask_and_keep(const struct question *question, const char *name, char *const *files,
                        const struct module_asker *asker, struct module_list *list,
                        struct bench_error *err)
{
    char *key = module_cache_key(files);
    json_t *kept = key && !asker->fresh ? module_cache_load(key) : NULL;
    bool hung = is_hung(question, kept);
    int rc = kept && !hung ? module_list_decode(list, kept, question->from, name, NULL) : -ENOENT;
    if (rc < 0 && asker->kept_only)
        bench_error_set(err, rc, "%s: its modules are not cached", question->from);
    else if (hung)
        rc = describe_hung(question, kept, err);
    else if (rc < 0)
        rc = ask_anew(question, name, files, asker, key, list, err);
    json_decref(kept);
    free(key);
    return rc;
}

/* Where a program of a runner's command is that was named without a path. */
static char *find_in_path(const char *word)
{
    const char *folders = getenv("PATH");
    char *list = mem_text(folders ? folders : ""), *rest = list, *folder, *found = NULL;
    while (!found && (folder = strsep(&rest, ":"))) {
        char *path = mem_format("%s/%s", folder, word);
        if (access(path, X_OK) == 0)
            found = path;
        else
            free(path);
    }
    free(list);
    return found;
}

/* All that its tables come from: the manifest, what its command names, what else the manifest does. */
static char **files_of(const struct runtime *runtime, char *const *command)
{
    size_t count = 0, size = 3;
    for (size_t i = 0; command[i]; i++)
        size++;
    for (size_t i = 0; runtime->files[i]; i++)
        size++;
    char **files = mem_zero(size, sizeof *files);
    files[count++] = mem_text(runtime->file);
    if (!strchr(command[0], '/') && (files[count] = find_in_path(command[0])))
        count++;
    for (size_t i = 0; command[i]; i++) {
        if (strchr(command[i], '/'))
            files[count++] = mem_text(command[i]);
    }
    for (size_t i = 0; runtime->files[i]; i++)
        files[count++] = mem_text(runtime->files[i]);
    return files;
}

static int list_runtime(const struct module_asker *asker, const struct runtime *runtime,
                        struct module_list *list, struct bench_error *err)
{
    struct param_set defaults;
    param_set_init(&defaults, runtime->params);
    char **command = runtime_command(runtime, &defaults);
    char **files = files_of(runtime, command);
    const struct question question = {
        .from = runtime->name, .command = command, .limit_ns = asker->limit_ns};
    int rc = ask_and_keep(&question, runtime->name, files, asker, list, err);
    text_free_all(files);
    text_free_all(command);
    param_set_free(&defaults);
    return rc;
}

/* All that is bench's own. It is in several files: nothing is kept under the name of one. */
static int list_own(const struct module_asker *asker, struct module_list *list, struct bench_error *err)
{
    const struct question question = {.from = "bench", .limit_ns = asker->limit_ns};
    struct reply reply;
    int rc = ask(&question, &reply, err);
    if (rc < 0)
        return rc;
    rc = module_list_decode(list, reply.document, question.from, NULL, err);
    reply_free(&reply);
    return rc;
}

static int list(void *context, const char *file, const struct runtime *runtime, struct module_list *list,
                struct bench_error *err)
{
    const struct module_asker *asker = context;
    if (!file && !runtime)
        return list_own(asker, list, err);
    char *const files[] = {(char *)(uintptr_t)file, NULL};
    const struct question question = {.from = file, .file = file, .limit_ns = asker->limit_ns};
    return runtime ? list_runtime(asker, runtime, list, err)
                   : ask_and_keep(&question, NULL, files, asker, list, err);
}

int module_ask_now(const struct runtime *runtime, char *const *command, uint64_t limit_ns,
                   const volatile sig_atomic_t *stop, struct module_list *list, struct bench_error *err)
{
    const struct question question = {
        .from = runtime->name, .command = command, .limit_ns = limit_ns, .stop = stop};
    struct reply reply;
    int rc = ask(&question, &reply, err);
    if (rc == 0) {
        rc = module_list_decode(list, reply.document, runtime->name, runtime->name, err);
        reply_free(&reply);
    }
    return rc;
}

/* ---- manifests ---- */

struct found {
    struct runtime *list;
    size_t size, capacity;
};

static void warn(void *context, const char *text)
{
    const struct module_asker *asker = context;
    if (asker->warn)
        asker->warn(text);
}

/* The first of a name holds: folders that the user adds come before bench's own. */
static bool is_known(const struct found *found, const char *name)
{
    for (size_t i = 0; i < found->size; i++) {
        if (strcmp(found->list[i].name, name) == 0)
            return true;
    }
    return false;
}

static void read_manifest(void *context, struct found *found, const char *path)
{
    struct runtime runtime;
    struct bench_error why = {0};
    if (manifest_read(&runtime, path, &why) < 0) {
        char *text = mem_format("skipped: %s", why.message);
        warn(context, text);
        free(text);
    } else if (is_known(found, runtime.name)) {
        runtime_free(&runtime);
    } else {
        found->list = mem_grow(found->list, found->size, &found->capacity, sizeof runtime);
        found->list[found->size++] = runtime;
    }
}

static int only_json(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static void read_folder(void *context, struct found *found, const char *folder, bool must_be)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, only_json, alphasort);
    if (count < 0 && errno == ENOMEM)
        memory_exhausted(); /* none of its runtimes would be known */
    if (count < 0 && must_be) {
        char *text = mem_format("BENCH_RUNNER_PATH: %s: %s", folder, strerror(errno));
        warn(context, text);
        free(text);
    }
    for (int i = 0; i < count; i++) {
        char *path = mem_format("%s/%s", folder, entries[i]->d_name);
        read_manifest(context, found, path);
        free(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static int runtimes(void *context, struct runtime **list, size_t *count, struct bench_error *err)
{
    struct found found = {0};
    char own[PATH_MAX];
    const char *path = getenv("BENCH_RUNNER_PATH");
    char *folders = mem_text(path ? path : ""), *rest = folders, *folder;
    (void)err;
    while ((folder = strsep(&rest, ":"))) {
        if (folder[0])
            read_folder(context, &found, folder, true);
    }
    free(folders);
    if (own_file("runners", own, sizeof own) == 0)
        read_folder(context, &found, own, false);
    *list = found.list;
    *count = found.size;
    return 0;
}

struct module_source module_ask_source(struct module_asker *asker)
{
    return (struct module_source){.context = asker, .list = list, .runtimes = runtimes, .warn = warn};
}
