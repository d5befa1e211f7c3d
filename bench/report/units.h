/*
 * Numbers as people read them: three significant digits, a unit, "-" for what is not known (NaN).
 * Each returns `text`, which has room for UNITS_TEXT bytes. ASCII; the decimal point is that of the
 * process's LC_NUMERIC.
 */
#ifndef REPORT_UNITS_H
#define REPORT_UNITS_H

#include "stats/interval.h"

#define UNITS_TEXT 48

/* 12.3 ms, 850 us, 75.2 s, 1234 s */
const char *units_seconds(char *text, double seconds);
/* 8.29 Mpixel, 64.0 MiB, 270 requests. `unit` "byte" means powers of 1024; NULL: no unit. */
const char *units_amount(char *text, double amount, const char *unit);
/* 85.3 Mpixel/s, 98.2 Gflop/s, 1.20 GiB/s */
const char *units_rate(char *text, double per_s, const char *unit);
/* A metric's value: `unit` is "s", "/s" (of `work_unit`), "byte", or "" for a count. */
const char *units_metric(char *text, double value, const char *unit, const char *work_unit);
/* 0.0123: 1.2 %; 0.99: 99 % */
const char *units_percent(char *text, double ratio);
/* 1.98 */
const char *units_ratio(char *text, double ratio);
/* +1.9 %, of a ratio: 1.019 */
const char *units_change(char *text, double ratio);
/* +1.2 .. +2.4 %, of an interval of ratios */
const char *units_change_interval(char *text, const struct interval *ratio);
/*
 * 1.98 +- 0.04, half the interval's width; 1.98 where that is not known. A wide interval of ratios is
 * lopsided, and half its width may be more than the ratio: 7.42 (1.03 .. 17.40) has both ends instead.
 */
const char *units_times(char *text, double ratio, const struct interval *interval);

#endif
