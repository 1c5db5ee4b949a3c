"""Hides secrets in what others say: a server, a proxy or a client may quote the password that it was asked with.

What this process has read as a secret is remembered; the environment's keys of chat providers, which their own clients
read, are known by their names.
"""

import os
import re
from urllib.parse import quote

_KEY_NAME = re.compile("KEY|TOKEN|SECRET|PASSWORD", re.I)
_SHORTEST_KEY = 8  # characters; what is shorter under such a name is a switch or a number
_SHORTEST = 4  # characters; the gaps that a shorter one leaves in a text would give it away
_remembered: set[str] = set()


def remember(*secrets: str | None) -> None:
    """Hide these from now on, also as they are written in a URL."""
    _remembered.update(
        form for secret in secrets if secret and len(secret) >= _SHORTEST for form in (secret, quote(secret, safe=""))
    )


def hidden(text: str) -> str:
    """Return the text with stars in the place of each secret."""
    keys = {value.strip() for name, value in os.environ.items() if _KEY_NAME.search(name)}
    for secret in sorted(_remembered | {key for key in keys if len(key) >= _SHORTEST_KEY}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
