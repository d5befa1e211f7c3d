/* The machine's topology: discovered once by the controller, handed on to its runners. */
#include "machine/topology.h"

#include "base/memory.h"
#include "machine/affinity.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TOPOLOGY_FILE "hwloc-topology" /* a name for what has none */

/*
 * hwloc_topology_init without hwloc's plug-ins: they describe GPUs and PCI devices, which is of no use
 * here, and loading their libraries takes longer than all the rest (30 ms where OpenCL is installed and
 * not yet in the page cache).
 */
static int init_without_plugins(hwloc_topology_t *topology)
{
    bool is_set = getenv("HWLOC_PLUGINS_PATH") != NULL;
    if (!is_set)
        setenv("HWLOC_PLUGINS_PATH", "/nonexistent", 1);
    int rc = hwloc_topology_init(topology);
    if (!is_set)
        unsetenv("HWLOC_PLUGINS_PATH");
    return rc;
}

static int keep_what_is_needed(hwloc_topology_t topology)
{
    static const hwloc_obj_type_t kept[] = {HWLOC_OBJ_PACKAGE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_CORE};

    if (hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE))
        return -1;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (hwloc_topology_set_type_filter(topology, kept[i], HWLOC_TYPE_FILTER_KEEP_ALL))
            return -1;
    /* NUMA nodes smaller than a package hang off a group. */
    if (hwloc_topology_set_type_filter(topology, HWLOC_OBJ_GROUP, HWLOC_TYPE_FILTER_KEEP_STRUCTURE))
        return -1;
    /* CPUID tells nothing that Linux does not, and visits every CPU to ask. */
    if (hwloc_topology_set_components(topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86"))
        return -1;
    return hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED |
                                                  HWLOC_TOPOLOGY_FLAG_NO_DISTANCES |
                                                  HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS);
}

/* The allowed set of the topology becomes what this thread may run on. */
static int allow_own_cpus(hwloc_topology_t topology, struct bench_error *err)
{
    unsigned long words[AFFINITY_WORDS_MAX];
    int rc = affinity_get(words, AFFINITY_WORDS_MAX);
    if (rc)
        return bench_error_set(err, rc, "cannot read this process's CPU mask: %s", strerror(-rc));

    hwloc_bitmap_t own = hwloc_bitmap_alloc();
    if (!own || hwloc_bitmap_from_ulongs(own, AFFINITY_WORDS_MAX, words) < 0)
        memory_exhausted();
    /* With plain hwloc_topology_restrict() the rest of the machine would be gone from `bench topo`. */
    if (hwloc_topology_allow(topology, own, NULL, HWLOC_ALLOW_FLAG_CUSTOM))
        rc = bench_error_set(err, -EINVAL,
                             "HWLOC_XMLFILE describes another machine, with none of the CPUs that this "
                             "process may use; unset it");
    hwloc_bitmap_free(own);
    return rc;
}

/* A variable that is set to something. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* HWLOC_SYNTHETIC by hand: what hwloc reads from the environment it passes over where it is wrong. */
static int take_description(hwloc_topology_t topology, struct bench_error *err)
{
    const char *text = variable("HWLOC_SYNTHETIC");
    if (!text || variable("HWLOC_XMLFILE") || hwloc_topology_set_synthetic(topology, text) == 0)
        return 0;
    return bench_error_set(
        err, -EINVAL,
        "HWLOC_SYNTHETIC=%.300s: not a description that hwloc understands, such as 'pack:2 core:8 pu:2'",
        text);
}

static int load(hwloc_topology_t *out, struct bench_error *err)
{
    hwloc_topology_t topology;
    if (init_without_plugins(&topology) < 0)
        memory_exhausted();
    int rc = take_description(topology, err);
    if (rc == 0 && (keep_what_is_needed(topology) || hwloc_topology_load(topology))) {
        const char *file = variable("HWLOC_XMLFILE");
        rc =
            file
                ? bench_error_set(err, -EIO, "HWLOC_XMLFILE=%.300s: not a topology in hwloc's XML", file)
                : bench_error_set(err, -EIO, "hwloc cannot discover this machine: %s", strerror(errno));
    }
    if (rc < 0)
        hwloc_topology_destroy(topology);
    else
        *out = topology;
    return rc;
}

int topology_load(hwloc_topology_t *out, struct bench_error *err)
{
    if (variable("HWLOC_SYNTHETIC") && !variable("HWLOC_XMLFILE"))
        return bench_error_set(err, -EINVAL,
                               "HWLOC_SYNTHETIC describes another machine: bench topo can show it; to "
                               "measure on this one, unset it");
    int rc = load(out, err);
    if (rc < 0)
        return rc;
    rc = allow_own_cpus(*out, err);
    if (rc < 0)
        hwloc_topology_destroy(*out);
    return rc;
}

int topology_load_described(hwloc_topology_t *out, struct bench_error *err)
{
    int rc = load(out, err);
    if (rc < 0 || !hwloc_topology_is_thissystem(*out))
        return rc;
    rc = allow_own_cpus(*out, err);
    if (rc < 0)
        hwloc_topology_destroy(*out);
    return rc;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

int topology_export(hwloc_topology_t topology, int *fd, struct bench_error *err)
{
    char *xml;
    int xml_size;
    if (hwloc_topology_export_xmlbuffer(topology, &xml, &xml_size, 0))
        return bench_error_set(err, -EIO, "hwloc cannot write the topology as XML: %s", strerror(errno));

    int rc;
    int file = memfd_create(TOPOLOGY_FILE, 0);
    if (file < 0) {
        rc = bench_error_set(err, -errno, "cannot make an anonymous file: %s", strerror(errno));
        goto fail_create;
    }
    rc = write_all(file, xml, (size_t)xml_size - 1); /* the size counts the final NUL */
    if (rc) {
        bench_error_set(err, rc, "cannot write the topology: %s", strerror(-rc));
        goto fail_write;
    }
    hwloc_free_xmlbuffer(topology, xml);
    *fd = file;
    return 0;

fail_write:
    close(file);
fail_create:
    hwloc_free_xmlbuffer(topology, xml);
    return rc;
}

void topology_forget_lost(void)
{
    static const char descriptors[] = "/dev/fd/", ours[] = "/memfd:" TOPOLOGY_FILE;
    const char *path = getenv("HWLOC_XMLFILE");
    char is[64] = "";
    if (path && strncmp(path, descriptors, sizeof descriptors - 1) == 0 &&
        (readlink(path, is, sizeof is - 1) < 0 || strncmp(is, ours, sizeof ours - 1) != 0))
        unsetenv("HWLOC_XMLFILE");
}
