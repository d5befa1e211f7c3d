/* `bench serve` as a user starts it, and an HTTP client of a few lines that asks it. */
#include "program.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <xxhash.h>

#define FAST "--delay 0 "

/* ---- the server ---- */

struct server {
    struct program *program; /* stdin stays open until program_finish */
    char url[80], digest[17];
    unsigned port;
    uint64_t body_bytes;
};

/* Start it, and read the line that says it is ready. */
static struct server serve(struct sandbox *box, const char *options)
{
    struct server server = {.program =
                                program_start(box, TERMINAL_NONE, "exec bench serve %s", options)};
    const char *line = program_hear(server.program);
    assert_non_null(line);
    int end = 0;
    int fields = sscanf(line,
                        "{\"url\":\"%79[^\"]\",\"port\":%u,\"body_bytes\":%" SCNu64
                        ",\"body_xxh3\":\"%16[0-9a-f]\"}%n",
                        server.url, &server.port, &server.body_bytes, server.digest, &end);
    if (fields != 4 || (size_t)end != strlen(line))
        fail_msg("is no line that says where it is: %s", line);
    return server;
}

static void stop(struct server *server)
{
    kill(server->program->pid, SIGTERM);
    program_finish(server->program);
    assert_string_equal(server->program->err, "");
    assert_int_equal(server->program->status, 0);
}

static size_t descriptors_of(pid_t pid)
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

/* ---- the client ---- */

struct answer {
    unsigned status;
    size_t length; /* of the body, as its header says */
    char *head;    /* up to the body, a NUL after it; of the test, as the body */
    char *body;
};

static int connect_to(const struct server *server)
{
    const struct timeval patience = {.tv_sec = 30};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)server->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say_bytes(int fd, const void *bytes, size_t length)
{
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), length);
}

static void ask(int fd, const char *method, const char *path)
{
    char text[256];
    int length = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: test\r\n\r\n", method, path);
    say_bytes(fd, text, (size_t)length);
}

/* Exactly so many bytes, a NUL after them. */
static char *hear_bytes(int fd, size_t length)
{
    char *bytes = test_malloc(length + 1);
    for (size_t done = 0; done < length;) {
        ssize_t n = recv(fd, bytes + done, length - done, 0);
        if (n <= 0)
            fail_msg("%zu of %zu bytes came: %s", done, length,
                     n < 0 ? strerror(errno) : "then the end");
        done += (size_t)n;
    }
    bytes[length] = '\0';
    return bytes;
}

static void answer_free(struct answer *answer)
{
    test_free(answer->head);
    test_free(answer->body);
}

/* One answer, and not a byte after it; that to a HEAD has no body. */
static struct answer hear(int fd, bool has_body)
{
    struct answer answer = {.head = test_malloc(4096)};
    size_t length = 0;
    for (const char *end = NULL; !end; end = strstr(answer.head, "\r\n\r\n")) {
        assert_true(length < 4095);
        assert_int_equal(recv(fd, answer.head + length, 1, 0), 1);
        answer.head[++length] = '\0';
    }
    assert_int_equal(sscanf(answer.head, "HTTP/1.1 %u", &answer.status), 1);
    const char *field = strstr(answer.head, "Content-Length: ");
    assert_non_null(field);
    assert_int_equal(sscanf(field, "Content-Length: %zu", &answer.length), 1);
    answer.body = hear_bytes(fd, has_body ? answer.length : 0);
    return answer;
}

static struct answer get(const struct server *server, const char *path)
{
    int fd = connect_to(server);
    ask(fd, "GET", path);
    struct answer answer = hear(fd, true);
    close(fd);
    return answer;
}

