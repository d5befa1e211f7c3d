/* UTF-8 in text that came from outside. */
#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>

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

bool utf8_is_control(const char *text)
{
    unsigned char first = (unsigned char)text[0];
    return first < 0x20 || first == 0x7f || (first == 0xc2 && (unsigned char)text[1] < 0xa0);
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

/* The code point of a well-formed character of `length` bytes. */
static uint32_t decode(const char *text, size_t length)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = (unsigned char)text[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        point = point << 6 | ((unsigned char)text[i] & 0x3f);
    return point;
}

struct span {
    uint32_t first, last;
};

static bool is_within(uint32_t point, const struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (point >= spans[i].first && point <= spans[i].last)
            return true;
    }
    return false;
}

size_t utf8_columns(const char *text, size_t size)
{
    /* Blocks, not each character: what is unassigned in them does not occur. */
    static const struct span wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                                       {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                                       {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                                       {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
                                       {0x20000, 0x3fffd}},
                             none[] = {{0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                                       {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f},
                                       {0xfe20, 0xfe2f}};
    size_t columns = 0, length;
    for (size_t i = 0; i < size; i += length) {
        length = utf8_length(text + i);
        if (length == 0)
            length = 1;
        uint32_t point = decode(text + i, length);
        if (is_within(point, none, sizeof none / sizeof *none))
            continue;
        columns += is_within(point, wide, sizeof wide / sizeof *wide) ? 2 : 1;
    }
    return columns;
}
