/* The CSV, written and read back: what a user's results file can rely on. */
#include "records/csv.h"
#include "records/csv_read.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/bench-test-csv-XXXXXX";

static int make_file(void **state)
{
    int fd;

    (void)state;
    strcpy(path + sizeof(path) - 7, "XXXXXX");
    fd = mkstemp(path);
    return fd >= 0 ? close(fd) : -1;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void put_file(const char *content, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The caller frees it. */
static char *get_file(void)
{
    FILE *file = fopen(path, "r");
    char *content = calloc(1, 1 << 16);

    assert_non_null(file);
    assert_true(fread(content, 1, (1 << 16) - 1, file) > 0);
    fclose(file);
    return content;
}

static int open_error(const char *at, struct bench_error *err)
{
    struct csv csv;
    int failed = csv_open(&csv, at, record_header, err);

    if (!failed)
        csv_close(&csv, NULL);
    return failed;
}

static void write_records(const struct record *records, size_t n)
{
    struct csv csv;

    assert_int_equal(csv_open(&csv, path, record_header, NULL), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(csv_write_record(&csv, &records[i], NULL), 0);
    assert_int_equal(csv_close(&csv, NULL), 0);
}

static void write_label(const char *label)
{
    struct record record;

    record_init(&record);
    record_set_text(&record, COLUMN_label, label);
    write_records(&record, 1);
    record_free(&record);
}

/* The label of the one record in the file, as read. */
static void assert_label_read_is(const char *expected)
{
    struct csv_reader *reader;
    const struct record *record;

    assert_int_equal(csv_read_open(&reader, path, NULL), 0);
    assert_int_equal(csv_read_next(reader, &record, NULL), 1);
    assert_string_equal(record->label, expected);
    assert_int_equal(csv_read_next(reader, &record, NULL), 0);
    csv_read_close(reader);
}

/* Reading the file to its end must fail with exactly this message behind "FILE:". */
static void assert_read_fails(const char *expected)
{
    struct bench_error err = {0};
    struct csv_reader *reader;
    const struct record *record;
    int status = csv_read_open(&reader, path, &err);

    while (status == 0 && (status = csv_read_next(reader, &record, &err)) == 1)
        status = 0;
    csv_read_close(reader);
    assert_int_equal(status, -EINVAL);
    assert_memory_equal(err.message, path, strlen(path));
    assert_string_equal(err.message + strlen(path), expected);
}

/* A file of the header and these rows; in a row, {NAME} stands for the commas up to that column, ~ for
 * all from there on. */
static void put_rows(const char *rows)
{
    char content[8192], name[64];
    size_t size = (size_t)snprintf(content, sizeof(content), "%s\n", record_header);
    int commas = 0, quotes = 0;

    for (; *rows != '\0'; rows++) {
        if (*rows == '~') {
            while (commas < COLUMNS - 1) {
                content[size++] = ',';
                commas++;
            }
            continue;
        }
        if (*rows == '{') {
            assert_int_equal(sscanf(rows, "{%63[a-z_0-9]}", name), 1);
            for (; commas < (int)column_find(name); commas++)
                content[size++] = ',';
            rows += strlen(name) + 1;
            continue;
        }
        quotes += *rows == '"';
        commas = *rows == '\n' && quotes % 2 == 0 ? 0 : commas + (*rows == ',');
        content[size++] = *rows;
    }
    put_file(content, size);
}

static void header_is_schema_2(void **state)
{
    char *content;

    (void)state;
    write_records(NULL, 0);
    content = get_file();
    assert_string_equal(
        content,
        "schema,session,time_utc,host,machine,runtime,label,command,launcher,workload,params,executor,"
        "executor_params,workers,inflight,pin,places,schedule,grain,rate_per_s,arrivals,lever,seed,side,"
        "block,launch,run,passes,phase,clock,status,error,notes,tasks,failed_tasks,work,work_unit,"
        "startup_s,wall_s,cpu_s,user_s,sys_s,steal_s,run_delay_s,block_delay_s,waits,pressure_cpu_s,"
        "pressure_io_s,pressure_memory_s,work_per_s,latency_p50_s,latency_p90_s,latency_p99_s,"
        "latency_p999_s,latency_max_s,service_p50_s,service_p99_s,imbalance,ctx_voluntary,"
        "ctx_involuntary,migrations,faults_minor,faults_major,read_bytes,written_bytes,cycles,"
        "instructions,cache_misses,branch_misses,counters,peak_rss_bytes,pss_bytes,cpus,hosts\n");
    free(content);
}

static void unknown_is_empty_and_numbers_are_plain(void **state)
{
    struct record record;
    char *content;

    (void)state;
    record_init(&record);
    record.workers = 2;
    record.work = 0.1;
    record.wall_s = 1.0 / 3;
    record.user_s = 1e-9;
    record.sys_s = 0;
    record.steal_s = INFINITY;
    write_records(&record, 1);
    content = get_file();
    assert_string_equal(
        content + strlen(record_header) + 1,
        "2,,,,,,,,,,,,,2,,,,,,,,,,,,,,,,,,,,,,0.1,,,0.333333333333333,,1e-09,0,,,,,,,,,,,"
        ",,,,,,,,,,,,,,,,,,,,,\n");
    free(content);
}

static void text_survives_the_round_trip(void **state)
{
    static const char *const texts[] = {"plain",
                                        "a,b",
                                        "say \"hi\"",
                                        "\"",
                                        "two\nlines",
                                        "two\r\nlines",
                                        " blank ",
                                        "=1+1",
                                        "+1",
                                        "-1",
                                        "@x",
                                        "\t=1",
                                        "\r=1",
                                        "'=1",
                                        "''-1",
                                        "'quoted",
                                        "it's",
                                        "'",
                                        "\n",
                                        ",",
                                        "\x1B[31m\x7F",
                                        "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\xA2",
                                        "=HYPERLINK(\"http://x\",\"y\")"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        put_file("", 0);
        write_label(texts[i]);
        assert_label_read_is(texts[i]);
    }
}

static void text_of_the_row_above_is_not_mistaken(void **state)
{
    /* Each begins as the one before it stands in the file or in memory, and is another. */
    static const char *const labels[] = {"a,b", "a",  "a,b", "''=1", "'=1", "=1",
                                         "a",   "ab", "a",   NULL,   "a"};
    enum { N = sizeof(labels) / sizeof(labels[0]) };
    struct record records[N];
    struct csv_reader *reader;
    const struct record *record;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        record_init(&records[i]);
        record_set_text(&records[i], COLUMN_label, labels[i]);
    }
    write_records(records, N);
    assert_int_equal(csv_read_open(&reader, path, NULL), 0);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(csv_read_next(reader, &record, NULL), 1);
        if (labels[i] == NULL)
            assert_null(record->label);
        else
            assert_string_equal(record->label, labels[i]);
        record_free(&records[i]);
    }
    csv_read_close(reader);
}

static void numbers_survive_the_round_trip(void **state)
{
    static const double reals[] = {0,
                                   0.1,
                                   1e-9,
                                   123456.789012345,
                                   2147483648.0,
                                   1e300,
                                   4.94065e-324,
                                   -1.5e-7,
                                   1e22,
                                   999999999999999,
                                   0.3};
    struct csv_reader *reader;
    const struct record *row;
    struct record record;

    (void)state;
    record_init(&record);
    for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
        put_file("", 0);
        record.wall_s = reals[i];
        record.tasks = INT64_MAX;
        write_records(&record, 1);
        assert_int_equal(csv_read_open(&reader, path, NULL), 0);
        assert_int_equal(csv_read_next(reader, &row, NULL), 1);
        assert_true(row->wall_s == reals[i]);
        assert_true(row->tasks == INT64_MAX);
        csv_read_close(reader);
    }
}

