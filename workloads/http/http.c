/*
 * http: fetch URLs, as a scraper does. By default from a server of our own on the loopback interface,
 * which is started with the case and ends with it; nothing else is ever contacted unless the user names
 * it. Most of the time is waiting: it shows how many requests one worker can have under way.
 *
 * A request that fails is counted by kind, and fails the run unless `allow` lets it pass. What our own
 * server sends is digested while it comes, and compared.
 */
#include <bench/workload.h>

#include "fetch.h"
#include "fetch_count.h"
#include "hosts.h"
#include "server.h"
#include "url_list.h"

#include <curl/curl.h>

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

/* Defaults, as text for the table and as values: to tell whether something else was given. */
#define DELAY "20ms"
#define JITTER "0"
#define BODY "16KiB"
#define ERROR_RATE "0"
static const struct server_options server_defaults = {.delay_ns = 20000000, .body_bytes = 16384};

struct http_params {
    const char *url, *urls;
    int64_t requests;
    bool keepalive;
    uint64_t timeout;
    int64_t redirects;
    double allow;
    bool insecure;
    uint64_t delay, jitter, body;
    double error_rate;
};

static const struct bench_param params_table[] = {
    BENCH_TEXT(struct http_params, url, "",
               "URL to fetch; without url and urls, bench starts its own server"),
    BENCH_TEXT(struct http_params, urls, "", "file with URLs to fetch in turn, one a line"),
    BENCH_COUNT(struct http_params, requests, "128", 1, 1e9, NULL, "requests in a run"),
    BENCH_BOOL(struct http_params, keepalive, "yes",
               "reuse connections; no: a new one for each request"),
    BENCH_DURATION(struct http_params, timeout, "10s", 1e6, 3.6e12, "a request that takes longer fails"),
    BENCH_COUNT(struct http_params, redirects, "5", 0, 1000, NULL,
                "redirects to follow at most; 0: a redirect is an answer like any other"),
    BENCH_REAL(struct http_params, allow, "0", 0, 1, NULL,
               "share of requests that may fail; 0: the first failure fails the run"),
    BENCH_BOOL(struct http_params, insecure, "no", "do not verify TLS certificates"),
    BENCH_DURATION(struct http_params, delay, DELAY, 0, 3.6e12,
                   "bench's own server: delay before each answer"),
    BENCH_DURATION(struct http_params, jitter, JITTER, 0, 3.6e12,
                   "bench's own server: vary the delay by up to this much, up and down"),
    BENCH_SIZE(struct http_params, body, BODY, 0, 1 << 30, "bench's own server: size of an answer"),
    BENCH_REAL(struct http_params, error_rate, ERROR_RATE, 0, 1, NULL,
               "bench's own server: share of requests answered with status 503"),
    BENCH_PARAM_END,
};

struct http {
    const struct http_params *params;
    struct url_list list;
    struct server server; /* none where the user has named URLs */
    struct fetch_options options;
    struct fetch_count *count;
    bool told; /* of failures that were let pass, in this launch */
};

/* What the user has named; an empty list for our own server. */
static int read_urls(const struct http_params *given, struct url_list *list, struct bench_error *err)
{
    *list = (struct url_list){0};
    if (*given->url && *given->urls)
        return bench_error_set(err, -EINVAL, "url and urls: give only one of them");
    if (*given->url)
        return url_list_one(list, "url", given->url, err);
    if (*given->urls)
        return url_list_read(list, given->urls, err);
    return 0;
}

static int http_validate(const void *params, struct bench_error *err)
{
    const struct http_params *given = params;
    struct url_list list;
    int rc = read_urls(given, &list, err);
    if (rc == 0 && list.count == 0 && given->jitter > given->delay)
        rc = bench_error_set(err, -EINVAL, "jitter: must be at most delay");
    url_list_free(&list);
    return rc;
}

static struct server_options server_wanted(const struct http_params *given, uint64_t seed)
{
    return (struct server_options){.delay_ns = given->delay,
                                   .jitter_ns = given->jitter,
                                   .body_bytes = given->body,
                                   .error_rate = given->error_rate,
                                   .seed = seed};
}

/* Our own server as the only URL. */
static int use_own_server(struct http *http, uint64_t seed, struct bench_error *err)
{
    struct server_options wanted = server_wanted(http->params, seed);
    int rc = server_start(&http->server, &wanted, err);
    if (rc < 0)
        return rc;
    http->options.direct = http->options.known = true;
    http->options.body_bytes = http->server.body_bytes;
    http->options.body_xxh3 = http->server.body_xxh3;
    return url_list_one(&http->list, "bench's own server", http->server.url, err);
}

static void note_without_effect(const struct http_params *given, struct bench_error *err)
{
    const struct server_options wanted = server_wanted(given, 0);
    if (memcmp(&wanted, &server_defaults, sizeof wanted) != 0)
        bench_error_note(err, "delay, jitter, body and error_rate are for bench's own server: no effect "
                              "on the URLs given");
}

static void http_teardown(void *shared)
{
    struct http *http = shared;
    server_stop(&http->server);
    fetch_count_free(http->count);
    url_list_free(&http->list);
    free(http);
    curl_global_cleanup();
}

