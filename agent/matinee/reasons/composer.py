"""Writes the reason for a film without a chat model: one or two sentences, made of what ranked the film up.

`_Request` reads what the viewer asked and told, `_Match` finds what of one film answers it, `_layouts` puts that into
words, and `Composer` chooses among the layouts, so that the films of one answer do not all begin alike.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from matinee.language.lexicon import section, words
from matinee.language.tokens import Token, tokens
from matinee.models import Candidate, Constraint, Evidence, Movie, Nudge, Preference, Spoilers, Understanding
from matinee.reasons.rating_sources import near_by_ratings, told_by_others
from matinee.reasons.spoilers import hints_at_ending as tells_ending
from matinee.reasons.spoilers import tellable
from matinee.understanding import TitleLookup, understand
from matinee.understanding.phrases import load

Support = tuple[tuple[str, str], ...]
"""Pairs of a source, named as in `grounding.claims.sources`, and what stands there word for word."""

_NEAREST = 10
"""Place up to which a film is called near to another one, by plot or by ratings."""
_NEIGHBOURS = 9
"""So many reasons before this one must not begin with the same words."""
_WELL_RATED, _WELL_KNOWN, _LIKED = 7.5, 200_000, 3.5
"""On IMDb: the rating and the votes that are worth saying; stars from which the viewer liked a film."""
_MOST = 3
"""Moods, subjects or names told of one film."""
_RATED = re.compile(r"^Rated (?P<label>.+) (?P<stars>\d(?:\.\d)?) of 5$")
_AN = re.compile(r"(?!uni|use|eu|one\b)[aeiou]|hono|hour|heir|8|1[18](?!\d)|1[18]\d\d\b", re.I)
_PAUSE = re.compile(r"[,.;:!?()\n\u2013\u2014]")
_FIGURES = {
    "year": "{}",
    "runtime": "{} minutes long",
    "imdb_rating": "rated {} on IMDb",
    "metascore": "with a Metascore of {}",
}


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


@dataclass(frozen=True)
class _Bit:
    text: str
    support: Support = ()


def _put(form: str, *bits: _Bit) -> _Bit:
    return _Bit(form.format(*(b.text for b in bits)), tuple(dict.fromkeys(pair for b in bits for pair in b.support)))


def _and(bits: Sequence[_Bit]) -> _Bit:
    return _put("{}, " * (len(bits) - 2) + "{} and {}" if len(bits) > 1 else "{}", *bits)


def _a(bit: _Bit) -> _Bit:
    return _put("an {}" if _AN.match(bit.text) else "a {}", bit)


def _fold(text: str) -> str:
    return text.casefold().replace("-", " ").strip()


def _whole(said: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(said)}(?!\w)", re.I)


@cache
def _rows() -> list[dict[str, Any]]:
    return [{**row, "all": {_fold(w) for w in (*row["words"], *row["tags"])}} for row in load("nudges")["mood"]]


@cache
def _adjectives() -> frozenset[str]:
    nouns = {*section("mood_phrases"), *load("nudges")["reading"]["things"]} - {"moving", "deep", "personal", "easy"}
    return frozenset(word for row in _rows() for word in row["all"] if word not in nouns)


@cache
def _settings() -> dict[str, str]:
    placed = {_fold(name): f"set {how} {name}" for how, names in section("settings").items() for name in names}
    return placed | {other: placed[name] for other, name in section("setting_names").items()}


@cache
def _peoples() -> dict[str, str]:
    """Return the adjective of each country, as `{"France": "French"}`; a country's own row comes before a region's."""
    rows = [row for row in load("places")["place"] if row.get("names") and row.get("adjectives")]
    rows.sort(key=lambda row: len(row["countries"]), reverse=True)
    return {country: row["adjectives"][0].title() for row in rows for country in row["countries"]}


@dataclass(frozen=True)
class _Wish:
    """A mood asked for; or one to have less of, with words of its opposite."""

    word: str
    row: Mapping[str, Any]
    support: Support
    opposite: frozenset[str] | None = None


@dataclass(frozen=True)
class _Seed:
    """A film to which others are likened: named in the request, or liked before."""

    movie: Movie
    title: _Bit
    named: bool


class _Request:
    """What the viewer asked, told and rated, read once."""

    def __init__(self, understood: Understanding, preferences: Sequence[Preference], spoilers: Spoilers) -> None:
        self.understood, self.spoilers = understood, spoilers
        self.identify = understood.intent == "identify"
        self.demands = [*understood.constraints, *(understood.hints if self.identify else ())]
        self.wishes = [wish for n in (*understood.moods, *understood.nudges) for wish in self._wishes(n)]
        blanked = [said for m in understood.mentions for said in (m.words, m.title)]
        blanked += [c.words for c in self.demands if c.op == "none_of" or c.field in ("directors", "stars", "people")]
        blanked += [quote for wish in self.wishes if wish.opposite is not None for _, quote in wish.support]
        self.words = _wanted(understood.text, blanked)
        self.told = [
            (p, understand(p.text, TitleLookup([])), _wanted(p.text, ())) for p in preferences if p.kind == "statement"
        ]

    def cite(self, said: str) -> Support:
        found = _whole(said).search(self.understood.text) if said.strip() else None
        return (("request", found[0]),) if found else ()

    def _wishes(self, nudge: Nudge) -> Iterator[_Wish]:
        for text, less in ((nudge.toward, False), (nudge.away, True)):
            word, said = _fold(text.partition(",")[0]), {*text.split(", ")}
            for row in _rows():
                if word in (row["says"], *map(_fold, row["words"])) and {*row["toward"].split(", ")} <= said:
                    opposite = frozenset(map(_fold, nudge.toward.split(", "))) if less else None
                    yield _Wish(word, row, self.cite(nudge.words), opposite)


def _wanted(text: str, blanked: Iterable[str]) -> list[Token | None]:
    """Return the words of a text; None for a pause, and for those that are refused or belong to a name."""
    spans = [m.span() for said in blanked if said for m in _whole(said).finditer(text)]
    found, refused, end = list[Token | None](), 0, 0
    for token in tokens(text):
        if _PAUSE.search(text[end : token.start]):
            refused = 0
            found.append(None)
        end = token.end
        refused = 4 if token.low in words("request_words", "negations") else 0 if token.low == "but" else refused - 1
        named = any(start <= token.start < stop for start, stop in spans)
        found.append(None if refused > 0 or named else token)
    return found


def _tells(token: Token) -> bool:
    return len(token.low) > 2 and not any(token.low in words("request_words", key) for key in ("joints", "empty"))


def _stems(found: Iterable[Token | None]) -> set[str]:
    return {token.stem for token in found if token and _tells(token)}


def _subject(keyword: str) -> tuple[str, str]:
    """Return how a keyword is told: `about` with its words, `set` with where, `kind` with an adjunct of the noun."""
    low = _fold(keyword)
    if low in _settings():
        return "set", _settings()[low]
    head = low.split()[-1]
    bare = low in section("themes")["phrases"] or head in words("themes", "words") or re.search(r"[^sui]s$", head)
    if bare:
        return "about", keyword
    agent = re.search(r"(?:er|or|ist|ian|man|ee)$", head) and head not in words("things", "no_agents")
    if agent or head in words("things", "words"):
        return "about", _a(_Bit(keyword)).text
    if re.search(r"(?:ness|ity|ism|ship|hood|ance|ence|dom|[ts]ion)$", head):
        return "about", keyword
    joined = any(word in words("request_words", "joints") for word in low.split())
    return "kind", keyword.replace(" ", "-") if joined else keyword


class _Match:
    """What of one film answers the request, as bits of sentences: `bits` has them by their place in a sentence."""

    def __init__(self, candidate: Candidate, request: _Request, seeds: Sequence[_Seed]) -> None:
        self.movie, self.request, self._receipt = candidate.movie, request, candidate.receipt
        told = tellable(self.movie, request.spoilers)
        self._premise, self._strict = told.overview, request.spoilers == "strict"
        self._left = [k for k in told.keywords if not tells_ending(k)]
        self.bits: dict[str, list[_Bit]] = defaultdict(list)
        self.literal = bool(request.wishes)
        for wish in request.wishes:
            self._wish(wish)
        for demand in request.demands:
            self._demand(demand)
        self._subjects()
        self._memory()
        self.asked = {place for place, bits in self.bits.items() if bits and place != "clause"}
        for seed in seeds:
            self._likeness(seed)
        self._near(candidate, [seed for seed in seeds if seed.named])
        self._history()
        self._fill()

    def _add(self, place: str, bit: _Bit) -> None:
        if len(self.bits[place]) < _MOST and all(bit.text != other.text for other in self.bits[place]):
            self.bits[place].append(bit)

    def _carried(self, wanted: Iterable[str]) -> list[str]:
        return [keyword for keyword in self._left if _fold(keyword) in wanted]

    def _tell(self, keyword: str, support: Support = (), bits: dict[str, list[_Bit]] | None = None) -> None:
        """Tell a keyword in its place, once; of what happens nothing under strict spoilers."""
        self._left = [other for other in self._left if other != keyword]
        low = _fold(keyword)
        if low in _adjectives():
            place, text = "mood", low.replace(" ", "-")
        elif low in section("mood_phrases"):
            place, text = "phrase", section("mood_phrases")[low]
            if text.startswith("about "):
                place, text = "about", text.removeprefix("about ")
        else:
            place, text = _subject(keyword)
        if place == "mood" or not self._strict or (place == "phrase" and text.startswith(("with ", "full "))):
            self._add(place, _Bit(text, (("keywords", keyword), *support)))

    def _wish(self, wish: _Wish) -> None:
        carried = self._carried(wish.row["all"])
        word = wish.word if wish.word in _adjectives() else wish.row["says"]
        if wish.opposite is None:
            carried.sort(key=lambda keyword: _fold(keyword) != wish.word)
            self.literal &= bool(carried) and _fold(carried[0]) == wish.word
            for keyword in carried[: 2 if len(self.request.wishes) == 1 else 1]:
                self._tell(keyword, wish.support)
            return
        self.literal = False
        against = self._carried(
            {w for row in _rows() if row["all"] & wish.opposite for w in row["tags"]} & _adjectives()
        )
        if against:
            bit = _Bit(
                f"{_fold(against[0]).replace(' ', '-')} rather than {word}", (("keywords", against[0]), *wish.support)
            )
            self._add("figure", bit)
        elif not carried and wish.support:
            self._add("clause", _Bit(f"nothing {word} is known of it", wish.support))

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
                    self._add(source, _Bit(item, ((source, item), *cite)))
                elif source == "keywords":
                    self._tell(item, cite)

    def _figure(self, name: str, cite: Support = ()) -> None:
        value = str(getattr(self.movie, name))
        place = "year" if name == "year" else "figure"
        self._add(place, _Bit(_FIGURES[name].format(value), ((name, value), *cite)))

    def _place(self, source: str, own: list[str], held: list[str], cite: Support) -> None:
        support = (*((source, item) for item in held), *cite)
        people = _peoples().get(self.movie.countries[0]) if len(self.movie.countries) == 1 else None
        partly = "" if own[0] in held else "partly "
        if people and not partly and (source == "countries" or people == own[0]):
            self._add("people", _Bit(people, support))
        elif source == "languages":
            self._add("figure", _Bit(f"{partly}in {_and([_Bit(item) for item in held]).text}", support))
        else:
            partly = "partly " if len(held) < len(own) else ""
            named = [_Bit(f"the {c}" if re.match(r"US|UK|Uni|Neth|Sov|Cz.* R|Phil", c) else c) for c in held]
            self._add("figure", _Bit(f"made {partly}in {_and(named).text}", support))

    def _subjects(self) -> None:
        asked = _stems(self.request.words)
        genres = {_fold(word) for name in ("film_nouns", "film_adjectives") for word in section(name).values()}
        for keyword in list(self._left):
            own = [token for token in tokens(keyword) if _tells(token)]
            if (
                own
                and {token.stem for token in own} <= asked
                and _fold(keyword) not in genres
                and not keyword[0].isdigit()
            ):
                said = next(t for t in self.request.words if t and t.stem == own[0].stem)
                self._tell(keyword, self.request.cite(keyword) or self.request.cite(said.text))

    def _memory(self) -> None:
        """Add what the viewer describes, in their own words, as far as the premise has these words, too."""
        if self._strict:
            return
        told = {token.stem: ("overview", token.text) for token in tokens(self._premise)}
        told |= {token.stem: ("keywords", k) for k in self._left for token in tokens(k)}
        text, shared = self.request.understood.text, set[str]()
        spans: list[tuple[int, _Bit]] = []
        for run in _runs(self.request.words, told):
            content = [token for token in run if _tells(token) and token.stem in told]
            said = text[run[0].start : run[-1].end]
            if content and not tells_ending(said):
                shared |= {token.stem for token in content}
                first = said if said[:2] in ("I ", "I'") or said[:2].isupper() else said[0].lower() + said[1:]
                spans.append((len(content), _Bit(first, (told[content[0].stem], ("request", said)))))
        if len(shared) < (1 if self.request.identify else 2) or max((n for n, _ in spans), default=0) < 1:
            return
        for _, span in sorted(spans, key=lambda one: -one[0])[:2]:
            self._add("memory", span)

    def _likeness(self, seed: _Seed) -> None:
        same = {s: [p for p in getattr(self.movie, s) if p in getattr(seed.movie, s)] for s in ("directors", "stars")}
        for person in same["directors"][:1]:
            self._add("clause", _put("{} also directed {}", _Bit(person, (("directors", person),)), seed.title))
            self._add("maker_of", seed.title)
        if stars := [_Bit(person, (("stars", person),)) for person in same["stars"] if person not in same["directors"]][
            :2
        ]:
            form = "{} is in it, as in {}" if len(stars) == 1 else "{} are in it, as in {}"
            self._add("clause", _put(form, _and(stars), seed.title))
        if not seed.named:
            return
        mine, self.bits = self.bits, defaultdict(list)
        for keyword in [k for k in self._left if _fold(k) in map(_fold, seed.movie.keywords)][:_MOST]:
            self._tell(keyword)
        traits, self.bits = self.bits, mine
        for place in ("mood", "about"):
            for bit in traits[place]:
                self._add(f"like {place}", bit)
        if (traits["mood"] or traits["about"]) and not self.bits["like"]:
            self.bits["like"] = [seed.title]

    def _near(self, candidate: Candidate, named: Sequence[_Seed]) -> None:
        near = self._receipt.get("neighbours")
        if named and near and near.rank and near.rank <= _NEAREST and self._premise:
            title = (
                named[0].title if len(named) == 1 else _put("the films you named{}", _Bit("", named[0].title.support))
            )
            shown = (
                _put("its story is close to that of {}", title)
                if len(named) == 1
                else _put("its story is close to {}", title)
            )
            self._add("clause", _put("{}", _Bit(shown.text, (("overview", self._premise), *shown.support))))
        for source in told_by_others([candidate], self.request.understood).values():
            whom = near_by_ratings(self.request.understood)
            liked = f"who liked {_and([_Bit(title) for title in whom]).text}" if whom else "who share your taste"
            self._add("clause", _Bit(f"viewers {liked} tend to like this one", ((source.name, source.text),)))

    def _history(self) -> None:
        terms: dict[str, _Bit] = {}
        for preference, understood, said in self.request.told:
            cite: Support = ((f"preference:{preference.preference_id}", preference.text),)
            for text, row in self._suits(understood, said):
                terms.setdefault(text, _Bit(text, (row, *cite)))
        if terms:
            self._add("clause", _put("it suits your liking for {}", _and(list(terms.values())[:2])))

    def _suits(self, told: Understanding, said: Sequence[Token | None]) -> Iterator[tuple[str, tuple[str, str]]]:
        stems = _stems(said)
        for source, how in (("directors", "by"), ("stars", "with")):
            for person in getattr(self.movie, source):
                if {token.stem for token in tokens(person)} <= stems:
                    yield f"films {how} {person}", (source, person)
        for demand in told.constraints:
            if demand.field == "genres" and demand.op != "none_of" and demand.holds(self.movie):
                genre = next(g for g in self.movie.genres if g in str(demand.value))
                yield _plural(section("film_nouns").get(genre, "film")), ("genres", genre)
        for keyword in () if self._strict else self.movie.keywords:
            own = {token.stem for token in tokens(keyword) if _tells(token)}
            place, text = _subject(keyword)
            if own and own <= stems and keyword not in self._left and _fold(keyword) in _adjectives():
                yield f"{keyword.replace(' ', '-')} films", ("keywords", keyword)
            elif own and own <= stems and place == "about":
                yield f"films about {text}", ("keywords", keyword)

    def _fill(self) -> None:
        """Describe a film that little is said of: its mood, who made it, how well it is rated or known."""
        said = sum(len(self.bits[place]) for place in (*self.asked, "clause"))
        if said < 3 and not self.bits["mood"]:
            for keyword in self._carried(_adjectives())[:2]:
                self._tell(keyword)
        if said < 3 and self.movie.directors and not self.bits["directors"] and not self.bits["maker_of"]:
            self.bits["directors"] = [_Bit(d, (("directors", d),)) for d in self.movie.directors[:_MOST]]
        if said:
            return
        rating, votes = self.movie.imdb_rating, self.movie.imdb_votes
        if rating is not None and rating >= _WELL_RATED:
            self._figure("imdb_rating")
        elif votes and votes >= _WELL_KNOWN:
            self._add("figure", _Bit("known to many", (("imdb_votes", str(votes)),)))
        elif self.movie.year and not self.bits["year"]:
            self._figure("year")
        if not self.movie.genres and not self.bits["directors"] and self.movie.stars:
            self._add("stars", _Bit(self.movie.stars[0], (("stars", self.movie.stars[0]),)))


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") else noun if noun.endswith("s") else noun + "s"


def _runs(found: Sequence[Token | None], told: Mapping[str, Any]) -> Iterator[list[Token]]:
    """Yield the stretches of a request whose telling words are all in `told`, from an article or a clause's start on."""
    joints, articles = words("request_words", "joints"), words("request_words", "determiners")
    run: list[Token] = []
    free = True
    for token in [*found, None]:
        if token and (token.low in joints or token.stem in told):
            if run or token.low in articles or (free and token.low not in joints):
                run.append(token)
            free = token.low in joints
            continue
        while run and (run[-1].low in joints or (len(run) > 2 and run[-2].low in ("who", "which", "that", "where"))):
            run.pop()
        if run:
            yield run
        run, free = [], token is None


