"""What stands around the name of a person: whether the films are meant, and whether the viewer is sure of it."""

from collections.abc import Sequence
from functools import cache

from matinee.language.lexicon import word_set
from matinee.language.negation import Stance, stance_of
from matinee.language.request import Request
from matinee.query.name_context import phrases_around
from matinee.query.sentence_mode import film_word_soon, is_film_word
from matinee.query.terms import Term

_NEAR = 8
"""How many words from a name a doubt counts."""


@cache
def _wishes() -> frozenset[str]:
    return word_set("names", "asking") | word_set("common", "wishes")


class Around:
    """What stands around a person's name. `keys` are the words of the request without a genitive s."""

    def __init__(self, request: Request, terms: Sequence[Term]) -> None:
        self._request = request
        possessive = (request.folded[w.start : w.end].endswith("'s") for w in request.words)
        self.keys = [w.norm[:-1] if owns else w.norm for w, owns in zip(request.words, possessive, strict=True)]
        self._described = {t.first: t for t in terms if t.kind in ("genre", "vague", "place")}
        self._ending = {t.last for t in terms}
        self._doubts = [i for i, _, _ in phrases_around("hedges").scan(request)]

    def described(self, i: int) -> bool:
        """Tell whether a genre, a place or the like begins with word i."""
        return i in self._described

    def acts(self, last: int) -> bool:
        """Tell whether what follows says that the person is in the film: "in it", "plays"."""
        return bool(self._request.flows(last) and phrases_around("acts").at(self._request, last))

    def directs(self, last: int) -> bool:
        """Tell whether what follows says that the person directed the film."""
        return bool(self._request.flows(last) and phrases_around("directs").at(self._request, last))

    def stance(self, first: int, last: int) -> Stance:
        """Return what the words around think of words `first` up to `last`."""
        return stance_of(self._request, first, last)

    def flows(self, i: int) -> bool:
        """Tell whether word i may belong to the name that the word before it belongs to."""
        return self._request.flows(i) or self._request.gaps[i] == ". "

    def films_follow(self, last: int) -> bool:
        """Tell whether a film word or a genre follows: "Kubrick films", "Adam Sandler comedies"."""
        known: dict[int, bool] = self._request.memory("films follow")
        if last not in known:
            known[last] = self._films_follow(last)
        return known[last]

    def _films_follow(self, last: int) -> bool:
        request = self._request
        if last >= len(request.words) or not self.flows(last) or self.elsewhere(last):
            return False
        if request.norms[last] in word_set("names", "works"):
            return True
        if is_film_word(request, last):
            return request.norms[last] not in ("one", "ones", "thing", "things", "type", "types")
        term = self._described.get(last)
        return (term is not None and term.kind == "genre") or film_word_soon(request, last)

    def elsewhere(self, last: int) -> bool:
        """Tell whether word `last` says that something else than the person's films is meant."""
        others = word_set("names", "elsewhere") | word_set("names", "style")
        return self._request.flows(last) and self._request.norms[last] in others

    def likened(self, last: int) -> bool:
        """Tell whether word `last` says that films like those of the person are meant: "Tarantino style"."""
        return self._request.flows(last) and self._request.norms[last] in word_set("names", "style")

    def possessive(self, i: int) -> bool:
        """Tell whether word i ends in an apostrophe and an s: "Hitchcock's films"."""
        word = self._request.words[i]
        return self._request.folded[word.start : word.end].endswith(("'s", "s'")) and self._request.flows(i + 1)

    def hedged(self, first: int, last: int) -> bool:
        """Tell whether the viewer only supposes that it was this person: "I think it had John Cusack"."""
        request = self._request
        begin, end = first, last
        while begin > 0 and first - begin < _NEAR and not request.ends_sentence(begin):
            begin -= 1
        while end < len(request.words) and end - last < _NEAR and not request.ends_sentence(end):
            end += 1
        unsure = request.gaps[last].lstrip(" (").startswith("?)")
        return unsure or any(begin <= at < first or last <= at < end for at in self._doubts)

    def ends_clause(self, last: int) -> bool:
        """Tell whether a clause may end before word `last`."""
        if not self._request.flows(last):
            return True
        return self._request.norms[last] in word_set("common", "ends") | {"in", "pls", "plz"}

    def asked(self, first: int) -> bool:
        """Tell whether a wish, or words that describe a person, stand right before word `first`."""
        return self._request.flows(first) and self.opens_clause(first)

    def opens_clause(self, first: int) -> bool:
        """Tell whether a clause, or what describes a film, ends before word `first`, or a wish."""
        request, at = self._request, first
        while request.flows(at) and request.norms[at - 1] in word_set("names", "passed"):
            at -= 1
        return not request.flows(at) or at in self._ending or request.norms[at - 1] in _wishes()

    def capitals(self, first: int, last: int) -> bool:
        """Tell whether words `first` up to `last` are written as names are."""
        words = self._request.words[first:last]
        return self._request.capitals_tell and all(w.capital or w.norm in word_set("names", "particles") for w in words)
