/*
 * What control groups leave this process of the machine. /proc/self/cgroup names its groups
 * (cgroups(7)), /proc/self/mountinfo where the hierarchies are mounted (proc(5)); a container sees both
 * cut short.
 */
#include "machine/cgroup.h"

#include "base/memory.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A hierarchy that may hold a controller: where it is mounted, and our group in it. Of a path that has
 * not been found, "", the rest is not set: together they are 12 KiB. */
struct hierarchy {
    char mount[PATH_MAX]; /* the mount point */
    char root[PATH_MAX];  /* the group that is mounted there */
    char group[PATH_MAX]; /* our own, from the hierarchy's root */
};

/* Those of a controller: v2's is one for all, in v1 each may have one of its own. */
struct hierarchies {
    const char *controller;
    struct hierarchy v1, v2;
};

/* Is `word` one of the comma-separated words of `list`? */
static bool list_has(const char *list, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (!strncmp(at, word, size) && (at[size] == ',' || at[size] == '\0'))
            return true;
    }
    return false;
}

static FILE *open_under(const char *root, const char *path)
{
    char name[PATH_MAX];
    int size = snprintf(name, sizeof name, "%s%s", root, path);
    return size < (int)sizeof name ? mem_open(name) : NULL;
}

/* What a line of a file says of them. */
typedef void read_line_fn(char *line, struct hierarchies *hierarchies);

static void read_lines(const char *root, const char *path, read_line_fn *read,
                       struct hierarchies *hierarchies)
{
    FILE *file = open_under(root, path);
    if (!file)
        return;
    char *line = NULL;
    size_t line_size = 0;
    while (mem_line(&line, &line_size, file) > 0)
        read(line, hierarchies);
    free(line);
    fclose(file);
}

/* A line of mountinfo. The first mount of each holds. */
static void read_mount(char *line, struct hierarchies *hierarchies)
{
    char type[32], options[512];
    const char *after = strstr(line, " - cgroup"); /* most lines tell of others */
    if (!after || sscanf(after, " - %31s %*s %511s", type, options) != 2)
        return;
    struct hierarchy *of = NULL;
    if (strcmp(type, "cgroup2") == 0)
        of = &hierarchies->v2;
    else if (strcmp(type, "cgroup") == 0 && list_has(options, hierarchies->controller))
        of = &hierarchies->v1;
    if (of && !of->mount[0] && sscanf(line, "%*s %*s %*s %4095s %4095s", of->root, of->mount) != 2)
        of->mount[0] = '\0';
}

/* Lines are "number:controllers:path"; v2 has number 0 and no controllers. */
static void read_group(char *line, struct hierarchies *hierarchies)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path)
        return;
    *controllers++ = '\0';
    *path++ = '\0';
    struct hierarchy *of = NULL;
    if (strcmp(line, "0") == 0)
        of = &hierarchies->v2;
    else if (list_has(controllers, hierarchies->controller))
        of = &hierarchies->v1;
    if (of && !of->group[0] &&
        snprintf(of->group, sizeof of->group, "%s", path) >= (int)sizeof of->group)
        of->group[0] = '\0';
}

/* The one line of a small file; false when it cannot be read. */
static bool read_line(const char *root, const char *dir, const char *name, char *line, int line_size)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return false;
    FILE *file = open_under(root, path);
    if (!file)
        return false;
    bool read = fgets(line, line_size, file) != NULL;
    fclose(file);
    return read;
}

/* The quota of one group; NaN for none. */
static double cpu_quota(const char *root, const char *dir, bool v2)
{
    char line[128];
    double quota_us, period_us;
    if (v2) { /* "max 100000" or "150000 100000" */
        if (!read_line(root, dir, "cpu.max", line, sizeof line) ||
            sscanf(line, "%lf %lf", &quota_us, &period_us) != 2)
            return NAN;
    } else { /* -1 for none */
        if (!read_line(root, dir, "cpu.cfs_quota_us", line, sizeof line) ||
            sscanf(line, "%lf", &quota_us) != 1 ||
            !read_line(root, dir, "cpu.cfs_period_us", line, sizeof line) ||
            sscanf(line, "%lf", &period_us) != 1)
            return NAN;
    }
    return quota_us > 0 && period_us > 0 ? quota_us / period_us : NAN;
}

