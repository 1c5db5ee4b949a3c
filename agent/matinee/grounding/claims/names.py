"""Names of people, films and places: whose they are, and whether the part that they are given is theirs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matinee.grounding.claims.lexicon import LEXICON, any_of
from matinee.grounding.claims.places import of_country
from matinee.grounding.claims.ruling import Ruling, Shelf, Verdict
from matinee.grounding.claims.text import Token, find, stems

_INSIDE = frozenset("of the and de del della der di dos du da la le las los ter van von y zu &".split())
_PLAIN = frozenset("i imdb metacritic metascore tv fi sci sci-fi usa us uk mr mrs dr".split())
_NAMES_ONLY = r"(?-i:(?:(?:[^\W\d_a-z][\w.'\u2019-]*\.?|and|&|,|of|de|del|the|von|van|bis|der)\s*)*)$"

_DIRECTED_BY = any_of(
    rf"\b(?:directed|helmed|made|direction|directing|filmed)(?: here)? by\s+(?:the \w+ )?{_NAMES_ONLY}",
    rf"\b(?:director|directors|filmmaker|filmmakers)(?: is| are|,)?\s+{_NAMES_ONLY}",
    rf"\bbehind the camera (?:is|are|stands?)\s+{_NAMES_ONLY}",
)
_DIRECTS = re.compile(
    r"^(?:['\u2019]s?)?\s*(?:,\s*)?(?:(?:who|also|himself|herself|both|skilfully|masterfully|here|is|was)\s+)*"
    r"(?:direct(?:s|ed(?! by)|ing|ion|or(?! [A-Z])|ors)\b|helm(?:s|ed)\b|behind (?:it|the camera)"
    r"|made (?:this|it|the)|(?:first |best |last )?(?:film|movie|picture)\b"
    r"|(?:at|takes) the helm|the director\b|directorial\b)",
    re.I,
)
_PLAYED_BY = any_of(
    rf"\b(?:starring|stars|star|played by|portrayed by|led by|headlined by|voiced by)\s+{_NAMES_ONLY}",
    rf"\b(?:performances? (?:by|from|of)|cast (?:of|includes|with|is)|actors?|actress(?:es)?)\s+{_NAMES_ONLY}",
)
_PLAYS = re.compile(
    r"^(?:['\u2019]s?)?\s*(?:,\s*)?(?:(?:who|also|both|and|is|are)\s+)*"
    r"(?:stars?\b|play(?:s|ed|ing)?\b|acts?\b|portray(?:s|ed|ing)?\b|performance|performs?\b|leads?\b"
    r"|in the (?:lead|cast|title)|gives? a|is the lead|in front of|shines?\b|co-star|starred\b)",
    re.I,
)
_ALSO_PLAYS = re.compile(
    r"^(?:, who|,? and)(?: is)?(?: also)? (?:plays|stars|acts|appears|in (?:it|this|the cast|the film))\b", re.I
)
_MADE_BY = any_of(
    r"\b(?:written|screenplay|script|scripted|music|composed|score|scored|produced|photographed|shot|narrated"
    rf"|novel|book|story)\s+by\s+{_NAMES_ONLY}",
    rf"\b(?:writer|composer|producer|cinematographer|novelist)\s+{_NAMES_ONLY}",
)
_CAST_AS = re.compile(
    r"^\s*(?:\w+\s+)?(?:as|plays?|played|portrays?|portraying|in the role of|is|stars? as|star as)\s+"
    r"(?:a|an|the|his|her|[A-Z]\w+)\b(?! (?:film|movie|lead|star|role|cast))"
)


_OF_FILM = re.compile(
    r"\s*(?:[\w-]+\s+)?"
    r"(?:film|movie|cinema|language|production|drama|comedy|thriller|classic|picture|animation)"
)
_LIKENED = re.compile(r"\b(?:like|similar to|reminiscent of|fans? of|in the vein of|reminds? \w+ of)\s+$", re.I)
_IN_TONGUE = re.compile(r"\b(?:in|speak|spoken|speaks|hear|is)\s+$")


@dataclass(frozen=True)
class Run:
    """Capitalised words that stand together, as a name does."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def start(self) -> int:
        """Return where it begins."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.tokens[-1].end

    @property
    def stems(self) -> list[str]:
        """Return the stems of its words."""
        return [token.stem for token in self.tokens]


def check(ruling: Ruling) -> None:
    """Judge every name of the claim."""
    for title in (ruling.case.movie.title, *ruling.case.movie.aka):
        if ruling.case.quoted(stems(title), _overviews(ruling)):
            continue  # then it is somebody's name
        for found in re.finditer(rf"(?<!\w){re.escape(title)}(?!\w)", ruling.text):
            if not LEXICON.empty(title.casefold()):
                ruling.bear("title" if title == ruling.case.movie.title else "aka", title, *found.span())
    for run in runs(ruling):
        if all(ruling.is_settled(t.start, t.end) for t in run.tokens):
            if not ruling.quotes(run.start, run.end):
                _role_after(ruling, run)  # the viewer's own word, but what follows is said of the film
            continue
        for part in _parts(run):
            _judge(ruling, part)


def runs(ruling: Ruling) -> Iterator[Run]:
    """Yield the names that the claim seems to hold; a first word that is merely the first is none."""
    words, index = ruling.tokens, 0
    while index < len(words):
        if not _begins(ruling, index):
            index += 1
            continue
        last = index
        for reach in range(index + 1, len(words)):
            between = ruling.text[words[reach - 1].end : words[reach].start]
            if between not in (" ", ". ", ".", "-"):
                break
            if words[reach].capital or between == "-" or (words[reach].text.isdigit() and reach == last + 1):
                last = reach
            elif words[reach].low not in _INSIDE or words[reach].low == "and":
                break
        found = words[index : last + 1]
        yield Run(ruling.text[found[0].start : found[-1].end], tuple(found))
        index = last + 1


def _begins(ruling: Ruling, index: int) -> bool:
    token = ruling.tokens[index]
    if not token.capital or token.low in _PLAIN:
        return False
    first = not re.search(r"[^\W_]", ruling.text[: token.start]) or bool(
        re.search(r"[.!?:]\s+$", ruling.text[: token.start])
    )
    if not first:
        return True
    following = ruling.tokens[index + 1] if index + 1 < len(ruling.tokens) else None
    joined = following is not None and following.capital and ruling.text[token.end : following.start] in (" ", ". ")
    if LEXICON.empty(token.low):
        return False if not joined else _title_begins(ruling, index)
    if joined or ruling.text[token.end : token.end + 2] in ("'s", "\u2019s"):
        return True
    return ruling.case.bears(token) is None and token.text in _name_words(ruling)


def _title_begins(ruling: Ruling, index: int) -> bool:
    """Tell whether an empty first word ("The", "Her") begins a name that is known as such."""
    two = [token.stem for token in ruling.tokens[index : index + 2]]
    return any(
        find(two, shelf.stems) >= 0
        for shelf in ruling.case.film
        if shelf.source.name in ("title", "aka", "directors", "stars")
    )


def _name_words(ruling: Ruling) -> set[str]:
    return {t.text for shelf in ruling.case.viewer for t in shelf.tokens if t.capital}


def _parts(run: Run) -> Iterator[Run]:
    """Yield the run without words that are no names: nationalities, genres, `IMDb`."""
    kept = tuple(t for t in run.tokens if t.low not in _PLAIN)
    while kept and (kept[-1].low in _INSIDE):
        kept = kept[:-1]
    if kept:
        yield Run(run.text, kept)


def _judge(ruling: Ruling, run: Run) -> None:
    movie = ruling.case.movie
    if _is_place_or_genre(ruling, run):
        return
    director = _person(run, movie.directors)
    star = _person(run, movie.stars)
    role = _role(ruling.text, run)
    if role == "director":
        _assign(ruling, run, director, "directors", movie.directors, wrong=bool(movie.directors))
        if _PLAYED_BY.search(ruling.text[: run.start]) or _ALSO_PLAYS.match(ruling.text[run.end :]):
            _assign(ruling, run, star, "stars", movie.stars, wrong=bool(movie.stars))
    elif role == "star":
        _assign(ruling, run, star, "stars", movie.stars, wrong=director is not None)
        if star:
            _cast_as(ruling, run, star)
    elif role == "other":
        source = ruling.case.quoted(run.stems, _overviews(ruling))
        if source is None:
            ruling.object(
                "unsupported", "role", f"the row does not tell of {run.text} in that part", run.start, run.end
            )
    elif person := director or star:
        ruling.kinds.append("person")
        ruling.bear("directors" if director else "stars", person, run.start, run.end)
        if star and not director:
            _cast_as(ruling, run, star)
    elif (source := ruling.case.quoted(run.stems, ruling.case.film)) and not _LIKENED.search(ruling.text[: run.start]):
        ruling.kinds.append("name")
        ruling.bear(source.name, source.text, run.start, run.end)
    else:
        _foreign(ruling, run)


def _role_after(ruling: Ruling, run: Run) -> None:
    movie, after = ruling.case.movie, ruling.text[run.end :]
    if not after.startswith(", who "):
        return
    if _DIRECTS.match(after):
        _assign(ruling, run, _person(run, movie.directors), "directors", movie.directors, wrong=bool(movie.directors))
    elif _PLAYS.match(after):
        star = _person(run, movie.stars)
        _assign(ruling, run, star, "stars", movie.stars, wrong=False)
        if star and _CAST_AS.match(after.removeprefix(", who")):
            ruling.object("unsupported", "role", f"the row does not say whom {star} plays")


def _cast_as(ruling: Ruling, run: Run, star: str) -> None:
    if _CAST_AS.match(ruling.text[run.end :]):
        ruling.object("unsupported", "role", f"the row does not say whom {star} plays")


def _overviews(ruling: Ruling) -> list[Shelf]:
    return [s for s in ruling.case.film if s.source.name == "overview"]


def _assign(ruling: Ruling, run: Run, person: str | None, field: str, held: list[str], *, wrong: bool) -> None:
    ruling.kinds.append("role")
    if person:
        ruling.bear(field, person, run.start, run.end)
    else:
        why = f"{field} of the row are {', '.join(held) or 'unknown'}"
        ruling.object("contradicted" if wrong else "unsupported", "role", why, run.start, run.end)


def _role(text: str, run: Run) -> str:
    before, after = text[: run.start], text[run.end :].removeprefix(".")
    if _MADE_BY.search(before):
        return "other"
    if _DIRECTED_BY.search(before) or _DIRECTS.match(after):
        return "director"
    return "star" if _PLAYED_BY.search(before) or _PLAYS.match(after) else ""


def _person(run: Run, people: list[str]) -> str | None:
    """Return the person of the list whose name it is, whole or by surname; a first name alone is nobody's."""
    for person in people:
        words = stems(person)
        if run.stems == words[-len(run.stems) :] or _without_initials(run.stems) == _without_initials(words):
            return person
        # "Joel and Ethan Coen": first names of people who share a surname.
        if run.stems == words[:1] and sum(stems(other)[-1:] == words[-1:] for other in people) > 1:
            return person
    return None


