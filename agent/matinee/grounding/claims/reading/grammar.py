"""The words of `grammar.toml`, ready for use: which form of which verb a word may be, and words that join others."""

from functools import cached_property
from importlib.resources import files
from tomllib import loads
from typing import Any, Literal, NamedTuple

Form = Literal["plain", "s", "ing", "past"]


class Verb(NamedTuple):
    """A verb in its plain form, and the form in which a word has it."""

    plain: str
    form: Form


class Grammar:
    """The shipped words; all look-ups are by the word in small letters."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._table = table
        words = {name: frozenset(line.split()) for name, line in table["words"].items()}
        self.determiners = words["determiners"]
        self.possessives = words["possessives"]
        self.persons = words["persons"]
        self.prepositions = words["prepositions"]
        self.joints = words["joints"]
        self.relatives = words["relatives"]
        self.be = words["be"]
        self.have = words["have"]
        self.do = words["do"]
        self.modals = words["modals"]
        self.adverbs = words["adverbs"]
        self.causing = words["causing"]
        self.letting = words["letting"]
        self.unchanging = words["unchanging"]
        self.both = words["both"]
        self.framing = words["framing"]
        self.subjects = words["subjects"]
        self.not_adverbs = words["not_adverbs"]

    @cached_property
    def forms(self) -> dict[str, Verb]:
        """Return every form of every verb."""
        irregular = {verb: forms.split() for verb, forms in self._table["irregular"].items()}
        found: dict[str, Verb] = {}
        for plain in self._table["verbs"].split():
            found.setdefault(plain, Verb(plain, "plain"))
            for form in _third(plain):
                found.setdefault(form, Verb(plain, "s"))
            for form in _doubled(plain, "ing"):
                found.setdefault(form, Verb(plain, "ing"))
            for form in (*irregular.get(plain, ()), *_doubled(plain, "ed")):
                found.setdefault(form, Verb(plain, "past"))
        return found

    def verb(self, low: str) -> Verb | None:
        """Return the verb that the word may be a form of; None when it is none that is known."""
        return self.forms.get(low)


def _third(plain: str) -> list[str]:
    if plain.endswith("y") and plain[-2] not in "aeiou":
        return [f"{plain[:-1]}ies"]
    return [f"{plain}es"] if plain.endswith(("s", "sh", "ch", "x", "z", "o")) else [f"{plain}s"]


def _doubled(plain: str, ending: str) -> list[str]:
    """Return the form with the ending, in every spelling that a rule may give it."""
    if plain.endswith("ie") and ending == "ing":
        return [f"{plain[:-2]}ying"]
    if plain.endswith("e") and not plain.endswith(("ee", "oe")):
        return [f"{plain[:-1]}{ending}"]
    if plain.endswith(("ee", "oe")):
        return [f"{plain}{ending.removeprefix('e')}"]
    if plain.endswith("y") and ending == "ed" and plain[-2] not in "aeiou":
        return [f"{plain[:-1]}ied"]
    return [f"{plain}{ending}", f"{plain}{plain[-1]}{ending}"]


GRAMMAR = Grammar(loads(files("matinee.grounding.claims.reading").joinpath("grammar.toml").read_text(encoding="utf-8")))
