"""What Ollama and llama.cpp say over HTTP, and how the one is put into the other: shapes alone, nothing is served."""

import hashlib
import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import httpx

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


def thinking_piece(text: str) -> Json:
    return {"message": {"role": "assistant", "content": "", "thinking": text}}


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


async def engine_events(upstream: httpx.Response) -> AsyncGenerator[Json]:
    """Yield the JSON object of each `data:` line."""
    # Response.aiter_lines also splits at U+2028 and U+0085, which may stand inside a JSON string.
    rest = b""
    async for data in upstream.aiter_bytes():
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                yield json.loads(line.removeprefix(b"data: "))


def load_only(model: str, piece: Json) -> Json:
    """Return the answer to a request without a text: Ollama only loads the model."""
    return line_of(model, piece, {"done": True, "done_reason": "load"})


async def answer_pieces(upstream: httpx.Response, received: int) -> AsyncGenerator[tuple[str, Json]]:
    """Yield each piece of the engine's text with what else its line says; the last has no text, but the counts.

    `received` is when the request came, by `time.perf_counter_ns`.
    """
    loaded = time.perf_counter_ns()
    reason = "stop"
    async with aclosing(engine_events(upstream)) as stream:
        async for event in stream:
            if "error" in event:
                yield "", engine_fault(event)
                return
            for choice in event["choices"]:
                reason = choice["finish_reason"] or reason
                if text := choice["delta"].get("content"):
                    yield text, {"done": False}
            if usage := event.get("usage"):
                yield (
                    "",
                    {
                        "done": True,
                        "done_reason": reason,
                        "total_duration": time.perf_counter_ns() - received,
                        "load_duration": loaded - received,
                        "prompt_eval_count": usage["prompt_tokens"],
                        "prompt_eval_duration": int(event["timings"]["prompt_ms"] * 1e6),
                        "eval_count": usage["completion_tokens"],
                        "eval_duration": int(event["timings"]["predicted_ms"] * 1e6),
                    },
                )
