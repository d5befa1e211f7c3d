/* A program that computes for a while and ends: LOOPS steps of a chain. What a gate is tried on. */
#ifndef LOOPS
#define LOOPS 2000000
#endif

int main(void)
{
    volatile unsigned long state = 1;
    for (long i = 0; i < LOOPS; i++)
        state = state * 6364136223846793005UL + 1;
    return state == 0;
}
