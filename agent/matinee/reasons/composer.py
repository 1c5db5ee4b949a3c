"""Writes the reason for a film without a chat model: one or two sentences, made of what ranked the film up.

`matches` finds what of a film answers the request; here that is put into words. There are several ways to say the
same, and `Composer` chooses among them, so that the films of one answer do not all begin alike.
"""

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matinee.language.lexicon import section, words
from matinee.models import Candidate, Evidence, Movie, Preference, Spoilers, Understanding
from matinee.reasons.matches import MOST, Match, Request, Seed, seeds_of
from matinee.reasons.wording import Bit, an, and_, put, whole

_NEIGHBOURS = 9
"""So many reasons before this one must not begin with the same words."""
_HEAVY = {"genres", "year", "people", "kind", "memory", "stars"}
"""What is better told of the film as a noun than beside its moods."""


@dataclass(frozen=True)
class Said:
    """One sentence of a reason, with the strongest evidence for it; `quote` stands word for word in the source."""

    text: str
    support: Literal["catalogue", "request", "history"]
    source: str
    quote: str


@dataclass(frozen=True)
class Composed:
    """A reason: at most two sentences, and evidence for every fact that they tell."""

    sentences: list[Said]
    evidence: list[Evidence]

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return " ".join(said.text for said in self.sentences)


class Composer:
    """Composes the reasons of one answer.

    The same film gets the same reason again. Of the ways to say what there is to say of a film, the first is taken
    whose opening none of the last nine reasons had.
    """

    def __init__(
        self,
        understood: Understanding,
        *,
        preferences: Sequence[Preference] = (),
        seeds: Sequence[Movie] = (),
        ratings: Sequence[str] = (),
        spoilers: Spoilers = "premise",
    ) -> None:
        """Prepare to compose.

        Args:
            understood: the request.
            preferences: what the viewer told before.
            seeds: rows of films that the request names, or that the viewer liked; others are not compared with.
            ratings: the viewer's own, as "Rated Alien (1979) 4.5 of 5".
            spoilers: under `strict` nothing of a plot is told, moods, genres, people and figures only.
        """
        self._request = Request(understood, preferences, spoilers)
        self._seeds = list(seeds_of(self._request, preferences, seeds, ratings))
        self._openings: deque[str] = deque(maxlen=_NEIGHBOURS)
        self._form = ""
        self._composed: dict[str, Composed] = {}

    def reason(self, candidate: Candidate) -> Composed:
        """Return why the film suits, from what ranked it up; a row that knows little gives a short sentence."""
        movie_id = candidate.movie.movie_id
        if movie_id not in self._composed:
            match = Match(candidate, self._request, self._seeds)
            layouts = [(form, [_sentence(bit) for bit in said]) for form, said in _layouts(match, self._seeds)]
            form, chosen = min(layouts, key=lambda one: (_opening(one[1]) in self._openings, one[0] == self._form))
            self._openings.append(_opening(chosen))
            self._form = form
            self._composed[movie_id] = _composed(chosen, candidate.movie)
        return self._composed[movie_id]


def _genres(match: Match) -> dict[str, Bit]:
    """Return the genres that name the film, in the order of their nouns: those asked for, else the most special two."""
    order = list(section("film_nouns"))
    dropped = {"Family"} if any(bit.text == "family-friendly" for bit in match.bits["mood"]) else set()
    own = {bit.text: bit for bit in match.bits["genres"] if bit.text in order and bit.text not in dropped}
    if not own:
        known = [genre for genre in match.movie.genres if genre in order and genre not in dropped]
        special = [genre for genre in known if genre not in ("Drama", "Family")] if len(known) > 2 else known
        special.sort(key=order.index)
        own = {genre: Bit(genre, (("genres", genre),)) for genre in (*special[:1], *special[-1:])}
    return {genre: own[genre] for genre in sorted(own, key=order.index)}


def _noun(match: Match) -> Bit:
    """Return what the film is called by its kind and genres, as "heist thriller" or "spaghetti western"."""
    nouns, before = section("film_nouns"), section("film_adjectives")
    genres, kind = _genres(match), match.bits["kind"][:1]
    first = next(iter(genres), "")
    noun, front = nouns.get(first, "film"), [before[g] for g in reversed([*genres][1:]) if g in before]
    if first == "Film-Noir":
        front = []
    if kind and kind[0].text.split()[-1] in (noun, "film", "movie"):
        noun, front = "", []
    elif kind and kind[0].text in words("film_kinds", "animated"):
        noun, front = "film", []
    known = Bit(" ".join([*front, noun]), tuple(pair for bit in genres.values() for pair in bit.support))
    return put(" ".join(["{}"] * (len(kind) + bool(noun))), *kind, *([known] if noun else []))


