/* What is worth knowing about the machine beside its numbers. */
#include "machine/facts.h"

#include "base/memory.h"
#include "machine/cgroup.h"
#include "machine/placement.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

void facts_clean_model(const char *raw, char *text, size_t text_size)
{
    static const char *const signs[] = {"(R)", "(r)", "(TM)", "(tm)", "(C)", "(c)"};
    size_t size = 0;
    while (*raw && size + 1 < text_size) {
        size_t skip = 0;
        for (size_t i = 0; i < sizeof signs / sizeof *signs && !skip; i++)
            if (!strncmp(raw, signs[i], strlen(signs[i])))
                skip = strlen(signs[i]);
        if (skip) {
            raw += skip;
            continue;
        }
        unsigned char c = (unsigned char)*raw++;
        if (c <= ' ')
            c = ' ';
        if (c == ' ' && (size == 0 || text[size - 1] == ' '))
            continue;
        text[size++] = c < 127 ? (char)c : '?';
    }
    while (size > 0 && text[size - 1] == ' ')
        size--;
    text[size] = '\0';
}

static const char *topology_info(hwloc_topology_t topology, const char *name)
{
    hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
    const char *value = package ? hwloc_obj_get_info_by_name(package, name) : NULL;
    return value ? value : hwloc_obj_get_info_by_name(hwloc_get_root_obj(topology), name);
}

/* Where Linux has no name for it (most ARM machines): the architecture and the numbers that tell it. */
static void read_model(hwloc_topology_t topology, const char *architecture, char *model,
                       size_t model_size)
{
    const char *name = topology_info(topology, "CPUModel");
    const char *implementer = topology_info(topology, "CPUImplementer");
    const char *part = topology_info(topology, "CPUPart");
    if (name)
        facts_clean_model(name, model, model_size);
    else if (implementer && part)
        snprintf(model, model_size, "%s CPU %s/%s", architecture, implementer, part);
    else
        snprintf(model, model_size, "%s CPU", architecture);
}

static void read_governor(hwloc_topology_t topology, char *governor, size_t governor_size)
{
    char path[96];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor",
             hwloc_bitmap_first(hwloc_topology_get_allowed_cpuset(topology)));
    governor[0] = '\0';
    FILE *file = mem_open(path);
    if (!file)
        return;
    if (fgets(governor, (int)governor_size, file))
        governor[strcspn(governor, "\n")] = '\0';
    fclose(file);
}

static bool is_virtual_machine(void)
{
#if defined(__x86_64__) || defined(__i386__)
    unsigned eax, ebx, ecx, edx; /* leaf 1, ECX bit 31: no processor sets it, every hypervisor does */
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && ecx >> 31;
#else
    return access("/sys/hypervisor/type", F_OK) == 0 ||
           access("/proc/device-tree/hypervisor", F_OK) == 0;
#endif
}

static uint32_t count_objects(hwloc_topology_t topology, hwloc_obj_type_t type)
{
    int count = hwloc_get_nbobjs_by_type(topology, type);
    return count > 0 ? (uint32_t)count : 0;
}

/* Facts about this machine beyond its topology. */
static void read_system(hwloc_topology_t topology, struct machine_facts *facts)
{
    struct utsname system;
    struct sysinfo memory;
    uname(&system); /* fails only for a bad pointer, as sysinfo() */
    sysinfo(&memory);
    snprintf(facts->host, sizeof facts->host, "%.64s", system.nodename);
    snprintf(facts->kernel, sizeof facts->kernel, "%.64s", system.release);
    read_model(topology, system.machine, facts->cpu_model, sizeof facts->cpu_model);
    read_governor(topology, facts->governor, sizeof facts->governor);
    facts->memory_bytes = (uint64_t)memory.totalram * memory.mem_unit;
    facts->quota_cpus = cgroup_cpu_quota("");
    facts->virtual_machine = is_virtual_machine();
}

/* Facts about a machine that is only described: what lstopo wrote beside its topology, and "" for the
 * rest. */
static void read_description(hwloc_topology_t topology, struct machine_facts *facts)
{
    const char *host = topology_info(topology, "HostName");
    const char *kernel = topology_info(topology, "OSRelease");
    const char *architecture = topology_info(topology, "Architecture");
    snprintf(facts->host, sizeof facts->host, "%.64s", host ? host : "");
    snprintf(facts->kernel, sizeof facts->kernel, "%.64s", kernel ? kernel : "");
    read_model(topology, architecture ? architecture : "some", facts->cpu_model,
               sizeof facts->cpu_model);
    facts->memory_bytes = hwloc_get_root_obj(topology)->total_memory;
    facts->described = true;
}

static void read_topology(hwloc_topology_t topology, struct machine_facts *facts)
{
    hwloc_const_bitmap_t allowed = hwloc_topology_get_allowed_cpuset(topology);
    *facts = (struct machine_facts){
        .sockets = count_objects(topology, HWLOC_OBJ_PACKAGE),
        .cores = count_objects(topology, HWLOC_OBJ_CORE),
        .threads = count_objects(topology, HWLOC_OBJ_PU),
        .numa_nodes = count_objects(topology, HWLOC_OBJ_NUMANODE),
        .allowed_threads = (uint32_t)hwloc_bitmap_weight(allowed),
        .allowed_cpus = placement_describe(allowed),
        .quota_cpus = NAN,
    };
}

void facts_read(hwloc_topology_t topology, struct machine_facts *facts)
{
    read_topology(topology, facts);
    read_system(topology, facts);
}

void facts_read_described(hwloc_topology_t topology, struct machine_facts *facts)
{
    read_topology(topology, facts);
    if (hwloc_topology_is_thissystem(topology))
        read_system(topology, facts);
    else
        read_description(topology, facts);
}

void facts_free(struct machine_facts *facts)
{
    free(facts->allowed_cpus);
    facts->allowed_cpus = NULL;
}

/* Append to a text, as far as it fits. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t text_size,
                                                         const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, text_size - used, format, arguments);
    va_end(arguments);
}

static void append_count(char *text, size_t text_size, uint32_t count, const char *noun)
{
    if (count > 0)
        append(text, text_size, ", %u %s%s", count, noun, count == 1 ? "" : "s");
}

void facts_describe(const struct machine_facts *facts, char *text, size_t text_size)
{
    snprintf(text, text_size, "%s", facts->cpu_model);
    append_count(text, text_size, facts->sockets, "socket");
    append_count(text, text_size, facts->cores, "core");
    append_count(text, text_size, facts->threads, "thread");
    if (facts->memory_bytes > 0)
        append(text, text_size, ", %.1f GiB", (double)facts->memory_bytes / (1 << 30));
    if (facts->kernel[0])
        append(text, text_size, ", Linux %s", facts->kernel);
}

/* Behind the name there are only counts, each ", 2 things". */
size_t facts_model_length(const char *machine)
{
    for (const char *at = machine; (at = strstr(at, ", ")); at += 2) {
        if (isdigit((unsigned char)at[2]))
            return (size_t)(at - machine);
    }
    return strlen(machine);
}

uint32_t facts_count_threads(const char *machine)
{
    for (const char *at = machine; (at = strstr(at, ", ")); at += 2) {
        unsigned count;
        int length = 0;
        if (sscanf(at, ", %9u thread%n", &count, &length) == 1 && length > 0)
            return count;
    }
    return 0;
}