def _noun(match: _Match) -> _Bit:
    """Return what the film is called by its genre: what was asked for, else what is most special about it."""
    nouns, before = section("film_nouns"), section("film_adjectives")
    own = {bit.text: bit for bit in match.bits["genres"]}
    if not own:
        known = [genre for genre in match.movie.genres if genre in nouns]
        special = [g for g in known if g != "Drama"] if len(known) > 2 or known[1:] == ["Film-Noir"] else known
        ordered = sorted(special, key=list(nouns).index)
        own = {genre: _Bit(genre, (("genres", genre),)) for genre in dict.fromkeys((*ordered[:1], *ordered[-1:]))}
    ordered = sorted((genre for genre in own if genre in nouns), key=list(nouns).index)
    if not ordered:
        return _Bit("film")
    front = [before[genre] for genre in reversed(ordered[1:]) if genre in before]
    return _put(" ".join([*front, nouns[ordered[0]]]) + "{}", _Bit("", _and([own[g] for g in ordered]).support))


def _film(match: _Match, *, less: Sequence[str] = (), article: bool = True) -> _Bit:
    """Return the film as a noun phrase, without the bits in the places of `less`."""
    bits = {place: [] if place in less else found for place, found in match.bits.items()}
    moods = [_put(", ".join(["{}"] * len(found)), *found) for found in [bits.get("mood", [])] if found]
    front = [*moods, *bits.get("year", [])[:1], *bits.get("people", [])[:1], *bits.get("kind", [])[:1], _noun(match)]
    noun = _put(" ".join(["{}"] * len(front)), *front)
    noun = _a(noun) if article else noun
    figures = bits.get("figure", [])
    behind = _behind(bits)
    if figures and not behind and figures[0].text.endswith(" minutes long"):
        behind, figures = [_put("of {}", _Bit(figures[0].text.removesuffix(" long"), figures[0].support))], figures[1:]
    form = " ".join(["{}"] * (1 + len(behind))) + (", {}" if figures else "")
    return _put(form, noun, *behind, *([_and(figures)] if figures else []))


