"""Finds what of a request, of stored preferences and of films named before a film's row supports."""

import re
from collections.abc import Iterable, Mapping, Sequence

from matinee.grounding.claims import Source
from matinee.grounding.claims.ratings import near_by_ratings
from matinee.models import Constraint, ConstraintField, Movie, Preference, Understanding
from matinee.providers.evidence import portrait
from matinee.providers.evidence.clauses import Fit, demanded_figures, unasked_rating, within_years
from matinee.providers.evidence.matches import in_common, met
from matinee.providers.evidence.phrases import Said, asks, clean, listed, phrases, within_quotes
from matinee.providers.evidence.wording import Span, Wording, says_little, stem, stems

_QUOTED_WORDS = 14
"""A longer preference is named by the word that matters, not repeated."""

_ASKED_WORDS = 6
"""A longer stretch of a request is not repeated inside a sentence."""

_DECADE = re.compile(r"\d{2,4}s")


class FitFinder:
    """Reads the request and the preferences once, and then compares any number of films with them."""

    def __init__(
        self,
        understanding: Understanding,
        preferences: Sequence[Preference] = (),
        seeds: Sequence[Movie] = (),
        others: Mapping[str, Source] | None = None,
    ) -> None:
        self._request = understanding
        self._others = others or {}
        mentions = understanding.mentions
        self._wording = Wording(understanding.text, [words for m in mentions for words in (m.words, m.title)])
        titles = [seed.title for seed in seeds]
        self._told = [(p, Wording(p.text, titles)) for p in preferences if p.kind == "statement"]
        by_id = {seed.movie_id: seed for seed in seeds}
        by_title = {clean(seed.title).casefold(): seed for seed in seeds}
        named = [m for m in mentions if m.role == "like"]
        found = [by_id.get(m.movie_id) or by_title.get(clean(m.title).casefold()) for m in named]
        self._named = [(m, seed) for m, seed in zip(named, found, strict=True) if seed]
        likes = [p for p in preferences if p.kind == "like"]
        self._liked = [(p, by_id[p.movie_id]) for p in likes if p.movie_id in by_id]

    def fits(self, movie: Movie) -> list[Fit]:
        """Return all that the row supports, the most telling first; nothing is said of a demand that it breaks."""
        held = [c for c in self._request.constraints if c.holds(movie)]
        found = [
            *self._people(movie, held),
            *self._cautions(movie),
            *self._asks(movie, held),
            *self._seeds(movie),
            *self._ratings(movie),
            *self._company(movie),
            *self._preferences(movie),
            *demanded_figures(movie, self._request.constraints, self._first_said),
            *unasked_rating(movie, self._request.constraints),
        ]
        return sorted(found, key=lambda fit: fit.rank)

    def asked_genres(self, movie: Movie) -> dict[str, Said | None]:
        """Return the row's genres that the request asks for.

        Each comes with the words that ask for it, if any do and the film meets the whole of them.
        """
        demanded = {
            value.casefold()
            for c in self._request.constraints
            if c.field == ConstraintField.GENRES and c.op != "none_of" and isinstance(c.value, list)
            for value in c.value
        }
        asked: dict[str, Said | None] = {}
        items = portrait.genre_items(movie)
        for name, words in phrases().genres.items():
            span = next(filter(None, (self._wording.asks(said) for said in words.said)), None)
            item = items.get(name, "")
            if span or item.casefold() in demanded:
                asked[name] = _asked(self._wording.with_noun(span)) if span else None
        if asked.keys() <= items.keys():
            return asked
        # The film meets only a part of the demand: the words of the whole would say too much.
        return {name: None for name in asked if name in items}

    def asks_year(self, movie: Movie) -> bool:
        """Tell whether the request bounds the year and the film is within."""
        return within_years(movie, self._request.constraints)

    def shunned(self, movie: Movie) -> set[str]:
        """Return the row's keywords that the request would rather not have."""
        return {item for _, items in self._refused(movie) for item in items}

    def premise_word(self, plot: str, heard: Sequence[str] = ()) -> Said | None:
        """Return a telling word of the request that the plot has too, other than those heard before."""
        others = [*heard, *asks(), *(said for words in phrases().genres.values() for said in words.said)]
        others += [c.words for c in self._request.constraints]
        spoken_for = {s for other in others for s in stems(other)}
        told = Wording(plot)
        for span in self._wording.content():
            if stem(span.text) not in spoken_for and told.has(span):
                return _asked(self._wording.widened(span, plot))
        return None

    def said(self, words: str) -> Said | None:
        """Return the words as the request has them, or None when it does not or they are too many to repeat."""
        found = re.search(rf"(?<!\w){re.escape(words.strip())}(?!\w)", self._request.text, re.IGNORECASE)
        if not words.strip() or found is None or len(words.split()) > _ASKED_WORDS:
            return None
        return Said(within_quotes(found[0]), (("request", found[0]),))

    def _people(self, movie: Movie, held: Sequence[Constraint]) -> Iterable[Fit]:
        for source, clause in (("directors", "person_directs"), ("stars", "person_stars")):
            wanted = [c for c in held if c.field == source and c.op != "none_of" and isinstance(c.value, list)]
            values = {value.casefold() for c in wanted if isinstance(c.value, list) for value in c.value}
            items = [item for item in getattr(movie, source) if item.casefold() in values][:1]
            if items:
                said = self._first_said([*(c.words for c in wanted), *items])
                person = portrait.names(items, source)
                support = (*person.support, *(said.support if said else ()))
                fields = {"person": Said(person.text, support)}
                yield Fit(clause, fields, about=clause, key=clause, due=True, spent=frozenset(items))

    def _refused(self, movie: Movie) -> list[tuple[Span, list[str]]]:
        found = []
        for ask, answers in asks().items():
            items = [item for item in movie.keywords if item.casefold() in answers]
            if items and (span := self._wording.refuses(ask)):
                found.append((span, items))
        for item in portrait.telling_keywords(movie):
            if not says_little(item) and (span := self._wording.refuses(item)):
                found.append((span, [item]))
        return found

    def _cautions(self, movie: Movie) -> Iterable[Fit]:
        for span, items in self._refused(movie)[:1]:
            fields = {"asked": _asked(span), "tags": portrait.tags(items[:2])}
            yield Fit("caution", fields, about="caution", key="caution", due=True, spent=frozenset(items[:2]))

    def _asks(self, movie: Movie, held: Sequence[Constraint]) -> Iterable[Fit]:
        left = [item for item in portrait.telling_keywords(movie) if item not in self.shunned(movie)]
        heard: list[Span] = []
        for ask, answers in asks().items():
            span = self._wording.asks(ask)
            items = [item for item in left if item.casefold() in answers]
            if span and items and not any(s.start <= span.start < s.end for s in heard):
                heard.append(span)
                fit = _mood_fit(ask, span, items)
                left = [item for item in left if item not in fit.spent]
                yield fit
        genre_words = {said for words in phrases().genres.values() for said in words.said}
        for item in left:
            span = self._wording.asks(item)
            if _DECADE.fullmatch(item):
                continue  # when it is set, where the request mostly asks for when it was made
            if span and not says_little(item) and item.casefold() not in genre_words:
                yield _keyword_fit(_asked(span), [item])
        for c in held:
            if c.field == ConstraintField.KEYWORDS and c.op != "none_of" and isinstance(c.value, list):
                values = {value.casefold() for value in c.value}
                items = [item for item in left if item.casefold() in values and not self._wording.asks(item)][:2]
                if items and (said := self.said(c.words)):
                    yield _keyword_fit(said, items)

    def _seeds(self, movie: Movie) -> Iterable[Fit]:
        for mention, seed in self._named:
            said = self._first_said([mention.words, mention.title])
            name = Said(clean(seed.title), said.support if said else ())
            for kind, shared in in_common(movie, seed):
                clause, about = "seed_genres" if kind == "genre" else "seed", f"seed:{seed.movie_id}"
                fields = {"seed": name, **shared}
                yield Fit(clause, fields, about=about, key=f"{about}:{kind}", spent=_items(shared))
        for preference, seed in self._liked:
            name = Said(clean(seed.title), ((f"preference:{preference.preference_id}", preference.text),))
            for _, shared in in_common(movie, seed)[:1]:
                about = f"seed:{seed.movie_id}"
                yield Fit("liked", {"seed": name, **shared}, about=about, key=f"liked:{about}", spent=_items(shared))

    def _ratings(self, movie: Movie) -> Iterable[Fit]:
        if (source := self._others.get(movie.movie_id)) is not None:
            near = listed([clean(title) for title in near_by_ratings(self._request)]) or phrases().joins.own_ratings
            fields = {"near": Said(near, ((source.name, source.text),))}
            yield Fit("ratings", fields, about="ratings", key="ratings")

    def _company(self, movie: Movie) -> Iterable[Fit]:
        span, wanted = self._wording.company, self._wording.company_keywords
        items = [item for item in portrait.moods(movie) if item.casefold() in wanted][:2]
        if span and items:
            yield _asked_fit("company", _asked(span), items, found=portrait.adjectives(items))

    def _preferences(self, movie: Movie) -> Iterable[Fit]:
        for preference, told in self._told:
            if (found := met(told, movie)) is None:
                continue
            span, shared = found
            source = (f"preference:{preference.preference_id}", preference.text)
            shown = within_quotes(preference.text).rstrip(".!; ")
            long = len(shown.split()) > _QUOTED_WORDS
            fields = {"pref": Said(shown, (source,)), "word": Said(within_quotes(span.text), (source,))}
            clause = "preference_long" if long else "preference"
            spent = _items({"shared": shared})
            yield Fit(clause, {**fields, "shared": shared}, about=source[0], key=source[0], spent=spent)

    def _first_said(self, phrases_said: Sequence[str]) -> Said | None:
        return next(filter(None, map(self.said, phrases_said)), None)


