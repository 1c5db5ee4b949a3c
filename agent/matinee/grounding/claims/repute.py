"""Awards, acclaim, popularity and superlatives: borne out by the row's figures, or by nothing."""

import re

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.ruling import Ruling
from matinee.grounding.claims.text import Token

_METASCORE, _LOW_METASCORE = 75, 50
_RATING, _LOW_RATING, _SUPREME = 7.5, 6.0, 8.5
_VOTES = 300_000
_CLASSIC_YEAR, _CLASSIC_RATING = 1990, 8.0


def check(ruling: Ruling) -> None:
    """Judge what the claim says of the film's standing."""
    _awards(ruling)
    _high(ruling)
    for name, judge in (
        ("unknowable", _unknowable),
        ("supreme", _supreme),
        ("acclaimed", _acclaimed),
        ("liked", _liked),
        ("popular", _popular),
        ("classic", _classic),
    ):
        for found in LEXICON.said("repute", name).finditer(ruling.text):
            if not ruling.is_settled(*found.span()) and not _in_row(ruling, found.group(), *found.span()):
                judge(ruling, found.group(), *found.span())


def _high(ruling: Ruling) -> None:
    """Judge "its rating is high" and "highly rated", wherever the words stand."""
    if re.search(r"\brat(?:ed|ing)|\bscore", ruling.text, re.I):
        for token in ruling.tokens:
            if token.low in ("high", "highly", "well") and not ruling.is_settled(token.start, token.end):
                _liked(ruling, token.text, token.start, token.end)


def _in_row(ruling: Ruling, phrase: str, start: int, end: int) -> bool:
    if source := ruling.in_prose(phrase):
        ruling.bear(*source, start, end)
    return source is not None


def _awards(ruling: Ruling) -> None:
    for token in ruling.tokens:
        if ruling.is_settled(token.start, token.end) or _in_name(ruling, token):
            continue
        if token.low in LEXICON.awards and not _in_row(ruling, token.text, token.start, token.end):
            ruling.object("unsupported", "award", f"the row tells of no {token.text}", token.start, token.end)


def _in_name(ruling: Ruling, token: Token) -> bool:
    """Tell whether the word belongs to the name of somebody of the row: Oscar Isaac is no prize."""
    return any(
        found.start() <= token.start < found.end()
        for person in ruling.case.movie.people
        if token.text in person
        for found in re.finditer(rf"(?<!\w){re.escape(person)}(?!\w)", ruling.text)
    )


def _unknowable(ruling: Ruling, said: str, start: int, end: int) -> None:
    if said.casefold() in ("true story", "real-life", "real life") and "Biography" in ruling.case.movie.genres:
        ruling.bear("genres", "Biography", start, end)
    else:
        ruling.object("unsupported", "popularity", f"the row does not tell of “{said}”", start, end)


def _supreme(ruling: Ruling, said: str, start: int, end: int) -> None:
    rating = ruling.case.movie.imdb_rating
    measurable = said.casefold() in ("one of the best", "one of the greatest")
    if measurable and rating is not None and rating >= _SUPREME:
        ruling.bear("imdb_rating", str(rating), start, end)
    else:
        ruling.object("unsupported", "popularity", f"the row does not bear out “{said}”", start, end)


def _acclaimed(ruling: Ruling, said: str, start: int, end: int) -> None:
    metascore, rating = ruling.case.movie.metascore, ruling.case.movie.imdb_rating
    if metascore is not None and metascore >= _METASCORE:
        ruling.bear("metascore", str(metascore), start, end)
    elif metascore is None and rating is not None and rating >= _RATING and "critic" not in said.casefold():
        ruling.bear("imdb_rating", str(rating), start, end)
    else:
        low = metascore is not None and metascore < _LOW_METASCORE
        ruling.object("contradicted" if low else "unsupported", "popularity", f"metascore is {metascore}", start, end)


def _liked(ruling: Ruling, said: str, start: int, end: int) -> None:
    rating = ruling.case.movie.imdb_rating
    if rating is not None and rating >= _RATING:
        ruling.bear("imdb_rating", str(rating), start, end)
    else:
        low = rating is not None and rating < _LOW_RATING
        ruling.object("contradicted" if low else "unsupported", "popularity", f"imdb_rating is {rating}", start, end)


def _popular(ruling: Ruling, said: str, start: int, end: int) -> None:
    votes = ruling.case.movie.imdb_votes
    if votes is not None and votes >= _VOTES:
        ruling.bear("imdb_votes", str(votes), start, end)
    else:
        ruling.object("unsupported", "popularity", f"imdb_votes is {votes}", start, end)


def _classic(ruling: Ruling, said: str, start: int, end: int) -> None:
    movie = ruling.case.movie
    old = movie.year is not None and movie.year <= _CLASSIC_YEAR
    if old and movie.imdb_rating is not None and movie.imdb_rating >= _CLASSIC_RATING:
        ruling.bear("year", str(movie.year), start, end)
        ruling.bear("imdb_rating", str(movie.imdb_rating), start, end)
    else:
        ruling.object("unsupported", "popularity", "too recent, or not rated highly enough", start, end)