def _behind(bits: Mapping[str, list[_Bit]]) -> list[_Bit]:
    """Return what stands behind the noun: subjects, place, director, stars."""
    parts = [_put("about {}", _and(bits["about"]))] if bits.get("about") else []
    parts += [*bits.get("set", [])[:1], *bits.get("phrase", [])[:2]]
    if bits.get("directors"):
        parts.append(_put("by {}", _and(bits["directors"])))
    elif bits.get("maker_of"):
        parts.append(_put("by the director of {}", _and(bits["maker_of"])))
    return [*parts, _put("with {}", _and(bits["stars"]))] if bits.get("stars") else parts


def _forms(match: _Match) -> Iterator[_Bit]:
    """Yield sentences that describe the film by all its bits, the most fitting first."""
    bits = match.bits
    if bits["memory"]:
        how = "as you remember it" if match.request.identify else "as you describe it"
        bare = not match.asked - {"memory"}
        film = _film(match, less=["figure", "mood"] if bare else [])
        yield _put("{}, " + how + ", in {}", bits["memory"][0], film)
    if bits["directors"] and "directors" in match.asked:
        yield from _led(match, "directors", "{} directed this {}")
    if bits["stars"]:
        yield from _led(match, "stars", "{} is in this {}" if len(bits["stars"]) == 1 else "{} are in this {}")
    if bits["mood"] and not match.asked & {"genres", "year", "people", "kind", "memory"}:
        yield _predicate(match)
    if bits["figure"] and bits["figure"][0].text.endswith(" minutes long"):
        minutes = _Bit(bits["figure"][0].text.removesuffix(" long"), bits["figure"][0].support)
        rest = _without_first(match, "figure")
        yield _put("at {}, this is {}", minutes, rest)
    yield _film(match)
    if bits["mood"]:
        yield _put("{}, this is {}", _and(bits["mood"]), _film(match, less=["mood"]))
        yield _put("{}, this is {}", _and(bits["mood"][::-1]), _film(match, less=["mood"]))
    if bits["directors"]:
        yield from _led(match, "directors", "{} directed this {}")
    if bits["about"]:
        yield _put("about {}, this is {}", _and(bits["about"]), _film(match, less=["about"]))
    if match.movie.year:
        year = _Bit(str(match.movie.year), (("year", str(match.movie.year)),))
        yield _put("from {}, {}", year, _film(match, less=["year"]))


