/* The workload http, against servers that do what they should not, and against our own. */
#include "fake_server.h"
#include "program.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* One launch of two runs, verification and measurement. */
#define BENCH "bench -w http -r 1 --warmup 0 --format csv -s timeout=200ms"

struct world {
    struct sandbox *box;
    struct fake_server server;
    char url[64]; /* of the server, without a path */
};

static int world_setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    *state = world;
    return world ? sandbox_setup((void **)&world->box) : -1;
}

static int world_teardown(void **state)
{
    struct world *world = *state;
    fake_server_stop(&world->server);
    int rc = sandbox_teardown((void **)&world->box);
    free(world);
    return rc;
}

/* Start the test's server; its URL. */
static const char *url_of(struct world *world, fake_behaviour *behave)
{
    assert_true(fake_server_start(&world->server, "127.0.0.1", behave));
    snprintf(world->url, sizeof world->url, "http://127.0.0.1:%d", world->server.port);
    return world->url;
}

/* ---- what servers do ---- */

static void behave_well(int fd, struct fake_seen *seen)
{
    while (fake_read_request(fd, seen) &&
           fake_send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        ;
}

static void close_at_once(int fd, struct fake_seen *seen)
{
    (void)fd;
    (void)seen;
}

/* A server that keeps connections, and closes each when its second request comes. */
static void close_when_asked_again(int fd, struct fake_seen *seen)
{
    if (fake_read_request(fd, seen) && fake_send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
        fake_read_request(fd, seen);
}

static void close_without_an_answer(int fd, struct fake_seen *seen)
{
    fake_read_request(fd, seen);
}

static void stall_before_the_headers(int fd, struct fake_seen *seen)
{
    fake_read_request(fd, seen);
    pause();
}

static void send_the_beginning(int fd, struct fake_seen *seen)
{
    char body[513];
    memset(body, 'x', 512);
    body[512] = '\0';
    fake_read_request(fd, seen);
    fake_send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 16384\r\n\r\n");
    fake_send(fd, body);
}

static void stall_in_the_body(int fd, struct fake_seen *seen)
{
    send_the_beginning(fd, seen);
    pause();
}

static void send_garbage(int fd, struct fake_seen *seen)
{
    fake_read_request(fd, seen);
    fake_send(fd, "\1\2\3 what is this?\r\n\r\n");
}

static void send_half_a_head(int fd, struct fake_seen *seen)
{
    fake_read_request(fd, seen);
    fake_send(fd, "HTTP/1.1 200 OK\r\nServer: fa");
}

static void send_endless_headers(int fd, struct fake_seen *seen)
{
    fake_read_request(fd, seen);
    bool open = fake_send(fd, "HTTP/1.1 200 OK\r\n");
    while (open)
        open = fake_send(
            fd, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
}

static void answer_404(int fd, struct fake_seen *seen)
{
    while (fake_read_request(fd, seen) &&
           fake_send(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"))
        ;
}

static void answer_503(int fd, struct fake_seen *seen)
{
    while (fake_read_request(fd, seen) &&
           fake_send(fd, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"))
        ;
}

static void redirect_for_ever(int fd, struct fake_seen *seen)
{
    while (fake_read_request(fd, seen) &&
           fake_send(fd, "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"))
        ;
}

static void redirect_to_a_file(int fd, struct fake_seen *seen)
{
    fake_read_request(fd, seen);
    fake_send(fd, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
}

static void redirect_to_ftp(int fd, struct fake_seen *seen)
{
    fake_read_request(fd, seen);
    fake_send(fd, "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n");
}

/* ---- claims that many tests make ---- */

/* Under each executor the first request fails the launch, and says so; nothing of it is left. */
static void assert_fails(struct world *world, const char *url, const char *settings, const char *message)
{
    struct program *bench = program_run(
        world->box, BENCH " -x serial,pthread,process -j 2 -s requests=4 -s url=%s %s", url, settings);
    assert_int_equal(bench->status, 3);
    struct rows rows = rows_of(world->box, bench->out);
    assert_int_equal(rows.count, 3);
    for (size_t row = 0; row < rows.count; row++) {
        const char *error = rows_field(&rows, row, "error");
        assert_string_equal(rows_field(&rows, row, "status"), "failed");
        if (strncmp(error, url, strlen(url)) != 0 || !strstr(error, message))
            fail_msg("%s\nunder %s: '%s'; not '%s: %s'", bench->command,
                     rows_field(&rows, row, "executor"), error, url, message);
    }
    assert_int_equal(sandbox_processes_left(world->box), 0);
}

/* Where all may fail, the runs are good, and a note says how many did. */
static void assert_can_be_allowed(struct world *world, const char *url, const char *note)
{
    struct program *bench =
        program_run(world->box, BENCH " -x process -j 4 -s requests=4 -s allow=1 -s url=%s", url);
    if (bench->status != 0 || !strstr(bench->err, note))
        fail_msg("%s\nexit status %d, '%s'; not '%s'", bench->command, bench->status, bench->err, note);
    struct rows rows = rows_of(world->box, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 2);
    assert_int_equal(sandbox_processes_left(world->box), 0);
}

static void assert_refused(struct world *world, const char *settings, const char *message)
{
    struct program *bench = program_run(world->box, BENCH " -x serial %s", settings);
    if (bench->status != 2 || !strstr(bench->err, message))
        fail_msg("%s\nexit status %d: '%s'; not '%s'", bench->command, bench->status, bench->err,
                 message);
}

static void assert_well(struct program *bench)
{
    if (bench->status != 0)
        fail_msg("%s\nexit status %d: %s", bench->command, bench->status, bench->err);
}

/* ---- failures ---- */

static void refused_connection_fails_the_run(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, behave_well);
    kill(-world->server.pid, SIGKILL); /* nobody listens on its port any more */
    assert_fails(world, url, "", ": connection refused");
    assert_can_be_allowed(world, url, "errors: 4 of 4 requests failed: 4 connection refused");
}

static void connection_that_is_closed_at_once_fails_the_run(void **state)
{
    const char *url = url_of(*state, close_at_once);
    assert_fails(*state, url, "", ": the ");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: ");
}

static void connection_that_is_closed_without_an_answer_fails_the_run(void **state)
{
    const char *url = url_of(*state, close_without_an_answer);
    assert_fails(*state, url, "", ": the server closed the connection without an answer");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 no answer");
}

static void connections_that_are_closed_between_requests_are_made_again_however_often(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, close_when_asked_again);
    assert_well(program_run(world->box, BENCH " -x serial,uring -s requests=30 -s url=%s", url));
    assert_well(program_run(world->box,
                            "for i in 1 2 3; do echo %s/$i; done >urls; " BENCH
                            " -x serial -s requests=30 -s urls=urls",
                            url));
}

static void stall_before_the_headers_times_out(void **state)
{
    const char *url = url_of(*state, stall_before_the_headers);
    assert_fails(*state, url, "", ": timed out after 200 ms without an answer");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 timed out");
}

static void stall_in_the_body_times_out_and_says_how_far_it_got(void **state)
{
    const char *url = url_of(*state, stall_in_the_body);
    assert_fails(*state, url, "", ": timed out after 200 ms with 512 of 16384 bytes");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 timed out");
}

static void body_that_is_cut_short_fails_the_run(void **state)
{
    const char *url = url_of(*state, send_the_beginning);
    assert_fails(*state, url, "", ": the server closed the connection after 512 of 16384 bytes");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 cut short");
}

static void head_that_is_cut_short_fails_the_run(void **state)
{
    const char *url = url_of(*state, send_half_a_head);
    assert_fails(*state, url, "", ": the server closed the connection within the head of its answer");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 cut short");
}

static void garbage_fails_the_run(void **state)
{
    const char *url = url_of(*state, send_garbage);
    assert_fails(*state, url, "", ": the answer is not HTTP: ");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 not HTTP");
}

static void endless_headers_fail_the_run(void **state)
{
    const char *url = url_of(*state, send_endless_headers);
    assert_fails(*state, url, "", ": "); /* by their size or by the time, whichever is first */
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: ");
}

static void status_of_400_or_more_fails_the_run(void **state)
{
    const char *url = url_of(*state, answer_404);
    assert_fails(*state, url, "", ": status 404");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 status 404");
}

static void too_many_redirects_fail_the_run(void **state)
{
    const char *url = url_of(*state, redirect_for_ever);
    assert_fails(*state, url, "-s redirects=3", ": more than 3 redirects");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 too many redirects");
}

static void redirect_is_an_answer_when_none_is_followed(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, redirect_for_ever);
    assert_well(
        program_run(world->box, BENCH " -x serial -s requests=4 -s redirects=0 -s url=%s/a", url));
    assert_int_equal(world->server.seen->requests['a'], 8);
}

static void redirect_to_a_file_is_not_followed(void **state)
{
    const char *url = url_of(*state, redirect_to_a_file);
    assert_fails(*state, url, "", ": redirected to file:///etc/passwd: only http and https");
    assert_can_be_allowed(*state, url, "4 redirected to neither http nor https");
}

static void redirect_to_ftp_is_not_followed(void **state)
{
    const char *url = url_of(*state, redirect_to_ftp);
    assert_fails(*state, url, "", ": redirected to ftp://127.0.0.1/x: only http and https");
}

static void name_that_cannot_be_resolved_fails_the_run(void **state)
{
    char url[128]; /* a label of more than 63 letters is no name: no server is asked */
    snprintf(url, sizeof url, "http://%070d.invalid/", 0);
    assert_fails(*state, url, "", ": Could not resolve host: ");
    assert_can_be_allowed(*state, url, "errors: 4 of 4 requests failed: 4 name not resolved");
}

static void more_failures_than_are_allowed_fail_the_run_with_their_kinds(void **state)
{
    struct world *world = *state;
    const char *well = url_of(world, behave_well);
    struct fake_server ill;
    assert_true(fake_server_start(&ill, "127.0.0.1", answer_503));
    char list[512];
    snprintf(list, sizeof list, "%s/\nhttp://127.0.0.1:%d/\n", well, ill.port);
    sandbox_write(world->box, "list", list, strlen(list));
    struct program *bench =
        program_run(world->box, BENCH " -x pthread -j 2 -s requests=100 -s urls=list -s allow=0.29");
    fake_server_stop(&ill);
    assert_int_equal(bench->status, 3);
    assert_non_null(
        strstr(bench->err, "50 of 100 requests failed: 50 status 503; allow=0.29 lets 29 pass"));
}

/* ---- what the user names ---- */

static void what_is_no_url_of_ours_is_refused(void **state)
{
    assert_refused(*state, "-s url=foo://x", "url=foo://x: only http and https");
    assert_refused(*state, "-s url=file:///etc/passwd", "url=file:///etc/passwd: only http and https");
    assert_refused(*state, "-s url=localhost", "url=localhost: it must begin with http:// or https://");
    assert_refused(*state, "-s url=localhost:80", "it must begin with http:// or https://");
    assert_refused(*state, "-s url=http://", "url=http://: ");
    assert_refused(*state, "-s 'url=http://a b/'", "url=http://a b/: ");
    assert_refused(*state, "-s url=http://localhost:99999/", "url=http://localhost:99999/: ");
}

static void url_and_urls_together_are_refused(void **state)
{
    assert_refused(*state, "-s url=http://localhost/ -s urls=list",
                   "url and urls: give only one of them");
}

static void jitter_longer_than_the_delay_is_refused(void **state)
{
    assert_refused(*state, "-s delay=1ms -s jitter=2ms", "jitter: must be at most delay");
}

static void file_of_urls_that_cannot_be_read_is_named(void **state)
{
    assert_refused(*state, "-s urls=missing", "missing: No such file or directory");
    assert_refused(*state, "-s urls=.", ".: Is a directory");
}

static void file_without_urls_is_refused(void **state)
{
    struct world *world = *state;
    sandbox_write(world->box, "list", "\n# nothing\n", 11);
    assert_refused(world, "-s urls=list", "list: no URL in it");
}

static void wrong_line_of_a_file_is_named_with_its_number(void **state)
{
    static const char list[] = "# two\nhttp://localhost/\n\nftp://localhost/\n";
    struct world *world = *state;
    sandbox_write(world->box, "list", list, sizeof list - 1);
    assert_refused(world, "-s urls=list", "list:4: ftp://localhost/: only http and https");
}

static void file_that_is_no_text_is_refused(void **state)
{
    static const char list[] = "http://localhost/\nhttp://localhost/\0x\n";
    struct world *world = *state;
    sandbox_write(world->box, "list", list, sizeof list - 1);
    assert_refused(world, "-s urls=list", "list:2: http://localhost/: a zero byte follows");
}

static void urls_of_a_file_are_fetched_in_turn(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, behave_well);
    char list[512];
    snprintf(list, sizeof list, "# those\n\n  %s/a \r\n%s/b\n#%s/c\n%s/d", url, url, url, url);
    sandbox_write(world->box, "list", list, strlen(list));
    assert_well(program_run(world->box, BENCH " -x pthread -j 2 -s requests=7 -s urls=list"));
    const struct fake_seen *seen = world->server.seen;
    assert_int_equal(seen->requests['a'], 2 * 3); /* two runs */
    assert_int_equal(seen->requests['b'], 2 * 2);
    assert_int_equal(seen->requests['c'], 0);
    assert_int_equal(seen->requests['d'], 2 * 2);
}

static void address_of_ipv6_is_fetched(void **state)
{
    struct world *world = *state;
    if (!fake_server_start(&world->server, "::1", behave_well))
        skip();
    assert_well(program_run(world->box, BENCH " -x serial -s requests=3 -s url=http://[::1]:%d/",
                            world->server.port));
    assert_int_equal(world->server.seen->requests['/'], 6);
}

static void localhost_is_found_whichever_address_answers(void **state)
{
    struct world *world = *state;
    url_of(world, behave_well);
    assert_well(program_run(world->box,
                            BENCH " -x serial -s requests=3 -s timeout=10s -s url=http://localhost:%d/",
                            world->server.port));
    assert_int_equal(world->server.seen->requests['/'], 6);
}

/* A socket that listens on `port` of 127.0.0.1 or ::1, and two that fill its queue: nobody can connect.
 */
static bool clog_port(bool is_v6, int port, int fds[3])
{
    const struct sockaddr_in v4 = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr_in6 v6 = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const struct sockaddr *where = is_v6 ? (const struct sockaddr *)&v6 : (const struct sockaddr *)&v4;
    socklen_t size = is_v6 ? sizeof v6 : sizeof v4;
    for (int i = 0; i < 3; i++)
        fds[i] = socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool listens = bind(fds[0], where, size) == 0 && listen(fds[0], 0) == 0;
    for (int i = 1; i < 3; i++)
        connect(fds[i], where, size);
    return listens;
}

/* localhost is both: one that does not even refuse, and one that answers. */
static void assert_finds_the_other_address(struct world *world, bool clogged_v6)
{
    int fds[3];
    struct program *bench = NULL;
    if (!fake_server_start(&world->server, clogged_v6 ? "127.0.0.1" : "::1", behave_well))
        skip();
    bool clogged = clog_port(clogged_v6, world->server.port, fds);
    if (clogged)
        bench = program_run(world->box,
                            BENCH " -x serial -s requests=3 -s timeout=10s -s url=http://localhost:%d/",
                            world->server.port);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    if (!clogged)
        skip();
    assert_well(bench);
    assert_int_equal(world->server.seen->requests['/'], 6);
}

static void address_that_does_not_answer_leaves_the_one_of_ipv4(void **state)
{
    assert_finds_the_other_address(*state, true);
}

static void address_that_does_not_answer_leaves_the_one_of_ipv6(void **state)
{
    assert_finds_the_other_address(*state, false);
}

static void settings_of_our_own_server_are_noted_beside_a_url(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, behave_well);
    struct program *bench = program_run(world->box, BENCH " -x serial -s url=%s -s body=1KiB", url);
    assert_well(bench);
    assert_non_null(strstr(bench->err, "no effect"));
}

/* ---- connections ---- */

static void connection_is_kept_for_all_requests_of_a_lane(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, behave_well);
    assert_well(program_run(world->box, BENCH " -x serial -s requests=20 -s url=%s/a", url));
    assert_int_equal(world->server.seen->requests['a'], 40);
    assert_int_equal(world->server.seen->connections, 1);
}

static void each_lane_has_a_connection_of_its_own(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, behave_well);
    assert_well(program_run(world->box,
                            BENCH " -x process -j 2 --schedule static -s requests=20 -s url=%s/a", url));
    assert_int_equal(world->server.seen->requests['a'], 40);
    assert_int_equal(world->server.seen->connections, 2);
}

static void connection_is_new_for_each_request_without_keepalive(void **state)
{
    struct world *world = *state;
    const char *url = url_of(world, behave_well);
    assert_well(
        program_run(world->box, BENCH " -x serial -s requests=20 -s keepalive=no -s url=%s/a", url));
    assert_int_equal(world->server.seen->requests['a'], 40);
    assert_int_equal(world->server.seen->connections, 40);
}

/* ---- TLS ---- */

/* openssl's own server with a certificate that nobody trusts. */
static int start_tls(struct sandbox *box)
{
    int port = 0;
    if (program_run(box, "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 1 "
                         "-keyout key.pem -out cert.pem")
            ->status != 0)
        skip();
    struct program *server =
        program_start(box, TERMINAL_NONE,
                      "exec openssl s_server -accept 127.0.0.1:0 -www -cert cert.pem "
                      "-key key.pem");
    for (const char *line; port == 0 && (line = program_hear(server));)
        sscanf(line, "ACCEPT 127.0.0.1:%d", &port);
    if (port == 0)
        skip(); /* one that cannot choose a port */
    return port;
}

static void certificate_is_verified_unless_told_otherwise(void **state)
{
    struct world *world = *state;
    int port = start_tls(world->box);
    struct program *bench = program_run(
        world->box, BENCH " -x serial -s timeout=10s -s requests=2 -s url=https://127.0.0.1:%d/", port);
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->err, "/: TLS: "));
    assert_non_null(strstr(bench->err, "insecure=yes does not verify certificates)"));
    bench = program_run(world->box,
                        BENCH " -x serial -s timeout=10s -s requests=2 -s insecure=yes "
                              "-s url=https://127.0.0.1:%d/",
                        port);
    assert_well(bench);
}

