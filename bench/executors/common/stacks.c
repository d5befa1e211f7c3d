/* The stacks of lanes: many, small, and looked after. See stacks.h. */
#include "stacks.h"

#include "strand.h"

#include <bench/executor.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef STRAND_ASAN
#include <sanitizer/asan_interface.h>
#endif

enum { COLORS = 16, COLOR_BYTES = 64 };

/* State of the calling thread, for the signal handler. */
static _Thread_local const struct stacks *guarded;

/* Decimal digits of a number, without what a signal handler may not call. */
static char *put_number(char *at, size_t number)
{
    char digits[24];
    size_t length = 0;
    do
        digits[length++] = (char)('0' + number % 10);
    while (number /= 10);
    while (length)
        *at++ = digits[--length];
    return at;
}

static char *put_text(char *at, const char *text)
{
    while (*text)
        *at++ = *text++;
    return at;
}

_Noreturn void stack_overflowed(size_t stack_bytes)
{
    char message[256], *at = message;
    at = put_text(at, "a lane's stack has overflowed: it has ");
    at = put_number(at, stack_bytes);
    at =
        put_text(at, " bytes; give it more with the executor's parameter stack, or let the workload say "
                     "what it needs (plan.stack_bytes)");
    *at = '\0';
    bench_abort(message);
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    const struct stacks *stacks = guarded;
    const char *address = info->si_addr;
    if (stacks && address >= stacks->memory && address < stacks->memory + stacks->size_bytes)
        stack_overflowed(stacks->stack_bytes);
    signal(signal_number, SIG_DFL); /* not ours: it happens again */
}

static void catch_overflow(struct stacks *stacks)
{
#if !defined(STRAND_ASAN) && !defined(STRAND_TSAN) /* they report it themselves */
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
    guarded = stacks;
#else
    (void)stacks;
    (void)on_fault;
#endif
}

static int make_signal_stack(struct stacks *stacks)
{
    size_t size_bytes = (size_t)sysconf(_SC_SIGSTKSZ) + 65536;
    stacks->signal_stack = malloc(size_bytes);
    if (!stacks->signal_stack)
        return -ENOMEM;
    stack_t own = {.ss_sp = stacks->signal_stack, .ss_size = size_bytes};
    return sigaltstack(&own, NULL) < 0 ? -errno : 0;
}

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

/* The pages below stacks, where they have some. */
static int guard_each(struct stacks *stacks)
{
    for (uint32_t i = 0; stacks->guard_bytes && i < stacks->count; i++) {
        char *bottom = stacks_bottom(stacks, i);
        if (mprotect(bottom - stacks->guard_bytes, stacks->guard_bytes, PROT_NONE) < 0)
            return -errno;
    }
    return 0;
}

int stacks_make(struct stacks *stacks, uint32_t count, size_t stack_bytes, bool guard)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *stacks = (struct stacks){.count = count, .stack_bytes = stack_bytes};
    stacks->slot_bytes = round_up(stack_bytes, COLOR_BYTES);
    stacks->has_pages = stacks->slot_bytes >= page;
    if (stacks->has_pages)
        stacks->slot_bytes = round_up(stack_bytes + COLORS * COLOR_BYTES, page);
    stacks->guard_bytes = guard && stacks->has_pages ? page : 0;
    stacks->slot_bytes += stacks->guard_bytes;
    stacks->size_bytes = page + round_up(count * stacks->slot_bytes, page);
    void *memory = mmap(NULL, stacks->size_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return -errno;
    stacks->memory = memory;
    stacks->first = stacks->memory + page;
    mprotect(memory, page, PROT_NONE);
    madvise(memory, stacks->size_bytes, MADV_NOHUGEPAGE); /* of a deep stack only the top is ever used */
    int rc = guard_each(stacks);
    if (rc == 0)
        rc = make_signal_stack(stacks);
    if (rc < 0) {
        stacks_free(stacks);
        return rc;
    }
    catch_overflow(stacks);
    return 0;
}

void stacks_free(struct stacks *stacks)
{
    guarded = NULL;
    if (stacks->signal_stack) {
        sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
        free(stacks->signal_stack);
    }
    if (stacks->memory) {
#ifdef STRAND_ASAN /* frames that never returned have left their marks, which would be the next owner's \
                    */
        ASAN_UNPOISON_MEMORY_REGION(stacks->memory, stacks->size_bytes);
#endif
        munmap(stacks->memory, stacks->size_bytes);
    }
    *stacks = (struct stacks){0};
}

char *stacks_bottom(const struct stacks *stacks, uint32_t index)
{
    return stacks->first + index * stacks->slot_bytes + stacks->guard_bytes;
}

char *stacks_top(const struct stacks *stacks, uint32_t index)
{
    char *end = stacks->first + (index + 1) * stacks->slot_bytes;
    return stacks->has_pages ? end - index % COLORS * COLOR_BYTES : end;
}
