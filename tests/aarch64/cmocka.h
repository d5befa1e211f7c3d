/*
 * As much of cmocka as two tests need, which test_aarch64.sh builds for a processor that no cmocka is
 * installed for. The first thing that is not as it should be ends the program.
 */
#ifndef TESTS_AARCH64_CMOCKA_H
#define TESTS_AARCH64_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*teardown)(void **state);
};

#define cmocka_unit_test_teardown(test, teardown) \
    {                                             \
#test, test, teardown                     \
    }
#define cmocka_unit_test(test) \
    {                          \
#test, test, NULL      \
    }

#define fail_msg(...)                                   \
    do {                                                \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
        fprintf(stderr, __VA_ARGS__);                   \
        fputc('\n', stderr);                            \
        exit(1);                                        \
    } while (0)
#define assert_true(condition)          \
    do {                                \
        if (!(condition))               \
            fail_msg("%s", #condition); \
    } while (0)
#define assert_false(condition) assert_true(!(condition))
#define assert_non_null(pointer) assert_true((pointer) != NULL)
#define assert_ptr_equal(a, b) assert_true((const void *)(a) == (const void *)(b))
#define assert_int_equal(a, b) assert_true((long long)(a) == (long long)(b))
#define assert_in_range(value, low, high) assert_true((value) >= (low) && (value) <= (high))
#define assert_memory_equal(a, b, size) assert_true(memcmp(a, b, size) == 0)

#define cmocka_run_group_tests(tests, setup, teardown) run_tests(tests, sizeof tests / sizeof *tests)

static inline int run_tests(const struct CMUnitTest *tests, size_t count)
{
    void *state = NULL;
    for (size_t i = 0; i < count; i++) {
        tests[i].test(&state);
        if (tests[i].teardown)
            tests[i].teardown(&state);
        printf("%s\n", tests[i].name);
    }
    return 0;
}

#endif
