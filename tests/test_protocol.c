/* The protocol from both outside ends: a scripted controller, and scripted runners. */
#include "program.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#define OPEN(params)                                                           \
    "{\"op\":\"open\",\"protocol\":2,\"workload\":\"spin\",\"params\":" params \
    ",\"executor\":\"serial\"}\n"
#define OPEN_WITH(more)                                                                            \
    "{\"op\":\"open\",\"workload\":\"spin\",\"params\":{\"tasks\":\"10\",\"steps_per_us\":\"1\"}," \
    "\"executor\":"                                                                                \
    "\"serial\"," more "}\n"
#define OPEN_SPIN OPEN("{\"tasks\":\"10\",\"steps_per_us\":\"1\"}")
#define OPEN_FAULTY(params)                                       \
    "{\"op\":\"open\",\"workload\":\"faulty\",\"params\":" params \
    ",\"executor\":\"serial\",\"plugins\":[\"" FAKE_PATH("faulty") "\"]}\n"
#define RUN "{\"op\":\"run\",\"verify\":false,\"passes\":1}\n"
#define VERIFY "{\"op\":\"run\",\"verify\":true,\"passes\":1}\n"
#define CLOSE "{\"op\":\"close\"}\n"

/* ---- a scripted controller ---- */

static struct program *start_runner(void **state)
{
    return program_start(*state, TERMINAL_NONE, "exec bench runner");
}

/* The next reply, an object; the caller's. `message` is what it replies to, for messages. */
static json_t *hear(struct program *runner, const char *message)
{
    const char *line = program_hear(runner);
    if (!line)
        fail_msg("no reply to %.200s", message);
    json_t *reply = json_loads(line, 0, NULL);
    if (!json_is_object(reply) || !json_is_boolean(json_object_get(reply, "ok")))
        fail_msg("the reply to %.200s is '%s'", message, line);
    return reply;
}

static json_t *ask(struct program *runner, const char *message)
{
    program_say(runner, message);
    return hear(runner, message);
}

static void assert_ok(struct program *runner, const char *message)
{
    json_t *reply = ask(runner, message);
    bool ok = json_is_true(json_object_get(reply, "ok"));
    const char *why = json_string_value(json_object_get(reply, "error"));
    if (!ok)
        fail_msg("%.200s failed: %s", message, why ? why : "without a reason");
    json_decref(reply);
}

/* The next reply is a refusal, with a status of the CSV's and an error with `reason` in it. */
static void assert_refusal(struct program *runner, const char *message, const char *status,
                           const char *reason)
{
    json_t *reply = hear(runner, message);
    const char *said = json_string_value(json_object_get(reply, "status"));
    const char *why = json_string_value(json_object_get(reply, "error"));
    bool as_expected = json_is_false(json_object_get(reply, "ok")) && said &&
                       strcmp(said, status) == 0 && why && why[0] && strstr(why, reason);
    if (!as_expected)
        fail_msg("the reply to %.200s is '%s', '%s'; not '%s', '%s'", message, said ? said : "well",
                 why ? why : "", status, reason);
    json_decref(reply);
}

static void assert_fails(struct program *runner, const char *message, const char *status,
                         const char *reason)
{
    program_say(runner, message);
    assert_refusal(runner, message, status, reason);
}

/* As it should: to its own end, and well. */
static void assert_ends(struct program *runner)
{
    program_finish(runner);
    if (runner->status != 0)
        fail_msg("exit status %d: %s", runner->status, runner->err);
    assert_int_equal(sandbox_processes_left(runner->box), 0);
}

static void open_replies_with_the_plan(void **state)
{
    struct program *runner = start_runner(state);
    json_t *reply = ask(runner, OPEN_WITH("\"workers\":1,\"grain\":3"));
    assert_int_equal(json_integer_value(json_object_get(reply, "tasks")), 10);
    assert_int_equal(json_integer_value(json_object_get(reply, "grain")), 3);
    assert_string_equal(json_string_value(json_object_get(reply, "work_unit")), "task");
    assert_true(json_is_number(json_object_get(reply, "work")));
    assert_int_equal(json_integer_value(json_object_get(reply, "protocol")), 2);
    assert_int_equal(json_integer_value(json_object_get(reply, "workers")), 1);
    assert_int_equal(json_integer_value(json_object_get(reply, "inflight")), 1);
    assert_string_equal(json_string_value(json_object_get(reply, "clock")), "release");
    assert_int_equal(json_array_size(json_object_get(reply, "cpus")), 1);
    assert_true(json_is_false(json_object_get(reply, "single_pass")));
    json_decref(reply);
    assert_ends(runner);
}

static void run_replies_in_the_words_of_the_csv(void **state)
{
    struct program *runner = start_runner(state);
    struct program *csv = program_run(*state, "bench --format csv -w spin -x serial -r 1 --warmup 0");
    struct rows rows = rows_of(*state, csv->out);
    assert_ok(runner, OPEN_SPIN);
    json_t *reply = ask(runner, RUN), *value;
    const char *key;
    json_object_foreach(reply, key, value)
    {
        if (strcmp(key, "ok") != 0 && strcmp(key, "note") != 0) /* the protocol's own */
            rows_field(&rows, 0, key);
    }
    static const char *const keys[] = {"tasks",     "work",           "startup_s",     "wall_s",
                                       "user_s",    "sys_s",          "latency_p50_s", "latency_max_s",
                                       "imbalance", "peak_rss_bytes", "cpus"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!json_object_get(reply, keys[i]))
            fail_msg("the reply has no %s", keys[i]);
    }
    json_decref(reply);
    assert_ends(runner);
}

static void runner_serves_case_after_case(void **state)
{
    struct program *runner = start_runner(state);
    for (int i = 0; i < 3; i++) {
        assert_ok(runner, OPEN_SPIN);
        assert_ok(runner, VERIFY);
        assert_ok(runner, RUN);
        assert_ok(runner, CLOSE);
    }
    assert_ends(runner);
}

