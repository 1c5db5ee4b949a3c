"""Reasons composed without a model: every match is said, in grammatical sentences, each fact with its evidence."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import cycle, pairwise
from typing import Any

import pytest

from matinee.language.lexicon import load
from matinee.models import Candidate, Evidence, Movie, Preference, Signal, Spoilers
from matinee.query import TitleLookup, understand
from matinee.reasons.composer import Composed, Composer
from matinee.reasons.rating_sources import told_by_others
from matinee.understanding import Constraint, Critique, Mention, Understanding
from tests.support.composing import Asked, asked, films, varied
from tests.support.starter_films import starter_movies

FORBIDDEN = re.compile(r"\b(?:keywords?|tags?|tagged|rows?|overview|catalogue|signals?|request|None|null)\b")
SHOWN = 10


def film(title: str = "Harbour Lights", **row: Any) -> Movie:
    return Movie.model_validate({"movie_id": f"id-{title}", "title": title, **row})


def demand(field: str, op: str, value: object, words: str = "") -> Constraint:
    return Constraint.model_validate({"field": field, "op": op, "value": value, "words": words})


def composed(
    movie: Movie, understood: Understanding, spoilers: Spoilers = "premise", **told: Sequence[object]
) -> Composed:
    composer = Composer(understood, spoilers=spoilers, **told)  # type: ignore[arg-type]
    return composer.reason(Candidate(movie=movie))


def told_of(movie: Movie, *demands: Constraint, text: str = "") -> str:
    return composed(movie, Understanding(text=text, telling=re.findall(r"\w+", text), constraints=list(demands))).text


def starter(title: str) -> Movie:
    return next(movie for movie in starter_movies().values() if movie.title == title)


# Moods


def _critique(row: dict[str, str], word: str) -> Critique:
    rest = [said for said in row["toward"].split(", ") if said != word]
    return Critique(toward=", ".join([word, *rest]), away=row["away"], words=word)


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ")


def test_a_mood_that_a_keyword_carries_is_said() -> None:
    said = missing = 0
    for row in load("critiques")["mood"]:
        carries = {_plain(word) for word in (*row["words"], *row["tags"])}
        composers = [
            (word, Composer(Understanding(text=f"something {word}", moods=[_critique(row, word)])))
            for word in row["words"]
        ]
        for movie, (word, composer) in zip(films()[::8], cycle(composers), strict=False):
            own = [k for k in movie.keywords if _plain(k) in carries]
            if not own:
                continue
            text = _plain(composer.reason(Candidate(movie=movie)).text)
            names = [_plain(name) for name in (*own, word, row["says"])]
            hit = any(name in text for name in (*names, "opposites who attract", "bring tears"))
            said, missing = said + hit, missing + (not hit)
    assert said + missing > 1000
    assert said / (said + missing) >= 0.95


def test_no_mood_is_said_that_no_keyword_carries() -> None:
    row = next(row for row in load("critiques")["mood"] if row["says"] == "tense")
    text = told_of(film(genres=["Drama"], keywords=["grief"]), text="something tense")
    composer = Composer(Understanding(text="something tense", moods=[_critique(row, "tense")]))
    assert "tense" not in composer.reason(Candidate(movie=film(genres=["Drama"], keywords=["grief"]))).text.casefold()
    assert "tense" not in text.casefold()


def test_as_you_asked_is_said_only_of_the_words_of_the_request() -> None:
    for one in _requests(5, 120):
        for _, composed_ in _reasons(one):
            for sentence in composed_.sentences:
                if ", as you asked" in sentence.text:
                    moods = re.split(r", | and ", sentence.text.split(", as you asked")[0])
                    assert all(_plain(mood) in _plain(one.text) for mood in moods), (one.text, sentence.text)


def test_less_of_a_mood_is_answered_by_its_opposite_or_by_what_is_not_known() -> None:
    row = next(row for row in load("critiques")["mood"] if row["says"] == "dark")
    less = Understanding(
        text="less dark",
        critiques=[Critique(toward=row["away"], away="dark, bleak, grim, sinister", words="less dark")],
    )
    assert "charming rather than dark" in composed(film(keywords=["charming"], genres=["Comedy"]), less).text
    assert "othing dark is known of it" in composed(film(keywords=["grief"], genres=["Comedy"]), less).text
    assert "dark" not in composed(film(keywords=["bleak"], genres=["Comedy"]), less).text.casefold()


# Demands

BAKERY = film(
    "Bread and Roses",
    year=2006,
    genres=["Comedy", "Romance"],
    directors=["Lucie Petit"],
    stars=["Omar Sy", "Ann Bee"],
    runtime=96,
    languages=["French", "Dutch"],
    countries=["France"],
    imdb_rating=7.8,
    metascore=81,
    overview="A pastry cook opens a bakery opposite the man who sacked her.",
    keywords=["second chances"],
)


@pytest.mark.parametrize(
    ("field", "op", "value", "says"),
    [
        ("genres", "any_of", ["Comedy"], "comedy"),
        ("genres", "all_of", ["Romance", "Comedy"], "romantic comedy"),
        ("year", "at_least", 2000, "2006"),
        ("year", "at_most", 2009, "2006"),
        ("runtime", "at_most", 100, "96 minutes"),
        ("runtime", "at_least", 90, "96 minutes"),
        ("imdb_rating", "at_least", 7, "7.8 on IMDb"),
        ("metascore", "at_least", 75, "Metascore of 81"),
        ("languages", "any_of", ["French"], "French"),
        ("languages", "any_of", ["Dutch"], "partly Dutch-language"),
        ("languages", "none_of", ["English"], "French"),
        ("countries", "any_of", ["France"], "French"),
        ("directors", "any_of", ["Lucie Petit"], "Lucie Petit"),
        ("stars", "any_of", ["Ann Bee"], "Ann Bee"),
        ("people", "any_of", ["Omar Sy"], "Omar Sy"),
    ],
)
def test_every_kind_of_demand_that_the_film_meets_is_said(field: str, op: str, value: object, says: str) -> None:
    assert says.casefold() in told_of(BAKERY, demand(field, op, value)).casefold()


def test_all_demands_together_are_said_in_one_or_two_sentences() -> None:
    told = composed(
        BAKERY,
        Understanding(
            text="a French comedy with Omar Sy from the 2000s under 100 minutes rated over 7",
            constraints=[
                demand("languages", "any_of", ["French"]),
                demand("genres", "any_of", ["Comedy"]),
                demand("stars", "any_of", ["Omar Sy"]),
                demand("year", "at_least", 2000),
                demand("runtime", "at_most", 100),
                demand("imdb_rating", "at_least", 7),
            ],
        ),
    )
    assert len(told.sentences) <= 2
    assert all(said in told.text for said in ("French", "comedy", "Omar Sy", "2006", "96 minutes", "7.8"))


def test_a_demand_that_the_film_breaks_is_not_said() -> None:
    assert "Dutch" not in told_of(BAKERY, demand("runtime", "at_most", 80), demand("genres", "any_of", ["War"]))
    assert "war" not in told_of(BAKERY, demand("genres", "any_of", ["War"]))


def test_a_coproduction_is_said_to_be_partly_of_the_country() -> None:
    movie = film(countries=["USA", "Ireland"], genres=["Drama"])
    assert "partly Irish" in told_of(movie, demand("countries", "any_of", ["Ireland"]))


# Likeness and history

SIGNAL = film("The Long Signal", genres=["Sci-Fi"], directors=["Ana Ruiz"], stars=["Amy Day"], keywords=["isolation"])
NAMED = Understanding(
    text="like The Long Signal",
    mentions=[Mention(movie_id=SIGNAL.movie_id, title=SIGNAL.title, words="The Long Signal")],
)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"directors": ["Ana Ruiz"]}, "Like The Long Signal, it is a film by Ana Ruiz"),
        (
            {"directors": ["Ana Ruiz"], "stars": ["Amy Day"]},
            "Like The Long Signal, it is a film by Ana Ruiz with Amy Day",
        ),
        ({"stars": ["Amy Day"]}, "Like The Long Signal, it is a film with Amy Day"),
        (
            {"keywords": ["isolation"], "stars": ["Amy Day"]},
            "Like The Long Signal, it is a film with Amy Day about isolation",
        ),
    ],
)
def test_what_a_film_shares_with_the_one_named_is_said(row: dict[str, Any], says: str) -> None:
    assert says in composed(film(genres=["Drama"], **row), NAMED, seeds=[SIGNAL]).text


def test_nearness_by_story_and_by_ratings_is_said_of_the_nearest_only() -> None:
    movie = film(overview="An interpreter learns that her replies are rewritten.", genres=["Drama"])
    for rank, says in ((2, True), (40, False)):
        receipt = {name: Signal(rank=rank, share=0.2) for name in ("neighbours", "collaborative")}
        text = Composer(NAMED, seeds=[SIGNAL]).reason(Candidate(movie=movie, receipt=receipt)).text
        assert ("close in story to" in text) is says
        assert ("viewers who liked" in text.casefold()) is says


def test_what_the_viewer_told_before_is_said() -> None:
    told = [
        Preference(preference_id="1", user_id="ana", text="I love Ana Ruiz and slow films"),
        Preference(preference_id="2", user_id="ana", text="No musicals please"),
    ]
    movie = film(directors=["Ana Ruiz"], genres=["Musical"], keywords=["slow"])
    text = composed(movie, Understanding(text="tonight"), preferences=told).text
    assert "It suits your taste as a slow film by Ana Ruiz." in text
    assert "taste as a musical" not in text


def test_a_film_liked_or_rated_well_before_is_said_where_people_are_shared() -> None:
    liked = [
        Preference(preference_id="1", user_id="ana", kind="like", text="", movie_id=SIGNAL.movie_id, title=SIGNAL.title)
    ]
    movie, plain = film(directors=["Ana Ruiz"], genres=["Drama"]), Understanding(text="tonight")
    assert "The Long Signal, which you liked" in composed(movie, plain, preferences=liked, seeds=[SIGNAL]).text
    rated = {
        stars: composed(movie, plain, seeds=[SIGNAL], ratings=[f"Rated The Long Signal {stars} of 5"]).text
        for stars in ("4.5", "2")
    }
    assert "which you rated 4.5" in rated["4.5"]
    assert "rated 2" not in rated["2"]


def test_a_half_remembered_film_is_told_by_what_fits_the_memory() -> None:
    one = asked("what was that 1999 movie where a child psychologist treats a boy")
    text = one.composer().reason(Candidate(movie=starter("The Sixth Sense"))).text
    assert "as you remember it" in text
    assert "1999" in text


# Grammar


def _requests(seed: int, n: int) -> Iterator[Asked]:
    yield from varied(seed, n)


@cache
def _read() -> list[tuple[Asked, list[tuple[Candidate, Composed]]]]:
    return [(one, list(_reasons(one))) for one in _requests(17, 200)]


def _reasons(one: Asked, spoilers: Spoilers = "premise") -> Iterator[tuple[Candidate, Composed]]:
    composer = one.composer(spoilers)
    yield from ((candidate, composer.reason(candidate)) for candidate in one.offered[:SHOWN])


def faults(text: str, names: Sequence[str]) -> list[str]:
    """Return what is wrong with a sentence; names are left out of it."""
    for number, name in enumerate(sorted(names, key=len, reverse=True)):
        text = text.replace(name, f"Q{number}q")
    text += "." * text.endswith("q")
    found = [
        kind
        for kind, pattern in (
            (
                "article",
                r"\b[Aa] (?=[aeio]|un(?!i)|8|11\b|18\b)(?!one\b|eu)\w+|\b[Aa]n (?![aeiouAEFHILMNORSX81]|ho)\w+",
            ),
            ("doubled word", r"\b(\w+)[ ,]+\1\b"),
            ("empty piece", r"  | [,.;]|,,|\(\)|, \.|\band (?:and|,|\.)|, and$|\b(?:by|with|about|in|of)[.,]"),
            ("stops", r"[.!?]\s.*[.!?]$"),
            ("small letter", r"^[a-z]"),
            ("forbidden", FORBIDDEN.pattern),
            ("braces", r"[{}\[\]]"),
        )
        if re.search(pattern, text)
    ]
    unbalanced = any(text.count(a) != text.count(b) for a, b in ("()", "\u201c\u201d"))
    return (
        found + ["brackets"] * unbalanced + ["no stop"] * (text[-1] not in ".!?") + ["long"] * (len(text.split()) > 45)
    )


def test_two_thousand_reasons_are_grammatical() -> None:
    wrong: list[tuple[str, str, list[str]]] = []
    count = 0
    for one, reasons in _read():
        seen = [m.title for m in one.understood.mentions] + [seed.title for seed in one.seeds]
        for candidate, told in reasons:
            count += 1
            movie = candidate.movie
            names = [*seen, *movie.people]
            assert 1 <= len(told.sentences) <= 2
            for sentence in told.sentences:
                if found := faults(_without_quotes(sentence.text), names):
                    wrong.append((one.text, sentence.text, found))
    assert count >= 2000
    assert wrong == []


def _without_quotes(text: str) -> str:
    """Return the sentence without the viewer's own words in it, which need not be grammatical."""
    return re.sub("\u201c[^\u201d]*\u201d", "\u201cit\u201d", text)


