/* The formats there are (report/formats.def). */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "report/page.h"
#include "results/advice.h"
#include "results/comparison.h"
#include "results/history.h"
#include "results/results.h"

#define FORMAT_RESULTS(name, readers, help) \
    int name##_results(struct page *page, const struct results *results, struct bench_error *err);
#define FORMAT_COMPARISON(name, readers, help)                                    \
    int name##_comparison(struct page *page, const struct comparison *comparison, \
                          struct bench_error *err);
#define FORMAT_JUDGED(name, readers, help) \
    FORMAT_COMPARISON(name, readers, help) \
    int name##_history(struct page *page, const struct history *history, struct bench_error *err);
#define FORMAT_EVERY(name, readers, help) \
    FORMAT_RESULTS(name, readers, help)   \
    FORMAT_JUDGED(name, readers, help)    \
    int name##_advice(struct page *page, const struct advice *advice, struct bench_error *err);
#define FORMAT_ROWS(name, readers, help)
#include "report/formats.def"

/* Who reads it, and therefore which cases it leaves out. */
enum format_readers {
    FORMAT_FOR_PEOPLE,    /* none; it also says why nothing was measured */
    FORMAT_FOR_PROGRAMS,  /* none */
    FORMAT_OF_MEASURED,   /* those without a measured run, unless they failed */
    FORMAT_OF_GOOD,       /* those that failed, too */
    FORMAT_OF_ROWS,       /* none, as it knows no cases */
    FORMAT_OF_HISTOGRAMS, /* all but one */
};

struct format {
    const char *name, *help;
    enum format_readers readers;
    /* NULL: it is not for that; all are of FORMAT_OF_ROWS or _HISTOGRAMS, for results. */
    int (*results)(struct page *page, const struct results *results, struct bench_error *err);
    int (*comparison)(struct page *page, const struct comparison *comparison, struct bench_error *err);
    int (*advice)(struct page *page, const struct advice *advice, struct bench_error *err);
    int (*history)(struct page *page, const struct history *history, struct bench_error *err);
};

enum format_subject { FORMAT_OF_RESULTS, FORMAT_OF_COMPARISON, FORMAT_OF_ADVICE, FORMAT_OF_HISTORY };

/* Finds a format by name. NULL: there is none of that name for such a subject; `err`, unless NULL, says
 * which there are. */
const struct format *format_find(const char *name, enum format_subject subject, struct bench_error *err);

/* What its results are made of: to be called before the first row. */
void format_ask(const struct format *format, struct cases *cases);

/* Does it leave out this case? */
bool format_leaves_out(const struct format *format, const struct case_result *result);

/*
 * For option rows (base/option.h): the words of a choice among those of a subject, NULL behind the last,
 * and what was chosen, from 1; 0 is the first, the table.
 */
const char *format_word_of_results(size_t index);
const char *format_word_of_comparisons(size_t index);
const char *format_word_of_advice(size_t index);
const char *format_word_of_history(size_t index);
const struct format *format_chosen(enum format_subject subject, unsigned choice);

/* Each with what it is, for --help: "Formats:\n  table  for people\n..." */
void format_print_of_results(FILE *out);
void format_print_of_comparisons(FILE *out);
void format_print_of_history(FILE *out);

#endif
