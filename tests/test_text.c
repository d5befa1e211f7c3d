/* The nearest name, splitting, quoting. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"matmul", "blur", "fileread", "sleep", "spin"};

static const char *nearest(const char *word)
{
    return text_nearest(word, names, sizeof names / sizeof *names);
}

static void a_misspelt_name_finds_the_one_that_was_meant(void **state)
{
    (void)state;
    assert_string_equal(nearest("blurr"), "blur");
    assert_string_equal(nearest("fielread"), "fileread");
    assert_string_equal(nearest("matmlu"), "matmul");
    assert_string_equal(nearest("slep"), "sleep");
}

static void a_word_far_from_all_names_finds_none(void **state)
{
    (void)state;
    assert_null(nearest("postgres"));
    assert_null(nearest(""));
    assert_null(nearest("x"));
}

static void lists_are_split_at_commas_but_not_at_escaped_ones(void **state)
{
    (void)state;
    char **words = text_split("a,b\\,c,,d");
    assert_string_equal(words[0], "a");
    assert_string_equal(words[1], "b,c");
    assert_string_equal(words[2], "");
    assert_string_equal(words[3], "d");
    assert_null(words[4]);
    free(words);
}

static void json_is_not_split(void **state)
{
    (void)state;
    static const char *const texts[] = {"{\"a\":1,\"b\":\"x\\\\,y\"}", "[1,2]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char **words = text_split(texts[i]);
        assert_string_equal(words[0], texts[i]);
        assert_null(words[1]);
        free(words);
    }
}

static void words_with_blanks_are_quoted_as_for_a_shell(void **state)
{
    (void)state;
    struct text text = {0};
    text_add_word(&text, "plain.png");
    text_add(&text, " ");
    text_add_word(&text, "my cat's.png");
    assert_string_equal(text.text, "plain.png 'my cat'\\''s.png'");
    free(text.text);
}

static void words_end_at_blanks_outside_of_quotes(void **state)
{
    (void)state;
    assert_int_equal(text_word_length("a=1 b=2"), 3);
    assert_int_equal(text_word_length("c='x y= z' b=2"), 10);
    assert_int_equal(text_word_length("c='it'\\''s one' b=2"), 15);
    assert_int_equal(text_word_length(""), 0);
    assert_int_equal(text_word_length("'no end"), 7);
}

static void passwords_in_addresses_are_masked(void **state)
{
    static const char *const cases[][2] = {
        {"http://user:secret@host/a", "http://user:***@host/a"},
        {"url=http://u:p@h/ and ftp://x:yy@z", "url=http://u:*@h/ and ftp://x:**@z"},
        {"https://u:a:b@c@host", "https://u:***@host"},
        {"http://host:80/x@y", "http://host:80/x@y"},
        {"http://user@host", "http://user@host"},
        {"mail a:b@c", "mail a:b@c"},
        {"'http://u:pw@h' x@y", "'http://u:**@h' x@y"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        strcpy(text, cases[i][0]);
        assert_string_equal(text_mask_secrets(text), cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_misspelt_name_finds_the_one_that_was_meant),
        cmocka_unit_test(a_word_far_from_all_names_finds_none),
        cmocka_unit_test(lists_are_split_at_commas_but_not_at_escaped_ones),
        cmocka_unit_test(json_is_not_split),
        cmocka_unit_test(words_with_blanks_are_quoted_as_for_a_shell),
        cmocka_unit_test(words_end_at_blanks_outside_of_quotes),
        cmocka_unit_test(passwords_in_addresses_are_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
