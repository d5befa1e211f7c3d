/*
 * A comparison as JUnit XML. There is no standard of it; what is written here is what the readers have
 * in common: testsuites, testsuite with its counts, testcase with failure, error or skipped.
 */
#include "base/text.h"
#include "base/utf8.h"
#include "report/comparison_print.h"
#include "report/comparison_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* U+FFFE and U+FFFF are characters of UTF-8 but none of XML (XML 1.0, production 2). */
static bool is_no_character(const char *at, size_t length)
{
    return length == 3 && (memcmp(at, "\xEF\xBF\xBE", 3) == 0 || memcmp(at, "\xEF\xBF\xBF", 3) == 0);
}

/* Fit for an attribute and for text: what means something to XML as entities, what it may not hold as
 * '?'. */
static void put(FILE *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};

    while (*text != '\0') {
        size_t length = utf8_length(text);
        const char *found = strchr(special, *text);

        if (length == 0 || is_no_character(text, length) || (unsigned char)*text < ' ' || *text == 0x7F)
            fputc('?', out);
        else if (found != NULL)
            fputs(entities[found - special], out);
        else
            fwrite(text, 1, length, out);
        text += length != 0 ? length : 1;
    }
}

static int put_attribute(FILE *out, const char *name, const char *text)
{
    if (text == NULL)
        return -ENOMEM;
    fprintf(out, " %s=\"", name);
    put(out, text);
    fputc('"', out);
    return 0;
}

/* The part of a case's name that `put_part` prints. */
static int put_name(FILE *out, const char *attribute, const struct record *identity,
                    const struct case_naming *naming)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    int failed;

    if (stream == NULL)
        return -ENOMEM;
    if (naming != NULL)
        case_put_way(stream, identity, naming);
    else
        case_put_work(stream, identity);
    failed = fclose(stream) != 0 ? -ENOMEM : put_attribute(out, attribute, text);
    free(text);
    return failed;
}

static int begin_case(FILE *out, const struct record *identity, const struct case_naming *naming)
{
    int failed;

    fprintf(out, "    <testcase");
    failed = put_name(out, "classname", identity, NULL);
    return failed ? failed : put_name(out, "name", identity, naming);
}

static int put_outcome(FILE *out, const char *element, const char *type, char *finding)
{
    int failed = finding != NULL ? 0 : -ENOMEM;

    fprintf(out, "      <%s", element);
    if (!failed && type != NULL)
        failed = put_attribute(out, "type", type);
    if (!failed)
        failed = put_attribute(out, "message", finding);
    fprintf(out, "/>\n");
    free(finding);
    return failed;
}

static int put_case(FILE *out, const struct comparison *comparison, const struct compared_case *one,
                    const struct case_naming *naming)
{
    int failed = begin_case(out, &one->identity, naming);
    char *finding = comparison_finding(comparison, one);

    fprintf(out, ">\n");
    if (failed || finding == NULL) {
        free(finding);
        return -ENOMEM;
    }
    if (one->verdict == VERDICT_WORSE) {
        failed = put_outcome(out, "failure", comparison->metric->worse, finding);
    } else if (one->verdict == VERDICT_FAILED) {
        failed = put_outcome(out, "error", "failed", finding);
    } else if (one->verdict == VERDICT_INCONCLUSIVE) {
        failed = put_outcome(out, "skipped", NULL, finding);
    } else {
        fprintf(out, "      <system-out>");
        put(out, finding);
        fprintf(out, "</system-out>\n");
        free(finding);
    }
    fprintf(out, "    </testcase>\n");
    return failed;
}

static int put_only(FILE *out, const struct record *list, size_t size, const char *name,
                    const struct case_naming *naming)
{
    int failed = 0;

    for (size_t i = 0; i < size && !failed; i++) {
        struct text text = {0};

        failed = begin_case(out, &list[i], naming);
        fprintf(out, ">\n");
        text_add(&text, "only in %s", name);
        if (!failed)
            failed = put_outcome(out, "skipped", NULL, text.text);
        fprintf(out, "    </testcase>\n");
    }
    return failed;
}

/* name, tests, ... of testsuites and of the one testsuite in it. */
static int put_counts(FILE *out, const struct comparison *comparison)
{
    size_t only = comparison->only_old_size + comparison->only_new_size;
    struct text name = {0};
    int failed;

    text_add(&name, "bench: %s of %s against %s", comparison->metric->name, comparison->new_name,
             comparison->old_name);
    failed = name.failed ? -ENOMEM : put_attribute(out, "name", name.text);
    free(name.text);
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
            comparison->size + only, comparison_count(comparison, VERDICT_WORSE),
            comparison_count(comparison, VERDICT_FAILED),
            comparison_count(comparison, VERDICT_INCONCLUSIVE) + only);
    return failed;
}

static int print(FILE *out, const struct comparison *comparison)
{
    struct case_naming naming = naming_of(comparison), unmatched = naming_of_unmatched(comparison);
    int failed;

    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    failed = put_counts(out, comparison);
    fprintf(out, "  <testsuite");
    if (!failed)
        failed = put_counts(out, comparison);
    for (size_t i = 0; i < comparison->size && !failed; i++)
        failed = put_case(out, comparison, &comparison->cases[i], &naming);
    if (!failed)
        failed = put_only(out, comparison->only_old, comparison->only_old_size, comparison->old_name,
                          &unmatched);
    if (!failed)
        failed = put_only(out, comparison->only_new, comparison->only_new_size, comparison->new_name,
                          &unmatched);
    for (size_t i = 0; i < comparison->notes_size; i++) {
        fprintf(out, "    <system-out>note: ");
        put(out, comparison->notes[i]);
        fprintf(out, "</system-out>\n");
    }
    fprintf(out, "  </testsuite>\n</testsuites>\n");
    return failed;
}

int comparison_print_junit(FILE *out, const struct comparison *comparison, struct bench_error *err)
{
    errno = 0;
    return print(out, comparison) != 0 ? comparison_no_memory(err) : comparison_flush(out, err);
}
