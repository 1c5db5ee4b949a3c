"""The cross-encoder: reads the request and a film's text together and says how well they fit."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from matinee.encoders.weights import MINILM_RERANKER, weights_folder
from matinee.errors import ModelUnavailable
from matinee.settings import Settings

if TYPE_CHECKING:
    from fastembed.rerank.cross_encoder import TextCrossEncoder

MAX_TOKENS = 96
"""A pair longer than this is cut: cost grows with length, and a film's text says what it is about early."""

KNOWN = "minilm, minilm:hub, none"


@runtime_checkable
class CrossEncoder(Protocol):
    """Scores texts against a request."""

    name: str

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one logit a text: higher fits better; a rank, not a probability."""
        ...


class OnnxCrossEncoder:
    """ms-marco-MiniLM-L-12-v2 through fastembed and ONNX, one pair at a time in a pool of threads."""

    def __init__(self, *, threads: int = 1, hub: bool = False, tokens: int = MAX_TOKENS) -> None:
        """Take how many pairs to read at a time, whose copy of the weights, and where a pair is cut."""
        self.name = MINILM_RERANKER.name if hub else f"{MINILM_RERANKER.name} (int8)"
        self._threads = threads
        self._hub = hub
        self._tokens = tokens
        self._loading = threading.Lock()

    @cached_property
    def _model(self) -> "TextCrossEncoder":
        from fastembed.rerank.cross_encoder import TextCrossEncoder

        if self._hub:
            try:
                model = TextCrossEncoder("Xenova/ms-marco-MiniLM-L-12-v2", threads=1)
            except Exception as error:
                raise ModelUnavailable(
                    f"{self.name} could not be fetched from the model hub ({error}); use MATINEE_RERANKER=minilm."
                ) from error
        else:
            model = TextCrossEncoder(
                _registered(),
                threads=1,
                specific_model_path=str(weights_folder(MINILM_RERANKER)),
                local_files_only=True,
            )
        # The packaged tokenizer.json asks to pad every pair to 512 tokens, which costs ten times the work.
        tokenizer = model.model.tokenizer  # type: ignore[attr-defined]
        tokenizer.enable_padding()
        tokenizer.enable_truncation(self._tokens)
        return model

    def _score_one(self, pair: tuple[str, str]) -> float:
        query, text = pair
        return float(next(iter(self._model.rerank(query, [text], batch_size=1))))

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one logit a text: higher fits better; a rank, not a probability."""
        with self._loading:
            _ = self._model
        pairs = [(query, text) for text in texts]
        if self._threads == 1 or len(pairs) == 1:
            return [self._score_one(pair) for pair in pairs]
        return list(self._pool.map(self._score_one, pairs))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="matinee-rerank")


def open_cross_encoder(settings: Settings) -> CrossEncoder | None:
    """Return the cross-encoder that the settings name, or None for `none`; its weights load at first use.

    Raises:
        ModelUnavailable: the setting is not understood.
    """
    if settings.reranker == "none":
        return None
    if settings.reranker in ("minilm", "minilm:hub"):
        return OnnxCrossEncoder(threads=settings.threads, hub=settings.reranker.endswith(":hub"))
    raise ModelUnavailable(f"MATINEE_RERANKER is {settings.reranker!r}; known are {KNOWN}.")


_register_lock = threading.Lock()


def _registered() -> str:
    from fastembed.common.model_description import ModelSource
    from fastembed.rerank.cross_encoder import TextCrossEncoder

    name = "matinee/ms-marco-minilm-l-12-v2-int8"
    with _register_lock:
        if not any(str(m["model"]).lower() == name for m in TextCrossEncoder.list_supported_models()):
            TextCrossEncoder.add_custom_model(
                model=name, sources=ModelSource(hf="Xenova/ms-marco-MiniLM-L-12-v2"), model_file="model.onnx"
            )
    return name
