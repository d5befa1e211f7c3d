/* URLs from the user. See url_list.h. */
#include "url_list.h"

#include <curl/curl.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char blanks[] = " \t\r\n\v\f";

/* NULL, or what is wrong with it. */
static const char *url_fault(const char *url)
{
    char *scheme = NULL;
    const char *fault = NULL;
    CURLU *parsed = curl_url();
    if (!parsed)
        return "out of memory";
    CURLUcode code = curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_BAD_SCHEME || code == CURLUE_BAD_SLASHES)
        fault = "it must begin with http:// or https://";
    else if (code != CURLUE_OK)
        fault = curl_url_strerror(code);
    else if (curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        fault = "out of memory";
    else if (strcasecmp(scheme, "http") != 0 && strcasecmp(scheme, "https") != 0)
        fault = "only http and https";
    curl_free(scheme);
    curl_url_cleanup(parsed);
    return fault;
}

static int append(struct url_list *list, const char *url)
{
    if ((list->count & (list->count - 1)) == 0) { /* full: there is room for powers of two */
        size_t room = list->count ? 2 * list->count : 1;
        char **grown = realloc(list->urls, room * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        list->urls = grown;
    }
    list->urls[list->count] = strdup(url);
    return list->urls[list->count++] ? 0 : -ENOMEM;
}

int url_list_one(struct url_list *list, const char *name, const char *url, struct bench_error *err)
{
    *list = (struct url_list){0};
    const char *fault = url_fault(url);
    if (fault)
        return bench_error_set(err, -EINVAL, "%s=%.300s: %s", name, url, fault);
    if (append(list, url) == 0)
        return 0;
    url_list_free(list);
    return bench_error_set(err, -ENOMEM, "%s: out of memory", name);
}

/* Without the blanks around it; changes the line. */
static char *trim(char *line)
{
    line += strspn(line, blanks);
    size_t length = strlen(line);
    while (length > 0 && strchr(blanks, line[length - 1]))
        length--;
    line[length] = '\0';
    return line;
}

static int read_lines(struct url_list *list, FILE *file, const char *path, struct bench_error *err)
{
    char *line = NULL;
    size_t size = 0, number = 0;
    ssize_t length;
    int rc = 0;
    while (rc == 0 && (length = getline(&line, &size, file)) >= 0) {
        bool is_text = strlen(line) == (size_t)length;
        const char *url = trim(line);
        number++;
        if (is_text && (*url == '\0' || *url == '#'))
            continue;
        const char *fault = is_text ? url_fault(url) : "a zero byte follows; the file must be text";
        if (fault)
            rc = bench_error_set(err, -EINVAL, "%s:%zu: %.200s: %s", path, number, url, fault);
        else if (append(list, url) < 0)
            rc = bench_error_set(err, -ENOMEM, "%s:%zu: out of memory", path, number);
    }
    if (rc == 0 && !feof(file))
        rc = bench_error_set(err, -errno, "%s: %s", path, strerror(errno));
    free(line);
    return rc;
}

int url_list_read(struct url_list *list, const char *path, struct bench_error *err)
{
    *list = (struct url_list){0};
    FILE *file = fopen(path, "re");
    if (!file)
        return bench_error_set(err, -errno, "%s: %s", path, strerror(errno));
    int rc = read_lines(list, file, path, err);
    fclose(file);
    if (rc == 0 && list->count == 0)
        rc = bench_error_set(err, -EINVAL, "%s: no URL in it; write one a line", path);
    if (rc < 0)
        url_list_free(list);
    return rc;
}

void url_list_free(struct url_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->urls[i]);
    free(list->urls);
    *list = (struct url_list){0};
}
