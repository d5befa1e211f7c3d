/*
 * Peer of `spin work=0` under omp: an OpenMP loop over TASKS tasks, empty or of STEPS steps, handed out
 * GRAIN at a time by schedule(dynamic). Prints the wall time of a repeat over its ranges, in
 * nanoseconds.
 *
 *     cc -O2 -fopenmp -o bare_omp bare_omp.c
 */
#include "peer_ranges.h"

#include <omp.h>

int main(int argc, char **argv)
{
    static const char usage[] = "THREADS TASKS GRAIN task|range|clock REPEATS [STEPS]";
    const int threads = (int)number_argument(argc, argv, 1, usage);
    const uint64_t tasks = (uint64_t)number_argument(argc, argv, 2, usage);
    const uint64_t grain = (uint64_t)number_argument(argc, argv, 3, usage);
    const enum manner manner = manner_argument(argc, argv, 4, usage);
    const long repeats = number_argument(argc, argv, 5, usage);
    steps_argument(argc, argv, 6, usage);
    const uint64_t ranges = (tasks + grain - 1) / grain;
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return 1;

    for (int repeat = 0; repeat <= repeats; repeat++) {
        uint64_t began_ns = 0, ended_ns = 0;
#pragma omp parallel num_threads(threads) reduction(max : ended_ns)
        {
            const range_body body = chosen_body;
            pin_worker(omp_get_thread_num(), &allowed);
#pragma omp barrier
#pragma omp single
            began_ns = now_ns();
            if (manner == BY_TASK) {
#pragma omp for schedule(dynamic, grain) nowait
                for (uint64_t task = 0; task < tasks; task++)
                    body(task, task + 1);
            } else {
#pragma omp for schedule(dynamic, 1) nowait
                for (uint64_t range = 0; range < ranges; range++)
                    range_do(body, manner, range * grain,
                             range + 1 < ranges ? (range + 1) * grain : tasks);
            }
            ended_ns = now_ns();
        }
        print_repeat(repeat, (double)(ended_ns - began_ns) / (double)ranges);
    }
    return 0;
}
