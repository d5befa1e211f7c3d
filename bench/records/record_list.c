/* All the records of some results files. */
#include "records/record_list.h"

#include "records/csv_read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add_reader(struct record_list *list, const char *path, struct bench_error *err)
{
    struct csv_reader **readers, *reader;
    int failed;

    readers = reallocarray(list->readers, list->readers_size + 1, sizeof(*readers));
    if (readers == NULL)
        return bench_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
    list->readers = readers;
    failed = strcmp(path, "-") == 0 ? csv_read_open_fd(&reader, STDIN_FILENO, "stdin", err)
                                    : csv_read_open(&reader, path, err);
    if (!failed)
        readers[list->readers_size++] = reader;
    return failed;
}

static bool grow(struct record_list *list)
{
    size_t capacity = list->capacity > 0 ? 2 * list->capacity : 1024;
    struct record *records = reallocarray(list->records, capacity, sizeof(*records));

    if (records == NULL)
        return false;
    list->records = records;
    list->capacity = capacity;
    return true;
}

int record_list_read(struct record_list *list, const char *path, struct bench_error *err)
{
    const struct record *record;
    int status = add_reader(list, path, err);

    if (status != 0)
        return status;
    while ((status = csv_read_next(list->readers[list->readers_size - 1], &record, err)) == 1) {
        if (list->size == list->capacity && !grow(list))
            return bench_error_set(err, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
        list->records[list->size++] = *record;
    }
    return status;
}

void record_list_free(struct record_list *list)
{
    for (size_t i = 0; i < list->readers_size; i++)
        csv_read_close(list->readers[i]);
    free(list->readers);
    free(list->records);
    *list = (struct record_list){0};
}
