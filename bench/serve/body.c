/* The text that is served: made as far as it is needed. */
#include "serve/body.h"

#include "serve/limits.h"

#include <bench/random.h>

#include <errno.h>
#include <sys/mman.h>

/* Characters made of one random number; STEP_BYTES is a multiple of it and of any page's size. */
enum { GROUP = 8, STEP_BYTES = 1 << 20 };

int body_open(struct body *body)
{
    void *text = mmap(NULL, BODY_MAX_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (text == MAP_FAILED)
        return -errno;
    *body = (struct body){.text = text};
    return 0;
}

void body_close(struct body *body)
{
    if (body->text)
        munmap(body->text, BODY_MAX_BYTES);
}

const char *body_text(struct body *body, size_t size_bytes)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t from = body->made_bytes, to = (size_bytes + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
    if (to <= from)
        return body->text;
    if (mprotect(body->text + from, to - from, PROT_READ | PROT_WRITE) < 0)
        return NULL;
    for (size_t at = from; at < to; at += GROUP) {
        uint64_t bits = bench_random_at(0, at / GROUP);
        for (size_t i = 0; i < GROUP; i++)
            body->text[at + i] = letters[bits >> (6 * i) & 63];
    }
    body->made_bytes = to;
    return body->text;
}
