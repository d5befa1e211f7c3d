/* What a transfer came to, as far as it can be told without making one. */
#include "workloads/http/fetch_count.h"
#include "workloads/http/fetch_outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct fetch_options known = {
    .known = true, .timeout_ms = 1500, .redirects = 5, .body_bytes = 512, .body_xxh3 = 7};

static int judge(struct fetch_result *result)
{
    result->easy = curl_easy_init();
    assert_non_null(result->easy);
    int outcome = fetch_judge(result, &known);
    curl_easy_cleanup(result->easy);
    return outcome;
}

static void body_that_is_the_right_one_is_well(void **state)
{
    (void)state;
    struct fetch_result result = {.code = CURLE_OK, .received_bytes = 512, .body_xxh3 = 7};
    assert_int_equal(judge(&result), FETCH_OK);
}

static void body_of_another_length_is_wrong(void **state)
{
    (void)state;
    struct fetch_result result = {.code = CURLE_OK, .received_bytes = 511, .body_xxh3 = 7};
    assert_int_equal(judge(&result), FETCH_WRONG_BODY);
    assert_string_equal(result.why, "a body of 511 bytes instead of 512");
}

static void body_with_another_digest_is_wrong(void **state)
{
    (void)state;
    struct fetch_result result = {.code = CURLE_OK, .received_bytes = 512, .body_xxh3 = 8};
    assert_int_equal(judge(&result), FETCH_WRONG_BODY);
    assert_string_equal(result.why,
                        "a body with the digest 0000000000000008 instead of 0000000000000007");
}

static void want_of_memory_is_no_failure_of_the_server(void **state)
{
    (void)state;
    struct fetch_result result = {.code = CURLE_OUT_OF_MEMORY};
    assert_true(judge(&result) < 0);
}

static void every_error_of_libcurl_is_told_in_words(void **state)
{
    (void)state;
    for (int code = CURLE_OK + 1; code < CURL_LAST; code++) {
        struct fetch_result result = {.code = (CURLcode)code};
        int outcome = judge(&result);
        assert_true(outcome != FETCH_OK && outcome < FETCH_OUTCOMES);
        assert_true(strlen(result.why) > 0);
    }
}

static void times_are_told_in_the_largest_whole_unit(void **state)
{
    (void)state;
    struct fetch_result result = {.code = CURLE_OPERATION_TIMEDOUT};
    assert_int_equal(judge(&result), FETCH_TIMED_OUT);
    assert_string_equal(result.why, "timed out after 1500 ms without an answer");
}

static void failures_are_counted_by_kind(void **state)
{
    (void)state;
    char text[256];
    struct fetch_count *count = fetch_count_new(2);
    assert_non_null(count);
    for (int outcome = 0; outcome < FETCH_OUTCOMES; outcome++)
        assert_non_null(fetch_outcome_words(outcome));
    for (int i = 0; i < 12; i++)
        fetch_count_add(count, 1, FETCH_STATUS, 503);
    fetch_count_add(count, 0, FETCH_STATUS, 404);
    fetch_count_add(count, 0, FETCH_TIMED_OUT, 0);
    fetch_count_add(count, 0, FETCH_OK, 200);
    fetch_count_describe(count, text, sizeof text);
    assert_string_equal(text, "1 status 404, 12 status 503, 1 timed out");
    assert_int_equal(fetch_count_requests(count), 15);
    assert_int_equal(fetch_count_failed(count), 14);
    fetch_count_clear(count);
    assert_int_equal(fetch_count_requests(count) + fetch_count_failed(count), 0);
    fetch_count_free(count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_that_is_the_right_one_is_well),
        cmocka_unit_test(body_of_another_length_is_wrong),
        cmocka_unit_test(body_with_another_digest_is_wrong),
        cmocka_unit_test(want_of_memory_is_no_failure_of_the_server),
        cmocka_unit_test(every_error_of_libcurl_is_told_in_words),
        cmocka_unit_test(times_are_told_in_the_largest_whole_unit),
        cmocka_unit_test(failures_are_counted_by_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
