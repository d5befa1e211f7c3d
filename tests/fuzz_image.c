/* libFuzzer target: no bytes may crash the reading of a picture, leak, or be read beyond their end. */
#include "workloads/blur/image.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size_bytes, size_t max_bytes);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size_bytes, size_t max_bytes, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

static uint32_t big_endian(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Makes the checksums of a PNG's chunks right, without which libpng looks no further. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size_bytes, size_t max_bytes, unsigned seed)
{
    size_bytes = LLVMFuzzerMutate(bytes, size_bytes, max_bytes);
    if (seed % 16 == 0 || size_bytes < 8 || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) != 0)
        return size_bytes;
    size_t at = 8;
    while (size_bytes - at >= 12 && big_endian(bytes + at) <= size_bytes - at - 12) {
        uint32_t length = big_endian(bytes + at);
        uint32_t sum = (uint32_t)crc32(0, bytes + at + 4, length + 4);
        for (int i = 0; i < 4; i++)
            bytes[at + 8 + length + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        at += 12 + (size_t)length;
    }
    return size_bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    struct bench_error err = {0};
    struct image image;
    int code = image_parse(&image, bytes, size_bytes, &err);
    if (code < 0) {
        if (err.code != code || err.message[0] == '\0')
            abort(); /* a refusal says why */
        return 0;
    }
    if (image_check_size(image.width, image.height, NULL) < 0)
        abort();
    volatile uint8_t last = image.pixels[image_size_bytes(&image) - 1];
    (void)last;
    image_free(&image);
    return 0;
}
