"""The words of a turn, from whatever input a caller gave."""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AnyMessage

from matinee.errors import InvalidRequest
from matinee.state import RecommendState


def request_of(state: RecommendState) -> str:
    """Return the request: the query, else the last human message's text.

    Raises:
        InvalidRequest: the query is no text, or neither holds anything but blanks.
    """
    query: Any = state.get("query")
    if not isinstance(query, str | None):
        raise InvalidRequest(f"`query` is {query!r:.60}, which is no text; give the request in words.")
    messages: Sequence[AnyMessage] = state.get("messages") or []
    spoken = [message.text for message in messages if message.type == "human"]
    text = (query or (spoken[-1] if spoken else "")).strip()
    if not text:
        raise InvalidRequest("The request is empty; give `query`, or `messages` with a human message in it.")
    return text