static void passes_multiply_the_tasks(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_SPIN);
    json_t *reply = ask(runner, "{\"op\":\"run\",\"verify\":true,\"passes\":3}\n");
    assert_int_equal(json_integer_value(json_object_get(reply, "tasks")), 30);
    json_decref(reply);
    assert_ends(runner);
}

static void passes_without_sense_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_SPIN);
    assert_fails(runner, "{\"op\":\"run\",\"passes\":0}\n", "failed", "passes is 0");
    assert_fails(runner, "{\"op\":\"run\",\"passes\":-1}\n", "failed", "passes is -1");
    assert_fails(runner, "{\"op\":\"run\",\"passes\":9000000000000000000}\n", "failed",
                 "9000000000000000000 passes");
    assert_fails(runner, "{\"op\":\"run\",\"passes\":\"2\"}\n", "failed", "");
    assert_ok(runner, RUN);
    assert_ends(runner);
}

static void brief_runs_tell_nothing_but_their_time(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_SPIN);
    json_t *reply = ask(runner, "{\"op\":\"run\",\"passes\":2,\"brief\":true}\n");
    assert_true(json_is_true(json_object_get(reply, "ok")));
    assert_int_equal(json_integer_value(json_object_get(reply, "tasks")), 20);
    assert_true(json_real_value(json_object_get(reply, "wall_s")) >= 0);
    assert_null(json_object_get(reply, "user_s"));
    assert_null(json_object_get(reply, "pss_bytes"));
    json_decref(reply);
    assert_ends(runner);
}

/* 10 ms of sleep, and as long again: a lower bound, whatever the machine does. */
static void slower_runs_go_on_for_that_part_of_their_time(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, "{\"op\":\"open\",\"workload\":\"sleep\",\"params\":{\"duration\":\"10ms\","
                      "\"tasks\":\"1\"},\"executor\":\"serial\"}\n");
    json_t *reply = ask(runner, "{\"op\":\"run\",\"slower\":1}\n");
    assert_true(json_real_value(json_object_get(reply, "wall_s")) >= 0.02);
    assert_int_equal(json_integer_value(json_object_get(reply, "tasks")), 1);
    json_decref(reply);
    assert_ends(runner);
}

static void slowdowns_without_sense_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_SPIN);
    assert_fails(runner, "{\"op\":\"run\",\"slower\":-0.1}\n", "failed", "slower is -0.1");
    assert_fails(runner, "{\"op\":\"run\",\"slower\":1.5}\n", "failed", "slower=1.5");
    assert_ok(runner, RUN);
    assert_ends(runner);
}

static void what_was_measured_is_told_where_it_was_not_given(void **state)
{
    struct program *runner = start_runner(state);
    json_t *reply = ask(runner, OPEN("{\"tasks\":\"10\"}"));
    json_t *measured = json_object_get(reply, "measured");
    assert_true(json_is_string(json_object_get(measured, "steps_per_us")));
    json_decref(reply);
    assert_ok(runner, CLOSE);
    reply = ask(runner, OPEN_SPIN);
    assert_null(json_object_get(reply, "measured"));
    json_decref(reply);
    assert_ends(runner);
}

static void run_before_open_is_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, RUN, "failed", "open first");
    assert_ok(runner, OPEN_SPIN);
    assert_ok(runner, RUN);
    assert_ends(runner);
}

static void second_open_is_refused_and_the_first_goes_on(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_SPIN);
    assert_fails(runner, OPEN_SPIN, "failed", "close it first");
    assert_ok(runner, RUN);
    assert_ends(runner);
}

static void open_that_failed_can_be_tried_again(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, OPEN("{\"tasks\":\"-1\"}"), "failed", "tasks=-1");
    assert_ok(runner, OPEN_SPIN);
    assert_ok(runner, RUN);
    assert_ends(runner);
}

static void unknown_operations_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, "{\"op\":\"dance\"}\n", "failed", "open, run");
    assert_fails(runner, "{\"op\":1}\n", "failed", "open, run");
    assert_fails(runner, "{}\n", "failed", "open, run");
    assert_ends(runner);
}

static void garbage_is_answered_and_survived(void **state)
{
    static const char *const lines[] = {
        "hello\n",    "{\"op\":\n", "[1,2]\n", "null\n",
        "\"open\"\n", "{}{}\n",     "}\n",     "{\"op\":\"run\",\"op\":\"close\"}\n"};
    struct program *runner = start_runner(state);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_fails(runner, lines[i], "failed", "JSON object");
    assert_ok(runner, OPEN_SPIN);
    assert_ends(runner);
}

static void binary_garbage_is_answered_and_survived(void **state)
{
    struct program *runner = start_runner(state);
    char bytes[256];
    for (int i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1 == '\n' ? 0 : i + 1);
    bytes[255] = '\n';
    program_say_bytes(runner, bytes, sizeof bytes);
    assert_refusal(runner, "binary garbage", "failed", "JSON object");
    assert_fails(runner, "{\"op\":\"\xff\xfe\"}\n", "failed", "JSON object");
    assert_ok(runner, OPEN_SPIN);
    assert_ends(runner);
}

static void line_that_begins_with_nul_is_answered(void **state)
{
    struct program *runner = start_runner(state);
    program_say_bytes(runner, "\0{}\n", 4);
    program_finish(runner);
    assert_non_null(strstr(runner->out, "\"ok\":false"));
}

static void huge_lines_are_answered_and_survived(void **state)
{
    enum { SIZE = 4 << 20 };
    static const char letters[] = "x[{"; /* a word; arrays nested deeper than any stack; no key */
    char *line = malloc(SIZE + 1);
    struct program *runner = start_runner(state);
    assert_non_null(line);
    for (const char *letter = letters; *letter; letter++) {
        memset(line, *letter, SIZE);
        line[SIZE] = '\n';
        program_say_bytes(runner, line, SIZE + 1);
        assert_refusal(runner, "a huge line", "failed", "JSON object");
    }
    free(line);
    assert_ok(runner, OPEN_SPIN);
    assert_ends(runner);
}

