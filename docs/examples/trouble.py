"""Functions that go wrong, to see what else they take down."""
import os


def raise_sometimes(item):
    if item % 10 == 7:
        raise ValueError(f"{item} is nothing to me")
    return item**2


def crash_once(item):
    """As a bug in a library in C would end it."""
    if item == 7:
        os.abort()
    return item**2
