#!/usr/bin/env Rscript
# What R says, for tests/test_statistics.c to hold bench/stats against:
#
#     Rscript scripts/statistics.R >tests/fixtures/statistics.csv
#
# A row is one question: the function of bench/stats, its arguments (two lists of numbers, separated by
# spaces) and the answer. Needs r-base-core alone; the fixtures were written by R 4.2.2.

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20240229)

numbers <- function(x) if (length(x) == 0) "" else paste(ifelse(is.na(x), "nan", sprintf("%.15g", x)), collapse = " ")
say <- function(what, first, second, answer)
    cat(what, ",", numbers(first), ",", numbers(second), ",", numbers(answer), "\n", sep = "")

# Few digits, so that what is written is what R has computed with.
sample_of <- function(n, ties = FALSE) {
    x <- exp(rnorm(n))
    if (ties) round(x, 1) + 0.5 else signif(x, 7)
}

cat("function,first,second,answer\n")

chances <- c(1e-12, 1e-6, 0.001, 0.025, 0.05, 0.3, 0.49, 0.5, 0.7, 0.975, 0.999)
freedoms <- c(0.7, 1, 2, 3.5, 5, 9, 29, 99, 1000)
for (p in chances) {
    say("normal_quantile", p, numeric(0), qnorm(p))
    for (df in freedoms) if (p != 0.5) say("student_quantile", p, df, qt(p, df))
}
for (z in c(-8, -1.96, 0, 0.5, 3, 20)) {
    say("normal_above", z, numeric(0), pnorm(z, lower.tail = FALSE))
    for (df in freedoms) say("student_above", z, df, pt(z, df, lower.tail = FALSE))
}
for (shape in list(c(0.5, 0.5), c(1, 3), c(2.5, 40), c(300, 200), c(5000, 7))) {
    for (x in c(0.001, 0.02, 0.3, 0.5, 0.62, 0.9, 0.9987))
        say("beta_below", x, shape, pbeta(x, shape[1], shape[2]))
    for (p in c(1e-9, 0.025, 0.5, 0.975))
        say("beta_quantile", p, shape, qbeta(p, shape[1], shape[2]))
}

for (n in c(1, 10, 30, 301)) for (k in unique(c(0, 1, n %/% 3, n - 1, n))) {
    for (p in c(0.1, 0.5)) say("binomial_at_most", c(k, n), p, pbinom(k, n, p))
    for (level in c(0.9, 0.95, 0.999))
        say("binomial_interval", c(k, n), level, binom.test(k, n, conf.level = level)$conf.int)
}

for (n in c(1, 2, 7, 30)) {
    x <- sample_of(n)
    for (q in c(0, 0.05, 0.5, 0.9, 1)) say("quantile", q, x, quantile(x, q, type = 7, names = FALSE))
    if (n > 2) {
        say("deviations", x, numeric(0), c(mean(x), sd(x), mad(x, constant = 1), sd(x) / mean(x)))
        say("outliers", x, numeric(0), sum(abs(x - median(x)) / mad(x) > 3.5))
        say("autocorrelation", x, numeric(0), acf(x, plot = FALSE)$acf[2])
    }
}

# The ranks by qbinom, the probabilities by sums of dbinom.
order_interval <- function(x, level) {
    x <- sort(x)
    n <- length(x)
    covers <- function(d) if (d > n / 2) 0 else sum(dbinom(d:(n - d), n, 0.5))
    d <- qbinom((1 - level) / 2, n, 0.5)
    if (d < n / 2 && covers(d + 1) >= level) d <- d + 1
    if (covers(d) < level) d <- d - 1
    share <- (covers(d) - level) / (covers(d) - covers(d + 1))
    weight <- (n - d) * share / (d + (n - 2 * d) * share)
    c((1 - weight) * x[d] + weight * x[d + 1], (1 - weight) * x[n - d + 1] + weight * x[n - d])
}
for (n in c(6, 7, 10, 25, 60)) for (level in c(0.8, 0.95)) {
    x <- sample_of(n)
    say("order_interval", x, level, order_interval(x, level))
}

for (sizes in list(c(1, 1), c(3, 4), c(5, 5), c(10, 10), c(12, 30), c(49, 49))) for (shift in c(1, 1.5)) {
    a <- signif(sample_of(sizes[1]) * shift, 6)
    b <- sample_of(sizes[2])
    test <- suppressWarnings(wilcox.test(a, b, conf.int = TRUE))
    say("rank_shift_exact", a, b, c(test$statistic, test$p.value, test$estimate, test$conf.int))
}
# R finds these by a root, to 1e-4; the shift is therefore taken from its definition.
for (sizes in list(c(50, 12), c(60, 80))) for (ties in c(FALSE, TRUE)) {
    a <- sample_of(sizes[1], ties) * (1 + ties)
    b <- sample_of(sizes[2], ties)
    test <- suppressWarnings(wilcox.test(a, b, conf.int = TRUE, tol.root = 1e-9))
    say("rank_shift_normal", a, b, c(test$statistic, test$p.value, median(outer(a, b, "-")), test$conf.int))
}

