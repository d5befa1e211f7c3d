"""matmul: the matrix product C = A·B, a tile of C a task, with numpy, in plain Python, or as one product of dask.array.

Matrices, tiles and ranges are those of bench's own matmul; a range is done as the fewest rectangles it makes up.
"""
from __future__ import annotations

import importlib.util
import math
import os
from typing import Any, Optional

from cpython.contract import Lane, Plan, Refused, Unsupported, Workload, WrongAnswer, choice, count
from cpython.core import random
from cpython.core.advice import not_installed
from cpython.core.shared import Shared
from cpython.workloads import _product
from cpython.workloads._product import Shape

_LARGEST, _SMALLEST, _ACROSS = 128, 8, 8  # sides of tiles, and how many there are across C
_ROWS_ENOUGH = 2048  # of a range


class Matmul(Workload):
    summary = "CPU-bound: matrix product, by numpy, in plain Python, or by dask.array"
    params = (
        count("n", "1024", 1, 65536, "columns of B and C"),
        count("m", "0", 0, 65536, "rows of A and C; 0: as many as n"),
        count("k", "0", 0, 65536, "columns of A and rows of B; 0: as many as n"),
        choice("type", "double", ("double", "float"), "type of the elements"),
        choice(
            "kernel",
            "numpy",
            ("numpy", "python", "array"),
            "numpy.matmul on one thread, plain loops (thousands of times slower), or one product of dask.array (-x dask)",
        ),
        count("tile", "0", 0, 65536, "side of the square tile of C that is a task; 0: chosen from m and n", "element"),
    )
    whole_passes = True

    def validate(self, given: Any) -> None:
        shape = _shape(given)
        needed = (shape.m * shape.k + shape.k * shape.n + shape.m * shape.n) * shape.real_bytes
        there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")
        if needed > there:
            raise Refused(
                f"n={shape.n}: the matrices take {needed / 2**30:.1f} GiB and this machine has {there / 2**30:.1f} GiB; "
                "use smaller ones, or type=float"
            )

    def setup(self, given: Any, plan: Plan) -> None:
        if given.kernel == "array" and not plan.graphs:
            raise Unsupported(
                "kernel=array: a product of dask.array, which only Dask computes (-x dask); or kernel=numpy"
            )
        if given.kernel != "python" and not importlib.util.find_spec("numpy"):
            raise Unsupported(not_installed("numpy", "python3-numpy") + "; kernel=python needs none")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before it is loaded
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault("MKL_NUM_THREADS", "1")
        self.shape, self.seed = _shape(given), plan.seed
        self.kernel = _product.Python if given.kernel == "python" else _product.Numpy
        self.chunked = plan.chunked = given.kernel == "array"
        shape, size_bytes = self.shape, self.shape.real_bytes
        self.a, self.b = Shared(shape.m * shape.k * size_bytes), Shared(shape.k * shape.n * size_bytes)
        self.c = Shared(shape.m * shape.n * size_bytes)
        fill = _product.fill if given.kernel == "python" else _product.fill_numpy
        fill(self.a.view, shape, shape.m * shape.k, plan.seed, 0)
        fill(self.b.view, shape, shape.k * shape.n, plan.seed, shape.m * shape.k)
        self._choose_tiles(given.tile, plan)
        plan.work, plan.work_unit = 2.0 * shape.m * shape.n * shape.k, "flop"

    def _choose_tiles(self, tile: int, plan: Plan) -> None:
        m, n = self.shape.m, self.shape.n
        if tile:
            self.tile_rows = self.tile_columns = tile
        else:
            side = math.sqrt(m * n) / _ACROSS
            most = int(min(_LARGEST, max(_SMALLEST, math.ceil(side))))
            self.tile_rows, self.tile_columns = -(-m // -(-m // most)), -(-n // -(-n // most))
        self.across = -(-n // self.tile_columns)  # tiles in a row
        plan.tasks = -(-m // self.tile_rows) * self.across
        per_worker = m // (_ROWS_ENOUGH * plan.workers)
        plan.grain = -(-plan.tasks // (max(per_worker, 1) * plan.workers))

    def _make(self) -> Any:
        return self.kernel(self.a.view, self.b.view, self.c.view, self.shape)

    def prepare(self) -> Optional[str]:
        """All of C becomes NaN, so that what the last run left cannot pass for this one's."""
        self.c.view[:] = b"\xff" * len(self.c.view)
        return None

    def lane_init(self, lane: Lane) -> None:
        lane.local = self._make()
        bytes(self.c.view[:: os.sysconf("SC_PAGESIZE")])  # have every page in this worker's table

    def chunks(self) -> list[Any]:
        return _product.chunks(self.a, self.b, self.shape, self.tile_rows, self.tile_columns)

    def run(self, lane: Lane, first: int, end: int) -> None:
        if self.chunked:
            lane.local.store(first // self.across * self.tile_rows, first % self.across * self.tile_columns, lane.chunk)
            return
        shape, multiply = self.shape, lane.local.multiply
        while first < end:
            row, column = first // self.across * self.tile_rows, first % self.across * self.tile_columns
            down, across = 1, min(self.across - first % self.across, end - first)
            if across == self.across:
                down = (end - first) // across
            rows, columns = min(shape.m - row, down * self.tile_rows), min(shape.n - column, across * self.tile_columns)
            multiply(row, rows, column, columns)
            first += down * across

    def check(self, lane: Lane, first: int, end: int) -> None:
        for tile in range(first, end):
            row, column = tile // self.across * self.tile_rows, tile % self.across * self.tile_columns
            rows, columns = min(self.shape.m - row, self.tile_rows), min(self.shape.n - column, self.tile_columns)
            seed = random.at(~self.seed & random.MASK, tile)
            wrong = lane.local.wrong_row(row, rows, column, columns, seed)
            if wrong >= 0:
                where = f"rows {row}-{row + rows - 1}, columns {column}-{column + columns - 1} of C"
                raise WrongAnswer(
                    f"tile {tile} ({where}) is not A*B: row {wrong} is off by more than rounding explains"
                )

    def finish(self) -> None:
        if self._make().missing():
            raise Refused("part of C was not computed")


def _shape(given: Any) -> Shape:
    return Shape(given.m or given.n, given.n, given.k or given.n, "d" if given.type == "double" else "f")
