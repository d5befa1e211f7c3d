/* What is worth knowing about the machine beside its numbers. */
#ifndef MACHINE_FACTS_H
#define MACHINE_FACTS_H

#include <hwloc.h>
#include <stdbool.h>
#include <stdint.h>

#define FACTS_TEXT 256

struct machine_facts {
    char host[65];
    char cpu_model[128]; /* without (R), (TM) and the like; ASCII */
    char kernel[65];     /* release: "6.1.0-18-amd64" */
    char governor[32];   /* of frequency scaling, of the first allowed CPU; "" where there is none */
    bool virtual_machine;
    bool described; /* it is not this machine; what the description leaves out is "" or 0 */
    uint32_t sockets, cores, threads, numa_nodes; /* of the whole machine; 0 where not known */
    uint32_t allowed_threads;
    char *allowed_cpus; /* OS indexes: "0-3,8" */
    uint64_t memory_bytes;
    double quota_cpus; /* the CPU quota of our control groups; NaN where there is none */
};

/* Read them from the system and from topology_load()'s topology. The caller frees *facts. */
void facts_read(hwloc_topology_t topology, struct machine_facts *facts);
/* The same of topology_load_described()'s, which may be of another machine. */
void facts_read_described(hwloc_topology_t topology, struct machine_facts *facts);
void facts_free(struct machine_facts *facts);

/*
 * The machine in one line of ASCII, the same in every run on it:
 * "AMD EPYC 7763 64-Core Processor, 2 sockets, 128 cores, 256 threads, 503.5 GiB, Linux 6.1.0-18-amd64".
 */
void facts_describe(const struct machine_facts *facts, char *text, size_t text_size);

/* From such a line: the length of the processor's name, and the number of threads, 0 where it does not
 * say. */
size_t facts_model_length(const char *machine);
uint32_t facts_count_threads(const char *machine);

/* A CPU's name without trademark signs and doubled spaces, in ASCII. */
void facts_clean_model(const char *raw, char *text, size_t text_size);

#endif