def _film(match: Match, *, less: Sequence[str] = (), article: bool = True) -> Bit:
    """Return the film as a noun phrase, without the bits in the places of `less`."""
    bits = {place: [] if place in less else found for place, found in match.bits.items()}
    moods = [put(", ".join(["{}"] * len(found)), *found) for found in [bits.get("mood", [])] if found]
    front = [*moods, *bits.get("year", [])[:1], *bits.get("people", [])[:1], _noun(match)]
    noun = put(" ".join(["{}"] * len(front)), *front)
    noun = an(noun) if article else noun
    figures = bits.get("figure", [])
    behind = _behind(bits)
    if figures and not behind and figures[0].text.endswith(" minutes long"):
        behind, figures = [put("of {}", Bit(figures[0].text.removesuffix(" long"), figures[0].support))], figures[1:]
    form = " ".join(["{}"] * (1 + len(behind))) + (", {}" if figures else "")
    return put(form, noun, *behind, *([and_(figures)] if figures else []))


def _behind(bits: Mapping[str, list[Bit]]) -> list[Bit]:
    """Return what stands behind the noun: language, director, stars, subjects, place."""
    parts = [*bits.get("place", [])[:2], *bits.get("set", [])[:1]]
    for place, form in (
        ("directors", "by {}"),
        ("maker_of", "by the director of {}"),
        ("stars", "with {}"),
        ("about", "about {}"),
    ):
        if bits.get(place) and not (place == "maker_of" and bits.get("directors")):
            parts.append(put(form, and_(bits[place])))
    return [*parts, *bits.get("phrase", [])[:2]]


def _forms(match: Match) -> Iterator[tuple[str, Bit]]:
    """Yield sentences with all that describes the film, each with the name of its form, the most fitting first."""
    bits, asked = match.bits, match.asked
    several = len(bits["mood"]) > 1
    if bits["memory"]:
        how = "as you remember it" if match.request.identify else "as you describe it"
        film = _film(match, less=[] if asked - {"memory"} else ["figure", "mood"])
        yield "memory", put("{}, " + how + ", in {}", and_(bits["memory"]), film)
    elif match.request.identify and "year" in asked:
        yield "year", put("from {}, as you remember it, this is {}", bits["year"][0], _film(match, less=["year"]))
    if "directors" in asked:
        yield "director", _led(match, "directors", "{} directed this {}")
    if "stars" in asked:
        yield "star", _led(match, "stars", "{} is in this {}" if len(bits["stars"]) == 1 else "{} are in this {}")
    told_of_moods = match.literal or (several and asked > {"mood"} and asked <= {"mood", "about", "set"})
    if "mood" in asked and told_of_moods and not asked & _HEAVY:
        yield "moods", _predicate(match)
    yield "film", _film(match)
    if "figure" in asked:
        yield "figure", put("{}, this is {}", _figure_first(bits["figure"][0]), _without_first(match, "figure"))
    yield from _other_forms(match)


def _other_forms(match: Match) -> Iterator[tuple[str, Bit]]:
    """Yield sentences that say the same in another order, or with one fact more."""
    bits = match.bits
    several = len(bits["mood"]) > 1
    if several:
        yield "moods", put("{}, this is {}", and_(bits["mood"]), _film(match, less=["mood"]))
    if bits["directors"]:
        yield "director", _led(match, "directors", "{} directed this {}")
    if bits["about"]:
        yield "about", put("about {}, this is {}", and_(bits["about"]), _film(match, less=["about"]))
    if several:
        yield "moods", put("{}, this is {}", and_(bits["mood"][::-1]), _film(match, less=["mood"]))
    if set(match.movie.stars) - set(match.movie.directors) and not bits["stars"]:
        stars = [Bit(star, (("stars", star),)) for star in match.movie.stars if star not in match.movie.directors][:2]
        form = "{} are in this {}" if len(stars) > 1 else "{} is in this {}"
        yield "star", put(form, and_(stars), _film(match, article=False))
    if match.movie.year and not bits["year"]:
        yield (
            "year",
            put("from {}, this is {}", Bit(str(match.movie.year), (("year", str(match.movie.year)),)), _film(match)),
        )


def _figure_first(figure: Bit) -> Bit:
    text = figure.text
    return Bit(f"at {text.removesuffix(' long')}" if text.endswith(" long") else text, figure.support)


