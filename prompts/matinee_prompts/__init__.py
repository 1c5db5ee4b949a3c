"""Every word that is sent to a model, as text files beside this module, in mustache.

Edit the `.mustache` files freely; what stands in triple braces is filled in, and sections
(`{{#films}}` ... `{{/films}}`) repeat for each item.
"""

from functools import cache
from importlib import resources
from typing import Any

from langchain_core.utils import mustache


@cache
def template(name: str) -> str:
    """Return the text of a prompt as it stands in its file.

    Raises:
        FileNotFoundError: there is no prompt of this name.
    """
    return resources.files(__name__).joinpath(f"{name}.mustache").read_text(encoding="utf-8")


def render(name: str, values: dict[str, Any] | None = None) -> str:
    """Return the prompt with its values filled in."""
    return mustache.render(template(name), values or {}).strip()
