"""What is missing, and what to install: told of the interpreter that lacks it."""
from __future__ import annotations

import sys


def not_installed(module: str, package: str) -> str:
    """A sentence. `package` is Debian's, which helps the system's own interpreter alone."""
    if sys.executable == "/usr/bin/python3":
        return f"{module} is not installed for {sys.executable} (apt install {package})"
    return f"{module} is not installed for {sys.executable} ({sys.executable} -m pip install {module})"
