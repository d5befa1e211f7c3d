/* Errors and notes of the contract: the first error is kept, notes add up. */
#include <bench/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int bench_error_set(struct bench_error *err, int code, const char *format, ...)
{
    if (!err || err->code)
        return code;
    err->code = code;
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return code;
}

void bench_error_note(struct bench_error *err, const char *format, ...)
{
    if (!err || err->code)
        return;
    size_t used = strlen(err->message);
    if (used && used + 2 < sizeof err->message) {
        memcpy(err->message + used, "; ", 3);
        used += 2;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(err->message + used, sizeof err->message - used, format, args);
    va_end(args);
}