/* ---- our own server ---- */

static void skip_without_own_server(struct world *world)
{
    if (program_run(world->box, "bench serve --help")->status != 0)
        skip();
}

static void own_server_answers_and_ends_with_the_run(void **state)
{
    struct world *world = *state;
    skip_without_own_server(world);
    struct program *bench = program_run(
        world->box, BENCH " -x serial,pthread,process -j 2 -s requests=6 -s delay=1ms -s timeout=10s");
    assert_well(bench);
    struct rows rows = rows_of(world->box, bench->out);
    assert_int_equal(rows_with(&rows, "status", "ok"), 6);
    assert_int_equal(sandbox_processes_left(world->box), 0);
}

static void own_server_is_asked_directly_whatever_proxy_there_is(void **state)
{
    struct world *world = *state;
    skip_without_own_server(world);
    assert_well(program_run(world->box,
                            "http_proxy=http://127.0.0.1:1/ ALL_PROXY=http://127.0.0.1:1/ " BENCH
                            " -x serial -s requests=2 -s delay=0 -s timeout=10s"));
}

/* As curl chooses it: not for what no_proxy names. Its password is nobody's business. */
static void proxy_that_was_asked_is_named(void **state)
{
    struct world *world = *state;
    const char *proxy = url_of(world, behave_well) + strlen("http://");
    struct program *bench = program_run(world->box,
                                        "http_proxy=http://user:secret@%s no_proxy=here.invalid " BENCH
                                        " -x serial,process -s requests=4 -s url=http://there.invalid/",
                                        proxy);
    assert_well(bench);
    struct rows rows = rows_of(world->box, bench->out);
    assert_int_equal(rows.count, 4);
    for (size_t i = 0; i < rows.count; i++) {
        assert_non_null(strstr(rows_field(&rows, i, "notes"), "through the proxy 127.0.0.1:"));
        assert_non_null(strstr(rows_field(&rows, i, "notes"), "(http_proxy)"));
    }
    assert_null(strstr(bench->out, "secret"));
    bench = program_run(world->box,
                        "http_proxy=http://%s no_proxy=127.0.0.1 " BENCH
                        " -x serial -s requests=4 -s url=http://%s",
                        proxy, proxy);
    assert_well(bench);
    assert_null(strstr(bench->out, "proxy 127"));
}

