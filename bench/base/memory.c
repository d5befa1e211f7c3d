/* Memory whose lack ends the program. */
#include "base/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void memory_exhausted(void)
{
    static const char said[] = "bench: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, said, sizeof said - 1);
    (void)ignored;
    _exit(MEMORY_EXHAUSTED_STATUS);
}

static void *or_end(void *got)
{
    if (!got)
        memory_exhausted();
    return got;
}

void *mem_alloc(size_t size)
{
    return or_end(malloc(size ? size : 1));
}

void *mem_zero(size_t count, size_t size)
{
    return or_end(calloc(count ? count : 1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
    return or_end(reallocarray(old, count ? count : 1, size ? size : 1));
}

void *mem_grow(void *items, size_t size, size_t *capacity, size_t item_size)
{
    if (items && size < *capacity)
        return items;
    if (*capacity > SIZE_MAX / 2)
        memory_exhausted();
    *capacity = *capacity < 4 ? 4 : 2 * *capacity; /* there may be very many small ones */
    return mem_resize(items, *capacity, item_size);
}

char *mem_text(const char *text)
{
    return text ? mem_text_part(text, strlen(text)) : NULL;
}

char *mem_text_part(const char *text, size_t length)
{
    if (!text)
        return NULL;
    length = strnlen(text, length);
    char *copy = mem_alloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *mem_vformat(const char *format, va_list arguments)
{
    char *text;
    if (vasprintf(&text, format, arguments) < 0)
        memory_exhausted();
    return text;
}

char *mem_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = mem_vformat(format, arguments);
    va_end(arguments);
    return text;
}

FILE *mem_open(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file && errno == ENOMEM)
        memory_exhausted();
    return file;
}

ssize_t mem_delimited(char **text, size_t *size, int end, FILE *file)
{
    errno = 0;
    ssize_t length = getdelim(text, size, end, file);
    if (length < 0 && errno == ENOMEM)
        memory_exhausted();
    return length;
}

ssize_t mem_line(char **line, size_t *size, FILE *file)
{
    return mem_delimited(line, size, '\n', file);
}