static unsigned status_of(const struct server *server, const char *path)
{
    struct answer answer = get(server, path);
    answer_free(&answer);
    return answer.status;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t time_of(const struct server *server, const char *path)
{
    uint64_t began_ns = now_ns();
    assert_int_equal(status_of(server, path), 200);
    return now_ns() - began_ns;
}

/* ---- what it says ---- */

static void ready_line_says_where_it_is(void **state)
{
    struct server server = serve(*state, FAST "--body 1000");
    char url[80];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", server.port);
    assert_string_equal(server.url, url);
    assert_int_equal(server.body_bytes, 1000);
    assert_int_equal(status_of(&server, "/"), 200);
    stop(&server);
}

static void port_that_is_asked_for_is_taken(void **state)
{
    struct server first = serve(*state, FAST);
    char options[64];
    stop(&first);
    snprintf(options, sizeof options, FAST "--port %u", first.port);
    struct server second = serve(*state, options); /* connections just closed are no obstacle */
    assert_int_equal(second.port, first.port);
    stop(&second);
}

static void terminal_is_told_in_words(void **state)
{
    struct program *bench =
        program_start(*state, TERMINAL_IN | TERMINAL_OUT | TERMINAL_ERR, "exec bench serve --body 4KiB");
    program_expect(bench, "answers with 4KiB after 20ms; Ctrl-C ends it");
    program_say(bench, "\003");
    program_finish(bench);
    assert_int_equal(bench->status, 0);
}

static void stdout_that_is_full_is_an_error(void **state)
{
    struct program *bench = program_run(*state, "bench serve >/dev/full");
    assert_int_equal(bench->status, 2);
    assert_string_equal(bench->err, "bench serve: stdout: No space left on device\n");
}

static void help_and_version_go_to_stdout(void **state)
{
    struct program *bench = program_run(*state, "bench serve --help");
    assert_int_equal(bench->status, 0);
    assert_non_null(strstr(bench->out, "--error-rate"));
    assert_non_null(strstr(bench->out, "default: 20ms"));
    bench = program_run(*state, "bench serve --version");
    assert_int_equal(bench->status, 0);
    assert_int_equal(strncmp(bench->out, "bench ", 6), 0);
}

/* ---- what is refused ---- */

static void assert_refused(void **state, const char *options, const char *message)
{
    struct program *bench = program_run(*state, "bench serve %s", options);
    char line[512];
    snprintf(line, sizeof line, "bench serve: %s\n", message);
    assert_string_equal(bench->err, line);
    assert_string_equal(bench->out, "");
    assert_int_equal(bench->status, 2);
}

static void numbers_out_of_range_are_refused(void **state)
{
    assert_refused(state, "--port 70000", "--port: '70000' must be a whole number from 0 to 65535");
    assert_refused(state, "--port -1", "--port: '-1' must be a whole number from 0 to 65535");
    assert_refused(state, "--error-rate 1.5", "--error-rate: '1.5' must be a number from 0 to 1");
    assert_refused(state, "--error-rate=-0.5", "--error-rate: '-0.5' must be a number from 0 to 1");
    assert_refused(state, "--error-rate nan", "--error-rate: 'nan' must be a number from 0 to 1");
    assert_refused(state, "--seed x", "--seed: 'x' must be a whole number");
    assert_refused(state, "--body 2GiB", "--body: '2GiB' must be a size such as 16KiB, at most 1GiB");
    assert_refused(state, "--delay 2h",
                   "--delay: '2h' must be a time with its unit, such as 20ms, at most 1h");
    assert_refused(state, "--delay 20",
                   "--delay: '20' must be a time with its unit, such as 20ms, at most 1h");
    assert_refused(state, "--jitter ''",
                   "--jitter: '' must be a time with its unit, such as 20ms, at most 1h");
    assert_refused(state, "--jitter 30ms", "--jitter: '30ms' must be at most --delay, 20ms");
}

static void words_that_are_no_options_are_refused(void **state)
{
    assert_refused(state, "--prot 80",
                   "no option '--prot'; did you mean '--port'? (bench serve --help)");
    assert_refused(state, "-x", "no option '-x' (bench serve --help shows them)");
    assert_refused(state, "--port", "--port: needs a value (bench serve --help)");
    assert_refused(state, "--lifeline=3", "--lifeline: takes no value (bench serve --help)");
    assert_refused(state, "8080", "'8080' is not an option (bench serve --help)");
}

static void addresses_that_are_names_or_of_others_are_refused(void **state)
{
    assert_refused(state, "--address localhost",
                   "--address: 'localhost' must be a numeric address such as 127.0.0.1 or ::1");
    assert_refused(state, "--address 127.1",
                   "--address: '127.1' must be a numeric address such as 127.0.0.1 or ::1");
    assert_refused(state, "--address 192.0.2.1",
                   "--address: '192.0.2.1' must be an address of this machine");
}

static void port_in_use_is_refused(void **state)
{
    struct server server = serve(*state, FAST);
    char options[32], message[128];
    snprintf(options, sizeof options, "--port %u", server.port);
    snprintf(message, sizeof message, "--port: %u on 127.0.0.1 is in use; --port 0 takes a free one",
             server.port);
    assert_refused(state, options, message);
    stop(&server);
}

static void lifeline_without_stdin_is_refused(void **state)
{
    assert_refused(state, "--lifeline <&-",
                   "--lifeline: stdin is closed; it must be open, because the server ends with it");
}

static void bench_without_the_program_says_what_to_install(void **state)
{
    struct program *bench =
        program_run(*state, "mkdir bin && cp \"$BUILD\"/bin/bench bin && bin/bench serve");
    assert_int_equal(bench->status, 2);
    assert_string_equal(bench->err, "bench: serve: not built: libmicrohttpd was not found (apt install "
                                    "libmicrohttpd-dev, build again)\n");
}

/* ---- what it answers ---- */

static void body_is_what_the_digest_says(void **state)
{
    static const struct {
        const char *options;
        size_t length;
    } sizes[] = {{"", 16384}, {"--body 0", 0}, {"--body 1", 1}, {"--body 3MiB", 3 << 20}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct server server = serve(*state, sizes[i].options);
        struct answer answer = get(&server, "/any/path");
        char digest[17];
        snprintf(digest, sizeof digest, "%016" PRIx64, XXH3_64bits(answer.body, answer.length));
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.length, sizes[i].length);
        assert_int_equal(server.body_bytes, sizes[i].length);
        assert_string_equal(digest, server.digest);
        assert_non_null(strstr(answer.head, "Content-Type: text/plain\r\n"));
        answer_free(&answer);
        stop(&server);
    }
}

