/* Text folded to a width. */
#include "report/wrap.h"
#include "base/utf8.h"

#include <string.h>

static void put_word(FILE *out, const char *word, const char *end)
{
    while (word < end) {
        size_t size = utf8_length(word);

        if (size == 0 || (unsigned char)*word < ' ' || *word == '\x7F') {
            fputc('?', out);
            word++;
        } else {
            fwrite(word, 1, size, out);
            word += size;
        }
    }
}

static size_t characters(const char *word, const char *end)
{
    size_t count = 0;

    for (; word < end; count++) {
        size_t size = utf8_length(word);

        word += size != 0 ? size : 1;
    }
    return count;
}

void wrap_print(FILE *out, const char *text, size_t width, size_t indent)
{
    size_t column = 0;

    for (const char *word = text != NULL ? text : ""; *word != '\0';) {
        const char *end = word + strcspn(word, " ");
        size_t length = characters(word, end);

        if (length > 0 && column > indent && width > 0 && column + 1 + length > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (length > 0 && column > 0) {
            fputc(' ', out);
            column++;
        }
        put_word(out, word, end);
        column += length;
        word = *end == ' ' ? end + 1 : end;
    }
    fputc('\n', out);
}