static void formula_is_neutralised(void **state)
{
    char *content;

    (void)state;
    write_label("=1+1");
    content = get_file();
    assert_non_null(strstr(content, ",'=1+1,"));
    free(content);
}

static void what_is_not_utf8_is_replaced(void **state)
{
    (void)state;
    write_label("M\xE4rz \xED\xA0\x80");
    assert_label_read_is("M\xEF\xBF\xBDrz \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void second_opening_appends_without_a_header(void **state)
{
    struct record record;
    char *content;

    (void)state;
    record_init(&record);
    write_records(&record, 1);
    write_records(&record, 1);
    content = get_file();
    assert_null(strstr(content + 1, "schema"));
    free(content);
}

static void assert_refused(const char *content, const char *expected)
{
    struct bench_error err = {0};
    char *after;

    put_file(content, strlen(content));
    assert_int_equal(open_error(path, &err), -EINVAL);
    assert_string_equal(err.message + strlen(path), expected);
    after = get_file();
    assert_string_equal(after, content);
    free(after);
}

static void file_of_other_columns_is_refused_untouched(void **state)
{
    (void)state;
    assert_refused("schema,session,when\n1,2,3\n",
                   ": different columns: column 3 is 'when', not 'time_utc'; write to another file, or "
                   "convert this one (bench report OLD.csv --format rows -o NEW.csv)");
    assert_refused("schema,label\n",
                   ": different columns: column 2 is 'label', not 'session'; write to another file");
    assert_refused("\x1B[2J\n",
                   ": different columns: column 1 is '?[2J', not 'schema'; write to another file");
}

static void torn_last_line_is_removed_where_rows_are_appended(void **state)
{
    static const char *const torn[] = {"2,s,20", "2,\"s\n,,\nx", "2,\"s\"\"", "2{wall_s}0.5", "2"};
    (void)state;
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        char rows[64];
        struct csv csv;
        snprintf(rows, sizeof rows, "2,\"a\nb\"~\n%s", torn[i]);
        put_rows("2,\"a\nb\"~\n");
        char *whole = get_file();
        put_rows(rows);
        assert_int_equal(csv_open(&csv, path, record_header, NULL), 0);
        assert_true(csv.was_torn);
        assert_int_equal(csv_close(&csv, NULL), 0);
        char *content = get_file();
        assert_string_equal(content, whole);
        free(content);
        free(whole);
    }
}

static void whole_last_line_gets_its_line_end(void **state)
{
    struct csv csv;
    (void)state;
    put_rows("2,a~\n2,\"b\nc\"~");
    assert_int_equal(csv_open(&csv, path, record_header, NULL), 0);
    assert_false(csv.was_torn);
    assert_int_equal(csv_close(&csv, NULL), 0);
    char *content = get_file();
    assert_int_equal(content[strlen(content) - 1], '\n');
    free(content);
}

static void file_saved_by_a_spreadsheet_can_be_continued(void **state)
{
    char content[4096];

    (void)state;
    snprintf(content, sizeof(content), "\xEF\xBB\xBF%s\r\n", record_header);
    put_file(content, strlen(content));
    write_label("more");
    assert_label_read_is("more");
}

static void full_disk_is_reported(void **state)
{
    struct bench_error err = {0};

    (void)state;
    assert_int_equal(open_error("/dev/full", &err), -ENOSPC);
    assert_string_equal(err.message, "/dev/full: No space left on device");
}

static void missing_folder_is_reported(void **state)
{
    struct bench_error err = {0};

    (void)state;
    assert_int_equal(open_error("/nowhere/r.csv", &err), -ENOENT);
    assert_string_equal(err.message, "/nowhere/r.csv: No such file or directory");
}

static void row_that_does_not_fit_is_taken_back_whole(void **state)
{
    struct rlimit old, limit;
    struct record record;
    struct stat before, after;
    struct csv csv;

    (void)state;
    record_init(&record);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(csv_open(&csv, path, record_header, NULL), 0);
    assert_int_equal(stat(path, &before), 0);
    limit = (struct rlimit){.rlim_cur = (rlim_t)before.st_size + 10, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(csv_write_record(&csv, &record, NULL), -EFBIG);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_size, before.st_size);
    assert_int_equal(csv_close(&csv, NULL), 0);
}

static void reader_takes_what_other_programs_write(void **state)
{
    char content[8192];
    int size =
        snprintf(content, sizeof(content), "\xEF\xBB\xBF\"schema\"%s\r\n\r\n2", record_header + 6);

    (void)state;
    for (int i = 1; i < COLUMNS - 1; i++) /* workers and wall_s in pandas' and R's ways */
        size += sprintf(content + size, ",%s",
                        i == COLUMN_workers  ? "2.0"
                        : i == COLUMN_wall_s ? "\"2.5E-01\""
                        : i == COLUMN_label  ? "\"x\""
                                             : "");
    size += sprintf(content + size, ",0 1"); /* and no line end */
    put_file(content, (size_t)size);
    assert_label_read_is("x");
}

static void reader_says_where_and_what(void **state)
{
    (void)state;
    put_rows("2~\n2{workers}x~\n");
    assert_read_fails(":3:15: workers: 'x' is not a whole number from 0");
    put_rows("2{workers}-2~\n");
    assert_read_fails(":2:15: workers: '-2' is not a whole number from 0");
    put_rows("2{label}\"a\nb\"{wall_s}1s~\n");
    assert_read_fails(":3:35: wall_s: '1s' is not a number");
    put_rows("2{wall_s}nan~\n");
    assert_read_fails(":2:40: wall_s: 'nan' is not a number");
    put_rows("2{wall_s}\"0,5\"~\n");
    assert_read_fails(":2:40: wall_s: '0,5' is not a number, which has a point, not a comma");
    put_rows("2{phase}measured~\n");
    assert_read_fails(":2:30: phase: 'measured' is not verify, warmup or measure");
    put_rows("2{status}OK~\n");
    assert_read_fails(":2:32: status: 'OK' is not ok, failed, crashed, timeout or unsupported");
    put_rows("2,a\"b~\n");
    assert_read_fails(":2:4: session: a quote inside an unquoted field");
    put_rows("2,\"a\"b~\n");
    assert_read_fails(":2:6: session: text after the closing quote");
    put_rows("2,\"a~\n");
    assert_read_fails(":2:3: session: this quote is not closed");
    put_rows("2,a\rb~\n");
    assert_read_fails(":2:4: session: a carriage return that does not end a line");
    put_rows("2,a,b\n2~\n");
    assert_read_fails(":2:6: the row ends after 3 of 74 columns");
    put_rows("2~,\n");
    assert_read_fails(":2:75: more than 74 columns; numbers have a point, not a comma");
    put_rows("3~\n");
    assert_read_fails(":2:1: schema: must be 1 or 2");
}

static void torn_last_line_is_left_out_with_a_note(void **state)
{
    static const char *const torn[] = {"2,s,20", "2,\"s", "2{wall_s}1.5e", "2{phase}meas"};
    struct csv_reader *reader;
    const struct record *row;
    (void)state;
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        char rows[64], note[256];
        snprintf(rows, sizeof rows, "2,one~\n%s", torn[i]);
        put_rows(rows);
        assert_int_equal(csv_read_open(&reader, path, NULL), 0);
        assert_int_equal(csv_read_next(reader, &row, NULL), 1);
        assert_null(csv_read_note(reader));
        assert_int_equal(csv_read_next(reader, &row, NULL), 0);
        snprintf(note, sizeof note, "%s: its last line is cut off and was ignored", path);
        assert_memory_equal(csv_read_note(reader), note, strlen(note));
        csv_read_close(reader);
    }
}

