#include "serve/options.h"

#include "base/quantity.h"
#include "base/text.h"
#include "serve/limits.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "Usage: bench serve [OPTION...]\n"
    "Answer HTTP requests on this machine, each after a while: something to fetch from.\n"
    "\n"
    "      --address=ADDRESS      numeric, IPv4 or IPv6; default: 127.0.0.1\n"
    "      --port=PORT            default: 0, one that is free\n"
    "      --delay=TIME           before each answer; default: 20ms\n"
    "      --jitter=TIME          as much more or less, at random; default: 0\n"
    "      --body=SIZE            of an answer, in random letters; default: 16KiB\n"
    "      --error-rate=P         share of answers that are 503, from 0 to 1; default: 0\n"
    "      --seed=N               of jitter and errors; default: 1\n"
    "      --lifeline             end when stdin does, or the process that has started this\n"
    "  -h, --help                 show this\n"
    "      --version              show the version\n"
    "\n"
    "One line of JSON on stdout says when it is ready, and where. A request may ask for an answer of "
    "its\n"
    "own: /?delay=5ms&body=1KiB&status=404\n"
    "\n"
    "Exit status: 0 ended by SIGINT, SIGTERM or --lifeline; 2 it could not begin.\n";

enum key {
    KEY_ADDRESS = 256,
    KEY_PORT,
    KEY_DELAY,
    KEY_JITTER,
    KEY_BODY,
    KEY_ERROR_RATE,
    KEY_SEED,
    KEY_LIFELINE,
    KEY_VERSION,
};

static const struct option table[] = {
    {"address", required_argument, NULL, KEY_ADDRESS},
    {"port", required_argument, NULL, KEY_PORT},
    {"delay", required_argument, NULL, KEY_DELAY},
    {"jitter", required_argument, NULL, KEY_JITTER},
    {"body", required_argument, NULL, KEY_BODY},
    {"error-rate", required_argument, NULL, KEY_ERROR_RATE},
    {"seed", required_argument, NULL, KEY_SEED},
    {"lifeline", no_argument, NULL, KEY_LIFELINE},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, KEY_VERSION},
    {0},
};

static int refuse(struct bench_error *err, const char *option, const char *allowed)
{
    return bench_error_set(err, -EINVAL, "%s: '%s' must be %s", option, optarg, allowed);
}

static int answer(const char *text, struct bench_error *err)
{
    if (fputs(text, stdout) == EOF || fflush(stdout) != 0)
        return bench_error_set(err, -EIO, "stdout: %s", strerror(errno));
    return OPTIONS_ANSWERED;
}

/* getopt refused a word: an option that does not exist, lacks its value, or takes none. */
static int refuse_word(int key, const char *word, struct bench_error *err)
{
    const char *names[sizeof table / sizeof *table];
    size_t count = 0;
    for (; table[count].name; count++)
        names[count] = table[count].name;
    int length = (int)strcspn(word, "=");
    if (key == ':')
        return bench_error_set(err, -EINVAL, "%s: needs a value (bench serve --help)", word);
    if (optopt >= KEY_ADDRESS)
        return bench_error_set(err, -EINVAL, "%.*s: takes no value (bench serve --help)", length, word);
    char bare[32];
    snprintf(bare, sizeof bare, "%.*s", length, word + strspn(word, "-"));
    const char *nearest = text_nearest(bare, names, count);
    return bench_error_set(err, -EINVAL, "no option '%.*s'%s%s%s (bench serve --help)", length, word,
                           nearest ? "; did you mean '--" : "", nearest ? nearest : "",
                           nearest ? "'?" : "");
}

/* The value of one option, which getopt has in `optarg`. */
static int parse_one(struct options *options, int key, struct bench_error *err)
{
    struct server_settings *server = &options->server;
    uint64_t port;
    switch (key) {
    case KEY_ADDRESS:
        options->address = optarg;
        return 0;
    case KEY_PORT:
        if (!quantity_count(optarg, &port) || port > UINT16_MAX)
            return refuse(err, "--port", "0 to 65535");
        options->port = (uint16_t)port;
        return 0;
    case KEY_DELAY:
        if (!quantity_duration(optarg, &server->delay_ns) || server->delay_ns > DELAY_MAX_NS)
            return refuse(err, "--delay", DELAY_ALLOWED);
        return 0;
    case KEY_JITTER:
        if (!quantity_duration(optarg, &server->jitter_ns))
            return refuse(err, "--jitter", DELAY_ALLOWED);
        return 0;
    case KEY_BODY:
        if (!quantity_size(optarg, &server->body_bytes) || server->body_bytes > BODY_MAX_BYTES)
            return refuse(err, "--body", BODY_ALLOWED);
        return 0;
    case KEY_ERROR_RATE:
        if (!quantity_real(optarg, &server->error_rate) || server->error_rate < 0 ||
            server->error_rate > 1)
            return refuse(err, "--error-rate", "0 to 1");
        return 0;
    case KEY_SEED:
        return quantity_count(optarg, &server->seed) ? 0 : refuse(err, "--seed", "a whole number");
    case KEY_LIFELINE:
        options->lifeline = true;
        return 0;
    case 'h':
        return answer(help, err);
    default:
        return answer("bench " BENCH_VERSION "\n", err);
    }
}

int options_parse(struct options *options, int argc, char **argv, struct bench_error *err)
{
    *options = (struct options){
        .address = "127.0.0.1",
        .server = {.delay_ns = 20000000, .body_bytes = 16384, .seed = 1},
    };
    for (int key, rc; (key = getopt_long(argc, argv, "+:h", table, NULL)) != -1;) {
        if (key == '?' || key == ':')
            return refuse_word(key, argv[optind - 1], err);
        rc = parse_one(options, key, err);
        if (rc != 0)
            return rc;
    }
    if (optind < argc)
        return bench_error_set(err, -EINVAL, "'%s' is no option (bench serve --help)", argv[optind]);
    if (options->server.jitter_ns > options->server.delay_ns) {
        char jitter[32], delay[32];
        quantity_format_duration(jitter, sizeof jitter, options->server.jitter_ns);
        quantity_format_duration(delay, sizeof delay, options->server.delay_ns);
        return bench_error_set(err, -EINVAL, "--jitter: '%s' must be at most --delay, %s", jitter,
                               delay);
    }
    return 0;
}
