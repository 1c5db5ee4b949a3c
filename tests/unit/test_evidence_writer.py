import os
import re
import subprocess
import sys

import pytest

from matinee.models import Evidence, Movie, Understanding
from matinee.providers.evidence.phrases import clean, phrases, placeholders
from matinee.providers.evidence.writer import EvidenceWriter
from tests.support.evidence_films import (
    FULL,
    HEIST,
    LIGHTHOUSE,
    NOTES,
    ODD,
    REQUESTS,
    SIGNAL,
    SPEAKER,
    THIN,
    asked,
    demand,
    film,
    sources,
    written,
)


def supports(evidence: Evidence, movie: Movie, request: Understanding) -> bool:
    if evidence.source.startswith("preference:"):
        return evidence.quote in {note.text for note in NOTES if evidence.source == f"preference:{note.preference_id}"}
    value = request.text if evidence.source == "request" else getattr(movie, evidence.source)
    if isinstance(value, list):
        return evidence.quote in value
    return bool(evidence.quote) and (
        evidence.quote in value if isinstance(value, str) else evidence.quote == str(value)
    )


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: r.text)
@pytest.mark.parametrize("movie", FULL + THIN + ODD, ids=lambda m: m.title)
def test_every_claim_quotes_its_source_and_no_sentence_goes_without(movie: Movie, request_: Understanding) -> None:
    reason = written(movie, request_, NOTES, [SIGNAL])
    assert all(supports(evidence, movie, request_) for evidence in reason.evidence)
    claims = list(dict.fromkeys(evidence.claim for evidence in reason.evidence))
    assert reason.text == " ".join(claims)
    assert reason.text == clean(reason.text) != ""


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: r.text)
@pytest.mark.parametrize("movie", FULL, ids=lambda m: m.title)
def test_a_row_that_knows_much_gives_two_or_three_sentences_of_25_to_60_words(
    movie: Movie, request_: Understanding
) -> None:
    reason = written(movie, request_, NOTES, [SIGNAL])
    assert 25 <= len(reason.text.split()) <= 60
    assert len({evidence.claim for evidence in reason.evidence}) in (2, 3)


def test_a_row_with_a_title_alone_says_so() -> None:
    reason = written(film("Nothing"), "thoughtful sci-fi tonight")
    assert "title" in reason.text
    assert sources(reason) == {("title", "Nothing"), ("request", "thoughtful sci-fi tonight")}


def test_processes_with_different_hash_seeds_write_the_same_answer() -> None:
    code = (
        "from tests.support.evidence_films import *;"
        "print(ascii(EvidenceWriter(REQUESTS[2], NOTES, [SIGNAL]).answer(list(enumerate(FULL, 1)))))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_a_film_that_is_asked_for_again_gets_the_same_reason() -> None:
    writer = EvidenceWriter(REQUESTS[0])
    first = writer.reason(SIGNAL)
    writer.reason(HEIST)
    assert writer.reason(SIGNAL) == first


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: r.text)
def test_an_answer_repeats_no_sentence_pattern(request_: Understanding) -> None:
    writer = EvidenceWriter(request_, NOTES, [SIGNAL])
    patterns = []
    for movie in FULL:
        reason = writer.reason(movie)
        for claim in {evidence.claim for evidence in reason.evidence}:
            quotes = {clean(e.quote).rstrip(".") for e in reason.evidence if e.claim == claim}
            pattern = claim
            for quote in sorted(quotes, key=len, reverse=True):
                pattern = re.sub(re.escape(quote), "_", pattern, flags=re.IGNORECASE)
            patterns.append(pattern)
    # A sentence that is the overview's own, word for word, has no pattern to repeat.
    framed = [pattern for pattern in patterns if pattern.strip("_.")]
    assert len(framed) == len(set(framed))


def test_reasons_open_in_at_least_six_ways() -> None:
    writer = EvidenceWriter(asked("something for tonight"))
    films = [LIGHTHOUSE.model_copy(update={"movie_id": f"copy-{n}"}) for n in range(8)]
    assert len({" ".join(writer.reason(movie).text.split()[:4]) for movie in films}) >= 6


def test_an_answer_has_a_line_that_restates_the_request_and_a_paragraph_a_pick() -> None:
    writer = EvidenceWriter(asked("thoughtful sci-fi tonight"))
    opening, *paragraphs = writer.answer([(3, SIGNAL), (1, SPEAKER)]).split("\n\n")
    assert "“thoughtful sci-fi tonight”" in opening and opening.endswith(":")
    assert paragraphs == [
        f"[3] The Long Signal (2016): {writer.reason(SIGNAL).text}",
        f"[1] Second Tongue (2019): {writer.reason(SPEAKER).text}",
    ]


def test_a_title_of_two_lines_stays_on_one() -> None:
    assert "[1] Two Lines: " in EvidenceWriter(asked("tonight")).answer([(1, ODD[1])])


def test_the_opening_counts_the_films() -> None:
    writer = EvidenceWriter(asked("a drama"))
    assert "two" in writer.opening([SIGNAL, SPEAKER]).casefold()
    assert re.search(r"\b(?:one|single)\b", writer.opening([SIGNAL]), re.IGNORECASE)


def test_the_opening_owns_up_to_a_demand_that_some_films_miss() -> None:
    writer = EvidenceWriter(asked("a drama under two hours", demand("runtime", "at_most", 100, "under two hours")))
    assert "keep" not in writer.opening([LIGHTHOUSE])
    assert "keeps to “under two hours”" in writer.opening([LIGHTHOUSE, SIGNAL])


def test_a_request_too_long_to_repeat_is_restated_by_its_demands() -> None:
    text = "I have had a long week and would love to sit down with some sci-fi that my tired head can follow"
    opening = EvidenceWriter(asked(text, demand("genres", "any_of", ["Sci-Fi"], "sci-fi"))).opening([SIGNAL])
    assert "“sci-fi”" in opening and "tired head" not in opening


def test_an_answer_without_films_says_so() -> None:
    assert EvidenceWriter(asked("a Maltese western")).answer([]).startswith("No film")


def test_every_clause_has_frames_that_need_only_fields_that_exist() -> None:
    known = set(
        "person tags asked seed both too found word tag pref shared minutes bound language main countries rating near "
        "metascore year languages themes moods".split()
    )
    for name, clause in phrases().clauses.items():
        assert clause.frames, name
        assert {field for frame in clause.frames for field in placeholders(frame)} <= known, name


def test_every_whole_sentence_ends_like_one() -> None:
    sentences = phrases().sentences
    for frame in (*sentences.portrait, *sentences.title_only, *sentences.title_only_bare):
        assert frame.endswith("."), frame
    for frame in (*sentences.plot, *sentences.plot_asked, *sentences.both):
        assert frame.endswith(("{plot}", "{plot_inside}")), frame


def test_every_ask_that_a_noun_stands_for_exists() -> None:
    assert set(phrases().ask_nouns.values()) <= set(phrases().asks)
