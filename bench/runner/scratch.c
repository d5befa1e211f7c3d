/*
 * A workload's scratch folder. The controller names one and removes it, whatever becomes of the runner.
 * A runner that was started by hand makes one of its own, and removes it when the case is closed.
 */
#include "runner/scratch.h"

#include "base/memory.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDERS_OPEN = 16 };

void scratch_init(struct scratch *scratch, const char *path)
{
    *scratch = (struct scratch){.path = path ? mem_text(path) : NULL};
}

const char *scratch_get(struct scratch *scratch, struct bench_error *err)
{
    if (scratch->made)
        return scratch->path;
    if (scratch->path) {
        scratch->made = mkdir(scratch->path, 0700) == 0 || errno == EEXIST;
    } else {
        const char *folder = getenv("TMPDIR");
        scratch->path = mem_format("%s/bench-XXXXXX", folder && *folder ? folder : "/tmp");
        scratch->made = scratch->own = mkdtemp(scratch->path) != NULL;
    }
    if (scratch->made)
        return scratch->path;
    bench_error_set(err, -errno, "cannot create the scratch folder %s: %s (TMPDIR)", scratch->path,
                    strerror(errno));
    return NULL;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    remove(path); /* what cannot be removed stays: there is nobody left to tell */
    return 0;
}

void scratch_free(struct scratch *scratch)
{
    if (scratch->made && scratch->own)
        nftw(scratch->path, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    free(scratch->path);
    *scratch = (struct scratch){0};
}