static void proxy_that_fails_is_named(void **state)
{
    struct world *world = *state;
    const char *proxy = url_of(world, answer_503);
    struct program *bench =
        program_run(world->box, "http_proxy=%s " BENCH " -x serial -s url=http://there.invalid/", proxy);
    assert_non_null(strstr(bench->out, "status 503; asked through the proxy 127.0.0.1:"));
}

static void errors_of_our_own_server_are_counted(void **state)
{
    struct world *world = *state;
    skip_without_own_server(world);
    struct program *bench =
        program_run(world->box, BENCH " -x process -j 2 -s requests=20 -s delay=0 -s timeout=10s "
                                      "-s error_rate=1 -s allow=0.5");
    assert_int_equal(bench->status, 3);
    assert_non_null(
        strstr(bench->err, "20 of 20 requests failed: 20 status 503; allow=0.5 lets 10 pass"));
}

static void bodies_of_any_size_are_what_our_own_server_sent(void **state)
{
    static const char *const sizes[] = {"0", "1", "1MiB"};
    struct world *world = *state;
    skip_without_own_server(world);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        assert_well(program_run(world->box,
                                BENCH " -x serial -s requests=3 -s delay=0 -s timeout=10s -s body=%s",
                                sizes[i]));
}

/* A header, and what the runner that is under way has done. */
static bool rows_are_written(void *box)
{
    const char *text = sandbox_read(box, "r.csv");
    size_t lines = 0;
    for (; text && (text = strchr(text, '\n')); text++)
        lines++;
    return lines >= 3;
}

