/* A command as the user writes it, into words; and where its program is. */
#include "command_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int out_of_memory(struct bench_error *err)
{
    return bench_error_set(err, -ENOMEM, "command: out of memory");
}

/* ---- words ---- */

/* Is there a $1 or the like outside of '...'? wordexp() would take our own arguments for a script's. */
static bool has_script_variable(const char *text)
{
    bool single = false, twofold = false;
    for (const char *c = text; *c; c++) {
        if (*c == '\\' && !single && c[1])
            c++;
        else if (*c == '\'' && !twofold)
            single = !single;
        else if (*c == '"' && !single)
            twofold = !twofold;
        else if (*c == '$' && !single) {
            bool braced = c[1] == '{';
            const char *name = c + 1 + braced;
            if (*name && strchr(braced ? "0123456789@*$" : "0123456789@*$#", *name))
                return true;
        }
    }
    return false;
}

static int expand(struct command_line *line, struct bench_error *err)
{
    const char *text = line->text;
    if (has_script_variable(text))
        return bench_error_set(err, -EINVAL,
                               "command=%.300s: $1, $@, $#, $$ and the like mean nothing here: quote "
                               "them as '$1', or use shell=yes",
                               text);
    int rc = wordexp(text, &line->expanded, WRDE_NOCMD | WRDE_UNDEF);
    switch (rc) {
    case 0:
        line->words = line->expanded.we_wordv;
        return 0;
    case WRDE_BADCHAR:
        return bench_error_set(err, -EINVAL,
                               "command=%.300s: | & ; < > ( ) { } and line ends are for a shell: quote "
                               "them, or use shell=yes",
                               text);
    case WRDE_CMDSUB:
        return bench_error_set(err, -EINVAL, "command=%.300s: $(...) and `...` need shell=yes", text);
    case WRDE_BADVAL:
        return bench_error_set(err, -EINVAL,
                               "command=%.300s: a variable in it is not set; $BENCH_TASK and others "
                               "that differ from process to process need shell=yes",
                               text);
    case WRDE_NOSPACE:
        wordfree(&line->expanded); /* it may hold the words so far */
        return out_of_memory(err);
    default:
        return bench_error_set(
            err, -EINVAL, "command=%.300s: unbalanced quotes or braces, or an invalid $((...))", text);
    }
}

/* ---- program ---- */

/* 0, or why `path` is not to be executed. */
static int executable(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

static int refuse(const char *path, int rc, struct bench_error *err)
{
    switch (rc) {
    case -ENOENT:
    case -ENOTDIR:
        return bench_error_set(err, rc, "command=%.300s: no such file", path);
    case -EISDIR:
        return bench_error_set(err, rc, "command=%.300s: a folder, not a program", path);
    case -EACCES:
        return bench_error_set(err, rc, "command=%.300s: not executable", path);
    default:
        return bench_error_set(err, rc, "command=%.300s: %s", path, strerror(-rc));
    }
}

/* As a shell does: the first that can be executed, in the order of PATH's folders; an empty one is the
 * current directory. */
static int search_path(char **program, const char *name, struct bench_error *err)
{
    const char *folders = getenv("PATH");
    int found = -ENOENT;
    for (const char *at = folders ? folders : "/bin:/usr/bin"; at;) {
        size_t length = strcspn(at, ":");
        char *path;
        if (asprintf(&path, "%.*s%s%s", (int)length, at, length ? "/" : "./", name) < 0)
            return out_of_memory(err);
        int rc = executable(path);
        if (rc == 0) {
            *program = path;
            return 0;
        }
        if (rc == -EACCES && access(path, F_OK) == 0) /* not so in a folder that may not be searched */
            found = rc;
        free(path);
        at = at[length] ? at + length + 1 : NULL;
    }
    if (found == -EACCES)
        return bench_error_set(err, found, "command=%.300s: found in PATH, but not executable", name);
    return bench_error_set(
        err, found, "command=%.300s: no such program in PATH; shell built-ins need shell=yes", name);
}

static int find_program(struct command_line *line, struct bench_error *err)
{
    const char *name = line->words[0];
    if (!strchr(name, '/'))
        return search_path(&line->program, name, err);
    int rc = executable(name);
    if (rc < 0)
        return refuse(name, rc, err);
    line->program = strdup(name);
    return line->program ? 0 : out_of_memory(err);
}

/* ---- both ---- */

int command_line_split(struct command_line *line, const char *text, struct bench_error *err)
{
    *line = (struct command_line){.text = text};
    int rc = expand(line, err);
    if (rc < 0)
        return rc;
    if (!line->words[0] || !line->words[0][0])
        rc = bench_error_set(err, -EINVAL,
                             "command=%.300s: say what to run, such as command='gzip -kf file'", text);
    else
        rc = find_program(line, err);
    if (rc < 0)
        command_line_free(line);
    return rc;
}

void command_line_to_shell(struct command_line *line, const char *text)
{
    *line =
        (struct command_line){.text = text, .by_shell = {(char *)"/bin/sh", (char *)"-c", (char *)text}};
    line->program = line->by_shell[0];
    line->words = line->by_shell;
}

void command_line_free(struct command_line *line)
{
    if (line->words && line->words != line->by_shell) {
        free(line->program);
        wordfree(&line->expanded);
    }
    *line = (struct command_line){0};
}
