/* A message of the protocol: one line of JSON. */
#include "base/line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int line_send(int fd, const json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (!line)
        return -ENOMEM;
    size_t length = strlen(line), sent = 0;
    int rc = 0;
    line[length++] = '\n'; /* in place of the terminator */
    while (rc == 0 && sent < length) {
        ssize_t n = write(fd, line + sent, length - sent);
        sent += n > 0 ? (size_t)n : 0;
        rc = n < 0 && errno != EINTR ? -errno : 0;
    }
    free(line);
    return rc;
}
