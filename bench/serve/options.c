/* The command line of `bench serve`. */
#include "serve/options.h"

#include "base/completion.h"
#include "base/quantity.h"
#include "base/standard_output.h"
#include "serve/limits.h"

#include <errno.h>
#include <string.h>

static const struct option_row rows[] = {
    {"address", 0, "ADDRESS", TEXT_OPTION(struct options, address), .initial = "127.0.0.1",
     .help = "address to listen on: numeric, IPv4 or IPv6"},
    {"port", 0, "PORT", COUNT_OPTION(struct options, port, 0, UINT16_MAX), .initial = "0, any free one",
     .help = "port to listen on"},
    {"delay", 0, "TIME", DURATION_OPTION(struct options, server.delay_ns, DELAY_MAX_NS),
     .allowed = DELAY_ALLOWED, .initial = "20ms", .help = "time from a request to its answer"},
    {"jitter", 0, "TIME", DURATION_OPTION(struct options, server.jitter_ns, DELAY_MAX_NS),
     .allowed = DELAY_ALLOWED, .initial = "0",
     .help = "vary the delay at random by up to this much, up and down"},
    {"body", 0, "SIZE", SIZE_OPTION(struct options, server.body_bytes, BODY_MAX_BYTES),
     .allowed = BODY_ALLOWED, .initial = "16KiB", .help = "size of an answer, in random letters"},
    {"error-rate", 0, "P", REAL_OPTION(struct options, server.error_rate, 0, 1), .initial = "0",
     .help = "share of answers with status 503, from 0 to 1"},
    {"seed", 0, "N", COUNT_OPTION(struct options, server.seed, 0, 0), .initial = "1",
     .help = "random seed for jitter and errors"},
    {"lifeline", 0, NULL, FLAG_OPTION(struct options, lifeline),
     .help = "exit when stdin ends, or when the process that started this does"},
    {0},
};

static const struct command_line serve_line = {
    .name = "bench serve",
    .summary = "Answer HTTP requests, each after a delay: a server to fetch from.",
    .notes = "When ready, it prints its URL in one line of JSON on stdout. A request may specify its "
             "answer: /?delay=5ms&body=1KiB&status=404\n\nExit status: 0 ended by SIGINT, SIGTERM or "
             "--lifeline; 2 it could not start.",
    .parts = {{rows, 0}},
};

static int complete(int argc, char **argv, struct bench_error *err)
{
    struct completion completion;
    completion_open(&completion, argc, argv, stdout);
    completion_of_line(&completion, &serve_line, 0);
    completion_close(&completion);
    int written = standard_output_end(err);
    if (written < 0)
        return written;
    return OPTIONS_ANSWERED;
}

int options_parse(struct options *options, int argc, char **argv, struct bench_error *err)
{
    *options = (struct options){
        .address = "127.0.0.1",
        .server = {.delay_ns = 20000000, .body_bytes = 16384, .seed = 1},
    };
    if (argc > 1 && strcmp(argv[1], "--complete") == 0)
        return complete(argc - 2, argv + 2, err);
    int rc = command_line_parse(&serve_line, options, argc, argv, err);
    if (rc != 0)
        return rc < 0 ? rc : OPTIONS_ANSWERED;
    if (options->server.jitter_ns > options->server.delay_ns) {
        char jitter[32], delay[32];
        quantity_format_duration(jitter, sizeof jitter, options->server.jitter_ns);
        quantity_format_duration(delay, sizeof delay, options->server.delay_ns);
        return bench_error_set(err, -EINVAL, "--jitter: '%s' must be at most --delay, %s", jitter,
                               delay);
    }
    return 0;
}
