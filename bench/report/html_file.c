/* Writes the HTML file around the data. */
#include "report/html_file.h"

#include "base/memory.h"
#include "report/html_parts.h"
#include "report/json_values.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where Debian's packages have it: libjs-chart.js, node-chart.js. */
static const char *const chart_files[] = {
    "/usr/share/javascript/chart.js/chart.umd.js",
    "/usr/share/javascript/chart.js/chart.min.js",
    "/usr/share/nodejs/chart.js/dist/chart.umd.js",
    "/usr/share/nodejs/chart.js/dist/chart.min.js",
};
enum { CHART_LEAST = 3 }; /* the version whose options our scripts use */

/* ---- Chart.js ---- */

struct library {
    char *script;  /* NULL: there is none that can be used */
    char *problem; /* then: what to do */
};

/* Its first comment names it, as "Chart.js v3.9.1": 3; 0 of anything else. */
static int chart_version(const char *script)
{
    static const char name[] = "Chart.js v";
    char beginning[200];
    snprintf(beginning, sizeof beginning, "%s", script);
    const char *found = strstr(beginning, name);
    return found ? atoi(found + sizeof name - 1) : 0;
}

/* All of a file as a text; NULL where it cannot be read. */
static char *read_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = mem_open(path);
    if (file && mem_delimited(&text, &size, EOF, file) < 0) {
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

/* What would end the script element early is in no release of it. */
static bool can_be_inlined(const char *script)
{
    return chart_version(script) >= CHART_LEAST && !strcasestr(script, "</script") &&
           !strstr(script, "<!--");
}

static struct library find_library(void)
{
    const char *asked = getenv("BENCH_CHART_JS");
    struct library library = {0};
    size_t count = asked ? 1 : sizeof chart_files / sizeof *chart_files;
    for (size_t i = 0; i < count && !library.script; i++) {
        const char *path = asked ? asked : chart_files[i];
        char *script = read_file(path);
        if (script && can_be_inlined(script)) {
            library.script = script;
            continue;
        }
        if (script && !library.problem)
            library.problem = mem_format("%s is not Chart.js %d or later", path, CHART_LEAST);
        free(script);
    }
    if (!library.script && !library.problem)
        library.problem = mem_format("%s was not found", asked ? asked : "Chart.js");
    return library;
}

/* ---- the data ---- */

/* Within a script element, no text of anybody's may look like markup. */
static int put_escaped(const char *text, size_t length, void *context)
{
    FILE *out = context;
    for (size_t i = 0; i < length;) {
        const char *found = memchr(text + i, '<', length - i);
        size_t plain = found ? (size_t)(found - text) - i : length - i;
        fwrite(text + i, 1, plain, out);
        if (found)
            fputs("\\u003c", out);
        i += plain + (found ? 1 : 0);
    }
    return ferror(out) ? -1 : 0;
}

static void put_data(FILE *out, const char *kind, json_t *data, json_t *blocks,
                     const struct library *library)
{
    json_t *all = json_object();
    json_put(all, "kind", json_of_text(kind));
    json_put(all, "version", json_of_text(BENCH_VERSION));
    json_put(all, "missing", json_of_text(library->problem));
    json_put(all, "blocks", blocks);
    json_put(all, "data", data);
    fputs("<script type=\"application/json\" id=\"data\">\n", out);
    /* ASCII, so that U+2028 and its like are escapes, too. */
    json_dump_callback(all, put_escaped, out,
                       JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
    fputs("\n</script>\n", out);
    json_decref(all);
}

static void put_part(FILE *out, const char *begin, const char *end)
{
    fwrite(begin, 1, (size_t)(end - begin), out);
}

int html_write(struct page *page, const char *kind, json_t *data, json_t *blocks,
               struct bench_error *err)
{
    struct library library = find_library();
    FILE *out = page->out;
    errno = 0;
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          /* Nothing may be loaded, whatever a text of the data tries. */
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n"
          "<title>bench</title>\n<style>\n",
          out);
    put_part(out, html_style, html_style_end);
    fputs("</style>\n</head>\n<body>\n"
          "<noscript><p>This page draws itself from the data that it holds: it needs JavaScript, and "
          "loads nothing. The same as text: --format table.</p></noscript>\n<main></main>\n",
          out);
    put_data(out, kind, data, blocks, &library);
    if (library.script)
        fprintf(out, "<script>\n%s\n</script>\n", library.script);
    fputs("<script>\n", out);
    put_part(out, html_script, html_script_end);
    fputs("</script>\n</body>\n</html>\n", out);
    free(library.script);
    free(library.problem);
    return page_end(page, "the HTML page", err);
}

struct page html_blocks(const struct page *page)
{
    return (struct page){.out = page->out,
                         .style = PAGE_BLOCKS,
                         .blocks = json_array(),
                         .with_details = page->with_details,
                         .defaults = page->defaults};
}
