"""A server with Ollama's API whose `/api/chat` goes wrong in a way that the test names; there is no model in it.

Every other route answers as it should, so that a client finds the server healthy until it asks for text;
`/api/embed` counts words, and only it is silent, too.
"""

import asyncio
import itertools
import json
import re
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Literal, Self, get_args

from tests.support.fakes import WordEmbeddings
from tests.support.ollama_wire import (
    CARD,
    VERSION,
    Json,
    chat_piece,
    full_name,
    line_of,
    listing,
    ndjson,
    thinking_piece,
    unknown_model,
)
from tests.support.processes import HOST

Fault = Literal[
    "scripted",  # none: the text, then a proper end
    "slow_first_token",  # `delay` seconds before the first token, then as scripted
    "silent",  # takes the request and never answers, not even with a status
    "silent_mid_stream",  # the text, then nothing more
    "cut_mid_stream",  # the text, then closes the connection without ending the body
    "cut_mid_sentence",  # the text, then a proper end with done_reason length
    "half_line",  # the text, then half of a line as the end of the body
    "garbage",  # the text, then lines that are not JSON
    "empty",  # a proper end at once, without text
    "endless",  # the text, then ever new tokens, whatever num_predict says
    "looping",  # the text, then its last words again and again, until num_predict
    "wrong_content_type",  # as scripted, but called text/html
    "no_end",  # the text, then the end of the body without a last line that says done
    "hangs_up",  # takes the request and closes the connection without an answer
    "busy",  # Ollama's 503 for a queue that is full
    "http_500",
    "model_not_found",
    "out_of_memory",
]

REFUSALS: dict[Fault, tuple[HTTPStatus, str]] = {
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, "server busy, please try again.  maximum pending requests exceeded"),
    "http_500": (HTTPStatus.INTERNAL_SERVER_ERROR, "llama runner process has terminated: exit status 2"),
    "out_of_memory": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "model requires more system memory (5.6 GiB) than is available (3.1 GiB)",
    ),
}
PHRASE_WORDS = 6


def words(text: str) -> list[str]:
    """Return the words, each with the white space before it; joined they are the text."""
    return re.findall(r"\s*\S+|\s+$", text)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def header(status: HTTPStatus, kind: str, framing: str) -> bytes:
    lines = f"HTTP/1.1 {status.value} {status.phrase}", f"Content-Type: {kind}", framing, "Connection: close"
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def respond(
    writer: asyncio.StreamWriter, data: bytes, kind: str = "text/plain", status: HTTPStatus = HTTPStatus.OK
) -> None:
    writer.write(header(status, kind, f"Content-Length: {len(data)}") + data)


def respond_json(writer: asyncio.StreamWriter, value: Json, status: HTTPStatus = HTTPStatus.OK) -> None:
    respond(writer, ndjson(value), "application/json", status)


async def forever() -> None:
    await asyncio.Event().wait()


