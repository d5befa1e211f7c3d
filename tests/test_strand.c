/* Switching stacks: what a call must leave as it was is each strand's own, and stacks can be walked. */
#include "executors/common/strand.h"

#include <execinfo.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STACK_BYTES = 256 << 10 };

static struct strand of_test, ping, pong;
static char *stacks[2];
static int turns[2];
static uintptr_t misaligned;
static int frames;
static uint64_t sums[2];

static void make(struct strand *strand, int index, void (*entry)(struct strand *from))
{
    stacks[index] = malloc(STACK_BYTES);
    assert_non_null(stacks[index]);
    *strand = (struct strand){0};
    strand_make(strand, stacks[index], stacks[index] + STACK_BYTES, entry);
}

static int free_stacks(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        free(stacks[i]);
        stacks[i] = NULL;
    }
    return 0;
}

static void be_ping(struct strand *from)
{
    strand_arrive(from);
    for (;;) {
        turns[0]++;
        strand_switch(&ping, &pong);
    }
}

static void be_pong(struct strand *from)
{
    strand_arrive(from);
    for (;;) {
        turns[1]++;
        strand_switch(&pong, turns[1] < 1000 ? &ping : &of_test);
    }
}

static void strands_take_turns(void **state)
{
    (void)state;
    turns[0] = turns[1] = 0;
    strand_of_thread(&of_test);
    make(&ping, 0, be_ping);
    make(&pong, 1, be_pong);
    struct strand *last = strand_switch(&of_test, &ping);
    assert_ptr_equal(last, &pong);
    assert_int_equal(turns[0], 1000);
    assert_int_equal(turns[1], 1000);
    strand_destroy(&ping);
    strand_destroy(&pong);
}

/* More values than there are registers to keep them in, across switches, in both kinds of registers. */
static uint64_t keep(struct strand *self, struct strand *other, uint64_t seed)
{
    uint64_t n[12];
    double x[12];
    for (int i = 0; i < 12; i++) {
        n[i] = seed + (uint64_t)i;
        x[i] = (double)(seed * 3 + (uint64_t)i);
    }
    for (int turn = 0; turn < 100; turn++) {
        strand_switch(self, other);
        for (int i = 0; i < 12; i++) {
            n[i] = n[i] * 3 + seed;
            x[i] += (double)(n[i] % 17);
        }
    }
    uint64_t sum = 0;
    for (int i = 0; i < 12; i++)
        sum += n[i] ^ (uint64_t)x[i];
    return sum;
}

static void keep_first(struct strand *from)
{
    strand_arrive(from);
    sums[0] = keep(&ping, &of_test, 11);
    strand_switch(&ping, &of_test);
    abort();
}

static void registers_are_each_strands_own(void **state)
{
    (void)state;
    strand_of_thread(&of_test);
    make(&ping, 0, keep_first);
    sums[1] = keep(&of_test, &ping, 5);
    strand_switch(&of_test, &ping); /* its last turn */
    strand_destroy(&ping);
    make(&pong, 1, be_pong);
    turns[1] = 1000; /* it comes straight back */
    uint64_t again[2] = {keep(&of_test, &pong, 11), keep(&of_test, &pong, 5)};
    strand_destroy(&pong);
    assert_true(sums[0] == again[0]);
    assert_true(sums[1] == again[1]);
}

static __attribute__((noinline)) void look_at_stack(void)
{
    _Alignas(16) volatile char place[16];
    misaligned = (uintptr_t)place % 16;
    void *calls[64];
    frames = backtrace(calls, 64);
}

static void be_looked_at(struct strand *from)
{
    strand_arrive(from);
    look_at_stack();
    strand_switch(&ping, &of_test);
    abort();
}

static void a_stack_is_aligned_and_its_calls_end_where_it_begins(void **state)
{
    (void)state;
    strand_of_thread(&of_test);
    make(&ping, 0, be_looked_at);
    strand_switch(&of_test, &ping);
    strand_destroy(&ping);
    assert_int_equal(misaligned, 0);
    assert_in_range(frames, 2, 6);
}

#define TEST(name) cmocka_unit_test_teardown(name, free_stacks)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(strands_take_turns),
        TEST(registers_are_each_strands_own),
        TEST(a_stack_is_aligned_and_its_calls_end_where_it_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
