/* `bench report` for programs that keep numbers over time, held against what reads it there. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PYTHON "/usr/bin/python3"
#define REFERENCE "\"$SOURCE\"/results/reference-2-core-vm.csv"
#define SPIN \
    "bench --format csv -w spin -x serial -s tasks=10 -s work=10us -s steps_per_us=1 --warmup 0 -r 3"
#define FAULTY "bench --format csv --plugin " FAKE("faulty") " -w faulty -x serial --warmup 0 -r 3"

static void need(struct sandbox *box, const char *module)
{
    if (program_run(box, PYTHON " -c 'import %s'", module)->status != 0)
        skip();
}

/* What the script prints, of what `command` writes to its file `in`. */
static void assert_read(struct sandbox *box, const char *command, const char *script,
                        const char *printed)
{
    struct program *bench = program_run(box, "%s", command);
    if (bench->status != 0)
        fail_msg("%s: %d: %s", command, bench->status, bench->err);
    sandbox_write(box, "script.py", script, strlen(script));
    struct program *python = program_run(box, PYTHON " script.py");
    if (python->status != 0 || strcmp(python->out, printed) != 0)
        fail_msg("%s: status %d, '%s', not '%s': %s", command, python->status, python->out, printed,
                 python->err);
}

/* The strict parser of OpenMetrics, and that of the older format, which the textfile collector reads. */
#define PARSE                                                                              \
    "from prometheus_client import parser\n"                                               \
    "from prometheus_client.openmetrics import parser as strict\n"                         \
    "text = open('in.prom').read()\n"                                                      \
    "families = list(strict.text_string_to_metric_families(text))\n"                       \
    "older = list(parser.text_string_to_metric_families(text))\n"                          \
    "samples = [s for f in families for s in f.samples]\n"                                 \
    "assert samples == [s for f in older for s in f.samples]\n"                            \
    "assert len({(s.name, *sorted(s.labels.items())) for s in samples}) == len(samples)\n" \
    "assert all(f.type == 'gauge' and f.documentation for f in families + older)\n"        \
    "assert all(s.timestamp is None for s in samples)\n"                                   \
    "def of(name):\n"                                                                      \
    "    return [s for s in samples if s.name == name]\n"

static void prometheus_reads_openmetrics(void **state)
{
    need(*state, "prometheus_client");
    assert_read(*state, "bench report " REFERENCE " --format openmetrics -o in.prom",
                PARSE "print(len(of('bench_wall_seconds')), len(of('bench_info')))\n"
                      "print(sum(int(s.value) for s in of('bench_case_success')))\n",
                "35 1\n35\n");
}

static void what_users_write_comes_out_as_it_was(void **state)
{
    need(*state, "prometheus_client");
    assert_read(*state,
                "bench -q -w exec -x serial -r 1 --warmup 0 --label 'v\"1\\\n\xC3\xA4{},' "
                "-s command='true \"a\\\\b {x} \xE2\x82\xAC\"' --format openmetrics >in.prom",
                PARSE "print(of('bench_info')[0].labels['label'] == 'v\"1\\\\\\n\xC3\xA4{},')\n"
                      "print(of('bench_runs')[0].labels['param_command'])\n",
                "True\n'true \"a\\\\b {x} \xE2\x82\xAC\"'\n");
}

static void a_failed_case_is_seen_by_prometheus(void **state)
{
    struct sandbox *box = *state;
    need(box, "prometheus_client");
    program_run(box, SPIN " -o f.csv; " FAULTY " -s how=segv -o f.csv");
    assert_read(box, "bench report f.csv --format openmetrics -o in.prom",
                PARSE "for s in of('bench_case_success'):\n"
                      "    print(s.labels['workload'], int(s.value))\n",
                "spin 1\nfaulty 0\n");
}

/* bencher.dev/bmf.json, and what its page says of the length of names. */
static void bencher_json_is_of_its_schema(void **state)
{
    need(*state, "jsonschema");
    assert_read(*state, "bench report " REFERENCE " --format bencher -o in.json",
                "import json, jsonschema\n"
                "number = {'type': 'number'}\n"
                "metric = {'type': 'object', 'required': ['value'], 'additionalProperties': False,\n"
                "          'properties': {k: number for k in ('value', 'lower_value', 'upper_value')}}\n"
                "def map_of(what, longest):\n"
                "    return {'type': 'object', 'additionalProperties': what, 'minProperties': 1,\n"
                "            'propertyNames': {'minLength': 1, 'maxLength': longest}}\n"
                "report = json.load(open('in.json'))\n"
                "jsonschema.Draft7Validator(map_of(map_of(metric, 64), 1024)).validate(report)\n"
                "print(len(report))\n"
                "for measures in report.values():\n"
                "    for m in measures.values():\n"
                "        assert m.get('lower_value', m['value']) <= m['value'] <= m.get('upper_value', "
                "m['value'])\n",
                "35\n");
}

/* What otava/importer.py asks of a file of test type csv. */
static void otava_finds_every_cell_a_number_and_time_going_on(void **state)
{
    struct sandbox *box = *state;
    struct program *bench =
        program_run(box, SPIN " --label first -o a.csv && " SPIN " --label 'sec,\"ond' -o b.csv && " SPIN
                              " -s work=20us -o b.csv");
    assert_int_equal(bench->status, 0);
    assert_read(box, "bench report b.csv a.csv --format otava -o in.csv",
                "import csv\n"
                "from datetime import datetime\n"
                "header, *rows = csv.reader(open('in.csv', newline=''), delimiter=',', quotechar='\"')\n"
                "assert len(set(header)) == len(header), header\n"
                "assert all(len(row) == len(header) for row in rows)\n"
                "times = [datetime.fromisoformat(row[header.index('time')]) for row in rows]\n"
                "assert times == sorted(times) and all(t.tzinfo for t in times)\n"
                "metrics = [name for name in header if '/' in name]\n"
                "assert all(float(row[header.index(m)]) >= 0 for row in rows for m in metrics)\n"
                "print([row[header.index('label')] for row in rows])\n"
                "print(len([m for m in metrics if m.endswith('/wall_s')]))\n",
                "['first', 'sec,\"ond', '']\n2\n");
}

static void sessions_of_two_machines_are_refused_for_otava(void **state)
{
    struct sandbox *box = *state;
    struct program *bench = program_run(
        box,
        SPIN " -o a.csv >/dev/null && sed 's/ cores/0 cores/; s/^\\([0-9]*\\),2/\\1,9/' a.csv >b.csv &&"
             "bench report a.csv b.csv --format otava");
    assert_int_equal(bench->status, 2);
    assert_string_equal(bench->out, "");
    if (!strstr(bench->err, "values of different machines are no series; name the files of one\n"))
        fail_msg("%s", bench->err);
}

#define READERS_TEST(test) cmocka_unit_test_setup_teardown(test, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READERS_TEST(prometheus_reads_openmetrics),
        READERS_TEST(what_users_write_comes_out_as_it_was),
        READERS_TEST(a_failed_case_is_seen_by_prometheus),
        READERS_TEST(bencher_json_is_of_its_schema),
        READERS_TEST(otava_finds_every_cell_a_number_and_time_going_on),
        READERS_TEST(sessions_of_two_machines_are_refused_for_otava),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
