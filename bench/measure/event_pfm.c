/* Events of this machine's processor, by libpfm4's names. It is opened when it is asked, since its
 * tables are large and few runs need them. See event.h. */
#include "measure/event.h"

#include <errno.h>

#ifdef BENCH_PFM_SONAME

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <dlfcn.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Its functions that are used here. */
struct pfm {
    void *library;
    pfm_err_t (*initialize)(void);
    void (*terminate)(void);
    pfm_err_t (*get_os_event_encoding)(const char *text, int levels, pfm_os_t os, void *args);
    pfm_err_t (*get_pmu_info)(pfm_pmu_t pmu, pfm_pmu_info_t *info);
    pfm_err_t (*get_event_info)(int index, pfm_os_t os, pfm_event_info_t *info);
    int (*get_event_next)(int index);
};

/* Copied as bytes: C has no conversion from an object's address to a function's. */
static bool find_function(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address;
}

static bool pfm_open(struct pfm *pfm)
{
    *pfm = (struct pfm){.library = dlopen(BENCH_PFM_SONAME, RTLD_NOW | RTLD_LOCAL)};
    if (!pfm->library)
        return false;
    bool found = find_function(pfm->library, "pfm_initialize", &pfm->initialize) &&
                 find_function(pfm->library, "pfm_terminate", &pfm->terminate) &&
                 find_function(pfm->library, "pfm_get_os_event_encoding", &pfm->get_os_event_encoding) &&
                 find_function(pfm->library, "pfm_get_pmu_info", &pfm->get_pmu_info) &&
                 find_function(pfm->library, "pfm_get_event_info", &pfm->get_event_info) &&
                 find_function(pfm->library, "pfm_get_event_next", &pfm->get_event_next);
    if (!found || pfm->initialize() != PFM_SUCCESS) {
        dlclose(pfm->library);
        return false;
    }
    return true;
}

static void pfm_close(struct pfm *pfm)
{
    pfm->terminate();
    dlclose(pfm->library);
}

static bool encode(const struct pfm *pfm, const char *name, struct event *event)
{
    struct perf_event_attr attributes = {.size = sizeof attributes};
    pfm_perf_encode_arg_t args = {.attr = &attributes, .size = sizeof args};
    if (pfm->get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &args) != PFM_SUCCESS)
        return false;
    *event = (struct event){.type = attributes.type,
                            .config = attributes.config,
                            .config1 = attributes.config1,
                            .config2 = attributes.config2,
                            .excludes_user = attributes.exclude_user,
                            .excludes_kernel = attributes.exclude_kernel,
                            .worth = 1};
    return true;
}

/* It does not care for case. */
static char *lower(const char *name)
{
    char *copy = mem_text(name);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

struct names {
    char **list;
    size_t count;
};

static void add_names_of(const struct pfm *pfm, pfm_pmu_t pmu, struct names *names)
{
    pfm_pmu_info_t of = {.size = sizeof of};
    if (pfm->get_pmu_info(pmu, &of) != PFM_SUCCESS || !of.is_present)
        return;
    for (int i = of.first_event; i != -1; i = pfm->get_event_next(i)) {
        pfm_event_info_t event = {.size = sizeof event};
        if (pfm->get_event_info(i, PFM_OS_PERF_EVENT, &event) != PFM_SUCCESS)
            continue;
        names->list = mem_resize(names->list, names->count + 1, sizeof *names->list);
        names->list[names->count++] = lower(event.name);
    }
}

static void find_nearest(const struct pfm *pfm, const char *name, char *nearest, size_t size)
{
    struct names names = {0};
    for (pfm_pmu_t pmu = PFM_PMU_NONE; pmu < PFM_PMU_MAX; pmu++)
        add_names_of(pfm, pmu, &names);
    char *wanted = lower(name);
    const char *found = text_nearest(wanted, (const char *const *)names.list, names.count);
    snprintf(nearest, size, "%s", found ? found : "");
    for (size_t i = 0; i < names.count; i++)
        free(names.list[i]);
    free(names.list);
    free(wanted);
}

int event_find_pfm(struct event *event, const char *name, char *nearest, size_t size,
                   struct bench_error *err)
{
    struct pfm pfm;
    if (!pfm_open(&pfm))
        return bench_error_set(err, -ENOTSUP,
                               "with libpfm4, which cannot be opened here (apt install libpfm4), the "
                               "processor's own events");
    bool found = encode(&pfm, name, event);
    if (!found)
        find_nearest(&pfm, name, nearest, size);
    pfm_close(&pfm);
    return found;
}

#else

int event_find_pfm(struct event *event, const char *name, char *nearest, size_t size,
                   struct bench_error *err)
{
    (void)event;
    (void)name;
    (void)nearest;
    (void)size;
    return bench_error_set(err, -ENOTSUP,
                           "with libpfm4, which was not found when bench was built (apt install "
                           "libpfm4-dev, build again), the processor's own events");
}

#endif
