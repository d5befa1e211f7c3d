/* Text from anywhere into XML. */
#ifndef REPORT_XML_H
#define REPORT_XML_H

#include <stdio.h>

/* Fit for an attribute and for text: what means something to XML as entities, what it may not hold as
 * '?'. */
void xml_text(FILE *out, const char *text);

/* ' NAME="TEXT"' */
void xml_attribute(FILE *out, const char *name, const char *text);

#endif
