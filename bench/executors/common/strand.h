/*
 * A line of execution with a stack of its own, and switching between two of one thread, which saves only
 * what the calling convention says must survive a call (strand.c). The sanitizers are told, or they
 * would take the new stack for an overflow.
 */
#ifndef EXECUTORS_COMMON_STRAND_H
#define EXECUTORS_COMMON_STRAND_H

#include <stddef.h>

#ifdef __has_feature
#define STRAND_HAS_FEATURE(feature) __has_feature(feature)
#else
#define STRAND_HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || STRAND_HAS_FEATURE(address_sanitizer)
#define STRAND_ASAN 1
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__) || STRAND_HAS_FEATURE(thread_sanitizer)
#define STRAND_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif

/* Code that is not optimised, or instrumented, takes several times the stack. */
#if defined(STRAND_ASAN) || defined(STRAND_TSAN)
enum { STRAND_FACTOR = 16 };
#elif !defined(__OPTIMIZE__)
enum { STRAND_FACTOR = 4 };
#else
enum { STRAND_FACTOR = 1 };
#endif

#if defined(BENCH_BOOST_CONTEXT) || !(defined(__LP64__) && (defined(__x86_64__) || defined(__aarch64__)))
#define STRAND_BOOST 1
#endif

struct strand {
    void *context;     /* where it goes on, while another runs; strand.c wants it first */
    struct strand *to; /* which it has last switched to */
#ifdef STRAND_BOOST
    void (*entry)(struct strand *from);
#endif
#ifdef STRAND_ASAN
    const void *bottom; /* of its stack */
    size_t size_bytes;
    void *fake_stack;
#endif
#ifdef STRAND_TSAN
    void *tsan;
#endif
};

/* Keep in `from` where it stops, and go on with `to`. Returns when another strand jumps to `from`: that
 * one. For strand_switch. */
struct strand *strand_jump(struct strand *from, struct strand *to);

/* What makes `entry` be called, with the strand that jumped there, on the stack that ends at `top`: to
 * be its strand's context. For strand_make. */
void *strand_frame(char *top, void (*entry)(struct strand *from));

/* After a switch, on the strand that runs now, which gets and returns the one before it. */
static inline struct strand *strand_arrive(struct strand *from)
{
#ifdef STRAND_ASAN
    __sanitizer_finish_switch_fiber(from->to->fake_stack, &from->bottom, &from->size_bytes);
#endif
    return from;
}

/* Go on with `to`. Returns when another strand switches to `from`: that one. */
static inline struct strand *strand_switch(struct strand *from, struct strand *to)
{
    from->to = to;
#ifdef STRAND_ASAN
    __sanitizer_start_switch_fiber(&from->fake_stack, to->bottom, to->size_bytes);
#endif
#ifdef STRAND_TSAN
    __tsan_switch_to_fiber(to->tsan, 0);
#endif
    return strand_arrive(strand_jump(from, to));
}

/* Make one that begins in `entry`, which never returns and first calls strand_arrive with `from`: the
 * strand that has switched `to` this one. */
static inline void strand_make(struct strand *strand, char *bottom, char *top,
                               void (*entry)(struct strand *from))
{
    (void)bottom;
    strand->context = strand_frame(top, entry);
#ifdef STRAND_BOOST
    strand->entry = entry;
#endif
#ifdef STRAND_ASAN
    strand->bottom = bottom;
    strand->size_bytes = (size_t)(top - bottom);
    strand->fake_stack = NULL;
#endif
#ifdef STRAND_TSAN
    strand->tsan = __tsan_create_fiber(0);
#endif
}

/* The calling thread's own. */
static inline void strand_of_thread(struct strand *strand)
{
    *strand = (struct strand){0};
#ifdef STRAND_TSAN
    strand->tsan = __tsan_get_current_fiber();
#endif
}

/* One that is all zeros was never made. */
static inline void strand_destroy(struct strand *strand)
{
#ifdef STRAND_TSAN
    if (strand->tsan)
        __tsan_destroy_fiber(strand->tsan);
#endif
    (void)strand;
}

#endif
