#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

void progress_init(struct progress *progress, const struct case_naming *naming, size_t launches,
                   bool quiet)
{
    *progress = (struct progress){.shown = !quiet && isatty(STDERR_FILENO),
                                  .launches = launches,
                                  .naming = naming,
                                  .began_ns = bench_now()};
}

/* Time left, were the rest like what is done; "" while that is a guess. */
static void format_left(const struct progress *progress, uint64_t run, uint64_t runs, char *text,
                        size_t room)
{
    double part =
        ((double)progress->done + (double)run / (double)(runs ? runs : 1)) / (double)progress->launches;
    double elapsed_s = (double)(bench_now() - progress->began_ns) * 1e-9;
    text[0] = '\0';
    if (part <= 0 || elapsed_s < 0.5)
        return;
    unsigned left_s = (unsigned)(elapsed_s / part - elapsed_s + 0.5);
    if (left_s < 100)
        snprintf(text, room, ", %u s left", left_s);
    else
        snprintf(text, room, ", %u:%02u min left", left_s / 60, left_s % 60);
}

void progress_tell(const struct progress *progress, const char *text)
{
    if (!progress->shown)
        return;
    char line[256];
    struct winsize window = {0};
    ioctl(STDERR_FILENO, TIOCGWINSZ, &window);
    char *name = plan_name(progress->now, progress->naming);
    int length = snprintf(line, sizeof line, "[%zu/%zu] %s: %s", progress->done + 1, progress->launches,
                          name, text);
    int room = window.ws_col > 1 ? window.ws_col - 1 : 79;
    fprintf(stderr, "\r%.*s\033[K", length < room ? length : room, line);
    fflush(stderr);
    free(name);
}

void progress_draw(const struct progress *progress, uint64_t run, uint64_t runs)
{
    char text[128], left[48];
    format_left(progress, run, runs, left, sizeof left);
    snprintf(text, sizeof text, "run %" PRIu64 " of %" PRIu64 "%s", run + 1, runs, left);
    progress_tell(progress, text);
}

void progress_clear(const struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
}
