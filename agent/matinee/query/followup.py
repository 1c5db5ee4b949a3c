"""What a turn that goes on from films shown demands, together with the turns before it.

Demands add up until they are taken back; one that cannot hold beside a later one gives way to it. What was shown is
not shown again.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from statistics import median_low
from typing import Literal

from matinee.language.lexicon import load
from matinee.language.negation import negated, stance_of
from matinee.language.request import Request
from matinee.query.adding_up import beside, joined, kinds, mention_of, once_each, without_topic
from matinee.query.in_english import InEnglish, without_markup
from matinee.query.name_context import Role, cue_at
from matinee.query.query_text import completed
from matinee.query.read import distinct, understand
from matinee.query.references import Read, Reference, References, Shown, pattern, word_list
from matinee.query.relative_constraints import Measures
from matinee.query.taken_back import TakenBack, taken_back
from matinee.query.titles import TitleLookup
from matinee.understanding import PEOPLE, Constraint, ConstraintField, Mention, Understanding

GOES_ON = "Read as going on from"
"""How the remark begins that tells of a turn read beside those before it."""
_OPENING, _COURTESY = 7, 6
"""Words in which what is asked for is named, and most words of a courtesy."""
_SHORT, _LONG = 2, 15
"""Words of short turns, at most, and of long ones, at least."""
_CIRCUMSTANCES = (ConstraintField.RUNTIME, ConstraintField.LANGUAGES)
"""What stays demanded where a turn asks for films of another kind: how long they are, and which languages count."""
Verdict = Literal["like", "dislike", "seen"]
_TOLD: dict[Role, Verdict] = {"like": "like", "unlike": "dislike", "seen": "seen"}


class Follow:
    """One turn, read beside what went before it.

    Attributes:
        text: the turn, folded.
        said: what the turn demands by itself.
        verdicts: what it says of films, by their ids.
    """

    def __init__(
        self,
        said: InEnglish,
        titles: TitleLookup,
        before: Understanding | None,
        references: References,
        this_year: int | None = None,
    ) -> None:
        self._said = said
        self._request = said.request
        self.text = said.request.folded
        self._titles = titles
        self._before = before
        self._references = references
        self._this_year = this_year
        self._lists = references.lists
        self._back = TakenBack(list(self._earlier), [])
        self._people: list[Constraint] = []
        self.references_named: list[Reference] = []
        self.said = Understanding(text="")

    @property
    def _earlier(self) -> Sequence[Constraint]:
        if self._before is None:
            return []
        relaxed = self._before.relaxed  # what had given way counts again, in place of what stood in for it
        widened = {(one.field, one.op, one.words) for one in relaxed}
        kept = [one for one in self._before.constraints if (one.field, one.op, one.words) not in widened]
        return [*kept, *relaxed]

    @property
    def _goes_on(self) -> bool:
        return self._before is not None or bool(self._lists.shown)

    def read(self, demands: Read, people: Sequence[Constraint]) -> None:
        """Read the turn: what it takes back, the films it refers to, and what it asks for.

        Args:
            demands: returns those that a few words make.
            people: demands on people whom the turn points at without naming them.
        """
        if self._before:
            self._back = taken_back(self.text, self._earlier, demands)
        self._people = list(people)
        text = self._request.text
        for start, end in reversed(self._back.spans):
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
        self.said = understand(
            self._said._replace(request=without_markup(text)),
            self._titles,
            this_year=self._this_year,
            compared_with=self._measures,
            goes_on=self._goes_on,
        )
        self.references_named = self._references.named(self._request, self.said.mentions)

    @property
    def shown(self) -> Sequence[Shown]:
        """The films shown before the turn."""
        return self._lists.shown

    @property
    def asks_for_more(self) -> bool:
        """Whether it asks for other films, in so many words."""
        return self._goes_on and _says(self.text, "more", "more")

    @property
    def points(self) -> bool:
        """Whether it refers to films shown."""
        return bool(self.references_named or self._references.pronouns(self.text))

    @property
    def is_courtesy(self) -> bool:
        """Whether it is made of courtesies alone."""
        if self.asks_for_more or self.says_something:
            return False
        said, left = self.text.replace("'", ""), self.text.replace("'", "")
        for key in load("conversation")["courtesy"]:
            left = pattern("courtesy", key).sub(" ", left)
        return left != said and not re.search(r"\w", pattern("question", "fillers").sub(" ", left))

    @property
    def only_points(self) -> bool:
        """Whether it refers to films shown, and says nothing else: "the second one then"."""
        return self.points and not (self.judges_shown or self.says_something)

    @property
    def judges_shown(self) -> bool:
        """Whether it asks for others than those shown, or takes anything back, or says what it thinks of them."""
        changes = self.asks_for_more or self._back.lifted or self._rejects or self._verdict is not None
        return changes or self._is_judged or any(film.role == "unlike" for film in self._referred)

    @property
    def speaks_of_films(self) -> bool:
        """Whether it says that it is about films: by the word, or by what it says of those shown."""
        named = _says(self.text, "more", "films")
        shown = self._goes_on and (
            self.asks_for_more or self._back.lifted or self._verdict is not None or self._rejects
        )
        return named or shown or bool(self.references_named)

    @property
    def features(self) -> list[bool]:
        """What the reading says of the turn's scope."""
        said, words = self.said, self._request.norms or [""]
        fields = {demand.field for demand in said.constraints}
        return [
            _says(self.text, "more", "films"),
            self.says_something,
            not _says(self.text, "scope", "asking"),
            self.asks_elsewhere,
            words[0] in word_list("scope", "names"),
            words[0] in word_list("scope", "questions"),
            bool(said.mentions),
            not fields.isdisjoint(PEOPLE),
            ConstraintField.GENRES in fields,
            not fields.isdisjoint((ConstraintField.YEAR, ConstraintField.RUNTIME)),
            bool(said.moods or said.critiques or said.hints),
            said.intent == "identify",
            len(words) <= _SHORT,
            len(words) >= _LONG,
            not word_list("scope", "of_self").isdisjoint(words),
            not word_list("scope", "to_somebody").isdisjoint(words),
        ]

    @property
    def states(self) -> bool:
        """Whether it states or names something, and neither asks nor orders."""
        names = not word_list("scope", "states").isdisjoint(self._request.norms[:1])
        return "?" not in self.text and (names or not _says(self.text, "scope", "asking"))

    @property
    def asks_elsewhere(self) -> bool:
        """Whether it asks for what others recommend: a book, a series, a recipe, and not as what a film is about."""
        opening = " ".join(self.text.split()[:_OPENING])
        found = pattern("scope", "elsewhere").search(opening)
        return found is not None and pattern("scope", "of_a_film").search(opening[: found.start()]) is None

    @property
    def is_short(self) -> bool:
        """Whether it has few words, as courtesies have."""
        return len(self._request.words) <= _COURTESY

    @property
    def says_something(self) -> bool:
        """Whether anything was read that describes films."""
        said = self.said
        read = (
            *said.constraints,
            *said.mentions,
            *said.critiques,
            *said.moods,
            *said.hints,
            *said.refused,
            *self._people,
        )
        return bool(read or said.order or said.intent == "identify")

    @property
    def _rejects(self) -> bool:
        words = re.sub(r"^(?:(?:hm+|ok|okay|well|oh|um+)\W+)+", "", self.text)
        return re.match(pattern("verdict", "other"), words) is not None

    @cached_property
    def verdicts(self) -> list[tuple[str, Verdict]]:
        """What the turn says of films shown or named: seen, liked or not."""
        found = {
            m.movie_id: _TOLD[m.role]
            for m in self._referred
            if m.role != "shown" and (m.role == "seen" or self._is_judged)
        }
        found |= {m.movie_id: "seen" for m in self.said.mentions if m.role == "seen"}
        return list(found.items())

    @property
    def _is_judged(self) -> bool:
        """Whether films are said to be liked or not, and not only pointed at: "more like the first"."""
        return any(_says(self.text, "verdict", key) for key in ("loved", "hated"))

    def together(self) -> Understanding:
        """Return what is asked for by now."""
        said = self.said.model_copy(
            update={
                "mentions": [*self.said.mentions, *self._referred],
                "constraints": list(distinct([*self.said.constraints, *self._people])),
            }
        )
        if self._before is None or said.intent == "identify":
            return completed(said.model_copy(update={"mentions": once_each((), said.mentions, self._lists.shown)}))
        return self._joined(self._before, said)

    def _joined(self, before: Understanding, said: Understanding) -> Understanding:
        earlier = self._back.kept
        if self._is_of_its_own(said):
            earlier = [c for c in earlier if c.op == "none_of" or c.is_limit or c.field in _CIRCUMSTANCES]
        kept = beside(earlier, said.constraints, replaces=_replaces_kind(self.text))
        before = without_topic(before) if self._changes_topic(said) else before
        said = said.model_copy(update={"remarks": [*said.remarks, *self._told()]})
        return joined(before, said, kept, self._lists.shown)

    def _is_of_its_own(self, said: Understanding) -> bool:
        """Tell whether a turn is a whole request, of another kind than before: "a western with Clint Eastwood"."""
        wanted, before = kinds(said.constraints), kinds(self._back.kept)
        named = any(c.field in (*PEOPLE, ConstraintField.YEAR) and c.op != "none_of" for c in said.constraints)
        whole = named or any(m.role == "like" for m in self.said.mentions)
        goes_on = self.asks_for_more or self._back.lifted or _says(self.text, "more", "goes_on")
        return bool(wanted and before) and wanted.isdisjoint(before) and whole and not goes_on

    def _changes_topic(self, said: Understanding) -> bool:
        """Tell whether a turn asks for something of its own: another genre instead, or films like others."""
        genre = any(c.field is ConstraintField.GENRES and c.op != "none_of" for c in said.constraints)
        seeds = any(m.role == "like" for m in self.said.mentions)
        return self._is_of_its_own(said) or seeds or (genre and _replaces_kind(self.text))

    def _told(self) -> Iterator[str]:
        assert self._before is not None
        out = "; the films shown before are left out" if self._lists.shown else ""
        yield f"{GOES_ON} “{self._before.text[-80:]}”: what was asked there still holds{out}."

    def _measures(self, mentions: Sequence[Mention]) -> Measures:
        """Return what "older" and "longer" count from.

        Films referred to or spoken of last, else what was asked for, else films shown.
        """
        named = self._references.named(self._request, mentions)
        compared = [film for ref in named for film in ref.films]
        compared = compared or [film for ref in self._than(self.text) for film in ref.films]
        if not compared and self._lists.focus:
            compared = self._lists.spoken_of
        return Measures(
            self._compared(ConstraintField.YEAR, compared), self._compared(ConstraintField.RUNTIME, compared)
        )

    def _than(self, text: str) -> list[Reference]:
        return [ref for ref in self._references.pronouns(text) if re.search(r"\b(?:than|like|as) $", text[: ref.start])]

    def _compared(self, field: ConstraintField, films: Sequence[Shown]) -> list[int]:
        def figures(of: Sequence[Shown]) -> list[int]:
            if field is ConstraintField.YEAR:
                return [film.year for film in of if film.year]
            return self._titles.runtimes(film.movie_id for film in of)

        asked = [int(c.value) for c in self._back.kept if c.field is field and isinstance(c.value, float)]
        shown = figures(self._lists.last) if self._lists.shown else []
        return figures(films) or asked or ([median_low(shown)] if shown else [])

    @cached_property
    def _referred(self) -> list[Mention]:
        """The films shown that the turn refers to, with what it says of them."""
        found: list[Mention] = []
        for ref in self.references_named:
            role = _role(self._request, ref.start, ref.end)
            role = "unlike" if role == "like" and _says(self.text, "verdict", "hated") else role
            if role:
                found += [mention_of(film, role, self._request.said_at(ref.start, ref.end)) for film in ref.films]
        pointed = self._than(self.text)
        said = self._verdict if not self.said.mentions else None  # else it is said of the film named
        if not found and (said or pointed):
            films = pointed[0].films if pointed else self._lists.spoken_of
            role = said[0] if said else "like"
            found = [mention_of(film, role, {"words": film.title}) for film in films if role]
        return found

    @cached_property
    def _verdict(self) -> tuple[Role | None] | None:
        """What it says of films that it only points at: "I have not seen it" says nothing."""
        roles: tuple[Role, ...] = ("seen", "unlike", "like")
        for role in roles:
            if match := pattern("verdict", role).search(self.text):
                if not _is_negated(self._request, match.start()):
                    return (role,)
                return ("unlike" if role == "like" else None,)
        return None