def _without_first(match: _Match, place: str) -> _Bit:
    kept, match.bits[place] = match.bits[place], match.bits[place][1:]
    film = _film(match)
    match.bits[place] = kept
    return film


def _led(match: _Match, place: str, form: str) -> Iterator[_Bit]:
    yield _put(form, _and(match.bits[place]), _film(match, less=[place, "maker_of"], article=False))


def _predicate(match: _Match) -> _Bit:
    """Return the moods first, and behind them all the rest: "Tense, as you asked, and by the director of Alien"."""
    bits = match.bits
    moods = _and(bits["mood"])
    rest = [*_behind(bits), *bits["figure"]]
    asked = ", as you asked" if match.literal and "mood" in match.asked else ""
    if not rest:
        return _put("{}" + asked, moods) if asked else _film(match)
    alone = len(rest) == 1 and not bits["about"]
    return _put("{}" + asked + (", and {}" if alone else ", {}"), moods, _and(rest))


def _clauses(bits: Sequence[_Bit], titles: Iterable[str]) -> _Bit:
    """Join clauses to a sentence, in which a film that is named again is "that film"."""
    text = bits[0].text
    for bit in bits[1:]:
        said = bit.text
        for title in titles:
            if len(title) > 2 and _whole(title).search(text):
                said = re.sub(rf"(?<!\w){re.escape(title)}(?!\w)", "that film", said)
        text += f", and {said}"
    return _Bit(text, _and(bits).support)


