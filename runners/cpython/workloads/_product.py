"""Matrix products and their check: with numpy, by dask.array, and in plain Python over memoryviews.

Matrices are row-major.
"""
from __future__ import annotations

import importlib
import math
import uuid
from dataclasses import dataclass
from operator import mul
from typing import Any

from cpython.core import random
from cpython.core.shared import Shared


@dataclass(frozen=True)
class Shape:
    m: int  # rows of A and C
    n: int  # columns of B and C
    k: int  # columns of A and rows of B
    real: str  # of the elements, as memoryview has it: d or f

    @property
    def real_bytes(self) -> int:
        return 8 if self.real == "d" else 4


def fill(view: memoryview, shape: Shape, count: int, seed: int, begin: int) -> None:
    """`count` random elements, numbers `begin` onwards of the seed's sequence, in [-1, 1]."""
    values: Any = view[: count * shape.real_bytes].cast(shape.real)
    for index in range(count):
        values[index] = random.real(random.at(seed, begin + index))


def fill_numpy(view: memoryview, shape: Shape, count: int, seed: int, begin: int) -> None:
    """The same, by numpy."""
    import numpy

    with numpy.errstate(over="ignore"):
        z = numpy.arange(begin + 1, begin + count + 1, dtype=numpy.uint64) * numpy.uint64(random.GOLDEN)
        z += numpy.uint64(seed & random.MASK)
        z = (z ^ z >> numpy.uint64(30)) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> numpy.uint64(27)) * numpy.uint64(0x94D049BB133111EB)
        z ^= z >> numpy.uint64(31)
    numpy.frombuffer(view, shape.real, count)[:] = z.astype(numpy.int64) * 2.0**-63


class Python:
    """kernel=python: three loops; a row of the product is sums over a row of A and columns of B."""

    def __init__(self, a: memoryview, b: memoryview, c: memoryview, shape: Shape):
        self.shape = shape
        self.a, self.b, self.c = a.cast(shape.real), b.cast(shape.real), c.cast(shape.real)

    def multiply(self, row: int, rows: int, column: int, columns: int) -> None:
        n, k, a, b, c = self.shape.n, self.shape.k, self.a, self.b, self.c
        across = [b[j : n * k : n].tolist() for j in range(column, column + columns)]
        for i in range(row, row + rows):
            line = a[i * k : (i + 1) * k].tolist()
            for j, values in enumerate(across, column):
                c[i * n + j] = sum(map(mul, line, values))

    def wrong_row(self, row: int, rows: int, column: int, columns: int, seed: int) -> int:
        """Freivalds' check of a part of C: the row that is no product, -1 if all are."""
        n, k = self.shape.n, self.shape.k
        x = _signs(columns, seed)
        bx, squares = [], 0.0
        for p in range(k):
            terms = list(map(mul, self.b[p * n + column : p * n + column + columns].tolist(), x))
            bx.append(sum(terms))
            squares += sum(map(mul, terms, terms))
        scale = math.sqrt(squares) * _rounding(self.shape, columns)
        for i in range(row, row + rows):
            cx = sum(map(mul, self.c[i * n + column : i * n + column + columns].tolist(), x))
            line = self.a[i * k : (i + 1) * k].tolist()
            if not abs(cx - sum(map(mul, line, bx))) <= scale * math.sqrt(sum(map(mul, line, line))):
                return i
        return -1

    def missing(self) -> bool:
        """Is any element of C still NaN?"""
        return any(value != value for value in self.c[: self.shape.m * self.shape.n])


