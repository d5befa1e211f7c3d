/* The sandbox of a test, its programs on pipes and terminals, and CSV taken apart. */
#include "program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Far longer than anything takes on a loaded machine under a sanitizer, shorter than ctest's limit. */
enum { PATIENCE_MS = 60000, POLL_MS = 10 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

/* Memory of the sandbox: alive until its teardown, also where an assertion leaves the test early. */
static void *own(struct sandbox *box, void *memory)
{
    box->owned = realloc(box->owned, (box->owned_count + 1) * sizeof *box->owned);
    if (!memory || !box->owned)
        abort();
    return box->owned[box->owned_count++] = memory;
}

/* ---- processes ---- */

/* A file of /proc; its length, 0 when the process is gone or a zombie. */
static size_t read_proc(pid_t pid, const char *name, char *bytes, size_t room)
{
    char path[64];
    size_t length = 0;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t n = 1; fd >= 0 && n > 0 && length<room; length += n> 0 ? (size_t)n : 0)
        n = read(fd, bytes + length, room - length);
    if (fd >= 0)
        close(fd);
    return length;
}

/* Is `word` one of the NUL-terminated words? */
static bool has_word(const char *words, size_t length, const char *word)
{
    size_t wanted = strlen(word) + 1;
    for (size_t at = 0; at + wanted <= length; at += strnlen(words + at, length - at) + 1) {
        if (memcmp(words + at, word, wanted) == 0)
            return true;
    }
    return false;
}

/* This sandbox's processes, those with `word` in their command line, if given. */
static size_t find_processes(const struct sandbox *box, const char *word, pid_t *pids, size_t room)
{
    char text[1 << 19];
    size_t count = 0;
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; proc && (entry = readdir(proc));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid <= 0 || pid == getpid() || count == room)
            continue;
        if (!has_word(text, read_proc(pid, "environ", text, sizeof text), box->mark))
            continue;
        if (!word || has_word(text, read_proc(pid, "cmdline", text, sizeof text), word))
            pids[count++] = pid;
    }
    if (proc)
        closedir(proc);
    return count;
}

size_t sandbox_processes(const struct sandbox *box)
{
    pid_t pids[256];
    return find_processes(box, NULL, pids, 256);
}

static pid_t parent_of(pid_t pid)
{
    char text[1024];
    size_t length = read_proc(pid, "stat", text, sizeof text - 1);
    text[length] = '\0';
    const char *after_name = strrchr(text, ')');
    return after_name ? (pid_t)strtol(after_name + 4, NULL, 10) : 0;
}

static bool is_among(pid_t pid, const pid_t *pids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pids[i] == pid)
            return true;
    }
    return false;
}

pid_t sandbox_runner(const struct sandbox *box, bool worker)
{
    pid_t pids[256];
    size_t count = find_processes(box, "runner", pids, 256);
    for (size_t i = 0; i < count; i++) {
        if (is_among(parent_of(pids[i]), pids, count) == worker)
            return pids[i];
    }
    fail_msg("there is no %s", worker ? "worker" : "runner");
    return 0;
}

