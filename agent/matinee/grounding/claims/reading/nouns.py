"""Reads noun phrases: "the elderly widower's house" is one, and another hangs on it."""

from matinee.grounding.claims.reading.parts import Phrase
from matinee.grounding.claims.reading.placing import place
from matinee.grounding.claims.reading.senses import verb_at
from matinee.grounding.claims.reading.state import OBJECTS, State
from matinee.grounding.claims.text import Token


def read_phrase(s: State) -> None:
    """Read the phrase that begins here, and find its place in the sentence."""
    s.fresh = not s.role and s.at > 0 and s.items[s.at - 1].kind in ("and", ",")
    phrase, after = _phrase_at(s, s.at)
    s.fresh = False
    if phrase is None:
        s.at += 1
        return
    before = s.items[s.at - 1].kind if s.at else ""
    if before == "adverb" and s.items[s.at - 2].kind == "and":
        before = "now" if s.items[s.at - 1].low in ("now", "later") else "and"
    elif before == "adverb" and s.items[s.at - 1].low == "once":
        before = s.items[s.at - 2].kind
    s.at = after
    place(s, phrase, before)
    s.last, s.adjacent = phrase, True
    s.role = ""


def _phrase_at(s: State, at: int, *, keep: bool = True) -> tuple[Phrase | None, int]:
    items = s.items
    phrase = Phrase([], s.number)
    opened = listed = False
    while True:
        item = items[at]
        if item.kind == "determiner" and item.joined and item.token:
            phrase.words.append(item.token)
        elif item.kind in ("determiner", "possessive"):
            if phrase.words:
                break
            if items[at + 1].kind == "of":
                at += 1
            opened = True
            if item.kind == "possessive" and keep:
                phrase.links.append(_pronoun(s, item.low))
        elif item.kind == "person":
            if not phrase.words and not opened:
                phrase = _pronoun(s, item.low, as_object=item.low in OBJECTS)
                at += 1
            break
        elif item.kind == "word" and item.token and (
            listed or verb_at(s, at, inside=opened or bool(phrase.words)) is None
        ):  # fmt: skip
            listed = False
            phrase.words.append(item.token)
            if item.owns:
                owner = phrase
                if keep:
                    s.phrases.append(owner)
                phrase, opened = Phrase([], s.number, links=[owner]), True
        elif item.kind == "adverb" and opened and items[at + 1].kind == "word" and item.token:
            phrase.words.append(item.token)
        elif (
            item.kind in (",", "and") and opened and phrase.words and _describes(phrase.words[-1])
            and _goes_on_describing(s, at + 1, listed=item.kind == ",")
        ):  # fmt: skip
            listed = True
        else:
            break
        at += 1
    phrase.opened = opened
    if not (phrase.words or phrase.links or phrase.pronoun):
        return None, at
    if keep:
        s.phrases.append(phrase)
    return phrase, at


def _goes_on_describing(s: State, at: int, *, listed: bool) -> bool:
    items = s.items
    if items[at].kind == "adverb" and items[at + 1].kind == "word":
        return True
    token = items[at].token
    if items[at].kind != "word" or token is None or token.capital:
        return False
    verb = verb_at(s, at, inside=True)
    if verb is not None and (verb.form not in ("ing", "past") or not listed):
        return False
    return items[at + 1].kind == "word" and (listed or _describes(token))


def _describes(token: Token) -> bool:
    return token.low.endswith(("ed", "ing", "ful", "ous", "less", "ive", "al", "ic", "ary", "ent", "ant", "y"))


def _pronoun(s: State, low: str, *, as_object: bool = False) -> Phrase:
    phrase = Phrase([], s.number, pronoun=low)
    meant = s.subjects.meant_by(low, s.number, s.clause.subject if as_object else ())
    phrase.same.extend(meant)  # one way: that is not the wider for it
    return phrase
