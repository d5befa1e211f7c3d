/* A results file to which rows are appended: is it one, with these columns, and does it end in a row? */
#include "records/csv_append.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct csv_file {
    const char *path;
    int fd, readable; /* open for appending, and for reading */
};

static int fail(const struct csv_file *file, int error, struct bench_error *err)
{
    return bench_error_set(err, -error, "%s: %s", file->path, strerror(error));
}

/* At most 40 bytes, without what would upset a terminal: the file may be anything. */
static const char *name_for_message(const char *name, size_t length, char text[41])
{
    size_t i = 0;

    for (; i < length && i < 40; i++)
        text[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    text[i] = '\0';
    return text;
}

/* Is `line`, a file's first, `header`? If not, the message says which column differs, and `advice`. */
static int check_header(const char *name, const char *line, const char *header, const char *advice,
                        struct bench_error *err)
{
    char is[41], should_be[41];

    for (int column = 1;; column++) {
        size_t has = strcspn(line, ","), wants = strcspn(header, ",");

        name_for_message(line, has, is);
        name_for_message(header, wants, should_be);
        if (has != wants || memcmp(line, header, has) != 0)
            return bench_error_set(err, -EINVAL,
                                   "%s: different columns: column %d is '%s', not '%s'; %s", name,
                                   column, is, should_be, advice);
        if (line[has] == '\0' && header[wants] == '\0')
            return 0;
        if (line[has] == '\0' || header[wants] == '\0') /* one list is the beginning of the other */
            return bench_error_set(err, -EINVAL, "%s: different columns: %s after column %d, '%s'; %s",
                                   name, line[has] == '\0' ? "none" : "more", column, is, advice);
        line += has + 1;
        header += wants + 1;
    }
}

/* Where the last line begins that no line end follows, and whether it has all `columns`. */
static int find_last_line(int fd, uint64_t columns, off_t *begin, bool *is_whole)
{
    char block[65536];
    bool in_quotes = false;
    uint64_t commas = 0;
    off_t at = 0;
    ssize_t size;
    *begin = 0;
    while ((size = pread(fd, block, sizeof block, at)) > 0) {
        for (ssize_t i = 0; i < size; i++) {
            in_quotes ^= block[i] == '"';
            commas += block[i] == ',' && !in_quotes;
            if (block[i] == '\n' && !in_quotes) {
                *begin = at + i + 1;
                commas = 0;
            }
        }
        at += size;
    }
    *is_whole = !in_quotes && commas + 1 == columns;
    return size < 0 ? -errno : 0;
}

/* A power failure or a kill may have left a part of a row; an editor, a whole one without its end. */
static int mend_last_line(const struct csv_file *file, const char *header, bool *was_torn,
                          struct bench_error *err)
{
    uint64_t columns = 1;
    bool is_whole;
    off_t begin;
    for (const char *c = header; *c; c++)
        columns += *c == ',';
    int rc = find_last_line(file->readable, columns, &begin, &is_whole);
    if (rc == 0 && is_whole)
        rc = write(file->fd, "\n", 1) == 1 ? 0 : -errno;
    else if (rc == 0) {
        rc = ftruncate(file->fd, begin) == 0 ? 0 : -errno;
        *was_torn = rc == 0;
    }
    return rc < 0 ? fail(file, -rc, err) : 0;
}

static int check(const struct csv_file *file, off_t size_bytes, const char *header, bool *was_torn,
                 struct bench_error *err)
{
    size_t capacity = strlen(header) + 256;
    char *text = mem_alloc(capacity + 1), *line = text, last = '\n';
    ssize_t size = pread(file->readable, text, capacity, 0);
    if (size < 0 || pread(file->readable, &last, 1, size_bytes - 1) != 1) {
        free(text);
        return fail(file, errno, err);
    }
    text[size] = '\0';
    if (strncmp(line, "\xEF\xBB\xBF", 3) == 0)
        line += 3;
    line[strcspn(line, "\r\n")] = '\0';
    int rc = check_header(file->path, line, header,
                          strncmp(line, "schema,session,", 15) == 0
                              ? "write to another file, or convert this one (bench report OLD.csv "
                                "--format rows -o NEW.csv)"
                              : "write to another file",
                          err);
    free(text);
    return rc == 0 && last != '\n' ? mend_last_line(file, header, was_torn, err) : rc;
}

int csv_append_prepare(const char *path, int fd, off_t size_bytes, const char *header, bool *was_torn,
                       struct bench_error *err)
{
    const struct csv_file file = {path, fd, open(path, O_RDONLY | O_CLOEXEC)};
    if (file.readable < 0)
        return bench_error_set(err, -errno, "%s: cannot read its header: %s", path, strerror(errno));
    int rc = check(&file, size_bytes, header, was_torn, err);
    close(file.readable);
    return rc;
}
