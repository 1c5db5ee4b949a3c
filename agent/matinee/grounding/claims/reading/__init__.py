"""A shallow reading of sentences: which phrases there are, which of them name one thing, and who does what to whom.

It knows closed lists of words and a list of verbs (`grammar.toml`), and takes a telling to be in the present tense, as
overviews are: a past form without an auxiliary is a participle ("a knight returned from the Crusades"). What it cannot
read it leaves out, so that whoever asks for a tie finds none there.
"""

from matinee.grounding.claims.reading.parts import Event, Phrase
from matinee.grounding.claims.reading.whole import Reading

__all__ = ["Event", "Phrase", "Reading"]
