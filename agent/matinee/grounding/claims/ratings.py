"""Ratings as what claims rest on: the viewer's own, whose stars a claim must not change, and those of others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.ruling import Ruling, Verdict
from matinee.grounding.claims.sources import Source
from matinee.models import Candidate, Movie, Understanding

_TOLD = re.compile(r"^Rated (?P<title>.+?)(?: \(\d{4}\))? (?P<stars>\d(?:\.\d)?) of 5$")
_YOU = r"\byou(?:['\u2019]ve| have| had)?(?: also| already| once| really| even)? "
_STARS = (
    r"(?P<stars>10|\d(?:\.\d)?|one|two|three|four|five)(?![\w.])"
    r"(?:[ -]?stars?|\s*/\s*(?P<of>5|10)|\s+(?:out )?of (?P<of_words>5|10|five|ten))?"
)
_VERB = r"(?P<verb>rated|gave|scored|loved|adored|liked|enjoyed|disliked|hated|saw|watched|seen)"
_HOW = r"(?P<how>highly|well|poorly|badly)"
_BEFORE = (
    re.compile(rf"{_YOU}{_VERB} (?:{_STARS} to )?(?:the (?:film|movie) )?[\"\u201c]?$", re.I),
    re.compile(rf"\byour (?:{_STARS} )?(?P<verb>rating)(?: of| for) [\"\u201c]?$", re.I),
    re.compile(rf"\byour (?P<verb>rating) of {_STARS} for [\"\u201c]?$", re.I),
)
_FIGURE = re.compile(rf"^[\"\u201d]?(?: \(\d{{4}}\))?,?(?: (?:at|as|with|an?))? (?:{_STARS}|{_HOW}\b)", re.I)
_AFTER = re.compile(
    rf"^[\"\u201d]?(?: \(\d{{4}}\))?,? (?:which |that )?{_YOU[2:]}{_VERB}\b"
    rf"(?: (?:at|as|with|an?))?(?: (?:{_STARS}|{_HOW}\b))?",
    re.I,
)
_NEAREST = 10
"""Place up to which a film is called near to another by ratings."""
_NAMED = 3
"""Films named of which so much is told; the names of more would fill a sentence."""
_LOVED, _LIKED, _DISLIKED = 4.0, 3.5, 2.5
"""Stars from which a film was loved or liked, and up to which it was not."""


@dataclass(frozen=True)
class _Rated:
    title: str
    stars: float
    source: Source


def told(movie: Movie, stars: float) -> Source:
    """Return a viewer's rating, 0.5 to 5 stars, as a source that claims may rest on."""
    return Source("rating:viewer", f"Rated {movie.label} {stars:g} of 5")


def told_by_others(offered: Sequence[Candidate], understood: Understanding) -> dict[str, Source]:
    """Return what other viewers' ratings say of the films that these put nearest, by film, as sources.

    Nearest to the films that the request names; to those that the viewer rated or liked if it names none.
    """
    whom = " and ".join(near_by_ratings(understood)) or "what this viewer rated or liked"
    places = {c.movie.movie_id: c.receipt["collaborative"].rank for c in offered if "collaborative" in c.receipt}
    return {
        movie_id: Source("rating:neighbours", f"Place {place} next to {whom} by other viewers' ratings")
        for movie_id, place in places.items()
        if place is not None and place <= _NEAREST
    }


def near_by_ratings(understood: Understanding) -> list[str]:
    """Return the titles of the first films named, to which ratings put others near."""
    named = (mention.title for mention in understood.mentions if mention.role in ("like", "seen"))
    return list(dict.fromkeys(named))[:_NAMED]


def titles(ruling: Ruling) -> list[str]:
    """Return the films that the viewer has rated."""
    return [rated.title for rated in _rated(ruling)]


def check(ruling: Ruling) -> None:
    """Judge every statement that the viewer rated, liked or saw a film of which their rating is known."""
    liked = {preference.title for preference in ruling.case.known.preferences if preference.title}
    for rated in _rated(ruling):
        for place in re.finditer(rf"(?<!\w){re.escape(rated.title)}(?!\w)", ruling.text):
            if not (rated.title in liked or ruling.is_settled(*place.span())):
                _judge(ruling, rated, place)


def _rated(ruling: Ruling) -> list[_Rated]:
    found = []
    for shelf in ruling.case.viewer:
        match = _TOLD.match(shelf.source.text) if shelf.source.name == "rating:viewer" else None
        if match:
            found.append(_Rated(match["title"].partition(" (")[0], float(match["stars"]), shelf.source))
    return found


def _judge(ruling: Ruling, rated: _Rated, place: re.Match[str]) -> None:
    head, tail = ruling.text[: place.start()], ruling.text[place.end() :]
    before = next((found for pattern in _BEFORE if (found := pattern.search(head))), None)
    after = (_FIGURE if before else _AFTER).match(tail)
    cue = before or after
    if cue is None:
        return
    start = before.start() if before else place.start()
    end = place.end() + (after.end() if after else 0)
    said = {**(before.groupdict() if before else {})}
    said.update({name: value for name, value in (after.groupdict() if after else {}).items() if value})
    ruling.kinds.append("viewer")
    if said["verb"].casefold() not in ("rated", "gave", "scored", "rating"):
        verdict = _of_feeling(said["verb"].casefold(), rated.stars)
    else:
        verdict = _of_figure(said, rated.stars)
    if verdict == "supported":
        ruling.bear(rated.source.name, rated.source.text, start, end)
    else:
        ruling.object(verdict, "viewer", f"the viewer's own is: {rated.source.text}", start, end)


def _of_figure(said: dict[str, str | None], stars: float) -> Verdict:
    if figure := said.get("stars"):
        number = float(LEXICON.numbers.get(figure.casefold(), 0) or figure)
        scale = said.get("of") or said.get("of_words") or "5"
        return "supported" if number / (2 if scale in ("10", "ten") else 1) == stars else "contradicted"
    if how := (said.get("how") or "").casefold():
        high = how in ("highly", "well")
        wrong = stars <= _DISLIKED if high else stars >= _LIKED
        return "contradicted" if wrong else "supported" if (stars >= _LOVED) == high else "unsupported"
    return "supported"


def _of_feeling(verb: str, stars: float) -> Verdict:
    if verb in ("saw", "watched", "seen"):
        return "supported"
    if verb in ("disliked", "hated"):
        return "supported" if stars <= _DISLIKED else "contradicted" if stars >= _LIKED else "unsupported"
    least = _LOVED if verb in ("loved", "adored") else _LIKED
    return "supported" if stars >= least else "contradicted" if stars <= _DISLIKED else "unsupported"
