/* From rows to samples. */
#include "results/samples.h"

#include "records/csv_read.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void samples_init(struct samples *samples, const struct metric *metric, const char *name)
{
    *samples = (struct samples){.metric = metric, .name = name, .index.parts = IDENTITY_WORK};
}

/* Rows that follow each other mostly have the same text, and a reader's same text is the same pointer.
 */
static int note_text(struct variety *variety, const char *text)
{
    size_t before = variety->texts.size;

    text = text != NULL ? text : "";
    if (text == variety->last)
        return 0;
    variety->last = text;
    text_pool_keep(&variety->texts, text, strlen(text));
    if (variety->texts.size == before)
        return 0;
    if (before == 0)
        variety->first = text;
    else if (before == 1)
        variety->second = text;
    return 0;
}

/* The items, moved where there was no room for one more; NULL out of memory. */
static void *with_room(void *items, size_t *capacity, size_t size, size_t item_bytes)
{
    size_t grown = *capacity > 0 ? 2 * *capacity : 16;
    void *moved = items;

    if (size == *capacity) {
        moved = reallocarray(items, grown, item_bytes);
        if (moved != NULL)
            *capacity = grown;
    }
    return moved;
}

/* The index has taken `row` for the case's identity: the row is the caller's, so it gets a copy. */
static int keep_identity(struct samples *samples, size_t number, const struct record *row)
{
    struct case_samples *one = &samples->cases[number];

    if (one->identity == NULL)
        one->identity = malloc(sizeof(*one->identity));
    if (one->identity == NULL)
        return -ENOMEM;
    *one->identity = *row; /* its texts live as long */
    samples->index.entries[number].record = one->identity;
    return 0;
}

static struct case_samples *find_case(struct samples *samples, const struct record *row)
{
    void *cases = with_room(samples->cases, &samples->capacity, samples->size, sizeof(*samples->cases));
    if (cases == NULL)
        return NULL;
    samples->cases = cases;
    size_t number = identity_index_add(&samples->index, row);
    if (number == samples->size)
        samples->cases[samples->size++] = (struct case_samples){0};
    if (samples->index.entries[number].record == row && keep_identity(samples, number, row) != 0)
        return NULL;
    return &samples->cases[number];
}

static struct stretch *find_stretch(struct case_samples *one, const struct record *row)
{
    const char *session = row->session != NULL ? row->session : "";
    struct stretch *last = one->stretches_size > 0 ? &one->stretches[one->stretches_size - 1] : NULL;
    void *stretches;

    if (last != NULL && last->launch == row->launch &&
        (last->session == session || strcmp(last->session, session) == 0))
        return last;
    stretches = with_room(one->stretches, &one->stretches_capacity, one->stretches_size, sizeof(*last));
    if (stretches == NULL)
        return NULL;
    one->stretches = stretches;
    last = &one->stretches[one->stretches_size++];
    *last = (struct stretch){.session = session, .launch = row->launch, .first = one->size};
    return last;
}

static int add_value(const struct metric *metric, struct case_samples *one, const struct record *row)
{
    double value = metric->value(row, 1), *values;
    struct stretch *stretch = find_stretch(one, row);

    if (stretch != NULL && metric->is_of_launch && stretch->size > 0)
        return 0;
    values = with_room(one->values, &one->capacity, one->size, sizeof(*values));
    if (stretch == NULL || values == NULL)
        return -ENOMEM;
    one->values = values;
    if (!(value > 0 && isfinite(value)) && !one->has_bad) {
        one->has_bad = true;
        one->bad_value = value;
        one->bad_launch = row->launch;
        one->bad_run = row->run;
    }
    one->values[one->size++] = value;
    stretch->size++;
    return 0;
}