static void body_is_text_without_pattern(void **state)
{
    struct server server = serve(*state, FAST "--body 64KiB");
    struct answer answer = get(&server, "/");
    size_t counts[256] = {0};
    for (size_t i = 0; i < answer.length; i++)
        counts[(unsigned char)answer.body[i]]++;
    for (size_t c = 0; c < 256; c++) {
        bool is_letter =
            strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", (int)c) != NULL &&
            c != 0;
        /* each of 64 is expected 1024 times, give or take 32 */
        assert_in_range(counts[c], is_letter ? 800 : 0, is_letter ? 1250 : 0);
    }
    answer_free(&answer);
    stop(&server);
}

static void connection_is_kept_for_further_requests(void **state)
{
    struct server server = serve(*state, "--delay 1ms");
    int fd = connect_to(&server);
    for (int i = 0; i < 20; i++) {
        ask(fd, "GET", "/");
        struct answer answer = hear(fd, true);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.length, 16384);
        answer_free(&answer);
    }
    close(fd);
    stop(&server);
}

static void requests_sent_at_once_are_answered_in_turn(void **state)
{
    struct server server = serve(*state, "--delay 1ms");
    int fd = connect_to(&server);
    for (int i = 0; i < 5; i++) {
        char path[32];
        snprintf(path, sizeof path, "/?body=%d&delay=%dms", 100 + i, 5 - i);
        ask(fd, "GET", path);
    }
    for (size_t i = 0; i < 5; i++) {
        struct answer answer = hear(fd, true);
        assert_int_equal(answer.length, 100 + i);
        answer_free(&answer);
    }
    close(fd);
    stop(&server);
}