class MisbehavingOllama:
    """Serves at `url` while its context is open, and stops at once whatever hangs.

    `text` is streamed word by word before the fault, or in the pieces that `cut` makes of it; of several, each chat
    request gets the next, and the last is repeated. `thinking` is streamed before it in the field of that name.
    `delay` is in seconds: before the first token for `slow_first_token`, else between two tokens. `fault` and `text`
    may be changed between requests; the first `failures` chat requests (None: all) meet the fault, the others are
    served as scripted. `requests` holds every request as `{"method", "path", "body"}`,
    `open_streams` counts the chat requests under way, `most_open` the most at once, `closed_by_client` those the
    client gave up. `dimension` is that of the embeddings;
    `port` 0 takes a free one.
    """

    def __init__(
        self,
        fault: Fault = "scripted",
        *,
        text: str | Sequence[str] = "Arrival is a quiet film about a linguist who",
        thinking: str = "",
        cut: Callable[[str], Sequence[str]] = words,
        delay: float = 0.0,
        models: Sequence[str] = ("llama3.1:8b",),
        failures: int | None = None,
        dimension: int = 64,
        port: int = 0,
    ) -> None:
        if fault not in get_args(Fault):
            raise ValueError(f"Unknown fault {fault!r}; known are {', '.join(get_args(Fault))}.")
        self.fault: Fault = fault
        self.text = text
        self._thinking = thinking
        self._cut = cut
        self.delay = delay
        self.models = models
        self.requests: list[Json] = []
        self.failures = failures
        self.dimension = dimension
        self._port = port
        self.open_streams = self.most_open = 0
        self.closed_by_client = 0
        self._chats = 0
        self._stop = asyncio.Event()
        self._started = threading.Event()

    def __enter__(self) -> Self:
        self._listener = socket.create_server((HOST, self._port))
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), name="misbehaving-ollama")
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._connections: set[asyncio.Task[Any]] = set()
        server = await asyncio.start_server(self._connection, sock=self._listener)
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # lets the aborted transports close their sockets

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._request(reader, writer)
                writer.close()
                await writer.wait_closed()
        except asyncio.CancelledError:
            pass  # only the server's stop cancels, and nobody is left to tell
        finally:
            writer.transport.abort()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, path, _ = head.split(" ", 2)
        length = re.search(r"(?im)^content-length: *(\d+)", head)
        body: Any = json.loads(await reader.readexactly(int(length[1]))) if length and int(length[1]) else None
        self.requests.append({"method": method, "path": path, "body": body})
        match path:
            case "/":
                respond(writer, b"Ollama is running")
            case "/api/version":
                respond_json(writer, {"version": VERSION})
            case "/api/tags":
                respond_json(writer, listing(self.models))
            case "/api/show" if self._knows(body["model"]):
                respond_json(writer, CARD)
            case "/api/show":
                respond_json(writer, unknown_model(body["model"]), HTTPStatus.NOT_FOUND)
            case "/api/chat":
                await self._chat(body, reader, writer)
            case "/api/embed":
                if self.fault == "silent":
                    await forever()
                vectors = WordEmbeddings(self.dimension).embed_documents(body["input"])
                respond_json(writer, {"model": body["model"], "embeddings": vectors})
            case _:
                respond(writer, b"404 page not found", status=HTTPStatus.NOT_FOUND)
        await writer.drain()

    def _knows(self, model: str) -> bool:
        return full_name(model) in map(full_name, self.models)

    async def _chat(self, body: Json, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open_streams += 1
        self.most_open = max(self.most_open, self.open_streams)
        answer = asyncio.ensure_future(self._answer(body, writer))
        hung_up = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answer, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise ConnectionResetError
            answer.result()
        except ConnectionError:
            self.closed_by_client += 1
            raise
        finally:
            self.open_streams -= 1
            answer.cancel()
            hung_up.cancel()
            await asyncio.gather(answer, hung_up, return_exceptions=True)

    async def _answer(self, body: Json, writer: asyncio.StreamWriter) -> None:
        texts = [self.text] if isinstance(self.text, str) else self.text
        text = texts[min(self._chats, len(texts) - 1)]
        self._chats += 1
        model = body["model"]
        fault = self.fault if self.failures is None or self._chats <= self.failures else "scripted"
        if fault == "silent":
            await forever()
        if fault == "hangs_up":
            return
        if fault == "model_not_found" or not self._knows(model):
            return respond_json(writer, unknown_model(model), HTTPStatus.NOT_FOUND)
        if refusal := REFUSALS.get(fault):
            status, message = refusal
            return respond_json(writer, {"error": message}, status)
        if body.get("stream") is False:
            return respond_json(writer, {"error": "only streams are scripted"}, HTTPStatus.NOT_IMPLEMENTED)
        if fault == "slow_first_token":
            await asyncio.sleep(self.delay)
        kind = "text/html" if fault == "wrong_content_type" else "application/x-ndjson"
        writer.write(header(HTTPStatus.OK, kind, "Transfer-Encoding: chunked"))
        count = 0
        told = map(chat_piece, self._words(fault, text, (body.get("options") or {}).get("num_predict", -1)))
        for piece in itertools.chain(map(thinking_piece, self._cut(self._thinking)), told):
            writer.write(chunk(ndjson(line_of(model, piece, {"done": False}))))
            await writer.drain()
            # Also without a delay this lets the client's departure be seen between two pieces.
            await asyncio.sleep(0 if fault == "slow_first_token" else self.delay)
            count += 1
        await self._end(fault, model, count, writer)

    def _words(self, fault: Fault, text: str, num_predict: int) -> Iterable[str]:
        told = self._cut(text)
        match fault:
            case "empty":
                return []
            case "endless":
                return itertools.chain(told, (f" {number}" for number in itertools.count(1)))
            case "looping":
                phrase = words(" " + text.strip())[-PHRASE_WORDS:]
                limit = num_predict if num_predict >= 0 else None
                return itertools.islice(itertools.chain(told, itertools.cycle(phrase)), limit)
            case _:
                return told

    async def _end(self, fault: Fault, model: str, count: int, writer: asyncio.StreamWriter) -> None:
        end = {
            "done": True,
            "done_reason": "length" if fault in ("cut_mid_sentence", "looping") else "stop",
            "total_duration": 2_000_000,
            "load_duration": 500_000,
            "prompt_eval_count": 1,
            "prompt_eval_duration": 500_000,
            "eval_count": count,
            "eval_duration": 1_000_000,
        }
        last = ndjson(line_of(model, chat_piece(""), end))
        match fault:
            case "silent_mid_stream":
                await forever()
            case "cut_mid_stream":
                return
            case "no_end":
                return writer.write(chunk(b""))
            case "half_line":
                last = last[: len(last) // 2]
            case "garbage":
                last = b"<html>502 Bad Gateway</html>\n"
        writer.write(chunk(last) + chunk(b""))