def test_the_grammar_check_finds_faults() -> None:
    for text in (
        "A action film.",
        "An war film.",
        "A drama by .",
        "a drama.",
        "A drama drama.",
        "A drama , by X.",
        "A drama",
        "A drama. By X.",
    ):
        assert faults(text, []), text


def test_neighbouring_reasons_do_not_begin_alike() -> None:
    alike = pairs = 0
    for _, reasons in _read():
        openings = [" ".join(told.text.split()[:2]) for _, told in reasons]
        alike += sum(n - 1 for n in Counter(openings).values())
        pairs += len(openings)
        assert all(told.text != other.text for (_, told), (_, other) in pairwise(reasons))
    assert alike / pairs < 0.02


def _form(text: str) -> str:
    """Return how a reason is built: what leads it, by its first word where that is no name."""
    for form in (" directed this ", " star in this ", " stars in this ", "About ", "Made in ", "Rated ", ", this is "):
        if form in text:
            return form
    return text.split()[0].removesuffix("n")


def test_of_four_neighbouring_reasons_hardly_two_are_of_one_form() -> None:
    alike = runs = 0
    for _, reasons in _read():
        forms = [_form(told.text) for _, told in reasons]
        alike += sum(len({*forms[n : n + 4]}) < 4 for n in range(len(forms) - 3))
        runs += len(forms) - 3
    assert alike / runs < 0.2


