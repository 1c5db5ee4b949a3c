"""The reading of a text: its sentences one after another, and names that come again."""

from matinee.grounding.claims.reading.items import Item, items
from matinee.grounding.claims.reading.parts import Event, Phrase, identify
from matinee.grounding.claims.reading.sentence import read_sentence
from matinee.grounding.claims.reading.state import State
from matinee.grounding.claims.reading.subjects import Subjects
from matinee.grounding.claims.text import sentences


class Reading:
    """The phrases and events of a text."""

    def __init__(self, text: str) -> None:
        self.phrases: list[Phrase] = []
        self.events: list[Event] = []
        subjects = Subjects()
        start = 0
        for number, sentence in enumerate(sentences(text)):
            start = text.index(sentence, start)
            row = [*items(text, start, start + len(sentence)), Item("end")]
            read_sentence(State(row, self.phrases, self.events, subjects, number, start))
            start += len(sentence)
        self._join_names()

    def _join_names(self) -> None:
        """Take phrases that share a name as naming the same."""
        first: dict[str, Phrase] = {}
        for phrase in self.phrases:
            for word in phrase.words if phrase.named else ():
                if word.capital:
                    other = first.setdefault(word.stem, phrase)
                    if other is not phrase:
                        identify(phrase, other)
