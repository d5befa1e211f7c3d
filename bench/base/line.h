/* One JSON object a line: how controller and runner speak. */
#ifndef BASE_LINE_H
#define BASE_LINE_H

#include <jansson.h>

/* Write `object` and a line end to fd, whole. 0, -ENOMEM, or the errno value of write(2), negative. */
int line_send(int fd, const json_t *object);

#endif
