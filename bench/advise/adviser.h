/* What the stages of advice have in common: who asked, what time it is, and how launches are made. */
#ifndef ADVISE_ADVISER_H
#define ADVISE_ADVISER_H

#include "advise/request.h"
#include "results/advice.h"
#include "stats/random.h"
#include "stats/values.h"

struct adviser {
    const struct advise_request *request;
    struct advice *advice;
    struct random_source random;
    uint64_t began_ns;
    bool has_announced;           /* the requests to other machines */
    struct values serial_walls_s; /* of the work with one lane, a value a launch: the first stage's */
    /* Of the launches under way, set by the stage that makes them: */
    const struct plan_case *now;
    const char *doing; /* in words, for the progress line */
    bool keeps_notes;  /* they are about the work itself, and become warnings of the advice */
    /* A run has ended. False: nobody else need hear of it. */
    bool (*hear)(void *context, const struct record *record);
    void *context;
};

/* Part of the time that has gone: 0..1 and beyond. */
double adviser_spent(const struct adviser *adviser);

/* The stage that begins may spend this part (0 to 1) of the requests that may go to other machines, with
 * what those before it have spent. */
void adviser_share_requests(struct adviser *adviser, double until);
/* Does it make such requests? And is there room for so many passes over the tasks? If not, the advice
 * says so. */
bool adviser_makes_requests(const struct adviser *adviser);
bool adviser_may_ask(struct adviser *adviser, uint64_t passes);

/* Has the case an executor that can be had? By its number in the plan. */
bool adviser_can_run(const struct advise_request *request, size_t number);

/* The hooks of a launch, and what is launched: launch `number` of adviser->now. */
struct launch_hooks adviser_hooks(struct adviser *adviser);
struct launch_request adviser_launch(const struct adviser *adviser, const struct launch_hooks *hooks,
                                     int64_t number);

/* "failed: it exited with status 1"; for free(). */
char *adviser_failure(const struct record *record);

#endif
