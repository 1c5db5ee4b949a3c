"""Ways in which a file is damaged: a bit that flips, nothing or half of it left."""

import os
from pathlib import Path


def flip(path: Path) -> None:
    """Turn every bit of a byte in the middle of what is not zero."""
    content = path.read_bytes()
    written = [place for place, byte in enumerate(content) if byte]
    place = written[len(written) // 2]
    with path.open("r+b") as file:
        file.seek(place)
        file.write(bytes([content[place] ^ 0xFF]))


def empty(path: Path) -> None:
    """Leave nothing in the file."""
    os.truncate(path, 0)


def halve(path: Path) -> None:
    """Leave the first half of the file."""
    os.truncate(path, path.stat().st_size // 2)
