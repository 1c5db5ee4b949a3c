"""Where conversations are kept: in a file of the data folder, or in this process where the extra `chat` is missing."""

from contextlib import AsyncExitStack
from importlib.util import find_spec
from typing import cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from matinee.settings import Settings

KEPT_HERE = "Conversations are kept until this ends; `pip install 'matinee[chat]'` keeps them longer."


async def open_saver(settings: Settings, stack: AsyncExitStack) -> BaseCheckpointSaver[str]:
    """Return what keeps conversations; the stack closes it."""
    if find_spec("langgraph.checkpoint.sqlite") is None:
        return InMemorySaver()
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    settings.home.mkdir(parents=True, exist_ok=True)
    path = str(settings.home / "chat.sqlite")
    return cast(BaseCheckpointSaver[str], await stack.enter_async_context(AsyncSqliteSaver.from_conn_string(path)))
