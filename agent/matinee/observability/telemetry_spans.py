"""Spans that do not tell what an error said, and where spans go by default; needs the extra `telemetry`.

OpenInference hides inputs and outputs on demand, but writes an error's message and traceback into its span in any
case, and matinee's errors quote the request that they refuse.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider as SdkProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode, Tracer, TracerProvider, use_span
from wrapt import ObjectProxy


def otlp_provider() -> SdkProvider:
    """Return a provider that sends its spans in batches to the endpoint that the OTEL_* variables name."""
    provider = SdkProvider(resource=Resource({SERVICE_NAME: "matinee"}).merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Discreet(TracerProvider):
    """A provider of spans that keep of an error its class alone."""

    def __init__(self, inner: TracerProvider) -> None:
        self._inner = inner

    def get_tracer(self, *args: Any, **kwargs: Any) -> Tracer:
        """Return the inner provider's tracer, made discreet."""
        return _DiscreetTracer(self._inner.get_tracer(*args, **kwargs))


class _DiscreetTracer(Tracer):
    # No proxy: OpenInference calls `start_span` of the tracer's class.
    def __init__(self, inner: Tracer) -> None:
        self._inner = inner

    def start_span(self, *args: Any, **kwargs: Any) -> Span:
        return cast(Span, _DiscreetSpan(self._inner.start_span(*args, **kwargs)))

    @contextmanager
    def start_as_current_span(  # type: ignore[override]  # OpenTelemetry's own kind of context manager is private
        self, *args: Any, **kwargs: Any
    ) -> Iterator[Span]:
        with use_span(self.start_span(*args, **kwargs), end_on_exit=True) as span:
            yield span


class _DiscreetSpan(ObjectProxy[Any]):
    def record_exception(self, exception: BaseException, *_: Any, **__: Any) -> None:
        self.__wrapped__.add_event("exception", {"exception.type": type(exception).__name__})

    def add_event(self, name: str, attributes: Any = None, *_: Any, **__: Any) -> None:
        kept = {key: value for key, value in (attributes or {}).items() if key == "exception.type"}
        self.__wrapped__.add_event(name, kept)

    def set_status(self, status: Status | StatusCode, *_: Any, **__: Any) -> None:
        self.__wrapped__.set_status(status.status_code if isinstance(status, Status) else status)
