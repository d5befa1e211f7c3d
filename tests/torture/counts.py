"""What is counted. All of it must be 0."""

COUNTS = {
    "lost": "rows lost",
    "torn": "rows torn",
    "twice": "rows twice",
    "processes": "processes left",
    "files": "files left",
    "ports": "ports left",
    "shared": "shared memory left",
    "status": "wrong exit status or answer",
    "crashes": "crashes",
    "hangs": "hangs",
}
