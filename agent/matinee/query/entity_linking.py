"""Links words of a request to the films and people of the catalogue, and reads what the request says of them.

From left to right the best candidate at each place counts, of those that enough speaks for. A person is demanded only
where the words around say that the films are meant: after "directed by" or "with", before "movie", behind a refusal,
or as the whole clause. "Like Wes Anderson" asks for a likeness, which the search finds by the name itself.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from matinee.language.lexicon import load
from matinee.language.negation import Stance
from matinee.language.request import Request
from matinee.query.name_context import SIDES, Leading, Role, cue_at, phrases_around, verdict_at
from matinee.query.people import Person, Side
from matinee.query.person_candidates import Manner, Named, PersonCandidates
from matinee.query.person_context import Around
from matinee.query.terms import Term
from matinee.query.title_candidates import Title, TitleCandidates
from matinee.query.title_evidence import Judge, TitleEvidence, learned
from matinee.query.title_spelling import TitleSpelling
from matinee.query.titles import TitleLookup
from matinee.understanding import Constraint, ConstraintField, Mention, Span

_FIELDS = {
    "directed": ConstraintField.DIRECTORS,
    "starred": ConstraintField.STARS,
    "either": ConstraintField.PEOPLE,
}
_MAINLY = 5
"""Somebody with this many times the films on one side is known for that side."""

_SURELY: dict[Manner, float] = {"full": 1.0, "surname": 0.8, "family": 0.8}
_TOGETHER = frozenset(("together", "both"))
_JOINING = frozenset(("and", "or", "nor", "plus"))
_SEEDS = 3
"""Films of a person that stand for the likeness to all of them."""

_VERDICT_WITHIN = 8
"""How many words after a film a verdict on it may come."""


class Entities(NamedTuple):
    """The films and people that a request names."""

    mentions: list[Mention]
    demands: list[Constraint]
    """On people."""
    spans: list[Span]
    """All names, known or not."""
    unknown: list[Span]
    """Those of titles that the catalogue lacks."""
    likened: bool
    """Whether films like those of a person are asked for."""
    remarks: list[str]


def link_entities(request: Request, titles: TitleLookup, terms: Sequence[Term], judge: Judge = learned) -> Entities:
    """Return the films named, in the order of the text, and the demands on people, with the spans of all names."""
    return _Linker(request, titles, terms, judge).read()


class _Linker:
    def __init__(self, request: Request, titles: TitleLookup, terms: Sequence[Term], judge: Judge) -> None:
        self._request = request
        self._around = Around(request, terms)
        self._spelling = TitleSpelling(request, titles)
        self._catalogue = titles
        self._titles = TitleCandidates(
            request, self._spelling, TitleEvidence(request, self._spelling, titles, terms), judge
        )
        self._people = PersonCandidates(request, titles.people, self._around)
        self._leading = Leading(request)
        self._films: list[tuple[Title, Role | None]] = []
        self._groups: list[list[Named]] = []
        self._spans: list[Span] = []
        self._unknown: list[Span] = []
        self._missed: list[Span] = []

    def read(self) -> Entities:
        i = 0
        while i < len(self._request.words):
            if i and self._request.ends_sentence(i):
                self._leading.close()
            i = self._step(i)
        mentions, demands = self._pointed_back_to(list(self._mentions())), list(self._demands())
        likened = [named for group in self._groups if self._is_likened(group) for named in group]
        remarks = list(self._told_of_unknown())
        for named in likened:
            films = [film for person in named.people for film in self._catalogue.best_known(person.name, _SEEDS)]
            known = {mention.movie_id for mention in mentions}
            seeds = [Mention(**film._asdict(), role="like") for film in films if film.movie_id not in known]
            mentions += seeds
            if seeds:
                said = self._request.quote(named.first, named.last)
                remarks.append(f"Looked for films like those of “{said}”: {', '.join(f.title for f in films)}.")
        return Entities(mentions, demands, self._spans, self._unknown, bool(likened), remarks)

    def _told_of_unknown(self) -> Iterator[str]:
        for start, end in self._missed:
            title = self._request.said_at(start, end)["words"]
            yield f"“{title}” is not in the catalogue; films that fit its name and the rest of the request stand in."

    def _pointed_back_to(self, mentions: list[Mention]) -> list[Mention]:
        """Return the films seen as films to find others like where the request points back to them: "more like it"."""
        if any(one.role == "like" for one in mentions) or not phrases_around("back").scan(self._request):
            return mentions
        return [one.model_copy(update={"role": "like"}) if one.role == "seen" else one for one in mentions]

    def _is_likened(self, group: Sequence[Named]) -> bool:
        first, last = group[0].first, group[-1].last
        likened = group[0].left.kind == "like" or self._around.likened(last)
        return likened and not self._around.hedged(first, last) and not self._around.stance(first, last).refuses

    def _step(self, i: int) -> int:
        leading = self._leading
        verdict = verdict_at(self._request, i) if i - leading.list_end <= _VERDICT_WITHIN else None
        if verdict and leading.listed:
            for at in leading.listed:
                self._films[at] = (self._films[at][0], verdict[1])
            leading.close()
            return verdict[0]
        title = self._titles.best(i, leading)
        person = self._person_at(i)
        if person and (not title or not title.films or (person.last, person.score) > (title.last, title.score)):
            return self._note_person(person)
        if title:
            return self._note_title(title)
        cue = cue_at(self._request, i)
        if cue is None:
            leading.move(i)
            return i + 1
        if (
            self._request.norms[i] == "not"
            and i - leading.list_end <= 1
            and self._films
            and self._films[-1][1] == "seen"
        ):
            cue = cue._replace(kind="unseen", firm=True)  # "I've seen Alien but not Aliens"
        leading.open(cue)
        return cue.end

    def _person_at(self, i: int) -> Named | None:
        group = self._groups[-1] if self._groups else []
        listed = bool(group) and self._joined(group[-1].last, i)
        return self._people.best(i, self._leading.left_of(i), listed=listed)

    def _note_title(self, title: Title) -> int:
        self._spans.append(title.span)
        known = len(self._films) if title.films else None
        if title.films:
            self._films.append((title, self._leading.role(title.first)))
        else:
            self._unknown.append(title.span)
            if self._leading.firm and self._leading.role(title.first) == "like":
                self._missed.append(title.span)
        self._leading.note(title.last, known)
        return title.last

    def _note_person(self, named: Named) -> int:
        if self._groups and self._joined(self._groups[-1][-1].last, named.first):
            self._groups[-1].append(named)
        else:
            self._groups.append([named])
        words = self._request.words
        self._spans.append((words[named.first].start, words[named.last - 1].end))
        self._leading.note(named.last, None)
        return named.last

    def _joined(self, last: int, first: int) -> bool:
        request = self._request
        if any(request.breaks(i) for i in range(last, first + 1)):
            return False
        if first == last:
            return any(c in ",/" for c in request.gaps[first])
        return first - last == 1 and request.norms[last] in _JOINING

    def _mentions(self) -> Iterator[Mention]:
        seen: set[str] = set()
        for title, role in self._films:
            for film in title.films:
                if role and film.movie_id not in seen:
                    seen.add(film.movie_id)
                    said = self._request.said_at(*title.span)
                    yield Mention(movie_id=film.movie_id, title=film.title, year=film.year, role=role, **said)

    def _demands(self) -> Iterator[Constraint]:
        ends = [title.span[1] for title, _ in self._films]
        for group in self._groups:
            begins = self._request.words[min(group[0].left.begins, group[0].first)].start
            of_film = any(end <= begins and not self._request.text[end:begins].strip() for end in ends)
            if not of_film and (demand := self._demand(group)):  # not in "Heat with Al Pacino"
                yield demand

    def _demand(self, group: Sequence[Named]) -> Constraint | None:
        first, last, left = group[0].first, group[-1].last, group[0].left
        stance = self._around.stance(first, last)
        refused = stance.refuses or left.exhausted or left.kind == "unlike"
        if self._around.hedged(first, last) or stance is Stance.OPEN or (refused and left.kind == "source"):
            return None
        if not refused and not self._is_asked(group):
            return None
        return self._constraint(group, refused=refused)

    def _is_asked(self, group: Sequence[Named]) -> bool:
        first, last, left = group[0].first, group[-1].last, group[0].left
        if left.kind in ("like", "source") or self._around.elsewhere(last):
            return False
        if " ".join(self._around.keys[first:last]) in load("names")["authors"]:
            return left.kind in ("director", "star")
        if self._people.is_meant(first, last, left):
            return True
        if left.kind == "love":
            return False
        if all(named.sure for named in group):
            return True
        return self._around.ends_clause(last) and self._around.opens_clause(first)

    def _constraint(self, group: Sequence[Named], *, refused: bool) -> Constraint:
        request, first, last = self._request, group[0].first, group[-1].last
        left = group[0].left
        people = list({p.name: p for named in group for p in named.people}.values())
        acts = self._around.acts(last)
        wanted: Side | None = "directed" if self._around.directs(last) else "starred" if acts else SIDES.get(left.kind)
        sides = {_side(person, wanted) for person in people}
        side = sides.pop() if len(sides) == 1 else "either"
        between = {request.norms[i] for a, b in pairwise(group) for i in range(a.last, b.first)}
        asked = wanted == "starred" or not _TOGETHER.isdisjoint(request.norms[last : last + 3])
        together = len(group) > 1 and side != "directed" and "and" in between and asked
        certainty = min(_SURELY[named.manner] for named in group)
        if left.kind not in SIDES and not acts:
            certainty = min(certainty, 0.7 if left.kind == "love" else 0.9)
        if together:
            certainty = min(certainty, 0.9)
        return Constraint(
            field=_FIELDS[side],
            op="none_of" if refused else "all_of" if together else "any_of",
            value=[person.name for person in people],
            certainty=certainty,
            **request.said(first, last),
        )


def _side(person: Person, wanted: Side | None) -> Side:
    """Return what a person's films are looked for by: what the words say, else what the person is known for."""
    if wanted and person.films(wanted):
        return wanted
    if person.directed >= _MAINLY * person.starred:
        return "directed"
    return "starred" if person.starred >= _MAINLY * person.directed else "either"
