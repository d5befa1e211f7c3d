/*
 * The most that one core can do of what `matmul` does: multiply-adds of doubles in registers, in as many
 * chains as hide how long one takes, with the widest vectors that the processor has. Prints the seconds
 * of a repeat of FLOPS million operations, a multiply-add being two.
 *
 *     cc -O2 -o bare_fma bare_fma.c
 */
#include "peer.h"

enum { CHAINS = 24 };

#define KERNEL(name, bytes, ...)                                                          \
    typedef double name##_vector __attribute__((vector_size(bytes)));                     \
    __VA_ARGS__ static double name(uint64_t flops)                                        \
    {                                                                                     \
        name##_vector sum[CHAINS], x = {0.5}, y = {1.0};                                  \
        _Pragma("GCC unroll 24") for (int i = 0; i < CHAINS; i++) sum[i] = x + (double)i; \
        for (uint64_t n = flops / (2 * CHAINS * (bytes / sizeof(double))); n > 0; n--) {  \
            _Pragma("GCC unroll 24") for (int i = 0; i < CHAINS; i++)                     \
            {                                                                             \
                sum[i] = sum[i] * x + y;                                                  \
                __asm__ volatile("" : KEEP(sum[i]));                                      \
            }                                                                             \
        }                                                                                 \
        _Pragma("GCC unroll 24") for (int i = 1; i < CHAINS; i++) sum[0] += sum[i];       \
        return sum[0][0];                                                                 \
    }

#ifdef __x86_64__
#define KEEP(vector) "+v"(vector)
KERNEL(wide, 64, __attribute__((target("avx512f"), noinline)))
KERNEL(middle, 32, __attribute__((target("avx2,fma"), noinline)))
#else
#define KEEP(vector) "+w"(vector)
#endif
KERNEL(narrow, 16, __attribute__((noinline)))

static double multiply_add(uint64_t flops)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        return wide(flops);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return middle(flops);
#endif
    return narrow(flops);
}

int main(int argc, char **argv)
{
    static const char usage[] = "FLOPS REPEATS";
    const uint64_t flops = (uint64_t)number_argument(argc, argv, 1, usage) * 1000000;
    const long repeats = number_argument(argc, argv, 2, usage);
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return 1;
    pin_worker(0, &allowed);
    for (int repeat = 0; repeat <= repeats; repeat++) {
        uint64_t began_ns = now_ns();
        volatile double sum = multiply_add(flops);
        (void)sum;
        print_repeat(repeat, (double)(now_ns() - began_ns) * 1e-9);
    }
    return 0;
}
