/*
 * What a case is called: the one place where that is said, whatever it is said in.
 *
 * A case has parts, each a key and a value. Other programs' formats get all of them, since they keep
 * results apart by nothing else. People get the work, the executor and how many workers, and of the rest
 * what tells the cases apart that stand beside each other: a struct case_naming says which parts those
 * are.
 */
#ifndef REPORT_CASE_NAME_H
#define REPORT_CASE_NAME_H

#include "base/text.h"
#include "records/record.h"

#include <stdbool.h>
#include <stddef.h>

/* Which part it is: of the shape each knob (workers, pin, ...) by its name, in the CSV's order. */
enum case_part_kind {
    PART_EXECUTOR,
    PART_SHAPE,
    PART_PARAM,          /* of the workload */
    PART_EXECUTOR_PARAM, /* the key without the executor's name */
    PART_SIDE,
    PART_LABEL,
    PART_MACHINE,
};

struct case_part {
    enum case_part_kind kind;
    char *key, *value; /* neither is empty */
};

/* All parts of a case that have a value, but for its workload. */
struct case_parts {
    struct case_part *parts;
    size_t size, capacity;
};

void case_parts_read(struct case_parts *parts, const struct record *identity);
void case_parts_free(struct case_parts *parts);
/* Its value; NULL: the case has no such part. */
const char *case_parts_find(const struct case_parts *parts, enum case_part_kind kind, const char *key);

/* Of a workload's parameters: "name=value ...", all at their defaults. */
struct case_defaults {
    /* The text lives as long as the context. NULL: they are not known. */
    const char *(*of)(void *context, const char *workload);
    void *context;
};

/* Which parts are told. Zero: none but work, executor and workers. */
struct case_naming {
    struct case_key {
        enum case_part_kind kind;
        char *key;
        bool varies; /* it tells cases apart; else it is told because it is not at its default */
    } * keys;        /* in the order in which the cases have them */
    size_t size, capacity;
    bool has_all; /* all of them are */
};

/*
 * Of these `count` cases: what tells them apart, and what is not at its default; of the
 * workload's parameters, those that are not known to be at their defaults (`defaults` may be NULL). A
 * parameter tells cases of one workload apart, how a case is run those that have the executor in common,
 * too, and the grain, which many workloads choose by themselves, those that have all else in common.
 */
void case_naming_make(struct case_naming *naming, const struct record *const *identities, size_t count,
                      const struct case_defaults *defaults);
void case_naming_free(struct case_naming *naming);
/* Names only what tells the cases apart. */
void case_naming_keep_varying(struct case_naming *naming);
/* NULL: it is not told. */
const struct case_key *case_naming_find(const struct case_naming *naming, enum case_part_kind kind,
                                        const char *key);

/* Each for free(), and fit for a terminal. `naming` may be NULL: as zero. */

/* "blur radius=4 under omp wait=active, 2 workers, 4 in flight, pin spread" */
char *case_name(const struct record *identity, const struct case_naming *naming);
/* The work alone: "blur radius=4". */
char *case_name_work(const struct record *identity, const struct case_naming *naming);
/* How it is run: "omp wait=active, 2 workers, 4 in flight, pin spread". */
char *case_name_way(const struct record *identity, const struct case_naming *naming);
/* What differs alone, in a sentence: "omp with 2 workers", "radius=4", "serial". */
char *case_name_row(const struct record *identity, const struct case_naming *naming);

/*
 * For programs: workload, executor, workers, inflight if not 1, all parameters that have a value, pin,
 * schedule, grain and, if there is one, side; label and machine where `parts` (enum identity_parts) asks
 * for them, because runs of two commits must have the same names to be compared.
 */
bool case_part_is_named(const struct case_part *part, unsigned parts);
/* "blur executor=omp workers=2 sigma=5 ..." */
char *case_name_words(const struct record *identity, unsigned parts);
/* "blur/executor=omp/workers=2/sigma=5/...", printable ASCII without blanks: see case_name_encode. */
char *case_name_path(const struct record *identity, unsigned parts);

/* Add `word` with all that is not printable ASCII, blanks, '/' and '%' as %XX (RFC 3986, 2.1), so that
 * different words stay different. */
void case_name_encode(struct text *text, const char *word);

#endif
