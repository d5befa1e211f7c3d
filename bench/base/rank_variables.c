/* Environment variables that launchers give to ranks. */
#include "base/rank_variables.h"

#include <stddef.h>
#include <stdlib.h>

const struct rank_variables rank_variables[] = {
    {"Open MPI", "mpiexec -n", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
    {"MPICH", "mpiexec -n", "PMI_SIZE", "PMI_RANK"},
    {"Slurm", "srun -n", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID"},
    {0},
};

static long number_of(const char *variable)
{
    const char *text = getenv(variable);
    return text ? strtol(text, NULL, 10) : 0;
}

const struct rank_variables *rank_variables_find(long *size)
{
    for (const struct rank_variables *row = rank_variables; row->title; row++) {
        *size = number_of(row->size);
        if (*size > 0 && getenv(row->rank))
            return row;
    }
    *size = 0;
    return NULL;
}

long rank_variables_size(const char **variable)
{
    long size;
    const struct rank_variables *row = rank_variables_find(&size);
    *variable = row ? row->size : "";
    return size;
}

long rank_variables_rank(void)
{
    long size;
    const struct rank_variables *row = rank_variables_find(&size);
    return row ? number_of(row->rank) : 0;
}
