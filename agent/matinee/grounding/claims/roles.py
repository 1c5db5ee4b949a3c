"""Who does what to whom: whether each tie that a claim makes is one that the premise makes too.

Both are read (`reading`), and the claim's words are set against the telling's: each phrase must name one thing of the
telling, each verb must have the same doers there and its other parts among those that take part. Order then means
nothing, so that "bugs a playwright's flat" is borne out by "to bug the flat of the playwright". Words that something
else than the overview bears out ("her lonely life", by a keyword) are not looked at here.
"""

import re
from collections.abc import Iterable, Sequence

from matinee.grounding.claims.lexicon import LEXICON
from matinee.grounding.claims.places import is_of
from matinee.grounding.claims.reading import Event, Phrase, Reading
from matinee.grounding.claims.reading.grammar import GRAMMAR
from matinee.grounding.claims.ruling import Ruling
from matinee.grounding.claims.text import Token, stem

_SEXES = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f"}
_PLACES = ("in", "at", "near", "across", "scene")
_TIMED = re.compile(r"\b(?:because|after|before|until|so that|therefore|since|once|when|as soon as|due to)\b", re.I)


def tied(ruling: Ruling, told: Sequence[Token]) -> bool:
    """Tell whether the telling ties together all that the claim says in these words of the overview."""
    return _Comparison(ruling, told).holds()


def crossed(ruling: Ruling, told: Sequence[Token]) -> str:
    """Return the verb that the telling has of others, or the other way round; "" when there is none."""
    return _Comparison(ruling, told).crossed()


