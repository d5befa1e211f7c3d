/* Latencies and how many tasks had each. See latencies.h. */
#include "records/latencies.h"

#include "base/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Of one run; sums over very many are still numbers. */
static const int64_t count_most = INT64_C(1) << 40;

/* Half of a bucket's width, of its middle: in 128 parts of a power of two, or finer. */
static const double half_width = 1 / 128.0;

void latencies_add(struct latencies *latencies, int64_t ns, int64_t count)
{
    if (latencies->size == latencies->capacity) {
        latencies->capacity = latencies->capacity ? 2 * latencies->capacity : 256;
        latencies->list = mem_resize(latencies->list, latencies->capacity, sizeof *latencies->list);
    }
    latencies->list[latencies->size++] = (struct latency_count){ns, count};
}

void latencies_merge(struct latencies *into, const struct latencies *from)
{
    for (size_t i = 0; i < from->size; i++)
        latencies_add(into, from->list[i].ns, from->list[i].count);
}

static int by_ns(const void *a, const void *b)
{
    const struct latency_count *left = a, *right = b;
    return (left->ns > right->ns) - (left->ns < right->ns);
}

void latencies_sort(struct latencies *latencies)
{
    size_t kept = 0;
    mem_sort(latencies->list, latencies->size, sizeof *latencies->list, by_ns);
    for (size_t i = 0; i < latencies->size; i++) {
        const struct latency_count *one = &latencies->list[i];
        if (kept > 0 && latencies->list[kept - 1].ns == one->ns)
            latencies->list[kept - 1].count += one->count;
        else
            latencies->list[kept++] = *one;
    }
    latencies->size = kept;
}

void latencies_free(struct latencies *latencies)
{
    free(latencies->list);
    *latencies = (struct latencies){0};
}

int64_t latencies_count(const struct latencies *latencies)
{
    int64_t count = 0;
    for (size_t i = 0; i < latencies->size; i++)
        count += latencies->list[i].count;
    return count;
}

double latencies_beyond(const struct latencies *latencies, double limit_s)
{
    double beyond = 0;
    for (size_t i = 0; i < latencies->size; i++) {
        double at_s = (double)latencies->list[i].ns * 1e-9, half_s = at_s * half_width;
        double above = half_s > 0 ? (at_s + half_s - limit_s) / (2 * half_s) : at_s > limit_s;
        beyond += (double)latencies->list[i].count * (above < 0 ? 0 : above > 1 ? 1 : above);
    }
    return beyond;
}

json_t *latencies_encode(const struct latencies *latencies)
{
    json_t *array = json_array();
    for (size_t i = 0; i < latencies->size; i++) {
        json_array_append_new(array, json_integer(latencies->list[i].ns));
        json_array_append_new(array, json_integer(latencies->list[i].count));
    }
    return array;
}

int latencies_decode(struct latencies *latencies, const char *key, const json_t *array,
                     struct bench_error *err)
{
    int64_t before = -1, sum = 0;
    size_t size = json_array_size(array);
    bool good = json_is_array(array) && size % 2 == 0;
    for (size_t i = 0; good && i < size; i += 2) {
        const json_t *ns = json_array_get(array, i), *count = json_array_get(array, i + 1);
        good = json_is_integer(ns) && json_is_integer(count) && json_integer_value(ns) > before &&
               json_integer_value(count) > 0 && json_integer_value(count) < count_most - sum;
        if (good)
            latencies_add(latencies, json_integer_value(ns), json_integer_value(count));
        before = json_integer_value(ns);
        sum += json_integer_value(count);
    }
    if (good)
        return 0;
    latencies_free(latencies);
    return bench_error_set(
        err, -EINVAL,
        "%s must be a list of whole numbers: a latency in nanoseconds, how many tasks "
        "had it, and so on, ascending",
        key);
}