/* The number on the line of a group's file `stat` that begins with `name`; NaN if there is none. */
static double group_stat(const char *root, const char *dir, const char *stat, const char *name)
{
    char path[PATH_MAX], line[256], key[128];
    double found = NAN, value;
    if (snprintf(path, sizeof path, "%s/%s", dir, stat) >= (int)sizeof path)
        return NAN;
    FILE *file = open_under(root, path);
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%127s %lf", key, &value) == 2 && strcmp(key, name) == 0)
            found = value;
    }
    if (file)
        fclose(file);
    return found;
}

/* Bytes; 0 where the kernel does not tell. */
static double memory_stat(const char *root, const char *dir, const char *name)
{
    return fmax(0, group_stat(root, dir, "memory.stat", name)); /* fmax passes over NaN */
}

/* How long one group was throttled. */
static double cpu_throttled_s(const char *root, const char *dir, bool v2)
{
    return v2 ? group_stat(root, dir, "cpu.stat", "throttled_usec") * 1e-6
              : group_stat(root, dir, "cpu.stat", "throttled_time") * 1e-9;
}

/* What one group's limit leaves; NaN for no limit. */
static double memory_room(const char *root, const char *dir, bool v2)
{
    static const double no_limit = 0x1p60; /* v1 has no word for it, but a number near 2^63 */
    char line[128];
    double limit, used;
    if (!read_line(root, dir, v2 ? "memory.max" : "memory.limit_in_bytes", line, sizeof line) ||
        sscanf(line, "%lf", &limit) != 1 || limit > no_limit)
        return NAN;
    if (!read_line(root, dir, v2 ? "memory.current" : "memory.usage_in_bytes", line, sizeof line) ||
        sscanf(line, "%lf", &used) != 1)
        return NAN;
    used -= memory_stat(root, dir, v2 ? "inactive_file" : "total_inactive_file") +
            memory_stat(root, dir, v2 ? "active_file" : "total_active_file");
    return fmax(0, limit - used);
}

/* Our group's path below the mount point: "" when it is the mounted one, or lies outside of it. */
static const char *group_below_mount(const struct hierarchy *hierarchy)
{
    const char *group = hierarchy->group;
    size_t size = strlen(hierarchy->root);
    if (size == 1)
        size = 0; /* "/" */
    if (strncmp(group, hierarchy->root, size) || (group[size] != '/' && group[size] != '\0') ||
        strstr(group, "/.."))
        return "";
    return strcmp(group + size, "/") ? group + size : "";
}

typedef double choose_fn(double a, double b); /* passes over NaN */
typedef double of_group_fn(const char *root, const char *dir, bool v2);

/* What `choose` leaves of all that `of_group` says of our group and of those above it. */
static double choose_of(const struct hierarchy *hierarchy, const char *root, bool v2, choose_fn *choose,
                        of_group_fn *of_group)
{
    if (!hierarchy->mount[0] || !hierarchy->group[0])
        return NAN;

    char dir[2 * PATH_MAX];
    size_t mount_size = strlen(hierarchy->mount);
    snprintf(dir, sizeof dir, "%s%s", hierarchy->mount, group_below_mount(hierarchy));
    double chosen = NAN;
    for (;;) {
        chosen = choose(chosen, of_group(root, dir, v2));
        char *slash = strrchr(dir, '/');
        if (!slash || slash < dir + mount_size)
            return chosen;
        *slash = '\0';
    }
}

/* The same of both versions' groups: a machine may have a controller in either. */
static double choose_of_all(const char *root, const char *controller, choose_fn *choose,
                            of_group_fn *of_group)
{
    struct hierarchies hierarchies;
    hierarchies.controller = controller;
    hierarchies.v1.mount[0] = hierarchies.v1.group[0] = '\0';
    hierarchies.v2.mount[0] = hierarchies.v2.group[0] = '\0';
    read_lines(root, "/proc/self/mountinfo", read_mount, &hierarchies);
    read_lines(root, "/proc/self/cgroup", read_group, &hierarchies);
    return choose(choose_of(&hierarchies.v2, root, true, choose, of_group),
                  choose_of(&hierarchies.v1, root, false, choose, of_group));
}

double cgroup_cpu_quota(const char *root)
{
    return choose_of_all(root, "cpu", fmin, cpu_quota);
}

double cgroup_memory_room(const char *root)
{
    return choose_of_all(root, "memory", fmin, memory_room);
}

double cgroup_throttled_s(const char *root)
{
    return choose_of_all(root, "cpu", fmax, cpu_throttled_s);
}
