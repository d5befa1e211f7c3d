/* The words of levers. */
#include "base/lever.h"

#include "base/memory.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *const wait_words[WAIT_KINDS] = {"sleep", "read", "write", "sync", "poll", "lock", "other"};

/* A lever is the first row of its kind and share. */
static const struct lever_word {
    const char *text; /* all of it, or what stands before a share */
    enum lever_kind kind;
    bool has_share;
    double share;
} words[] = {
    {"", LEVER_NONE, false, 0},
    {"off", LEVER_OFF, false, 0},
    {"cpu=", LEVER_CPU, true, 0},
    {"wait=", LEVER_WAIT, true, 0},
    {"lock=", LEVER_LOCK, true, 0},
    {"cache=on", LEVER_CACHE, false, 1},
    {"cache=off", LEVER_CACHE, false, 0},
    {"memory=on", LEVER_MEMORY, false, 1},
    {"memory=off", LEVER_MEMORY, false, 0},
};

/* Parses "50%". */
static bool parse_share(const char *text, double *share)
{
    char *end;
    double percent = strtod(text, &end);
    *share = percent / 100;
    return end != text && strcmp(end, "%") == 0 && isfinite(percent) && percent >= 0 && percent <= 1000;
}

int lever_parse(struct lever *lever, const char *text, struct bench_error *err)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct lever_word *word = &words[i];
        size_t length = strlen(word->text);
        *lever = (struct lever){word->kind, word->share};
        if (word->has_share
                ? strncmp(text, word->text, length) == 0 && parse_share(text + length, &lever->share)
                : strcmp(text, word->text) == 0)
            return 0;
    }
    return bench_error_set(err, -EINVAL,
                           "'%s' must be cpu=X%%, wait=X%% or lock=X%%, with X from 0 to 1000, or "
                           "cache=on, cache=off, memory=on, memory=off or off",
                           text);
}

char *lever_text(const struct lever *lever)
{
    size_t i = 0;
    while (words[i].kind != lever->kind || (!words[i].has_share && words[i].share != lever->share))
        i++;
    return words[i].has_share ? mem_format("%s%g%%", words[i].text, lever->share * 100)
                              : mem_text(words[i].text);
}
