/* The columns `counters` and `waits`: NAME=NUMBER, separated by blanks. */
#ifndef RECORDS_COUNTERS_H
#define RECORDS_COUNTERS_H

#include "records/record.h"

/* One more in a record's column. */
void counter_add(struct record *record, enum column column, const char *name, double value);

/* The number of that name; NaN where it is not there. */
double counter_find(const struct record *record, enum column column, const char *name);

#endif
