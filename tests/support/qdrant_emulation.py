"""An emulation of the part of Qdrant's HTTP API that matinee uses, over the client's own in-memory engine.

It is not Qdrant: no server binary is on the registries. What it serves for is the way there and back: connections,
restarts, status codes, JSON. What searching means is tested on the embedded engine, which is Qdrant's own.
"""

import threading
import time
import warnings
from collections.abc import Callable
from typing import Any, Self

from pydantic import BaseModel
from qdrant_client import QdrantClient, models
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.support.processes import AppThread


class QdrantEmulation:
    """Serves at `url` while its context is open; what was stored outlives `stop` and `start`, as on a disk.

    `status`, when set, is answered to every request instead, as by a proxy before a server that is not there; with
    `broken`, only to those about that collection.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.status: int | None = None
        self.broken: str | None = None
        self._engine = QdrantClient(":memory:")
        self._lock = threading.Lock()
        self._thread: AppThread | None = None
        self._port = 0
        paths: list[tuple[str, str, Callable[[str, Any], Any]]] = [
            ("GET", "/exists", lambda name, _: {"exists": self._engine.collection_exists(name)}),
            ("GET", "", lambda name, _: self._engine.get_collection(name)),
            ("PUT", "", self._create),
            ("DELETE", "", lambda name, _: self._engine.delete_collection(name)),
            ("PUT", "/index", lambda name, _: _DONE),
            ("POST", "/points/count", lambda name, body: self._engine.count(name)),
            ("POST", "/points/scroll", self._scroll),
            ("POST", "/points/query", self._query),
            ("POST", "/points/delete", self._delete),
            ("POST", "/points", self._retrieve),
            ("PUT", "/points", self._upsert),
        ]
        self._app = Starlette(
            routes=[
                Route(f"/collections/{{name}}{path}", self._answering(work), methods=[method])
                for method, path, work in paths
            ]
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._engine.close()

    def start(self) -> None:
        """Serve, at the address of the last time."""
        self._thread = AppThread(self._app, self._port)
        self.url = self._thread.url
        self._port = int(self.url.rpartition(":")[2])

    @property
    def port(self) -> int:
        return self._port

    def stop(self) -> None:
        """Stop serving and break every connection."""
        if self._thread:
            self._thread.close()
        self._thread = None

    def _answering(self, work: Callable[[str, Any], Any]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> JSONResponse:
            self.requests += 1
            if self.status and self.broken in (None, request.path_params["name"]):
                return JSONResponse({"status": {"error": "not now"}}, self.status)
            body = await request.json() if await request.body() else {}
            start = time.monotonic()
            try:
                with self._lock, warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    result = _plain(work(request.path_params["name"], body))
            except ValueError as error:
                status = 404 if "not found" in str(error) else 400
                return JSONResponse({"status": {"error": str(error)}}, status)
            return JSONResponse({"result": result, "status": "ok", "time": time.monotonic() - start})

        return answer

    def _create(self, name: str, body: Any) -> bool:
        made = models.CreateCollection.model_validate(body)
        return self._engine.create_collection(
            name,
            vectors_config=made.vectors,
            sparse_vectors_config=made.sparse_vectors,
            metadata=made.metadata,
        )

    def _scroll(self, name: str, body: Any) -> dict[str, Any]:
        asked = models.ScrollRequest.model_validate(body)
        points, offset = self._engine.scroll(
            name,
            scroll_filter=asked.filter,
            limit=asked.limit or 10,
            offset=asked.offset,
            with_payload=_selected(asked.with_payload),
            with_vectors=bool(asked.with_vector),
        )
        return {"points": points, "next_page_offset": offset}

    def _query(self, name: str, body: Any) -> Any:
        asked = models.QueryRequest.model_validate(body)
        return self._engine.query_points(
            name,
            query=asked.query,
            using=asked.using,
            prefetch=asked.prefetch,
            query_filter=asked.filter,
            limit=asked.limit or 10,
            with_payload=_selected(asked.with_payload),
            with_vectors=bool(asked.with_vector),
        )

    def _retrieve(self, name: str, body: Any) -> Any:
        asked = models.PointRequest.model_validate(body)
        return self._engine.retrieve(
            name, asked.ids, with_payload=_selected(asked.with_payload), with_vectors=bool(asked.with_vector)
        )

    def _upsert(self, name: str, body: Any) -> Any:
        self._engine.upsert(name, models.PointsList.model_validate(body).points)
        return _DONE

    def _delete(self, name: str, body: Any) -> Any:
        if "filter" in body:
            chosen: Any = models.FilterSelector.model_validate(body)
        else:
            chosen = models.PointIdsList.model_validate(body)
        self._engine.delete(name, chosen)
        return _DONE


_DONE = {"operation_id": 0, "status": "completed"}


def _selected(given: Any) -> Any:
    return True if given is None else given


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
