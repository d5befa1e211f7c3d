/*
 * libFuzzer target: whatever two results files hold, comparing them ends in a message, or in verdicts
 * that follow from what they say of themselves and in formats that their readers read.
 */
#include "cli/commands.h"
#include "cli/comparison_output.h"
#include "report/formats.h"
#include "results/judge.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

/* A file of these rows behind a header, as a path. */
static int file_of(const uint8_t *data, size_t size, char *path, size_t room)
{
    int fd = memfd_create("input", 0);

    require(write(fd, record_header, strlen(record_header)) == (ssize_t)strlen(record_header));
    require(write(fd, "\n", 1) == 1);
    require(write(fd, data, size) == (ssize_t)size);
    snprintf(path, room, "/proc/self/fd/%d", fd);
    return fd;
}

static void check_verdicts(const struct comparison *comparison)
{
    size_t count = 0;

    for (size_t i = 0; i < comparison->size; i++) {
        const struct compared_case *one = &comparison->cases[i];

        if (one->verdict == VERDICT_FAILED) {
            require(one->why != NULL && isnan(one->ratio));
            continue;
        }
        require(one->old_value > 0 && one->new_value > 0 && one->old_runs > 0 && one->new_runs > 0);
        require(one->verdict == verdict_of(&one->interval, comparison->threshold, comparison->metric));
        require((one->verdict == VERDICT_INCONCLUSIVE) == (one->why != NULL));
        require(interval_known(one->interval) == !isnan(one->p));
    }
    for (int verdict = 0; verdict < VERDICTS; verdict++)
        count += comparison_count(comparison, (enum verdict)verdict);
    require(count == comparison->size);
    if (comparison_exit_status(comparison, true) == EXIT_OK)
        require(comparison->size == comparison_count(comparison, VERDICT_SAME) +
                                        comparison_count(comparison, VERDICT_BETTER));
}

/* No control characters but line ends, whatever the files hold, and JSON that is JSON. */
static void check_formats(const struct comparison *comparison)
{
    static const char *const names[] = {"table", "markdown", "json", "junit", "github"};

    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const struct format *format = format_find(names[n], FORMAT_OF_COMPARISON, NULL);
        struct bench_error err = {0};
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        require(format->comparison(&(struct page){.out = out, .width = 80}, comparison, &err) == 0);
        require(fclose(out) == 0 && size > 0);
        for (size_t i = 0; i < size; i++)
            require((unsigned char)text[i] >= ' ' || text[i] == '\n');
        if (strcmp(names[n], "json") == 0) {
            json_t *object = json_loads(text, 0, NULL);

            require(json_array_size(json_object_get(object, "cases")) == comparison->size);
            json_decref(object);
        }
        free(text);
    }
}

static void compare(const struct metric *metric, const struct side *old, const struct side *new)
{
    struct comparison comparison = {.metric = metric,
                                    .old_name = old->name,
                                    .new_name = new->name,
                                    .threshold = 0.02,
                                    .confidence = 0.95};

    comparison_make(&comparison, old, new);
    check_verdicts(&comparison);
    check_formats(&comparison);
    comparison_free(&comparison);
}

/* The first byte chooses the metric; a line of "!" stands between the two files' rows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct metric *metric = &metrics[size > 0 ? data[0] % metrics_size : 0];
    const uint8_t *rows = data + (size > 0), *end = data + size;
    const uint8_t *middle = memmem(rows, (size_t)(end - rows), "!\n", 2);
    size_t old_size = (size_t)((middle != NULL ? middle : end) - rows);
    const uint8_t *rest = middle != NULL ? middle + 2 : rows; /* one alone is compared with itself */
    struct side old, new = {0};
    struct bench_error err = {0};
    char old_path[64], new_path[64];
    int old_fd = file_of(rows, old_size, old_path, sizeof old_path);
    int new_fd = file_of(rest, (size_t)(end - rest), new_path, sizeof new_path);

    if (side_read(&old, old_path, metric, &err) == 0 && side_read(&new, new_path, metric, &err) == 0) {
        sides_check(&old, &new, false, &err);
        compare(metric, &old, &new);
    } else {
        require(err.message[0] != '\0');
    }
    side_free(&old);
    side_free(&new);
    close(old_fd);
    close(new_fd);
    return 0;
}
