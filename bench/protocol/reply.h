/*
 * What a runner answers: one reply a line, to each message one. Both sides use this, one to write and
 * one to read. A reply is decoded once; whether what it says can be is control/plausible.h's to judge.
 */
#ifndef PROTOCOL_REPLY_H
#define PROTOCOL_REPLY_H

#include "protocol/fields.h"
#include "records/latencies.h"
#include "records/record.h"

/* What all replies have. Texts are the document's. */
struct reply {
    bool ok;
    int64_t id;                 /* of the message that it answers; 0: not said */
    int64_t version;            /* of the protocol, in the reply to a message that has it; 0: not said */
    const char *status, *error; /* of a refusal; NULL: not said */
    const char *note;           /* a reason to trust the numbers less; NULL: none */
    int64_t requested;          /* requests made to other machines for it; RECORD_NO_COUNT: not said */
    json_t *document;
};

/* What the reply to open promises. */
struct opened {
    int64_t tasks, grain;      /* RECORD_NO_COUNT: not said */
    double work;               /* of all tasks, in work_unit; NaN: not said */
    const char *work_unit;     /* NULL: not said, as all that follow */
    bool single_pass;          /* a second pass would be other work than the first */
    int64_t workers, inflight; /* that there really are; RECORD_NO_COUNT: as asked for */
    const char *schedule;      /* by which it really goes, "own": the runtime's; NULL: as asked for */
    const char *clock;         /* "release" or "submit"; NULL: release */
    const char *runtime;       /* with its version, "Open MPI 4.1.4"; NULL: as the controller knows it */
    const char *count;         /* "tree": CPU time and memory are the controller's to count */
    int64_t requests;          /* that a pass makes to other machines; RECORD_NO_COUNT: not said */
    struct entries measured;   /* parameters that were left to the workload, as it has measured them */
    struct names cpus;         /* which CPUs each worker will be pinned to */
    json_t *document;          /* what the texts are in, where it was decoded */
};

/* ---- reading ---- */

/*
 * Take a line apart. -EPROTO: it is not a JSON object; -EINVAL: it is, but none that answers. The caller
 * frees it in any case.
 */
int reply_decode(struct reply *reply, const char *line, size_t length, struct bench_error *err);
void reply_free(struct reply *reply);

/* The rest of a good reply to open. -EINVAL says what is wrong. The caller frees it in any case. */
int opened_decode(struct opened *opened, const struct reply *reply, struct bench_error *err);
void opened_free(struct opened *opened);

/* Nothing is known. */
void opened_init(struct opened *opened);

/* The rest of a good reply to check: the variables, whose texts are the reply's; the caller frees the
 * list. *has: there was one, if an empty one. -EINVAL. */
int checked_decode(struct entries *environment, bool *has, const struct reply *reply,
                   struct bench_error *err);

/* The rest of a good reply to run: the measured columns that it tells, into the record. -EINVAL. */
int told_decode(struct record *record, const struct reply *reply, struct bench_error *err);

/* Of a run by ranks whose message asked for it: how many ranks are told of; and what it says of one,
 * into a record. -EINVAL. */
size_t told_ranks(const struct reply *reply);
int told_rank_decode(struct record *record, const struct reply *reply, size_t rank,
                     struct bench_error *err);

/* All latencies, where it tells them; none where it does not. -EINVAL. The caller frees them. */
int told_latencies(struct latencies *latencies, const struct reply *reply, struct bench_error *err);

/* Is it one of the columns that a runner tells? */
bool told_column(enum column column);

/* ---- writing: lines with their ends, for free(); NULL: a text is not UTF-8 ---- */

/* What all good replies have. */
struct reply_head {
    int64_t id;       /* 0: the message had none */
    bool introduces;  /* it answers a message that tells the protocol's version */
    const char *note; /* NULL or "": none */
};

char *reply_encode(const struct reply_head *head);
/* Reply to check: the variables that the executor wants to stand in the environment of those who open
 * it. */
char *checked_encode(const struct reply_head *head, const struct entries *environment);

/* Reply to list: what module_list_encode() returned, which is freed. */
char *listed_encode(const struct reply_head *head, json_t *list);

char *opened_encode(const struct reply_head *head, const struct opened *opened);
/* Reply to run. */
struct told {
    const struct record *record; /* what it took */
    const struct record *ranks;  /* what each of so many ranks did; 0: that is not told */
    size_t ranks_count;
    const struct latencies *latencies; /* NULL: not told */
};
char *told_encode(const struct reply_head *head, const struct told *told);
char *refusal_encode(int64_t id, enum status status, const char *error);

/*
 * As refusal_encode, without allocating, so that a signal handler may: quotes and what
 * is not ASCII are left out. Returns the length; the line may end early where `size` is small.
 */
size_t refusal_write(char *line, size_t size, int64_t id, enum status status, const char *error);

#endif