class _Comparison:
    def __init__(self, ruling: Ruling, told: Sequence[Token]) -> None:
        self._claim = Reading(ruling.text)
        self._telling = ruling.case.reading
        self._told = {token.start for token in told}
        self._seen: set[int] = set()
        self._text = ruling.text
        self._order: list[int] = []

    def holds(self) -> bool:
        events = [event for event in self._claim.events if not self._is_light(event)]
        if not all(self._event(event) for event in events):
            return False
        if not all(self._light(event) for event in self._claim.events if self._is_light(event)):
            return False
        if not all(self._phrase(phrase) for phrase in self._claim.phrases if self._words(phrase)):
            return False
        if _TIMED.search(self._text) and self._order != sorted(self._order):
            return False
        return self._told <= self._seen

    def crossed(self) -> str:
        for event in self._claim.events:
            like = [other for other in self._telling.events if self._same_verb(event, other)]
            if like and not any(self._fits(event, other) for other in like):
                if any(self._turned(event, other) for other in like):
                    return event.token.text
                if all(self._is_another_s(event, other) for other in like):
                    return event.token.text
        return ""

    def _turned(self, event: Event, other: Event) -> bool:
        """Tell whether somebody does here what is done to them there, or the other way round."""
        return self._stands_among(event.doers, other.parts, other.doers) or self._stands_among(
            event.parts, other.doers, other.parts
        )

    def _is_another_s(self, event: Event, other: Event) -> bool:
        """Tell whether the telling has somebody else do it."""
        known = [phrase for phrase in other.doers if phrase.words or phrase.same]
        asserted = [phrase for phrase in event.doers if self._asserts(phrase)]
        return bool(known) and any(not any(self._names(phrase, told) for told in known) for phrase in asserted)

    def _stands_among(self, phrases: Sequence[Phrase], wrong: Sequence[Phrase], right: Sequence[Phrase]) -> bool:
        asserted = [phrase for phrase in phrases if self._asserts(phrase)]
        return any(
            any(self._names(phrase, told) for told in wrong) and not any(self._names(phrase, told) for told in right)
            for phrase in asserted
        )

    # What the claim asserts

    def _is_told(self, token: Token) -> bool:
        return token.start in self._told

    def _is_light(self, event: Event) -> bool:
        return not self._is_told(event.token)

    def _words(self, phrase: Phrase) -> list[Token]:
        return [token for token in phrase.words if self._is_told(token)]

    def _asserts(self, phrase: Phrase) -> bool:
        return any(self._words(each) or any(map(self._asserts, each.links)) for each in _described(phrase))

    # Phrases

    def _phrase(self, phrase: Phrase) -> bool:
        """Tell whether the phrase names a thing of the telling, by what the telling says of that thing."""
        return any(self._names(phrase, other) for other in self._telling.phrases)

    def _names(self, phrase: Phrase, other: Phrase) -> bool:
        """Tell whether the claim's phrase, and all else that the claim calls the same, fits a thing of the telling."""
        return all(self._fits_one(each, other) for each in _described(phrase))

    def _fits_one(self, phrase: Phrase, other: Phrase) -> bool:
        if other.pronoun and len(other.same) > 1:
            return any(self._fits_one(phrase, each) for each in other.same)
        if phrase.pronoun:
            return self._may_be(phrase, other)
        cluster = other.cluster()
        own = [word for each in cluster for word in each.words]
        linked = [*self._hanging(cluster), *self._holders(cluster), *self._led_in(cluster)]
        wide = [*own, *(word for each in linked for near in each.cluster() for word in near.words)]
        words = self._words(phrase)
        if not words:
            return not self._sex_differs(phrase, other)
        *rest, head = words
        at_head = phrase.words[-1] is head
        spoken_of = (word for each in self._telling.phrases for word in each.words)
        if at_head and _sex_of(head) and not self._among(head, spoken_of):
            at_head = False
            if not _sex_of(head) & self._sexes(other):
                return False
            words = rest
            self._seen.add(head.start)
        if at_head and not self._among(head, own):
            return False
        if at_head and not head.capital and self._only_modifies(head, cluster):
            return False
        if not all(self._among(word, wide) for word in (rest if at_head else words)):
            return False
        if not all(self._link(link, linked, wide) for link in phrase.links if self._asserts(link)):
            return False
        self._seen.update(word.start for word in words)
        return True

    def _link(self, link: Phrase, linked: Sequence[Phrase], wide: Sequence[Token]) -> bool:
        if self._is_scene(link) or any(self._names(link, other) for other in linked):
            return True
        words = self._words(link)
        if words and all(self._among(word, wide) for word in words) and not any(map(self._asserts, link.links)):
            self._seen.update(word.start for word in words)
            return True
        return False

    def _only_modifies(self, head: Token, cluster: Sequence[Phrase]) -> bool:
        """Tell whether the telling has the word before another only: the "car" of a "car salesman" is no car of his."""
        return not any(
            LEXICON.akin(head.stem, each.words[-1].stem) or each.named or self._head_like(head, each)
            for each in cluster
            if each.words
        )

    @staticmethod
    def _head_like(head: Token, phrase: Phrase) -> bool:
        last = phrase.words[-1]
        return len(phrase.words) > 1 and LEXICON.akin(head.stem, phrase.words[-2].stem) and last.capital

    def _hanging(self, cluster: Sequence[Phrase]) -> list[Phrase]:
        return [near for each in cluster for link in each.links for near in (link, *link.links)]

    def _holders(self, cluster: Sequence[Phrase]) -> list[Phrase]:
        return [each for each in self._telling.phrases if any(link in cluster for link in each.links)]

    def _led_in(self, cluster: Sequence[Phrase]) -> list[Phrase]:
        """Return what stands before the thing that it is told of: "Just out of prison, Clay gathers a crew"."""
        found: list[Phrase] = []
        for event in self._telling.events:
            begins = [doer.words[0].start for doer in event.doers if doer in cluster and doer.words]
            found += [a for a in event.asides if begins and a.words and a.words[0].start < min(begins)]
        return found

    @staticmethod
    def _among(word: Token, others: Iterable[Token]) -> bool:
        return any(LEXICON.akin(word.stem, o.stem) or (word.capital and is_of(word.text, o.text)) for o in others)

    def _may_be(self, pronoun: Phrase, other: Phrase) -> bool:
        sex = _SEXES.get(pronoun.pronoun)
        return not (sex and self._sexes(other) and sex not in self._sexes(other))

    def _sex_differs(self, phrase: Phrase, other: Phrase) -> bool:
        said = {sex for word in phrase.words for sex in _sex_of(word)}
        return bool(said and self._sexes(other) and not said & self._sexes(other))

    def _sexes(self, phrase: Phrase) -> set[str]:
        """Return the sexes that the telling gives the thing: by its words, or by pronouns that can only mean it."""
        cluster = phrase.cluster()
        found = {sex for each in cluster for word in each.words for sex in _sex_of(word)}
        pronouns = (each for each in self._telling.phrases if each.pronoun in _SEXES and len(each.same) == 1)
        return found | {_SEXES[each.pronoun] for each in pronouns if each.same[0] in cluster}

    # Events

    def _event(self, event: Event) -> bool:
        for other in self._telling.events:
            if self._same_verb(event, other) and event.denied == other.denied and self._fits(event, other):
                self._seen.add(event.token.start)
                self._order.append(other.token.start)
                return True
        return False

    @staticmethod
    def _same_verb(event: Event, other: Event) -> bool:
        return (
            event.verb == other.verb
            or LEXICON.akin(stem(event.verb), stem(other.verb))
            or LEXICON.akin(event.token.stem, other.token.stem)
        )

    def _fits(self, event: Event, other: Event) -> bool:
        doers = [phrase for phrase in event.doers if self._matters(phrase)]
        parts = [phrase for phrase in event.parts if self._matters(phrase)]
        asides = [phrase for phrase in event.asides if self._matters(phrase)]
        if not all(any(self._names(doer, told) for told in other.doers) for doer in doers):
            return False
        direct = other.parts or other.asides
        if not all(any(self._names(part, told) for told in direct) for part in parts):
            return False
        around = self._around(other)
        return all(self._is_scene(aside) or any(self._names(aside, told) for told in around) for aside in asides)

    def _is_scene(self, phrase: Phrase) -> bool:
        """Tell whether it only says where, and all plays there: the one place that the telling names."""
        places = [p for p in self._telling.phrases if p.role in _PLACES and any(w.capital for w in p.words)]
        words = self._words(phrase)
        if phrase.role not in _PLACES or not words or not all(word.capital for word in words) or len(places) != 1:
            return False
        if not all(self._among(word, [w for w in places[0].words if w.capital]) for word in words):
            return False
        self._seen.update(word.start for word in words)
        return True

    def _matters(self, phrase: Phrase) -> bool:
        sexed = any(each.pronoun in _SEXES or any(map(_sex_of, each.words)) for each in _described(phrase))
        return sexed or self._asserts(phrase)

    def _around(self, event: Event) -> list[Phrase]:
        """Return all that takes part in the event, or in one that it is a part of or leads to; not who does it."""
        found = [*event.parts, *event.asides]
        for other in self._telling.events:
            if other.above is event or other is event.above:
                found.extend(part for part in (*other.parts, *other.asides) if part not in event.doers)
        return [*found, *self._hanging(found)]

    def _light(self, event: Event) -> bool:
        """Tell whether what a verb that says little puts together ("is", "has", "involves") goes together."""
        doers = [phrase for phrase in event.doers if self._asserts(phrase)]
        parts = [phrase for phrase in (*event.parts, *event.asides) if self._asserts(phrase)]
        if event.denied and (doers or parts):
            return False
        if not doers or event.verb in GRAMMAR.framing:
            return True
        if event.verb not in ("be", "have") and any(self._same_verb(event, other) for other in self._telling.events):
            return self._event(event)
        return all(self._together(doer, part, is_same=event.verb == "be") for doer in doers for part in parts)

    def _together(self, one: Phrase, other: Phrase, *, is_same: bool) -> bool:
        for told in self._telling.phrases:
            if not self._names(one, told):
                continue
            cluster = told.cluster()
            if is_same:
                own = [word for each in cluster for word in each.words]
                if all(self._among(word, own) for word in self._words(other)) and not other.links:
                    self._seen.update(word.start for word in self._words(other))
                    return True
                if any(self._names(other, each) for each in cluster if each is not told):
                    return True
                continue
            near = [*self._hanging(cluster), *self._holders(cluster)]
            near += [p for e in self._telling.events if set(e.doers) & set(cluster) for p in (*e.parts, *e.asides)]
            if any(self._names(other, each) for each in near):
                return True
        return False


def _described(phrase: Phrase) -> list[Phrase]:
    """Return the claim's phrases for one thing; what a pronoun there stands for is a guess, and left out."""
    return [phrase] if phrase.pronoun else [each for each in phrase.cluster() if not each.pronoun]


def _sex_of(word: Token) -> set[str]:
    signs = LEXICON.sexes.get(word.low)
    if not signs:
        return set()
    return {"m"} if "he" in signs else {"f"}