/* May a proxy be in use? libcurl would look for each of these at every request. */
static bool proxy_is_named(void)
{
    static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                            "ALL_PROXY"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (getenv(variables[i]))
            return true;
    }
    return false;
}

static struct fetch_options options_of(const struct http_params *given)
{
    return (struct fetch_options){.keepalive = given->keepalive,
                                  .insecure = given->insecure,
                                  .direct = !proxy_is_named(),
                                  .redirects = (uint32_t)given->redirects,
                                  .timeout_ms = (uint32_t)((given->timeout + 999999) / 1000000)};
}

static int http_setup(void **shared, const void *params, struct bench_plan *plan,
                      struct bench_error *err)
{
    const struct http_params *given = params;
    setlocale(LC_CTYPE, ""); /* libcurl takes the names of hosts to be in the locale's characters */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return bench_error_set(err, -EIO, "libcurl could not be initialised");
    struct http *http = calloc(1, sizeof *http);
    if (!http) {
        curl_global_cleanup();
        return bench_error_set(err, -ENOMEM, "out of memory");
    }
    http->params = given;
    http->options = options_of(given);
    http->count = fetch_count_new(plan->lanes);
    int rc = http->count ? read_urls(given, &http->list, err)
                         : bench_error_set(err, -ENOMEM, "out of memory for %u lanes", plan->lanes);
    if (rc == 0 && http->list.count == 0)
        rc = use_own_server(http, plan->seed, err);
    else if (rc == 0)
        note_without_effect(given, err);
    if (rc < 0) {
        http_teardown(http);
        return rc;
    }

    *shared = http;
    plan->tasks = (uint64_t)given->requests;
    plan->grain = 1;
    plan->work = (double)given->requests;
    plan->work_unit = "request";
    plan->requests = hosts_count_elsewhere(&http->list, plan->tasks);
    plan->stack_bytes = 8192;
    plan->lane_fds = http->list.count > 1 ? FETCH_FDS_SEVERAL : FETCH_FDS;
    plan->lane_bytes = FETCH_BYTES;
    return 0;
}

static int http_prepare(void *shared, struct bench_error *err)
{
    (void)err;
    fetch_count_clear(((struct http *)shared)->count);
    return 0;
}

static int http_lane_init(struct bench_lane *lane)
{
    const struct http *http = lane->shared;
    lane->local = fetch_open(lane, &http->options);
    return lane->local ? 0 : bench_fail(lane, -ENOMEM, "libcurl has out of memory for another transfer");
}

static int http_run(struct bench_lane *lane, uint64_t first, uint64_t end)
{
    const struct http *http = lane->shared;
    struct fetch *fetch = lane->local;
    for (uint64_t task = first; task < end; task++) {
        const char *url = http->list.urls[task % http->list.count];
        int outcome = fetch_url(fetch, url);
        if (*fetch_proxy(fetch))
            bench_note(lane, "requests went through the proxy %s: its time is measured, too",
                       fetch_proxy(fetch));
        if (outcome == -ECANCELED)
            return outcome;
        if (outcome < 0 || (outcome != FETCH_OK && http->params->allow == 0))
            return bench_fail(lane, outcome < 0 ? outcome : -EIO, "%.200s: %s", url, fetch_why(fetch));
        fetch_count_add(http->count, lane->index, outcome, fetch_status(fetch));
    }
    return 0;
}

static int http_finish(void *shared, struct bench_error *err)
{
    struct http *http = shared;
    const double allow = http->params->allow;
    uint64_t requests = fetch_count_requests(http->count), failed = fetch_count_failed(http->count);
    /* 0.29 * 100 is a bit less than 29 */
    uint64_t allowed = (uint64_t)(allow * (double)requests + 1e-9);
    char kinds[BENCH_ERROR_TEXT];
    if (failed == 0)
        return 0;
    fetch_count_describe(http->count, kinds, sizeof kinds);
    if (failed > allowed)
        return bench_error_set(err, -EIO,
                               "%llu of %llu requests failed: %.380s; allow=%g lets %llu pass",
                               (ull)failed, (ull)requests, kinds, allow, (ull)allowed);
    if (!http->told)
        bench_error_note(err,
                         "errors: %llu of %llu requests failed: %.300s; the rate counts them too; later "
                         "runs are not reported",
                         (ull)failed, (ull)requests, kinds);
    http->told = true;
    return 0;
}

static void http_lane_fini(struct bench_lane *lane)
{
    fetch_close(lane->local);
}

const struct bench_workload BENCH_WORKLOAD(http) = {
    .abi = BENCH_WORKLOAD_ABI,
    .name = "http",
    .summary = "I/O-bound: fetch URLs, from bench's own server or from yours",
    .params = params_table,
    .params_size = sizeof(struct http_params),
    .validate = http_validate,
    .setup = http_setup,
    .prepare = http_prepare,
    .lane_init = http_lane_init,
    .run = http_run,
    .finish = http_finish,
    .lane_fini = http_lane_fini,
    .teardown = http_teardown,
};
