"""Condensing a long, chatty request into words to search with, where a run asks for it."""

from typing import NamedTuple

from langchain_core.messages import HumanMessage
from pydantic import BaseModel, Field

from matinee import logs
from matinee.context import Context
from matinee.errors import ChatModelUnavailable
from matinee.llm.chat import Chat
from matinee.sanitize import plain
from matinee_prompts import render

SHORT = 25
"""A request of no more words is searched with as it stands."""

LONGEST = 400
"""Characters of what the model wrote that are used."""

_log = logs.logger(__name__)


class Condensed(BaseModel):
    """What the film is like that a request describes."""

    film: str = Field(description="the film wished for, in at most thirty words")


class Rewritten(NamedTuple):
    """Text to search with, and what the viewer should know of it."""

    text: str
    notices: list[str]


async def rewritten(text: str, chat: Chat, context: Context) -> Rewritten:
    """Return a long request in few words; as it stands when it is short, or when the model gives nothing of use.

    What the model writes is text to search with and nothing else: no demand is read from it.
    """
    if len(text.split()) <= SHORT:
        return Rewritten(text, [])
    prompt = render("rewrite", {"request": text.replace("<", " ").replace(">", " ")})
    try:
        answer = await chat.structured([HumanMessage(prompt)], Condensed, context)
    except ChatModelUnavailable as error:
        _log.warning("rewriting: %s", error)
        return Rewritten(text, [f"{error} The request was searched with as it stands."])
    said = plain(answer.film)[:LONGEST].strip() if answer else ""
    if not any(c.isalnum() for c in said):
        return Rewritten(text, ["The chat model condensed the request to nothing; it was searched with as it stands."])
    return Rewritten(said, [f"Searched with what the chat model made of the request: “{said}”."])
