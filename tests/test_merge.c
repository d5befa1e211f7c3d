/* What one rank has changed in memory comes into another's, to the byte. */
#include "base/shared.h"
#include "runner/merge.h"

#include <bench/workload.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SMALL = 100, LARGE = 3 * 4096 + 5 };

static unsigned char *small, *large;

static int allocate(void **state)
{
    (void)state;
    shared_watch(true);
    small = bench_shared_alloc(SMALL);
    large = bench_shared_alloc(LARGE);
    shared_watch(false);
    return small && large ? 0 : -1;
}

static int release(void **state)
{
    (void)state;
    bench_shared_free(small, SMALL);
    bench_shared_free(large, LARGE);
    return 0;
}

static void bytes_of_two_ranks_that_lie_side_by_side_come_together(void **state)
{
    (void)state;
    size_t size;
    struct merge_base *base = merge_begin();
    small[7] = 1;
    large[4095] = 2;
    large[4096] = 3;
    large[LARGE - 1] = 4;
    void *changes = merge_changes(base, &size);
    memset(small, 0, SMALL);
    memset(large, 0, LARGE);
    small[6] = small[8] = 9; /* the other's own */
    assert_int_equal(merge_apply(changes, size, NULL), 0);
    assert_int_equal(small[6], 9);
    assert_int_equal(small[7], 1);
    assert_int_equal(small[8], 9);
    assert_int_equal(large[4095], 2);
    assert_int_equal(large[4096], 3);
    assert_int_equal(large[LARGE - 1], 4);
    assert_int_equal(large[4094] + large[4097] + large[LARGE - 2], 0);
    free(changes);
    merge_free(base);
}

static void changes_of_other_memory_are_refused(void **state)
{
    (void)state;
    size_t size;
    struct bench_error err = {0};
    struct merge_base *base = merge_begin();
    void *changes = merge_changes(base, &size);
    merge_free(base);
    bench_shared_free(small, SMALL);
    small = NULL;
    assert_int_equal(merge_apply(changes, size, &err), -EPROTO);
    free(changes);
}

static void memory_that_nobody_watched_is_not_compared(void **state)
{
    (void)state;
    size_t count, before;
    shared_blocks(&before);
    void *own = bench_shared_alloc(SMALL);
    shared_blocks(&count);
    assert_int_equal(count, before);
    bench_shared_free(own, SMALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bytes_of_two_ranks_that_lie_side_by_side_come_together, allocate,
                                        release),
        cmocka_unit_test_setup_teardown(changes_of_other_memory_are_refused, allocate, release),
        cmocka_unit_test_setup_teardown(memory_that_nobody_watched_is_not_compared, allocate, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
