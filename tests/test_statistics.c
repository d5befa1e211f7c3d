/*
 * The statistics against R's answers, which tests/fixtures/statistics.csv holds and scripts/statistics.R
 * wrote; and what R has no answer to.
 */
#include "stats/autocorrelation.h"
#include "stats/distributions.h"
#include "stats/holm.h"
#include "stats/order_statistics.h"
#include "stats/rank.h"
#include "stats/scaling.h"
#include "stats/signed_rank.h"
#include "stats/summary.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIXTURES SOURCE_FOLDER "/tests/fixtures/statistics.csv"
#define NUMBERS_MOST 128

struct numbers {
    double at[NUMBERS_MOST];
    size_t size;
};

/* One row: what was asked, and what R says. */
struct question {
    struct numbers first, second, answer;
};

/* What ours says. */
typedef struct numbers answerer(const struct question *question);

static struct numbers one(double value)
{
    return (struct numbers){{value}, 1};
}

static struct numbers two(struct interval interval)
{
    return (struct numbers){{interval.low, interval.high}, 2};
}

static struct numbers sorted(struct numbers numbers)
{
    for (size_t i = 1; i < numbers.size; i++) {
        for (size_t j = i; j > 0 && numbers.at[j] < numbers.at[j - 1]; j--) {
            double larger = numbers.at[j - 1];

            numbers.at[j - 1] = numbers.at[j];
            numbers.at[j] = larger;
        }
    }
    return numbers;
}

static struct numbers parse(const char *text)
{
    struct numbers numbers = {.size = 0};
    char *end;

    for (const char *at = text;; at = end) {
        double number = strtod(at, &end);

        if (end == at)
            return numbers;
        assert_in_range(numbers.size, 0, NUMBERS_MOST - 1);
        numbers.at[numbers.size++] = number;
    }
}

static void assert_numbers(struct numbers is, struct numbers expected, double error, const char *row)
{
    assert_int_equal(is.size, expected.size);
    for (size_t i = 0; i < is.size; i++) {
        double e = expected.at[i];

        if (isnan(e) ? !isnan(is.at[i]) : !(fabs(is.at[i] - e) <= error * fmax(fabs(e), 1e-300)))
            fail_msg("number %zu is %.15g, R says %.15g: %s", i + 1, is.at[i], e, row);
    }
}

/* All rows of a function, to a relative error; there must be `rows` of them. */
static void compare_with_r(const char *function, size_t rows, double error, answerer *answer)
{
    FILE *file = fopen(FIXTURES, "r");
    char *line = NULL, row[64];
    size_t room = 0, found = 0;

    assert_non_null(file);
    while (getline(&line, &room, file) > 0) {
        char *rest = line, *what = strsep(&rest, ",");
        struct question question;

        if (strcmp(what, function) != 0)
            continue;
        question.first = parse(strsep(&rest, ","));
        question.second = parse(strsep(&rest, ","));
        question.answer = parse(rest);
        snprintf(row, sizeof(row), "%s, row %zu", function, ++found);
        assert_numbers(answer(&question), question.answer, error, row);
    }
    free(line);
    fclose(file);
    assert_int_equal(found, rows);
}

#define FIRST(i) (question->first.at[i])
#define SECOND(i) (question->second.at[i])

static struct numbers answer_normal_quantile(const struct question *question)
{
    return one(normal_quantile(FIRST(0)));
}

static struct numbers answer_normal_above(const struct question *question)
{
    return one(normal_above(FIRST(0)));
}

static void the_normal_is_as_in_r(void **state)
{
    (void)state;
    compare_with_r("normal_quantile", 11, 1e-12, answer_normal_quantile);
    compare_with_r("normal_above", 6, 1e-12, answer_normal_above);
}

static struct numbers answer_student_quantile(const struct question *question)
{
    return one(student_quantile(FIRST(0), SECOND(0)));
}

static struct numbers answer_student_above(const struct question *question)
{
    return one(student_above(FIRST(0), SECOND(0)));
}

