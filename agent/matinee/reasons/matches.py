"""What of one film answers a request, as pieces of sentences."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from matinee.language.lexicon import section, words
from matinee.language.tokens import stem, stems, tokens
from matinee.models import Candidate, Movie, Preference, Spoilers
from matinee.query import TitleLookup, understand
from matinee.reasons.rating_sources import near_by_ratings, told_by_others
from matinee.reasons.spoilers import hints_at_ending, tellable
from matinee.reasons.wording import (
    Piece,
    Pieces,
    Support,
    adjectives,
    and_,
    film,
    fold,
    genre_words,
    mood_rows,
    placed,
    put,
    told_as,
    whole,
)
from matinee.understanding import Constraint, Critique, Understanding

_NEAREST = 10
"""Place up to which a film is called near to another one by plot."""
_WELL_RATED, _LIKED = 7.5, 3.5
"""The rating on IMDb that is worth saying; stars from which the viewer liked a film."""
_DEATH = re.compile(r"\b(?:death of|suicide|dies)\b", re.I)
_TAIL = {"runtime": "{} minutes long", "imdb_rating": "rated {} on IMDb", "metascore": "with a Metascore of {}"}
Wish = tuple[str, Mapping[str, Any], Support, set[str]]
"""A mood's word, its row of the table, where it is wished for, and of a mood to have less of words of the opposite."""
Seed = tuple[Movie, Piece, bool]
"""A film to which others are likened, its title, and whether the request names it; else it was liked before."""


class Wants:
    """What the viewer asks for, or stated before; `asked` are its telling words by their stems."""

    def __init__(self, understood: Understanding, source: str = "request") -> None:
        self.understood, self.text, self._source = understood, understood.text, source
        self._otherwise: Support = () if source == "request" else ((source, understood.text),)
        self.identify = understood.intent == "identify"
        self.demands = [*understood.constraints, *(understood.hints if self.identify else ())]
        self.wishes = [wish for n in (*understood.moods, *understood.critiques) for wish in self._wishes(n)]
        self.asked = {stem(word): word for word in understood.telling if len(word) > 2}

    def cite(self, said: str) -> Support:
        """Return the words as the text has them; else nothing of a request, and all that was stated before."""
        found = whole(said).search(self.text) if said.strip() else None
        return ((self._source, found[0]),) if found else self._otherwise

    def asks_for(self, item: str) -> Support | None:
        """Return where an item of a row is asked for, word by word; None, if it is not."""
        own = stems(item)
        if not own or not self.asked.keys() >= {*own}:
            return None
        return self.cite(item) or self.cite(self.asked[own[0]])

    def _wishes(self, critique: Critique) -> Iterator[Wish]:
        opposites = {*map(fold, critique.toward.split(", "))}
        for text, opposite in ((critique.toward, set[str]()), (critique.away, opposites)):
            word, said = fold(text.partition(",")[0]), {*text.split(", ")}
            for row in mood_rows():
                if word in (row["says"], *map(fold, row["words"])) and {*row["toward"].split(", ")} <= said:
                    yield word, row, self.cite(critique.words), opposite


def stated(preferences: Sequence[Preference]) -> list[Wants]:
    """Return what the viewer stated before."""
    told = [p for p in preferences if p.kind == "statement"]
    read = ((p, understand(p.text, TitleLookup([])).model_copy(update={"text": p.text})) for p in told)
    return [Wants(understood, f"preference:{p.preference_id}") for p, understood in read]


def seeds_of(
    request: Wants, preferences: Sequence[Preference], films: Sequence[Movie], ratings: Sequence[str]
) -> Iterator[Seed]:
    """Yield the films given that the request names as wanted, and those that the viewer liked or rated well."""
    wished = {m.movie_id: m.words for m in request.understood.mentions if m.role == "like"}
    likes = {p.movie_id: p for p in preferences if p.kind == "like"}
    rated = {text.rsplit(" ", 3)[0].removeprefix("Rated "): text for text in ratings}
    for row in {movie.movie_id: movie for movie in films}.values():
        text = rated.get(row.label) or rated.get(row.title, "")
        if row.movie_id in wished:
            yield row, Piece(row.title, request.cite(wished[row.movie_id]) or request.cite(row.title)), True
        elif p := likes.get(row.movie_id):
            yield row, Piece(f"{row.title}, which you liked", ((f"preference:{p.preference_id}", p.label),)), False
        elif text and float(text.split()[-3]) >= _LIKED:
            yield row, Piece(f"{row.title}, which you rated {text.split()[-3]}", (("rating:viewer", text),)), False


