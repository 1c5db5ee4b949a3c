"""Tells sentences of other languages from English ones, as models write them when a title or a request leads astray.

The catalogue's facts are English, and so are the reasons composed from them; a reason in another language cannot be
checked against them and does not belong beside them. Counting the small words that every sentence has is enough to
tell; names and titles ("La Haine", "Robert De Niro") do not count.
"""

import re
import unicodedata

from matinee.grounding.claims import sentences

_WORD = re.compile(r"[^\W\d_]+")
_OTHER_LETTERS = 0.3
"""Share of other letters from which a sentence is none of ours: a name in Latin ones may fill half of a Chinese one."""

_ENGLISH = frozenset(
    "the a an of and to in is it its with for that this on as by from at who whose his her their they he she you your "
    "are was were be but not one into about has have had which when where while than more all up out so if or after "
    "before between through over under what how there then will would can may just like most many".split()
)
# French, Spanish, Italian, Portuguese, German, Dutch; without what is also a word of English.
_OTHERS = (
    frozenset(
        "le la les un une des du de et est qui que qu dans pour avec sur son sa ses aux en pas plus il elle ils ce "
        "cette ces vous votre nous par mais où sans sous leur leurs très être d l c s n j "
        "el los las una y es con por para su sus del al lo pero más muy como entre este esta tu se te mi sin "
        "gli di che della dello delle nel nella alla sono ma più questo questa tra ed anche "
        "os um uma do da dos das na no em com não mais seu sua ao pela pelo você "
        "der die das und ist ein eine einen einem einer mit von den dem für nicht auf sich sie er es ihr sein zu im "
        "wie het een van met voor niet op zijn haar dat die dit naar maar ook wordt".split()
    )
    - _ENGLISH
    - frozenset("die no do son me mi te s d l c n j op es".split())
)


def in_english(text: str) -> tuple[str, list[str]]:
    """Return the text's English sentences, and the others."""
    told = [(sentence, is_foreign(sentence)) for sentence in sentences(text)]
    foreign = [sentence for sentence, other in told if other]
    return (" ".join(sentence for sentence, other in told if not other) if foreign else text), foreign


def is_foreign(sentence: str) -> bool:
    """Tell whether the sentence is in another language: by its letters, else by its small words."""
    letters = [c for c in sentence if c.isalpha()]
    if sum(not _is_latin(c) for c in letters) > _OTHER_LETTERS * len(letters):
        return True
    words = _WORD.findall(sentence)
    small = [word.casefold() for place, word in enumerate(words) if word.islower() or place == 0]
    other = sum(word in _OTHERS for word in small)
    return other > 1 and other > sum(word in _ENGLISH for word in small)


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")
