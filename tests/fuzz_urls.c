/*
 * Fuzzer of what the workloads http and exec are handed: a file of URLs, and a command line. What is
 * taken is whole and is taken again; what is refused leaves nothing, and says why.
 */
#include "workloads/exec/command_line.h"
#include "workloads/http/url_list.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool is_blank(char c)
{
    return c != '\0' && strchr(" \t\r\n\v\f", c);
}

/* Lines that are neither blank nor a comment. */
static size_t count_lines(const char *text, size_t size)
{
    size_t lines = 0;
    for (const char *at = text, *end = text + size; at < end; at++) {
        while (at < end && *at != '\n' && is_blank(*at))
            at++;
        lines += at < end && *at != '\n' && *at != '#';
        while (at < end && *at != '\n')
            at++;
    }
    return lines;
}

static void require_taken_again(const char *url)
{
    struct url_list list;
    require(*url != '\0' && *url != '#' && !is_blank(*url) && !is_blank(url[strlen(url) - 1]));
    require(url_list_one(&list, "url", url, NULL) == 0);
    require(list.count == 1 && strcmp(list.urls[0], url) == 0);
    url_list_free(&list);
}

static void fuzz_urls(const uint8_t *data, size_t size)
{
    struct bench_error err = {0};
    struct url_list list;
    char path[32];
    int fd = memfd_create("urls", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int rc = url_list_read(&list, path, &err);
    close(fd);
    if (rc < 0) {
        require(err.code == rc && err.message[0] != '\0' && list.count == 0 && !list.urls);
        return;
    }
    require(list.count > 0 && list.count == count_lines((const char *)data, size));
    for (size_t i = 0; i < list.count; i++)
        require_taken_again(list.urls[i]);
    url_list_free(&list);
}

/* Without what the file system or the list of users is asked for: that takes long, and is not ours. */
static void fuzz_command(const char *text)
{
    struct bench_error err = {0};
    struct command_line line;
    if (strpbrk(text, "*?[~"))
        return;
    int rc = command_line_split(&line, text, &err);
    if (rc < 0) {
        require(err.code == rc && err.message[0] != '\0' && !line.words && !line.program);
        return;
    }
    require(line.words[0][0] != '\0' && access(line.program, X_OK) == 0);
    require(strchr(line.words[0], '/') ? strcmp(line.program, line.words[0]) == 0
                                       : strstr(line.program, line.words[0]) != NULL);
    command_line_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    require(text);
    fuzz_urls(data, size);
    fuzz_command(text);
    free(text);
    return 0;
}
