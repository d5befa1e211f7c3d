/* Judging transfers. See fetch_outcome.h. */
#include "fetch_outcome.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LINE = 128 };

const char *fetch_outcome_words(enum fetch_outcome outcome)
{
    static const char *const words[FETCH_OUTCOMES] = {
        [FETCH_OK] = "ok",
        [FETCH_STATUS] = "status of 400 or more",
        [FETCH_REFUSED] = "connection refused",
        [FETCH_UNREACHABLE] = "not reachable",
        [FETCH_UNRESOLVED] = "name not resolved",
        [FETCH_TIMED_OUT] = "timed out",
        [FETCH_TLS] = "TLS failed",
        [FETCH_NO_ANSWER] = "no answer",
        [FETCH_CUT_SHORT] = "cut short",
        [FETCH_BROKEN_OFF] = "connection broken",
        [FETCH_NOT_HTTP] = "not HTTP",
        [FETCH_TOO_MANY_REDIRECTS] = "too many redirects",
        [FETCH_REDIRECTED_ELSEWHERE] = "redirected to neither http nor https",
        [FETCH_WRONG_BODY] = "wrong body",
        [FETCH_OTHER] = "other",
    };
    return words[outcome];
}

static int __attribute__((format(printf, 3, 4)))
say(struct fetch_result *result, int outcome, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(result->why, sizeof result->why, format, args);
    va_end(args);
    return outcome;
}

/* "512 of 16384 bytes", or "512 bytes" where the server has not said how many there are. */
static const char *describe_progress(const struct fetch_result *result, char *text)
{
    curl_off_t announced = -1;
    curl_easy_getinfo(result->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    int length = snprintf(text, LINE, "%" PRIu64, result->received_bytes);
    if (announced >= 0)
        length += snprintf(text + length, LINE - (size_t)length, " of %" PRIu64, (uint64_t)announced);
    snprintf(text + length, LINE - (size_t)length, " bytes");
    return text;
}

static int timed_out(struct fetch_result *result, uint32_t timeout_ms)
{
    char limit[LINE], progress[LINE];
    bool whole = timeout_ms % 1000 == 0;
    snprintf(limit, sizeof limit, "timed out after %" PRIu32 " %s",
             whole ? timeout_ms / 1000 : timeout_ms, whole ? "s" : "ms");
    if (result->status)
        return say(result, FETCH_TIMED_OUT, "%s with %s", limit, describe_progress(result, progress));
    return say(result, FETCH_TIMED_OUT, "%s without an answer", limit);
}

static int not_connected(struct fetch_result *result)
{
    long error = 0;
    curl_easy_getinfo(result->easy, CURLINFO_OS_ERRNO, &error);
    if (error == ECONNREFUSED)
        return say(result, FETCH_REFUSED, "connection refused");
    return say(result, FETCH_UNREACHABLE, "no connection: %s",
               error ? strerror((int)error) : result->said);
}

static int not_verified(struct fetch_result *result)
{
    const char *way_out = "";
    if (result->code == CURLE_PEER_FAILED_VERIFICATION)
        way_out = " (insecure=yes does not verify certificates)";
    else if (result->code == CURLE_SSL_CACERT_BADFILE)
        way_out = " (install ca-certificates; insecure=yes does not verify certificates)";
    return say(result, FETCH_TLS, "TLS: %s%s", result->said, way_out);
}

/* libcurl has the same code for a protocol that it may not use and for an answer that is none. */
static int not_understood(struct fetch_result *result)
{
    const char *url = NULL;
    curl_easy_getinfo(result->easy, CURLINFO_EFFECTIVE_URL, &url);
    if (url && strncasecmp(url, "http:", 5) != 0 && strncasecmp(url, "https:", 6) != 0)
        return say(result, FETCH_REDIRECTED_ELSEWHERE,
                   "redirected to %.200s: only http and https are allowed", url);
    return say(result, FETCH_NOT_HTTP, "the answer is not HTTP: %s", result->said);
}

static int failed(struct fetch_result *result, const struct fetch_options *options)
{
    char progress[LINE];
    switch (result->code) {
    case CURLE_COULDNT_CONNECT:
        return not_connected(result);
    case CURLE_OPERATION_TIMEDOUT:
        return timed_out(result, options->timeout_ms);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return say(result, FETCH_UNRESOLVED, "%s", result->said);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return not_verified(result);
    case CURLE_GOT_NOTHING:
        return say(result, FETCH_NO_ANSWER, "the server closed the connection without an answer");
    case CURLE_PARTIAL_FILE:
        return say(result, FETCH_CUT_SHORT, "the server closed the connection after %s",
                   describe_progress(result, progress));
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        return say(result, FETCH_BROKEN_OFF, "the connection broke after %s: %s",
                   describe_progress(result, progress), result->said);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        return not_understood(result);
    case CURLE_TOO_MANY_REDIRECTS:
        return say(result, FETCH_TOO_MANY_REDIRECTS, "more than %" PRIu32 " redirects",
                   options->redirects);
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
        return say(result, -ENOMEM, "libcurl: %s", result->said);
    default:
        return say(result, FETCH_OTHER, "%s", result->said);
    }
}

/* All of it has come, as far as HTTP can tell. */
static int arrived(struct fetch_result *result, const struct fetch_options *options)
{
    if (result->is_in_head)
        return say(result, FETCH_CUT_SHORT,
                   "the server closed the connection within the head of its answer");
    if (result->status >= 400)
        return say(result, FETCH_STATUS, "status %" PRIu32, result->status);
    if (!options->known)
        return FETCH_OK;
    if (result->received_bytes != options->body_bytes)
        return say(result, FETCH_WRONG_BODY, "a body of %" PRIu64 " bytes instead of %" PRIu64,
                   result->received_bytes, options->body_bytes);
    if (result->body_xxh3 != options->body_xxh3)
        return say(result, FETCH_WRONG_BODY,
                   "a body with the digest %016" PRIx64 " instead of %016" PRIx64, result->body_xxh3,
                   options->body_xxh3);
    return FETCH_OK;
}

static int judge(struct fetch_result *result, const struct fetch_options *options)
{
    long status = 0;
    curl_easy_getinfo(result->easy, CURLINFO_RESPONSE_CODE, &status);
    result->status = (uint32_t)status;
    if (result->code == CURLE_OK)
        return arrived(result, options);
    if (!result->said[0])
        snprintf(result->said, sizeof result->said, "%s", curl_easy_strerror(result->code));
    return failed(result, options);
}

int fetch_judge(struct fetch_result *result, const struct fetch_options *options)
{
    int outcome = judge(result, options);
    size_t length = strlen(result->why);
    if (outcome != FETCH_OK && result->proxy[0]) /* it may be the proxy's fault */
        snprintf(result->why + length, sizeof result->why - length, "; asked through the proxy %s",
                 result->proxy);
    return outcome;
}
