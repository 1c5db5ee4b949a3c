"""Spans for OpenTelemetry, with OpenInference's attributes: one a run, below it one a node and one a model call.

The extra `telemetry` brings what this needs: `pip install "matinee[telemetry]"`. What a span holds is decided here:
without being asked for, no request, preference, prompt, answer, nor message of an error.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from matinee.errors import TelemetryUnavailable
from matinee.observability import disclosure

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider


def instrument(provider: "TracerProvider | None" = None, *, texts: bool = False) -> "Telemetry":
    """Have every run from now on make spans, and return what takes that back and flushes them.

    Without a provider, one is made that sends to the OTLP endpoint of the OTEL_* variables over HTTP, as the service
    `matinee` (OTEL_SERVICE_NAME). `texts=True` puts inputs, outputs and errors' messages into the spans, less what
    the OPENINFERENCE_HIDE_* variables hide.

    Raises:
        TelemetryUnavailable: the extra is not installed.
    """
    try:
        from openinference.instrumentation import TraceConfig
        from openinference.instrumentation.langchain import LangChainInstrumentor

        from matinee.observability.telemetry_spans import Discreet, otlp_provider
    except ImportError as error:
        raise TelemetryUnavailable(
            f"Telemetry needs {error.name}; install it with `pip install 'matinee[telemetry]'`, or unset "
            "MATINEE_TELEMETRY."
        ) from error
    chosen = provider or otlp_provider()
    instrumentor = LangChainInstrumentor()
    instrumentor.instrument(
        tracer_provider=chosen if texts else Discreet(chosen),
        config=TraceConfig() if texts else TraceConfig(**_HIDDEN),
    )
    if provider is not None:  # the host program's, which knows where it sends
        return Telemetry(instrumentor, chosen)
    receiver = disclosure.otlp_receiver(texts=texts)
    disclosure.receivers.append(receiver)
    return Telemetry(instrumentor, chosen, receiver)


_HIDDEN: Mapping[str, Any] = {
    "hide_inputs": True,
    "hide_outputs": True,
    "hide_prompts": True,
    "hide_choices": True,
    "hide_llm_tools": True,
    "hide_embeddings_text": True,
    "hide_embeddings_vectors": True,
    "hide_retrieval_documents": True,
}


class Telemetry:
    """What `instrument` set up."""

    def __init__(self, instrumentor: Any, provider: Any, receiver: disclosure.Receiver | None = None) -> None:
        self._instrumentor = instrumentor
        self._provider = provider
        self._receiver = receiver

    def stop(self) -> None:
        """Make no more spans, and send those that were made; a provider that was given stays open."""
        self._instrumentor.uninstrument()
        if self._receiver is not None:
            with suppress(ValueError):  # stopped before
                disclosure.receivers.remove(self._receiver)
            self._provider.shutdown()


@contextmanager
def instrumented(provider: "TracerProvider | None" = None, *, texts: bool = False) -> Iterator[None]:
    """Do as `instrument`, for the length of a `with` block."""
    telemetry = instrument(provider, texts=texts)
    try:
        yield
    finally:
        telemetry.stop()