static void columns_may_stand_in_any_order_be_more_or_fewer(void **state)
{
    static const char file[] = "wall_s,colour,schema,phase,status,executor,workload\n"
                               "0.5,\"red, \"\"dark\"\"\",2,measure,ok,omp,spin\n"
                               "0.25,,2,verify,ok,omp,spin\n";
    struct csv_reader *reader;
    const struct record *row;
    (void)state;
    put_file(file, strlen(file));
    assert_int_equal(csv_read_open(&reader, path, NULL), 0);
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    assert_true(row->wall_s == 0.5 && row->phase == PHASE_MEASURE && row->status == STATUS_OK);
    assert_string_equal(row->workload, "spin");
    assert_true(row->workers == RECORD_NO_COUNT && row->label == NULL && isnan(row->user_s));
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    assert_true(row->wall_s == 0.25);
    assert_int_equal(csv_read_next(reader, &row, NULL), 0);
    csv_read_close(reader);
}

static void row_of_schema_1_comes_as_schema_2(void **state)
{
    static const char file[] = "schema,workload,params,executor,pin,phase,status,wall_s,user_s,sys_s\n"
                               "1,spin,work=1us rate=700 unit='a b' omp.wait=active "
                               "omp.chunk=2,omp,close threads,measure,ok,1,2,0.5\n"
                               "1,blur,rate=7,pthread,close,measure,ok,1,2,0.5\n"
                               "1,blur,,pthread,0-3,measure,ok,1,2,0.5\n";
    struct csv_reader *reader;
    const struct record *row;
    (void)state;
    put_file(file, strlen(file));
    assert_int_equal(csv_read_open(&reader, path, NULL), 0);
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    assert_int_equal(row->schema, 2);
    assert_string_equal(row->params, "work=1us steps_per_us=700 unit='a b'");
    assert_string_equal(row->executor_params, "wait=active chunk=2");
    assert_string_equal(row->pin, "close");
    assert_string_equal(row->places, "threads");
    assert_string_equal(row->clock, "release");
    assert_true(row->cpu_s == 2.5);
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    assert_string_equal(row->params, "rate=7");
    assert_null(row->executor_params);
    assert_string_equal(row->places, "cores");
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    assert_null(row->params);
    assert_string_equal(row->pin, "0-3");
    assert_null(row->places);
    csv_read_close(reader);
}

