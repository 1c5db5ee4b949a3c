"""Reads a turn of a conversation: what it is (a request, a question, a courtesy, something else), and what it changes.

The same function reads a turn that a checkpointer's state goes before, and each turn of a history of messages.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from matinee.language.detection import is_foreign
from matinee.models import Movie
from matinee.query.followup import Follow, Verdict, people_pointed_at
from matinee.query.in_english import in_english
from matinee.query.questions import Question, Questions
from matinee.query.read import understand
from matinee.query.references import Lists, References, pattern
from matinee.query.scope import Scope
from matinee.query.titles import TitleLookup
from matinee.understanding import Constraint, Reply, Understanding

Scopes = Callable[[str, Sequence[bool]], Mapping[Scope, float]]
"""Returns how likely each scope is of a text, and of what reading it finds."""

_LIKELY, _SURE, _CERTAIN = 0.75, 0.85, 0.985
"""From where on a scope other than films counts: of a question or an order, of a statement, and where films are spoken
of or a conversation about films goes on. To refuse a request is worse than to answer a stray remark with films."""


class Conversation(NamedTuple):
    """What went before a turn."""

    understood: Understanding | None = None
    """What was asked for, with all demands that still count; None: nothing yet."""
    lists: Lists = Lists()
    people: Sequence[str] = ()
    """Those spoken of last, whom "his other films" means."""
    asked: Sequence[str] = ()
    """What the turn before asked of a film, if it asked."""


class Turn(NamedTuple):
    """What a turn is, and what goes before the next one."""

    reply: Reply
    after: Conversation
    question: Question | None = None
    verdicts: Sequence[tuple[str, Verdict]] = ()
    """What it says of films by their ids: that they were seen, liked or not."""
    lost: bool = False
    """Whether it says nothing by itself, and nothing is known to go before it."""


class Reader:
    """Reads turns against a catalogue.

    Args:
        titles: the catalogue's titles and people.
        scopes: tells a request from something else; None: every turn is taken for a request or a question.
        this_year: what "recent" counts from; by default the clock's.
    """

    def __init__(self, titles: TitleLookup, scopes: Scopes | None = None, this_year: int | None = None) -> None:
        self._titles = titles
        self._scopes = scopes
        self._this_year = this_year

    def turn(self, text: str, before: Conversation, rows: Mapping[str, Movie]) -> Turn:
        """Return what a turn is; `rows` are those of the films shown, by id."""
        asked = in_english(text, self._titles)
        request = asked.request
        if before.understood and pattern("more", "anew").search(request.folded):
            before = Conversation()
        references = References(before.lists, rows, self._demands)
        follow = Follow(asked, self._titles, before.understood, references, self._this_year)
        follow.read(self._demands, people_pointed_at(request.folded, before.people))
        said = follow.said
        questions = Questions(before.lists, references, self._titles, self._demands, before.asked)
        judged = not is_foreign(request.text)  # the vectors of other languages say nothing
        shares = self._scopes(request.text, follow.features) if self._scopes and judged else {}
        question = questions.in_turn(request, said.mentions)
        asks = shares.get("question", 0.0) > (_SURE if follow.says_something else _LIKELY)
        if question is None and asks and follow.points and not follow.judges_shown:
            question = questions.pointed(request, said.mentions)
        if (
            question
            and (follow.points or question.movie_ids)
            and not follow.asks_for_more
            and self._is_question(question, follow, shares)
        ):
            return self._answering(question, before, rows)
        reply = self._reply(follow, shares)
        if reply != "films":
            return Turn(reply, before._replace(asked=()), verdicts=follow.verdicts)
        understood = follow.together()
        people = [
            name
            for c in understood.constraints
            if "people" in c.field or c.field in ("directors", "stars")
            for name in _listed(c)
        ]
        after = Conversation(understood, before.lists._replace(focus=()), people[-1:] or before.people)
        lost = (
            before == Conversation()
            and not follow.says_something
            and pattern("more", "more").search(follow.text) is not None
        )
        return Turn("films", after, verdicts=follow.verdicts, lost=lost)

    def features(self, text: str) -> list[bool]:
        """Return what the reading of a text says of its scope."""
        follow = Follow(
            in_english(text, self._titles), self._titles, None, References(Lists(), {}, self._demands), self._this_year
        )
        follow.read(self._demands, [])
        return follow.features

    def _demands(self, said: str) -> Sequence[Constraint]:
        return understand(said, self._titles, this_year=self._this_year).constraints

    def _is_question(self, question: Question, follow: Follow, shares: Mapping[Scope, float]) -> bool:
        known = {film.movie_id for film in follow.shown}
        if follow.references_named or not known.issuperset(question.movie_ids):
            return shares.get("other", 0.0) < _CERTAIN
        least = shares.get("question", 1.0)
        return shares.get("other", 0.0) <= (max(least, _LIKELY) if question.fields or question.superlative else least)

    def _answering(self, question: Question, before: Conversation, rows: Mapping[str, Movie]) -> Turn:
        films = [rows[one] for one in question.movie_ids if one in rows]
        side = next((key for key in ("stars", "director") if key in question.fields), "")
        people = [
            name for film in films[:1] for name in (film.stars if side == "stars" else film.directors)[:1] if side
        ]
        lists = before.lists._replace(focus=question.movie_ids)
        return Turn(
            "answer", before._replace(lists=lists, people=people or before.people, asked=question.fields), question
        )

    def _reply(self, follow: Follow, shares: Mapping[Scope, float]) -> Reply:
        """Return what a turn that asks nothing of a film is."""
        if not shares:
            return "films"
        if pattern("verdict", "chosen").search(follow.text.replace("'", "")) and not follow.asks_for_more:
            return "smalltalk"
        courtesy, other = shares["smalltalk"], shares["other"]
        if follow.is_courtesy or (follow.only_points and courtesy > shares["films"]):
            return "smalltalk"
        goes_on = follow.says_something and bool(follow.shown)
        states = follow.states and not follow.asks_elsewhere
        states = states and (other > courtesy or not follow.is_short)
        needed = _CERTAIN if follow.speaks_of_films or goes_on else _SURE if states else _LIKELY
        if courtesy + other < needed:
            return "films"
        return "smalltalk" if courtesy > other else "refusal"


def _listed(constraint: Constraint) -> list[str]:
    return constraint.value if isinstance(constraint.value, list) else []
