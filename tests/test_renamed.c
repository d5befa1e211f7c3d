/* Parameters that once had another name, in files that were written then. */
#include "modules/registry.h"
#include "records/renamed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_listed(const char *workload, const char *was, const char *name)
{
    for (const struct renamed *renamed = renamed_list; renamed->workload; renamed++) {
        if (strcmp(renamed->workload, workload) == 0 && strcmp(renamed->was, was) == 0)
            return strcmp(renamed->name, name) == 0;
    }
    return false;
}

static void the_list_is_that_of_the_modules_tables(void **state)
{
    (void)state;
    struct registry *registry;
    size_t listed = 0, in_tables = 0;
    while (renamed_list[listed].workload)
        listed++;
    assert_int_equal(registry_open(&registry, NULL, 0, NULL), 0);
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct module *module = registry_peek(registry, i);
        const struct bench_param *entry = module->workload ? module->workload->params : NULL;
        for (; entry && entry->name; entry++) {
            in_tables += entry->was != NULL;
            if (entry->was)
                assert_true(is_listed(module->name, entry->was, entry->name));
        }
    }
    assert_int_equal(in_tables, listed);
    registry_close(registry);
}

static void only_the_workloads_own_word_is_renamed(void **state)
{
    static const char *const as_they_are[][2] = {{"spin", "work=1us steps_per_us=0 yield=no"},
                                                 {"spin", "work=1us error_rate=0"},
                                                 {"spin", "work=1us rate"},
                                                 {"http", "rate=0"}};
    (void)state;
    char out[RENAMED_ROOM];
    for (size_t i = 0; i < 4; i++)
        assert_false(
            renamed_params(as_they_are[i][0], as_they_are[i][1], strlen(as_they_are[i][1]), out));
    const char *params = "work=1us tasks=0 rate=7.5 yield=no,spin";
    assert_true(renamed_params("spin", params, strlen(params) - 5, out));
    assert_string_equal(out, "work=1us tasks=0 steps_per_us=7.5 yield=no");
    assert_true(renamed_params("mixed", "rate=1", 6, out));
    assert_string_equal(out, "steps_per_us=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_that_of_the_modules_tables),
        cmocka_unit_test(only_the_workloads_own_word_is_renamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
