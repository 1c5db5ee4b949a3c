"""Finds what a phrase is to the sentence: whose it is, who does something, to whom, where, or another name for it."""

from matinee.grounding.claims.reading.grammar import GRAMMAR
from matinee.grounding.claims.reading.parts import Phrase, identify
from matinee.grounding.claims.reading.senses import finite_follows, verb_at
from matinee.grounding.claims.reading.state import OBJECTS, Clause, State, give, settle


def place(s: State, phrase: Phrase, before: str) -> None:
    """Give the phrase just read its part, by the preposition and the kind of item `before` it."""
    phrase.role = s.role
    if phrase.named and s.role not in ("in", "at", "to", "from", "of", "across", "near"):
        s.subjects.add([phrase], weak=True)  # somebody whom "him" may mean
    if s.role == "whose" and s.clause.antecedent:
        phrase.links.append(s.clause.antecedent)
        s.clause.subject, s.clause.antecedent = [phrase], None
    elif phrase.pronoun in GRAMMAR.subjects and (not s.clause.event or finite_follows(s)):
        _open_with(s, phrase, before)
    elif s.role:
        _after_preposition(s, phrase)
    elif not _renames(s, phrase, before):
        _in_clause(s, phrase, before)


def _after_preposition(s: State, phrase: Phrase) -> None:
    """Hang it on the phrase before, on the verb, or on both: which of them is meant, words alone do not tell."""
    event, last = s.clause.event, s.last
    if s.role == "of" and last is not None:
        last.links.append(phrase)
        return
    if last is not None and s.adjacent and not last.pronoun:
        last.links.append(phrase)
        s.hung[phrase] = last
    if event and event.passive and s.role == "by":
        event.doers.append(phrase)
    elif event:
        event.asides.append(phrase)
    elif not s.clause.subject:
        s.clause.fronted.append(phrase)


def _renames(s: State, phrase: Phrase, before: str) -> bool:
    """Take it as another name for the phrase before, or that one as what describes it, if it stands so."""
    clause, last = s.clause, s.last
    if last is None:
        return False
    if before == "now" or (before == "," and _is_apposition(s)):
        identify(phrase, last)
        s.apposed = phrase
        return True
    if before == "and" and last is s.apposed and s.items[s.at].kind == "," and not clause.finite:
        identify(phrase, last)  # "a charming businessman and Nazi Party member,"
        return True
    if before == "," and not clause.finite and clause.subject and not clause.event and _led_in(s, phrase):
        phrase.words[:0] = [word for lead in clause.subject for word in lead.words]
        phrase.links.extend(link for lead in clause.subject for link in lead.links)
        s.subjects.forget(s.number)
        clause.subject = [phrase]
        s.subjects.add(clause.subject)
        return True
    return False


def _in_clause(s: State, phrase: Phrase, before: str) -> None:
    """Take it as one more of the subject, as what the verb is done to, or as the subject of a new clause."""
    clause = s.clause
    event = clause.event
    if before in ("and", ",") and not clause.finite and clause.subject and not event:
        clause.subject.append(phrase)
    elif event and (phrase.pronoun in OBJECTS or not finite_follows(s)):
        is_so = event.verb == "be" and event.token.low not in ("be", "being") and not (event.denied or clause.believed)
        if is_so and event.doers and not event.parts:
            identify(phrase, event.doers[0])
        event.parts.append(phrase)
    elif clause.finite or (event and clause.subject):
        settle(clause)
        s.clause = Clause([phrase], outer=clause, believed=before not in ("and", ","))
        s.subjects.add(s.clause.subject)
    else:
        clause.subject = [phrase]
        if clause.antecedent is None:
            s.subjects.add(clause.subject, weak=clause.weak)
        _hand_over(clause)


def _hand_over(clause: Clause) -> None:
    """Give the subject to what waited for it ("Mauled by a bear, he crawls")."""
    for event in clause.waiting:
        give(event, clause.subject)
    clause.waiting.clear()


def _open_with(s: State, phrase: Phrase, before: str) -> None:
    """Begin a clause with a pronoun that can only be a subject: a new one, or one that hangs on what is before."""
    clause = s.clause
    if before == "word" and s.adjacent and s.last is not None and not clause.waiting:
        s.clause = Clause([phrase], antecedent=s.last, outer=clause)
        return
    if clause.finite:
        settle(clause)
        s.clause = clause = Clause(outer=clause, believed=before not in ("and", ",", "joint"))
    clause.subject = [phrase]
    _hand_over(clause)


def _led_in(s: State, phrase: Phrase) -> bool:
    """Tell whether what is before only describes the phrase: "Deep in debt, the salesman", "Shy, a waitress"."""
    bare = all(not lead.opened and (not lead.named or lead.words[-1].start == s.first) for lead in s.clause.subject)
    item = s.items[_opener(s)]
    return bare and (item.kind in ("determiner", "possessive") or phrase.named)


def _opener(s: State) -> int:
    """Return where the phrase just read begins, after the last comma."""
    at = s.at - 1
    while at and s.items[at].kind != ",":
        at -= 1
    return at + 2 if s.items[at + 1].low == "once" else at + 1


def _is_apposition(s: State) -> bool:
    """Tell whether the phrase just read stands between commas or at an end, and began with "a"."""
    items, end = s.items, s.at
    if items[_opener(s)].low not in ("a", "an", "the") or (not _is_near(s) and not s.clause.finite):
        return False
    if items[end].low in GRAMMAR.subjects:
        return True
    while items[end].kind in ("word", "of", "preposition", "determiner", "possessive", "adverb", "and") and (
        verb_at(s, end, subject=True) is None
    ):
        end += 1
    if (verb := verb_at(s, end, subject=True)) is not None:  # "Charlotte, a young wife left alone"
        return s.last in s.clause.subject and verb.form in ("past", "ing") and not _listed(s, end)
    if items[end].kind == "," and items[end + 1].kind in ("determiner", "possessive"):
        return False  # one more of a list
    return items[end].kind in (",", ";") or (items[end].kind in ("end", "relative") and not _listed(s, end))


def _listed(s: State, end: int) -> bool:
    return any(item.kind == "and" for item in s.items[s.at : end])


def _is_near(s: State) -> bool:
    return s.last in s.clause.subject or (s.clause.event is not None and bool(s.clause.subject))
