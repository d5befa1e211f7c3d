/* Whether a lever is seen to work: one that does nothing is not, one that empties the cache is. What is
 * compared are CPU times of the same moments, so that a busy machine hides an effect, and makes up none;
 * where it hides one, it is looked for again. */
#include "runner/lever_proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CACHE_BYTES = 1 << 20, OTHER_BYTES = 16 << 20, TRIES = 20 };

static void take_nothing(void *context, int away)
{
    (void)context;
    (void)away;
}

static void take_cache(void *context, int away)
{
    static int value;
    if (away)
        memset(context, ++value, OTHER_BYTES);
}

static void lever_that_does_nothing_is_not_seen_to_work(void **state)
{
    (void)state;
    assert_true(lever_proof_of_cache(take_nothing, NULL, CACHE_BYTES).shows < 0.05);
    assert_true(lever_proof_of_memory(take_nothing, NULL).shows < 0.05);
}

static void lever_that_empties_the_cache_is_seen_to_work(void **state)
{
    char *other = malloc(OTHER_BYTES);
    double shows = 0;
    (void)state;
    assert_non_null(other);
    for (int try = 0; try < TRIES && shows <= 0; try++)
        shows = lever_proof_of_cache(take_cache, other, CACHE_BYTES).shows;
    free(other);
    assert_true(shows > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lever_that_does_nothing_is_not_seen_to_work),
        cmocka_unit_test(lever_that_empties_the_cache_is_seen_to_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
