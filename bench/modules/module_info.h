/*
 * What is known of a module without running anything of it: its name, its parameters as data, what it
 * can do. Workloads and executors of any runtime look like this to the controller; those of C come from
 * the structs of the contract, all others from what a runner lists.
 */
#ifndef MODULES_MODULE_INFO_H
#define MODULES_MODULE_INFO_H

#include <bench/executor.h>

enum module_kind { MODULE_WORKLOAD, MODULE_EXECUTOR };

enum module_flag {
    MODULE_ONE_WORKER = 1u << 0,       /* always one, whatever --workers says */
    MODULE_LANES = 1u << 1,            /* several lanes a worker: --inflight applies */
    MODULE_SCHEDULES_ITSELF = 1u << 2, /* --schedule is without effect */
    MODULE_CHECKED = 1u << 3,          /* a runner has to be asked before it is opened: `check` */
    MODULE_ON_REQUEST = 1u << 4,       /* only when named, not among a runtime's default executors */
};

/* Texts are those of whoever made it: the module's own, or the list's it is in. */
struct module_info {
    enum module_kind kind;
    const char *name;
    const char *runtime; /* whose runner has it; NULL: bench's own */
    const char *summary;
    const struct bench_param *params; /* NULL: none; an entry whose `initial` is NULL is required */
    unsigned flags;                   /* of enum module_flag */
    unsigned needs, offers;           /* of a workload, of an executor: enum bench_need */
    const char *file;                 /* the plug-in it came from, or NULL */
    const char *missing;              /* why it cannot be had and what to install, or NULL */
};

/* Some that came together. Zero-initialise. */
struct module_list {
    struct module_info *modules;
    size_t count;
    const char *version; /* of their runtime, "CPython 3.11.2"; NULL: not said */
    void *document;      /* what texts and tables are in */
    struct bench_param **tables;
};

void module_list_free(struct module_list *list);

const char *module_kind_word(enum module_kind kind); /* "workload", "executor" */

/* The words for flags and needs in messages: {word, bit} ended by one without a word. */
struct module_word {
    const char *word;
    unsigned bit;
};
extern const struct module_word module_flag_words[], module_need_words[];
const char *module_type_word(enum bench_param_type type); /* "count", "size", ...; NULL: no such type */

/* A view of a module's own struct, which must pass module_check before its parameters are used. */
struct module_info module_of_workload(const struct bench_workload *workload);
struct module_info module_of_executor(const struct bench_executor *executor);

/*
 * Is it a module that can be worked with: names that can be written in options, texts where texts are
 * needed, a table that ends, defaults within their ranges? -ENOEXEC with a message that names module,
 * parameter and fault, and begins with `from`, the file or the runner. With `fields` the table is that
 * of a struct of so many bytes, and its offsets are checked as well.
 */
int module_check(const struct module_info *info, const char *from, const size_t *fields,
                 struct bench_error *err);

#endif