static void reader_refuses_a_nul_byte(void **state)
{
    char content[4096];
    int size = snprintf(content, sizeof(content), "%s\n2,a%cb,\n", record_header, '\0');

    (void)state;
    put_file(content, (size_t)size);
    assert_read_fails(":2:4: session: a NUL byte");
}

static void reader_refuses_other_files(void **state)
{
    (void)state;
    put_file("", 0);
    assert_read_fails(": empty; a results file begins with a line of column names");
    put_file("a;b\n1;2\n", 8);
    assert_read_fails(":1: columns are separated by ';'; save it with commas");
    put_file("name,size\n", 10);
    assert_read_fails(":1: not a file of runs (bench -o FILE): it has no column 'schema'");
    put_file("schema,workload,executor,status,phase,median_s\n", 47);
    assert_read_fails(":1: not a file of runs (bench -o FILE): it has no column 'wall_s'");
    put_file("schema,label,label\n", 19);
    assert_read_fails(":1: the column 'label' appears twice");
}

static void reader_refuses_a_field_without_end(void **state)
{
    size_t size = strlen(record_header) + 5, huge = CSV_FIELD_MAX_BYTES + 100;
    char *content = malloc(size + huge);

    (void)state;
    assert_non_null(content);
    memset(content, 'x', size + huge);
    content[snprintf(content, size, "%s\n1,\"", record_header)] = 'x';
    put_file(content, size + huge);
    free(content);
    assert_read_fails(":2:3: session: longer than 10485760 bytes");
}

