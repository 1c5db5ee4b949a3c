"""Whether words that spell a title mean the film: "like Heat" does, "I like heat" does not."""

from functools import cache
from typing import NamedTuple

from matinee.understanding.cues import trails, verdict_at
from matinee.understanding.phrases import load, word_set
from matinee.understanding.setting import is_film_word
from matinee.understanding.text import Request
from matinee.understanding.titles import SERIES, Film, Scan, TitleLookup

_SMALL = frozenset("a an the of and in to for on with at by from or is vs de la le du der die das el no s".split())
_DETERMINERS = frozenset(
    ("a", "an", "any", "some", "another", "more", "good", "great", "best", "this", "that", "these", "of", "my")
)
_DESCRIBING = frozenset(
    "a an some this that these my your his her their our its one old new another all any as was were be every no such".split()
)
"""After these, a title in small letters is a word like any other: "something like a game"."""
_ALSO_AFTER = frozenset(("is", "are", "was", "were", "has", "had", "did", "does", "ever", "ones", "one"))
_VERBS = frozenset(
    "is are was were has have had makes made did does do will would can could looks looked sounds seems seemed s may might should really just got".split()
)
_MOST_GUESSES = 6
_LONGEST_GUESS = 6


@cache
def _descriptive() -> frozenset[str]:
    """The single words that describe a film, and so are no title by themselves: "horror", "movies", "French"."""
    rows = [
        *(row for row in load("genres")["genre"]),
        *(row for row in load("places")["place"]),
        *(row for row in load("vague")["vague"]),
    ]
    phrases = [
        p
        for row in rows
        for key in ("alone", "adjective", "asked", "beside", "mood", "adjectives", "freely")
        for p in row.get(key, ())
    ]
    return frozenset(word for p in phrases for word in p.split()) | word_set("common", "film")


class Place(NamedTuple):
    """Where a title is spelled: `reach`, a cue is directly before it; `firm`, a firm one; `nameless`, one without a verdict;
    `joined`, it follows a cue, a comma or a joining word rather than the title before it.
    """

    reach: bool
    firm: bool
    nameless: bool
    joined: bool


