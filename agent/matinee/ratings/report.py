"""What became of the rows of a rating file: counts, and the first faults with their line numbers."""

from dataclasses import dataclass, field

_REASONS_KEPT = 10

LOWEST, HIGHEST = 0.5, 5.0
"""Bounds of a rating in stars, inclusive."""


@dataclass
class RatingsReport:
    """Counts of rows: `read` is the sum of the others."""

    read: int = 0
    kept: int = 0
    unreadable: int = 0
    """Rows torn off, of too few columns, or with something else than numbers."""
    out_of_range: int = 0
    unknown: int = 0
    """Rows of films that are not among the known ones."""
    duplicates: int = 0
    """Rows that a later one of the same viewer and film replaced."""
    unrated: int = 0
    """Rows that have no rating and do not say that the film was seen."""
    no_films: dict[str, int] = field(default_factory=dict)
    """Rows of episodes, series, games and the like, by what they are."""
    reasons: list[str] = field(default_factory=list)

    def remark(self, line: int, reason: str) -> None:
        """Keep the first ten reasons."""
        self.note(f"line {line}", reason)

    def note(self, where: str, reason: str) -> None:
        """Keep the first ten reasons, wherever they hold."""
        if len(self.reasons) < _REASONS_KEPT:
            self.reasons.append(f"{where}: {reason}")

    def leave_out(self, kind: str) -> None:
        """Count a row of something that is no film."""
        self.no_films[kind] = self.no_films.get(kind, 0) + 1

    @property
    def wants_reasons(self) -> bool:
        """Tell whether another reason would be kept."""
        return len(self.reasons) < _REASONS_KEPT

    @property
    def first_reason(self) -> str:
        """Return the first reason as the end of a sentence."""
        return f"; the first is: {self.reasons[0]}" if self.reasons else ""
