"""Whether words that spell a title mean the film: "like Heat" does, "I like heat" does not."""

from functools import cache, partial
from typing import NamedTuple

from matinee.language.lexicon import load, word_set
from matinee.language.request import Request
from matinee.query.preference_cues import trails, verdict_at
from matinee.query.sentence_mode import is_film_word
from matinee.query.titles import SERIES, Film, Scan, TitleLookup

_MOST_GUESSES = 6
"""How many times a request may be searched for near spellings, each a comparison with every title."""

_MOST_TRIES = 60
_LONGEST_GUESS = 6

_words = partial(word_set, "common")


@cache
def _descriptive() -> frozenset[str]:
    """The single words that describe a film, and so are no title by themselves: "horror", "movies", "French"."""
    rows = [*load("genres")["genre"], *load("places")["place"], *load("vague")["vague"]]
    keys = ("alone", "adjective", "asked", "beside", "mood", "adjectives", "freely")
    phrases = (phrase for row in rows for key in keys for phrase in row.get(key, ()))
    return frozenset(word for phrase in phrases for word in phrase.split()) | _words("film")


class Place(NamedTuple):
    """Where a title is spelled."""

    reach: bool
    """A cue is directly before it."""
    firm: bool
    """The cue is a firm one."""
    nameless: bool
    """The cue passes no verdict on the film."""
    joined: bool
    """A cue, a comma or a joining word is before it, not another title."""