int samples_add(struct samples *samples, const struct record *row)
{
    struct case_samples *one = find_case(samples, row);
    bool is_measured = row->phase == PHASE_MEASURE;

    samples->rows++;
    if (one == NULL || note_text(&samples->sessions, row->session) != 0 ||
        note_text(&samples->labels, row->label) != 0 ||
        note_text(&samples->machines, row->machine) != 0 || note_text(&samples->sides, row->side) != 0)
        return -ENOMEM;
    if (row->status != STATUS_OK) {
        if (one->status == NULL) {
            one->status = row->status ? status_word(row->status) : "a row without a status";
            one->error = row->error;
        }
        one->unsupported += row->status == STATUS_UNSUPPORTED;
        one->failed += row->status != STATUS_UNSUPPORTED;
        return 0;
    }
    if (row->phase == PHASE_VERIFY && one->tasks_per_pass == 0 && row->tasks > 0)
        one->tasks_per_pass = (double)row->tasks;
    if (is_measured && row->tasks > 0) {
        one->tasks_per_run = one->tasks_per_run > 0 ? one->tasks_per_run : (double)row->tasks;
        one->cpu_s += row->cpu_s;
        one->cpu_tasks += (double)row->tasks;
    }
    return is_measured || samples->metric->is_of_launch ? add_value(samples->metric, one, row) : 0;
}

/* Sessions are named by their time, so this is the order of time; the file's within a launch. */
static int compare_stretches(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    int order = x->session == y->session ? 0 : strcmp(x->session, y->session);

    if (order == 0)
        order = (x->launch > y->launch) - (x->launch < y->launch);
    return order != 0 ? order : (x->first > y->first) - (x->first < y->first);
}

/* A launch's later stretches, which rows in another order make, have one value too many. */
static int order_case(struct case_samples *one, bool is_of_launch)
{
    double *values = malloc((one->size + 1) * sizeof(*values));
    size_t size = 0;

    one->launch_sizes = malloc((one->stretches_size + 1) * sizeof(*one->launch_sizes));
    if (values == NULL || one->launch_sizes == NULL) {
        free(values);
        return -ENOMEM;
    }
    if (one->stretches_size > 0)
        qsort(one->stretches, one->stretches_size, sizeof(*one->stretches), compare_stretches);
    for (size_t i = 0; i < one->stretches_size; i++) {
        const struct stretch *stretch = &one->stretches[i];
        bool is_new = i == 0 || stretch->launch != stretch[-1].launch ||
                      strcmp(stretch->session, stretch[-1].session) != 0;

        if (is_of_launch && !is_new)
            continue;
        if (is_new)
            one->launch_sizes[one->launches++] = 0;
        one->launch_sizes[one->launches - 1] += stretch->size;
        memcpy(values + size, one->values + stretch->first, stretch->size * sizeof(*values));
        size += stretch->size;
    }
    free(one->values);
    one->values = values;
    one->size = size;
    return 0;
}

int samples_finish(struct samples *samples)
{
    for (size_t i = 0; i < samples->size; i++) {
        if (order_case(&samples->cases[i], samples->metric->is_of_launch) != 0)
            return -ENOMEM;
    }
    return 0;
}

int samples_read(struct samples *samples, const char *path, const struct metric *metric,
                 struct bench_error *err)
{
    const struct record *row;
    int status;

    samples_init(samples, metric, path);
    status = csv_read_open(&samples->reader, path, err);
    if (status != 0)
        return status;
    csv_read_skip(samples->reader, COLUMN_time_utc);
    csv_read_skip(samples->reader, COLUMN_host);
    csv_read_skip(samples->reader, COLUMN_cpus);
    while ((status = csv_read_next(samples->reader, &row, err)) == 1) {
        if (samples_add(samples, row) != 0)
            return bench_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
    }
    if (status == 0 && samples->rows == 0)
        return bench_error_set(err, -EINVAL, "%s: no rows: it names columns, and holds no results",
                               path);
    if (status == 0 && samples_finish(samples) != 0)
        return bench_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
    return status;
}

void samples_free(struct samples *samples)
{
    for (size_t i = 0; i < samples->size; i++) {
        struct case_samples *one = &samples->cases[i];

        free(one->identity);
        free(one->stretches);
        free(one->values);
        free(one->launch_sizes);
    }
    free(samples->cases);
    identity_index_free(&samples->index);
    text_pool_free(&samples->sessions.texts);
    text_pool_free(&samples->labels.texts);
    text_pool_free(&samples->machines.texts);
    text_pool_free(&samples->sides.texts);
    csv_read_close(samples->reader);
    *samples = (struct samples){0};
}
