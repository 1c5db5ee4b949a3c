"""Embedding models behind LangChain's `Embeddings`: packaged ONNX weights, the hub, Ollama, or the host's own."""

import importlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from matinee.encoders.minilm import MiniLm
from matinee.encoders.weights import BGE_SMALL, MINILM_L6, weights_folder
from matinee.errors import EmbeddingsUnavailable
from matinee.settings import Settings

if TYPE_CHECKING:
    from fastembed import TextEmbedding

BGE_QUERY_INSTRUCTION = "Represent this sentence for searching relevant passages: "
"""What the bge models want before a query and not before a document (their model card)."""

BGE_SMALL_INT8 = f"{BGE_SMALL.name} (int8)"
"""The name of the packaged bge-small."""

Encode = Callable[[str], list[float]]

KNOWN = "bge-small, bge-small:hub, minilm-l6, minilm-l6:hub, ollama:<model>, <module>:<attribute>"


class OneByOne(Embeddings):
    """Embeds texts one at a time, in a pool of threads: 384 dimensions, unit length.

    int8 outputs depend on what else is in a batch, so batches would make the vectors depend on the order of the film
    list; one at a time costs no more on a CPU.
    """

    query_instruction = ""

    def __init__(self, *, threads: int = 1, hub: bool = False) -> None:
        self._threads = threads
        self._hub = hub
        self._loading = threading.Lock()

    @cached_property
    def _encode(self) -> Encode:
        raise NotImplementedError

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text, `(n, 384)`, unit length."""
        with self._loading:
            encode = self._encode
        if self._threads == 1 or len(texts) == 1:
            return [encode(text) for text in texts]
        return list(self._pool.map(encode, texts))

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a request, `(384,)`, unit length, with the model's query instruction before it."""
        with self._loading:
            encode = self._encode
        return encode(self.query_instruction + text)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="matinee-embed")


class OnnxEmbeddings(OneByOne):
    """bge-small-en-v1.5 through fastembed and ONNX, the packaged int8 copy or the hub's."""

    query_instruction = BGE_QUERY_INSTRUCTION

    @cached_property
    def _encode(self) -> Encode:
        from fastembed import TextEmbedding

        if self._hub:
            return _from_hub(BGE_SMALL.name, "bge-small")
        packaged = TextEmbedding(
            _registered(),
            threads=1,
            specific_model_path=str(weights_folder(BGE_SMALL)),
            local_files_only=True,
        )
        return lambda text: _first(packaged, text)


class MiniLmEmbeddings(OneByOne):
    """all-MiniLM-L6-v2 from its packaged weights, or the hub's copy through fastembed; no instruction for queries."""

    @cached_property
    def _encode(self) -> Encode:
        if self._hub:
            return _from_hub(MINILM_L6.name, "minilm-l6")
        return MiniLm(weights_folder(MINILM_L6)).embed


def _from_hub(model: str, packaged: str) -> Encode:
    from fastembed import TextEmbedding

    try:
        fetched = TextEmbedding(model, threads=1)
    except Exception as error:
        raise EmbeddingsUnavailable(
            f"{model} could not be fetched from the model hub ({error}); name {packaged} for the packaged copy."
        ) from error
    return lambda text: _first(fetched, text)


def _first(model: "TextEmbedding", text: str) -> list[float]:
    vector: list[float] = next(iter(model.embed([text], batch_size=1))).tolist()
    return vector


class QueryCache(Embeddings):
    """Remembers the last query vectors, so that a request is embedded once however many searches it takes."""

    def __init__(self, inner: Embeddings, size: int = 256) -> None:
        self.inner = inner
        self._size = size
        self._vectors: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text; documents are not remembered."""
        return self.inner.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        """Return the query's vector, from memory when it was asked for lately."""
        with self._lock:
            if text in self._vectors:
                self._vectors.move_to_end(text)
                return self._vectors[text]
        vector = self.inner.embed_query(text)
        with self._lock:
            self._vectors[text] = vector
            if len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
        return vector

    def clear(self) -> None:
        """Forget every vector."""
        with self._lock:
            self._vectors.clear()


