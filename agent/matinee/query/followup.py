"""Follow-ups: a turn of a conversation that goes on from the films shown before ("more like the second one").

The earlier demands stay unless the turn says something else of the same thing, and what was shown is not shown again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from statistics import median_low
from typing import Any, NamedTuple, TypeVar

from matinee.language.folding import fold
from matinee.language.lexicon import alternatives, load, section
from matinee.language.negation import negated, stance_of
from matinee.language.request import Request
from matinee.query.constraint_conflicts import resolve
from matinee.query.name_context import Role, cue_at
from matinee.query.query_text import completed
from matinee.query.read import distinct, understand
from matinee.query.relative_constraints import Measures
from matinee.query.titles import TitleLookup
from matinee.sanitize import plain
from matinee.understanding import Constraint, ConstraintField, Finding, Mention, SortOrder, Understanding

Found = TypeVar("Found", bound=Finding)

MAX_TEXT = 1000
"""Characters of a conversation that are searched with; of a longer one the last."""

_NUMBERS = {
    word: number
    for key in ("ordinals", "from_one")
    for number, word in enumerate(section("numbers")[key].split()[:6], 1)
} | {f"{number}{ending}": number for number, ending in enumerate("st nd rd th th th".split(), 1)}
_CARDINAL = alternatives("numbers", "from_one")
_ORDINAL = "|".join(word for word in _NUMBERS if word not in section("numbers")["from_one"].split())
_LONGEST = 12
"""Words of an elliptical turn; a longer one says what it wants by itself."""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lists = load("turns")["follow"]
    said = {key: rf"(?:{'|'.join(lists[key])})".replace("THEM", f"(?:{'|'.join(lists['them'])})") for key in lists}
    return {
        "reference": re.compile(
            rf"\b(?:the |your )?(?P<ordinal>{_ORDINAL}|last) {said['thing']}\b"
            rf"|\bthe (?P<bare>{_ORDINAL}|last)(?= ?(?:$|[,.;:!?]| but\b| and\b| or\b))"
            rf"|(?:\b(?:number|no\.|nr\.?) ?|#)(?P<number>[1-9]|{_CARDINAL})\b"
        ),
        "pronoun": re.compile(rf"\b(?:like|as|than) (?:{said['them']}|this)(?: ones?)?\b(?! (?:movie|film|kind|sort))"),
        "verdict": re.compile(
            rf"\b(?:(?P<seen>{said['seen']})|(?P<unlike>{said['unlike']})|(?P<like>{said['like']}))\b"
        ),
        "more": re.compile(rf"\b{said['more']}\b"),
        "opening": re.compile(rf"^(?:{said['greeting']},? )*{said['opening']}\b"),
        "self_contained": re.compile(rf"\b{said['self_contained']}"),
    }


class Shown(NamedTuple):
    """A film that was recommended in an earlier turn."""

    movie_id: str
    title: str
    year: int | None

    def mention(self, role: str, said: Mapping[str, Any]) -> Mention:
        """Return it as a film named by these words."""
        return Mention.model_validate({**self._asdict(), "role": role, **said})


class Earlier(NamedTuple):
    """What a turn may go on from: the understanding of what was asked before, and the films shown, in their order."""

    understood: Understanding
    shown: Sequence[Shown]


def goes_on(text: str, earlier: Earlier) -> bool:
    """Tell whether a turn goes on from the one before, rather than asking for something of its own."""
    folded = fold(plain(text)).strip()
    if next(_references(folded, earlier.shown), None) is not None:
        return True
    says = {name: pattern.search(folded) for name, pattern in _patterns().items()}
    if says["verdict"] and not says["self_contained"]:
        return bool(earlier.shown)
    opens = says["opening"] and not says["self_contained"]
    return len(folded.split()) <= _LONGEST and bool(says["more"] or says["pronoun"] or opens)


def follow(text: str, titles: TitleLookup, earlier: Earlier, *, this_year: int | None = None) -> Understanding:
    """Return what a turn demands together with the turns before it."""
    before = earlier.understood
    referred = list(_referred(titles.spelling.corrected(Request.of(plain(text)))[0], earlier.shown))
    films = [mention for mention in referred if mention.role == "like"], earlier.shown
    years = ([film.year for film in named if film.year] for named in films)
    minutes = (titles.runtimes(film.movie_id for film in named) for named in films)
    measures = Measures(
        _compared(before, ConstraintField.YEAR, *years), _compared(before, ConstraintField.RUNTIME, *minutes)
    )
    said = understand(text, titles, this_year=this_year, compared_with=measures, goes_on=True)
    said = said.model_copy(update={"mentions": [*said.mentions, *referred]})
    whole = f"{before.text}. {said.text}".rstrip()
    kept = whole[-MAX_TEXT:].lstrip()
    cut = len(whole) - len(kept)
    before, said = _moved(before, -cut), _moved(said, len(before.text) + len(". ") - cut)
    constraints, remarks = resolve(_merged([*before.constraints, *before.relaxed], said.constraints))
    together = said.model_copy(
        update={
            "text": kept,
            "constraints": constraints,
            "mentions": _mentions(before.mentions, said.mentions, earlier.shown),
            "critiques": list({(one.toward, one.away): one for one in (*before.critiques, *said.critiques)}.values()),
            "moods": said.moods or before.moods,
            "hints": said.hints or before.hints,
            "refused": [*before.refused, *said.refused],
            "order": said.order or _kept_order(before, said),
            "remarks": [*said.remarks, *remarks, *_told(earlier.understood, earlier.shown)],
        }
    )
    return completed(together)


def _moved(understood: Understanding, by: int) -> Understanding:
    """Return the understanding with its findings moved by so many characters; what is cut off has no span."""
    fields = ("constraints", "mentions", "critiques", "moods", "relaxed", "hints", "refused")
    moved = {name: [_shifted(f, by) for f in getattr(understood, name)] for name in fields}
    order = understood.order and _shifted(understood.order, by)
    return understood.model_copy(update={**moved, "order": order})


def _kept_order(before: Understanding, said: Understanding) -> SortOrder | None:
    """Return the order asked for before; it no longer stands alone where this turn describes films as well."""
    describes = said.critiques or said.moods or said.mentions
    return before.order and before.order.model_copy(update={"alone": before.order.alone and not describes})


def _shifted(found: Found, by: int) -> Found:
    span = (found.span[0] + by, found.span[1] + by) if found.span and found.span[0] + by >= 0 else None
    return found.model_copy(update={"span": span})


def _told(before: Understanding, shown: Sequence[Shown]) -> Iterator[str]:
    out = "; the films shown before are left out" if shown else ""
    yield f"Read as going on from “{before.text[-80:]}”: what was asked there still holds{out}."


def _merged(before: Sequence[Constraint], said: Sequence[Constraint]) -> list[Constraint]:
    """Return the new demands with those of before that they do not replace; what had given way counts again."""
    kept = [c for c in before if not any(_replaces(new, c) for new in said)]
    return list(distinct([*kept, *said]))


def _replaces(new: Constraint, old: Constraint) -> bool:
    people = (ConstraintField.DIRECTORS, ConstraintField.STARS, ConstraintField.PEOPLE)
    if new.field is not old.field and not (new.field in people and old.field in people):
        return False
    if not isinstance(new.value, list) or not isinstance(old.value, list):
        return True
    if new.op == "none_of":
        return old.op != "none_of" and set(old.value) <= set(new.value)
    return old.op != "none_of" or bool(set(old.value) & set(new.value))


def _compared(before: Understanding, field: ConstraintField, liked: list[int], shown: list[int]) -> list[int]:
    """Return what "older" and "longer" count from: films referred to, else what was asked for, else films shown."""
    asked = [int(c.value) for c in before.constraints if c.field is field and isinstance(c.value, float)]
    return liked or asked or ([median_low(shown)] if shown else [])


def _mentions(before: Sequence[Mention], said: Sequence[Mention], shown: Sequence[Shown]) -> list[Mention]:
    """Return the films named, once each: those of this turn, of the turns before, and all that were shown.

    A turn that names a film to find others like gives up the earlier ones: the direction has changed.
    """
    replaced = any(m.role == "like" for m in said)
    old = [m.model_copy(update={"role": "shown"}) if replaced and m.role == "like" else m for m in before]
    left_out = [film.mention("shown", {"words": film.title}) for film in shown]
    named: dict[str, Mention] = {}
    for mention in (*said, *old, *left_out):
        named.setdefault(mention.movie_id, mention)
    return list(named.values())


def _referred(text: str, shown: Sequence[Shown]) -> Iterator[Mention]:
    """Yield the films shown that the text refers to, with what it says of them."""
    request = Request.of(plain(text))
    folded = request.folded
    found = list(_references(folded, shown))
    for film, start, end in found:
        if told := _role(request, start, end):
            yield film.mention(told, request.said_at(start, end))
    verdict, pronoun = _patterns()["verdict"].search(folded), _patterns()["pronoun"].search(folded)
    if not found and (verdict or pronoun):
        role = _judged(request, verdict) if verdict else "like"
        yield from (film.mention(role, {"words": film.title}) for film in shown if role)


def _judged(request: Request, verdict: re.Match[str]) -> Role | None:
    """Return what a verdict says: "I didn't love it" dislikes, and "I have not seen it" says nothing."""
    role: Role = "seen" if verdict["seen"] else "unlike" if verdict["unlike"] else "like"
    if not _is_negated(request, verdict.start()):
        return role
    return "unlike" if role == "like" else None


def _is_negated(request: Request, start: int) -> bool:
    last = first = request.word_at(start)
    while first > 0 and request.flows(first):
        first -= 1
    return negated(request.norms[first:last])


def _references(folded: str, shown: Sequence[Shown]) -> Iterator[tuple[Shown, int, int]]:
    for match in _patterns()["reference"].finditer(folded):
        said = match["ordinal"] or match["bare"] or match["number"]
        number = len(shown) if said == "last" else _NUMBERS.get(said) or (int(said) if said.isdigit() else 0)
        if 0 < number <= len(shown):
            yield shown[number - 1], *match.span()


def _role(request: Request, start: int, end: int) -> Role | None:
    before = request.folded[max(0, start - 40) : start]
    clause = re.split(r"[.,;:!?]| but ", before)[-1]
    first = next((i for i, w in enumerate(request.words) if w.start >= start - len(clause)), 0)
    for i in range(first, len(request.words)):
        if request.words[i].start >= end:
            break
        cue = cue_at(request, i)
        if cue and cue.role and request.words[cue.end - 1].end <= end:
            return cue.role
    if seen := re.search(r"\b(?:seen|saw|watched)\b", clause):
        return None if _is_negated(request, start - len(clause) + seen.start()) else "seen"
    return "unlike" if stance_of(request, request.word_at(start), request.word_at(end)).refuses else "like"