class Numpy:
    """kernel=numpy: numpy.matmul, on one thread."""

    def __init__(self, a: memoryview, b: memoryview, c: memoryview, shape: Shape):
        import numpy

        self.numpy: Any = numpy
        self.shape = shape
        self.a = numpy.frombuffer(a, shape.real, shape.m * shape.k).reshape(shape.m, shape.k)
        self.b = numpy.frombuffer(b, shape.real, shape.k * shape.n).reshape(shape.k, shape.n)
        self.c = numpy.frombuffer(c, shape.real, shape.m * shape.n).reshape(shape.m, shape.n)

    def multiply(self, row: int, rows: int, column: int, columns: int) -> None:
        part = self.c[row : row + rows, column : column + columns]
        self.numpy.matmul(self.a[row : row + rows], self.b[:, column : column + columns], out=part)

    def store(self, row: int, column: int, tile: Any) -> None:
        """A tile of C that was computed elsewhere."""
        self.c[row : row + tile.shape[0], column : column + tile.shape[1]] = tile

    def wrong_row(self, row: int, rows: int, column: int, columns: int, seed: int) -> int:
        x = self.numpy.array(_signs(columns, seed))
        terms = self.b[:, column : column + columns].astype("d") * x
        a = self.a[row : row + rows].astype("d")
        off = abs(self.c[row : row + rows, column : column + columns].astype("d") @ x - a @ terms.sum(axis=1))
        allowed = math.sqrt((terms**2).sum()) * _rounding(self.shape, columns) * self.numpy.sqrt((a**2).sum(axis=1))
        bad = self.numpy.flatnonzero(~(off <= allowed))
        return row + int(bad[0]) if len(bad) else -1

    def missing(self) -> bool:
        return bool(self.numpy.isnan(self.c).any())


def chunks(a: Shared, b: Shared, shape: Shape, rows: int, columns: int) -> list[Any]:
    """kernel=array: A in bands of rows times B in bands of columns, one expression of dask.array.

    The chunks of C as Dask's Delayed, row by row: C is in tiles of so many rows and columns.
    """
    array: Any = importlib.import_module("dask.array").Array
    run = uuid.uuid4().hex  # names are new each time, or Dask would take it for what it has computed before
    down, across = _cut(shape.m, rows), _cut(shape.n, columns)
    of_a = {
        (f"a-{run}", i, 0): (_band, a, shape.m, shape.k, shape.real, first, end, 0, shape.k) for i, (first, end) in down
    }
    of_b = {
        (f"b-{run}", 0, j): (_band, b, shape.k, shape.n, shape.real, 0, shape.k, first, end)
        for j, (first, end) in across
    }
    left = array(of_a, f"a-{run}", (_lengths(down), (shape.k,)), shape.real)
    right = array(of_b, f"b-{run}", ((shape.k,), _lengths(across)), shape.real)
    return list((left @ right).to_delayed().ravel())


def _cut(total: int, part: int) -> list[tuple[int, tuple[int, int]]]:
    """Parts of at most so many, numbered."""
    return list(enumerate((first, min(first + part, total)) for first in range(0, total, part)))


def _lengths(parts: list[tuple[int, tuple[int, int]]]) -> tuple[int, ...]:
    return tuple(end - first for _, (first, end) in parts)


def _band(matrix: Shared, rows: int, columns: int, real: str, first: int, end: int, left: int, right: int) -> Any:
    """Where Dask computes: part of a matrix, which lies in memory that all workers share."""
    import numpy

    return numpy.frombuffer(matrix.view, real, rows * columns).reshape(rows, columns)[first:end, left:right]


def _signs(count: int, seed: int) -> list[float]:
    """Between 1/2 and 1 in size, of random sign: one wrong element always shows."""
    reals = [random.real(random.at(seed, j)) for j in range(count)]
    return [math.copysign(0.5 + 0.5 * abs(real), real) for real in reals]


def _rounding(shape: Shape, columns: int) -> float:
    """The bound of workloads/matmul/freivalds.c, where it is derived."""
    unit = 2.0**-53 if shape.real == "d" else 2.0**-24
    return 8 * (unit * math.sqrt(shape.k) + 2.0**-53 * (math.sqrt(shape.k) + 2 * math.sqrt(columns)))
