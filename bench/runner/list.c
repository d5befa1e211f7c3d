/* Opens files of modules to tell what is in them; what a file does to this process stays in it. */
#include "runner/list.h"

#include "base/memory.h"
#include "modules/loader.h"
#include "modules/own_modules.h"
#include "protocol/module_list.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/* What is being done, for the signal handler; empty: nothing that could be a module's fault. */
static char doing[512];

static void on_step(const char *step)
{
    snprintf(doing, sizeof doing, "%s", step);
}

static void on_crash(int number)
{
    static const char *const words[] = {
        [SIGSEGV] = ": it crashed (SIGSEGV)", [SIGBUS] = ": it crashed (SIGBUS)",
        [SIGFPE] = ": it crashed (SIGFPE)",   [SIGILL] = ": it crashed (SIGILL)",
        [SIGABRT] = ": it aborted (SIGABRT)",
    };
    strncat(doing, words[number], sizeof doing - 1 - strlen(doing));
    bench_abort(doing);
}

static void on_exit_of_module(void)
{
    if (!doing[0])
        return;
    strncat(doing, ": it called exit()", sizeof doing - 1 - strlen(doing));
    bench_abort(doing);
}

/* Infos that are gathered. */
struct gathered {
    struct module_info *modules;
    size_t size, capacity;
};

static void gather(struct gathered *all, const struct module_info *module)
{
    all->modules = mem_grow(all->modules, all->size, &all->capacity, sizeof *all->modules);
    all->modules[all->size++] = *module;
}

static void gather_file(struct gathered *all, const struct module_file *file)
{
    struct module_info info;
    if (file->workload) {
        info = module_of_workload(file->workload);
        gather(all, &info);
    }
    if (file->executor) {
        info = module_of_executor(file->executor);
        gather(all, &info);
    }
}

static int gather_plugins(struct gathered *all, const struct names *plugins, struct bench_error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < plugins->count; i++) {
        struct module_file file = {0};
        rc = module_file_open(plugins->list[i], &file, on_step, err);
        if (rc == 0)
            gather_file(all, &file);
    }
    return rc;
}

/* One of bench's own whose library is not there is listed with that. */
static void gather_own(struct gathered *all, struct bench_error *reasons)
{
    for (const struct own_module *own = own_modules; own->name; own++) {
        struct module_file file = {own->workload, own->executor};
        struct module_info info = {.kind = own->kind, .name = own->name, .missing = own->missing};
        struct bench_error *why = &reasons[own - own_modules];
        bool absent = !own->missing && !file.workload && !file.executor;
        int rc = 0;
        if (absent && own->kind == MODULE_WORKLOAD)
            rc = module_load_workload(own->name, NULL, 0, &file.workload, why);
        else if (absent)
            rc = module_load_executor(own->name, NULL, 0, &file.executor, why);
        if (rc < 0)
            info.missing = why->message;
        if (info.missing)
            gather(all, &info);
        else
            gather_file(all, &file);
    }
}

static size_t own_count(void)
{
    size_t count = 0;
    while (own_modules[count].name)
        count++;
    return count;
}

int list_modules(const struct names *plugins, const struct reply_head *head, char **line,
                 struct bench_error *err)
{
    struct gathered all = {0};
    struct bench_error *reasons = mem_zero(own_count(), sizeof *reasons);
    int rc = 0;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        signal(crashes[i], on_crash);
    atexit(on_exit_of_module);
    if (plugins->count)
        rc = gather_plugins(&all, plugins, err);
    else
        gather_own(&all, reasons);
    doing[0] = '\0';
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        signal(crashes[i], SIG_DFL);
    if (rc == 0) {
        *line = listed_encode(head, module_list_encode(all.modules, all.size, "bench " BENCH_VERSION));
    }
    free(reasons);
    free(all.modules);
    return rc;
}
