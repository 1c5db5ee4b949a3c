"""Whether a word is a verb where it stands, as far as closed lists and its neighbours tell."""

from matinee.grounding.claims.reading.grammar import GRAMMAR, Verb
from matinee.grounding.claims.reading.state import State


def verb_at(s: State, at: int, *, inside: bool = False, subject: bool = False) -> Verb | None:
    """Return the verb that the item is, as far as its neighbours tell; `inside` a phrase more speaks against it."""
    item = s.items[at]
    if item.kind != "word" or item.token is None or item.owns or item.joined:
        return None
    verb = GRAMMAR.verb(item.low)
    before = at - 1
    while before >= 0 and s.items[before].kind in ("adverb", "not"):
        before -= 1
    kind = s.items[before].kind if before >= 0 else ""
    after = s.items[at + 1]
    if verb is None and not item.token.capital and (
        kind == "modal" or (kind == "to" and after.kind in ("determiner", "possessive", "person"))
    ):  # fmt: skip
        return Verb(item.low, "plain")
    if verb is None and kind == "be" and item.low.endswith("ed") and after.kind != "word":
        return Verb(item.low.removesuffix("ed"), "past")
    if verb is None or (item.token.capital and at and s.items[at - 1].kind not in (",", ";")):
        return None
    if before >= 0 and (s.items[before].joined or s.items[before].owns):
        return None
    if kind in ("to", "modal", "do"):
        return verb if verb.form == "plain" else None
    if kind in ("determiner", "possessive"):
        return None
    if kind in ("be", "have"):
        return verb if verb.form in ("ing", "past") else None
    if verb.form in ("past", "ing"):
        return verb if _is_participle(s, verb, at, kind, inside=inside) else None
    if kind in ("of", "preposition"):
        return None
    if kind in ("person", "relative"):
        return verb
    if verb.plain in GRAMMAR.unchanging and verb.form == "plain" and after.low == "by" and kind == "word":
        return Verb(verb.plain, "past")
    waits = subject or ((bool(s.clause.subject) or inside) and (not s.clause.finite or s.fresh))
    finite = _is_third(s, at, before, waits=waits) if verb.form == "s" else _is_plain(s, at, before, inside, waits)
    return verb if finite else None


def _is_participle(s: State, verb: Verb, at: int, kind: str, *, inside: bool) -> bool:
    """Tell whether the form stands for itself, not for what the next word is like ("strangely behaved staff")."""
    after = s.items[at + 1]
    if verb.form == "ing":
        modifies = inside and kind == "word" and after.kind == "word" and GRAMMAR.verb(after.low) is None
        return not modifies or _capital(s, at + 1)
    if s.items[at - 1].kind == "adverb" and kind in ("and", ",") and after.kind == "word":
        return False
    if s.clause.antecedent is not None and (s.clause.subject or inside) and not s.clause.finite:
        return True  # "the house that Ruth bought hides a letter"
    if kind in ("of", "preposition") or (after.kind == "word" and not _capital(s, at + 1)):
        return kind in ("person", "relative")
    return True


def _is_third(s: State, at: int, before: int, *, waits: bool) -> bool:
    """Tell whether a word in "s" is a verb here, and no plural: a subject waits for it, or it goes on after "and"."""
    kind = s.items[before].kind if before >= 0 else ""
    follower = GRAMMAR.verb(s.items[at + 1].low)
    if follower and follower.form == "plain":
        return False  # "shark attacks begin"
    if kind in ("word", ",") and (waits or (before in s.verbs_read and outer_waits(s))):
        return True
    return kind in ("and", ",") and s.clause.event is not None and _opens_object(s, at + 1)


def _is_plain(s: State, at: int, before: int, inside: bool, waits: bool) -> bool:
    """Tell whether a plain word is a verb here: after what several do, after "makes his crew", after "to" and "and"."""
    kind = s.items[before].kind if before >= 0 else ""
    event, after = s.clause.event, s.items[at + 1]
    if kind == "word" and event and event.verb in GRAMMAR.letting and (inside or s.adjacent):
        return _opens_object(s, at + 1)
    if kind == "word":
        return waits and _is_plural(s, before) and _opens_object(s, at + 1)
    if kind not in ("and", ",") or event is None:
        return False
    return (event.plain and after.kind not in (",", "and")) or _opens_object(s, at + 1)


def finite_follows(s: State) -> bool:
    """Tell whether a finite verb comes next, past what may hang on the phrase just read."""
    at = s.at
    hangs = False
    while True:
        verb = verb_at(s, at, subject=True)
        kind = s.items[at].kind
        hangs = hangs or kind in ("of", "preposition")
        if hangs and s.clause.finite and verb and s.items[at + 1].kind in ("of", "preposition", ",", "and", "end"):
            verb = None  # "recruited to join a circle of German exiles in Rio"
        if kind in ("modal", "be", "have", "do") or (verb and verb.form in ("s", "plain")):
            return True
        if verb or kind not in ("word", "of", "preposition", "determiner", "possessive", "adverb"):
            return False
        at += 1


def joins_phrase(s: State) -> bool:
    """Tell whether "after" and the like stand before a phrase, not before a clause with a verb of its own."""
    if s.items[s.at].low not in GRAMMAR.both:
        return False
    at = s.at + 1
    while s.items[at].kind in ("word", "of", "preposition", "determiner", "possessive", "adverb", "person"):
        verb = verb_at(s, at, subject=True)
        if verb and verb.form in ("s", "plain"):
            return False
        at += 1
    return s.items[at].kind not in ("modal", "be", "have", "do")


def outer_waits(s: State) -> bool:
    """Tell whether the clause around this one has a subject, and no verb yet ("whose wife was killed takes")."""
    outer = s.clause.outer
    return bool(s.clause.finite and outer and outer.subject and not outer.finite)


def _is_plural(s: State, at: int) -> bool:
    """Tell whether the phrase that ends there takes a verb without "s": it does, or comes after "and"."""
    low = s.items[at].low
    if (low.endswith("s") and not low.endswith("ss")) or low.endswith("men") or low in ("children", "people", "police"):
        return True
    if len(s.clause.subject) > 1:
        return True
    while at and s.items[at].kind in ("word", "determiner", "possessive", "adverb"):
        at -= 1
    return s.items[at].kind == "and" and bool(s.clause.subject) and not s.clause.finite


def _capital(s: State, at: int) -> bool:
    token = s.items[at].token
    return bool(token and token.capital)


def _opens_object(s: State, at: int) -> bool:
    item = s.items[at]
    if item.kind in ("determiner", "possessive", "person", "preposition", "of", "to", "adverb", "end", "joint"):
        return True
    if item.kind != "word":
        return False
    verb = GRAMMAR.verb(item.low)
    return _capital(s, at) or (s.items[at + 1].kind != "and" and not (verb and verb.form == "s"))
