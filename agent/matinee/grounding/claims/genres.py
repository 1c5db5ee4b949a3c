"""What kind of film it is, and what it is not: the row's genres are the catalogue's last word."""

import re

from matinee.grounding.claims.lexicon import LEXICON, any_of, spoken
from matinee.grounding.claims.ruling import Ruling, Verdict

_SOFT = frozenset("action adventure crime war fantasy mystery history historical music sport anime love story".split())
"""Said of what happens in a film as often as of its kind."""

_NAMES = {noun.casefold(): genre for noun, genre in LEXICON.genre_nouns}
_NOUN = spoken(_NAMES)
_ADJECTIVES = {
    "comedic": "Comedy", "comic": "Comedy", "romantic": "Romance", "animated": "Animation", "biographical": "Biography",
    "noirish": "Film-Noir", "musical": "Musical", "dramatic": "Drama", "historical": "History",
}  # fmt: skip
_KIND = r"(?:film|films|movie|movies|flick|picture|genre|romp|saga|epic|tale|yarn|caper|feature|classic)"
_TYPED = re.compile(rf"^[\s,/-]*(?:(?:and|or)\s+)?(?:[\w-]+\s+)?{_KIND}\b", re.I)
_CALLED = re.compile(r"(?:^|\b(?:is|was|as|get is|see is|makes|it's)\s+)(?:an?|the)\s+(?:[\w-]+,?\s+){0,3}$", re.I)
_CALLED_SO = re.compile(r"\s*(?:$|[.,:;!]|(?:that|which|about|with|directed|set|starring|from|by|for|of)\b)", re.I)
_DENIED = re.compile(
    r"(?:\bnot|n['\u2019]t|\bis no|\bno|\bnever|\bhardly|\bneither|\bnor|\brather than|\binstead of|\bwithout being"
    r"|\banything but|\bfar from(?: being)?)"
    r"(?P<soft>\s+(?:just|only|merely|simply|exactly|quite|necessarily|solely"
    r"|your (?:typical|usual|average)|an? (?:typical|usual|ordinary|conventional)))?"
    r"(?:\s+(?:a|an|any|the|really|in the|of the|be|part of|considered|strictly))*\s+(?:[\w-]+\s+){0,2}?$",
    re.I,
)


_FOR_CHILDREN = any_of(
    r"\b(?:for|with) (?:the |your |all |young |younger |small |whole |my |our )*"
    r"(?:children|kids|family|families|little ones|ages|toddlers)\b",
    r"\b(?:family|kid|child)[- ]friendly\b",
    r"\b(?:kids|children) (?:will|can|would)\b",
)


def _children(ruling: Ruling, found: re.Match[str]) -> None:
    """Judge whether the film is for children: the genre or a keyword says so."""
    ruling.kinds.append("genre")
    friendly = [
        word for word in ruling.case.movie.keywords if re.search(r"family|child|kid", word) and "friendly" in word
    ]
    if friendly:
        ruling.bear("keywords", friendly[0], *found.span())
    elif "Family" in ruling.case.movie.genres:
        ruling.bear("genres", "Family", *found.span())
    else:
        ruling.object("unsupported", "genre", "nothing says that it is for children", *found.span())


def check(ruling: Ruling) -> None:
    """Judge every genre that the claim gives the film or denies it."""
    for found in _FOR_CHILDREN.finditer(ruling.text):
        if not ruling.is_settled(*found.span()):
            _children(ruling, found)
    for found in _NOUN.finditer(ruling.text):
        if not ruling.is_settled(*found.span()):
            _judge(ruling, found)
    for token in ruling.tokens:
        genre = _ADJECTIVES.get(token.low)
        if genre and not ruling.is_settled(token.start, token.end):
            _adjective(ruling, token.start, token.end, token.low, genre)


def _judge(ruling: Ruling, found: re.Match[str]) -> None:
    movie, noun = ruling.case.movie, re.sub(r"[ -]", "-", found.group().casefold())
    genres = [genre for name, genre in LEXICON.genre_nouns if re.sub(r"[ -]", "-", name.casefold()) == noun]
    held = [genre for genre in genres if genre in movie.genres]
    denied = _DENIED.search(ruling.text[: found.start()])
    if denied and not denied["soft"]:
        if held:
            ruling.object("contradicted", "negation", f"the row's genres have {held[0]}", *found.span())
        elif movie.genres and not ruling.in_prose(found.group()):
            ruling.kinds.append("negation")
            ruling.bear("genres", ", ".join(movie.genres), denied.start(), found.end())
        else:
            ruling.object("unsupported", "negation", "nothing says that it is not", *found.span())
        return
    if noun in _SOFT and not _is_type(ruling, found):
        return  # the plot's business
    ruling.kinds.append("genre")
    if held:
        ruling.bear("genres", held[0], *found.span())
    elif source := ruling.in_prose(found.group(), "keywords", "tagline"):
        ruling.bear(*source, *found.span())
    else:
        verdict: Verdict = "contradicted" if movie.genres else "unsupported"
        why = f"the row's genres are {', '.join(movie.genres) or 'unknown'}"
        ruling.object(verdict, "genre", why, *found.span())


def _is_type(ruling: Ruling, found: re.Match[str]) -> bool:
    before, rest = ruling.text[: found.start()], ruling.text[found.end() :]
    if _TYPED.match(rest) or re.match(rf"^[\s-]+(?:{_NOUN.pattern})", rest, re.I):
        return True
    return bool(_CALLED.search(before) and _CALLED_SO.match(rest))


def _adjective(ruling: Ruling, start: int, end: int, said: str, genre: str) -> None:
    movie = ruling.case.movie
    denied = _DENIED.search(ruling.text[:start])
    if denied and not denied["soft"] and genre in movie.genres:
        ruling.object("contradicted", "negation", f"the row's genres have {genre}", start, end)
    elif genre in movie.genres or (genre == "Musical" and "Music" in movie.genres):
        ruling.kinds.append("genre")
        ruling.bear("genres", genre if genre in movie.genres else "Music", start, end)
    elif source := ruling.in_prose(said, "keywords", "tagline", "overview"):
        ruling.bear(*source, start, end)
    elif re.match(rf"^\s+(?:{_KIND}\b|{_NOUN.pattern})", ruling.text[end:], re.I):
        verdict: Verdict = "contradicted" if movie.genres else "unsupported"
        ruling.object(verdict, "genre", f"the row's genres are {', '.join(movie.genres)}", start, end)
