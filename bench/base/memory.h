/*
 * Memory whose lack cannot be forgotten: none of these ever returns NULL for want of it. Where there is
 * none, they say so on stderr and end the process at once with MEMORY_EXHAUSTED_STATUS. What was
 * written is safe, since rows are written as they come; a controller's runners end with it (their
 * lifeline is cut), and of a runner's end its controller makes a row. Any thread; not in a signal
 * handler. Everything is freed by free().
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define MEMORY_EXHAUSTED_STATUS 3 /* EXIT_CASE of the command line */

/* A size of 0 still yields a unique pointer. */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));

/* `count` times `size` bytes of zeros. A product that overflows is as memory that is not there. */
void *mem_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* `old`, which may be NULL, with room for `count` times `size` bytes. */
void *mem_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));

/*
 * Room for one more: `items` has `size` elements of `item_size` bytes and room for *capacity, which
 * doubles when it is full.
 */
void *mem_grow(void *items, size_t size, size_t *capacity, size_t item_size)
    __attribute__((returns_nonnull));

/* A copy of a text, or of its first `length` bytes with a NUL behind them. NULL of NULL. */
char *mem_text(const char *text);
char *mem_text_part(const char *text, size_t length);

/* Like asprintf() and vasprintf(). */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));
char *mem_vformat(const char *format, va_list arguments)
    __attribute__((format(printf, 1, 0), returns_nonnull));

/*
 * As fopen(path, "re"), getline() and getdelim(), which else fail for want of memory as if there were no
 * such file, or nothing in it any more.
 */
FILE *mem_open(const char *path);
ssize_t mem_line(char **line, size_t *size, FILE *file);
ssize_t mem_delimited(char **text, size_t *size, int end, FILE *file);

/* Says that memory ran out and ends the process, when a library could not allocate. */
_Noreturn void memory_exhausted(void);

/* qsort(3), also of nothing, which may be NULL. */
static inline void mem_sort(void *items, size_t count, size_t size,
                            int (*compare)(const void *a, const void *b))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

#endif
