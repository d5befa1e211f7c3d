/*
 * Fuzzer of command lines: words between line ends. They are made from the options' own rows, so a new
 * option is tried by itself; what is parsed ends in a plan, or in a message that says why not.
 */
#include "base/command_line.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "modules/registry.h"
#include "plan/plan.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 40, TARGET_BYTES = 16384, CASES_MAX = 20000 };

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size_bytes, size_t max_bytes);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size_bytes, size_t max_bytes, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* ---- the grammar ---- */

/* Values that are right somewhere, or nearly so. */
static const char *const values[] = {
    "0",
    "1",
    "2",
    "-1",
    "4096",
    "1,2",
    "1-8",
    "8-1",
    "max",
    "all",
    "1-4096",
    "1e9",
    "1e400",
    "0.5%",
    "99.9%",
    "100%",
    "5ms",
    "1.5s",
    "1ns",
    "1h",
    "4KiB",
    "1.5MiB",
    "16EiB",
    "close",
    "spread",
    "none",
    "0,2,4-7",
    "cores",
    "numa",
    "static",
    "dynamic",
    "guided",
    "spin",
    "sleep",
    "blur",
    "matmul,spin",
    "serial",
    "pthread",
    "omp,uv",
    "cpython.all",
    "spin.serial",
    "table",
    "csv",
    "json",
    "markdown",
    "wall",
    "cpu",
    "all,wall_s",
    "session",
    "/dev/null",
    "",
    " ",
    "a=b",
    "tasks=1,2,3",
    "spin.tasks=9",
    "work=1us,1ms",
    "omp.wait=active",
    "n=64,128,256",
    "x\\,y=1",
    "=",
    "tasks=",
    "sigma=1e-9,1e9",
    "cpu=50%",
    "wait=100%",
    "cache=on",
    "off",
    "lock=",
    "\xff\xfe",
    "%n%s",
    "--",
    "-",
    "'unclosed",
    "sh -c true",
    "nosuch",
    "nan",
    "inf",
    "0x10",
    "+3",
    "1 2",
    "\xc3\xa9",
};
enum { VALUES = sizeof values / sizeof *values };

static uint64_t state;

static size_t below(size_t end)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % end;
}

static const struct option_row *random_row(const struct command_line *line)
{
    const struct option_row *found = NULL;
    size_t seen = 0;
    for (const struct option_part *part = line->parts;
         part < line->parts + COMMAND_LINE_PARTS && part->rows; part++) {
        for (const struct option_row *row = part->rows; !option_is_end(row); row++) {
            if (row->name && below(++seen) == 0)
                found = row;
        }
    }
    return found;
}

/* One of the row's own words, or any value. */
static void add_value(struct text *text, const struct option_row *row)
{
    char *words = option_words(row);
    size_t count = 1;
    for (const char *c = words; *c; c++)
        count += *c == ' ';
    size_t chosen = below(count);
    const char *word = words;
    for (; chosen > 0; chosen--)
        word = strchr(word, ' ') + 1;
    if (*words && below(3) > 0)
        text_add(text, "%.*s", (int)strcspn(word, " "), word);
    else
        text_add(text, "%s", values[below(VALUES)]);
    free(words);
}

static void add_option(struct text *text, const struct command_line *line)
{
    const struct option_row *row = random_row(line);
    if (!row)
        return;
    if (row->letter && below(2)) {
        text_add(text, "\n-%c%s", row->letter, row->argument && below(2) ? "\n" : "");
    } else {
        size_t length = strlen(row->name), cut = below(8) == 0 ? 1 + below(length) : length;
        text_add(text, "\n--%.*s%s", (int)cut, row->name,
                 !row->argument ? below(20) ? "" : "="
                 : below(2)     ? "="
                                : "\n");
    }
    if (row->argument)
        add_value(text, row);
}

/* A command line anew, or one of the fuzzer's own changes. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size_bytes, size_t max_bytes, unsigned seed)
{
    state = seed;
    if (below(4) == 0)
        return LLVMFuzzerMutate(bytes, size_bytes, max_bytes);
    size_t commands = 0;
    while (subcommands[commands].name)
        commands++;
    const struct subcommand *command = &subcommands[below(2) ? 0 : below(commands)];
    struct text text = {0};
    text_add(&text, "%s", command->name);
    if (command->line == &run_line && below(8))
        text_add(&text, "\n-w\n%s", below(2) ? "spin" : "sleep,matmul");
    for (size_t i = below(7); i > 0; i--)
        add_option(&text, command->line);
    if (below(4) == 0)
        text_add(&text, "\n%s", values[below(VALUES)]);
    size_t size = text.length < max_bytes ? text.length : max_bytes;
    memcpy(bytes, text.text, size);
    free(text.text);
    return size;
}

/* ---- what is tried ---- */

