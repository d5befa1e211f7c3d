/*
 * A comparison as workflow commands of GitHub Actions ("Workflow commands for GitHub Actions", setting
 * an error message). What is escaped, and how, is what its toolkit does (@actions/core, command.ts).
 */
#include "report/comparison_print.h"
#include "report/comparison_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* In a property a colon and a comma would end it. */
static void put(FILE *out, const char *text, bool is_property)
{
    for (; *text != '\0'; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' ||
            (is_property && (*text == ':' || *text == ',')))
            fprintf(out, "%%%02X", (unsigned)*text);
        else
            fputc(*text, out);
    }
}

/* Takes both texts and frees them. */
static int put_command(FILE *out, const char *command, char *title, char *message)
{
    int failed = title != NULL && message != NULL ? 0 : -ENOMEM;

    if (!failed) {
        fprintf(out, "::%s title=", command);
        put(out, title, true);
        fprintf(out, "::");
        put(out, message, false);
        fputc('\n', out);
    }
    free(title);
    free(message);
    return failed;
}

static int put_case(FILE *out, const struct comparison *comparison, const struct compared_case *one,
                    const struct case_naming *naming)
{
    static const char *const commands[VERDICTS] = {
        [VERDICT_WORSE] = "error", [VERDICT_FAILED] = "error", [VERDICT_INCONCLUSIVE] = "warning"};

    if (commands[one->verdict] == NULL)
        return 0;
    return put_command(out, commands[one->verdict], case_name(&one->identity, naming),
                       comparison_finding(comparison, one));
}

static int put_only(FILE *out, const struct record *list, size_t size, const char *name,
                    const struct case_naming *naming)
{
    int failed = 0;

    for (size_t i = 0; i < size && !failed; i++) {
        char *message = NULL;

        if (asprintf(&message, "only in %s: not compared", name) < 0)
            message = NULL;
        failed = put_command(out, "warning", case_name(&list[i], naming), message);
    }
    return failed;
}

static int print(FILE *out, const struct comparison *comparison)
{
    struct case_naming naming = naming_of(comparison), unmatched = naming_of_unmatched(comparison);
    char *summary = comparison_summary(comparison);
    int failed = summary == NULL ? -ENOMEM : 0;

    for (size_t i = 0; i < comparison->size && !failed; i++)
        failed = put_case(out, comparison, &comparison->cases[i], &naming);
    if (!failed)
        failed = put_only(out, comparison->only_old, comparison->only_old_size, comparison->old_name,
                          &unmatched);
    if (!failed)
        failed = put_only(out, comparison->only_new, comparison->only_new_size, comparison->new_name,
                          &unmatched);
    for (size_t i = 0; i < comparison->notes_size && !failed; i++)
        failed = put_command(out, "notice", strdup("bench"), strdup(comparison->notes[i]));
    if (!failed)
        fprintf(out, "bench: %s\n", summary);
    free(summary);
    return failed;
}

int comparison_print_github(FILE *out, const struct comparison *comparison, struct bench_error *err)
{
    errno = 0;
    return print(out, comparison) != 0 ? comparison_no_memory(err) : comparison_flush(out, err);
}