static void empty_lines_and_carriage_returns_do_no_harm(void **state)
{
    struct program *runner = start_runner(state);
    program_say(runner, "\n\r\n  \n");
    assert_ok(runner, "{\"op\":\"close\"}\r\n");
    assert_ends(runner);
}

static void other_versions_of_the_protocol_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner,
                 "{\"op\":\"open\",\"protocol\":3,\"workload\":\"spin\",\"executor\":\"serial\"}\n",
                 "failed", "version 3");
    assert_fails(
        runner, "{\"op\":\"open\",\"protocol\":\"one\",\"workload\":\"spin\",\"executor\":\"serial\"}\n",
        "failed", "protocol is \"one\", a text");
    assert_ends(runner);
}

static void parameters_may_be_texts_numbers_and_truth_values(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN("{\"tasks\":\"10\",\"work\":\"1us\",\"steps_per_us\":\"1.5\"}"));
    assert_ok(runner, CLOSE);
    assert_ok(runner, OPEN("{\"tasks\":10,\"work\":0,\"steps_per_us\":1.5}"));
    assert_ok(runner, CLOSE);
    sandbox_write(*state, "data", "0123456789", 10);
    assert_ok(runner,
              "{\"op\":\"open\",\"workload\":\"fileread\",\"params\":{\"path\":\"data\",\"block\":5,"
              "\"direct\":false},\"executor\":\"serial\"}\n");
    assert_ok(runner, VERIFY);
    assert_ends(runner);
}

static void parameters_of_other_types_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, OPEN("{\"tasks\":null}"), "failed", "'tasks'");
    assert_fails(runner, OPEN("{\"tasks\":[10]}"), "failed", "'tasks'");
    assert_fails(runner, OPEN("{\"tasks\":1.5}"), "failed", "tasks=1.5");
    assert_fails(runner, OPEN("{\"tasks\":1e300}"), "failed", "tasks=");
    assert_fails(runner, OPEN("{\"pace\":1}"), "failed", "'pace'");
    assert_ends(runner);
}

static void parts_of_other_types_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, OPEN("[\"tasks\",10]"), "failed", "params");
    assert_fails(runner, OPEN("\"tasks=10\""), "failed", "params");
    assert_fails(runner, OPEN_WITH("\"executor_params\":7"), "failed", "executor_params");
    assert_fails(runner, OPEN_WITH("\"env\":[\"A=1\"]"), "failed", "env");
    assert_fails(runner, OPEN_WITH("\"env\":{\"A\":[1]}"), "failed", "env");
    assert_fails(runner, OPEN_WITH("\"plugins\":\"a.so\""), "failed", "plugins");
    assert_fails(runner, OPEN_WITH("\"plugins\":[1]"), "failed", "plugins");
    assert_ends(runner);
}

static void sizes_without_sense_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, OPEN_WITH("\"workers\":0"), "failed", "workers=0");
    assert_fails(runner, OPEN_WITH("\"workers\":-1"), "failed", "workers=-1");
    assert_fails(runner, OPEN_WITH("\"workers\":1000000000000"), "failed", "workers=");
    assert_fails(runner, OPEN_WITH("\"workers\":\"2\""), "failed", "");
    assert_fails(runner, OPEN_WITH("\"inflight\":0"), "failed", "inflight=0");
    assert_fails(runner, OPEN_WITH("\"grain\":-1"), "failed", "grain=-1");
    assert_ends(runner);
}

static void unknown_words_are_refused(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, "{\"op\":\"open\",\"workload\":\"spinn\",\"executor\":\"serial\"}\n", "failed",
                 "'spin'");
    assert_fails(runner, "{\"op\":\"open\",\"workload\":\"spin\",\"executor\":\"cereal\"}\n", "failed",
                 "'serial'");
    assert_fails(runner, "{\"op\":\"open\",\"executor\":\"serial\"}\n", "failed", "workload");
    assert_fails(runner, OPEN_WITH("\"schedule\":\"chaotic\""), "failed", "static, dynamic or guided");
    assert_fails(runner, OPEN_WITH("\"pin\":\"loose\""), "failed", "'loose'");
    assert_fails(runner, OPEN_WITH("\"places\":\"shelves\""), "failed", "'shelves'");
    assert_fails(runner, OPEN_WITH("\"plugins\":[\"none.so\"]"), "failed", "none.so");
    assert_ends(runner);
}

static void keys_to_come_are_ignored(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_WITH("\"colour\":\"blue\""));
    assert_ends(runner);
}

static void end_of_stdin_ends_the_runner_and_its_workers(void **state)
{
    static const char *const executors[] = {"serial", "pthread", "process"};
    for (size_t i = 0; i < sizeof executors / sizeof *executors; i++) {
        char message[200];
        struct program *runner = start_runner(state);
        snprintf(message, sizeof message,
                 "{\"op\":\"open\",\"workload\":\"spin\",\"executor\":\"%s\",\"workers\":2}\n",
                 executors[i]);
        assert_ok(runner, message);
        assert_ok(runner, RUN);
        assert_ends(runner);
    }
}

static void last_message_needs_no_line_end(void **state)
{
    struct program *runner = program_run(*state, "printf '{\"op\":\"close\"}' | bench runner");
    assert_string_equal(runner->out, "{\"ok\":true}\n");
}

static void reader_of_replies_that_goes_away_ends_the_runner(void **state)
{
    struct program *runner = program_run(*state, "yes '{\"op\":\"close\"}' | bench runner | head -n 1");
    assert_string_equal(runner->out, "{\"ok\":true}\n");
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void printing_does_not_get_into_replies(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_FAULTY("{\"how\":\"print\",\"at\":\"setup\"}"));
    assert_ok(runner, CLOSE);
    assert_ok(runner, OPEN_FAULTY("{\"how\":\"print\",\"at\":\"run\"}"));
    assert_ok(runner, RUN);
    assert_ok(runner, CLOSE);
    assert_ends(runner);
    assert_null(strstr(runner->out, "faulty"));
}

