"""Prompts that chat programs send on their own: for a title of the conversation, tags, what might be asked next.

Open WebUI and LibreChat send them to the model of the conversation. They ask for no films, so none are searched for.
"""

import json
import re
from collections.abc import Sequence
from typing import Literal

from matinee.sanitize import plain

Task = Literal["title", "tags", "follow_ups", "queries", "text", "summary"]

_BEGINS = 400
"""Characters of a prompt that tell what it asks for."""
_WORDS = 6
_KINDS: dict[Task, re.Pattern[str]] = {
    "text": re.compile(r"\bautocompletion system\b", re.I),
    "queries": re.compile(r"\bsearch queries\b", re.I),
    "follow_ups": re.compile(r"\bfollow-?up (?:questions|prompts)\b", re.I),
    "tags": re.compile(r"\btags\b", re.I),
    "title": re.compile(r"\btitle\b", re.I),
    "summary": re.compile(r"\bsummar(?:y|ize)\b", re.I),
}
_MARKED = re.compile(r"\s*### Task:", re.I)
_UNMARKED = re.compile(
    r"\s*(?:please )?(?:analyze|create|generate|give|provide|suggest|summarize|write)\b.{0,200}?"
    r"\b(?:conversation|chat|messages)\b",
    re.I | re.S,
)
_SAID = re.compile(r"^\s*(?:user|human)\s*:\s*(\S.*)$", re.I | re.M)
_FOLLOW_UPS = ["Another one", "Something older", "Who directed the first?"]


def task_of(prompt: str) -> Task | None:
    """Return what a prompt asks for that a program wrote; None: it is a viewer's own."""
    head = prompt[:_BEGINS]
    if not (_MARKED.match(head) or _UNMARKED.match(head)):
        return None
    return next((task for task, pattern in _KINDS.items() if pattern.search(head)), None)


def task_answer(task: Task, prompt: str, said: Sequence[str]) -> str:
    """Return the answer to such a prompt, as JSON where it asks for JSON.

    Args:
        task: what it asks for.
        prompt: the prompt, which may quote the conversation.
        said: what the viewer has said in the messages before it.
    """
    quoted = _SAID.search(prompt)
    title = _title(quoted[1] if quoted else said[0] if said else "")
    answers: dict[Task, object] = {
        "title": title,
        "tags": ["Films", "Recommendations"],
        "follow_ups": _FOLLOW_UPS,
        "queries": [],
        "text": "",
        "summary": title,
    }
    is_json = task not in ("title", "summary") or f'"{task}"' in prompt
    return json.dumps({task: answers[task]}, ensure_ascii=False) if is_json else title


def _title(request: str) -> str:
    words = plain(request[:300]).split()[:_WORDS]
    title = " ".join(words).strip(" .,;:!?\"'")
    return title[:1].upper() + title[1:] or "Films for tonight"