@dataclass(frozen=True)
class EmbeddingModel:
    """An embedding with the name under which an index remembers it."""

    name: str
    embeddings: QueryCache

    @cached_property
    def dimension(self) -> int:
        """Return the length of its vectors (embeds one word to find out)."""
        return len(self.embeddings.embed_query("dimension"))

    @cached_property
    def unit_length(self) -> bool:
        """Tell whether its vectors have length 1, so that L2 and cosine give one order (embeds two texts)."""
        texts = ["dimension", "A linguist is called in to learn the language of visitors from the stars."]
        return all(abs(math.hypot(*vector) - 1) < 1e-3 for vector in self.embeddings.embed_documents(texts))


def open_embeddings(settings: Settings) -> EmbeddingModel:
    """Return the embedding that the settings name; its weights load at first use.

    Raises:
        EmbeddingsUnavailable: the setting is not understood, or names something that cannot be imported.
    """
    return _open(settings.embeddings, settings, "MATINEE_EMBEDDINGS")


def open_compared(settings: Settings) -> list[EmbeddingModel]:
    """Return the encoders to put side by side: the main one, then those of `MATINEE_COMPARE` that are others.

    Raises:
        EmbeddingsUnavailable: as `open_embeddings`.
    """
    named = [name.strip() for name in settings.compare.split(",") if name.strip()]
    main = open_embeddings(settings)
    models = {main.name: main}
    for name in named:
        model = _open(name, settings, "MATINEE_COMPARE")
        models.setdefault(model.name, model)
    return list(models.values())


def open_encoder(name: str, settings: Settings) -> EmbeddingModel:
    """Return an encoder by the name that it has in the settings.

    Raises:
        EmbeddingsUnavailable: the name is not known.
    """
    return _open(name, settings, "MATINEE_EMBEDDINGS")


def _open(setting: str, settings: Settings, variable: str) -> EmbeddingModel:
    provider, _, name = setting.partition(":")
    if setting in ("bge-small", "bge-small:hub", "minilm-l6", "minilm-l6:hub"):
        kind, weights = (OnnxEmbeddings, BGE_SMALL) if provider == "bge-small" else (MiniLmEmbeddings, MINILM_L6)
        stored_as = BGE_SMALL_INT8 if setting == "bge-small" else weights.name
        encoder: Embeddings = kind(threads=settings.threads, hub=name == "hub")
        if stored_as == BGE_SMALL_INT8:
            from matinee.encoders.known_vectors import KnownVectors

            encoder = KnownVectors(encoder)
        return EmbeddingModel(stored_as, QueryCache(encoder))
    if provider == "ollama" and name:
        from matinee.llm.ollama import open_ollama_embeddings

        return EmbeddingModel(setting, QueryCache(open_ollama_embeddings(name, settings)))
    if provider and name:
        return EmbeddingModel(setting, QueryCache(_import_embeddings(provider, name, variable)))
    raise EmbeddingsUnavailable(f"{variable} is {setting!r}; known are {KNOWN}.")


def _import_embeddings(module: str, attribute: str, variable: str) -> Embeddings:
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise EmbeddingsUnavailable(
            f"{variable} names {attribute!r} in module {module!r}, which cannot be imported ({error}); "
            f"known are {KNOWN}."
        ) from error
    try:
        made = found() if callable(found) and not isinstance(found, Embeddings) else found
    except Exception as error:
        raise EmbeddingsUnavailable(
            f"{variable} names {module}:{attribute}, which cannot be made without arguments ({error}); "
            "name an instance, or a function that returns one."
        ) from error
    if not isinstance(made, Embeddings):
        raise EmbeddingsUnavailable(
            f"{variable} names {module}:{attribute}, which is a {type(made).__name__}, not a LangChain Embeddings."
        )
    return made


_register_lock = threading.Lock()


def _registered() -> str:
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    name = "matinee/bge-small-en-v1.5-int8"
    with _register_lock:
        if not _knows(TextEmbedding.list_supported_models(), name):
            TextEmbedding.add_custom_model(
                model=name,
                pooling=PoolingType.CLS,
                normalization=True,
                sources=ModelSource(hf=BGE_SMALL.name),
                dim=384,
                model_file="model.onnx",
            )
    return name


def _knows(models: Iterable[dict[str, object]], name: str) -> bool:
    return any(str(model["model"]).lower() == name.lower() for model in models)