def _asked(span: Span) -> Said:
    return Said(within_quotes(span.text), (("request", span.text),))


def _mood_fit(ask: str, span: Span, items: Sequence[str]) -> Fit:
    asked = _asked(span)
    moods = [item for item in items if item.casefold() in phrases().keywords.moods][:2]
    if ask in phrases().ask_nouns or not moods:
        return _keyword_fit(asked, items[:2])
    same = [item for item in moods if stems(item) == stems(ask)][:1]
    if same:
        word = portrait.adjectives(same)
        named = Said(asked.text, (*asked.support, *word.support))
        return _asked_fit("same_word", named, same, word=Said(word.text, named.support))
    return _asked_fit("mood", asked, moods, found=portrait.adjectives(moods))


def _keyword_fit(asked: Said, items: Sequence[str]) -> Fit:
    if stems(asked.text) == stems(items[0]):
        tag = Said(within_quotes(items[0]), (("keywords", items[0]),))
        named = Said(asked.text, (*asked.support, *tag.support))
        return _asked_fit("keyword_same", named, items[:1], tag=Said(tag.text, named.support))
    return _asked_fit("keyword", asked, items, tags=portrait.tags(items))


def _asked_fit(clause: str, asked: Said, items: Sequence[str], **fields: Said) -> Fit:
    about = f"request:{asked.text.casefold()}"
    return Fit(clause, {"asked": asked, **fields}, about=about, key=about, spent=frozenset(items))


def _items(fields: Mapping[str, Said]) -> frozenset[str]:
    return frozenset(
        quote
        for said in fields.values()
        for source, quote in said.support
        if source in ("keywords", "stars", "directors")
    )
