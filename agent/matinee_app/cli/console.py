"""What the commands print with: results on standard output, progress and notices on standard error."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from matinee.sanitize import without_controls

if TYPE_CHECKING:
    from matinee.ratings.export_file import Said

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

_UNPRINTABLE = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


def plain(text: str) -> str:
    """Return text from outside without what a terminal would act on; line breaks and tabs stay."""
    return without_controls(text)


def counted(count: int, thing: str) -> str:
    """Return a number of things, as `1 film` or `1,200 films`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


_SAID: "dict[Said, tuple[str, str]]" = {
    "rated": ("rating", "ratings"),
    "liked": ("film liked", "films liked"),
    "seen": ("film seen", "films seen"),
    "wished": ("wish", "wishes"),
}


def films_said(counts: "Mapping[Said, int]") -> str:
    """Return how many films a viewer rated, liked, saw and wishes for, as `2 ratings, 1 film seen`."""
    each = ((counts.get(said, 0), names) for said, names in _SAID.items())
    return ", ".join(f"{count:,} {names[count != 1]}" for count, names in each if count)


def print_json(document: Any) -> None:
    """Print one JSON document; what a terminal would act on is written as JSON's own escapes."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    sys.stdout.write(_UNPRINTABLE.sub(_escaped, text) + "\n")
    sys.stdout.flush()


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1]


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Show progress bars on standard error.

    Yields what to call with a bar's label, how much is done and of how much (None: not known); a bar is shown from its
    first call on.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ExitStack() as stack:
        bars: list[Progress] = []
        tasks: dict[str, TaskID] = {}

        def show(label: str, done: int, total: int | None) -> None:
            if not bars:
                bars.append(stack.enter_context(Progress(*columns, console=Console(stderr=True))))
            if label not in tasks:
                tasks[label] = bars[0].add_task(plain(label))
            bars[0].update(tasks[label], completed=done, total=total)

        yield show
