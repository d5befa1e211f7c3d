"""Rates with their intervals, as the scripts beside this file print them."""

import math


def binomial_interval(hits, trials, level=0.95):
    """Clopper and Pearson, Biometrika 26 (1934), by halving."""

    def at_most(k, p):
        if p <= 0:
            return 1.0
        if p >= 1:
            return 1.0 if k >= trials else 0.0
        return sum(math.exp(math.lgamma(trials + 1) - math.lgamma(i + 1) - math.lgamma(trials - i + 1)
                            + i * math.log(p) + (trials - i) * math.log1p(-p)) for i in range(k + 1))

    def solve(above):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if above(middle) else (low, middle)
        return low

    beyond = (1 - level) / 2
    low = 0.0 if hits == 0 else solve(lambda p: 1 - at_most(hits - 1, p) < beyond)
    high = 1.0 if hits == trials else solve(lambda p: at_most(hits, p) > beyond)
    return low, high


def tell(what, hits, trials, least, aim):
    if trials == 0:
        return
    low, high = binomial_interval(hits, trials)
    print(f"{what:<52} {hits:>4}/{trials:<5} {100 * hits / trials:6.2f} %  ({100 * low:.2f}-{100 * high:.2f} %)"
          f"  {least:>8} {aim:>8}", flush=True)


def heading():
    print(f"{'':<52} {'':>10} {'rate':>8}    95 % interval  at least      aim")
