/* Waiting until all workers have come: busily at first where each has a CPU, then on a futex. */
#include "runner/barrier.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Some milliseconds: longer than it takes to wake up. */
enum { SPINS = 100000 };

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

void barrier_init(struct barrier *barrier, uint32_t count, bool spin)
{
    barrier->count = count;
    barrier->spin = spin;
    atomic_init(&barrier->arrived, 0);
    atomic_init(&barrier->round, 0);
    atomic_init(&barrier->asleep, 0);
}

/* Sequentially consistent, so that either the last to arrive sees a sleeper or the sleeper the new
 * round. */
static int sleep_until_next(struct barrier *barrier, uint32_t round)
{
    int slept = 0;
    atomic_fetch_add(&barrier->asleep, 1);
    while (atomic_load(&barrier->round) == round)
        slept += syscall(SYS_futex, &barrier->round, FUTEX_WAIT, round, NULL, NULL, 0) == 0;
    atomic_fetch_sub(&barrier->asleep, 1);
    return slept;
}

int barrier_wait(struct barrier *barrier, void (*last)(void *context), void *context)
{
    uint32_t round = atomic_load_explicit(&barrier->round, memory_order_acquire);
    if (atomic_fetch_add_explicit(&barrier->arrived, 1, memory_order_acq_rel) + 1 == barrier->count) {
        if (last)
            last(context);
        atomic_store_explicit(&barrier->arrived, 0, memory_order_relaxed);
        atomic_store(&barrier->round, round + 1);
        if (atomic_load(&barrier->asleep))
            syscall(SYS_futex, &barrier->round, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
        return 0;
    }
    for (int i = 0; barrier->spin && i < SPINS; i++) {
        if (atomic_load_explicit(&barrier->round, memory_order_acquire) != round)
            return 0;
        relax();
    }
    return sleep_until_next(barrier, round);
}
