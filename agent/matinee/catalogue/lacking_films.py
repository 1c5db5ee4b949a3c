"""Films that a chat model named for a viewer and that the catalogue lacks, counted in a file of the data folder."""

import json
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from matinee.private_files import make_private_folder, replace_text

FILE = "lacking-films.json"
_MOST = 500
_lock = threading.Lock()


class LackingFilms:
    """The file in a data folder; `matinee doctor` advises by it. What cannot be written is not kept."""

    def __init__(self, home: Path) -> None:
        self._file = home / FILE

    def counts(self) -> Counter[str]:
        """Return how often each was named, by title and year; nothing where the file is missing or cannot be read."""
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
            return Counter({str(label): int(count) for label, count in read.items()})
        except (OSError, ValueError, AttributeError, TypeError):
            return Counter()

    def add(self, labels: Iterable[str]) -> None:
        """Count films; of more than 500 those named least are forgotten."""
        with _lock:
            counts = self.counts() + Counter(labels)
            with suppress(OSError):
                make_private_folder(self._file.parent)
                replace_text(self._file, json.dumps(dict(counts.most_common(_MOST))))
