/* Starting programs, and what becomes of what they print. */
#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- environment ---- */

/* Was it in the environment before the harness came? */
static bool is_the_users(const char *variable, const char *without)
{
    /* the topology, for the runner alone: the descriptor is not open to programs */
    const char *const of_the_runner[] = {"HWLOC_XMLFILE=/dev/fd/", "HWLOC_THISSYSTEM=1", without};
    for (size_t i = 0; i < sizeof of_the_runner / sizeof *of_the_runner; i++) {
        if (strncmp(variable, of_the_runner[i], strlen(of_the_runner[i])) == 0)
            return false;
    }
    return true;
}

/* Takes the variable over. */
static int environment_add(struct environment *environment, char *variable)
{
    char **grown = realloc(environment->variables, (environment->count + 2) * sizeof *grown);
    if (!grown)
        return -ENOMEM;
    grown[environment->count++] = variable;
    grown[environment->count] = NULL;
    environment->variables = grown;
    return 0;
}

/* As it was when this process began: what has been set since, so that libraries here use one thread, is
 * not to hold for programs. */
int environment_read(struct environment *environment, const char *without, struct bench_error *err)
{
    char *variable = NULL;
    size_t size = 0;
    FILE *file = fopen("/proc/self/environ", "re");
    if (!file)
        return bench_error_set(err, -errno, "/proc/self/environ: %s", strerror(errno));
    *environment = (struct environment){.variables = calloc(1, sizeof(char *))};
    int rc = environment->variables ? 0 : -ENOMEM;
    while (rc == 0 && getdelim(&variable, &size, '\0', file) > 0) {
        if (!is_the_users(variable, without))
            continue;
        rc = environment_add(environment, variable);
        variable = rc == 0 ? NULL : variable;
        size = rc == 0 ? 0 : size;
    }
    free(variable);
    fclose(file);
    if (rc < 0) {
        environment_free(environment);
        return bench_error_set(err, rc, "out of memory");
    }
    return 0;
}

void environment_free(struct environment *environment)
{
    for (size_t i = 0; i < environment->count; i++)
        free(environment->variables[i]);
    free(environment->variables);
    *environment = (struct environment){0};
}

/* ---- streams ---- */

/* What the harness ignores is not ignored by the program; nothing is blocked. */
static int attributes_make(posix_spawnattr_t *attributes)
{
    sigset_t none, defaults;
    int rc = posix_spawnattr_init(attributes);
    if (rc != 0)
        return -rc;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ); /* which bench ignores */
    sigaddset(&defaults, SIGIO);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &defaults);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return 0;
}

static int actions_make(posix_spawn_file_actions_t *actions, int output_fd, int stderr_fd)
{
    int rc = posix_spawn_file_actions_init(actions);
    if (rc != 0)
        return -rc;
    rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, output_fd >= 0 ? output_fd : STDIN_FILENO,
                                              STDOUT_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(actions, stderr_fd >= 0 ? stderr_fd : STDOUT_FILENO,
                                              STDERR_FILENO);
    if (rc == 0)
        rc = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    if (rc != 0)
        posix_spawn_file_actions_destroy(actions);
    return -rc;
}

int outlet_open(struct outlet *outlet, int output_fd)
{
    int rc;
    outlet->stderr_fd = -1;
    if (output_fd < 0) {
        outlet->stderr_fd = memfd_create("stderr", MFD_CLOEXEC);
        if (outlet->stderr_fd < 0)
            return -errno;
        fcntl(outlet->stderr_fd, F_SETFL, O_APPEND); /* so that it can be emptied without seeking */
    }
    rc = actions_make(&outlet->actions, output_fd, outlet->stderr_fd);
    if (rc < 0)
        goto fail_actions;
    rc = attributes_make(&outlet->attributes);
    if (rc < 0)
        goto fail_attributes;
    return 0;
fail_attributes:
    posix_spawn_file_actions_destroy(&outlet->actions);
fail_actions:
    if (outlet->stderr_fd >= 0)
        close(outlet->stderr_fd);
    return rc;
}

void outlet_close(struct outlet *outlet)
{
    posix_spawnattr_destroy(&outlet->attributes);
    posix_spawn_file_actions_destroy(&outlet->actions);
    if (outlet->stderr_fd >= 0)
        close(outlet->stderr_fd);
}

/* ---- processes ---- */

pid_t subprocess_start(struct outlet *outlet, const struct command_line *line, char *const *environment)
{
    pid_t pid;
    if (outlet->stderr_fd >= 0 && ftruncate(outlet->stderr_fd, 0) < 0)
        return -errno;
    int rc = posix_spawn(&pid, line->program, &outlet->actions, &outlet->attributes, line->words,
                         environment);
    return rc == 0 ? pid : -rc;
}

void subprocess_reap(pid_t pid, int *status, struct rusage *used)
{
    *status = 0;
    while (wait4(pid, status, 0, used) < 0 && errno == EINTR)
        ;
}

/* ---- in words ---- */

char *text_shorten(char *out, size_t size, const char *text)
{
    static const char more[] = "...";
    size_t length = strlen(text);
    if (length < size)
        return memcpy(out, text, length + 1);
    length = size - sizeof more;
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) /* not amid a UTF-8 character */
        length--;
    memcpy(out, text, length);
    memcpy(out + length, more, sizeof more);
    return out;
}

/* The last line that is not empty, tabs as blanks. It is the end of `tail`, which it reads into. */
static const char *last_line(int fd, char *tail, size_t size)
{
    off_t end = lseek(fd, 0, SEEK_END);
    off_t from = end > (off_t)size - 1 ? end - ((off_t)size - 1) : 0;
    ssize_t length = end > 0 ? pread(fd, tail, size - 1, from) : 0;
    while (length > 0 && (unsigned char)tail[length - 1] <= ' ')
        length--;
    tail[length > 0 ? length : 0] = '\0';
    char *line = tail + (length > 0 ? length : 0);
    for (; line > tail && line[-1] != '\n' && line[-1] != '\r'; line--)
        line[-1] = line[-1] == '\t' ? ' ' : line[-1];
    return line + strspn(line, " ");
}

void subprocess_describe(char *text, size_t size, const char *what, const struct outlet *outlet,
                         const struct command_line *line, int status)
{
    char command[COMMAND_SHOWN], tail[4096], said[LINE_SHOWN], how[80];
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "was killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(how, sizeof how, "exited with status %d", WEXITSTATUS(status));
    text_shorten(command, sizeof command, line->text);
    text_shorten(said, sizeof said,
                 outlet->stderr_fd >= 0 ? last_line(outlet->stderr_fd, tail, sizeof tail) : "");
    snprintf(text, size, "%s '%s' %s%s%s", what, command, how, *said ? ": " : "", said);
}
