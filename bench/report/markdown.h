/* GitHub Flavored Markdown. */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

/* Text from elsewhere so that Markdown takes none of it for a sign of its own, nor GitHub for a mention
 * or an issue. For free(). */
char *markdown_escape(const char *text);

#endif
