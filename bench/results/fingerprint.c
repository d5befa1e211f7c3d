/* Machines and runtimes as far as they stay the same. */
#include "results/fingerprint.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char separator[] = ", ";

const char *fingerprint_kernel(const char *machine)
{
    const char *found = "";
    for (const char *at = machine; at && (at = strstr(at, separator)); at += 2) {
        if (strncmp(at + 2, "Linux ", 6) == 0)
            found = at + 2;
    }
    return found;
}

/* The length of the name before a frequency: that of "Xeon E5 @ 2.60GHz" without it. */
static size_t model_length(const char *part, size_t length)
{
    for (size_t i = 0; i + 3 < length; i++) {
        if (strncmp(part + i, " @ ", 3) == 0 && isdigit((unsigned char)part[i + 3]))
            return i;
    }
    return length;
}

static void add_part(struct text *text, const char *part, size_t length)
{
    double gibibytes;
    int read = 0;
    if (text->length)
        text_add(text, "%s", separator);
    if (sscanf(part, "%lf GiB%n", &gibibytes, &read) == 1 && (size_t)read == length)
        text_add(text, "%.0f GiB", gibibytes);
    else
        text_add(text, "%.*s", (int)model_length(part, length), part);
}

/* "CPython 3.11" of "CPython 3.11.2+dfsg". */
static size_t minor_length(const char *runtime)
{
    const char *version = strrchr(runtime, ' ');
    const char *dot = version ? strchr(version, '.') : NULL;
    if (!dot)
        return strlen(runtime);
    return (size_t)(dot + 1 - runtime) + strspn(dot + 1, "0123456789");
}

char *fingerprint_make(const char *machine, const char *runtime)
{
    struct text text = {0};
    const char *kernel = fingerprint_kernel(machine), *at = machine ? machine : "";
    while (*at && at != kernel) {
        const char *end = strstr(at, separator);
        size_t length = end ? (size_t)(end - at) : strlen(at);
        add_part(&text, at, length);
        at = end ? end + 2 : at + length;
    }
    if (runtime && *runtime) {
        if (text.length)
            text_add(&text, "%s", separator);
        text_add(&text, "%.*s", (int)minor_length(runtime), runtime);
    }
    text_add(&text, "%s", "");
    return text.text;
}
