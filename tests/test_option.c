/* Options as rows: what is taken, what is refused and how, and the help that follows from the rows. */
#include "base/command_line.h"
#include "base/completion.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct part {
    double share;
    const char *given;
};

struct target {
    struct option_texts words, settings;
    const char *name;
    bool loud;
    uint64_t runs, time_ns, delay_ns, size_bytes;
    double ratio;
    enum { COLOUR_UNSAID, RED, GREEN } colour;
    struct shape shape;
    struct part part;
};

static const struct option_row rows[] = {
    {OPERANDS(struct target, words)},
    HEADING("First:"),
    {"name", 'n', "TEXT", TEXT_OPTION(struct target, name), .help = "a name"},
    {"set", 's', "TEXT", TEXTS_OPTION(struct target, settings), .help = "a setting"},
    {"loud", 'l', NULL, FLAG_OPTION(struct target, loud), .help = "make noise"},
    HEADING("Second:"),
    {"runs", 'r', "N", COUNT_OPTION(struct target, runs, 1, 1000), .help = "how often"},
    {"time", 0, "SECONDS", SECONDS_OPTION(struct target, time_ns), .help = "how long"},
    {"delay", 0, "TIME", DURATION_OPTION(struct target, delay_ns, 1e9), .allowed = "at most 1s",
     .help = "how late"},
    {"size", 0, "SIZE", SIZE_OPTION(struct target, size_bytes, 4096), .allowed = "at most 4KiB",
     .help = "how large"},
    {"ratio", 0, "X", REAL_OPTION(struct target, ratio, 0, 1), .help = "how much"},
    {"colour", 0, "WORD", CHOICE_OPTION(struct target, colour), .words = "red green", .initial = "red",
     .help = "which one"},
    {"schedule", 0, "HOW", KNOB_OPTION(struct target, shape, "schedule"), .help = "who does what"},
    {"grain", 0, "N", KNOB_OPTION(struct target, shape, "grain"), .help = "how coarsely"},
    {0},
};

static const struct option_row part_rows[] = {
    {GIVEN_OPTION(struct part, given)},
    HEADING("First:"),
    {"share", 0, "PERCENT", PERCENT_OPTION(struct part, share, 50, 99), .help = "how sure"},
    {0},
};

static const struct command_line line = {
    .name = "test",
    .operands = "WORD...",
    .summary = "A line.",
    .parts = {{rows, 0}, {part_rows, offsetof(struct target, part)}},
};

static struct bench_error err;

/* The words of `text`, parsed; what it returned. */
static int parse(struct target *target, const char *text)
{
    static char copy[256]; /* the target points into it */
    char *argv[32] = {"test"}, *rest = copy;
    int argc = 1;
    err = (struct bench_error){0};
    *target = (struct target){.shape = shape_default};
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        argv[argc++] = word;
    return command_line_parse(&line, target, argc, argv, &err);
}

static void free_target(struct target *target)
{
    option_texts_free(&target->words);
    option_texts_free(&target->settings);
}

static void values_go_where_their_rows_say(void **state)
{
    (void)state;
    struct target target;
    assert_int_equal(parse(&target, "-n x --loud -r 12 --time 1.5 --delay=3ms --size 4K --ratio 0.5 "
                                    "--colour green --schedule guided --grain 7 --share 95%"),
                     0);
    assert_string_equal(target.name, "x");
    assert_true(target.loud);
    assert_int_equal(target.runs, 12);
    assert_int_equal(target.time_ns, 1500000000);
    assert_int_equal(target.delay_ns, 3000000);
    assert_int_equal(target.size_bytes, 4096);
    assert_true(target.ratio == 0.5);
    assert_int_equal(target.colour, GREEN);
    assert_string_equal(target.shape.schedule, "guided");
    assert_int_equal(target.shape.grain, 7);
    assert_true(target.part.share == 0.95);
    assert_string_equal(target.part.given, "share");
}

static void the_last_value_of_an_option_counts_but_texts_add_up(void **state)
{
    (void)state;
    struct target target;
    assert_int_equal(parse(&target, "-n a -s one -n b -s two"), 0);
    assert_string_equal(target.name, "b");
    assert_int_equal(target.settings.count, 2);
    assert_string_equal(target.settings.texts[1], "two");
    free_target(&target);
}

