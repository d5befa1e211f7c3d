/* Lists of columns, as --columns has them. */
#include "records/column_list.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum column *column_list_parse(const char *list, struct bench_error *err)
{
    size_t size = 0, capacity = 0;
    enum column *columns = NULL;
    char **names = text_split(list ? list : "all");
    bool is_good = true;
    for (size_t i = 0; is_good && names[i]; i++) {
        bool is_all = strcmp(names[i], "all") == 0;
        enum column first = is_all ? 0 : column_find(names[i]);
        is_good = first < COLUMNS;
        for (enum column column = first; column < (is_all ? COLUMNS : first + is_good); column++) {
            columns = mem_grow(columns, size, &capacity, sizeof *columns);
            columns[size++] = column;
        }
        if (!is_good)
            bench_error_set(
                err, -EINVAL,
                "'%s' is not a column of the CSV; columns are named as in its header, or all", names[i]);
    }
    free(names);
    columns = mem_grow(columns, size, &capacity, sizeof *columns);
    columns[size] = COLUMNS;
    if (is_good)
        return columns;
    free(columns);
    return NULL;
}

char *column_list_header(const enum column *columns)
{
    struct text header = {0};
    for (; *columns < COLUMNS; columns++)
        text_add(&header, "%s%s", header.length ? "," : "", column_name(*columns));
    return header.text ? header.text : mem_text("");
}
