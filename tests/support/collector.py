"""A server over a real socket that takes whatever is posted: an emulation of LangSmith's and of OTLP's receivers."""

import gzip
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import zstandard

from tests.support.processes import HOST


@dataclass(frozen=True)
class Posted:
    """One request with a body."""

    path: str
    kind: str
    body: bytes


class Collector:
    """Serves at `url` while its context is open; `posted` holds what came, uncompressed."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []

    def __enter__(self) -> Self:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                # What LangSmith's client asks first: how it may send its runs.
                limits = {
                    "use_multipart_endpoint": True,
                    "size_limit": 100,
                    "size_limit_bytes": 20_000_000,
                    "scale_up_qsize_trigger": 1000,
                    "scale_up_nthreads_limit": 16,
                    "scale_down_nempty_trigger": 4,
                }
                self._answer({"version": "0.13.0", "batch_ingest_config": limits})

            def do_POST(self) -> None:
                body = self._body()
                collector.posted.append(Posted(self.path, self.headers.get("Content-Type", ""), body))
                self._answer({})

            do_PATCH = do_POST

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") == "chunked":
                    body = b""
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                match self.headers.get("Content-Encoding"):
                    case "gzip":
                        return gzip.decompress(body)
                    case "zstd":
                        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
                    case _:
                        return body

            def _answer(self, value: Any) -> None:
                data = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="collector")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def text(self) -> str:
        """All bodies, as far as they are text."""
        return "\n".join(posted.body.decode("utf-8", "replace") for posted in self.posted)
