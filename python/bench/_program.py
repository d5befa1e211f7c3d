"""Where the program is that this module belongs to."""
from __future__ import annotations

import os
import shutil


def find_program() -> str:
    """$BENCH_PROGRAM, else bench of the prefix that this is installed in, else bench in PATH."""
    given = os.environ.get("BENCH_PROGRAM")
    if given:
        return given
    folder = os.path.dirname(os.path.abspath(__file__))
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        program = os.path.join(folder, "bin", "bench")
        if os.access(program, os.X_OK) and os.path.isfile(program):
            return program
    found = shutil.which("bench")
    if not found:
        raise FileNotFoundError("the program bench is not there: neither in the prefix of this module nor in PATH")
    return found
