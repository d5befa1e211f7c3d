"""Random numbers for workloads, the same for a seed as those of bench/random.h: SplitMix64."""
from __future__ import annotations

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z: int) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def at(seed: int, index: int) -> int:
    """The number at a position of a seed's sequence."""
    return mix((seed + (index + 1) * GOLDEN) & MASK)


def fraction(bits: int) -> float:
    """Uniform in [0, 1)."""
    return (bits >> 11) * 2.0**-53


def real(bits: int) -> float:
    """Uniform in [-1, 1]."""
    return (bits - (1 << 64) if bits >> 63 else bits) * 2.0**-63


class Permutation:
    """Of 0..n-1, without memory: that of workloads/common/permutation.h."""

    def __init__(self, n: int, seed: int):
        self.n = n
        bits = (n - 1).bit_length()
        self.mask = (1 << bits) - 1
        self.shift = (bits + 1) // 2
        self.key = [at(seed, index) for index in range(3)]

    def at(self, index: int) -> int:
        """Where `index` goes; what falls outside goes through again."""
        x = index
        while True:
            for key in self.key:
                x = (x + key) * (key | 1) & self.mask
                x ^= x >> self.shift
            x = (x + self.key[0]) & self.mask
            if x < self.n:
                return x
