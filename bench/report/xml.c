/* Text for XML. */
#include "report/xml.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/* U+FFFE and U+FFFF are characters of UTF-8 but none of XML (XML 1.0, production 2). */
static bool is_no_character(const char *at, size_t length)
{
    return length == 3 && (memcmp(at, "\xEF\xBF\xBE", 3) == 0 || memcmp(at, "\xEF\xBF\xBF", 3) == 0);
}

void xml_text(FILE *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    while (*text) {
        size_t length = utf8_length(text);
        const char *found = strchr(special, *text);
        if (length == 0 || is_no_character(text, length) || (unsigned char)*text < ' ' || *text == 0x7F)
            fputc('?', out);
        else if (found)
            fputs(entities[found - special], out);
        else
            fwrite(text, 1, length, out);
        text += length ? length : 1;
    }
}

void xml_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    xml_text(out, text);
    fputc('"', out);
}