static void operands_stand_anywhere_and_behind_two_dashes_are_no_options(void **state)
{
    (void)state;
    struct target target;
    assert_int_equal(parse(&target, "a -r 3 b -- -r"), 0);
    assert_int_equal(target.words.count, 3);
    assert_string_equal(target.words.texts[2], "-r");
    free_target(&target);
}

static void names_may_be_shortened_as_far_as_they_are_clear(void **state)
{
    (void)state;
    struct target target;
    assert_int_equal(parse(&target, "--lo --sh 60"), 0);
    assert_true(target.loud);
    assert_int_equal(parse(&target, "--s x"), -EINVAL); /* set, size, schedule or share */
}

static void what_is_not_allowed_is_told_with_what_would_be(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"-r 0", "--runs: '0' must be a whole number from 1 to 1000"},
        {"-r 1001", "--runs: '1001' must be a whole number from 1 to 1000"},
        {"--time 0", "--time: '0' must be a time over 0 in seconds, such as 2.5 or 500ms"},
        {"--delay 2s", "--delay: '2s' must be at most 1s"},
        {"--size 5K", "--size: '5K' must be at most 4KiB"},
        {"--ratio nan", "--ratio: 'nan' must be a number from 0 to 1"},
        {"--colour blue", "--colour: 'blue' must be red or green"},
        {"--schedule x", "--schedule: 'x' must be static, dynamic or guided"},
        {"--share 3", "--share: '3' must be a percentage from 50 to 99"},
        {"--lout", "no option '--lout'; did you mean '--loud'? (test --help)"},
        {"-lz", "no option '-z' (test --help shows them)"},
        {"--loud=3", "--loud: takes no value (test --help)"},
        {"-r", "--runs: needs a value (test --help)"},
    };
    struct target target;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(parse(&target, wrong[i][0]), -EINVAL);
        assert_string_equal(err.message, wrong[i][1]);
    }
}

static void help_has_groups_words_and_defaults(void **state)
{
    (void)state;
    char *help = NULL;
    size_t size;
    FILE *out = open_memstream(&help, &size);
    command_line_help(out, &line);
    fclose(out);
    assert_non_null(
        strstr(help, "Usage: test [OPTION...] WORD...\nA line.\n\nFirst:\n  -n, --name=TEXT "));
    assert_non_null(strstr(help, "which one: red or green; default: red\n"));
    assert_non_null(strstr(help, "who does what: static, dynamic or guided; default:\n"));
    const char *share = strstr(help, "--share"); /* another table's, of the first group */
    assert_true(share && share < strstr(help, "Second:"));
    free(help);
}

/* What is offered for the last word, lines joined by blanks. */
static void assert_offered(const char *offered, char **words, int count)
{
    struct completion completion;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    completion_open(&completion, count, words, out);
    completion_of_line(&completion, &line, 0);
    completion_close(&completion);
    fclose(out);
    for (char *end = text; (end = strchr(end, '\n')) != NULL;)
        *end = end[1] ? ' ' : '\0';
    assert_string_equal(text, offered);
    free(text);
}
#define OFFERED(offered, ...) \
    assert_offered(offered, (char *[]){__VA_ARGS__}, sizeof((char *[]){__VA_ARGS__}) / sizeof(char *))

static void words_are_completed_however_the_shell_parts_them(void **state)
{
    (void)state;
    OFFERED("--set --size --schedule --share", "--s");
    OFFERED("red green", "--colour", "");
    OFFERED("green", "--colour", "=", "g");
    OFFERED("red green", "--colour", "=");
    OFFERED("--colour=green", "--colour=g");
    OFFERED("static dynamic guided", "-lr", "3", "--schedule", "");
    OFFERED("", "-r", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_go_where_their_rows_say),
        cmocka_unit_test(the_last_value_of_an_option_counts_but_texts_add_up),
        cmocka_unit_test(operands_stand_anywhere_and_behind_two_dashes_are_no_options),
        cmocka_unit_test(names_may_be_shortened_as_far_as_they_are_clear),
        cmocka_unit_test(what_is_not_allowed_is_told_with_what_would_be),
        cmocka_unit_test(help_has_groups_words_and_defaults),
        cmocka_unit_test(words_are_completed_however_the_shell_parts_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
