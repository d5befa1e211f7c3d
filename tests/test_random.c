/* Random numbers for shuffles and bootstraps. */
#include "stats/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

/* From the authors' own C code, https://prng.di.unimi.it/splitmix64.c, from the state 1234567. */
static void numbers_are_those_of_splitmix64(void **state)
{
    struct random_source source = {1234567};

    (void)state;
    assert_true(random_next(&source) == 6457827717110365317u);
    assert_true(random_next(&source) == 3203168211198807973u);
    assert_true(random_next(&source) == 9817491932198370423u);
}

static void uniform_numbers_fill_the_unit_interval(void **state)
{
    struct random_source source = {1};
    size_t tenths[10] = {0};

    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        double number = random_uniform(&source);

        assert_true(number >= 0 && number < 1);
        tenths[(size_t)(number * 10)]++;
    }
    for (size_t i = 0; i < 10; i++)
        assert_in_range(tenths[i], 9600, 10400); /* 10000, standard deviation 95 */
}

/* Bits modulo a bound of 3/4 of 2^64 would have the lower third twice as often as the others. */
static void bounded_numbers_are_without_bias(void **state)
{
    struct random_source source = {2};
    const uint64_t bound = (uint64_t)3 << 62;
    size_t lower_third = 0;

    (void)state;
    for (size_t i = 0; i < 30000; i++) {
        uint64_t number = random_below(&source, bound);

        assert_true(number < bound);
        lower_third += number < bound / 3;
    }
    assert_in_range(lower_third, 9600, 10400); /* 10000, standard deviation 82 */
    assert_int_equal(random_below(&source, 1), 0);
}

static void every_order_is_equally_likely(void **state)
{
    struct random_source source = {3};
    size_t orders[4][4] = {{0}};

    (void)state;
    for (size_t i = 0; i < 60000; i++) {
        size_t items[] = {1, 2, 3};

        random_shuffle(&source, items, 3);
        assert_int_equal(items[0] + items[1] + items[2], 6);
        assert_int_equal(items[0] * items[1] * items[2], 6);
        orders[items[0]][items[1]]++;
    }
    for (size_t first = 1; first <= 3; first++) {
        for (size_t second = 1; second <= 3; second++) {
            if (first != second)
                assert_in_range(orders[first][second], 9600, 10400); /* standard deviation 91 */
        }
    }
}

static void the_same_seed_gives_the_same_order(void **state)
{
    struct random_source once = {4}, again = {4}, other = {5};
    size_t a[52], b[52], c[52];
    bool same = true;

    (void)state;
    for (size_t i = 0; i < 52; i++)
        a[i] = b[i] = c[i] = i;
    random_shuffle(&once, a, 52);
    random_shuffle(&again, b, 52);
    random_shuffle(&other, c, 52);
    assert_memory_equal(a, b, sizeof(a));
    for (size_t i = 0; i < 52; i++)
        same = same && a[i] == c[i];
    assert_false(same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_splitmix64),
        cmocka_unit_test(uniform_numbers_fill_the_unit_interval),
        cmocka_unit_test(bounded_numbers_are_without_bias),
        cmocka_unit_test(every_order_is_equally_likely),
        cmocka_unit_test(the_same_seed_gives_the_same_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
