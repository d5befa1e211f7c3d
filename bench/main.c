/* Which subcommand; the only place that exits. */
#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "modules/own_modules.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { COMMANDS_MAX = 32 };

static int dispatch(int argc, char **argv, struct bench_error *err)
{
    if (argc > 1 && strcmp(argv[1], "--complete") == 0)
        return command_complete(argc - 1, argv + 1, err);
    if (argc < 2 || argv[1][0] == '-')
        return command_run(argc, argv, err);
    if (strcmp(argv[1], "help") == 0)
        return command_help(argc - 1, argv + 1, err);
    const struct subcommand *command = subcommand_find(argv[1]);
    if (command)
        return command->run(argc - 1, argv + 1, err);
    if (own_module_find(MODULE_WORKLOAD, argv[1]))
        return bench_error_set(err, -EINVAL, "no command '%s'; did you mean 'bench --workload %s'?",
                               argv[1], argv[1]);
    const char *names[COMMANDS_MAX], *nearest;
    size_t count = 0;
    for (; subcommands[count].name; count++)
        names[count] = subcommands[count].name;
    nearest = text_nearest(argv[1], names, count);
    return bench_error_set(err, -EINVAL, "no command '%s'%s%s%s (bench help)", argv[1],
                           nearest ? "; did you mean '" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
}

/* Whoever started us may have closed them: the next file that is opened would get their numbers, and
 * messages would land in it. */
static void open_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0)
            return; /* without /dev/null there is nothing better */
    }
}

/* Whoever started us may ignore SIGCHLD, or hold it back: nobody would be told how a child has ended. */
static void hear_of_children(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Libraries and our own buffers need some 100 KiB; an overflow would be a crash without a word. */
static int check_stack(struct bench_error *err)
{
    static const rlim_t least_bytes = 256 << 10;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur >= least_bytes)
        return 0;
    return bench_error_set(
        err, -EINVAL, "the stack's limit is %llu KiB (ulimit -s): at least %llu KiB are needed",
        (unsigned long long)limit.rlim_cur >> 10, (unsigned long long)least_bytes >> 10);
}

/* A full disk or a reader that has gone is not a mistake in what was typed. */
static bool is_output_lost(int rc)
{
    return ferror(stdout) || rc == -ENOSPC || rc == -EDQUOT || rc == -EFBIG || rc == -EPIPE;
}

int main(int argc, char **argv)
{
    struct bench_error err = {0};
    open_standard_streams();
    hear_of_children();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of its own, as a full disk is */
    json_set_alloc_funcs(mem_alloc, free); /* none of jansson's values is ever NULL for want of memory */
    int status = check_stack(&err);
    if (status == 0)
        status = dispatch(argc, argv, &err);
    if (status >= 0)
        return status;
    fprintf(stderr, "bench: %s\n", err.message[0] ? text_make_visible(err.message) : strerror(-status));
    return is_output_lost(status) ? EXIT_CASE : EXIT_USAGE;
}
