"""python3 -m bench ...: the program, with this interpreter as the one that is measured unless another is named."""
from __future__ import annotations

import os
import sys

from bench._program import find_program


def main() -> None:
    try:
        program = find_program()
    except FileNotFoundError as error:
        sys.exit(f"bench: {error}")
    # So that `python3`, the default of cpython.program, is the one that is asked now.
    folder = os.path.dirname(sys.executable)
    os.environ["PATH"] = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
    os.execv(program, ["bench", *sys.argv[1:]])


if __name__ == "__main__":
    main()
