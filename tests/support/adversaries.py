"""Scripted chat models that go wrong, each in one way; they read the prompt's list and spoil what they say of it."""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from tests.support.injections import obey
from tests.support.scripted import ScriptedChat

_LISTED = re.compile(r"^\[(?P<number>\d+)\] (?P<title>.+?) \((?P<year>\d{4}|year unknown)\)(?:: (?P<plot>.*))?$", re.M)


@dataclass(frozen=True)
class Listed:
    """A film as the prompt lists it."""

    number: int
    title: str
    year: str
    plot: str

    @property
    def label(self) -> str:
        return f"{self.title} ({self.year})"

    @property
    def premise(self) -> str:
        return re.split(r"(?<=[.!?]) ", self.plot)[0] or "It suits the request."


Say = Callable[[Sequence[Listed], random.Random], str]


def listed(prompt: str) -> list[Listed]:
    """Return the films that the prompt lists."""
    films = prompt[prompt.index("<films>\n") : prompt.index("\n</films>")] if "<films>\n" in prompt else ""
    return [Listed(int(f["number"]), f["title"], f["year"], f["plot"] or "") for f in _LISTED.finditer(films)]


def _some(films: Sequence[Listed], rng: random.Random, count: int = 4) -> list[Listed]:
    return rng.sample(list(films), min(count, len(films)))


def _said(lines: Sequence[str]) -> str:
    return "\n\n".join(lines)


def faithful(films: Sequence[Listed], rng: random.Random) -> str:
    """Says what the list says, in the form asked for."""
    return _said([f"[{f.number}] {f.label}: {f.premise}" for f in _some(films, rng)])


def invents(films: Sequence[Listed], rng: random.Random) -> str:
    """Names films that nobody offered, some under numbers that were."""
    names = ("The Silent Harbour", "Inception", "Night Over Lisbon", "The Last Cartographer", "Blade Runner 2050")
    made = [f"[{rng.randint(1, 12)}] {name} ({rng.randint(1950, 2024)}): A gripping tale." for name in names]
    real = [f"[{f.number}] {f.label}: {f.premise}" for f in _some(films, rng, 2)]
    return _said(rng.sample([*made, *real], len(made) + len(real)))


def misdates(films: Sequence[Listed], rng: random.Random) -> str:
    """Gives wrong years, in headings and in reasons."""
    return _said(
        [
            f"{i}. {f.title} ({rng.randint(1930, 2023)}): Released in {rng.randint(1930, 2023)}, a classic. {f.premise}"
            for i, f in enumerate(_some(films, rng), start=1)
        ]
    )


def repeats(films: Sequence[Listed], rng: random.Random) -> str:
    """Names one film again and again."""
    f = _some(films, rng, 1)[0]
    return _said([f"[{f.number}] {f.label}: {f.premise}"] * 8)


def obeys(films: Sequence[Listed], rng: random.Random) -> str:
    """Does what the prompt's texts say."""
    raise NotImplementedError  # reads the whole prompt, see `adversary`


def contradicts(films: Sequence[Listed], rng: random.Random) -> str:
    """Denies genres, and claims others, people and prizes."""
    lies = (
        "This is not a drama and not a comedy.",
        "A horror western with singing robots, starring Tom Hanks.",
        "It won eleven Oscars and was directed by Steven Spielberg.",
        "At 61 minutes it is the shortest film here, rated 9.9.",
        "In the end the hero dies and it was all a dream.",
        "It is a documentary, not a thriller, and nothing like science fiction.",
        "Filmed in Antarctica in 1931, it is in Latin.",
    )
    return _said([f"[{f.number}] {f.label}: {' '.join(rng.sample(lies, 2))} {f.premise}" for f in _some(films, rng)])


def truncates(films: Sequence[Listed], rng: random.Random) -> str:
    """Breaks off anywhere."""
    text = faithful(films, rng)
    return text[: rng.randint(0, len(text))]


def writes_json(films: Sequence[Listed], rng: random.Random) -> str:
    """Writes JSON instead of prose."""
    picks = [{"number": f.number, "title": f.title, "confidence": 1.0, "reason": f.premise} for f in _some(films, rng)]
    return json.dumps({"picks": picks}, indent=rng.choice([None, 2]))


def counts_otherwise(films: Sequence[Listed], rng: random.Random) -> str:
    """Numbers the picks in its own way."""
    form = rng.choice(["{i}. **{l}** - {p}", "{i}) {l}: {p}", "Film {i}: {l} - {p}", "- **{l}**: {p}", "## {l}\n{p}"])
    return _said([form.format(i=i, l=f.label, p=f.premise) for i, f in enumerate(_some(films, rng), start=1)])


def shouts(films: Sequence[Listed], rng: random.Random) -> str:
    """Writes in capitals throughout."""
    return faithful(films, rng).upper()


def swaps(films: Sequence[Listed], rng: random.Random) -> str:
    """Gives each film the number, and the reason, of another."""
    some = _some(films, rng)
    turned = [*some[1:], *some[:1]]
    return _said([f"[{b.number}] {a.label}: {b.premise}" for a, b in zip(some, turned, strict=True)])


def greets(films: Sequence[Listed], rng: random.Random) -> str:
    """Never comes to the point."""
    moods = ("calm", "bright", "strange", "gentle", "wild", "slow", "long", "dark")
    return " ".join(f"What a {rng.choice(moods)} evening it is for film number {n} of them all!" for n in range(80))


def writes_html(films: Sequence[Listed], rng: random.Random) -> str:
    """Writes HTML."""
    items = [f"<li><b>{f.label}</b>: {f.premise} <script>go()</script></li>" for f in _some(films, rng)]
    return "<ul>\n" + "\n".join(items) + "\n</ul>"


def babbles(films: Sequence[Listed], rng: random.Random) -> str:
    """Goes from one fault to the next."""
    ways = [way for name, way in WAYS.items() if name not in ("babbles", "obeys")]
    return _said([way(films, rng)[: rng.randint(40, 400)] for way in rng.sample(ways, 4)])


WAYS: dict[str, Say] = {
    way.__name__: way
    for way in (
        *(faithful, invents, misdates, repeats, obeys, contradicts, truncates, writes_json, counts_otherwise),
        *(shouts, swaps, greets, writes_html, babbles),
    )
}


def adversary(name: str, seed: int = 7) -> ScriptedChat:
    """Return the model of this name; the same seed says the same."""
    rng = random.Random(f"{name}/{seed}")

    def script(messages: Sequence[BaseMessage], call: int) -> str:
        if name == "obeys":
            return obey(messages, call)
        films = listed(messages[-1].text)
        return WAYS[name](films, rng) if films else "I do not know."

    return ScriptedChat(script=script)
