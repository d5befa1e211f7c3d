/* How the recommended way is written in Python, for a function of the user's own. */
#ifndef REPORT_ADVICE_PYTHON_H
#define REPORT_ADVICE_PYTHON_H

#include "results/advice.h"

/* Some lines; for free(). NULL where the work is no function of Python's, or there is nothing to write.
 */
char *advice_python(const struct advice *advice);

#endif
