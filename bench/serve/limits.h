/* The limits of options and requests. */
#ifndef SERVE_LIMITS_H
#define SERVE_LIMITS_H

#include <stdint.h>

#define DELAY_MAX_NS (UINT64_C(3600) * 1000000000)
#define DELAY_ALLOWED "a time with its unit, such as 20ms, at most 1h"

#define BODY_MAX_BYTES (UINT64_C(1) << 30)
#define BODY_ALLOWED "a size such as 16KiB, at most 1GiB"

#endif
