/* What is reported of a case, field by field. */
#include "report/fields.h"

#define IDENTITY(name)                       \
    {                                        \
#name, COLUMN_##name, COLUMN_TEXT, 0 \
    }
#define FIELD(name, type, member)                                 \
    {                                                             \
        name, COLUMNS, type, offsetof(struct case_result, member) \
    }

const struct field fields[] = {
#define IN_SESSION(name) IDENTITY(name),
#define IN_CASE(name) IDENTITY(name),
#define IN_RUN(name)
#define IN_MEASURED(name)
#define COLUMN(name, type, group, role) IN_##group(name)
#include "records/columns.def"
    IDENTITY(time_utc),
    IDENTITY(side),
    FIELD("status", COLUMN_TEXT, status),
    FIELD("error", COLUMN_TEXT, error),
    FIELD("tasks", COLUMN_REAL, tasks),
    FIELD("work", COLUMN_REAL, work),
    FIELD("n", COLUMN_COUNT, wall_s.n),
    FIELD("median_s", COLUMN_REAL, wall_s.median),
    FIELD("median_low_s", COLUMN_REAL, median_s.low),
    FIELD("median_high_s", COLUMN_REAL, median_s.high),
    FIELD("precision", COLUMN_REAL, precision),
    FIELD("stopped_by", COLUMN_TEXT, stopped_by),
    FIELD("launches", COLUMN_COUNT, launches),
    FIELD("min_s", COLUMN_REAL, wall_s.min),
    FIELD("max_s", COLUMN_REAL, wall_s.max),
    FIELD("mean_s", COLUMN_REAL, wall_s.mean),
    FIELD("stddev_s", COLUMN_REAL, wall_s.stddev),
    FIELD("cv", COLUMN_REAL, wall_s.cv),
    FIELD("mad_s", COLUMN_REAL, wall_s.mad),
    FIELD("outliers", COLUMN_COUNT, wall_s.outliers),
    FIELD("spread", COLUMN_REAL, wall_s.spread),
    FIELD("work_per_s", COLUMN_REAL, work_per_s),
    FIELD("reference", COLUMN_TEXT, reference),
    FIELD("speedup", COLUMN_REAL, speedup),
    FIELD("speedup_low", COLUMN_REAL, speedup_interval.low),
    FIELD("speedup_high", COLUMN_REAL, speedup_interval.high),
    FIELD("speedup_over_bench", COLUMN_REAL, over_own),
    FIELD("efficiency", COLUMN_REAL, efficiency),
    FIELD("efficiency_low", COLUMN_REAL, efficiency_interval.low),
    FIELD("efficiency_high", COLUMN_REAL, efficiency_interval.high),
    FIELD("cpu_use", COLUMN_REAL, cpu_use),
    FIELD("startup_s", COLUMN_REAL, startup_s),
    FIELD("latency_p50_s", COLUMN_REAL, latency_p50_s),
    FIELD("latency_p99_s", COLUMN_REAL, latency_p99_s),
    FIELD("latency_max_s", COLUMN_REAL, latency_max_s),
    FIELD("latency_p999_s", COLUMN_REAL, latency_p999_s),
    FIELD("service_p50_s", COLUMN_REAL, service_p50_s),
    FIELD("imbalance", COLUMN_REAL, imbalance),
    FIELD("ctx_switches", COLUMN_REAL, ctx_switches),
    FIELD("peak_rss_bytes", COLUMN_REAL, peak_rss_bytes),
    FIELD("pss_bytes", COLUMN_REAL, pss_bytes),
};

const size_t fields_size = sizeof(fields) / sizeof(fields[0]);

static struct field_value of_record(const struct record *record, enum column column)
{
    struct field_value value = {.type = column_type(column)};

    if (value.type == COLUMN_TEXT)
        value.text = record_text(record, column);
    else if (value.type == COLUMN_COUNT)
        value.count = record_count(record, column);
    else
        value.real = record_real(record, column);
    return value;
}

struct field_value field_of(const struct case_result *result, const struct field *field)
{
    const void *at = (const char *)result + field->offset;
    struct field_value value = {.type = field->type};

    if (field->column != COLUMNS)
        return of_record(result->identity, field->column);
    if (field->type == COLUMN_TEXT)
        value.text = *(const char *const *)at;
    else if (field->type == COLUMN_COUNT)
        value.count = (int64_t) * (const size_t *)at;
    else
        value.real = *(const double *)at;
    return value;
}
