/* OpenBLAS, opened at run time by the name that the build found it under. */
#include "openblas.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#ifdef BENCH_OPENBLAS_SONAME

/* Copied as bytes: C has no conversion from an object's address to a function's. */
static bool find_function(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address;
}

/*
 * An OpenBLAS older than the processor may not know it and fall back to the slowest kernels it has,
 * although the processor runs those of its predecessors.
 */
static void note_slow_kernels(void *library, struct bench_error *err)
{
#ifdef __x86_64__
    char *(*core_name)(void);
    if (!find_function(library, "openblas_get_corename", &core_name))
        return;
    const char *better = __builtin_cpu_supports("avx512f") ? "SkylakeX"
                         : __builtin_cpu_supports("avx2")  ? "Haswell"
                                                           : NULL;
    if (better && strcmp(core_name(), "Prescott") == 0)
        bench_error_note(err,
                         "kernel=blas: this OpenBLAS does not recognise the processor and uses its "
                         "kernels for Prescott (SSE3); set OPENBLAS_CORETYPE=%s to make it faster",
                         better);
#else
    (void)library;
    (void)err;
#endif
}

int openblas_open(struct openblas *blas, struct bench_error *err)
{
    void (*set_threads)(int);

    *blas = (struct openblas){.library = dlopen(BENCH_OPENBLAS_SONAME, RTLD_NOW | RTLD_LOCAL)};
    if (!blas->library)
        return bench_error_set(err, -ENOTSUP, "kernel=blas: %s (apt install libopenblas-dev)",
                               dlerror());
    if (!find_function(blas->library, "cblas_dgemm", &blas->dgemm) ||
        !find_function(blas->library, "cblas_sgemm", &blas->sgemm)) {
        openblas_close(blas);
        return bench_error_set(err, -ENOTSUP,
                               "kernel=blas: " BENCH_OPENBLAS_SONAME
                               " has no CBLAS functions; install one built with CBLAS");
    }
    if (find_function(blas->library, "openblas_set_num_threads", &set_threads))
        set_threads(1);
    note_slow_kernels(blas->library, err);
    return 0;
}

#else

int openblas_open(struct openblas *blas, struct bench_error *err)
{
    *blas = (struct openblas){0};
    return bench_error_set(err, -ENOTSUP,
                           "kernel=blas: OpenBLAS was not found when bench was built "
                           "(apt install libopenblas-dev, then build again)");
}

#endif

void openblas_close(struct openblas *blas)
{
    if (blas->library)
        dlclose(blas->library);
    *blas = (struct openblas){0};
}
