/*
 * The page's style and its scripts, which the assembler takes from their files as they are. In the order
 * in which a browser is to read them; CMakeLists.txt tells when to build this again.
 */
#include "report/html_parts.h"

#define FILE_AT(name) ".incbin \"" BENCH_HTML_FOLDER "/" name "\"\n"
#define PART(symbol, files)                                                     \
    __asm__(".pushsection .rodata\n"                                            \
            ".globl " symbol "\n"                                               \
            ".hidden " symbol "\n" symbol ":\n" files ".globl " symbol "_end\n" \
            ".hidden " symbol "_end\n" symbol "_end:\n"                         \
            ".byte 0\n"                                                         \
            ".popsection\n")

PART("html_style", FILE_AT("page.css"));
PART("html_script", FILE_AT("units.js") FILE_AT("elements.js") FILE_AT("charts.js") FILE_AT("results.js")
                        FILE_AT("runs.js") FILE_AT("comparison.js") FILE_AT("advice.js")
                            FILE_AT("history.js") FILE_AT("timeline.js") FILE_AT("page.js"));