static bool only_controller_and_keeper_are_left(void *box)
{
    return sandbox_processes(box) == 2;
}

static void own_server_ends_when_its_runner_is_killed(void **state)
{
    struct world *world = *state;
    skip_without_own_server(world);
    struct program *bench = program_start(
        world->box, TERMINAL_NONE, "exec bench -w http -x process -j 2 -r 1000 -o r.csv -s requests=2");
    assert_true(wait_until(rows_are_written, world->box));
    kill(bench->pid, SIGSTOP); /* so that it is not the controller who ends the server */
    kill(sandbox_runner(world->box, false), SIGKILL);
    assert_true(wait_until(only_controller_and_keeper_are_left, world->box));
    kill(bench->pid, SIGCONT);
    program_finish(bench);
    assert_int_equal(bench->status, 3);
}

/* 192.0.2.0/24 is nobody's: TEST-NET-1. */
static void requests_to_other_machines_are_limited(void **state)
{
    const struct world *world = *state;
    struct program *bench = program_run(world->box, "bench -w http -x serial -s url=http://192.0.2.1:9/ "
                                                    "-s requests=4 -s timeout=5ms -s allow=1 -r 5 "
                                                    "--max-requests 9 --format csv");
    struct rows rows = rows_of(world->box, bench->out);
    assert_int_equal(bench->status, 0);
    assert_int_equal(rows.count, 2); /* a verified run and a measured one */
    assert_non_null(strstr(bench->err, "a run makes 4 requests to other machines"));
    assert_non_null(strstr(bench->err, "stopped after 1 measured run"));
    bench = program_run(world->box, "bench -w http -x serial -s url=http://192.0.2.1:9/ -s requests=4 "
                                    "-s timeout=5ms -s allow=1 --max-requests 3");
    assert_int_equal(bench->status, 3);
    assert_non_null(strstr(bench->err, "4 requests to other machines, of which there may be 3 more"));
}

