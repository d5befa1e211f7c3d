/*
 * What one would write with MPI alone: nothing, or a loop over ranges that ranks take in blocks from
 * rank 0, which works, too, and answers between its ranges. The blocks are those of bench's engine
 * (block_rule.h); a range is a call of an empty function.
 *
 * usage: bare_mpi empty | bare_mpi blocks RANGES REPEATS
 *
 * blocks prints nanoseconds a range, a line a repeat but the first.
 */
#include "peer_ranges.h"

#include "engines/block_rule.h"

#include <mpi.h>
#include <stdbool.h>

static const char usage[] = "empty | blocks RANGES REPEATS";

enum { WANT = 1, BLOCK, LOOK_EVERY = 64, SERVE_NS = 1500 };

struct blocks {
    int rank, size;
    uint64_t next, end, dealt, start_ns, range_ns, answered;
};

static void cut(struct blocks *all, uint64_t *block, bool has_done_own)
{
    if (!all->range_ns && has_done_own && all->dealt)
        all->range_ns = (now_ns() - all->start_ns) * (uint64_t)all->size / all->dealt + 1;
    block[0] = all->next;
    all->next += block_size(all->end - all->next, (uint64_t)all->size, all->range_ns, SERVE_NS);
    block[1] = all->next;
}

/* Answers all that have asked; how many of them there is nothing left for? */
static int serve(struct blocks *all)
{
    int asked, done = 0;
    MPI_Status status;
    while (MPI_Iprobe(MPI_ANY_SOURCE, WANT, MPI_COMM_WORLD, &asked, &status), asked) {
        uint64_t block[2];
        MPI_Recv(NULL, 0, MPI_BYTE, status.MPI_SOURCE, WANT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        cut(all, block, ++all->answered >= (uint64_t)all->size);
        MPI_Send(block, 2, MPI_UINT64_T, status.MPI_SOURCE, BLOCK, MPI_COMM_WORLD);
        done += block[0] == block[1];
    }
    return done;
}

static void work_first(struct blocks *all, uint64_t first, uint64_t end)
{
    int done = 0;
    uint64_t block[2] = {first, end};
    for (; block[0] < block[1]; cut(all, block, true)) {
        for (uint64_t range = block[0]; range < block[1]; range++) {
            range_do(chosen_body, BY_CLOCK, range, range + 1);
            if (range % LOOK_EVERY == 0)
                done += serve(all);
        }
    }
    while (done < all->size - 1)
        done += serve(all);
}

static void work_other(uint64_t first, uint64_t end)
{
    uint64_t block[2] = {first, end};
    while (block[0] < block[1]) {
        uint64_t ahead[2];
        MPI_Request answer;
        MPI_Irecv(ahead, 2, MPI_UINT64_T, 0, BLOCK, MPI_COMM_WORLD, &answer);
        MPI_Send(NULL, 0, MPI_BYTE, 0, WANT, MPI_COMM_WORLD);
        for (uint64_t range = block[0]; range < block[1]; range++)
            range_do(chosen_body, BY_CLOCK, range, range + 1);
        MPI_Wait(&answer, MPI_STATUS_IGNORE);
        block[0] = ahead[0];
        block[1] = ahead[1];
    }
}

static void run(struct blocks *all, uint64_t ranges)
{
    uint64_t half = ranges / 2, size = (uint64_t)all->size, rank = (uint64_t)all->rank;
    all->next = all->dealt = half;
    all->end = ranges;
    all->range_ns = all->answered = 0;
    uint64_t first = half * rank / size, end = half * (rank + 1) / size;
    MPI_Barrier(MPI_COMM_WORLD);
    all->start_ns = now_ns();
    if (rank == 0)
        work_first(all, first, end);
    else
        work_other(first, end);
    MPI_Barrier(MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
    struct blocks all = {0};
    cpu_set_t allowed;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &all.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &all.size);
    if (argc > 1 && strcmp(argv[1], "blocks") == 0) {
        long ranges = number_argument(argc, argv, 2, usage),
             repeats = number_argument(argc, argv, 3, usage);
        sched_getaffinity(0, sizeof allowed, &allowed);
        pin_worker(all.rank, &allowed);
        for (int repeat = 0; repeat <= repeats; repeat++) {
            run(&all, (uint64_t)ranges);
            if (all.rank == 0)
                print_repeat(repeat, (double)(now_ns() - all.start_ns) / (double)ranges);
        }
    }
    MPI_Finalize();
    return 0;
}
