/*
 * A case's name in formats that know of a benchmark only its name, and keep results apart by nothing
 * else: workload, executor, workers, inflight if not 1, all parameters that have a value, pin, schedule,
 * grain and, if there is one, side. So the same case has the same name in every file. Label and machine
 * are in it only where they are asked for, because runs of two commits must have the same names to be
 * compared.
 */
#ifndef REPORT_CASE_NAME_H
#define REPORT_CASE_NAME_H

#include "base/text.h"
#include "report/result.h"

/* The name's parts behind the workload; the texts live only during the call. */
typedef void (*case_name_part)(void *context, const char *key, const char *value);
/* `parts`: IDENTITY_LABEL, IDENTITY_MACHINE to have them too. 0 or -ENOMEM. */
int case_name_parts(const struct case_result *result, unsigned parts, case_name_part part,
                    void *context);

/* "blur executor=omp workers=2 sigma=5 ...", for people. The caller frees it; NULL: no memory. */
char *case_name_words(const struct case_result *result, unsigned parts);

/* "blur/executor=omp/workers=2/sigma=5/...", printable ASCII without blanks: see case_name_encode. */
char *case_name_path(const struct case_result *result, unsigned parts);

/* Add `word` with all that is not printable ASCII, blanks, '/' and '%' as %XX (RFC 3986, 2.1), so that
 * different words stay different. */
void case_name_encode(struct text *text, const char *word);

#endif
