/*
 * What the controller asks a runner: one message a line. Both sides use this, one to write and one to
 * read; docs/protocol.md is the protocol for those who implement it elsewhere.
 */
#ifndef PROTOCOL_MESSAGE_H
#define PROTOCOL_MESSAGE_H

#include "base/shape.h"
#include "protocol/fields.h"

#define PROTOCOL_VERSION 2
#define PROTOCOL_OLD 1 /* the oldest that a runner may speak */

enum op { OP_NONE, OP_OPEN, OP_CHECK, OP_RUN, OP_CLOSE, OP_LIST };

/* A case to be opened, or its parameters to be checked; of a list only the plugins. */
struct open_asked {
    const char *workload, *executor;
    struct entries params, executor_params;
    struct entries runner_params; /* those of a runtime that has some */
    struct entries env;           /* variables to set before any module is loaded */
    struct names plugins;         /* files of modules */
    struct shape shape;
    struct names counters; /* by name, what is to be counted in each run */
    struct names cpus;     /* the controller's placement, a set a worker; none: the runner places */
    const char *scratch;   /* a folder to make when it is needed; NULL: none */
    int64_t max_requests;  /* that may go to other machines; negative: not said */
    const char *trace;     /* a file that the events of runs are appended to; NULL: none */
    int64_t trace_launch;  /* which process of that trace this is; negative: not said */
    int64_t arrivals_most; /* that a run will have; negative: not said, as without rate_per_s */
};

struct run_asked {
    bool verify;         /* all answers are to be checked */
    bool no_latency;     /* latencies are not wanted, so that nobody needs to time ranges */
    bool latency_counts; /* the reply is to have all latencies, and not only some quantiles */
    bool brief;          /* only the time is needed, so the reply comes sooner */
    int64_t passes;
    double slower;       /* on purpose, by this part of its time: 0.01 is 1 % */
    const char *lever;   /* what is slowed down on purpose, as base/lever.h has it; NULL: nothing */
    int64_t trace_bytes; /* how much may be appended to the trace; 0: this run is not traced */
    int64_t arrivals;    /* how many tasks come, at the rate of open; 0: a closed loop, as without one */
    int64_t draw;        /* which sample of all possible arrivals */
    bool per_rank;       /* what each rank has done is to be told, too */
    double settle_s;     /* of the lever: how much has to come together before it acts; 0: as the runner
                            likes */
};

struct message {
    enum op op;
    int64_t id;             /* from 1; 0: none, as by hand */
    int64_t version;        /* of the protocol; 0: not said */
    double limit_s;         /* after which the controller will not wait any longer; 0: not said */
    struct open_asked open; /* OP_OPEN, OP_CHECK, OP_LIST */
    struct run_asked run;   /* OP_RUN */
    json_t *document;       /* what the texts are in, where it was decoded */
};

/* A line, its line end included; for free(). NULL: a text in it is not UTF-8. */
char *message_encode(const struct message *message);

/*
 * Take a line apart. -EINVAL or -EPROTO says what is wrong with it; `op`, `id` and `version` are there
 * as far as they could be read. The caller frees it in any case.
 */
int message_decode(struct message *message, const char *line, size_t length, struct bench_error *err);
void message_free(struct message *message);

#endif
