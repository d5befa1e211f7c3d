/* Writing CSV: fields into a row, whole rows into a file. */
#include "records/csv.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "records/csv_append.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int fail(const struct csv *csv, int error, struct bench_error *err)
{
    return bench_error_set(err, -error, "%s: %s", csv->name, strerror(error));
}

bool csv_is_formula(const char *text, size_t length)
{
    while (length > 0 && *text == '\'') {
        text++;
        length--;
    }
    return length > 0 && *text != '\0' && strchr("=+-@\t\r\n", *text) != NULL;
}

/* Two CPUs, "1,0", would be a number to a spreadsheet with decimal commas, and quotes do not keep it
 * from that. */
static bool is_number_with_comma(const char *text)
{
    size_t whole = strspn(text, "0123456789");
    size_t part = text[whole] == ',' ? strspn(text + whole + 1, "0123456789") : 0;
    return whole > 0 && part > 0 && text[whole + 1 + part] == '\0';
}

static void row_add(struct csv *csv, const char *bytes, size_t size)
{
    if (csv->row_size + size > csv->row_capacity) {
        csv->row_capacity = 2 * (csv->row_size + size) + 1024;
        csv->row = mem_resize(csv->row, csv->row_capacity, 1);
    }
    memcpy(csv->row + csv->row_size, bytes, size);
    csv->row_size += size;
}

static char separator_of(const struct csv *csv)
{
    return csv->has_decimal_comma ? ';' : ',';
}

static void row_add_field(struct csv *csv, const char *bytes, size_t size)
{
    row_add(csv, bytes, size);
    row_add(csv, &(char){separator_of(csv)}, 1);
}

/* Quotes where RFC 4180 asks for them, and around control characters and outer blanks, which some
 * readers would trim. */
static bool text_needs_quotes(const char *text, size_t length, char separator)
{
    if (text[0] == ' ' || text[length - 1] == ' ')
        return true;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == separator || text[i] == '"' || (unsigned char)text[i] < ' ')
            return true;
    }
    return false;
}

void csv_text(struct csv *csv, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    bool is_quoted;

    if (length == 0) {
        row_add_field(csv, "", 0);
        return;
    }
    is_quoted = text_needs_quotes(text, length, separator_of(csv));
    if (is_quoted)
        row_add(csv, "\"", 1);
    if (csv_is_formula(text, length) || (csv->has_decimal_comma && is_number_with_comma(text)))
        row_add(csv, "'", 1);
    while (*text != '\0') {
        size_t size = utf8_length(text);

        if (size == 0)
            row_add(csv, UTF8_REPLACEMENT, strlen(UTF8_REPLACEMENT));
        else if (*text == '"')
            row_add(csv, "\"\"", 2);
        else if (csv->is_terminal && utf8_is_control(text))
            row_add(csv, "?", 1);
        else
            row_add(csv, text, size);
        text += size != 0 ? size : 1;
    }
    row_add_field(csv, "\"", is_quoted ? 1 : 0);
}

void csv_count(struct csv *csv, int64_t count)
{
    char digits[32] = "";

    if (count >= 0)
        snprintf(digits, sizeof(digits), "%" PRId64, count);
    row_add_field(csv, digits, strlen(digits));
}

/*
 * %.15g drops trailing zeros, and a decimal of up to 15 digits survives the way to a double and back
 * (DBL_DIG), so this is the shortest text for every number that has one of 15 digits or fewer.
 */
void csv_real(struct csv *csv, double real)
{
    char digits[32] = "";

    if (isfinite(real)) {
        locale_t users = uselocale(csv->c_locale);

        snprintf(digits, sizeof(digits), "%.15g", real + 0.0); /* no "-0" */
        uselocale(users);
    }
    char *point = csv->has_decimal_comma ? strchr(digits, '.') : NULL;
    if (point)
        *point = ',';
    row_add_field(csv, digits, strlen(digits));
}

