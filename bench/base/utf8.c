/* UTF-8 in text that came from outside. */
#include "base/utf8.h"

#include <stdbool.h>

static bool is_between(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

size_t utf8_length(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    unsigned char low = 0x80, high = 0xBF; /* what the second byte may be */
    size_t length;

    if (byte[0] < 0x80)
        return 1;
    if (is_between(byte[0], 0xC2, 0xDF))
        length = 2;
    else if (is_between(byte[0], 0xE0, 0xEF))
        length = 3;
    else if (is_between(byte[0], 0xF0, 0xF4))
        length = 4;
    else
        return 0;
    if (byte[0] == 0xE0)
        low = 0xA0;
    else if (byte[0] == 0xED)
        high = 0x9F;
    else if (byte[0] == 0xF0)
        low = 0x90;
    else if (byte[0] == 0xF4)
        high = 0x8F;
    if (!is_between(byte[1], low, high))
        return 0;
    for (size_t i = 2; i < length; i++) {
        if (!is_between(byte[i], 0x80, 0xBF))
            return 0;
    }
    return length;
}

bool utf8_is_valid(const char *text)
{
    while (*text) {
        size_t length = utf8_length(text);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}
