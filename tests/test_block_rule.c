/* How blocks of ranges are cut. */
#include "engines/block_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void all_is_handed_out_and_nothing_more(void **state)
{
    (void)state;
    for (uint64_t ranks = 1; ranks <= 64; ranks *= 4) {
        for (uint64_t range_ns = 0; range_ns <= 100000; range_ns += 10000) {
            uint64_t left = 100003, takings = 0;
            while (left > 0) {
                uint64_t block = block_size(left, ranks, range_ns, 1500);
                assert_in_range(block, 1, left);
                left -= block;
                takings++;
            }
            assert_in_range(takings, ranks, 100003);
            assert_int_equal(block_size(0, ranks, range_ns, 1500), 0);
        }
    }
}

static void blocks_shrink_to_one_range_where_ranges_are_long(void **state)
{
    (void)state;
    assert_int_equal(block_size(1000, 4, 1000000, 1500), 125);
    assert_int_equal(block_size(3, 4, 1000000, 1500), 1);
    assert_int_equal(block_size(3, 4, 0, 1500), 1);
}

/* 1000 ranks that all ask once in 1.5 ms keep rank 0 busy, so no block is shorter. */
static void block_lasts_as_long_as_answering_all_ranks(void **state)
{
    (void)state;
    assert_int_equal(block_size(2000, 1000, 10000, 1500), 150);
    assert_int_equal(block_size(100, 1000, 10000, 1500), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_handed_out_and_nothing_more),
        cmocka_unit_test(blocks_shrink_to_one_range_where_ranges_are_long),
        cmocka_unit_test(block_lasts_as_long_as_answering_all_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