def _layouts(match: _Match, seeds: Sequence[_Seed]) -> Iterator[list[_Bit]]:
    """Yield ways to say all that there is to say, in at most two sentences each, the most fitting first."""
    bits, titles = match.bits, [seed.movie.title for seed in seeds]
    clauses = list(bits["clause"])
    if bits["like"]:
        traits = _and(
            [
                *([_and(bits["like mood"])] if bits["like mood"] else []),
                *([_put("about {}", _and(bits["like about"]))] if bits["like about"] else []),
            ]
        )
        clauses.insert(1, _put("like {}, it is {}", bits["like"][0], traits))
    if match.asked or not clauses:
        for form in _forms(match):
            yield [form, *([_clauses(clauses[:3], titles)] if clauses else [])]
        return
    for turn in range(len(clauses)):
        turned = clauses[turn:] + clauses[:turn]
        yield [_clauses(part, titles) for part in (turned[:2], turned[2:4]) if part]
    for form in _forms(match):
        yield [form, _clauses(clauses[:3], titles)]


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
        self._request = _Request(understood, preferences, spoilers)
        self._seeds = list(_seeds(self._request, preferences, seeds, ratings))
        self._openings: deque[str] = deque(maxlen=_NEIGHBOURS)
        self._composed: dict[str, Composed] = {}

    def reason(self, candidate: Candidate) -> Composed:
        """Return why the film suits, from what ranked it up; a row that knows little gives a short sentence."""
        movie_id = candidate.movie.movie_id
        if movie_id not in self._composed:
            match = _Match(candidate, self._request, self._seeds)
            layouts = [[_sentence(bit) for bit in layout] for layout in _layouts(match, self._seeds)]
            fresh = (layout for layout in layouts if _opening(layout[0].text) not in self._openings)
            chosen = next(fresh, layouts[0])
            self._openings.append(_opening(chosen[0].text))
            self._composed[movie_id] = _composed(chosen, candidate.movie)
        return self._composed[movie_id]


