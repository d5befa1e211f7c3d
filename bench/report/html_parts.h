/* The files of bench/report/html/, as they were when bench was built. Texts, not NUL-terminated. */
#ifndef REPORT_HTML_PARTS_H
#define REPORT_HTML_PARTS_H

extern const char html_style[], html_style_end[];
extern const char html_script[], html_script_end[];

#endif