static void check_validates_and_sets_nothing_up(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(
        runner,
        "{\"op\":\"check\",\"workload\":\"faulty\",\"params\":{\"how\":\"fail\",\"at\":\"validate\"},"
        "\"executor\":\"serial\",\"plugins\":[\"" FAKE_PATH("faulty") "\"]}\n",
        "failed", "validate failed: as it was told to");
    assert_ok(runner,
              "{\"op\":\"check\",\"workload\":\"faulty\",\"params\":{\"how\":\"fail\",\"at\":\"setup\"},"
              "\"executor\":\"serial\",\"plugins\":[\"" FAKE_PATH("faulty") "\"]}\n");
    assert_ends(runner);
}

static void wrong_answers_are_told_in_verification_runs_only(void **state)
{
    struct program *runner = start_runner(state);
    assert_ok(runner, OPEN_FAULTY("{\"how\":\"fail\",\"at\":\"check\",\"run\":2,\"text\":\"wrong\"}"));
    assert_ok(runner, VERIFY);
    assert_fails(runner, VERIFY, "failed", "wrong");
    assert_ok(runner, CLOSE);
    assert_ok(runner, OPEN_FAULTY("{\"how\":\"fail\",\"at\":\"check\"}"));
    assert_ok(runner, RUN);
    assert_ends(runner);
}

static void notes_are_in_the_reply(void **state)
{
    struct program *runner = start_runner(state);
    json_t *reply = ask(runner, OPEN_FAULTY("{\"how\":\"note\",\"at\":\"setup\",\"text\":\"hark\"}"));
    assert_non_null(strstr(json_string_value(json_object_get(reply, "note")), "hark"));
    json_decref(reply);
    assert_ends(runner);
}

static void what_is_unsupported_has_that_status(void **state)
{
    struct program *runner = start_runner(state);
    assert_fails(runner, OPEN_FAULTY("{\"how\":\"unsupported\",\"at\":\"setup\"}"), "unsupported",
                 "setup failed");
    assert_ends(runner);
}

/* ---- scripted runners ---- */

/* Run bench with a runner that is a shell script: what it does on open, on run and on close. */
static struct program *run_with(struct sandbox *box, const char *on_open, const char *on_run,
                                const char *more)
{
    char script[4096];
    int length = snprintf(script, sizeof script,
                          "say() { printf '%%s\\n' \"$1\"; }\n"
                          "while read -r line; do case $line in\n"
                          "*'\"op\":\"open\"'*) %s ;;\n"
                          "*'\"op\":\"run\"'*) %s ;;\n"
                          "*) say '{\"ok\":true}' ;;\n"
                          "esac; done\n",
                          on_open, on_run);
    sandbox_write(box, "runner.sh", script, (size_t)length);
    return program_run(
        box, "bench --format csv -w spin -x serial -j 1 -r 2 --warmup 0 --launcher 'sh runner.sh' %s",
        more);
}

#define GOOD_OPEN "say '{\"ok\":true,\"tasks\":77,\"grain\":7,\"work_unit\":\"request\"}'"
#define GOOD_RUN "sleep 0.01; say '{\"ok\":true,\"wall_s\":0.0078125,\"tasks\":77}'"

static void assert_last_row(struct program *bench, const char *status, const char *reason)
{
    struct rows rows = rows_of(bench->box, bench->out);
    if (bench->status != 3 || strcmp(rows_field(&rows, rows.count - 1, "status"), status) != 0 ||
        !strstr(rows_field(&rows, rows.count - 1, "error"), reason))
        fail_msg("exit status %d, '%s', '%s'; not '%s', '%s'", bench->status,
                 rows_field(&rows, rows.count - 1, "status"), rows_field(&rows, rows.count - 1, "error"),
                 status, reason);
    assert_int_equal(sandbox_processes_left(bench->box), 0);
}

static void numbers_of_another_runner_arrive_in_the_csv(void **state)
{
    struct program *bench =
        run_with(*state, GOOD_OPEN,
                 "sleep 0.01; say "
                 "'{\"ok\":true,\"wall_s\":0.0078125,\"tasks\":77,\"work\":1e3,\"latency_p99_s\":1.5e-7,"
                 "\"ctx_voluntary\":12,\"cpus\":\"0 1\"}'",
                 "");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    assert_int_equal(rows.count, 3);
    assert_string_equal(rows_field(&rows, 2, "wall_s"), "0.0078125");
    assert_string_equal(rows_field(&rows, 2, "tasks"), "77");
    assert_string_equal(rows_field(&rows, 2, "work"), "1000");
    assert_string_equal(rows_field(&rows, 2, "latency_p99_s"), "1.5e-07");
    assert_string_equal(rows_field(&rows, 2, "ctx_voluntary"), "12");
    assert_string_equal(rows_field(&rows, 2, "cpus"), "0 1");
    assert_string_equal(rows_field(&rows, 2, "grain"), "7");
    assert_string_equal(rows_field(&rows, 2, "work_unit"), "request");
}

static void what_another_runner_does_not_tell_is_empty(void **state)
{
    struct program *bench = run_with(*state, "say '{\"ok\":true,\"tasks\":77}'", GOOD_RUN, "");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    assert_string_equal(rows_field(&rows, 2, "user_s"), "");
    assert_string_equal(rows_field(&rows, 2, "work"), "");
}

static void notes_of_another_runner_are_said(void **state)
{
    struct program *bench =
        run_with(*state, "say '{\"ok\":true,\"tasks\":77,\"note\":\"hark\"}'", GOOD_RUN, "");
    assert_non_null(strstr(bench->err, "hark"));
}

