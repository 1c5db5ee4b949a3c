"""What `matinee recommend` shows: each reason once, wrapped at words, whatever pieces the answer comes in."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from matinee.events.schema import COMPOSED, Notice, Recommendation, Status
from matinee.models import Candidate, Evidence, Movie, MovieRecommendation, ReasonSentence, Signal
from matinee.nodes.answer_reader import AnswerReader
from matinee.reasons.checker import Judged
from matinee.reasons.composer import Composed
from matinee.reasons.recommendation_builder import RecommendationBuilder
from matinee.reasons.stream_guard import StreamGuard
from matinee.understanding import Understanding
from matinee_app.cli import recommend
from matinee_app.cli.wrapped_text import WrappedText
from tests.support.films import ARRIVAL, MOON
from tests.support.terminal import looks

ANSWER = (
    "Here are two quiet films for tonight:\n\n"
    "[1] **Arrival (2016)**: Amy Adams plays Dr. Louise Banks, who learns to talk with visitors... and with herself. "
    'It is "quiet" throughout.\n\n'
    "[2] **Moon (2009)**: Sam Rockwell is alone up there. Is he? You'll wonder.\n"
)
ON_SCREEN = [
    "",
    "Arrival (2016): Amy Adams plays Dr.",
    "Louise Banks, who learns to talk with",
    "visitors... and with herself. It is",
    '"quiet" throughout.',
    "    Drama, Sci-Fi · 116 min · 2 of 2 sentences the model's own · IMDb 7.9",
    "",
    "Moon (2009): Sam Rockwell is alone up",
    "there. Is he? You'll wonder.",
    "    Drama, Mystery, Sci-Fi · 97 min · 3 of 3 sentences the model's own · IMDb 7.9",
    "",
]
WIDTH = 40


class File(io.StringIO):
    """A file that may say that it is a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def console(*, terminal: bool, width: int = WIDTH) -> Console:
    return Console(
        file=File(terminal=terminal),
        force_terminal=terminal,
        width=width,
        highlight=False,
        markup=False,
        soft_wrap=True,
        _environ={"TERM": "xterm"},
    )


def sent(to: Console) -> str:
    assert isinstance(to.file, File)
    return to.file.getvalue()


async def as_written(text: str, film: Movie) -> Judged:
    return Judged(text, "own")


def candidate(film: Movie) -> Candidate:
    return Candidate(movie=film, score=1.0, confidence=0.5)