def _without_first(match: Match, place: str) -> Bit:
    kept, match.bits[place] = match.bits[place], match.bits[place][1:]
    film = _film(match)
    match.bits[place] = kept
    return film


def _led(match: Match, place: str, form: str) -> Bit:
    return put(form, and_(match.bits[place]), _film(match, less=[place, "maker_of"], article=False))


def _predicate(match: Match) -> Bit:
    """Return the moods, and behind them what else was asked: "Tense, as you asked, and by the director of Alien"."""
    bits, moods = match.bits, and_(match.bits["mood"])
    asked = {place: [] if place == "directors" and place not in match.asked else found for place, found in bits.items()}
    rest = [*_behind(asked), *bits["figure"]] or _behind(bits)
    alone = len(rest) == 1 and (match.literal or not bits["about"])
    form = "{}" + (", as you asked" if match.literal else "")
    return put(form + (", and {}" if alone else ", {}"), moods, and_(rest)) if rest else put(form, moods)


def _clauses(bits: Sequence[Bit], titles: Collection[str], before: str = "") -> Bit:
    """Join clauses to a sentence, in which the one film that was named in it or `before` is "that film"."""
    text = ""
    for bit in bits:
        said = bit.text
        named = [title for title in titles if len(title) > 2 and whole(title).search(before + text)]
        if len(named) == 1:
            known = rf"(?<!\w){re.escape(named[0])}(?!\w)(?:, which you (?:liked|rated [\d.]+))?"
            said = re.sub(known, "that film", said)
        if text and said.startswith("like "):
            said = said.replace(", it is", " it is", 1)
        text += f", and {said}" if text else said
    return Bit(text, and_(bits).support)


def _traits(bits: Mapping[str, list[Bit]]) -> Bit:
    about = bits["like about"]
    return and_([*bits["like mood"], *([put("about {}", and_(about))] if about else [])])


def _layouts(match: Match, seeds: Sequence[Seed]) -> Iterator[tuple[str, list[Bit]]]:
    """Yield ways to say all that there is to say, in at most two sentences each, the most fitting first."""
    bits, titles = match.bits, [seed.movie.title for seed in seeds]
    clauses = list(bits["clause"])
    likened = [put("like {}, it is {}", bits["like"][0], _traits(bits))] if bits["like"] else []
    if not match.asked:
        every = [*clauses[:1], *likened, *clauses[1:]]
        leading = [n for n, clause in enumerate(every) if not clause.text.startswith(("nothing", "it suits"))]
        for turn in leading if len(every) > 1 else ():
            turned = every[turn:] + every[:turn]
            parts = [part for part in (turned[:2], turned[2:4]) if part]
            yield " ".join(turned[0].text.split()[-2:]), [_clauses(part, titles) for part in parts]
        if likened and clauses:
            traits = put("{}, like {}", _traits(bits), bits["like"][0])
            yield "traits", [traits, _clauses(clauses[:3], titles, traits.text)]
    if len(clauses) > 1 and likened:
        for place in ("mood", "about"):
            bits[place] = [*bits[place], *bits[f"like {place}"]][:MOST]
        likened = []
    if bits["maker_of"] and not bits["directors"]:
        clauses = [clause for clause in clauses if " also directed " not in clause.text]
    clauses = [*likened, *clauses][:3]
    if not clauses and _film(match).text == "a film":
        yield "film", [Bit("not much is known of this one", (("title", match.movie.title),))]
        return
    for name, form in _forms(match):
        yield name, [form, *([_clauses(clauses, titles)] if clauses else [])]


def _sentence(bit: Bit) -> Bit:
    text = bit.text[0].upper() + bit.text[1:]
    return Bit(text if text[-1] in ".!?" else text + ".", bit.support)


def _opening(sentences: Sequence[Bit]) -> str:
    return " ".join(re.findall(r"[\w'\u2019-]+", sentences[0].text.casefold())[:2])


def _composed(sentences: Sequence[Bit], movie: Movie) -> Composed:
    said, evidence = list[Said](), list[Evidence]()
    for sentence in sentences:
        support = sentence.support or (("title", movie.title),)
        source, quote = min(
            support, key=lambda pair: ("request", "rating", "preference").count(pair[0].partition(":")[0])
        )
        kind = source.partition(":")[0]
        where: Literal["catalogue", "request", "history"] = (
            "request" if kind == "request" else "history" if kind in ("rating", "preference") else "catalogue"
        )
        said.append(Said(sentence.text, where, source, quote))
        evidence += [Evidence(claim=sentence.text, source=source, quote=quote) for source, quote in support]
    return Composed(said, evidence)
