/* Text folded to a width: where a line ends, and paragraphs of such lines. */
#include "report/wrap.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t wrap_length(const char *text, size_t room, bool may_cut)
{
    size_t at = 0, columns = 0, blank = 0, comma = 0;
    while (text[at]) {
        size_t length = utf8_length(text + at);
        if (text[at] == ' ')
            blank = at;
        columns += utf8_columns(text + at, length);
        if (columns > room)
            break;
        at += length;
        if (text[at - 1] == ',')
            comma = at;
    }
    if (!text[at])
        return at;
    if (blank || comma)
        return blank ? blank : comma;
    return may_cut && at ? at : strcspn(text, " ");
}

void wrap_print(FILE *out, const char *first, const char *text, size_t width, size_t indent)
{
    char *visible = text_make_visible(mem_text(text));
    size_t used = strlen(first), most = width ? width : SIZE_MAX;
    fputs(first, out);
    for (const char *at = visible; *at; used = indent) {
        size_t length = wrap_length(at, most > used ? most - used : 1, false);
        fprintf(out, "%.*s", (int)length, at);
        at += length;
        at += strspn(at, " ");
        if (*at)
            fprintf(out, "\n%*s", (int)indent, "");
    }
    fputc('\n', out);
    free(visible);
}