static void head_is_answered_without_the_body(void **state)
{
    struct server server = serve(*state, FAST);
    int fd = connect_to(&server);
    ask(fd, "HEAD", "/");
    struct answer answer = hear(fd, false);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.length, 16384);
    answer_free(&answer);
    ask(fd, "GET", "/"); /* what comes next begins an answer */
    answer = hear(fd, true);
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    close(fd);
    stop(&server);
}

static void other_methods_are_refused(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "BREW"};
    struct server server = serve(*state, FAST);
    int fd = connect_to(&server);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char request[128];
        int length =
            snprintf(request, sizeof request,
                     "%s / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello", methods[i]);
        say_bytes(fd, request, (size_t)length);
        struct answer answer = hear(fd, true);
        assert_int_equal(answer.status, 405);
        assert_non_null(strstr(answer.head, "Allow: GET, HEAD\r\n"));
        answer_free(&answer);
    }
    close(fd);
    stop(&server);
}

static void body_of_a_get_is_passed_over(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
    struct server server = serve(*state, "--delay 1ms");
    int fd = connect_to(&server);
    for (int i = 0; i < 2; i++) {
        say_bytes(fd, request, sizeof request - 1);
        struct answer answer = hear(fd, true);
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
    }
    close(fd);
    stop(&server);
}

/* ---- when, and what chance decides ---- */

static void delay_is_waited_for(void **state)
{
    struct server server = serve(*state, "--delay 60ms");
    assert_true(time_of(&server, "/") >= 60000000);
    assert_true(time_of(&server, "/?delay=90ms") >= 90000000);
    stop(&server);
}

static void default_delay_is_20_ms(void **state)
{
    struct server server = serve(*state, "");
    assert_true(time_of(&server, "/") >= 20000000);
    stop(&server);
}

static void jitter_takes_no_more_than_itself(void **state)
{
    struct server server = serve(*state, "--delay 15ms --jitter 10ms");
    for (int i = 0; i < 20; i++)
        assert_true(time_of(&server, "/") >= 5000000);
    stop(&server);
}

static void error_rate_1_fails_every_request(void **state)
{
    struct server server = serve(*state, FAST "--error-rate 1");
    for (int i = 0; i < 10; i++) {
        struct answer answer = get(&server, "/");
        assert_int_equal(answer.status, 503);
        assert_true(answer.length < 100);
        answer_free(&answer);
    }
    stop(&server);
}

enum { DRAWS = 64 };

/* '5' for each 503, '2' for each 200. */
static void draw(void **state, const char *options, char drawn[DRAWS + 1])
{
    struct server server = serve(*state, options);
    for (int i = 0; i < DRAWS; i++)
        drawn[i] = (char)('0' + status_of(&server, "/") / 100);
    drawn[DRAWS] = '\0';
    stop(&server);
}

static void seed_decides_which_requests_fail(void **state)
{
    char first[DRAWS + 1], again[DRAWS + 1], other[DRAWS + 1];
    draw(state, FAST "--error-rate 0.5", first);
    draw(state, FAST "--error-rate 0.5 --seed 1", again);
    draw(state, FAST "--error-rate 0.5 --seed 2", other);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_non_null(strchr(first, '2'));
    assert_non_null(strchr(first, '5'));
}

/* ---- what a request may ask for ---- */

static void query_names_status_and_body(void **state)
{
    struct server server = serve(*state, FAST "--error-rate 1");
    struct answer whole = get(&server, "/?status=200&body=1KiB");
    struct answer part = get(&server, "/x?body=10&status=404");
    assert_int_equal(whole.status, 200);
    assert_int_equal(whole.length, 1024);
    assert_int_equal(part.status, 404);
    assert_int_equal(part.length, 10);
    assert_memory_equal(part.body, whole.body, 10); /* bodies of all sizes begin alike */
    answer_free(&whole);
    answer_free(&part);
    stop(&server);
}

