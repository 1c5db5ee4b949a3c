"""What became of requests, counted: before validation, as a model wrote it, and after, as the viewer gets it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, cast

from langchain_core.messages import AIMessageChunk

from benchmarks.grounding_timing import Moments
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.llm.chat import Chat
from matinee.models import Movie, title_key
from matinee.nodes.answer_session import AnswerSession
from matinee.nodes.prompting import Asked, recommend_messages
from matinee.reasons.checker import Checker, Judged
from matinee.reasons.parser import AnswerParser, Heading, Sentence
from matinee.reasons.title_matching import Fault, match
from matinee.state import RecommendState
from matinee_graphs.parts import Parts
from matinee_graphs.recommend import build_recommend_graph

RAW_TOKENS = 500
"""So much of an answer that nobody stops is read; four paragraphs of the form asked for have about 300."""


@dataclass
class Tally:
    """Counts over picks and the sentences of their reasons; shares are of the picks, or of the sentences."""

    picks: int = 0
    in_catalogue: int = 0
    offered: int = 0
    within: int = 0
    sentences: int = 0
    contradicted: int = 0
    supported: int = 0
    false: list[str] = field(default_factory=list)
    """The contradicted sentences, each with its film."""

    def row(self) -> dict[str, Any]:
        """Return the shares, in percent."""
        return {
            "picks": self.picks,
            "in catalogue %": _percent(self.in_catalogue, self.picks),
            "offered %": _percent(self.offered, self.picks),
            "within demands %": _percent(self.within, self.picks),
            "sentences": self.sentences,
            "contradicted %": _percent(self.contradicted, self.sentences),
            "borne out %": _percent(self.supported, self.sentences),
        }

    def count(self, judged: Judged, movie: Movie) -> None:
        """Count a sentence of a reason."""
        self.sentences += 1
        self.contradicted += judged.verdict == "contradicted"
        self.supported += judged.verdict == "supported"
        if judged.verdict == "contradicted":
            self.false.append(f"{movie.label}: {judged.text} ({judged.why_not})")


@dataclass
class Course:
    """The course of all requests: what was written, what stands, and what it took."""

    raw: Tally = field(default_factory=Tally)
    validated: Tally = field(default_factory=Tally)
    requests: int = 0
    short: int = 0
    repaired: int = 0
    wanted: int = 0
    """Picks that were asked for, where the model was asked, and could be had."""
    of_first_draft: int = 0
    """Those of them that the first draft gave."""
    reasons: Counter[str] = field(default_factory=Counter)
    """How many reasons are the model's, the model's in part, or composed."""
    moments: Moments = field(default_factory=Moments)
    checking: list[float] = field(default_factory=list)
    """Seconds that the judging of a sentence took."""
    texts: list[dict[str, Any]] = field(default_factory=list)
    """What each request came to, to be read by a person."""
    _by_key: dict[str, Movie] = field(default_factory=dict)

    def keyed(self, catalogue: Mapping[str, Movie]) -> Mapping[str, Movie]:
        """Return the films by their titles and years, read once: all requests are of one catalogue."""
        if not self._by_key:
            self._by_key = {title_key(t, m.year): m for m in catalogue.values() for t in (m.title, *m.aka)}
        return self._by_key


async def follow(
    parts: Parts,
    request: str,
    context: Context,
    catalogue: Mapping[str, Movie],
    course: Course,
) -> None:
    """Run one request and count what comes of it.

    The raw text is the first draft; where that was stopped, what the model writes to the same prompt when nobody does.
    """
    state: dict[str, Any] = {}
    drafts: list[dict[str, Any]] = []
    recommended: list[dict[str, Any]] = []
    moments = Moments()
    stream: Any = build_recommend_graph(parts).astream(
        {"query": request}, context=context, stream_mode=["updates", "custom", "messages"]
    )
    async for mode, payload in stream:
        if mode == "updates":
            for node, update in payload.items():
                if node == "validate":  # the state that it leaves has no room for the films on offer
                    recommended = update.get("recommendations", recommended)
                else:
                    state.update(update or {})
                if node == "generate" and update["draft"]["writer"] == "model":
                    drafts.append(update["draft"])
        elif mode == "custom":
            moments.event(payload)
        elif isinstance(payload[0], AIMessageChunk):
            moments.token()
    course.requests += 1
    course.repaired += len(drafts) > 1
    session = AnswerSession(cast(RecommendState, state), context)
    checker = session.checker(await parts.titles.names(), parts.sentence_encoder)
    _count_validated(session, recommended, catalogue, course, checker)
    raw = ""
    if drafts:
        course.wanted += min(context.limit, len(session.offered))
        course.of_first_draft += len(drafts[0]["picks"])
        raw = drafts[0]["text"]
        if drafts[0]["stopped"]:
            raw = await _whole_answer(parts.chat, session) or raw
        _count_raw(raw, session, catalogue, course, checker)
        course.moments.add(moments)
    picks = [(f"{p['title']} ({p['year']})", p["reasoning_kind"], p["reasoning"]) for p in recommended]
    told = [{"draft": d["text"], "faults": d["faults"], "stopped": d["stopped"]} for d in drafts]
    course.texts.append({"request": request, "raw": raw, "drafts": told, "picks": picks, **moments.as_dict()})


async def _whole_answer(chat: Chat, session: AnswerSession) -> str:
    context = session.context.model_copy(update={"num_predict": RAW_TOKENS})
    messages = recommend_messages(Asked(session.understanding, session.offered, context))
    text = ""
    with suppress(ChatModelUnavailable):
        async with aclosing(chat.stream(messages, context)) as stream:
            async for chunk in stream:
                text += chunk.text
    return text


def _count_validated(
    session: AnswerSession,
    picks: Sequence[Mapping[str, Any]],
    catalogue: Mapping[str, Movie],
    course: Course,
    checker: Checker,
) -> None:
    offered = {c.movie.movie_id for c in session.offered}
    course.short += len({pick["movie_id"] for pick in picks}) < min(session.context.limit, len(offered))
    tally = course.validated
    for pick in picks:
        tally.picks += 1
        course.reasons[pick["reasoning_kind"]] += 1
        movie = catalogue.get(pick["movie_id"])
        if movie is None or (movie.title, movie.year) != (pick["title"], pick["year"]):
            continue
        tally.in_catalogue += 1
        tally.offered += movie.movie_id in offered
        tally.within += not session.understanding.blocking(movie)
        for sentence in pick["sentences"]:
            tally.count(checker.judge(sentence["text"], movie), movie)


def _count_raw(
    text: str, session: AnswerSession, catalogue: Mapping[str, Movie], course: Course, checker: Checker
) -> None:
    """Count the first answer's picks as written: by title and year, or by number where there is no title."""
    offered = {number: c.movie for number, c in enumerate(session.offered, start=1)}
    parser = AnswerParser()
    tally, movie = course.raw, None
    for event in [*parser.feed(text), *parser.finish(broken=True)]:
        if isinstance(event, Heading):
            tally.picks += 1
            movie = _meant(event, offered, course.keyed(catalogue))
            if movie is not None:
                tally.in_catalogue += 1
                tally.offered += any(movie.movie_id == other.movie_id for other in offered.values())
                tally.within += not session.understanding.blocking(movie)
        elif isinstance(event, Sentence) and movie is not None:
            began = perf_counter()
            tally.count(checker.judge(event.text, movie), movie)
            course.checking.append(perf_counter() - began)


def _meant(heading: Heading, offered: Mapping[int, Movie], by_key: Mapping[str, Movie]) -> Movie | None:
    if heading.title and (movie := by_key.get(title_key(heading.title, heading.year))):
        return movie
    found = match(heading, offered)
    return None if isinstance(found, Fault) else found


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None