class Judge:
    """Judges the places of one request where a title is spelled, and guesses titles that are spelled nearly."""

    def __init__(self, request: Request, titles: TitleLookup, scan: Scan) -> None:
        self._request = request
        self._titles = titles
        self._scan = scan
        self._guesses = _MOST_GUESSES

    def means_film(self, first: int, last: int, form: int, where: Place) -> bool:
        """Tell whether words `first` up to `last` mean the film whose title they spell."""
        request, norms = self._request, self._request.norms[first:last]
        reach, firm = where.reach, where.firm
        if len(norms) == len(request.words):
            return len(norms) > 1 or (request.words[0].capital and not _descriptive().issuperset(norms))
        numeric = all(n.isdigit() for n in norms)
        if numeric and (where.nameless or not firm or len(norms[0]) < 2 or not self._ends_strictly(last)):
            return False
        if trails(request, last) and len(norms) > 1 and not self._are_everyday(norms):
            reach = firm = True
        if (
            len(norms) == 1
            and norms[0] in word_set("common", "pronouns")
            and not (where.joined and self._is_object(last))
        ):
            return False
        if self._capitalised(first, last):
            return self._means_film_capitalised(first, last, form, reach=reach or verdict_at(request, last) is not None)
        if not firm and last < len(request.words) and is_film_word(request, last):
            return False
        if not reach or not self._ends_well(last) or self._is_described(first):
            return False
        if len(norms) == 1:
            return self._means_film_lower(norms[0], last, form, firm=firm)
        if word_set("common", "pronouns").issuperset(norms):
            return False
        if self._are_everyday(norms):
            several = sum(n not in _SMALL for n in norms) > 1
            return (firm or several) and form != SERIES and self._ends_strictly(last)
        return firm or form != SERIES or len(norms) > 1

    def means_film_in_quotes(self, first: int, last: int, *, reach: bool) -> bool:
        """Tell whether quoted words that spell a title mean the film."""
        norms = self._request.norms[first:last]
        return reach or self._capitalised(first, last) or (len(norms) > 1 and not self._are_everyday(norms))

    def guess(self, first: int, *, firm: bool) -> tuple[int, tuple[Film, ...]] | None:
        """Return the film that the words after a cue nearly spell or begin to spell, and the index after them."""
        if not firm and not self._request.words[first].capital:
            return None
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
        last = self.capitals_to(first)
        return last is not None and trails(self._request, last)

    def guess_whole(self, first: int, last: int) -> tuple[Film, ...]:
        """Return the film whose title these words, which are surely one, nearly spell."""
        return self._spelled_like(first, last)

    def capitals_to(self, first: int) -> int | None:
        """Return where a run of two or more capitalised words that begins here ends, None if none does."""
        words = self._request.words
        if not self._request.capitals_tell or not words[first].capital or words[first].norm == "i":
            return None
        last = end = first + 1
        while (
            last < len(words) and self._request.gaps[last] in (" ", "-", ": ", " & ", "'", ", ") and last - first < 10
        ):
            if words[last].capital and words[last].norm != "i" and self._request.gaps[last] != ", ":
                end = last + 1
            elif words[last].norm not in _SMALL and not words[last].norm.isdigit():
                break
            last += 1
        return end

    def looks_like_title(self, first: int, last: int) -> bool:
        """Tell whether a run of capitals is a name rather than a description ("Korean Horror")."""
        content = [n for n in self._request.norms[first:last] if n not in _SMALL]
        return len(content) > 1 and not _descriptive().issuperset(content)

    def _means_film_capitalised(self, first: int, last: int, form: int, *, reach: bool) -> bool:
        request, norms = self._request, self._request.norms[first:last]
        content = [n for n in norms if n not in _SMALL] or norms
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
        if before in _DETERMINERS and _descriptive() & set(content):
            return False
        if form == SERIES and (_descriptive() | word_set("common", "everyday")).issuperset(content):
            return False
        return not (first and request.flows(first) and request.words[first - 1].capital and not self._opens(first - 1))

    def _means_film_lower(self, norm: str, last: int, form: int, *, firm: bool) -> bool:
        if norm in word_set("common", "pronouns") or norm in _descriptive():
            return False
        if norm in word_set("common", "everyday") or len(norm) <= 3:
            return firm and form != SERIES and self._ends_strictly(last)
        return firm or form != SERIES

    def _begun(self, first: int, last: int) -> tuple[Film, ...]:
        keys = self._scan.keys[first:last]
        if keys[0] in _SMALL or keys[-1] in _SMALL or self._are_everyday(self._request.norms[first:last]):
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
            and n not in word_set("common", "everyday")
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
        content = [w for w in words if w.norm not in _SMALL] or words
        return self._request.capitals_tell and all(w.capital or w.norm[0].isdigit() for w in content)

    def _goes_on(self, last: int) -> bool:
        """Tell whether the name goes on after what spells a title: "Frozen" in "Frozen Planet"."""
        if last >= len(self._request.words) or self._request.gaps[last] not in (" ", "-"):
            return False
        word = self._request.words[last]
        if word.norm.isdigit():
            return len(word.norm) < 3
        if not word.capital or word.norm in ("i", "im", "ive") or word.norm in word_set("common", "film"):
            return False
        return not any(end - last > 1 and self._capitalised(last, end) for end, _, _ in self._scan.at(last))

    def _is_object(self, last: int) -> bool:
        return last >= len(self._request.words) or self._request.norms[last] not in _VERBS

    def _lists_titles(self, first: int) -> bool:
        """Tell whether two or more capitalised titles, and nothing else, make up the clause: "Heat, Casino: more of that"."""
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
        return i == 0 or self._request.ends_sentence(i) or self._request.norms[i] in ("i", "im", "ive")

    def _ends_well(self, last: int) -> bool:
        if last >= len(self._request.words) or not self._request.flows(last):
            return True
        norm = self._request.norms[last]
        return norm != "of" and (
            norm in word_set("common", "after") or norm in _ALSO_AFTER or is_film_word(self._request, last)
        )

    def _is_described(self, first: int) -> bool:
        return first > 0 and self._request.norms[first - 1] in _DESCRIBING

    def _ends_strictly(self, last: int) -> bool:
        if last >= len(self._request.words) or not self._request.flows(last):
            return True
        return self._request.norms[last] in (
            "and",
            "or",
            "but",
            "please",
            "with",
            "vibes",
            "except",
            "from",
            "tonight",
            "thanks",
        )

    def _are_everyday(self, norms: list[str]) -> bool:
        return word_set("common", "everyday").issuperset(norms)