static void advice_asks_other_machines_no_more_than_it_may(void **state)
{
    const struct world *world = *state;
    struct program *bench =
        program_run(world->box, "bench advise -w http -x serial,pthread -s url=http://192.0.2.1:9/ -t 2 "
                                "-s requests=2 -s timeout=5ms -s allow=1 --max-requests 40 -o r.csv");
    const char *text = sandbox_read(world->box, "r.csv");
    struct rows rows = rows_of(world->box, text);
    double tasks = 0;
    for (size_t i = 0; i < rows.count; i++)
        tasks += atof(rows_field(&rows, i, "tasks"));
    assert_non_null(strstr(bench->err, "a run makes 2 requests to other machines"));
    assert_non_null(strstr(bench->out, "it was cut short by --max-requests=40"));
    assert_non_null(strstr(bench->out, "To run it: bench -w http"));
    assert_true(tasks > 20 && tasks <= 40);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refused_connection_fails_the_run),
        TEST(connection_that_is_closed_at_once_fails_the_run),
        TEST(connection_that_is_closed_without_an_answer_fails_the_run),
        TEST(connections_that_are_closed_between_requests_are_made_again_however_often),
        TEST(stall_before_the_headers_times_out),
        TEST(stall_in_the_body_times_out_and_says_how_far_it_got),
        TEST(body_that_is_cut_short_fails_the_run),
        TEST(head_that_is_cut_short_fails_the_run),
        TEST(garbage_fails_the_run),
        TEST(endless_headers_fail_the_run),
        TEST(status_of_400_or_more_fails_the_run),
        TEST(too_many_redirects_fail_the_run),
        TEST(redirect_is_an_answer_when_none_is_followed),
        TEST(redirect_to_a_file_is_not_followed),
        TEST(redirect_to_ftp_is_not_followed),
        TEST(name_that_cannot_be_resolved_fails_the_run),
        TEST(more_failures_than_are_allowed_fail_the_run_with_their_kinds),
        TEST(what_is_no_url_of_ours_is_refused),
        TEST(url_and_urls_together_are_refused),
        TEST(jitter_longer_than_the_delay_is_refused),
        TEST(file_of_urls_that_cannot_be_read_is_named),
        TEST(file_without_urls_is_refused),
        TEST(wrong_line_of_a_file_is_named_with_its_number),
        TEST(file_that_is_no_text_is_refused),
        TEST(urls_of_a_file_are_fetched_in_turn),
        TEST(address_of_ipv6_is_fetched),
        TEST(localhost_is_found_whichever_address_answers),
        TEST(address_that_does_not_answer_leaves_the_one_of_ipv4),
        TEST(address_that_does_not_answer_leaves_the_one_of_ipv6),
        TEST(settings_of_our_own_server_are_noted_beside_a_url),
        TEST(connection_is_kept_for_all_requests_of_a_lane),
        TEST(each_lane_has_a_connection_of_its_own),
        TEST(connection_is_new_for_each_request_without_keepalive),
        TEST(certificate_is_verified_unless_told_otherwise),
        TEST(own_server_answers_and_ends_with_the_run),
        TEST(own_server_is_asked_directly_whatever_proxy_there_is),
        TEST(proxy_that_was_asked_is_named),
        TEST(proxy_that_fails_is_named),
        TEST(errors_of_our_own_server_are_counted),
        TEST(bodies_of_any_size_are_what_our_own_server_sent),
        TEST(own_server_ends_when_its_runner_is_killed),
        TEST(requests_to_other_machines_are_limited),
        TEST(advice_asks_other_machines_no_more_than_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