def _without_initials(words: list[str]) -> list[str]:
    return [word for word in words if len(word) > 1]


def _is_place_or_genre(ruling: Ruling, run: Run) -> bool:
    """Tell whether it is a nationality, a language, a country or a genre, and judge it as that."""
    movie = ruling.case.movie
    left: list[Token] = []
    for token in run.tokens:
        means = LEXICON.languages.get(token.text)
        if means is None or len(run.tokens) > 3:
            left.append(token)
            continue
        held = [
            (field, item) for field in ("languages", "countries") for item in getattr(movie, field) if item in means
        ]
        ruling.kinds.append("place")
        if held:
            ruling.bear(*held[0], token.start, token.end)
        elif source := ruling.in_prose(token.text):
            ruling.bear(*source, token.start, token.end)
        else:
            of_film = _OF_FILM.match(ruling.text[token.end :]) or _IN_TONGUE.search(ruling.text[: token.start])
            known = [*movie.languages, *movie.countries]
            verdict: Verdict = "contradicted" if known and of_film else "unsupported"
            why = f"the row has {', '.join(known) or 'no language'}"
            ruling.object(verdict, "place", why, token.start, token.end)
    if len(left) < len(run.tokens):
        if left and not all(LEXICON.empty(t.low) or ruling.case.bears(t) for t in left):
            _foreign(ruling, Run(run.text, tuple(left)))
        return True
    return all(ruling.is_settled(t.start, t.end) for t in run.tokens)


def _foreign(ruling: Ruling, run: Run) -> None:
    """Judge a name that is not in the row: the viewer may have named it, for a likeness."""
    if sentence := of_country(run.tokens, _overviews(ruling)):
        ruling.kinds.append("place")
        ruling.bear("overview", sentence, run.start, run.end)
        return
    source = ruling.case.quoted(run.stems, ruling.case.viewer)
    likening, told = LEXICON.pattern("likening", "cues"), LEXICON.pattern("viewer", "told")
    if source and (likening.search(ruling.text) or told.search(ruling.text)):
        ruling.kinds.append("comparison")
        ruling.bear(source.name, source.text, run.start, run.end)
    else:
        kind = "comparison" if likening.search(ruling.text[: run.start][-40:]) else "name"
        ruling.object("unsupported", kind, f"nobody has named {run.text}", run.start, run.end)