def test_a_setting_stands_behind_the_director_and_a_comma() -> None:
    movie = film(genres=["Drama"], directors=["Sidney Lumet"], keywords=["courtroom"])
    assert told_of(movie, text="a drama in a courtroom") == "A drama by Sidney Lumet, set in a courtroom."


def test_the_same_film_gets_the_same_reason_and_two_runs_agree() -> None:
    one = asked("a tense thriller")
    composer = one.composer()
    first = [composer.reason(candidate).text for candidate in one.offered]
    assert [composer.reason(candidate).text for candidate in one.offered] == first
    assert [told.text for _, told in _reasons(one)] == first


# Evidence


def _cited(evidence: Evidence, one: Asked, candidate: Candidate) -> bool:
    """Tell whether the quote stands in its source as whole words."""
    kind = evidence.source.partition(":")[0]
    if kind == "request":
        texts = [one.text]
    elif kind == "preference":
        told = [p for p in one.preferences if evidence.source == f"preference:{p.preference_id}"]
        texts = [text for p in told for text in (p.text, p.label)]
    elif kind == "rating":
        others = told_by_others([candidate], one.understood).values()
        texts = [*(one.ratings if evidence.source == "rating:viewer" else others)]
    else:
        value = getattr(candidate.movie, evidence.source)
        texts = value if isinstance(value, list) else [str(value)]
    before, after = (r"(?<!\w)" * evidence.quote[0].isalnum(), r"(?!\w)" * evidence.quote[-1].isalnum())
    return any(re.search(before + re.escape(evidence.quote) + after, text) for text in texts)