# Exact without ties and zeros up to 49; with them by hand, over all signs.
all_signs <- function(x) {
    x <- x[x != 0]
    ranks <- rank(abs(x))
    sums <- 0
    for (r in ranks) sums <- c(sums, sums + r)
    above <- sum(ranks[x > 0])
    tail <- function(least) mean(sums >= least - 1e-9)
    c(tail(above), min(1, 2 * min(tail(above), tail(sum(ranks) - above))))
}
walsh <- function(x) {
    means <- outer(x, x, "+") / 2
    means[lower.tri(means, diag = TRUE)]
}
for (n in c(6, 8, 15, 30, 49)) for (shift in c(0, 0.4)) {
    x <- signif(rnorm(n) + shift, 7)
    test <- wilcox.test(x, conf.int = TRUE)
    above <- wilcox.test(x, alternative = "greater")$p.value
    say("signed_rank", x, numeric(0), c(above, test$p.value, median(walsh(x)), test$conf.int))
}
for (n in c(1, 5, 14)) {
    x <- round(rnorm(n) + 0.3, 1)
    say("signed_rank_ties", x, numeric(0), c(all_signs(x), median(walsh(x))))
}
for (n in c(65, 120)) {
    x <- signif(rnorm(n) + 0.2, 7)
    above <- wilcox.test(x, alternative = "greater", exact = FALSE)$p.value
    say("signed_rank_normal", x, numeric(0),
        c(above, wilcox.test(x, exact = FALSE)$p.value, median(walsh(x))))
}

for (p in list(0.03, c(0.01, 0.04, 0.03), c(0.5, 0.5, 0.001, 0.9), c(NA, 0.01, NA, 0.02), NA,
               signif(runif(20) ^ 3, 6)))
    say("holm_adjust", p, numeric(0), p.adjust(p, "holm"))

# The Universal Scalability Law: `first` is the number of workers of each launch, `second` ln of its
# throughput. R has no test of lack of fit for nls, but the two models that it compares. nls finds out
# which parameters are on a bound; with derivatives by differences it stops at seven digits, so the others
# are found by steps of lm from there, in parameters in which n / throughput is linear.
fit_law <- function(n, y, formula, start) {
    control <- nls.control(tol = 1e-9, maxiter = 1000, warnOnly = TRUE)
    bounded <- coef(suppressWarnings(nls(formula, algorithm = "port", start = start, control = control,
                                         lower = c(1e-9, 0, 0)[seq_along(start)])))
    free <- bounded > 1e-9
    at <- c(1, bounded[-1]) / bounded[1]
    columns <- cbind(1, n - 1, n * (n - 1))[, seq_along(start)]
    for (i in 1:100) {
        time <- drop(columns %*% at)
        at[free] <- at[free] + coef(lm(log(n) - y - log(time) ~ I(columns[, free] / time) - 1))
    }
    list(parameters = c(1, at[-1]) / at[1], squares = sum((log(n) - y - log(columns %*% at))^2), free = sum(free))
}
usl <- function(n, y) {
    lambda <- exp(mean(y - log(n)))
    law <- fit_law(n, y, y ~ log(lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))),
                   list(lambda = lambda, sigma = 0.05, kappa = 0.001))
    amdahl <- fit_law(n, y, y ~ log(lambda * n / (1 + sigma * (n - 1))), list(lambda = lambda, sigma = 0.05))$parameters
    means <- lm(y ~ factor(n))
    df <- length(unique(n)) - law$free
    f <- (law$squares - deviance(means)) / df / (deviance(means) / df.residual(means))
    # A serial share over 1 is none, and there is hardly a minimum to be found.
    share <- if (amdahl[2] < 1) amdahl else c(NA, NA)
    c(law$parameters, pf(f, df, df.residual(means), lower.tail = FALSE), share)
}
for (parameters in list(c(1, 0.02, 0.002), c(250, 0.1, 0.01), c(3e-3, 0.3, 0), c(1, 0, 0.0001), c(40, 0, 0))) {
    for (workers in list(1:6, 1:8, c(2, 4, 8, 16, 32, 64, 100))) for (launches in 2:3) {
        n <- rep(workers, each = launches)
        x <- parameters[1] * n / (1 + parameters[2] * (n - 1) + parameters[3] * n * (n - 1))
        y <- signif(log(x) + rnorm(length(n), sd = 0.02), 10)
        say("usl", n, y, usl(n, y))
    }
}