/* Rows of changing lengths, so that the ends of blocks fall on every kind of place. */
static void rows_are_whole_across_blocks(void **state)
{
    enum { N = 20000 };
    struct csv_reader *reader;
    const struct record *row;
    struct record record;
    struct csv csv;
    char label[128];

    (void)state;
    record_init(&record);
    assert_int_equal(csv_open(&csv, path, record_header, NULL), 0);
    for (int i = 0; i < N; i++) {
        snprintf(label, sizeof(label), "%0*d\r\n\"%d\"", i % 97 + 1, i, i);
        record_set_text(&record, COLUMN_label, i % 3 ? label : "same");
        record.tasks = i;
        assert_int_equal(csv_write_record(&csv, &record, NULL), 0);
    }
    assert_int_equal(csv_close(&csv, NULL), 0);
    assert_int_equal(csv_read_open(&reader, path, NULL), 0);
    for (int i = 0; i < N; i++) {
        snprintf(label, sizeof(label), "%0*d\r\n\"%d\"", i % 97 + 1, i, i);
        assert_int_equal(csv_read_next(reader, &row, NULL), 1);
        assert_int_equal(row->tasks, i);
        assert_string_equal(row->label, i % 3 ? label : "same");
    }
    assert_int_equal(csv_read_next(reader, &row, NULL), 0);
    csv_read_close(reader);
    record_free(&record);
}