def _seeds(
    request: _Request, preferences: Sequence[Preference], films: Sequence[Movie], ratings: Sequence[str]
) -> Iterator[_Seed]:
    rows = {film.movie_id: film for film in films}
    seen: set[str] = set()
    for mention in request.understood.mentions:
        if mention.role == "like" and mention.movie_id in rows and mention.movie_id not in seen:
            seen.add(mention.movie_id)
            film = rows[mention.movie_id]
            yield _Seed(film, _Bit(film.title, request.cite(mention.words) or request.cite(film.title)), True)
    for p in preferences:
        if p.kind == "like" and p.movie_id in rows and p.movie_id not in seen:
            seen.add(p.movie_id)
            title = rows[p.movie_id].title
            yield _Seed(
                rows[p.movie_id],
                _Bit(f"{title}, which you liked", ((f"preference:{p.preference_id}", p.label),)),
                False,
            )
    for text in ratings:
        rated = _RATED.match(text)
        film = next((f for f in films if rated and rated["label"] in (f.label, f.title)), None)
        if rated and film and float(rated["stars"]) >= _LIKED and film.movie_id not in seen:
            seen.add(film.movie_id)
            yield _Seed(
                film, _Bit(f"{film.title}, which you rated {rated['stars']}", (("rating:viewer", text),)), False
            )


def _sentence(bit: _Bit) -> _Bit:
    text = bit.text[0].upper() + bit.text[1:]
    return _Bit(text if text[-1] in ".!?" else text + ".", bit.support)


def _opening(text: str) -> str:
    return " ".join(re.findall(r"[\w'\u2019-]+", text.casefold())[:2])


def _composed(sentences: Sequence[_Bit], movie: Movie) -> Composed:
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