static void query_may_name_a_body_larger_than_the_servers(void **state)
{
    struct server server = serve(*state, FAST "--body 1KiB");
    struct answer large = get(&server, "/?body=5MiB");
    assert_int_equal(large.length, 5 << 20);
    assert_int_equal(strlen(large.body), large.length);
    answer_free(&large);
    stop(&server);
}

static void query_that_is_wrong_is_told_so(void **state)
{
    static const char *const queries[][2] = {
        {"/?delay=5", "delay: '5' must be a time with its unit, such as 20ms, at most 1h\n"},
        {"/?delay", "delay: '' must be a time with its unit, such as 20ms, at most 1h\n"},
        {"/?body=2GiB", "body: '2GiB' must be a size such as 16KiB, at most 1GiB\n"},
        {"/?status=99", "status: '99' must be 200 to 599\n"},
        {"/?status=200&dealy=5ms", "no parameter 'dealy'; the parameters are delay, body and status\n"},
    };
    struct server server = serve(*state, FAST);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct answer answer = get(&server, queries[i][0]);
        assert_int_equal(answer.status, 400);
        assert_string_equal(answer.body, queries[i][1]);
        answer_free(&answer);
    }
    stop(&server);
}

static void query_that_is_long_is_told_so_in_short(void **state)
{
    struct server server = serve(*state, FAST);
    char path[128 + 1] = "/?";
    memset(path + 2, 'x', sizeof path - 3);
    struct answer answer = get(&server, path);
    assert_int_equal(answer.status, 400);
    answer_free(&answer);
    stop(&server);
}

/* ---- clients that misbehave, and many ---- */

/* What is left of a connection: an answer's status, or 0 when it is just closed. */
static unsigned reaction_to(const struct server *server, const void *bytes, size_t length)
{
    char text[4096] = "";
    unsigned status = 0;
    int fd = connect_to(server);
    say_bytes(fd, bytes, length);
    ssize_t n = recv(fd, text, sizeof text - 1, 0);
    assert_true(n >= 0 || errno == ECONNRESET);
    sscanf(text, "HTTP/1.1 %u", &status);
    close(fd);
    return status;
}

static void requests_that_are_malformed_get_400(void **state)
{
    static const char *const requests[] = {
        "GET /\r\n\r\n",
        "GET / FTP/1.1\r\nHost: test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: -5\r\n\r\n",
        "\x01\x02\xff / \r\nx\r\n\r\n",
    };
    struct server server = serve(*state, FAST);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        assert_int_equal(reaction_to(&server, requests[i], strlen(requests[i])), 400);
    assert_int_equal(status_of(&server, "/"), 200);
    stop(&server);
}

static void garbage_harms_nobody_else(void **state)
{
    struct server server = serve(*state, FAST);
    unsigned char garbage[3000];
    uint32_t random = 1;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof garbage; i++)
            garbage[i] = (unsigned char)((random = random * 1664525 + 1013904223) >> 24);
        int fd = connect_to(&server);
        say_bytes(fd, garbage, sizeof garbage >> (round % 12));
        close(fd);
    }
    assert_int_equal(status_of(&server, "/"), 200);
    stop(&server);
}

static void headers_that_are_too_long_are_refused(void **state)
{
    struct server server = serve(*state, FAST);
    static char request[20000] = "GET /";
    memset(request + 5, 'a', sizeof request - 5);
    unsigned status = reaction_to(&server, request, sizeof request);
    assert_true(status == 0 || status == 414); /* reset, where it had not read all */
    assert_int_equal(status_of(&server, "/"), 200);
    stop(&server);
}

struct descriptors {
    pid_t pid;
    size_t count;
};

static bool descriptors_are_back(void *context)
{
    const struct descriptors *before = context;
    return descriptors_of(before->pid) <= before->count;
}

static void clients_that_hang_up_while_waiting_leave_nothing(void **state)
{
    struct server server = serve(*state, "--delay 50ms");
    assert_int_equal(status_of(&server, "/"), 200);
    struct descriptors before = {server.program->pid, descriptors_of(server.program->pid)};
    for (int i = 0; i < 100; i++) {
        const struct linger reset = {.l_onoff = i % 2};
        int fd = connect_to(&server);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        ask(fd, "GET", i % 3 ? "/" : "/?body=1MiB");
        close(fd);
    }
    assert_int_equal(status_of(&server, "/"), 200);
    assert_true(wait_until(descriptors_are_back, &before));
    stop(&server);
}

