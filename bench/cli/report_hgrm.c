/* One case's percentile distribution. See report_hgrm.h. */
#include "cli/report_hgrm.h"

#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "report/case_name.h"
#include "report/hgrm.h"
#include "results/case_latencies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int hgrm_check(const struct hgrm_options *options, bool is_hgrm, struct bench_error *err)
{
    if (is_hgrm && !options->histograms)
        return bench_error_set(err, -EINVAL,
                               "--format: hgrm needs --histograms FILE, which bench --histograms FILE "
                               "writes while it runs");
    if (!is_hgrm && (options->histograms || options->words))
        return bench_error_set(err, -EINVAL, "--%s: is for --format hgrm",
                               options->histograms ? "histograms" : "case");
    return 0;
}

/* ---- which case ---- */

static bool is_word_of(const char *word, size_t length, const struct record *identity,
                       const struct case_parts *parts)
{
    bool found = strlen(identity->workload) == length && strncmp(identity->workload, word, length) == 0;
    for (size_t i = 0; !found && i < parts->size; i++) {
        const struct case_part *part = &parts->parts[i];
        size_t key = strlen(part->key);
        bool has_key = length > key && strncmp(word, part->key, key) == 0 && word[key] == '=';
        const char *value = has_key ? word + key + 1 : word;
        size_t rest = length - (size_t)(value - word);
        found = strlen(part->value) == rest && strncmp(part->value, value, rest) == 0;
    }
    return found;
}

/* Has it all the words? */
static bool is_meant(const char *words, const struct record *identity)
{
    struct case_parts parts = {0};
    bool meant = true;
    case_parts_read(&parts, identity);
    for (const char *word = words; word && meant;) {
        word += strspn(word, " ,");
        size_t length = strcspn(word, " ,");
        if (length == 0)
            break;
        meant = is_word_of(word, length, identity, &parts);
        word += length;
    }
    case_parts_free(&parts);
    return meant;
}

/* "executor=omp workers=2", what tells it from the others, as --case takes it; the workload, too. */
static void add_name(struct text *text, const struct record *identity, const struct case_naming *naming)
{
    struct case_parts parts = {0};
    case_parts_read(&parts, identity);
    text_add(text, "%s", identity->workload);
    for (size_t i = 0; i < parts.size; i++) {
        const struct case_part *part = &parts.parts[i];
        if (case_naming_find(naming, part->kind, part->key))
            text_add(text, " %s=%s", part->key, part->value);
    }
    case_parts_free(&parts);
}

static int refuse_many(const struct hgrm_options *options, const struct record **meant, size_t count,
                       struct bench_error *err)
{
    enum { NAMES_MOST = 6 };
    struct case_naming naming;
    struct text names = {0};
    case_naming_make(&naming, meant, count, NULL);
    case_naming_keep_varying(&naming);
    for (size_t i = 0; i < count && i < NAMES_MOST; i++) {
        text_add(&names, "%s'", i ? ", " : "");
        add_name(&names, meant[i], &naming);
        text_add(&names, "'");
    }
    int rc =
        bench_error_set(err, -EINVAL, "--case: %zu cases have histograms%s%s%s; one must be named: %s%s",
                        count, options->words ? " and are '" : "", options->words ? options->words : "",
                        options->words ? "'" : "", names.text, count > NAMES_MOST ? ", ..." : "");
    case_naming_free(&naming);
    free(names.text);
    return rc;
}

/* The number of the case. */
static int choose(const struct hgrm_options *options, const struct cases *cases,
                  const struct case_latencies *list, size_t *chosen, struct bench_error *err)
{
    const struct record **meant = mem_zero(cases->size, sizeof *meant);
    size_t count = 0, with = 0;
    int rc = 0;
    for (size_t i = 0; i < cases->size; i++) {
        with += list[i].runs > 0;
        if (list[i].runs == 0 || !is_meant(options->words, cases->list[i].identity))
            continue;
        meant[count++] = cases->list[i].identity;
        *chosen = i;
    }
    if (with == 0)
        rc = bench_error_set(err, -ENODATA, "--histograms: %s has none of these runs",
                             options->histograms);
    else if (count == 0)
        rc = bench_error_set(err, -EINVAL,
                             "--case: no case has all of '%s'; without --case they are listed",
                             options->words);
    else if (count > 1)
        rc = refuse_many(options, meant, count, err);
    free(meant);
    return rc;
}

/* ---- telling ---- */

static int print(const struct latencies *latencies, const char *output, struct bench_error *err)
{
    FILE *out = output ? fopen(output, "we") : stdout;
    if (!out)
        return bench_error_set(err, -errno, "--output: %s: %s", output, strerror(errno));
    hgrm_print(out, latencies);
    bool failed = fflush(out) != 0 || ferror(out);
    if (output)
        failed |= fclose(out) != 0;
    if (!failed)
        return EXIT_OK;
    fprintf(stderr, "bench: %s: %s\n", output ? output : "stdout", strerror(errno));
    return EXIT_CASE;
}

int hgrm_tell(const struct hgrm_options *options, const struct cases *cases, const char *output,
              struct bench_error *err)
{
    struct case_latencies *list;
    bool was_torn;
    size_t chosen = 0;
    int rc = case_latencies_read(&list, cases, options->histograms, &was_torn, err);
    if (rc == 0 && was_torn)
        fprintf(stderr, "bench: warning: %s: its last line is cut off and is left out\n",
                options->histograms);
    if (rc == 0)
        rc = choose(options, cases, list, &chosen, err);
    if (rc == 0 && list[chosen].runs < list[chosen].measured)
        fprintf(stderr, "bench: warning: of %zu measured runs %zu have no histogram in %s\n",
                list[chosen].measured, list[chosen].measured - list[chosen].runs, options->histograms);
    if (rc == 0)
        rc = print(&list[chosen].all, output, err);
    case_latencies_free(list, cases->size);
    return rc;
}