class Match:
    """What of one film answers the request: `bits` of a noun phrase, and `clauses` that relate the film to others."""

    def __init__(self, candidate: Candidate, wants: Sequence[Wants], seeds: Sequence[Seed], spoilers: Spoilers) -> None:
        """Compare a film with the request, which comes first in `wants`, with what was stated before and with seeds."""
        self.movie, self._request = candidate.movie, wants[0]
        told = tellable(self.movie, spoilers)
        self._premise, self._strict = told.overview, spoilers == "strict"
        self._left = [k for k in told.keywords if not _DEATH.search(k)]
        self.clauses, self.bits, liked = list[Piece](), Pieces(list), Pieces(list)
        self._answer(self.bits, self._request)
        self._memory()
        seeds = [seed for seed in seeds if seed[0].movie_id != self.movie.movie_id]
        for seed in seeds:
            self._likeness(*seed)
        for before in wants[1:]:
            self._answer(liked, before)
        if any(liked.values()):
            self.clauses.append(put("it suits your taste as {}", film(liked)))
        self._near(candidate, [title for _, title, named in seeds if named])
        self._fill()

    def row(self, source: str, n: int = 3) -> list[Piece]:
        """Return the first of what the row has, without those of whom the clauses or directors tell."""
        told = [bit.text for bit in (*self.clauses, *self.bits["directors"])]
        value = getattr(self.movie, source) or []
        listed = [str(item) for item in (value if isinstance(value, list) else [value])]
        return [Piece(item, ((source, item),)) for item in listed if not any(item in text for text in told)][:n]

    def moods(self) -> list[Piece]:
        """Return two of the film's moods, without those of which anything tells."""
        told = [bit.text for bit in (*self.clauses, *(bit for found in self.bits.values() for bit in found))]
        free = [mood for mood in self.movie.traits.moods if fold(mood) in adjectives()]
        left = [mood for mood in free if not any(mood in text for text in told)]
        return [Piece(mood, (("keywords", mood),)) for mood in left[:2]]

    def _answer(self, bits: Pieces, wants: Wants) -> None:
        for word, row, cited, opposite in wants.wishes:
            carried = sorted(self._carried(row["all"]), key=lambda keyword: fold(keyword) != word)
            if opposite:
                self._contrast(bits, (word if word in adjectives() else row["says"], row, cited, opposite))
            for keyword in () if opposite else carried[: 2 if len(wants.wishes) == 1 else 1]:
                self._tell(bits, keyword, cited)
        for demand in wants.demands:
            if demand.holds(self.movie):
                self._demand(bits, demand, wants.cite(demand.words))
        for source in ("directors", "stars"):
            for person in getattr(self.movie, source):
                if (asked := wants.asks_for(person)) is not None:
                    bits.add(source, person, ((source, person), *asked))
        for keyword in list(self._left):
            asked = wants.asks_for(keyword)
            if asked is not None and not keyword[0].isdigit() and fold(keyword) not in genre_words():
                self._tell(bits, keyword, asked)

    def _carried(self, wanted: Iterable[str]) -> list[str]:
        return [keyword for keyword in self._left if fold(keyword) in wanted]

    def _tell(self, bits: Pieces, keyword: str, support: Support = ()) -> None:
        """Tell a keyword in its place, once; of what happens nothing under strict spoilers."""
        self._left = [other for other in self._left if other != keyword]
        place, text = told_as(keyword, self.movie.overview)
        if not self._strict or (place in ("mood", "tail") and not text.startswith("set ")):
            bits.add(place, text, (("keywords", keyword), *support))

    def _contrast(self, bits: Pieces, wish: Wish) -> None:
        """Tell a mood that is the opposite of what is not wanted, or that nothing of the kind is known."""
        word, row, cited, opposite = wish
        tags = {tag for other in mood_rows() if opposite & {*other["words"]} for tag in other["tags"]}
        if against := self._carried(tags & adjectives()):
            self._left.remove(against[0])
            bits.add("tail", f"{told_as(against[0])[1]} rather than {word}", (("keywords", against[0]), *cited))
        elif cited and row["says"] in words("spared", "moods") and not self._carried(row["all"]):
            self.clauses.append(Piece(f"nothing {word} is known of it", cited))

    def _demand(self, bits: Pieces, demand: Constraint, cite: Support) -> None:
        name, refused = demand.field.value, demand.op == "none_of"
        if name == "year" or name in _TAIL:
            self._figure(bits, name, cite)
        if demand.told and not refused:
            bits.add("tail", demand.told, cite)
            return
        values = {v.casefold() for v in demand.value} if isinstance(demand.value, list) else set()
        told = values and (not refused or name == "languages")
        for source in () if not told else ("directors", "stars") if name == "people" else (name,):
            own: list[str] = getattr(self.movie, source)
            held = own[:1] if refused else [item for item in own if item.casefold() in values]
            for item in held:
                if source == "keywords":
                    self._tell(bits, item, cite)
                else:
                    bits.add(*placed(source, item, own), ((source, item), *cite))

    def _figure(self, bits: Pieces, name: str, cite: Support = ()) -> None:
        value = str(getattr(self.movie, name))
        bits.add("tail" if name in _TAIL else name, _TAIL.get(name, "{}").format(value), ((name, value), *cite))

    def _memory(self) -> None:
        """Quote the longest part of what is remembered of which each telling word stands in the premise, too."""
        told = {token.stem: token.text for token in tokens(self._premise)}
        asked, text = self._request.asked, self._request.text
        said = [token for token in tokens(text) if token.stem in asked]
        runs = [[*run] for fits, run in groupby(said, key=lambda token: token.stem in told) if fits]
        run = max(runs, key=len, default=[])
        if self._request.identify and len(run) >= max(2, len(asked) / 3):
            quote = text[run[0].start : run[-1].end]
            if not hints_at_ending(quote):
                support = (*(("overview", told[token.stem]) for token in run), ("request", quote))
                self.clauses.append(Piece(f"its story fits \u201c{quote}\u201d, as you remember it", support))

    def _likeness(self, other: Movie, title: Piece, named: bool) -> None:
        bits = Pieces(list)
        for source in ("directors", "stars"):
            for person in [p for p in getattr(self.movie, source) if p in getattr(other, source)][:2]:
                bits.add(source, person, ((source, person),))
        for keyword in self._carried({*map(fold, other.keywords)})[:3] if named else ():
            self._tell(bits, keyword)
        places = [place for place, found in bits.items() if found]
        if places == ["mood"]:
            self.clauses.append(put("like {}, it is {}", title, and_(bits["mood"])))
        elif places == ["about"]:
            self.clauses.append(put("like {}, it is about {}", title, and_(bits["about"])))
        elif places:
            self.clauses.append(put("like {}, it is {}", title, film(bits)))

    def _near(self, candidate: Candidate, named: Sequence[Piece]) -> None:
        near = candidate.receipt.get("neighbours")
        if named and near and near.rank and near.rank <= _NEAREST and self._premise:
            whom = named[0] if len(named) == 1 else Piece("the films you named", named[0].support)
            self.clauses.append(put("it is close in story to {}{}", whom, Piece("", (("overview", self._premise),))))
        titles = and_([Piece(title) for title in near_by_ratings(self._request.understood)]).text
        liked = f"who liked {titles}" if titles else "who share your taste"
        for text in told_by_others([candidate], self._request.understood).values():
            self.clauses.append(Piece(f"viewers {liked} tend to like this one", (("rating:neighbours", text),)))

    def _fill(self) -> None:
        """Describe a film that little is said of: its genres, its mood, who made it, how well it is rated."""
        bits, movie = self.bits, self.movie
        said = sum(map(len, (*bits.values(), self.clauses)))
        if not bits["genres"]:
            known = [genre for genre in section("film_words") if genre in movie.genres]
            special = [genre for genre in known if genre not in ("Drama", "Family")] if len(known) > 2 else known
            bits["genres"] = [Piece(genre, (("genres", genre),)) for genre in {*special[:1], *special[-1:]}]
        if said < 3 and not bits["mood"] and not bits["kind"]:
            for keyword in self._carried(adjectives())[: 1 if said else 2]:
                self._tell(bits, keyword)
        if said < 3 and not bits["directors"]:
            bits["directors"] = self.row("directors")
        facts = ["imdb_rating"] if (movie.imdb_rating or 0) >= _WELL_RATED else ["year", "runtime"]
        for name in [fact for fact in facts if not said and getattr(movie, fact)][:1]:
            self._figure(bits, name)
        if not said and not bits["directors"]:
            bits["stars"] = self.row("stars", 1)