static void clients_that_hang_up_do_not_keep_descriptors_for_their_delay(void **state)
{
    struct server server = serve(*state, FAST);
    assert_int_equal(status_of(&server, "/"), 200);
    struct descriptors before = {server.program->pid, descriptors_of(server.program->pid)};
    int stays = connect_to(&server);
    ask(stays, "GET", "/?delay=2500ms");
    for (int i = 0; i < 100; i++) {
        const struct linger reset = {.l_onoff = i % 2};
        int fd = connect_to(&server);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        ask(fd, "GET", i % 3 ? "/?delay=1h" : "/?delay=30min&body=1MiB");
        close(fd);
    }
    before.count++; /* for the one that stays, and is answered */
    assert_true(wait_until(descriptors_are_back, &before));
    struct answer answer = hear(stays, true);
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    close(stays);
    stop(&server);
}

static void client_that_has_said_all_is_answered(void **state)
{
    struct server server = serve(*state, "--delay 50ms");
    int fd = connect_to(&server);
    ask(fd, "GET", "/");
    shutdown(fd, SHUT_WR);
    struct answer answer = hear(fd, true);
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    close(fd);
    stop(&server);
}

static size_t resident_bytes(pid_t pid)
{
    char path[64];
    size_t pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*u %zu", &pages), 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Who is answered after it waits for no more of it than what has been sent. */
static void body_of_a_gibibyte_is_made_while_it_is_sent(void **state)
{
    struct server server = serve(*state, FAST);
    int fd = connect_to(&server);
    ask(fd, "GET", "/?body=1GiB");
    test_free(hear_bytes(fd, 1 << 20));
    assert_int_equal(status_of(&server, "/"), 200);
    assert_in_range(resident_bytes(server.program->pid), 1 << 20, 256 << 20);
    close(fd);
    stop(&server);
}

static void body_that_is_made_while_it_is_sent_is_the_same_text(void **state)
{
    enum { LARGE = 3 << 20 };
    struct server server = serve(*state, FAST);
    struct answer first = get(&server, "/?body=3MiB"), again = get(&server, "/?body=3MiB");
    assert_int_equal(first.length, LARGE);
    assert_int_equal(again.length, LARGE);
    assert_memory_equal(first.body, again.body, LARGE);
    answer_free(&first);
    answer_free(&again);
    stop(&server);
}

static void thousand_connections_fit(void **state)
{
    enum { MANY = 1000 };
    static int fds[MANY];
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < MANY + 100)
        skip();
    /* such limits as a login has: the server raises its own */
    struct server server = serve(*state, "--delay 100ms --body 1KiB");
    for (int i = 0; i < MANY; i++) {
        fds[i] = connect_to(&server);
        ask(fds[i], "GET", "/");
    }
    for (int i = 0; i < MANY; i++) {
        struct answer answer = hear(fds[i], true);
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
    }
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    stop(&server);
}

static void more_connections_than_descriptors_wait_their_turn(void **state)
{
    enum { MANY = 40 };
    int fds[MANY];
    /* 64 descriptors: room for 32 connections */
    struct server server = serve(*state, "</dev/null; ulimit -n 64; exec bench serve --delay 10ms");
    for (int i = 0; i < MANY; i++) {
        fds[i] = connect_to(&server);
        ask(fds[i], "GET", "/");
    }
    for (int i = 0; i < MANY; i++) {
        struct answer answer = hear(fds[i], true);
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
        close(fds[i]);
    }
    stop(&server);
}

/* ---- how it ends ---- */

static void termination_and_interrupt_end_it_with_0(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct server server = serve(*state, "");
        kill(server.program->pid, signals[i]);
        program_finish(server.program);
        assert_int_equal(server.program->status, 0);
        assert_string_equal(server.program->err, "");
    }
}

