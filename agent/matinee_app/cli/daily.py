"""What a viewer is told once a day, and not with every answer."""

from contextlib import suppress
from datetime import date
from pathlib import Path

from matinee.private_files import replace_text


def first_today(home: Path, message: str) -> bool:
    """Tell whether the message is told for the first time today, and keep in the data folder that it was."""
    path, today = home / "told-today", date.today().isoformat()
    day, *told = (path.read_text(encoding="utf-8") if path.exists() else "").split("\n")
    if day != today:
        told = []
    if message in told:
        return False
    with suppress(OSError):  # then it is told again
        replace_text(path, "\n".join([today, *told, message]))
    return True
