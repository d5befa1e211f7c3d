/* A tree of processes, by /proc: the clock of each, what its ended children took, its memory. */
#include "measure/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DEPTH_MOST = 32 };

/* A file of /proc, as text; its length, 0 when the process is gone. */
static size_t read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0 ? (size_t)length : 0;
}

/* CPU time of children that have ended and were waited for, theirs included: in ticks. */
static double ended_children_s(pid_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    read_text(path, text, sizeof text);
    char *at = strrchr(text, ')'); /* the second field; the 16th and 17th are what we want */
    for (int field = 2; at && field < 16; field++)
        at = strchr(at + 1, ' ');
    if (!at)
        return 0;
    double user = strtod(at, &at), sys = strtod(at, NULL);
    return (user + sys) / (double)sysconf(_SC_CLK_TCK);
}

static int64_t pss_bytes(pid_t pid)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    read_text(path, text, sizeof text);
    const char *line = strstr(text, "\nPss:");
    return line ? strtoll(line + strlen("\nPss:"), NULL, 10) * 1024 : -1;
}

uint64_t process_cpu_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec now;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool process_is_running(pid_t pid)
{
    char path[300], text[512];
    bool is_running = false;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; !is_running && tasks && (task = readdir(tasks));) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/stat", (int)pid, task->d_name);
        read_text(path, text, sizeof text);
        const char *state = strrchr(text, ')');
        is_running = state && strncmp(state, ") R", 3) == 0;
    }
    if (tasks)
        closedir(tasks);
    return is_running;
}

static void visit_tree(pid_t pid, int depth, void (*visit)(void *context, pid_t pid), void *context)
{
    char path[300], list[65536];
    visit(context, pid);
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = depth < DEPTH_MOST ? opendir(path) : NULL;
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/children", (int)pid, task->d_name);
        if (read_text(path, list, sizeof list) == 0)
            continue;
        char *rest = list;
        for (char *word; (word = strsep(&rest, " "));) {
            pid_t child = (pid_t)strtol(word, NULL, 10);
            if (child > 0)
                visit_tree(child, depth + 1, visit, context);
        }
    }
    if (tasks)
        closedir(tasks);
}

void tree_visit(pid_t root, void (*visit)(void *context, pid_t pid), void *context)
{
    visit_tree(root, 0, visit, context);
}

static void add_process(void *context, pid_t pid)
{
    struct tree_use *use = context;
    uint64_t cpu_ns = process_cpu_ns(pid);
    if (cpu_ns == 0)
        return; /* it has ended: its parent's account has it, once that has waited for it */
    use->processes++;
    use->cpu_s += (double)cpu_ns * 1e-9 + ended_children_s(pid);
}

static void add_memory(void *context, pid_t pid)
{
    struct tree_use *use = context;
    int64_t own = process_cpu_ns(pid) == 0 ? 0 : pss_bytes(pid);
    use->pss_bytes = own < 0 || use->pss_bytes < 0 ? -1 : use->pss_bytes + own;
}

void tree_read(pid_t root, bool memory, struct tree_use *use)
{
    *use = (struct tree_use){.pss_bytes = memory ? 0 : -1};
    tree_visit(root, add_process, use);
    if (memory)
        tree_visit(root, add_memory, use);
}
