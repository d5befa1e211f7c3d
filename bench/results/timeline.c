/* Reading a trace, a line an event. See timeline.h. */
#include "results/timeline.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct timeline_launch *launch_of(struct timeline *timeline, long long number)
{
    for (size_t i = timeline->launches_size; i-- > 0;) {
        if (timeline->launches[i].number == number)
            return &timeline->launches[i];
    }
    timeline->launches =
        mem_resize(timeline->launches, timeline->launches_size + 1, sizeof *timeline->launches);
    struct timeline_launch *launch = &timeline->launches[timeline->launches_size++];
    *launch = (struct timeline_launch){.number = number, .one_in = 1};
    return launch;
}

static struct timeline_track *track_of(struct timeline_launch *launch, long long number)
{
    size_t low = 0, high = launch->tracks_size;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (launch->tracks[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < launch->tracks_size && launch->tracks[low].number == number)
        return &launch->tracks[low];
    launch->tracks = mem_resize(launch->tracks, launch->tracks_size + 1, sizeof *launch->tracks);
    memmove(&launch->tracks[low + 1], &launch->tracks[low],
            (launch->tracks_size - low) * sizeof *launch->tracks);
    launch->tracks_size++;
    launch->tracks[low] = (struct timeline_track){.number = number};
    return &launch->tracks[low];
}

static void span_add(struct timeline_launch *launch, struct timeline_track *track, double began_us,
                     double took_us, enum timeline_state state)
{
    track->spans =
        mem_grow(track->spans, track->spans_size, &track->spans_capacity, sizeof *track->spans);
    track->spans[track->spans_size++] = (struct timeline_span){began_us, began_us + took_us, state};
    launch->ended_us = fmax(launch->ended_us, began_us + took_us);
}

/* ---- events ---- */

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void take_name(struct timeline *timeline, const json_t *event)
{
    struct timeline_launch *launch = launch_of(timeline, (long long)number_at(event, "pid"));
    const json_t *args = json_object_get(event, "args");
    long long track = (long long)number_at(event, "tid");
    char **name = NULL;
    if (strcmp(text_at(event, "name"), "process_name") == 0)
        name = &launch->name;
    else if (strcmp(text_at(event, "name"), "thread_name") == 0 && track > 0)
        name = &track_of(launch, track)->name;
    if (name && !*name)
        *name = text_make_visible(mem_text(text_at(args, "name")));
}

static void take_span(struct timeline *timeline, const json_t *event)
{
    const char *category = text_at(event, "cat"), *name = text_at(event, "name");
    long long track = (long long)number_at(event, "tid");
    bool is_range = strcmp(category, "range") == 0, is_wait = strcmp(category, "wait") == 0;
    bool is_lock = is_wait && strstr(name, "lock");
    if ((!is_range && !is_wait) || track < 1)
        return;
    struct timeline_launch *launch = launch_of(timeline, (long long)number_at(event, "pid"));
    span_add(launch, track_of(launch, track), number_at(event, "ts"), number_at(event, "dur"),
             is_range  ? TIMELINE_COMPUTING
             : is_lock ? TIMELINE_LOCKED_OUT
                       : TIMELINE_WAITING);
}

/* What a runner says of the run that it has traced. */
static void take_run(struct timeline *timeline, const json_t *event)
{
    const json_t *args = json_object_get(event, "args");
    struct timeline_launch *launch = launch_of(timeline, (long long)number_at(event, "pid"));
    if (!json_object_get(args, "released_us"))
        return;
    launch->released_us = number_at(args, "released_us");
    launch->ranges = number_at(args, "ranges");
    launch->one_in = number_at(args, "one_in");
}

static int take_line(struct timeline *timeline, char *line)
{
    size_t length = strlen(line);
    while (length > 0 && strchr(", \r\n", line[length - 1]))
        line[--length] = '\0';
    if (length == 0 || strcmp(line, "[") == 0 || strcmp(line, "]") == 0)
        return 0;
    json_t *event = json_loadb(line, length, 0, NULL);
    const char *phase = text_at(event, "ph");
    int rc = json_is_object(event) && *phase ? 0 : -EINVAL;
    if (rc == 0 && strcmp(phase, "M") == 0 && number_at(event, "pid") > 0)
        take_name(timeline, event);
    else if (rc == 0 && strcmp(phase, "X") == 0)
        take_span(timeline, event);
    else if (rc == 0 && strcmp(phase, "i") == 0 && strcmp(text_at(event, "cat"), "run") == 0)
        take_run(timeline, event);
    json_decref(event);
    return rc;
}

int timeline_read(struct timeline *timeline, FILE *in, const char *name, struct bench_error *err)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    int rc = 0;
    *timeline = (struct timeline){0};
    errno = 0;
    while (rc == 0 && mem_line(&line, &room, in) >= 0) {
        number++;
        if (take_line(timeline, line) < 0)
            rc = bench_error_set(err, -EINVAL,
                                 "%s, line %zu: not an event of a trace; it must be a file that bench "
                                 "--trace has written",
                                 name, number);
    }
    if (rc == 0 && ferror(in))
        rc = bench_error_set(err, -errno, "%s: %s", name, strerror(errno));
    if (rc == 0 && timeline->launches_size == 0)
        rc = bench_error_set(err, -EINVAL,
                             "%s: there is no launch in it; it must be a file that bench --trace has "
                             "written",
                             name);
    free(line);
    return rc;
}

void timeline_free(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->launches_size; i++) {
        struct timeline_launch *launch = &timeline->launches[i];
        for (size_t t = 0; t < launch->tracks_size; t++) {
            free(launch->tracks[t].name);
            free(launch->tracks[t].spans);
        }
        free(launch->tracks);
        free(launch->name);
    }
    free(timeline->launches);
    *timeline = (struct timeline){0};
}

static double overlap(const struct timeline_span *span, double from_us, double to_us)
{
    return fmax(0, fmin(span->ended_us, to_us) - fmax(span->began_us, from_us));
}

/* Waits lie within ranges, and being locked out within waits or ranges: what is within is taken off. */
void timeline_shares(const struct timeline_track *track, double from_us, double to_us,
                     double shares_us[TIMELINE_STATES])
{
    double sums[TIMELINE_STATES] = {0}, locked_in_wait = 0;
    const struct timeline_span *wait = NULL;
    for (size_t i = 0; i < track->spans_size; i++) {
        const struct timeline_span *span = &track->spans[i];
        double own = overlap(span, from_us, to_us);
        sums[span->state] += own;
        if (span->state == TIMELINE_WAITING)
            wait = span;
        else if (span->state == TIMELINE_LOCKED_OUT && wait && span->ended_us <= wait->ended_us)
            locked_in_wait += own;
    }
    sums[TIMELINE_WAITING] -= locked_in_wait;
    sums[TIMELINE_COMPUTING] -= sums[TIMELINE_WAITING] + sums[TIMELINE_LOCKED_OUT];
    sums[TIMELINE_COMPUTING] = fmax(0, sums[TIMELINE_COMPUTING]);
    sums[TIMELINE_NOTHING] = fmax(0, to_us - from_us - sums[TIMELINE_COMPUTING] -
                                         sums[TIMELINE_WAITING] - sums[TIMELINE_LOCKED_OUT]);
    memcpy(shares_us, sums, sizeof sums);
}
