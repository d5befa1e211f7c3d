/*
 * How throughput grows with the number of workers: the laws of Amdahl and Gunther, fitted to launches.
 *
 *     X(n) = lambda n / (1 + sigma (n - 1) + kappa n (n - 1))
 *
 * is the Universal Scalability Law (Gunther, Guerrilla Capacity Planning, Springer 2007, chapter 4; "A
 * general theory of computational scalability based on rational functions", arXiv:0808.1431 (2008)):
 * lambda is what one worker does, sigma the share that has to be done one after the other (contention),
 * kappa the cost of workers agreeing with each other (coherency). With kappa = 0 it is the law of Amdahl
 * ("Validity of the single processor approach to achieving large scale computing capabilities", AFIPS
 * 30 (1967)), and sigma the serial share.
 *
 * Pure functions; any thread.
 */
#ifndef STATS_USL_H
#define STATS_USL_H

#include <stdbool.h>
#include <stddef.h>

struct usl {
    double lambda, sigma, kappa;
};

double usl_throughput(const struct usl *law, double n);

/* The n from which on more workers make it slower, sqrt((1 - sigma) / kappa), 1 at least; INFINITY:
 * there is none. */
double usl_peak(const struct usl *law);

/*
 * The serial share that would explain a speed-up with n workers, (1/speedup - 1/n) / (1 - 1/n) (Karp and
 * Flatt, "Measuring parallel processor performance", CACM 33 (5), 1990). Where it grows with n, it is
 * the cost of being many, and not a share of the work. NaN with one worker.
 */
double karp_flatt(double speedup, double n);

/* What is fitted: of each n, a mean over launches. */
struct usl_means {
    size_t count;
    double *n, *times, *weights; /* `times`: ln of n / throughput; `weights`: launches */
};

enum { USL_PARAMETERS = 3 };

/*
 * The law that is closest in the logarithms, by weighted least squares; returns the squares, INFINITY
 * where there is none. Free: within no bounds but lambda > 0. Bounded: sigma >= 0 and kappa >= 0 as
 * well, and kappa = 0 where `has_kappa` is false; `*free` becomes how many parameters are on no bound.
 */
double usl_fit_free(const struct usl_means *means, struct usl *law);
double usl_fit_bounded(const struct usl_means *means, bool has_kappa, struct usl *law, int *free);

#endif
