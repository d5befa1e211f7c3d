"""Latencies in buckets of at most 1 % relative width: memory does not grow with how many there are."""
from __future__ import annotations

_BITS = 7  # a bucket is 2^-7 of its value wide: 0.8 %


class Histogram:
    """Of nanoseconds. One worker's own; it is pickled to come to the others."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}  # by bucket
        self.max_ns = 0

    def add(self, value_ns: int) -> None:
        shift = value_ns.bit_length() - _BITS - 1
        bucket = (shift << _BITS) + (value_ns >> shift) if shift > 0 else value_ns
        counts = self.counts
        counts[bucket] = counts.get(bucket, 0) + 1
        if value_ns > self.max_ns:
            self.max_ns = value_ns

    def merge(self, other: Histogram) -> None:
        for bucket, count in other.counts.items():
            self.counts[bucket] = self.counts.get(bucket, 0) + count
        self.max_ns = max(self.max_ns, other.max_ns)

    def quantile_ns(self, share: float) -> float:
        """The least value that at least `share` of all do not exceed, up to half a bucket. There is one."""
        wanted = share * sum(self.counts.values())
        so_far = 0
        for bucket in sorted(self.counts):
            so_far += self.counts[bucket]
            if so_far >= wanted:
                break
        return min(_middle_ns(bucket), float(self.max_ns))

    def pairs(self) -> list[int]:
        """A latency in nanoseconds, how many had it, the next latency, ..., ascending."""
        return [number for bucket in sorted(self.counts) for number in (round(_middle_ns(bucket)), self.counts[bucket])]


def _middle_ns(bucket: int) -> float:
    if bucket < 2 << _BITS:
        return float(bucket)
    shift = (bucket >> _BITS) - 1
    return ((bucket - (shift << _BITS)) << shift) + ((1 << shift) - 1) / 2