static void with_ever_more_degrees_of_freedom_students_t_becomes_the_normal_distribution(void **state)
{
    (void)state;
    for (double df = 1e8; df < 1e40; df *= 10) {
        assert_float_equal(student_quantile(0.025, df), normal_quantile(0.025), 1e-7);
        assert_float_equal(student_above(2, df), normal_above(2), 1e-8);
    }
}

static void students_t_is_as_in_r(void **state)
{
    (void)state;
    compare_with_r("student_quantile", 90, 1e-9, answer_student_quantile);
    compare_with_r("student_above", 54, 1e-11, answer_student_above);
}

static struct numbers answer_beta_below(const struct question *question)
{
    return one(beta_below(FIRST(0), SECOND(0), SECOND(1)));
}

static struct numbers answer_beta_quantile(const struct question *question)
{
    return one(beta_quantile(FIRST(0), SECOND(0), SECOND(1)));
}

static void the_beta_is_as_in_r(void **state)
{
    (void)state;
    compare_with_r("beta_below", 35, 1e-10, answer_beta_below);
    compare_with_r("beta_quantile", 20, 1e-10, answer_beta_quantile);
}

static struct numbers answer_binomial_at_most(const struct question *question)
{
    return one(binomial_at_most(FIRST(0), FIRST(1), SECOND(0)));
}

static struct numbers answer_binomial_interval(const struct question *question)
{
    return two(binomial_interval(FIRST(0), FIRST(1), SECOND(0)));
}

static void the_binomial_is_as_in_r(void **state)
{
    (void)state;
    compare_with_r("binomial_at_most", 34, 1e-10, answer_binomial_at_most);
    compare_with_r("binomial_interval", 51, 1e-10, answer_binomial_interval);
}

static struct numbers answer_quantile(const struct question *question)
{
    struct numbers values = sorted(question->second);

    return one(summary_quantile(values.at, values.size, FIRST(0)));
}

static struct numbers answer_deviations(const struct question *question)
{
    struct summary summary;

    summary = summary_of(question->first.at, question->first.size);
    return (struct numbers){{summary.mean, summary.stddev, summary.mad, summary.cv}, 4};
}

static struct numbers answer_outliers(const struct question *question)
{
    struct summary summary;

    summary = summary_of(question->first.at, question->first.size);
    return one((double)summary.outliers);
}

static struct numbers answer_autocorrelation(const struct question *question)
{
    return one(autocorrelation_first(question->first.at, question->first.size));
}

static void descriptions_are_as_in_r(void **state)
{
    (void)state;
    compare_with_r("quantile", 20, 1e-12, answer_quantile);
    compare_with_r("deviations", 2, 1e-12, answer_deviations);
    compare_with_r("outliers", 2, 0, answer_outliers);
    compare_with_r("autocorrelation", 2, 1e-11, answer_autocorrelation);
}

static struct numbers answer_order_interval(const struct question *question)
{
    struct numbers values = sorted(question->first);

    return two(order_interval(values.at, values.size, 1 - SECOND(0)));
}

static void intervals_of_medians_are_as_in_r(void **state)
{
    (void)state;
    compare_with_r("order_interval", 10, 1e-11, answer_order_interval);
}

static struct rank_shift shift_of(const struct question *question)
{
    struct rank_shift shift;

    shift = rank_shift(question->first.at, question->first.size, question->second.at,
                       question->second.size, 0.95);
    return shift;
}

static struct numbers numbers_of_shift(struct rank_shift shift)
{
    return (struct numbers){
        {shift.pairs_above, shift.p, shift.shift, shift.interval.low, shift.interval.high}, 5};
}

static struct numbers answer_rank_shift_exact(const struct question *question)
{
    struct rank_shift shift = shift_of(question);

    assert_true(shift.exact);
    return numbers_of_shift(shift);
}

static struct numbers answer_rank_shift_normal(const struct question *question)
{
    struct rank_shift shift = shift_of(question);

    assert_false(shift.exact);
    return numbers_of_shift(shift);
}

static void shifts_are_as_in_r(void **state)
{
    (void)state;
    compare_with_r("rank_shift_exact", 12, 1e-11, answer_rank_shift_exact);
    compare_with_r("rank_shift_normal", 4, 1e-5, answer_rank_shift_normal);
}

static struct signed_rank signed_rank_for(const struct question *question)
{
    struct signed_rank ranks;

