/*
 * libFuzzer target: whatever a results file holds, reading it ends in rows or in a message, and what was
 * read, written and read again is the same.
 *
 *     clang -fsanitize=fuzzer,address,undefined ... tests/fuzz_csv.c && ./a.out -max_total_time=60
 */
#include "records/csv.h"
#include "records/csv_read.h"

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

/* The rows of `fd`, written to a new file; -1 if there were none. */
static int rewrite(int fd)
{
    struct bench_error err = {0};
    struct csv_reader *reader;
    const struct record *record;
    struct csv csv;
    int to = -1, status;

    require(lseek(fd, 0, SEEK_SET) == 0);
    if (csv_read_open_fd(&reader, fd, "in", &err) != 0) {
        require(err.message[0] != '\0');
        return -1;
    }
    to = memfd_create("rewritten", 0);
    require(csv_open_fd(&csv, to, "out", record_header, &err) == 0);
    while ((status = csv_read_next(reader, &record, &err)) == 1)
        require(csv_write_record(&csv, record, &err) == 0);
    require(status == 0 || err.message[0] != '\0');
    csv_read_close(reader);
    require(csv_close(&csv, &err) == 0);
    return to;
}

static void require_same_content(int a, int b)
{
    char x[4096], y[4096];
    ssize_t size;

    require(lseek(a, 0, SEEK_SET) == 0 && lseek(b, 0, SEEK_SET) == 0);
    do {
        size = read(a, x, sizeof(x));
        require(size >= 0 && read(b, y, sizeof(y)) == size && memcmp(x, y, (size_t)size) == 0);
    } while (size > 0);
}

/* Inputs are rows; every other one with the header before them, which fuzzing would hardly find. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("input", 0), once, twice;

    if (size > 0 && data[0] != '!') {
        require(write(fd, record_header, strlen(record_header)) == (ssize_t)strlen(record_header));
        require(write(fd, "\n", 1) == 1);
    }
    require(write(fd, data, size) == (ssize_t)size);
    once = rewrite(fd);
    if (once >= 0) {
        twice = rewrite(once);
        require(twice >= 0);
        require_same_content(once, twice);
        close(twice);
        close(once);
    }
    close(fd);
    return 0;
}
