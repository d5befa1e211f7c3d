/* Errors and notes: how a module tells the harness, and the harness the user, what was wrong. */
#ifndef BENCH_ERROR_H
#define BENCH_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_API __attribute__((visibility("default")))

#define BENCH_ERROR_TEXT 512

/*
 * Filled once, where the failure happens, and passed up untouched. The message names what was wrong
 * and what would be right ("radius=0: at least 1"), in one line without a final newline; the harness
 * adds the module's name before it.
 */
struct bench_error {
    int code;                       /* 0, or a negative errno value */
    char message[BENCH_ERROR_TEXT]; /* "" when there is nothing to say */
};

/*
 * Record a failure and return its code, so that a function can end in
 * `return bench_error_set(err, -ENOENT, "...")`. `code` is a negative errno value; -ENOTSUP means
 * "this cannot be done here, and that is nobody's mistake" and becomes the status `unsupported`.
 * A failure that is already recorded is kept: the first is the cause. Any thread; `err` may be NULL.
 */
BENCH_API int bench_error_set(struct bench_error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Leave a note for the user and go on: a reason to trust the numbers less
 * ("cache=cold: 37 % of the file was still cached"). The harness prints each distinct note once.
 * A hook that returns 0 with a message in `err` has left a note. Several are joined by "; ".
 */
BENCH_API void bench_error_note(struct bench_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif
#endif
