/* By which environment variables a process can see that a launcher has started it as one of several. */
#ifndef BASE_RANK_VARIABLES_H
#define BASE_RANK_VARIABLES_H

struct rank_variables {
    const char *title;       /* whose they are, "Open MPI" */
    const char *call;        /* how its launcher is called: "mpiexec -n" and the number */
    const char *size, *rank; /* their names */
};

extern const struct rank_variables rank_variables[]; /* ended by one without a title */

/* The row of whoever has started this process as one of several, and how many they are; NULL: nobody. */
const struct rank_variables *rank_variables_find(long *size);

/* How many ranks the launcher says there are, by *variable; 0: none says so. */
long rank_variables_size(const char **variable);

/* This one's number; 0 where nobody says. */
long rank_variables_rank(void);

#endif
