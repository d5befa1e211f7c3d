/* Fuzzer of what is parsed from the command line: numbers with units, lists, placements, parameters. */
#include "base/quantity.h"
#include "base/text.h"
#include "machine/placement.h"
#include "modules/param_set.h"
#include "plan/list.h"

#include <stdlib.h>
#include <string.h>

struct values {
    int64_t n;
    uint64_t size, pause;
    double sigma;
    bool yes;
    const char *path;
};

static const struct bench_param table[] = {
    BENCH_COUNT(struct values, n, "1", -10, 1000, NULL, ""),
    BENCH_SIZE(struct values, size, "1", 0, 1e18, ""),
    BENCH_DURATION(struct values, pause, "1ms", 0, 1e18, ""),
    BENCH_REAL(struct values, sigma, "1", -1e300, 1e300, NULL, ""),
    BENCH_BOOL(struct values, yes, "no", ""),
    BENCH_TEXT(struct values, path, "", ""),
    BENCH_PARAM_END,
};

/* What was taken must be written so that it is taken again, as the same. */
static void fuzz_params(const char *text)
{
    struct param_set set;
    param_set_init(&set, table);
    for (const struct bench_param *entry = table; entry->name; entry++) {
        if (param_set_value(&set, entry->name, text, NULL) < 0)
            continue;
        char *first = strdup(param_set_get(&set, entry->name));
        if (param_set_value(&set, entry->name, first, NULL) < 0 ||
            strcmp(first, param_set_get(&set, entry->name)) != 0)
            abort();
        free(first);
    }
    free(param_set_format(&set, "spin"));
    param_set_free(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct number_list list;
    struct placement_policy policy;
    if (number_list_parse(&list, "--workers", text, 8, 4096, NULL) == 0)
        number_list_free(&list);
    if (placement_policy_parse(text, "cores", &policy, NULL) == 0)
        placement_policy_free(&policy);
    free(text_split(text));
    const char *const names[] = {"blur", "matmul", text};
    text_nearest(text, names, 3);
    fuzz_params(text);
    free(text);
    return 0;
}