class Judge:
    """Judges the places of one request where a title is spelled, and guesses titles that are spelled nearly."""

    def __init__(self, request: Request, titles: TitleLookup, scan: Scan) -> None:
        self._request = request
        self._titles = titles
        self._scan = scan
        self._guesses, self._tries = _MOST_GUESSES, _MOST_TRIES

    def means_film(self, first: int, last: int, form: int, where: Place) -> bool:
        """Tell whether words `first` up to `last` mean the film whose title they spell."""
        norms, reach, firm = self._request.norms[first:last], where.reach, where.firm
        if len(norms) == len(self._request.words):
            return self._is_request_by_itself(norms)
        if all(n.isdigit() for n in norms):
            return firm and not where.nameless and len(norms[0]) > 1 and self._ends_strictly(last)
        if trails(self._request, last) and len(norms) > 1 and not self._are_everyday(norms):
            reach = firm = True
        pronoun = len(norms) == 1 and norms[0] in _words("pronouns")
        if pronoun and not (where.joined and self._is_object(last)):
            return False
        if self._capitalised(first, last):
            judged = verdict_at(self._request, last) is not None
            return self._means_film_capitalised(first, last, form, reach=reach or judged)
        return reach and self._means_film_in_small(first, last, form, firm=firm)

    def may_be_dated(self, first: int, last: int, *, reach: bool) -> bool:
        """Tell whether a year beside words that spell a title makes it a film: in "horror 2015" it does not."""
        norms = self._request.norms[first:last]
        if _descriptive().issuperset(norms):
            return False
        return reach or self._capitalised(first, last) or (len(norms) > 1 and not self._are_everyday(norms))

    def means_film_in_quotes(self, first: int, last: int, *, reach: bool) -> bool:
        """Tell whether quoted words that spell a title mean the film."""
        norms = self._request.norms[first:last]
        return reach or self._capitalised(first, last) or (len(norms) > 1 and not self._are_everyday(norms))

    def guess(self, first: int, *, firm: bool) -> tuple[int, tuple[Film, ...]] | None:
        """Return the film that the words after a cue nearly spell or begin to spell, and the index after them."""
        if self._tries <= 0 or not (firm or self._request.words[first].capital):
            return None
        self._tries -= 1
        reach = min(self._scan.reach(first), first + _LONGEST_GUESS)
        for last in range(reach, first, -1):
            capitals = not self._goes_on(last) and self._capitalised(first, last)
            if not capitals and not (firm and self._ends_well(last) and not self._is_described(first)):
                continue
            films = self._begun(first, last) or self._misspelt(first, last, capitals=capitals)
            if films:
                return last, films
        return None

    def trailed(self, first: int) -> bool:
        """Tell whether a run of capitals begins here that is followed by "style", "like movies" or the like."""
        last = self.capitals_to(first, _words("small"))
        return last is not None and trails(self._request, last)

    def guess_whole(self, first: int, last: int) -> tuple[Film, ...]:
        """Return the film whose title these words, which are surely one, nearly spell."""
        return self._spelled_like(first, last)

    def capitals_to(self, first: int, small: frozenset[str]) -> int | None:
        """Return where a run of capitalised words, with these small ones among them, ends; None if none begins here."""
        words = self._request.words
        if not self._request.capitals_tell or not words[first].capital or words[first].norm == "i":
            return None
        last = end = first + 1
        while (
            last < len(words) and self._request.gaps[last] in (" ", "-", ": ", " & ", "'", ", ") and last - first < 10
        ):
            if words[last].capital and words[last].norm != "i" and self._request.gaps[last] != ", ":
                end = last + 1
            elif words[last].norm not in small and not words[last].norm.isdigit():
                break
            last += 1
        return end

    def looks_like_title(self, first: int, last: int) -> bool:
        """Tell whether a run of capitals is a name rather than a description ("Korean Horror")."""
        content = [n for n in self._request.norms[first:last] if n not in _words("small")]
        return len(content) > 1 and not (_descriptive() | _words("everyday")).issuperset(content)

    def _means_film_capitalised(self, first: int, last: int, form: int, *, reach: bool) -> bool:
        request, norms = self._request, self._request.norms[first:last]
        content = [n for n in norms if n not in _words("small")] or norms
        described = _descriptive().issuperset(content) and not (len(norms) > 1 and request.words[first].capital)
        if self._goes_on(last) or described:
            return False
        if reach:
            return True
        if first == 0 and last < len(request.words) and request.norms[last] == "but":
            return True
        begins = first == 0 or request.ends_sentence(first)
        if begins and self._lists_titles(first):
            return True
        before = request.norms[first - 1] if first else ""
        if len(content) < 2 and not (len(norms) > 1 and not begins and not self._are_everyday(content)):
            return False
        if before in _words("determiners") and _descriptive() & set(content):
            return False
        if form == SERIES and (_descriptive() | _words("everyday")).issuperset(content):
            return False
        return not (first and request.flows(first) and request.words[first - 1].capital and not self._opens(first - 1))

    def _means_film_in_small(self, first: int, last: int, form: int, *, firm: bool) -> bool:
        norms = self._request.norms[first:last]
        film_word = last < len(self._request.words) and is_film_word(self._request, last)
        if not self._ends_well(last) or self._is_described(first) or (film_word and not firm):
            return False
        if _words("pronouns").issuperset(norms) or (len(norms) == 1 and norms[0] in _descriptive()):
            return False
        if self._are_everyday(norms) or (len(norms) == 1 and len(norms[0]) <= 3):
            several = sum(n not in _words("small") for n in norms) > 1
            return (firm or several) and form != SERIES and self._ends_strictly(last)
        return firm or form != SERIES or len(norms) > 1

    def _is_request_by_itself(self, norms: list[str]) -> bool:
        if _descriptive().issuperset(norms):
            return len(norms) > 1 and all(w.capital for w in self._request.words)
        return len(norms) > 1 or (self._request.words[0].capital and not self._are_everyday(norms))

    def _begun(self, first: int, last: int) -> tuple[Film, ...]:
        keys = self._scan.keys[first:last]
        if _words("small") & {keys[0], keys[-1]} or self._are_everyday(self._request.norms[first:last]):
            return ()
        films = self._titles.beginning_with(" ".join(keys)) or self._titles.beginning_with("the " + " ".join(keys))
        if len(keys) == 1:
            single = len({f.movie_id for f in films}) == 1 and len(keys[0]) >= 5 and keys[0] not in _descriptive()
            if not single or not (self._request.words[first].capital or self._ends_strictly(last)):
                return ()
        return tuple(films[:1]) if len(films) <= 15 else ()

    def _misspelt(self, first: int, last: int, *, capitals: bool) -> tuple[Film, ...]:
        strange = [
            n
            for n in self._request.norms[first:last]
            if len(n) > 3
            and n not in self._titles.vocabulary
            and n not in _words("everyday")
            and n not in _descriptive()
        ]
        if not strange or self._guesses <= 0:
            return ()
        self._guesses -= 1
        if not capitals and any(n.removesuffix("s") in self._titles.vocabulary for n in strange):
            return ()  # a plural ("characters") is no misspelling of the title "Character"
        return self._spelled_like(first, last)

    def _spelled_like(self, first: int, last: int) -> tuple[Film, ...]:
        key = " ".join(self._scan.keys[first:last])
        return self._titles.spelled_like(key) if len(key) >= 5 else ()

    def _capitalised(self, first: int, last: int) -> bool:
        words = self._request.words[first:last]
        content = [w for w in words if w.norm not in _words("small")] or words
        return self._request.capitals_tell and all(w.capital or w.norm[0].isdigit() for w in content)

    def _goes_on(self, last: int) -> bool:
        """Tell whether the name goes on after what spells a title: "Frozen" in "Frozen Planet"."""
        if last >= len(self._request.words) or self._request.gaps[last] not in (" ", "-"):
            return False
        word = self._request.words[last]
        if word.norm.isdigit():
            return len(word.norm) < 3
        if not word.capital or word.norm in ("i", "im", "ive") or word.norm in _words("film"):
            return False
        return not any(end - last > 1 and self._capitalised(last, end) for end, _, _ in self._scan.at(last))

    def _is_object(self, last: int) -> bool:
        return last >= len(self._request.words) or self._request.norms[last] not in _words("verbs")

    def _lists_titles(self, first: int) -> bool:
        """Tell whether capitalised titles, and nothing else, make up the clause: "Heat, Casino: more of that"."""
        request, count, i = self._request, 0, first
        while True:
            last = next((last for last, _, _ in self._scan.at(i) if self._capitalised(i, last)), None)
            if last is None:
                return False
            count += 1
            if request.breaks(last):
                return count > 1
            if "," not in request.gaps[last] and request.norms[last] not in ("and", "or"):
                return False
            i = last + 1 if request.norms[last] in ("and", "or") else last
            if i >= len(request.words):
                return False

    def _opens(self, i: int) -> bool:
        word = self._request.words[i]
        return (
            i == 0
            or self._request.ends_sentence(i)
            or word.norm in ("i", "im", "ive")
            or self._request.folded[word.start : word.end].endswith("'s")
        )

    def _ends_well(self, last: int) -> bool:
        if last >= len(self._request.words) or not self._request.flows(last):
            return True
        ending = _words("after") | _words("verbs") | _words("film")
        return self._request.norms[last] in ending - {"of"}

    def _is_described(self, first: int) -> bool:
        return first > 0 and self._request.norms[first - 1] in _words("describing")

    def _ends_strictly(self, last: int) -> bool:
        if last >= len(self._request.words) or not self._request.flows(last):
            return True
        return self._request.norms[last] in _words("ends")

    def _are_everyday(self, norms: list[str]) -> bool:
        return _words("everyday").issuperset(norms)
