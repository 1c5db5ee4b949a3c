"""What an encoder reads at once, by its own tokenizer, and passages that stand word for word in their text."""

import pytest
from tokenizers import Tokenizer

from matinee.encoders.embeddings import EmbeddingModel, QueryCache
from matinee.encoders.token_window import window_of
from matinee.encoders.weights import BGE_SMALL, weights_folder
from tests.support.fakes import WordEmbeddings

SENTENCE = "In chapter {} the widow Añez — “nobody's fool” — counts 東京 ledgers, and the mill burns again."
PLOT = " ".join(SENTENCE.format(n) for n in range(300))


def named(name: str) -> EmbeddingModel:
    return EmbeddingModel(name, QueryCache(WordEmbeddings()))


BGE = window_of(named("BAAI/bge-small-en-v1.5 (int8)"))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(weights_folder(BGE_SMALL) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("BAAI/bge-small-en-v1.5 (int8)", 512),
        ("BAAI/bge-small-en-v1.5", 512),
        ("sentence-transformers/all-MiniLM-L6-v2", 256),
        ("ollama:nomic-embed-text", 256),
        ("my_module:my_embeddings", 256),
    ],
)
def test_an_encoder_reads_as_many_tokens_as_is_known_of_it(name: str, tokens: int) -> None:
    window = window_of(named(name))
    assert window.reads == tokens
    assert window.fits("wolf " * (tokens - 2))
    assert not window.fits("wolf " * (tokens - 1))


def test_letters_of_other_scripts_are_a_token_each() -> None:
    assert BGE.fits("京" * 510)
    assert not BGE.fits("京" * 511)


def test_every_passage_stands_word_for_word_in_its_text_and_is_read_whole(tokenizer: Tokenizer) -> None:
    passages = BGE.passages(PLOT, 1000)
    assert len(passages) > 10
    assert all(passage in PLOT for passage in passages)
    assert all(len(tokenizer.encode(passage).ids) <= 256 for passage in passages)


def test_passages_cover_the_text_and_overlap() -> None:
    passages = BGE.passages(PLOT, 1000)
    starts = [PLOT.index(passage) for passage in passages]
    ends = [start + len(passage) for start, passage in zip(starts, passages, strict=True)]
    assert (starts[0], ends[-1]) == (0, len(PLOT))
    assert all(start < end for start, end in zip(starts[1:], ends, strict=False))


def test_passages_begin_and_end_where_sentences_do() -> None:
    for passage in BGE.passages(PLOT, 1000):
        assert passage.startswith("In chapter")
        assert passage.endswith("burns again.")


def test_a_text_that_is_read_at_once_is_one_passage() -> None:
    assert BGE.passages("  A short text.  ", 10) == ["A short text."]
    assert BGE.passages("   ", 10) == []


def test_no_more_passages_are_made_than_asked_for() -> None:
    assert BGE.passages(PLOT, 3) == BGE.passages(PLOT, 1000)[:3]


@pytest.mark.parametrize("text", ["a" * 60_000, "!" * 20_000, "\U0001f600" * 10_000, "x y " * 10_000])
def test_a_text_that_is_none_gives_passages_of_bounded_length(text: str, tokenizer: Tokenizer) -> None:
    passages = BGE.passages(text, 50)
    assert 1 <= len(passages) <= 50
    assert all(len(passage) <= 2048 and passage in text for passage in passages)
    assert all(len(tokenizer.encode(passage).ids) <= 256 for passage in passages)
