/* All the records of some results files. */
#include "records/record_list.h"

#include "base/memory.h"
#include "records/csv_read.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add_reader(struct record_list *list, const char *path, struct bench_error *err)
{
    struct csv_reader *reader;
    int rc = strcmp(path, "-") == 0 ? csv_read_open_fd(&reader, STDIN_FILENO, "stdin", err)
                                    : csv_read_open(&reader, path, err);
    if (rc < 0)
        return rc;
    list->readers = mem_resize(list->readers, list->readers_size + 1, sizeof *list->readers);
    list->readers[list->readers_size++] = reader;
    return 0;
}

int record_list_read(struct record_list *list, const char *path, struct bench_error *err)
{
    const struct record *record;
    int status = add_reader(list, path, err);
    if (status < 0)
        return status;
    while ((status = csv_read_next(list->readers[list->readers_size - 1], &record, err)) == 1) {
        list->records = mem_grow(list->records, list->size, &list->capacity, sizeof *list->records);
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
