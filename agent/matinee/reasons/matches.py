"""What of one film answers a request: its bits, by their place in a sentence."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matinee.language.lexicon import section, words
from matinee.language.tokens import tokens
from matinee.models import Candidate, Constraint, Movie, Nudge, Preference, Spoilers, Understanding
from matinee.reasons.rating_sources import near_by_ratings, told_by_others
from matinee.reasons.spoilers import hints_at_ending, tellable
from matinee.reasons.wording import (
    Bit,
    Support,
    adjectives,
    and_,
    capitals,
    fold,
    mood_rows,
    peoples,
    phrases_within,
    plural,
    put,
    settings,
    subject,
    telling_stems,
    tells,
    wanted,
    whole,
)
from matinee.understanding import TitleLookup, understand

MOST = 3
"""Moods, subjects or names told of one film."""
_NEAREST = 10
"""Place up to which a film is called near to another one, by plot or by ratings."""
_WELL_RATED, _WELL_KNOWN, _LIKED = 7.5, 200_000, 3.5
"""On IMDb: the rating and the votes that are worth saying; stars from which the viewer liked a film."""
_RATED = re.compile(r"^Rated (?P<label>.+) (?P<stars>\d(?:\.\d)?) of 5$")
_DEATH = re.compile(r"\b(?:death of|suicide|dies)\b", re.I)
_FIGURES = {
    "year": "{}",
    "runtime": "{} minutes long",
    "imdb_rating": "rated {} on IMDb",
    "metascore": "with a Metascore of {}",
}


@dataclass(frozen=True)
class Wish:
    """A mood asked for; or one to have less of, with words of its opposite."""

    word: str
    row: Mapping[str, Any]
    support: Support
    opposite: frozenset[str] | None = None


@dataclass(frozen=True)
class Seed:
    """A film to which others are likened: named in the request, or liked before."""

    movie: Movie
    title: Bit
    named: bool


class Request:
    """What the viewer asked, told and rated, read once."""

    def __init__(self, understood: Understanding, preferences: Sequence[Preference], spoilers: Spoilers) -> None:
        self.understood, self.text, self.spoilers = understood, understood.text, spoilers
        self.identify = understood.intent == "identify"
        self.demands = [*understood.constraints, *(understood.hints if self.identify else ())]
        self.wishes = [wish for n in (*understood.moods, *understood.nudges) for wish in self.wishes_of(n)]
        blanked = [said for m in understood.mentions for said in (m.words, m.title)]
        blanked += [c.words for c in self.demands if c.op == "none_of" or c.field in ("directors", "stars", "people")]
        blanked += [quote for wish in self.wishes if wish.opposite is not None for _, quote in wish.support]
        self.words = wanted(understood.text, blanked)
        asked = [c.words for c in self.demands] + [quote for wish in self.wishes for _, quote in wish.support]
        self.described = wanted(understood.text, [*blanked, *asked])
        self.told = [(p, understand(p.text, TitleLookup([]))) for p in preferences if p.kind == "statement"]

    def cite(self, said: str) -> Support:
        """Return the words as the request has them; nothing where it has not."""
        found = whole(said).search(self.understood.text) if said.strip() else None
        return (("request", found[0]),) if found else ()

    def wishes_of(self, nudge: Nudge) -> Iterator[Wish]:
        """Yield the mood of the table that the nudge is for or against."""
        for text, less in ((nudge.toward, False), (nudge.away, True)):
            word, said = fold(text.partition(",")[0]), {*text.split(", ")}
            for row in mood_rows():
                if word in (row["says"], *map(fold, row["words"])) and {*row["toward"].split(", ")} <= said:
                    opposite = frozenset(map(fold, nudge.toward.split(", "))) if less else None
                    yield Wish(word, row, self.cite(nudge.words), opposite)


def seeds_of(
    request: Request, preferences: Sequence[Preference], films: Sequence[Movie], ratings: Sequence[str]
) -> Iterator[Seed]:
    """Yield the films named that the viewer wants more of, and those liked or rated well, as far as rows are given."""
    rows = {film.movie_id: film for film in films}
    seen: set[str] = set()
    for mention in request.understood.mentions:
        if mention.role == "like" and mention.movie_id in rows and mention.movie_id not in seen:
            seen.add(mention.movie_id)
            film = rows[mention.movie_id]
            yield Seed(film, Bit(film.title, request.cite(mention.words) or request.cite(film.title)), True)
    for p in preferences:
        if p.kind == "like" and p.movie_id in rows and p.movie_id not in seen:
            seen.add(p.movie_id)
            title = rows[p.movie_id].title
            yield Seed(
                rows[p.movie_id],
                Bit(f"{title}, which you liked", ((f"preference:{p.preference_id}", p.label),)),
                False,
            )
    for text in ratings:
        rated = _RATED.match(text)
        liked = next((f for f in films if rated and rated["label"] in (f.label, f.title)), None)
        if rated and liked and float(rated["stars"]) >= _LIKED and liked.movie_id not in seen:
            seen.add(liked.movie_id)
            title = f"{liked.title}, which you rated {rated['stars']}"
            yield Seed(liked, Bit(title, (("rating:viewer", text),)), False)


class Match:
    """What of one film answers the request, as bits of sentences: `bits` has them by their place in a sentence."""

    def __init__(self, candidate: Candidate, request: Request, seeds: Sequence[Seed]) -> None:
        self.movie, self.request, self._receipt = candidate.movie, request, candidate.receipt
        told = tellable(self.movie, request.spoilers)
        self._premise, self._strict = told.overview, request.spoilers == "strict"
        self._left = [k for k in told.keywords if not _DEATH.search(k)]
        self.bits: dict[str, list[Bit]] = defaultdict(list)
        self.literal = bool(request.wishes)
        for wish in request.wishes:
            self._wish(wish)
        for demand in request.demands:
            self._demand(demand)
        self._memory()
        self._subjects()
        self.asked = {place for place, bits in self.bits.items() if bits and place != "clause"}
        others = [seed for seed in seeds if seed.movie.movie_id != self.movie.movie_id]
        for seed in others:
            self._likeness(seed)
        self._near(candidate, [seed for seed in others if seed.named])
        self._history()
        self._fill()

    def _add(self, place: str, bit: Bit) -> None:
        if len(self.bits[place]) < MOST and all(bit.text != other.text for other in self.bits[place]):
            self.bits[place].append(bit)

    def _carried(self, wanted: Iterable[str]) -> list[str]:
        return [keyword for keyword in self._left if fold(keyword) in wanted]

    def _tell(self, keyword: str, support: Support = ()) -> None:
        """Tell a keyword in its place, once; of what happens nothing under strict spoilers."""
        self._left = [other for other in self._left if other != keyword]
        low = fold(keyword)
        if low in adjectives():
            place, text = "mood", low.replace(" ", "-")
        elif low in section("mood_phrases"):
            place, text = "phrase", section("mood_phrases")[low]
            if text.startswith("about "):
                place, text = "about", text.removeprefix("about ")
            elif not text.startswith("with "):
                place = "figure"
        else:
            spelt = whole(keyword).search(self.movie.overview)
            named = spelt and (spelt[0].isupper() or self.movie.overview[: spelt.start()].rstrip()[-1:].isalnum())
            place, text = subject(spelt[0] if spelt and named else capitals(keyword))
        of_mood = place in ("mood", "phrase", "figure") and any(low in row["all"] for row in mood_rows())
        if of_mood or not self._strict:
            self._add(place, Bit(text, (("keywords", keyword), *support)))

    def _wish(self, wish: Wish) -> None:
        carried = self._carried(wish.row["all"])
        word = wish.word if wish.word in adjectives() else wish.row["says"]
        if wish.opposite is None:
            carried.sort(key=lambda keyword: fold(keyword) != wish.word)
            told = carried[: 2 if len(self.request.wishes) == 1 else 1]
            self.literal &= bool(told) and all(whole(fold(k)).search(fold(self.request.text)) for k in told)
            for keyword in told:
                self._tell(keyword, wish.support)
            return
        self.literal = False
        word = word.replace(" ", "-")
        opposite = {w for row in mood_rows() if wish.opposite & {*row["words"]} for w in row["tags"]}
        if against := self._carried(opposite & adjectives()):
            shown = fold(against[0]).replace(" ", "-")
            support = (("keywords", against[0]), *wish.support)
            self._left.remove(against[0])
            self._add("figure", Bit(f"{shown} rather than {word}", support))
        elif not carried and wish.support and wish.row["says"] in words("spared", "moods"):
            self._add("clause", Bit(f"nothing {word} is known of it", wish.support))

    def _demand(self, demand: Constraint) -> None:
        name, cite = demand.field.value, self.request.cite(demand.words)
        foreign = name == "languages" and demand.op == "none_of"
        if not demand.holds(self.movie) or (demand.op == "none_of" and not foreign):
            return
        if name in _FIGURES:
            self._figure(name, cite)
            return
        values = {v.casefold() for v in demand.value} if isinstance(demand.value, list) else set()
        for source in ("directors", "stars") if name == "people" else (name,):
            own: list[str] = getattr(self.movie, source)
            held = own[:1] if foreign else [item for item in own if item.casefold() in values]
            if source in ("languages", "countries") and held:
                self._place(source, own, held, cite)
            for item in held:
                if source in ("genres", "directors", "stars"):
                    self._add(source, Bit(item, ((source, item), *cite)))
                elif source == "keywords":
                    self._tell(item, cite)

    def _figure(self, name: str, cite: Support = ()) -> None:
        value = str(getattr(self.movie, name))
        place = "year" if name == "year" else "figure"
        self._add(place, Bit(_FIGURES[name].format(value), ((name, value), *cite)))

    def _place(self, source: str, own: list[str], held: list[str], cite: Support) -> None:
        support = (*((source, item) for item in held), *cite)
        people = peoples().get(self.movie.countries[0]) if len(self.movie.countries) == 1 else None
        partly = "" if own[0] in held else "partly "
        if people and not partly and (source == "countries" or people == own[0]):
            self._add("people", Bit(people, support))
        elif source == "languages":
            spoken = and_([Bit(language) for language in held]).text
            self._add("figure" if partly else "place", Bit(f"{partly}in {spoken}", support))
        else:
            partly = "partly " if len(held) < len(own) else ""
            named = [Bit(f"the {c}" if re.match(r"US|UK|Uni|Neth|Sov|Cz.* R|Phil", c) else c) for c in held]
            self._add("place", Bit(f"made {partly}in {and_(named).text}", support))

    def _subjects(self) -> None:
        asked = telling_stems(self.request.words)
        genres = {fold(word) for name in ("film_nouns", "film_adjectives") for word in section(name).values()}
        for keyword in [k for k in self._left if fold(k) not in genres and not k[0].isdigit()]:
            own = [token.stem for token in tokens(keyword) if tells(token)]
            if own and asked.issuperset(own):
                said = next(t for t in self.request.words if t and t.stem == own[0])
                self._tell(keyword, self.request.cite(keyword) or self.request.cite(said.text))

    def _memory(self) -> None:
        """Add what the viewer describes, in their own words, as far as the premise has these words, too."""
        if self._strict:
            return
        joints = words("request_words", "joints")
        told = {token.stem: ("overview", token.text) for token in tokens(self._premise) if token.low not in joints}
        told |= {token.stem: ("keywords", k) for k in self._left for token in tokens(k) if token.low not in joints}
        text, spans = self.request.understood.text, list[tuple[set[str], Bit]]()
        for run in phrases_within(self.request.described, told):
            said, shared = text[run[0].start : run[-1].end], telling_stems(run)
            if shared and fold(said) not in settings() and not hints_at_ending(said):
                shown = said if run[0].text.isupper() and len(run[0].text) > 1 else said[0].lower() + said[1:]
                spans.append((shared, Bit(shown, (told[min(shared)], ("request", said)))))
        spans = sorted(spans, key=lambda one: -len(one[0]))[:2]
        if spans and re.search(
            r"(?<! of)(?<! in)(?<! on)(?<! with)(?<! by) (?:a|an|the|his|her|their) ", spans[0][1].text
        ):
            del spans[1:]  # it tells what happens, and is a sentence already
        covered = set[str]().union(*(shared for shared, _ in spans))
        if len(covered) >= max(1 if self.request.identify else 2, len(telling_stems(self.request.described)) / 3):
            self.bits["memory"] = [bit for _, bit in spans]
            self._left = [k for k in self._left if not telling_stems(tokens(k)) <= covered or fold(k) in adjectives()]

    def _likeness(self, seed: Seed) -> None:
        same = {s: [p for p in getattr(self.movie, s) if p in getattr(seed.movie, s)] for s in ("directors", "stars")}
        for person in same["directors"][:1]:
            self._add("clause", put("{} also directed {}", Bit(person, (("directors", person),)), seed.title))
            if seed.named:
                self._add("maker_of", seed.title)
        others = [person for person in same["stars"] if person not in same["directors"]][:2]
        if stars := [Bit(person, (("stars", person),)) for person in others]:
            form = "{} is in it, as in {}" if len(stars) == 1 else "{} are in it, as in {}"
            self._add("clause", put(form, and_(stars), seed.title))
        if not seed.named:
            return
        mine, self.bits = self.bits, defaultdict(list)
        for keyword in [k for k in self._left if fold(k) in map(fold, seed.movie.keywords)][:MOST]:
            self._tell(keyword)
        traits, self.bits = self.bits, mine
        for place in ("mood", "about"):
            for bit in traits[place]:
                self._add(f"like {place}", bit)
        if (traits["mood"] or traits["about"]) and not self.bits["like"]:
            self.bits["like"] = [seed.title]

    def _near(self, candidate: Candidate, named: Sequence[Seed]) -> None:
        near = self._receipt.get("neighbours")
        if named and near and near.rank and near.rank <= _NEAREST and self._premise:
            close = "it is close in story to " + ("the films you named{1}" if len(named) > 1 else "{}{}")
            self._add("clause", put(close, named[0].title, Bit("", (("overview", self._premise),))))
        for text in told_by_others([candidate], self.request.understood).values():
            whom = near_by_ratings(self.request.understood)
            liked = f"who liked {and_([Bit(title) for title in whom]).text}" if whom else "who share your taste"
            self._add("clause", Bit(f"viewers {liked} tend to like this one", (("rating:neighbours", text),)))

    def _history(self) -> None:
        terms: dict[str, Bit] = {}
        for preference, told in self.request.told:
            cite: Support = ((f"preference:{preference.preference_id}", preference.text),)
            for text, row in self._suits(told):
                terms.setdefault(text, Bit(text, (row, *cite)))
        if terms:
            self._add("clause", put("it suits your liking for {}", and_(list(terms.values())[:2])))

    def _suits(self, told: Understanding) -> Iterator[tuple[str, tuple[str, str]]]:
        stems = telling_stems(wanted(told.text, [c.words for c in told.constraints if c.op == "none_of"]))
        for source, how in (("directors", "by"), ("stars", "with")):
            for person in getattr(self.movie, source):
                if {token.stem for token in tokens(person)} <= stems:
                    yield f"films {how} {person}", (source, person)
        for wish in (wish for mood in told.moods for wish in self.request.wishes_of(mood)):
            for keyword in [k for k in self.movie.keywords if fold(k) == wish.word][:1]:
                yield f"{wish.word.replace(' ', '-')} films", ("keywords", keyword)
        for demand in told.constraints:
            for genre in self.movie.genres if demand.field == "genres" and demand.op != "none_of" else ():
                if isinstance(demand.value, list) and genre in demand.value:
                    yield plural(section("film_nouns").get(genre, "film")), ("genres", genre)
        for keyword in () if self._strict else self._left:
            own = {token.stem for token in tokens(keyword) if tells(token)}
            place, text = subject(capitals(keyword))
            if own and own <= stems and place == "about":
                yield f"films about {text}", ("keywords", keyword)

    def _fill(self) -> None:
        """Describe a film that little is said of: its mood, who made it, how well it is rated or known."""
        said = sum(len(self.bits[place]) for place in (*self.asked, "clause"))
        if said < 3 and not self.bits["mood"] and not self.bits["kind"]:
            family = {"family friendly"} if any(bit.text == "Family" for bit in self.bits["genres"]) else set()
            for keyword in self._carried(adjectives() - family)[: 1 if said else 2]:
                self._tell(keyword)
        if said < 5 and self.movie.directors and not self.bits["directors"] and not self.bits["maker_of"]:
            self.bits["directors"] = [Bit(d, (("directors", d),)) for d in self.movie.directors[:MOST]]
        if said:
            return
        rating, votes = self.movie.imdb_rating, self.movie.imdb_votes
        if rating is not None and rating >= _WELL_RATED:
            self._figure("imdb_rating")
        elif votes and votes >= _WELL_KNOWN:
            self._add("figure", Bit("known to many", (("imdb_votes", str(votes)),)))
        elif self.movie.year and not self.bits["year"]:
            self._figure("year")
        if not self.movie.genres and not self.bits["directors"]:
            for star in self.movie.stars[:1]:
                self._add("stars", Bit(star, (("stars", star),)))
            if self.movie.runtime:
                self._figure("runtime")
