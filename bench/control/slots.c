/* What launchers are told of hosts, added up. See slots.h. */
#include "control/slots.h"

#include "base/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Options of mpiexec that take hosts, or a file of them; and variables that name such a file. */
static const char *const list_options[] = {"--host", "-host", "-H", "--hosts", "-hosts", NULL};
static const char *const file_options[] = {"--hostfile",   "-hostfile", "--machinefile",
                                           "-machinefile", "-f",        NULL};
static const char *const file_variables[] = {"OMPI_MCA_orte_default_hostfile", "HYDRA_HOST_FILE", NULL};

enum { SLOTS_MOST = 1000000 };

/* The number that a text is; 0: it is none. */
static uint32_t number_of(const char *text, char **end)
{
    unsigned long number = strtoul(text, end, 10);
    return *end > text && number <= SLOTS_MOST ? (uint32_t)number : 0;
}

/* "a:2" */
static int add_host(const char *host, const char *where, uint32_t *slots, struct bench_error *err)
{
    const char *colon = strchr(host, ':');
    char *end;
    uint32_t number = colon ? number_of(colon + 1, &end) : 0;
    if (!number || *end != '\0')
        return bench_error_set(
            err, -EINVAL,
            "--workers: max: %s does not say how many ranks '%s' has room for; give a "
            "number, or write %.*s:N there",
            where, host, colon ? (int)(colon - host) : (int)strlen(host), host);
    *slots += number;
    return 0;
}

static int add_list(const char *hosts, const char *where, uint32_t *slots, struct bench_error *err)
{
    char *list = mem_text(hosts), *rest = list, *host;
    int rc = 0;
    while (rc == 0 && (host = strsep(&rest, ",")))
        rc = add_host(host, where, slots, err);
    free(list);
    return rc;
}

/* "a slots=2 max_slots=4" of Open MPI, "a:2" of MPICH. */
static int add_line(char *line, const char *file, uint32_t *slots, struct bench_error *err)
{
    static const char word[] = "slots=";
    char *rest = line, *host = NULL, *part, *end;
    line[strcspn(line, "#\r\n")] = '\0';
    while ((part = strsep(&rest, " \t"))) {
        bool says = strncmp(part, word, sizeof word - 1) == 0;
        uint32_t number = says ? number_of(part + sizeof word - 1, &end) : 0;
        if (number && *end == '\0') {
            *slots += number;
            return 0;
        }
        host = host || !part[0] ? host : part;
    }
    return host ? add_host(host, file, slots, err) : 0;
}

static int add_file(const char *path, uint32_t *slots, struct bench_error *err)
{
    char *line = NULL;
    size_t size = 0;
    FILE *file = mem_open(path);
    if (!file)
        return bench_error_set(err, -EINVAL, "--workers: max: the launcher's file of hosts, %s: %s",
                               path, strerror(errno));
    int rc = 0;
    while (rc == 0 && mem_line(&line, &size, file) >= 0)
        rc = add_line(line, path, slots, err);
    free(line);
    fclose(file);
    return rc;
}

/* What stands behind this option, or in it; NULL: it is not among the words. */
static const char *value_of(char *const *words, const char *const *options)
{
    for (; words && *words; words++) {
        for (const char *const *option = options; *option; option++) {
            size_t length = strlen(*option);
            if (strcmp(*words, *option) == 0)
                return words[1];
            if (strncmp(*words, *option, length) == 0 && (*words)[length] == '=')
                return *words + length + 1;
        }
    }
    return NULL;
}

/* "2(x3),1": two CPUs of each of three nodes, and one of another. */
static uint32_t sum_of_nodes(const char *text)
{
    uint32_t sum = 0;
    while (text && *text) {
        char *end;
        uint32_t each = number_of(text, &end), nodes = 1;
        if (strncmp(end, "(x", 2) == 0)
            nodes = number_of(end + 2, &end);
        sum += each * nodes;
        text = strchr(end, ',');
        text = text ? text + 1 : NULL;
    }
    return sum;
}

/* Tasks and their CPUs, where the allocation was made by these; else all CPUs of its nodes. */
static uint32_t slots_of_slurm(char *(*variable)(const char *name))
{
    const char *tasks = variable("SLURM_NTASKS"), *cpus = variable("SLURM_CPUS_PER_TASK");
    uint32_t each = cpus ? sum_of_nodes(cpus) : 1;
    if (!variable("SLURM_JOB_ID"))
        return 0;
    return tasks ? sum_of_nodes(tasks) * (each ? each : 1)
                 : sum_of_nodes(variable("SLURM_JOB_CPUS_PER_NODE"));
}

int slots_find(const struct slots_asked *asked, uint32_t *slots, struct bench_error *err)
{
    *slots = 0;
    if (asked->hosts)
        return add_list(asked->hosts, "--hosts", slots, err);
    const char *list = value_of(asked->launcher, list_options),
               *file = value_of(asked->launcher, file_options);
    if (list)
        return add_list(list, "--launcher", slots, err);
    if (file)
        return add_file(file, slots, err);
    *slots = slots_of_slurm(asked->variable);
    for (const char *const *name = file_variables; *slots == 0 && *name; name++) {
        if (asked->variable(*name))
            return add_file(asked->variable(*name), slots, err);
    }
    *slots = *slots ? *slots : asked->cores;
    return 0;
}