def people_pointed_at(text: str, people: Sequence[str]) -> list[Constraint]:
    """Return the demand on those whom "his other films" and "one without her" mean."""
    found = pattern("refer", "people").search(text) if people else None
    if not found:
        return []
    op = "none_of" if re.search(r"\b(?:without|not|no)\b[^.,;]*$", text[: found.end()]) else "any_of"
    return [Constraint(field=ConstraintField.PEOPLE, op=op, value=list(people[:1]), words=found[0])]


def _says(text: str, table: str, key: str) -> bool:
    return pattern(table, key).search(text.replace("'", "")) is not None


def _replaces_kind(text: str) -> bool:
    """Tell whether a genre of the turn stands in place of the former one: "I'd rather have a comedy"."""
    return _says(text, "more", "instead") and not _says(text, "more", "also")


def _is_negated(request: Request, start: int) -> bool:
    last = first = request.word_at(start)
    while first > 0 and request.flows(first):
        first -= 1
    return negated(request.norms[first:last])


def _role(request: Request, start: int, end: int) -> Role | None:
    before = request.folded[max(0, start - 40) : start]
    clause = re.split(r"[.,;:!?]| but ", before)[-1]
    first = next((i for i, w in enumerate(request.words) if w.start >= start - len(clause)), 0)
    for i in range(first, len(request.words)):
        if request.words[i].start >= end:
            break
        cue = cue_at(request, i)
        if cue and cue.role and request.words[cue.end - 1].end <= end:
            return cue.role
    if seen := re.search(r"\b(?:seen|saw|watched|know|knew)\b", clause):
        return None if _is_negated(request, start - len(clause) + seen.start()) else "seen"
    return "unlike" if stance_of(request, request.word_at(start), request.word_at(end)).refuses else "like"