static void reply_may_come_in_pieces(void **state)
{
    struct program *bench =
        run_with(*state, "printf '{\"ok\"'; sleep 0.2; printf ':true'; sleep 0.2; say ',\"tasks\":77}'",
                 GOOD_RUN, "");
    assert_int_equal(bench->status, 0);
}

static void what_the_controller_knows_is_not_the_runners_to_say(void **state)
{
    struct program *bench = run_with(
        *state, GOOD_OPEN,
        "sleep 0.01; say "
        "'{\"ok\":true,\"wall_s\":0.01,\"tasks\":77,\"workload\":\"x\",\"phase\":\"x\",\"run\":99,"
        "\"launch\":9,\"session\":\"x\",\"status\":\"x\",\"executor\":\"x\",\"label\":\"x\"}'",
        "");
    struct rows rows = rows_of(*state, bench->out);
    assert_string_equal(rows_field(&rows, 2, "workload"), "spin");
    assert_string_equal(rows_field(&rows, 2, "executor"), "serial");
    assert_string_equal(rows_field(&rows, 2, "phase"), "measure");
    assert_string_equal(rows_field(&rows, 2, "run"), "2");
    assert_string_equal(rows_field(&rows, 2, "launch"), "1");
    assert_string_equal(rows_field(&rows, 2, "status"), "ok");
    assert_string_equal(rows_field(&rows, 2, "label"), "");
}

static void garbage_from_a_runner_is_a_crashed_row(void **state)
{
    assert_last_row(run_with(*state, "say hello", GOOD_RUN, ""), "crashed", "'hello'");
    assert_last_row(run_with(*state, GOOD_OPEN, "say '[1]'", ""), "crashed", "must be a JSON object");
    assert_last_row(run_with(*state, GOOD_OPEN, "say 'null'", ""), "crashed", "must be a JSON object");
    assert_last_row(run_with(*state, GOOD_OPEN, "say ''", ""), "crashed", "must be a JSON object");
}

static void binary_garbage_from_a_runner_does_not_reach_the_terminal(void **state)
{
    struct program *bench = run_with(*state, "printf '\\033[2J\\001\\377\\n'", GOOD_RUN, "");
    assert_last_row(bench, "crashed", "must be a JSON object");
    assert_null(strpbrk(bench->err, "\033\001\377"));
}

static void half_a_line_and_then_the_end_is_a_crashed_row(void **state)
{
    assert_last_row(run_with(*state, GOOD_OPEN, "printf '{\"ok\":tr'; exit 9", ""), "crashed",
                    "exit status 9");
}

static void end_without_an_answer_is_a_crashed_row(void **state)
{
    assert_last_row(run_with(*state, "exit 0", GOOD_RUN, ""), "crashed", "exit status 0");
    assert_last_row(run_with(*state, GOOD_OPEN, "kill -9 $$", ""), "crashed", "signal 9");
}

static void closed_stdout_is_a_crashed_row(void **state)
{
    assert_last_row(run_with(*state, GOOD_OPEN, "exec >&-; sleep 1000", ""), "crashed",
                    "closed its stdout");
}

static void silence_is_ended_by_the_timeout(void **state)
{
    assert_last_row(run_with(*state, GOOD_OPEN, ":", "--timeout 1"), "timeout", "1 s");
    assert_last_row(run_with(*state, GOOD_OPEN, "printf '{\"ok\":'", "--timeout 1"), "timeout", "1 s");
}

static void endless_line_is_a_crashed_row(void **state)
{
    assert_last_row(run_with(*state, GOOD_OPEN, "tr '\\0' x </dev/zero", "--timeout 50"), "crashed",
                    "too long");
}

static void long_reply_is_taken(void **state)
{
    struct program *bench = run_with(
        *state, GOOD_OPEN,
        "sleep 0.01; say "
        "\"{\\\"ok\\\":true,\\\"tasks\\\":77,\\\"wall_s\\\":0.0078125,\\\"pad\\\":\\\"$(head -c 100000 "
        "/dev/zero | tr '\\0' x)\\\"}\"",
        "");
    assert_int_equal(bench->status, 0);
}

/* What a reply says, and what the failed row says of it. */
struct impossible {
    const char *reply, *reason;
};

static void assert_impossible(struct sandbox *box, const char *on_open, const struct impossible *one,
                              const char *more)
{
    char on_run[256];
    snprintf(on_run, sizeof on_run, "say '%s'", one->reply);
    struct program *bench = run_with(box, on_open, on_run, more);
    assert_last_row(bench, "failed", one->reason);
    struct rows rows = rows_of(box, bench->out);
    assert_string_equal(rows_field(&rows, rows.count - 1, "wall_s"), "");
    assert_string_equal(rows_field(&rows, rows.count - 1, "user_s"), "");
}