def test_all_evidence_stands_word_for_word_in_its_source() -> None:
    for one, reasons in _read():
        for candidate, told in reasons:
            assert {e.claim for e in told.evidence} == {s.text for s in told.sentences}
            assert all(_cited(e, one, candidate) for e in told.evidence), told
            for said in told.sentences:
                assert any(
                    e.claim == said.text and (e.source, e.quote) == (said.source, said.quote) for e in told.evidence
                )


def test_the_support_of_a_sentence_tells_where_its_evidence_stands() -> None:
    liked = [Preference(preference_id="1", user_id="ana", text="I love Ana Ruiz")]
    row = composed(film(genres=["Drama"], directors=["Ana Ruiz"]), Understanding(text="drama"), preferences=liked)
    assert [said.support for said in row.sentences] == ["catalogue", "catalogue"]
    dark = Critique(toward="light, cheerful, sunny", away="dark, bleak, grim, sinister", words="less dark")
    less = composed(film(genres=["Drama"]), Understanding(text="less dark", critiques=[dark]))
    assert less.sentences[-1].support == "request"


# Spoilers


def test_under_strict_spoilers_nothing_of_the_plot_is_told() -> None:
    for one in _requests(23, 60):
        for candidate, told in _reasons(one, "strict"):
            assert all(e.source not in ("overview", "plot", "tagline") for e in told.evidence)
            assert not re.search(
                r"\babout\b|\bset (?:in|on|at)\b|as you (?:describe|remember) it, in|in story", told.text
            )
            assert all(_cited(e, one, candidate) for e in told.evidence)


