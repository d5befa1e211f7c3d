"""Waiting until a moment, at least, and when that was over. Times are CLOCK_MONOTONIC, nanoseconds."""
from __future__ import annotations

import time


def sleep_until(deadline_ns: int) -> int:
    while (now_ns := time.monotonic_ns()) < deadline_ns:
        time.sleep((deadline_ns - now_ns) / 1e9)
    return now_ns


async def sleep_until_async(deadline_ns: int) -> int:
    from asyncio import sleep  # here, as it takes 30 ms to load and not all need it

    while (now_ns := time.monotonic_ns()) < deadline_ns:
        await sleep((deadline_ns - now_ns) / 1e9)
    return now_ns
