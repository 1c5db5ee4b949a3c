"""What the commands print with: results on standard output, progress and notices on standard error."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from matinee.catalogue.ingest import IngestReport
from matinee.outside import uncontrolled

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

_UNPRINTABLE = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


def plain(text: str) -> str:
    """Return text from outside without what a terminal would act on; line breaks and tabs stay."""
    return uncontrolled(text)


def print_json(document: Any) -> None:
    """Print one JSON document; what a terminal would act on is written as JSON's own escapes."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    sys.stdout.write(_UNPRINTABLE.sub(_escaped, text) + "\n")
    sys.stdout.flush()


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1]


@contextmanager
def ingest_progress(label: str, total: int | None) -> Iterator[Callable[[IngestReport], None]]:
    """Show a progress bar on standard error; yields what to call with the report so far."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(plain(label), total=total)
        yield lambda report: progress.update(task, completed=report.read)