    signed_rank_of(question->first.at, question->first.size, 0.95, &ranks);
    return ranks;
}

static struct numbers answer_signed_rank(const struct question *question)
{
    struct signed_rank ranks = signed_rank_for(question);

    return (struct numbers){
        {ranks.p_above, ranks.p, ranks.centre, ranks.interval.low, ranks.interval.high}, 5};
}

static struct numbers answer_signed_rank_p(const struct question *question)
{
    struct signed_rank ranks = signed_rank_for(question);

    return (struct numbers){{ranks.p_above, ranks.p, ranks.centre}, 3};
}

static void signed_ranks_are_as_in_r(void **state)
{
    (void)state;
    compare_with_r("signed_rank", 10, 1e-11, answer_signed_rank);
    compare_with_r("signed_rank_ties", 3, 1e-11, answer_signed_rank_p);
    compare_with_r("signed_rank_normal", 2, 1e-11, answer_signed_rank_p);
}

static void too_few_signed_ranks_have_no_interval(void **state)
{
    const double five[] = {0.1, 0.2, 0.3, 0.4, 0.5};
    struct signed_rank ranks;

    (void)state;
    signed_rank_of(five, 5, 0.95, &ranks);
    assert_false(interval_known(ranks.interval)); /* five coins fall alike once in 16 times */
    assert_true(ranks.p == 2.0 / 32);
    signed_rank_of(five, 0, 0.95, &ranks);
    assert_true(isnan(ranks.p) && isnan(ranks.centre));
}

static void zeros_have_no_sign(void **state)
{
    const double zeros[] = {0, 0, 0, 0};
    struct signed_rank ranks;

    (void)state;
    signed_rank_of(zeros, 4, 0.5, &ranks);
    assert_true(ranks.p == 1 && ranks.centre == 0);
}

static struct numbers answer_holm(const struct question *question)
{
    struct numbers p = question->first;

    holm_adjust(p.at, p.size);
    return p;
}

static void holm_is_as_in_r(void **state)
{
    (void)state;
    compare_with_r("holm_adjust", 6, 1e-12, answer_holm);
}

/* Launches one after the other into points. */
static size_t points_of(const struct question *question, struct scaling_point *points)
{
    size_t count = 0;

    for (size_t i = 0; i < question->first.size; i++) {
        if (count == 0 || points[count - 1].n != FIRST(i))
            points[count++] = (struct scaling_point){.n = FIRST(i), .logs = &SECOND(i)};
        points[count - 1].launches++;
    }
    return count;
}

static struct numbers answer_usl(const struct question *question)
{
    struct scaling_point points[NUMBERS_MOST];
    size_t count = points_of(question, points);
    struct scaling_law of;
    struct usl amdahl;

    assert_true(scaling_law_of(points, count, 0.95, 200, 1, &of));
    assert_true(scaling_fit(points, count, false, &amdahl));
    if (amdahl.sigma >= 1)
        amdahl = (struct usl){NAN, NAN, 0};
    return (struct numbers){
        {of.law.lambda, of.law.sigma, of.law.kappa, of.misfit_p, amdahl.lambda, amdahl.sigma}, 6};
}

static void laws_of_scaling_are_as_in_r(void **state)
{
    (void)state;
    compare_with_r("usl", 30, 1e-6, answer_usl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_normal_is_as_in_r),
        cmocka_unit_test(students_t_is_as_in_r),
        cmocka_unit_test(with_ever_more_degrees_of_freedom_students_t_becomes_the_normal_distribution),
        cmocka_unit_test(the_beta_is_as_in_r),
        cmocka_unit_test(the_binomial_is_as_in_r),
        cmocka_unit_test(descriptions_are_as_in_r),
        cmocka_unit_test(intervals_of_medians_are_as_in_r),
        cmocka_unit_test(shifts_are_as_in_r),
        cmocka_unit_test(holm_is_as_in_r),
        cmocka_unit_test(laws_of_scaling_are_as_in_r),
        cmocka_unit_test(signed_ranks_are_as_in_r),
        cmocka_unit_test(too_few_signed_ranks_have_no_interval),
        cmocka_unit_test(zeros_have_no_sign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
