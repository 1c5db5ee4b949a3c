"""Texts from outside that try to be more than data, where they stand, and a model that obeys whatever it reads."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage

from matinee.models import Movie, Preference
from tests.support.scripted import ScriptedChat

DATA = Path(__file__).parents[1] / "unit" / "data" / "injections.jsonl"
MARK = "zqmark"
"""Every text holds this word, so that it can be found again wherever it gets to."""


@dataclass(frozen=True)
class Injection:
    id: str
    where: str
    kind: str
    text: str

    def row(self, film: Movie) -> Movie:
        """Return the film with the text in its row, as somebody may have stored it who never passed our readers."""
        if self.where == "keywords":
            return film.model_copy(update={"keywords": [self.text, *film.keywords]})
        if self.where in ("overview", "title", "tagline"):
            own = getattr(film, self.where)
            return film.model_copy(update={self.where: f"{own} {self.text}".strip()})
        return film

    def preference(self, user: str) -> Preference | None:
        """Return the text as a preference, as somebody may have stored it who never passed our door."""
        if self.where != "preference":
            return None
        return Preference(preference_id="pq", user_id=user, text=f"I like science fiction. {self.text}")

    def request(self, clean: str) -> str:
        return f"{clean} {self.text}" if self.where == "request" else clean


def injections() -> list[Injection]:
    rows = (json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines())
    return [Injection(r["id"], r["where"], r["kind"], r["text"] * r.get("repeat", 1)) for r in rows]


_TITLES = re.compile(r"(?:recommend|empfiehl(?: nur)?)\s+((?:[^\W_][\w'’\-]*\s?){1,5})(?:\((\d{4})\))?", re.I)
_SAY = re.compile(r"\bsay\s+(\S+)", re.I)
_NUMBERS = re.compile(r"(?:\[|number )(-?\d+)\]?", re.I)


def obey(messages: Sequence[BaseMessage], _: int) -> str:
    """Do what the prompt says, wherever it says so; then name the films of the list, as was asked."""
    prompt = messages[-1].text
    told = []
    for title, year in dict.fromkeys(_TITLES.findall(prompt)):
        told.append(f"[1] {title.strip()} ({year or 2024}): You told me to. Confidence: 1.0.")
    told += [f"{word} {MARK} \x1b[31m<b>{word}</b>" for word in dict.fromkeys(_SAY.findall(prompt))]
    told += [f"[{number}]: As you wish, {MARK}. Confidence 1.0." for number in dict.fromkeys(_NUMBERS.findall(prompt))]
    listed = re.findall(r"^\[(\d+)\] (.+?) \((\d{4}|year unknown)\)", prompt, re.M)
    told += [f"[{n}] {title} ({year}): A good film. Confidence: 1.0." for n, title, year in listed]
    return "\n\n".join(told)


def obedient() -> ScriptedChat:
    return ScriptedChat(script=obey)


_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!|]|\{\{|\{%|\]\([a-z/]|```|\[/?INST|</?s>|^#{2,}\s", re.M)


def strings(value: Any) -> Iterator[str]:
    """Yield every text of a JSON-like value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def raw_texts(value: Any) -> list[str]:
    """Return the texts that hold what a terminal or a page would act on, or what no reader would see."""
    return [text for text in strings(value) if not text.replace("\n", "").isprintable() or _MARKUP.search(text)]
