"""Who a telling is about, sentence by sentence, and whom a pronoun most likely means."""

from collections.abc import Sequence

from matinee.grounding.claims.reading.parts import Phrase


def _is_plural(phrase: Phrase) -> bool:
    low = phrase.words[-1].low if phrase.words else ""
    return low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(phrase.words) == 1


class Subjects:
    """The subjects of a text so far, in order."""

    def __init__(self) -> None:
        self._said: list[tuple[list[Phrase], bool]] = []

    def meant_by(self, pronoun: str, sentence: int, but: Sequence[Phrase] = ()) -> list[Phrase]:
        """Return what a pronoun of the sentence most likely stands for: subjects before it, a person by name first."""
        others = {other for phrase in but for other in phrase.cluster()}
        before = [(group, weak) for group, weak in self._said if not group[0].pronoun]
        before = [([p for p in group if p not in others], weak) for group, weak in before]
        before = [(group, weak) for group, weak in before if group]
        near = [(group, weak) for group, weak in before if group[0].sentence == sentence]
        far = [(group, weak) for group, weak in reversed(before) if group[0].sentence < sentence]
        groups = sorted((*near, *far), key=lambda pair: pair[1])
        if pronoun in ("they", "them", "their", "themselves", "it", "its", "itself"):
            return groups[0][0] if groups else []
        groups = [(group, weak) for group, weak in groups if len(group) > 1 or not _is_plural(group[0])]
        groups.sort(key=lambda pair: (pair[1], not pair[0][0].named))
        group = groups[0][0] if groups else []
        one = [phrase for phrase in group if phrase.named] if len(group) > 1 else group
        return one if len(one) == 1 else []

    def add(self, phrases: list[Phrase], *, weak: bool = False) -> None:
        """Note a subject, in the order of the text."""
        self._said.append((phrases, weak))

    def forget(self, sentence: int) -> None:
        """Take what the sentence began with as no subject after all, but as where and when."""
        self._said = [pair for pair in self._said if pair[0][0].sentence != sentence]
