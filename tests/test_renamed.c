/* Parameters that once had another name, in files that were written then. */
#include "modules/own_modules.h"
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
    size_t listed = 0, in_tables = 0;
    while (renamed_list[listed].workload)
        listed++;
    for (const struct own_module *module = own_modules; module->name; module++) {
        const struct bench_param *entry = module->workload ? module->workload->params : NULL;
        for (; entry && entry->name; entry++) {
            bool has_name = entry->was && strcmp(entry->was, BENCH_ADDED) != 0;
            in_tables += has_name;
            if (has_name)
                assert_true(is_listed(module->name, entry->was, entry->name));
        }
    }
    assert_int_equal(in_tables, listed);
}

static void only_the_workloads_own_word_is_renamed(void **state)
{
    static const char *const cases[][3] = {{"spin", "rate=7.5", "steps_per_us"},
                                           {"mixed", "rate=1", "steps_per_us"},
                                           {"spin", "steps_per_us=0", NULL},
                                           {"spin", "error_rate=0", NULL},
                                           {"http", "rate=0", NULL},
                                           {NULL, "rate=0", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = cases[i][1];
        struct param_text param;
        assert_true(param_text_next(&at, &param));
        const char *name = renamed_param(cases[i][0], &param);
        if (cases[i][2])
            assert_string_equal(name, cases[i][2]);
        else
            assert_null(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_that_of_the_modules_tables),
        cmocka_unit_test(only_the_workloads_own_word_is_renamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