/* How many there were. */
static size_t kill_processes(const struct sandbox *box)
{
    pid_t pids[256];
    size_t count = find_processes(box, NULL, pids, 256);
    for (size_t i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    return count;
}

bool wait_until(bool (*condition)(void *context), void *context)
{
    int64_t deadline = now_ms() + PATIENCE_MS / 3;
    while (!condition(context)) {
        if (now_ms() > deadline)
            return false;
        poll(NULL, 0, POLL_MS);
    }
    return true;
}

static bool none_left(void *box)
{
    return sandbox_processes(box) == 0;
}

size_t sandbox_processes_left(const struct sandbox *box)
{
    wait_until(none_left, (void *)box);
    return sandbox_processes(box);
}

/* ---- the sandbox ---- */

/* Once in a test program. */
static void find_executors(struct sandbox *box)
{
    static const char kind[] = "executor/";
    char names[512] = "";
    if (getenv(EXECUTORS))
        return;
    const char *line = program_run(box, "bench list --names")->out;
    while ((line = strstr(line, kind))) {
        size_t length = strlen(names);
        line += sizeof kind - 1;
        int name_length = (int)strcspn(line, "\n");
        if (memchr(line, '.', (size_t)name_length))
            continue; /* another runtime's, which runs its own workloads alone */
        struct program *bench = program_run(
            box, "bench -w sleep -s tasks=1 -s duration=0 -x %.*s -j 1 -r 1 --warmup 0 -q --format csv",
            name_length, line);
        if (strstr(bench->out, ",unsupported,"))
            print_message("%.*s is not tested: %s\n", name_length, line, bench->err);
        else
            snprintf(names + length, sizeof names - length, "%s%.*s", length ? "," : "", name_length,
                     line);
    }
    setenv(EXECUTORS, names, 1);
}

bool executor_works(const char *name)
{
    size_t length = strlen(name);
    const char *at = getenv(EXECUTORS);
    while ((at = strstr(at, name)) && at[length] != ',' && at[length] != '\0')
        at += length;
    return at != NULL;
}

void skip_on_one_cpu(void)
{
    cpu_set_t cpus;
    if (sched_getaffinity(0, sizeof cpus, &cpus) != 0 || CPU_COUNT(&cpus) > 1)
        return;
    print_message("Skipped: it takes two CPUs, and this process may use only one.\n");
    skip();
}

int sandbox_setup(void **state)
{
    struct sandbox *box = allocate(sizeof *box);
    const char *parent = getenv("TMPDIR");
    snprintf(box->folder, sizeof box->folder, "%s/bench-test-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(box->folder))
        return -1;
    /* mkdtemp has made a name that nothing else on this machine has */
    snprintf(box->mark, sizeof box->mark, "BENCH_TEST=%.40s", strrchr(box->folder, '/') + 1);
    box->columns = 80;
    signal(SIGPIPE, SIG_IGN);
    *state = box;
    find_executors(box);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void program_free(struct program *program)
{
    if (!program->ended)
        waitpid(program->pid, NULL, 0);
    close_end(&program->in_fd);
    close_end(&program->out_fd);
    close_end(&program->err_fd);
    free(program->out_text.bytes);
    free(program->err_text.bytes);
    free(program->command);
    free(program);
}

int sandbox_teardown(void **state)
{
    struct sandbox *box = *state;
    while (kill_processes(box) > 0)
        poll(NULL, 0, POLL_MS);
    for (struct program *program = box->programs, *next; program; program = next) {
        next = program->next;
        program_free(program);
    }
    for (size_t i = 0; i < box->owned_count; i++)
        free(box->owned[i]);
    free(box->owned);
    int rc = nftw(box->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(box);
    return rc;
}

const char *sandbox_path(struct sandbox *box, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", box->folder, name) < 0)
        abort();
    return own(box, path);
}

void sandbox_write(struct sandbox *box, const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(sandbox_path(box, name), "wbe");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

void sandbox_write_runner(struct sandbox *box, const char *name, const char *on_run)
{
    char script[2048];
    int length = snprintf(script, sizeof script,
                          "n=0\n"
                          "say() { printf '%%s\\n' \"$1\"; }\n"
                          "while read -r line; do case $line in\n"
                          "*'\"op\":\"open\"'*) say '{\"ok\":true,\"tasks\":7,\"grain\":1}' ;;\n"
                          "*'\"op\":\"run\"'*) n=$((n + 1)); %s ;;\n"
                          "*) say '{\"ok\":true}' ;;\n"
                          "esac; done\n",
                          on_run);
    sandbox_write(box, name, script, (size_t)length);
}

char *sandbox_read(struct sandbox *box, const char *name)
{
    FILE *file = fopen(sandbox_path(box, name), "rbe");
    char *text = NULL;
    size_t size = 0;
    if (!file)
        return NULL;
    if (getdelim(&text, &size, '\0', file) < 0 && text)
        text[0] = '\0';
    fclose(file);
    return own(box, text ? text : allocate(1));
}

bool sandbox_has(struct sandbox *box, const char *name)
{
    return access(sandbox_path(box, name), F_OK) == 0;
}

/* ---- one program ---- */

/* In the child: what it is to inherit, and then the shell. */
static _Noreturn void become(const struct sandbox *box, const char *command, const int fds[3],
                             bool owns_terminal)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL); /* a shell's background job ignores some */
    if (owns_terminal) {
        setsid();
        ioctl(fds[0], TIOCSCTTY, 0);
    }
    for (int fd = 0; fd < 3; fd++)
        dup2(fds[fd], fd);
    char path[8192];
    const char *old = getenv("PATH");
    snprintf(path, sizeof path, "%s/bin:%s", BINARY_FOLDER, old ? old : "/usr/bin:/bin");
    setenv("PATH", path, 1);
    setenv("BUILD", BINARY_FOLDER, 1);
    setenv("SOURCE", SOURCE_FOLDER, 1);
    setenv("XDG_CACHE_HOME", BINARY_FOLDER "/tests/cache", 1);
    putenv((char *)box->mark);
    for (size_t i = 0; box->variables[i]; i++)
        putenv((char *)box->variables[i]);
    if (chdir(box->folder) == 0)
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* The child's ends into fds, ours into the program. */
static void make_streams(struct program *program, unsigned terminal, int fds[3])
{
    int ends[2], master = -1, slave = -1;
    if (terminal) {
        struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)program->box->columns};
        assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
        fcntl(master, F_SETFD, FD_CLOEXEC);
        fcntl(slave, F_SETFD, FD_CLOEXEC);
    }
    int *const ours[3] = {&program->in_fd, &program->out_fd, &program->err_fd};
    bool listening = false;
    for (int fd = 0; fd < 3; fd++) {
        *ours[fd] = -1;
        if (terminal & (1u << fd)) {
            fds[fd] = fcntl(slave, F_DUPFD_CLOEXEC, 3);
            if (fd == 0 || !listening)
                *ours[fd] = fcntl(master, F_DUPFD_CLOEXEC, 3);
            listening = listening || fd > 0;
            continue;
        }
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        fds[fd] = ends[fd > 0];
        *ours[fd] = ends[fd == 0];
    }
    close_end(&master);
    close_end(&slave);
    for (int fd = 1; fd < 3; fd++) {
        if (*ours[fd] >= 0)
            fcntl(*ours[fd], F_SETFL, O_NONBLOCK);
    }
}

static struct program *start(struct sandbox *box, unsigned terminal, const char *format, va_list args)
{
    struct program *program = allocate(sizeof *program);
    int fds[3];
    program->box = box;
    program->out_text.bytes = allocate(1);
    program->err_text.bytes = allocate(1);
    if (vasprintf(&program->command, format, args) < 0)
        abort();
    make_streams(program, terminal, fds);
    program->pid = fork();
    if (program->pid == 0)
        become(box, program->command, fds, terminal & TERMINAL_IN);
    for (int fd = 0; fd < 3; fd++)
        close(fds[fd]);
    assert_true(program->pid > 0);
    program->next = box->programs;
    box->programs = program;
    return program;
}

struct program *program_start(struct sandbox *box, unsigned terminal, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct program *program = start(box, terminal, format, args);
    va_end(args);
    return program;
}

/* Read what is there; closes the end at its end (a terminal's is EIO). True when something came. */
static bool drain(int *fd, struct text_buffer *text)
{
    char bytes[65536];
    ssize_t n = *fd >= 0 ? read(*fd, bytes, sizeof bytes) : -1;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_end(fd);
    if (n <= 0)
        return false;
    text->bytes = realloc(text->bytes, text->length + (size_t)n + 1);
    if (!text->bytes)
        abort();
    memcpy(text->bytes + text->length, bytes, (size_t)n);
    text->length += (size_t)n;
    text->bytes[text->length] = '\0';
    return true;
}

static void pump(struct program *program)
{
    struct pollfd ends[2] = {{.fd = program->out_fd, .events = POLLIN},
                             {.fd = program->err_fd, .events = POLLIN}};
    poll(ends, 2, POLL_MS);
    while (drain(&program->out_fd, &program->out_text))
        ;
    while (drain(&program->err_fd, &program->err_text))
        ;
}

static void give_up(struct program *program, const char *waiting_for)
{
    kill_processes(program->box);
    fail_msg("waited too long for %s of: %s\nstdout: %s\nstderr: %s", waiting_for, program->command,
             program->out_text.bytes, program->err_text.bytes);
}

/* Not until its pipes close: something it has left behind might hold them. */
static void wait_for_end(struct program *program)
{
    int status;
    int64_t deadline = now_ms() + PATIENCE_MS;
    while (waitpid(program->pid, &status, WNOHANG) == 0) {
        if (now_ms() > deadline)
            give_up(program, "the end");
        pump(program);
    }
    program->ended = true;
    program->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    pump(program);
    program->out = program->out_text.bytes;
    program->err = program->err_text.bytes;
}

void program_finish(struct program *program)
{
    close_end(&program->in_fd);
    if (!program->ended)
        wait_for_end(program);
}

struct program *program_run(struct sandbox *box, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct program *program = start(box, TERMINAL_NONE, format, args);
    va_end(args);
    program_finish(program);
    return program;
}

void program_say_bytes(struct program *program, const void *bytes, size_t length)
{
    const char *rest = bytes;
    while (length > 0) {
        ssize_t n = write(program->in_fd, rest, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return; /* it has ended: what it says tells the test */
        rest += n;
        length -= (size_t)n;
    }
}

void program_say(struct program *program, const char *text)
{
    program_say_bytes(program, text, strlen(text));
}

const char *program_hear(struct program *program)
{
    int64_t deadline = now_ms() + PATIENCE_MS;
    for (;;) {
        char *line = program->out_text.bytes + program->heard, *end = strchr(line, '\n');
        if (end) {
            program->heard += (size_t)(end - line) + 1;
            return own(program->box, strndup(line, (size_t)(end - line)));
        }
        if (program->out_fd < 0)
            return NULL;
        if (now_ms() > deadline)
            give_up(program, "a line");
        pump(program);
    }
}

void program_expect(struct program *program, const char *text)
{
    int64_t deadline = now_ms() + PATIENCE_MS;
    while (!strstr(program->out_text.bytes, text) && !strstr(program->err_text.bytes, text)) {
        if (now_ms() > deadline || (program->out_fd < 0 && program->err_fd < 0))
            give_up(program, text);
        pump(program);
    }
}

/* ---- CSV ---- */

/* One field, unquoted in place; *at is then after its delimiter, *last set when that ended the row. */
static char *next_field(char **at, bool *last)
{
    char *from = *at, *to = *at, *field = *at;
    if (*from == '"') {
        for (from++; *from && (*from != '"' || from[1] == '"'); *to++ = *from++)
            from += *from == '"';
        from += *from == '"';
    } else {
        size_t length = strcspn(from, ",\n");
        from += length;
        to += length;
    }
    *last = *from != ',';
    *at = from + (*from != '\0');
    *to = '\0';
    return field;
}

struct rows rows_of(struct sandbox *box, const char *csv)
{
    struct rows rows = {0};
    size_t lines = 1;
    assert_non_null(csv);
    for (const char *c = csv; *c; c++)
        lines += *c == '\n';
    char *at = own(box, strdup(csv));
    rows.fields = own(box, allocate((lines + 1) * sizeof *rows.fields));
    while (*at) {
        char **row = own(box, allocate((strlen(at) + 1) * sizeof *row));
        size_t columns = 0;
        for (bool last = false; !last;)
            row[columns++] = next_field(&at, &last);
        if (rows.columns && columns != rows.columns)
            fail_msg("a row has %zu fields, the header %zu: %s ...", columns, rows.columns, row[0]);
        rows.columns = columns;
        rows.fields[rows.count++] = row;
    }
    if (rows.count == 0)
        fail_msg("there is not even a header");
    rows.count--;
    return rows;
}

const char *rows_field(const struct rows *rows, size_t row, const char *column)
{
    if (row >= rows->count)
        fail_msg("there is no row %zu", row);
    for (size_t i = 0; i < rows->columns; i++) {
        if (strcmp(rows->fields[0][i], column) == 0)
            return rows->fields[row + 1][i];
    }
    fail_msg("there is no column '%s'", column);
    return NULL;
}

size_t rows_with(const struct rows *rows, const char *column, const char *value)
{
    size_t count = 0;
    for (size_t row = 0; row < rows->count; row++)
        count += strcmp(rows_field(rows, row, column), value) == 0;
    return count;
}

size_t rows_find(const struct rows *rows, size_t from, const char *column, const char *value)
{
    for (size_t row = from; row < rows->count; row++) {
        if (strcmp(rows_field(rows, row, column), value) == 0)
            return row;
    }
    fail_msg("no row has %s '%s'", column, value);
    return 0;
}

const struct less_work own_less_work[] = {
    {"matmul", " -s matmul.n=100"},
    {"blur", " -s blur.width=500 -s blur.height=300"},
    {"fileread", " -s fileread.size=4MiB"},
    {"filewrite", " -s filewrite.size=1MiB"},
    {"http", " -s http.requests=50 -s http.delay=1ms"},
    {"exec", " -s exec.tasks=4"},
    {0},
};

void settings_of_less_work(struct sandbox *box, const struct less_work *list, char *settings,
                           size_t size)
{
    const char *names = program_run(box, "bench list --names | grep '^workload/'")->out;
    for (; list->workload; list++) {
        char line[64];
        snprintf(line, sizeof line, "workload/%s\n", list->workload);
        if (strstr(names, line))
            strncat(settings, list->settings, size - 1 - strlen(settings));
    }
}