async def told(pieces: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> list[str | MovieRecommendation]:
    """Return what is streamed of an answer that a model writes in these pieces: text and picks."""
    offered = [candidate(ARRIVAL), candidate(MOON)]
    builder = RecommendationBuilder(offered, Understanding(text="quiet"), 2, lambda _: Composed([], []))
    reader = AnswerReader(builder, as_written, StreamGuard("quiet", ["Arrival", "Moon"]), 2, is_last=False)
    streamed: list[str | MovieRecommendation] = []
    monkeypatch.setattr("matinee.events.recommendation", lambda pick, position: streamed.append(pick))
    for piece in pieces:
        async for said in reader.read(piece):
            streamed.append(said)
    async for said in reader.finish(broken=False):
        streamed.append(said)
    return streamed


def shown(streamed: Sequence[str | MovieRecommendation], *, terminal: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what the screen sends for it."""
    to = console(terminal=terminal)
    monkeypatch.setattr(recommend, "out", to)
    screen = recommend.Screen(Path())
    for position, what in enumerate(streamed, start=1):
        if isinstance(what, str):
            screen.words(what)
        else:
            screen.event(Recommendation(position=position, recommendation=what))
    screen.end()
    return sent(to)


def cuts(text: str) -> list[list[str]]:
    """Return the text in one piece, in two at every place, and in pieces of each size up to a line's."""
    two = [[text[:at], text[at:]] for at in range(1, len(text))]
    even = [re.findall(rf"(?s).{{1,{size}}}", text) for size in range(1, WIDTH)]
    return [[text], *two, *even, re.findall(r"\w+|\W", text)]


async def test_an_answer_looks_the_same_however_the_model_s_pieces_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    streams: list[list[str | MovieRecommendation]] = []
    for pieces in cuts(ANSWER):
        streamed = await told(pieces, monkeypatch)
        if streamed not in streams:
            streams.append(streamed)
    for streamed in streams:
        assert looks(shown(streamed, terminal=True, monkeypatch=monkeypatch)) == ON_SCREEN
        assert shown(streamed, terminal=False, monkeypatch=monkeypatch).split("\n") == ON_SCREEN  # no colour, no sign


@pytest.mark.parametrize("terminal", [True, False])
def test_text_is_wrapped_at_words_however_it_is_cut(terminal: bool) -> None:
    text = "One two three, four. Supercalifragilisticexpialidocious! It is 静かな映画 then."
    wanted = ["One two three,", "four.", "Supercalifragilist", "icexpialidocious!", "It is 静かな映画", "then.", ""]
    for pieces in cuts(text):
        to = console(terminal=terminal, width=19)
        wrapped = WrappedText(to)
        wrapped.waits = True
        for piece in pieces:
            wrapped.write(piece)
        wrapped.fresh_line()
        assert [line.strip() for line in looks(sent(to))] == wanted, pieces


def test_a_terminal_shows_while_a_model_writes_that_more_is_on_its_way() -> None:
    to = console(terminal=True)
    wrapped = WrappedText(to)
    wrapped.waits = True
    wrapped.write("Arrival (2016):", "bold")
    assert looks(sent(to)) == ["Arrival (2016): …"]
    wrapped.write(" A linguist")
    assert looks(sent(to)) == ["Arrival (2016): A linguist …"]
    wrapped.waits = False
    wrapped.write(" listens.")
    assert looks(sent(to)) == ["Arrival (2016): A linguist listens."]
    wrapped.fresh_line()
    assert "\x1b[1mArrival" in sent(to)
    assert looks(sent(to)) == ["Arrival (2016): A linguist listens.", ""]


@pytest.mark.parametrize("terminal", [True, False])
def test_the_sign_comes_with_the_model_s_work_and_only_on_a_terminal(
    terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = console(terminal=terminal)
    monkeypatch.setattr(recommend, "out", to)
    screen = recommend.Screen(Path())
    screen.event(status("rerank", "done"))
    assert "…" not in sent(to)
    screen.event(status("generate", "begun"))
    assert looks(sent(to))[-1] == ("…" if terminal else "")
    screen.event(status("validate", "done"))
    screen.end()
    assert looks(sent(to))[-1] == ""


def status(stage: str, phase: str) -> Status:
    return Status.model_validate({"stage": stage, "phase": phase, "message": "", "seconds": 0, "took": 0})


def card(*sentences: ReasonSentence) -> list[str]:
    pick = MovieRecommendation(
        movie_id="heat-1995",
        title="Heat",
        year=1995,
        description="A thief is hunted.",
        reasoning=" ".join(sentence.text for sentence in sentences),
        sentences=list(sentences),
        confidence=0.5,
        evidence=[Evidence(claim="A thief is hunted.", source="overview", quote="A thief is hunted.")],
        receipt={"popularity": Signal(share=0.3), "dense": Signal(share=0.7)},
    )
    return [recommend._facts(pick).plain.strip(), recommend._grounds(pick)]


def test_a_card_says_how_much_is_the_model_s_own_and_on_asking_what_bears_the_rest_out() -> None:
    quoted = ReasonSentence(text="A thief is hunted.", support="catalogue", source="overview", quote="A thief")
    own = ReasonSentence(text="You will hold your breath.", support="model")
    assert card(quoted) == ["", "dense 70%, popularity 30% \u00b7 borne out by overview"]
    assert card(quoted, own)[0] == "1 of 2 sentences the model's own"


@pytest.mark.parametrize("why", [True, False])
def test_the_steps_are_shown_only_on_asking(why: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, more = console(terminal=False), console(terminal=False)
    monkeypatch.setattr(recommend, "out", answer)
    monkeypatch.setattr(recommend, "err", more)
    screen = recommend.Screen(Path(), why=why)
    screen.begin()
    screen.event(status("retrieve", "done"))
    screen.end()
    assert ("retrieve" in sent(more), sent(answer)) == (why, "")


def test_that_no_model_answers_is_told_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = console(terminal=False)
    monkeypatch.setattr(recommend, "err", more)
    monkeypatch.setattr("matinee_app.cli.console.err", more)
    for _ in range(2):
        screen = recommend.Screen(tmp_path)
        screen.event(Notice(message=f"No Ollama. {COMPOSED}."))
        screen.event(Notice(message="No film under 60 minutes."))
    assert sent(more).split("\n") == [f"! No Ollama. {COMPOSED}.", *2 * ["! No film under 60 minutes."], ""]
