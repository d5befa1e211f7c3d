/* The end of what is printed on stdout. */
#include "base/standard_output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What an earlier write failed with is forgotten; one that follows most often fails with the same. */
static int reason(void)
{
    return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

int standard_output_end(struct bench_error *err)
{
    int why = fflush(stdout) != 0 ? errno : ferror(stdout) ? reason() : 0;
    return why ? bench_error_set(err, -why, "stdout: %s", strerror(why)) : 0;
}
