/* A runner's folder for what it writes, removed for sure: also when the runner was killed. */
#ifndef CONTROL_SCRATCH_H
#define CONTROL_SCRATCH_H

/*
 * A name that nothing has, in $TMPDIR or /tmp; for free(). The folder is not made: the runner that wants
 * one makes it (mode 0700), and those that do not need none cost nothing.
 */
char *scratch_name(void);

/* Remove it with all that is in it, if it is there and this user's; links are not followed. */
void scratch_remove(const char *path);

#endif
