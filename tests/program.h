/*
 * Programs as a user runs them: a command line in a folder of its own, with a time limit, on pipes or
 * on a terminal, and the question whether anything of it is still alive.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * A test's own world. The commands it runs find `bench` in their PATH, and the checkout and what is
 * built of it, whose paths may hold a space, as $SOURCE and $BUILD. All else that they inherit is from
 * run.sh.
 */
struct sandbox {
    char folder[256];         /* empty at first; the current directory of its commands */
    char mark[64];            /* in the environment of all its processes, "NAME=VALUE" */
    const char *variables[8]; /* more of the kind, for commands to come; NULL-terminated */
    unsigned columns;         /* of its terminals; 80 at first */
    struct program *programs; /* all that were started */
    void **owned;             /* all that was allocated for the test */
    size_t owned_count;
};

/* Which of a program's streams are a terminal: a pseudo one, whose output is `out` of the program. */
enum terminal { TERMINAL_NONE = 0, TERMINAL_IN = 1, TERMINAL_OUT = 2, TERMINAL_ERR = 4 };

/* A plug-in of tests/fakes, as a word for the shell (or for what bench splits as one), and as a path. */
#define FAKE(name) "\"$BUILD\"/tests/fakes/" name ".so"
#define FAKE_PATH(name) BINARY_FOLDER "/tests/fakes/" name ".so"

struct text_buffer {
    char *bytes; /* a NUL after them */
    size_t length;
};

struct program {
    struct program *next;
    struct sandbox *box;
    char *command;
    pid_t pid;
    int in_fd, out_fd, err_fd; /* the test's ends; -1: closed */
    struct text_buffer out_text, err_text;
    size_t heard; /* of out_text, by program_hear */
    bool ended;
    int status;            /* exit status as a shell tells it: 128 + the number for a signal */
    const char *out, *err; /* once ended: what it wrote */
};

/*
 * bench's own executors that are part of this build and that this machine lets work (containers may
 * refuse io_uring), separated by commas. Commands have them as $EXECUTORS.
 */
#define EXECUTORS "EXECUTORS"
bool executor_works(const char *name);

/* Where this process may use one CPU only, the test is skipped. */
void skip_on_one_cpu(void);

/* A workload, as it is listed, and settings with which it does less: by default workloads do enough to
 * be measured, which is more than it takes to see that they work. */
struct less_work {
    const char *workload, *settings;
};
extern const struct less_work own_less_work[]; /* of bench's own workloads */

/* Those of the list, ended by zeros, whose workload this build has; behind `settings`, for a command. */
void settings_of_less_work(struct sandbox *box, const struct less_work *list, char *settings,
                           size_t size);

/* For cmocka: *state is a struct sandbox. Teardown kills what is left, and removes the folder. */
int sandbox_setup(void **state);
int sandbox_teardown(void **state);

/* Path of a file in the sandbox; valid until the sandbox's end. */
const char *sandbox_path(struct sandbox *box, const char *name);
void sandbox_write(struct sandbox *box, const char *name, const void *bytes, size_t length);
/*
 * A file that is a runner, for --launcher 'sh NAME': a shell script that plans 7 tasks, and does
 * `on_run`, which sees the message as $line, the number of the run as $n, and has `say TEXT` to reply
 * with.
 */
void sandbox_write_runner(struct sandbox *box, const char *name, const char *on_run);
/* All of it; NULL when there is no such file. */
char *sandbox_read(struct sandbox *box, const char *name);
bool sandbox_has(struct sandbox *box, const char *name);

/* How many processes of this sandbox are alive, those that left their session included. */
size_t sandbox_processes(const struct sandbox *box);
/* The same, once there are none or it has been as patient as it gets. */
size_t sandbox_processes_left(const struct sandbox *box);
/* The runner that is under way or, with `worker`, a process that it has forked. */
pid_t sandbox_runner(const struct sandbox *box, bool worker);

/* Run `sh -c COMMAND` to its end; the test fails when that takes too long. stdin is empty. */
struct program *program_run(struct sandbox *box, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Begin it. stdin is a pipe of ours, or the terminal. */
struct program *program_start(struct sandbox *box, unsigned terminal, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void program_say(struct program *program, const char *text);
void program_say_bytes(struct program *program, const void *bytes, size_t length);
/* The next line of its stdout without its end; NULL when there is none any more. */
const char *program_hear(struct program *program);
/* Until it has written `text` to stdout or stderr. */
void program_expect(struct program *program, const char *text);
/* Close its stdin, and wait for its end. */
void program_finish(struct program *program);

/* Until `condition` of `context` holds; false when it has not for too long. */
bool wait_until(bool (*condition)(void *context), void *context);

/* CSV text taken apart, as RFC 4180 has it; made without bench's own reader. */
struct rows {
    size_t count; /* without the header */
    size_t columns;
    char ***fields; /* [0] is the header; of the sandbox */
};
struct rows rows_of(struct sandbox *box, const char *csv);
/* Field of a row (from 0) by its column's name; the test fails when there is none. */
const char *rows_field(const struct rows *rows, size_t row, const char *column);
/* How many rows have this value in this column. */
size_t rows_with(const struct rows *rows, const char *column, const char *value);
/* The first such row from `from` on; the test fails when there is none. */
size_t rows_find(const struct rows *rows, size_t from, const char *column, const char *value);

#endif