static void ok_of_another_type_is_a_failed_row(void **state)
{
    static const struct impossible replies[] = {
        {"{\"ok\":\"yes\",\"wall_s\":1}", "\"ok\" is \"yes\", a text; it must be true or false"},
        {"{\"ok\":1,\"wall_s\":1}", "\"ok\" is 1; it must be true or false"},
        {"{\"wall_s\":1}", "\"ok\" is missing; it must be true or false"},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        assert_impossible(*state, GOOD_OPEN, &replies[i], "");
}

static void runs_that_cannot_be_are_failed_rows_without_numbers(void **state)
{
    /* the first run verifies: its tasks have to be right, too */
    static const struct impossible replies[] = {
        {"{\"ok\":true}", "tasks is missing"},
        {"{\"ok\":true,\"tasks\":3}", "verified were 3 tasks; it must be the 77 of open"},
        {"{\"ok\":true,\"tasks\":\"77\"}", "tasks is \"77\", a text; it must be a whole number"},
        {"{\"ok\":true,\"tasks\":77}", "wall_s is missing"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":\"fast\"}", "wall_s is \"fast\", a text"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":-1}", "wall_s is -1; it must be a number of 0 or more"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":0}", "wall_s is 0"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":3600}", "wall_s is 3600, but the reply came"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":1e308}", "wall_s is 1e+308, but the reply came"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":1e-6,\"user_s\":-1}", "user_s is -1"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":1e-6,\"user_s\":1e6}", "of CPU time"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":1e-6,\"latency_max_s\":99}", "latency_max_s is 99"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":1e-6,\"startup_s\":999}", "startup_s is 999"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":1e-6,\"ctx_voluntary\":1.5}", "a whole number"},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        assert_impossible(*state, GOOD_OPEN, &replies[i], "");
}

static void what_open_promises_has_to_be_possible(void **state)
{
    static const struct impossible replies[] = {
        {"{\"ok\":true}", "tasks is missing; the reply to open must say"},
        {"{\"ok\":true,\"tasks\":0}", "tasks is 0; it must be a whole number of 1 or more"},
        {"{\"ok\":true,\"tasks\":-5}", "tasks is -5"},
        {"{\"ok\":true,\"tasks\":\"100\"}", "tasks is \"100\", a text"},
        {"{\"ok\":true,\"tasks\":7,\"grain\":8}", "grain is 8, more than the 7 tasks"},
        {"{\"ok\":true,\"tasks\":7,\"work\":-1}", "work is -1"},
        {"{\"ok\":true,\"tasks\":7,\"clock\":\"sand\"}", "release or submit"},
        {"{\"ok\":true,\"tasks\":7,\"cpus\":\"0 1\"}", "cpus is \"0 1\", a text; it must be a list"},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        char on_open[256];
        snprintf(on_open, sizeof on_open, "say '%s'", replies[i].reply);
        assert_impossible(*state, on_open, &replies[i], "");
    }
}

static void more_tasks_than_any_machine_does_are_not_believed(void **state)
{
    const struct impossible one = {"{\"ok\":true,\"tasks\":1000000000000000,\"wall_s\":1e-6}",
                                   "no machine is that fast"};
    assert_impossible(*state, "say '{\"ok\":true,\"tasks\":1000000000000000}'", &one, "");
}

static void numbers_that_json_does_not_have_are_said(void **state)
{
    assert_last_row(run_with(*state, GOOD_OPEN, "say '{\"ok\":true,\"tasks\":77,\"wall_s\":NaN}'", ""),
                    "crashed", "leave out what is unknown");
}

static void key_that_comes_twice_is_refused(void **state)
{
    assert_last_row(run_with(*state, GOOD_OPEN,
                             "say '{\"ok\":true,\"tasks\":77,\"wall_s\":1e-6,\"wall_s\":1e-5}'", ""),
                    "crashed", "duplicate object key");
}

/* ---- version 2: which reply belongs to which message ---- */

#define OPEN_2 "say '{\"ok\":true,\"id\":1,\"protocol\":2,\"tasks\":77}'"
#define RUN_2(id) "{\"ok\":true,\"id\":" id ",\"tasks\":77,\"wall_s\":1e-6}"

static void reply_to_another_message_is_refused(void **state)
{
    static const struct impossible replies[] = {
        {RUN_2("1"), "with id 1 to message 2"},
        {RUN_2("3"), "with id 3 to message 2"},
        {"{\"ok\":true,\"tasks\":77,\"wall_s\":1e-6}", "has no id"},
        {RUN_2("\"2\""), "id is \"2\", a text"},
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        assert_impossible(*state, OPEN_2, &replies[i], "");
}

/* Else all later runs would get the times of the run before. */
static void reply_that_comes_twice_is_refused(void **state)
{
    assert_last_row(run_with(*state, OPEN_2, "say '" RUN_2("2") "'; say '" RUN_2("2") "'", ""), "failed",
                    "one reply");
}

static void runner_of_version_1_is_spoken_to_in_its_words(void **state)
{
    struct program *bench = run_with(*state, "echo \"$line\" >>asked; " GOOD_OPEN, GOOD_RUN, "");
    assert_int_equal(bench->status, 0);
    const char *asked = sandbox_read(*state, "asked"), *second = strchr(asked, '\n') + 1;
    assert_non_null(strstr(asked, "\"protocol\":2"));
    assert_non_null(strstr(second, "\"protocol\":1"));
    assert_non_null(strstr(second, "\"lifeline\":true"));
    assert_null(strstr(second, "\"id\""));
    assert_null(strstr(second, "\"scratch\""));
}

static void runner_that_refuses_version_2_is_opened_again(void **state)
{
    struct program *bench =
        run_with(*state,
                 "case $line in *'\"protocol\":1'*) " GOOD_OPEN
                 " ;; *) say '{\"ok\":false,\"status\":\"failed\",\"error\":\"which version\"}' ;; esac",
                 GOOD_RUN, "--launches 3");
    assert_int_equal(bench->status, 0);
}

static void wait_that_a_runner_causes_by_not_reading_ends(void **state)
{
    sandbox_write(*state, "runner.sh", "exec sleep 1000\n", 16);
    struct program *bench = program_run(*state, "bench -w spin -x serial -r 1 --label x --timeout 1 "
                                                "--launcher 'sh runner.sh' --format csv");
    assert_last_row(bench, "timeout", "1 s");
    bench =
        program_run(*state, "bench -w exec -s command=\"true $(head -c 100000 /dev/zero | tr '\\\\0' "
                            "x)\" -x serial -r 1 --timeout 1 --launcher 'sh runner.sh' "
                            "--format csv");
    assert_int_equal(bench->status, 3);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

static void runner_that_was_stopped_is_told_in_its_row(void **state)
{
    struct program *bench =
        run_with(*state, GOOD_OPEN, "(sleep 0.2; kill -CONT $$) & kill -STOP $$; " GOOD_RUN, "");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(*state, bench->out);
    assert_non_null(strstr(rows_field(&rows, 1, "notes"), "was stopped (SIGSTOP)"));
    assert_non_null(strstr(bench->err, "during run 1 (measure) of launch 1"));
}

/* A run of a second, told as 0.9 s by the runner, and as next to none by a clock that was stepped. */
static void clock_of_the_controllers_that_goes_back_is_not_blamed_on_the_runner(void **state)
{
    struct sandbox *box = *state;
    if (access(BINARY_FOLDER "/tests/step_clock.so", R_OK) < 0)
        skip(); /* a sanitizer wants to be the first library */
    box->variables[0] = "LD_PRELOAD=" BINARY_FOLDER "/tests/step_clock.so";
    box->variables[1] = "STEP_NS=950000000";
    struct program *bench = run_with(box, GOOD_OPEN,
                                     "[ $((n += 1)) = 1 ] || { sleep 1; echo >step; }; say "
                                     "'{\"ok\":true,\"wall_s\":0.9,\"tasks\":77}'",
                                     "");
    assert_last_row(bench, "failed", "CLOCK_MONOTONIC");
    struct rows rows = rows_of(box, bench->out);
    assert_null(strstr(rows_field(&rows, rows.count - 1, "notes"), "suspended"));
}

/* CLOCK_BOOTTIME goes on while the machine is suspended, and CLOCK_MONOTONIC stands still. */
static void machine_that_was_suspended_during_a_run_is_noted(void **state)
{
    struct sandbox *box = *state;
    if (access(BINARY_FOLDER "/tests/step_clock.so", R_OK) < 0)
        skip(); /* a sanitizer wants to be the first library */
    box->variables[0] = "LD_PRELOAD=" BINARY_FOLDER "/tests/step_clock.so";
    box->variables[1] = "STEP_NS=250000000";
    struct program *bench = run_with(box, GOOD_OPEN,
                                     "[ $((n += 1)) = 1 ] || { sleep 0.5; echo >step; }; say "
                                     "'{\"ok\":true,\"wall_s\":0.1,\"tasks\":77}'",
                                     "");
    assert_int_equal(bench->status, 0);
    struct rows rows = rows_of(box, bench->out);
    assert_string_equal(rows_field(&rows, 1, "notes"), "the machine was suspended for 0.25 s");
    assert_string_equal(rows_field(&rows, 0, "notes"), "");
    assert_non_null(strstr(bench->err, "suspended for 0.25 s during run 1 (measure) of launch 1"));
}

static size_t scratch_folders(struct sandbox *box)
{
    struct program *found = program_run(box, "find . -name 'bench-*' | wc -l");
    return (size_t)strtoul(found->out, NULL, 10);
}

/* What the line says of the folder, without the shell's help: between the quotes. */
#define MAKES_SCRATCH                                                                     \
    "path=${line#*scratch\\\":\\\"}; path=${path%%\\\"*}; mkdir -m 700 \"$path\"; mkdir " \
    "\"$path/deep\"; "                                                                    \
    "echo >\"$path/deep/file\"; ls -d \"$path\" >seen; "

static void scratch_folder_is_removed_whatever_becomes_of_runner_and_controller(void **state)
{
    static const char *const ends[] = {"sleep 0.01; say '{\"ok\":true,\"id\":'${n}',\"tasks\":77,"
                                       "\"wall_s\":1e-6}'",
                                       "kill -9 $$", "kill -9 $PPID; sleep 1000"};
    struct sandbox *box = *state;
    static char tmpdir[300];
    snprintf(tmpdir, sizeof tmpdir, "TMPDIR=%s", box->folder);
    box->variables[0] = tmpdir;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char on_run[256];
        snprintf(on_run, sizeof on_run, "n=${line#*\\\"id\\\":}; n=${n%%%%,*}; %s", ends[i]);
        run_with(box, MAKES_SCRATCH OPEN_2, on_run, "");
        assert_int_equal(sandbox_processes_left(box), 0);
        assert_true(sandbox_read(box, "seen")[0] == '/');
        assert_int_equal(scratch_folders(box), 0);
    }
}

/* ---- a runner that was written from the page alone ---- */

static struct rows run_python(struct sandbox *box, const char *options)
{
    if (program_run(box, "python3 -c ''")->status != 0)
        skip();
    struct program *bench = program_run(box,
                                        "bench -w spin -x pthread -j 2 --format csv %s --launcher "
                                        "\"python3 '" SOURCE_FOLDER "/tests/runner.py'\"",
                                        options);
    if (bench->status != 0)
        fail_msg("exit status %d: %s", bench->status, bench->err);
    assert_int_equal(sandbox_processes_left(box), 0);
    return rows_of(box, bench->out);
}

static void runner_in_python_is_measured_like_any_other(void **state)
{
    struct rows rows = run_python(*state, "-r 3 --warmup 1 --launches 2");
    assert_int_equal(rows.count, 10);
    assert_int_equal(rows_with(&rows, "status", "ok"), 10);
    size_t row = rows_find(&rows, 0, "phase", "measure");
    assert_string_equal(rows_field(&rows, row, "tasks"), "64");
    assert_string_equal(rows_field(&rows, row, "work_unit"), "byte");
    assert_string_equal(rows_field(&rows, row, "workers"), "2");
    assert_true(atof(rows_field(&rows, row, "wall_s")) > 0);
    assert_true(atof(rows_field(&rows, row, "work_per_s")) > 0);
}

static void tree_of_a_runner_is_counted_where_it_asks_for_it(void **state)
{
    struct rows rows = run_python(*state, "-r 1 --warmup 0");
    assert_true(atof(rows_field(&rows, 1, "cpu_s")) > 0);
    assert_true(atof(rows_field(&rows, 1, "pss_bytes")) > 1e6);
    assert_string_equal(rows_field(&rows, 1, "user_s"), ""); /* a process's clock has both in one */
}

static void refusal_of_a_runner_of_version_1_arrives(void **state)
{
    assert_last_row(run_with(*state,
                             "say '{\"ok\":false,\"status\":\"failed\",\"error\":\"no day for it\"}'",
                             GOOD_RUN, ""),
                    "failed", "no day for it");
}

static void failure_without_a_reason_has_one_in_the_row(void **state)
{
    assert_last_row(run_with(*state, GOOD_OPEN, "say '{\"ok\":false}'", ""), "failed",
                    "without a reason");
    assert_last_row(
        run_with(*state, GOOD_OPEN, "say '{\"ok\":false,\"status\":\"failed\",\"error\":5}'", ""),
        "failed", "without a reason");
    assert_last_row(
        run_with(*state, GOOD_OPEN, "say '{\"ok\":false,\"status\":\"ok\",\"error\":\"x\"}'", ""),
        "failed", "x");
}

static void failure_keeps_its_status_and_reason(void **state)
{
    assert_last_row(run_with(*state,
                             "say '{\"ok\":false,\"status\":\"unsupported\",\"error\":\"not here\"}'",
                             GOOD_RUN, ""),
                    "unsupported", "not here");
    assert_last_row(run_with(*state, GOOD_OPEN,
                             "say '{\"ok\":false,\"status\":\"crashed\",\"error\":\"it fell\"}'", ""),
                    "crashed", "it fell");
}

static void status_that_the_csv_does_not_know_is_failed(void **state)
{
    assert_last_row(
        run_with(*state, GOOD_OPEN, "say '{\"ok\":false,\"status\":\"tired\",\"error\":\"it is\"}'", ""),
        "failed", "it is");
}

static void check_that_fails_without_a_reason_is_refused_in_words(void **state)
{
    static const char script[] =
        "while read -r line; do printf '%s\\n' '{\"ok\":false,\"status\":\"failed\"}'; done\n";
    sandbox_write(*state, "runner.sh", script, sizeof script - 1);
    struct program *bench = program_run(*state, "bench -w fileread -x serial --launcher 'sh runner.sh'");
    assert_int_equal(bench->status, 2);
    assert_null(strstr(bench->err, "(null)"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(open_replies_with_the_plan),
        TEST(run_replies_in_the_words_of_the_csv),
        TEST(runner_serves_case_after_case),
        TEST(passes_multiply_the_tasks),
        TEST(passes_without_sense_are_refused),
        TEST(brief_runs_tell_nothing_but_their_time),
        TEST(slower_runs_go_on_for_that_part_of_their_time),
        TEST(slowdowns_without_sense_are_refused),
        TEST(what_was_measured_is_told_where_it_was_not_given),
        TEST(run_before_open_is_refused),
        TEST(second_open_is_refused_and_the_first_goes_on),
        TEST(open_that_failed_can_be_tried_again),
        TEST(unknown_operations_are_refused),
        TEST(garbage_is_answered_and_survived),
        TEST(binary_garbage_is_answered_and_survived),
        TEST(line_that_begins_with_nul_is_answered),
        TEST(huge_lines_are_answered_and_survived),
        TEST(empty_lines_and_carriage_returns_do_no_harm),
        TEST(other_versions_of_the_protocol_are_refused),
        TEST(parameters_may_be_texts_numbers_and_truth_values),
        TEST(parameters_of_other_types_are_refused),
        TEST(parts_of_other_types_are_refused),
        TEST(sizes_without_sense_are_refused),
        TEST(unknown_words_are_refused),
        TEST(keys_to_come_are_ignored),
        TEST(end_of_stdin_ends_the_runner_and_its_workers),
        TEST(last_message_needs_no_line_end),
        TEST(reader_of_replies_that_goes_away_ends_the_runner),
        TEST(printing_does_not_get_into_replies),
        TEST(check_validates_and_sets_nothing_up),
        TEST(wrong_answers_are_told_in_verification_runs_only),
        TEST(notes_are_in_the_reply),
        TEST(what_is_unsupported_has_that_status),
        TEST(numbers_of_another_runner_arrive_in_the_csv),
        TEST(what_another_runner_does_not_tell_is_empty),
        TEST(notes_of_another_runner_are_said),
        TEST(reply_may_come_in_pieces),
        TEST(what_the_controller_knows_is_not_the_runners_to_say),
        TEST(garbage_from_a_runner_is_a_crashed_row),
        TEST(binary_garbage_from_a_runner_does_not_reach_the_terminal),
        TEST(half_a_line_and_then_the_end_is_a_crashed_row),
        TEST(end_without_an_answer_is_a_crashed_row),
        TEST(closed_stdout_is_a_crashed_row),
        TEST(silence_is_ended_by_the_timeout),
        TEST(endless_line_is_a_crashed_row),
        TEST(long_reply_is_taken),
        TEST(ok_of_another_type_is_a_failed_row),
        TEST(runs_that_cannot_be_are_failed_rows_without_numbers),
        TEST(what_open_promises_has_to_be_possible),
        TEST(more_tasks_than_any_machine_does_are_not_believed),
        TEST(numbers_that_json_does_not_have_are_said),
        TEST(key_that_comes_twice_is_refused),
        TEST(reply_to_another_message_is_refused),
        TEST(reply_that_comes_twice_is_refused),
        TEST(runner_of_version_1_is_spoken_to_in_its_words),
        TEST(runner_that_refuses_version_2_is_opened_again),
        TEST(refusal_of_a_runner_of_version_1_arrives),
        TEST(wait_that_a_runner_causes_by_not_reading_ends),
        TEST(runner_that_was_stopped_is_told_in_its_row),
        TEST(clock_of_the_controllers_that_goes_back_is_not_blamed_on_the_runner),
        TEST(machine_that_was_suspended_during_a_run_is_noted),
        TEST(scratch_folder_is_removed_whatever_becomes_of_runner_and_controller),
        TEST(runner_in_python_is_measured_like_any_other),
        TEST(tree_of_a_runner_is_counted_where_it_asks_for_it),
        TEST(failure_without_a_reason_has_one_in_the_row),
        TEST(failure_keeps_its_status_and_reason),
        TEST(status_that_the_csv_does_not_know_is_failed),
        TEST(check_that_fails_without_a_reason_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