static void end_does_not_wait_for_answers_that_are_due_later(void **state)
{
    struct server server = serve(*state, "--delay 1h");
    char nothing;
    int fds[10];
    for (int i = 0; i < 10; i++) {
        fds[i] = connect_to(&server);
        ask(fds[i], "GET", "/");
    }
    assert_int_equal(status_of(&server, "/?delay=50ms"), 200); /* so the others have been read */
    stop(&server);
    for (int i = 0; i < 10; i++) {
        assert_true(recv(fds[i], &nothing, 1, 0) <= 0);
        close(fds[i]);
    }
}

static void lifeline_ends_it_with_stdin(void **state)
{
    struct server server = serve(*state, "--lifeline " FAST);
    program_say(server.program, "what is said there is ignored\n");
    assert_int_equal(status_of(&server, "/"), 200);
    program_finish(server.program); /* closes its stdin */
    assert_int_equal(server.program->status, 0);
}

static void stdin_does_not_matter_without_a_lifeline(void **state)
{
    struct server server = serve(*state, FAST "</dev/null");
    assert_int_equal(status_of(&server, "/"), 200);
    stop(&server);
}

/* Its stdin stays open: the test has the other end. */
static void lifeline_ends_it_with_its_starter(void **state)
{
    struct program *starter =
        program_start(*state, TERMINAL_NONE, "exec 3<&0; bench serve --lifeline 0<&3 3<&- & wait");
    assert_non_null(program_hear(starter));
    kill(starter->pid, SIGKILL);
    assert_int_equal(sandbox_processes_left(*state), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sandbox_setup, sandbox_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ready_line_says_where_it_is),
        TEST(port_that_is_asked_for_is_taken),
        TEST(terminal_is_told_in_words),
        TEST(stdout_that_is_full_is_an_error),
        TEST(help_and_version_go_to_stdout),
        TEST(numbers_out_of_range_are_refused),
        TEST(words_that_are_no_options_are_refused),
        TEST(addresses_that_are_names_or_of_others_are_refused),
        TEST(port_in_use_is_refused),
        TEST(lifeline_without_stdin_is_refused),
        TEST(bench_without_the_program_says_what_to_install),
        TEST(body_is_what_the_digest_says),
        TEST(body_is_text_without_pattern),
        TEST(connection_is_kept_for_further_requests),
        TEST(requests_sent_at_once_are_answered_in_turn),
        TEST(head_is_answered_without_the_body),
        TEST(other_methods_are_refused),
        TEST(body_of_a_get_is_passed_over),
        TEST(delay_is_waited_for),
        TEST(default_delay_is_20_ms),
        TEST(jitter_takes_no_more_than_itself),
        TEST(error_rate_1_fails_every_request),
        TEST(seed_decides_which_requests_fail),
        TEST(query_names_status_and_body),
        TEST(query_may_name_a_body_larger_than_the_servers),
        TEST(query_that_is_wrong_is_told_so),
        TEST(query_that_is_long_is_told_so_in_short),
        TEST(requests_that_are_malformed_get_400),
        TEST(garbage_harms_nobody_else),
        TEST(headers_that_are_too_long_are_refused),
        TEST(clients_that_hang_up_while_waiting_leave_nothing),
        TEST(clients_that_hang_up_do_not_keep_descriptors_for_their_delay),
        TEST(client_that_has_said_all_is_answered),
        TEST(body_of_a_gibibyte_is_made_while_it_is_sent),
        TEST(body_that_is_made_while_it_is_sent_is_the_same_text),
        TEST(thousand_connections_fit),
        TEST(more_connections_than_descriptors_wait_their_turn),
        TEST(termination_and_interrupt_end_it_with_0),
        TEST(end_does_not_wait_for_answers_that_are_due_later),
        TEST(lifeline_ends_it_with_stdin),
        TEST(stdin_does_not_matter_without_a_lifeline),
        TEST(lifeline_ends_it_with_its_starter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
