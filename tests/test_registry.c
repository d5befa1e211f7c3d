/* Which modules there are, and who is asked for their tables. */
#include "modules/registry.h"

#include "base/memory.h"
#include "modules/own_modules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A source that knows, or does not know, all of bench's own, and counts. */
struct asked {
    bool knows_all;
    size_t for_all, for_one;
};

static bool is_linked_in(const struct own_module *own)
{
    return own->workload || own->executor;
}

static size_t count_of_files(void)
{
    size_t count = 0;
    for (const struct own_module *own = own_modules; own->name; own++)
        count += !own->missing && !is_linked_in(own);
    return count;
}

static int list(void *context, const char *file, const struct runtime *runtime, struct module_list *list,
                struct bench_error *err)
{
    struct asked *asked = context;
    assert_null(runtime);
    size_t *count = file ? &asked->for_one : &asked->for_all;
    ++*count;
    if (file || !asked->knows_all)
        return bench_error_set(err, -ENOEXEC, "nobody knows");
    *list = (struct module_list){.modules = mem_zero(count_of_files() + 1, sizeof *list->modules),
                                 .tables = mem_zero(count_of_files() + 1, sizeof *list->tables)};
    for (const struct own_module *own = own_modules; own->name; own++) {
        if (!own->missing && !is_linked_in(own))
            list->modules[list->count++] =
                (struct module_info){.kind = own->kind, .name = own->name, .summary = "told of all"};
    }
    return 0;
}

static struct registry *open_registry(struct asked *asked)
{
    const struct module_source source = {.context = asked, .list = list};
    struct registry *registry;
    struct bench_error err = {0};
    unsetenv("BENCH_PLUGIN_PATH");
    assert_int_equal(registry_open(&registry, &source, NULL, 0, &err), 0);
    return registry;
}

/* Of all modules: how many have this summary, or this reason why they are missing. */
static size_t count_said(struct registry *registry, const char *summary, const char *missing)
{
    size_t count = 0;
    for (size_t i = 0; i < registry_count(registry); i++) {
        const struct module_info *module = registry_module(registry, i);
        count += summary && module->summary && strcmp(module->summary, summary) == 0;
        count += missing && module->missing && strcmp(module->missing, missing) == 0;
    }
    return count;
}

static void all_of_its_own_are_asked_for_at_once(void **state)
{
    (void)state;
    struct asked asked = {.knows_all = true};
    struct registry *registry = open_registry(&asked);
    registry_complete_own(registry);
    assert_int_equal(count_said(registry, "told of all", NULL), count_of_files());
    assert_int_equal(asked.for_all, 1);
    assert_int_equal(asked.for_one, 0);
    registry_close(registry);
}

static void whoever_is_not_told_of_all_asks_for_each(void **state)
{
    (void)state;
    struct asked asked = {.knows_all = false};
    struct registry *registry = open_registry(&asked);
    registry_complete_own(registry);
    assert_int_equal(count_said(registry, NULL, "nobody knows"), count_of_files());
    assert_int_equal(asked.for_one, count_of_files());
    registry_close(registry);
}

static void nobody_is_asked_for_what_is_not_named(void **state)
{
    (void)state;
    struct asked asked = {.knows_all = true};
    struct bench_error err = {0};
    struct registry *registry = open_registry(&asked);
    assert_non_null(registry_find(registry, NULL, MODULE_WORKLOAD, "spin", &err));
    assert_int_equal(asked.for_all + asked.for_one, 0);
    registry_close(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_its_own_are_asked_for_at_once),
        cmocka_unit_test(whoever_is_not_told_of_all_asks_for_each),
        cmocka_unit_test(nobody_is_asked_for_what_is_not_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
