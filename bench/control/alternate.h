/*
 * Two cases, A and B, that can run now, compared in pairs: one runner of each is alive, and they take
 * turns with short runs of the same passes, in blocks of ABBA or BAAB as a coin falls. So what the
 * machine does to one, it does to the other. After a while both are closed and two fresh ones are
 * started: a round. stats/paired.h says what is made of the rounds, and when it is enough.
 */
#ifndef CONTROL_ALTERNATE_H
#define CONTROL_ALTERNATE_H

#include "control/launch.h"
#include "stats/paired.h"
#include "stats/random.h"

struct alternate_limits {
    uint64_t time_ns;    /* of the whole comparison, its launches included: a hard cap */
    uint64_t rounds_max; /* 0: as many as it takes */
    uint64_t seed;       /* of the order within blocks, and of who is started first */
    uint64_t warmup;     /* blocks at the beginning of a round that are not kept */
};

struct alternate_request {
    const struct launch_request *sides[2]; /* A and B; `number` and `side` are filled in here */
    const struct alternate_limits *limits;
    struct paired_rules rules;
    enum column column; /* what is compared: a COUNT or a REAL that each run has */
    double slower;      /* B's runs, on purpose, by this part of their time; 0: they are left alone */
    /* Not NULL: both at the same instant, A where the first says and B where the second, and the other
     * way round in the next launch. As --pin has it. */
    const char *duet[2];
    void (*on_round)(void *context, double spent, const struct paired *paired); /* with hooks' context */
};

/* What came of it. */
struct alternate_outcome {
    struct paired paired; /* the rounds, and the answer */
    bool failed;          /* a run or a launch did: its record has been given to on_record, or `why` */
    const char *why;      /* static; NULL */
    uint64_t passes;      /* over the tasks, in each run */
    double values[2];     /* medians; of one pass where the column sums them up; NaN: no run */
    size_t runs;          /* of each side */
    double round_s;       /* how long a round takes, its launches included */
};

/*
 * Compare. 0; -EINTR when the user wants to end, or what on_record returned, if negative. The caller
 * frees the outcome in any case. Nothing of the runners is left.
 */
int alternate_run(const struct alternate_request *request, struct alternate_outcome *outcome,
                  struct bench_error *err);
void alternate_free(struct alternate_outcome *outcome);

#endif