static int ask_nobody(void *context, const char *file, const struct runtime *runtime,
                      struct module_list *list, struct bench_error *err)
{
    (void)context;
    (void)file;
    (void)runtime;
    (void)list;
    return bench_error_set(err, -ENOENT, "nobody is asked here");
}

static int no_runtimes(void *context, struct runtime **runtimes, size_t *count, struct bench_error *err)
{
    (void)context;
    (void)err;
    *runtimes = NULL;
    *count = 0;
    return 0;
}

static void require_refusal(int rc, const struct bench_error *err)
{
    require(rc < 0 && err->message[0]);
}

static void check_plan(const struct plan *plan)
{
    require(plan->count > 0 && plan->count <= PLAN_CASES_MAX);
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_case *one = &plan->cases[i];
        require(one->workload && one->executor && one->shape.workers > 0 && one->shape.inflight > 0);
        if (i < 16)
            free(plan_case_params(one));
    }
}

/* As bench does it, on a machine of 8 cores. */
static void try_plan(const struct options *options)
{
    static const struct module_source source = {.list = ask_nobody, .runtimes = no_runtimes};
    struct registry *registry;
    struct bench_error err = {0};
    if (!options->workloads || registry_open(&registry, &source, NULL, 0, &err) < 0)
        return;
    struct plan_request request = {.workloads = options->workloads,
                                   .executors = options->executors,
                                   .settings = options->settings.texts,
                                   .settings_count = options->settings.count,
                                   .shape = options->shape};
    struct plan plan;
    int rc = number_list_parse(&request.workers, "--workers",
                               options->workers ? options->workers : "max", 8, 4096, &err);
    if (rc == 0)
        rc = number_list_parse(&request.inflight, "--inflight",
                               options->inflight ? options->inflight : "1", 0, 16777216, &err);
    if (rc == 0 && request.workers.count * request.inflight.count <= CASES_MAX) {
        rc = plan_make(&plan, registry, &request, &err);
        if (rc == 0)
            check_plan(&plan);
        plan_free(&plan);
    }
    if (rc < 0)
        require_refusal(rc, &err);
    number_list_free(&request.workers);
    number_list_free(&request.inflight);
    registry_close(registry);
}

static void try_run(int argc, char **argv)
{
    struct options options;
    struct bench_error err = {0};
    int rc = options_parse(&options, argc, argv, &err);
    if (rc < 0) {
        require_refusal(rc, &err);
        return;
    }
    if (rc == 0) {
        try_plan(&options);
        options_free(&options);
    }
}

/* Lists of texts are all that options allocate. */
static void free_texts(const struct command_line *line, char *target)
{
    for (const struct option_part *part = line->parts;
         part < line->parts + COMMAND_LINE_PARTS && part->rows; part++) {
        for (const struct option_row *row = part->rows; !option_is_end(row); row++) {
            if (row->type == OPTION_TEXTS || row->type == OPTION_OPERANDS)
                option_texts_free((struct option_texts *)(target + part->offset + row->offset));
        }
    }
}

static void try_other(const struct command_line *line, int argc, char **argv)
{
    _Alignas(64) char target[TARGET_BYTES] = {0};
    struct bench_error err = {0};
    int rc = command_line_parse(line, target, argc, argv, &err);
    require(rc == 0 || rc == COMMAND_LINE_ANSWERED || (rc < 0 && err.message[0]));
    free_texts(line, target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    if (!nowhere) {
        nowhere = freopen("/dev/null", "we", stdout); /* help */
        require(nowhere);
    }
    char *text = mem_alloc(size + 1), *argv[WORDS_MAX + 1], *at = text;
    int argc = 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *word; argc < WORDS_MAX && (word = strsep(&at, "\n"));)
        argv[argc++] = word;
    argv[argc] = NULL;
    const struct subcommand *command = subcommand_find(argv[0]);
    if (!command || command->line == &run_line)
        try_run(argc, argv);
    else if (command->line->parts[0].rows)
        try_other(command->line, argc, argv);
    free(text);
    return 0;
}