def test_keywords_that_give_the_end_away_are_not_told() -> None:
    movie = film(genres=["Drama"], keywords=["twist ending", "death of mother", "happy ending", "suicide"])
    understood = understand("a drama with a twist ending, the death of a mother, suicide", TitleLookup([]))
    text = composed(movie, understood).text
    assert not re.search("twist|death|ending|suicide", text, re.I)


# Thin rows


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({}, "Not much is known of this one."),
        ({"year": 1971}, "A 1971 film."),
        ({"genres": ["Action"]}, "An action film."),
        ({"genres": ["IMAX"]}, "Not much is known of this one."),
        ({"directors": ["Peter O'Toole"]}, "A film by Peter O'Toole."),
        ({"stars": ["Ann Bee"]}, "A film with Ann Bee."),
        ({"overview": "A ferry sinks."}, "Not much is known of this one."),
        ({"keywords": ["bittersweet"]}, "A bittersweet film."),
        ({"runtime": 90}, "A film, 90 minutes long."),
    ],
)
def test_a_row_that_knows_little_gives_a_short_true_sentence(row: dict[str, Any], says: str) -> None:
    movie = film(**row)
    told = composed(movie, Understanding(text=""))
    assert told.text == says
    one = Asked("", Understanding(text=""), [])
    assert all(_cited(e, one, Candidate(movie=movie)) for e in told.evidence)


def test_braces_and_controls_in_a_row_or_request_do_no_harm() -> None:
    movie = film("{0} %s", genres=["Comedy"], directors=["{x}"], keywords=["{y}", "grief"], overview="Two {braces}.")
    assert "{x}" in composed(movie, Understanding(text="{title} %s {0} grief")).text