static void equal_texts_are_one_pointer(void **state)
{
    struct csv_reader *reader;
    const struct record *row;
    const char *first;

    (void)state;
    put_rows("2,one~\n2,two~\n2,\"one\"~\n");
    assert_int_equal(csv_read_open(&reader, path, NULL), 0);
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    first = row->session;
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    assert_int_equal(csv_read_next(reader, &row, NULL), 1);
    assert_ptr_equal(row->session, first);
    csv_read_close(reader);
}

static void skipped_column_is_unknown_and_still_checked(void **state)
{
    struct csv_reader *reader;
    const struct record *row;

    (void)state;
    put_rows("2,one,now~\n2,one,\"then\"~\n2,one,a\"b~\n");
    assert_int_equal(csv_read_open(&reader, path, NULL), 0);
    csv_read_skip(reader, COLUMN_time_utc);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(csv_read_next(reader, &row, NULL), 1);
        assert_string_equal(row->session, "one");
        assert_null(row->time_utc);
    }
    assert_int_equal(csv_read_next(reader, &row, NULL), -EINVAL);
    csv_read_close(reader);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, make_file, remove_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(header_is_schema_2),
        FILE_TEST(unknown_is_empty_and_numbers_are_plain),
        FILE_TEST(text_survives_the_round_trip),
        FILE_TEST(text_of_the_row_above_is_not_mistaken),
        FILE_TEST(numbers_survive_the_round_trip),
        FILE_TEST(formula_is_neutralised),
        FILE_TEST(what_is_not_utf8_is_replaced),
        FILE_TEST(second_opening_appends_without_a_header),
        FILE_TEST(file_of_other_columns_is_refused_untouched),
        FILE_TEST(torn_last_line_is_removed_where_rows_are_appended),
        FILE_TEST(whole_last_line_gets_its_line_end),
        FILE_TEST(file_saved_by_a_spreadsheet_can_be_continued),
        FILE_TEST(row_that_does_not_fit_is_taken_back_whole),
        FILE_TEST(reader_takes_what_other_programs_write),
        FILE_TEST(reader_says_where_and_what),
        FILE_TEST(torn_last_line_is_left_out_with_a_note),
        FILE_TEST(columns_may_stand_in_any_order_be_more_or_fewer),
        FILE_TEST(row_of_schema_1_comes_as_schema_2),
        FILE_TEST(reader_refuses_a_nul_byte),
        FILE_TEST(reader_refuses_other_files),
        FILE_TEST(reader_refuses_a_field_without_end),
        FILE_TEST(rows_are_whole_across_blocks),
        FILE_TEST(equal_texts_are_one_pointer),
        FILE_TEST(skipped_column_is_unknown_and_still_checked),
        cmocka_unit_test(full_disk_is_reported),
        cmocka_unit_test(missing_folder_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
