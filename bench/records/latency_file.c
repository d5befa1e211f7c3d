/* The file of --histograms, written and read. See latency_file.h. */
#include "records/latency_file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char key_latencies[] = "latency_counts";

/* By these a run is found among rows. */
static bool is_told(enum column column)
{
    switch (column) {
    case COLUMN_session:
    case COLUMN_machine:
    case COLUMN_label:
    case COLUMN_side:
    case COLUMN_block:
    case COLUMN_launch:
    case COLUMN_run:
        return true;
    default:
        return record_columns[column].role == ROLE_IDENTITY ||
               record_columns[column].role == ROLE_ALIKE || record_columns[column].role == ROLE_NAME;
    }
}

/* ---- writing ---- */

static json_t *encode_column(const struct record *record, enum column column)
{
    switch (column_type(column)) {
    case COLUMN_TEXT:
        return record_text(record, column) ? json_string(record_text(record, column)) : NULL;
    case COLUMN_COUNT:
        return record_count(record, column) >= 0 ? json_integer(record_count(record, column)) : NULL;
    case COLUMN_REAL:
        return isfinite(record_real(record, column)) ? json_real(record_real(record, column)) : NULL;
    default:
        return NULL;
    }
}

static char *encode(const struct record *record, const struct latencies *latencies)
{
    json_t *object = json_object();
    for (enum column column = 0; column < COLUMNS; column++) {
        json_t *value = is_told(column) ? encode_column(record, column) : NULL;
        if (value)
            json_object_set_new(object, column_name(column), value);
    }
    json_object_set_new(object, key_latencies, latencies_encode(latencies));
    char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(object);
    char *line = mem_format("%s\n", text ? text : "");
    free(text);
    return line;
}

void latency_file_add(struct latency_file *file, const struct record *record,
                      const struct latencies *latencies)
{
    file->untold += latencies->size == 0;
    if (!file->path || file->failure.code || latencies->size == 0)
        return;
    char *line = encode(record, latencies);
    size_t length = strlen(line);
    ssize_t put = write(file->fd, line, length);
    if (put < 0 || (size_t)put < length)
        bench_error_set(&file->failure, put < 0 ? -errno : -ENOSPC, "--histograms: writing %s: %s",
                        file->path, put < 0 ? strerror(errno) : "no space is left");
    free(line);
}

/* Where the last whole line ends, of a file that does not end with one. */
static off_t last_end(int fd, off_t size)
{
    char block[4096];
    while (size > 0) {
        size_t wanted = size < (off_t)sizeof block ? (size_t)size : sizeof block;
        ssize_t got = pread(fd, block, wanted, size - (off_t)wanted);
        const char *end = got > 0 ? memrchr(block, '\n', (size_t)got) : NULL;
        if (end)
            return size - (off_t)wanted + (end - block) + 1;
        if (got <= 0)
            return size;
        size -= got;
    }
    return 0;
}

/* May lines be appended? */
static int prepare(struct latency_file *file, struct bench_error *err)
{
    struct stat status;
    char first[3] = "", last = '\n';
    if (fstat(file->fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
        return 0;
    if (pread(file->fd, first, 2, 0) < 2 || strcmp(first, "{\"") != 0)
        return bench_error_set(
            err, -EINVAL,
            "--histograms: %s is not a file that bench --histograms has written; name "
            "another",
            file->path);
    if (pread(file->fd, &last, 1, status.st_size - 1) == 1 && last != '\n') {
        file->was_torn = true;
        if (ftruncate(file->fd, last_end(file->fd, status.st_size)) < 0)
            return bench_error_set(err, -errno, "--histograms: %s: %s", file->path, strerror(errno));
    }
    return 0;
}

int latency_file_open(struct latency_file *file, const char *path, struct bench_error *err)
{
    *file = (struct latency_file){.fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
    if (file->fd < 0 && errno == EACCES)
        file->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file->fd < 0)
        return bench_error_set(err, -errno, "--histograms: %s: %s", path, strerror(errno));
    file->path = mem_text(path);
    int rc = prepare(file, err);
    if (rc < 0)
        latency_file_close(file, &(struct bench_error){0});
    return rc;
}

int latency_file_close(struct latency_file *file, struct bench_error *err)
{
    int rc = 0;
    if (!file->path)
        return 0;
    if (close(file->fd) < 0 && !file->failure.code)
        bench_error_set(&file->failure, -errno, "--histograms: writing %s: %s", file->path,
                        strerror(errno));
    if (file->failure.code)
        rc = bench_error_set(err, file->failure.code, "%s", file->failure.message);
    free(file->path);
    file->path = NULL;
    return rc;
}

/* ---- reading ---- */

static void decode_column(struct record *record, enum column column, const json_t *value)
{
    if (column_type(column) == COLUMN_TEXT && json_is_string(value))
        record_set_text(record, column, json_string_value(value));
    else if (column_type(column) == COLUMN_COUNT && json_is_integer(value))
        record_set_count(record, column, json_integer_value(value));
    else if (column_type(column) == COLUMN_REAL && json_is_number(value))
        record_set_real(record, column, json_number_value(value));
}

static int decode(const char *line, size_t length, struct record *record, struct latencies *latencies,
                  struct bench_error *err)
{
    json_t *object = json_loadb(line, length, 0, NULL);
    int rc = latencies_decode(latencies, key_latencies, json_object_get(object, key_latencies), err);
    for (enum column column = 0; column < COLUMNS; column++) {
        if (is_told(column))
            decode_column(record, column, json_object_get(object, column_name(column)));
    }
    json_decref(object);
    return rc;
}

int latency_file_read(const char *path,
                      void (*take)(void *context, const struct record *record,
                                   const struct latencies *latencies),
                      void *context, bool *was_torn, struct bench_error *err)
{
    char *line = NULL;
    size_t size = 0, number = 0;
    ssize_t length;
    int rc = 0;
    FILE *in = mem_open(path);
    *was_torn = false;
    if (!in)
        return bench_error_set(err, -errno, "--histograms: %s: %s", path, strerror(errno));
    while (rc == 0 && (length = mem_line(&line, &size, in)) > 0) {
        struct record record;
        struct latencies latencies = {0};
        struct bench_error why = {0};
        number++;
        if (line[length - 1] != '\n') {
            *was_torn = true;
            break;
        }
        record_init(&record);
        if (decode(line, (size_t)length, &record, &latencies, &why) < 0)
            rc = bench_error_set(err, -EINVAL,
                                 "--histograms: %s, line %zu: not the latencies of a run; it must be a "
                                 "file that bench --histograms has written",
                                 path, number);
        else
            take(context, &record, &latencies);
        latencies_free(&latencies);
        record_free(&record);
    }
    if (rc == 0 && ferror(in))
        rc = bench_error_set(err, -EIO, "--histograms: reading %s: %s", path, strerror(errno));
    free(line);
    fclose(in);
    return rc;
}
