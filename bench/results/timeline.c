/* Reading a trace, a line an event. See timeline.h. */
#include "results/timeline.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char timeline_without_runs[] = "there are launches in it, but no run with ranges: none was "
                                     "measured, or their runtime's runner keeps "
                                     "no trace";

static struct timeline_launch *launch_of(struct timeline *timeline, long long number)
{
    for (size_t i = timeline->launches_size; i-- > 0;) {
        if (timeline->launches[i].number == number)
            return &timeline->launches[i];
    }
    timeline->launches =
        mem_resize(timeline->launches, timeline->launches_size + 1, sizeof *timeline->launches);
    struct timeline_launch *launch = &timeline->launches[timeline->launches_size++];
    *launch = (struct timeline_launch){
        .number = number, .one_in = 1, .timed_one_in = 1, .off_state = TIMELINE_WAITING};
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

/* Which of the timeline's kinds of waits this is. */
static uint32_t kind_of(struct timeline *timeline, const char *name)
{
    for (size_t i = 0; i < timeline->kinds_size; i++) {
        if (strcmp(timeline->kinds[i], name) == 0)
            return (uint32_t)i;
    }
    timeline->kinds = mem_resize(timeline->kinds, timeline->kinds_size + 1, sizeof *timeline->kinds);
    timeline->kinds[timeline->kinds_size] = text_make_visible(mem_text(name));
    return (uint32_t)timeline->kinds_size++;
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

/* Of the launch as a whole, on its own track. */
static void take_part(struct timeline_launch *launch, const json_t *event)
{
    double began_us = number_at(event, "ts");
    launch->runs =
        mem_grow(launch->runs, launch->runs_size, &launch->runs_capacity, sizeof *launch->runs);
    launch->runs[launch->runs_size++] = (struct timeline_run){
        .began_us = began_us,
        .ended_us = began_us + number_at(event, "dur"),
        .name = text_make_visible(mem_text(text_at(event, "name"))),
    };
}

static void take_span(struct timeline *timeline, const json_t *event)
{
    const char *category = text_at(event, "cat"), *name = text_at(event, "name");
    long long number = (long long)number_at(event, "tid");
    struct timeline_span span = {.began_us = number_at(event, "ts")};
    struct timeline_launch *launch = launch_of(timeline, (long long)number_at(event, "pid"));
    span.ended_us = span.began_us + number_at(event, "dur");
    if (strcmp(category, "range") == 0) {
        const char *digits = strpbrk(name, "0123456789");
        span.state = TIMELINE_COMPUTING;
        span.number = digits ? (uint32_t)strtoull(digits, NULL, 10) : 0;
        span.off_us = number_at(json_object_get(event, "args"), "off_us");
        launch->has_off |= span.off_us > 0;
    } else if (strcmp(category, "wait") == 0) {
        span.state = strstr(name, "lock") ? TIMELINE_LOCKED_OUT : TIMELINE_WAITING;
        span.number = kind_of(timeline, name);
    } else if (strcmp(category, "run") == 0) {
        take_part(launch, event);
    }
    if (span.state == TIMELINE_NOTHING || number < 1)
        return;
    struct timeline_track *track = track_of(launch, number);
    track->spans =
        mem_grow(track->spans, track->spans_size, &track->spans_capacity, sizeof *track->spans);
    track->spans[track->spans_size++] = span;
    launch->ended_us = fmax(launch->ended_us, span.ended_us);
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
    launch->one_in = fmax(1, number_at(args, "one_in"));
    launch->timed_one_in = fmax(1, number_at(args, "timed_one_in"));
    launch->off_state = strstr(text_at(args, "off"), "lock") ? TIMELINE_LOCKED_OUT : TIMELINE_WAITING;
}

static void take_mark(struct timeline *timeline, const json_t *event)
{
    struct timeline_launch *launch = launch_of(timeline, (long long)number_at(event, "pid"));
    launch->marks =
        mem_grow(launch->marks, launch->marks_size, &launch->marks_capacity, sizeof *launch->marks);
    launch->marks[launch->marks_size++] = (struct timeline_mark){
        .at_us = number_at(event, "ts"),
        .track = (long long)number_at(event, "tid"),
        .text = text_make_visible(mem_text(text_at(event, "name"))),
    };
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
    else if (rc == 0 && strcmp(phase, "i") == 0)
        take_mark(timeline, event);
    json_decref(event);
    return rc;
}

bool timeline_has_run(const struct timeline_launch *launch)
{
    return launch->tracks_size > 0 && launch->ended_us > launch->released_us;
}

static void make_segments(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->launches_size; i++) {
        struct timeline_launch *launch = &timeline->launches[i];
        for (size_t t = 0; t < launch->tracks_size; t++)
            timeline_make_segments(&launch->tracks[t], launch->off_state);
    }
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
    if (rc == 0)
        make_segments(timeline);
    return rc;
}

static void launch_free(struct timeline_launch *launch)
{
    for (size_t t = 0; t < launch->tracks_size; t++) {
        free(launch->tracks[t].name);
        free(launch->tracks[t].spans);
        free(launch->tracks[t].segments);
    }
    for (size_t i = 0; i < launch->marks_size; i++)
        free(launch->marks[i].text);
    for (size_t i = 0; i < launch->runs_size; i++)
        free(launch->runs[i].name);
    free(launch->tracks);
    free(launch->marks);
    free(launch->runs);
    free(launch->name);
}

void timeline_free(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->launches_size; i++)
        launch_free(&timeline->launches[i]);
    for (size_t i = 0; i < timeline->kinds_size; i++)
        free(timeline->kinds[i]);
    free(timeline->launches);
    free(timeline->kinds);
    *timeline = (struct timeline){0};
}