static int wait_until_writable(const struct csv *csv)
{
    struct pollfd pollfd = {.fd = csv->fd, .events = POLLOUT};
    if (csv->wait)
        return csv->wait(csv->wait_context, csv->fd);
    return poll(&pollfd, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

/* Take back the `size` bytes just appended, if the file still ends in them. */
static void unwrite(int fd, size_t size)
{
    struct stat status;
    off_t end = lseek(fd, 0, SEEK_CUR);

    if (size > 0 && end >= (off_t)size && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size == end && ftruncate(fd, end - (off_t)size) == 0)
        lseek(fd, end - (off_t)size, SEEK_SET);
}

/* May writing to it take as long as somebody else likes? */
static bool is_of_a_reader(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && !S_ISREG(status.st_mode);
}

/*
 * One write to a file, unless it is cut short by a disk that is filling up. To a pipe or a terminal, in
 * pieces that it takes at once where it is writable, so that nobody who does not read holds us.
 */
static int write_whole(const struct csv *csv, struct bench_error *err)
{
    bool has_reader = csv->wait && is_of_a_reader(csv->fd);
    size_t written = 0;
    while (written < csv->row_size) {
        size_t left = csv->row_size - written;
        int rc = has_reader ? wait_until_writable(csv) : 0;
        ssize_t size = -1;
        if (rc == 0)
            size = write(csv->fd, csv->row + written, has_reader && left > PIPE_BUF ? PIPE_BUF : left);
        if (size < 0 && rc == 0)
            rc = -errno;
        if (rc == -EAGAIN)
            rc = wait_until_writable(csv);
        else if (rc == -EINTR && !has_reader)
            rc = 0;
        if (size >= 0)
            written += (size_t)size;
        else if (rc < 0) {
            unwrite(csv->fd, written);
            return fail(csv, -rc, err);
        }
    }
    return 0;
}

int csv_end_row(struct csv *csv, struct bench_error *err)
{
    row_add(csv, "\n", 1);
    if (csv->row_size >= 2 && csv->row[csv->row_size - 2] == separator_of(csv)) /* the last field's */
        csv->row[--csv->row_size - 1] = '\n';
    int rc = write_whole(csv, err);
    csv->row_size = 0;
    return rc;
}

static void write_column(struct csv *csv, const struct record *record, enum column column)
{
    if (column_type(column) == COLUMN_COUNT)
        csv_count(csv, record_count(record, column));
    else if (column_type(column) == COLUMN_REAL)
        csv_real(csv, record_real(record, column));
    else
        csv_text(csv, record_text(record, column));
}

int csv_write_record(struct csv *csv, const struct record *record, struct bench_error *err)
{
    for (enum column column = 0; column < COLUMNS; column++)
        write_column(csv, record, column);
    return csv_end_row(csv, err);
}

int csv_write_columns(struct csv *csv, const struct record *record, const enum column *columns,
                      struct bench_error *err)
{
    for (; *columns < COLUMNS; columns++)
        write_column(csv, record, *columns);
    return csv_end_row(csv, err);
}

static int write_header(struct csv *csv, const char *header, struct bench_error *err)
{
    row_add_field(csv, header, strlen(header));
    return csv_end_row(csv, err);
}

/* Where there are no locks, and where somebody holds one for long, it goes on without. */
static void lock_for_a_while(int fd)
{
    static const struct timespec pause = {.tv_nsec = 10000000};
    for (int i = 0; i < 200 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; i++)
        nanosleep(&pause, NULL);
}

/* Under a lock, so that two programs that begin the same file do not both write its header. */
static int begin_file(struct csv *csv, const char *path, const char *header, struct bench_error *err)
{
    struct stat status;
    int rc = 0;
    lock_for_a_while(csv->fd);
    if (fstat(csv->fd, &status) != 0) {
        rc = fail(csv, errno, err);
    } else if (!S_ISREG(status.st_mode) || status.st_size == 0) {
        rc = write_header(csv, header, err);
    } else {
        rc = csv_append_prepare(path, csv->fd, status.st_size, header, &csv->was_torn, err);
    }
    flock(csv->fd, LOCK_UN);
    return rc;
}

static int init(struct csv *csv, int fd, bool fd_is_owned, const char *name, struct bench_error *err)
{
    *csv = (struct csv){.fd = fd, .fd_is_owned = fd_is_owned, .is_terminal = isatty(fd), .name = name};
    csv->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return csv->c_locale != (locale_t)0 ? 0 : fail(csv, errno, err);
}

static int release(struct csv *csv)
{
    int error = csv->fd_is_owned && close(csv->fd) != 0 && errno != EINTR ? errno : 0;

    if (csv->c_locale != (locale_t)0)
        freelocale(csv->c_locale);
    free(csv->row);
    *csv = (struct csv){.fd = -1, .name = csv->name};
    return error;
}

int csv_open(struct csv *csv, const char *path, const char *header, struct bench_error *err)
{
    /* NONBLOCK: not to wait for somebody to read a FIFO. */
    static const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK;
    int fd = open(path, flags | O_EXCL, 0666);
    bool is_new = fd >= 0;
    int rc;

    if (fd < 0 && errno == EEXIST)
        fd = open(path, flags, 0666);
    if (fd < 0 && errno == ENXIO)
        return bench_error_set(err, -ENXIO, "%s: nobody reads from this pipe; start its reader first",
                               path);
    if (fd < 0)
        return bench_error_set(err, -errno, "%s: %s", path, strerror(errno));
    rc = init(csv, fd, true, path, err);
    if (rc == 0) {
        csv->is_new = is_new;
        rc = begin_file(csv, path, header, err);
    }
    if (rc < 0)
        csv_withdraw(csv);
    return rc;
}

void csv_withdraw(struct csv *csv)
{
    if (csv->is_new)
        unlink(csv->name);
    release(csv);
}

int csv_open_fd(struct csv *csv, int fd, const char *name, const char *header, struct bench_error *err)
{
    int rc = init(csv, fd, false, name, err);

    if (rc == 0 && header)
        rc = write_header(csv, header, err);
    if (rc < 0)
        release(csv);
    return rc;
}

int csv_close(struct csv *csv, struct bench_error *err)
{
    int error = release(csv);

    return error == 0 ? 0 : fail(csv, error, err);
}
