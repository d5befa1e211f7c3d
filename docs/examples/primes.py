"""CPU-bound: count the primes below a number by trial division."""


def count(limit):
    found = 0
    for n in range(2, int(limit)):
        if all(n % d for d in range(2, int(n**0.5) + 1)):
            found += 1
    return found
