/* For LD_PRELOAD: cpufreq says 4 GHz of a CPU when it is first asked, and 3 GHz from then on. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

FILE *fopen(const char *path, const char *mode)
{
    static FILE *(*real)(const char *, const char *);
    static char first[] = "4000000\n", later[] = "3000000\n";
    static int asked;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fopen");
    if (!strstr(path, "scaling_cur_freq"))
        return real(path, mode);
    return fmemopen(asked++ ? later : first, sizeof first - 1, "r");
}
