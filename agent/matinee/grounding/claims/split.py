"""Splits a reason into claims: sentences, and in them the clauses that can be left out one by one."""

import re
from dataclasses import dataclass

from matinee.grounding.claims.text import sentences

_OPENERS = re.compile(
    r"^(?:while|although|though|when|if|as|with|in|on|at|set|since|because|after|before|for|from|despite|unlike|like|"
    r"both|given|based|by|whether|once|where|through|during|among|behind|between|not only|what|think)\b",
    re.I,
)
_CUTS = re.compile(
    r";\s+|\s+[\u2013\u2014-]\s+|\u2014"
    r"|,\s+(?=(?:and|but|yet|while|whereas|though|although|which|where|who|making|creating|leaving|giving|offering|"
    r"proving|featuring|exploring|bringing|showing|turning|so|because|as|with)\b)"
    r"|(?<!\banything)(?<!\bnothing)(?<!\ball)(?<!\bnone)\s+(?=(?:but|because|although|though|whereas)\s)"
)
_LEANS = re.compile(
    r"^(?:(?:just |exactly )?(?:as|what) (?:\w+ as )?you\b|who\b|which\b|so\b"
    r"|and (?:so|that) (?:is|are|it is|they are)\b)",
    re.I,
)
_FEWEST = 3
"""A clause has this many words at least; shorter ones belong to their neighbour ("dark, and funny")."""


@dataclass(frozen=True)
class Clause:
    """A part of a sentence; `free` tells that it can stand when those before it fall."""

    text: str
    joint: str = ""
    free: bool = False

    @property
    def leans(self) -> bool:
        """Tell whether it says nothing without what goes before it ("as you asked", "who is in the cast")."""
        return not self.free and bool(_LEANS.match(self.text))


def clauses(sentence: str) -> list[Clause]:
    """Return the clauses of a sentence; joined by their joints they give the sentence again."""
    if _OPENERS.match(sentence.lstrip("\"'\u201c\u2018(")):
        cuts = [m for m in _CUTS.finditer(sentence) if m.group().startswith(";")]
    else:
        cuts = list(_CUTS.finditer(sentence))
    found: list[Clause] = []
    start, joint = 0, ""
    for cut in cuts:
        part = sentence[start : cut.start()]
        rest = sentence[cut.end() :]
        if len(part.split()) < _FEWEST or len(rest.split()) < _FEWEST or _unbalanced(part):
            continue
        found.append(Clause(part, joint, free=not found or joint.strip() == ";"))
        start, joint = cut.end(), cut.group()
    found.append(Clause(sentence[start:], joint, free=not found or joint.strip() == ";"))
    return found


def claims(reason: str) -> list[tuple[str, list[Clause]]]:
    """Return the sentences of a reason, each with its clauses."""
    return [(sentence, clauses(sentence)) for sentence in sentences(reason)]


def rejoined(kept: list[Clause]) -> str:
    """Return the clauses that are left of a sentence as a sentence."""
    text = ""
    for clause in kept:
        text += (clause.joint if text else "") + clause.text
    text = text.strip()
    if not text:
        return ""
    if text[0].islower():
        text = text[0].upper() + text[1:]
    text = _unquoted(text.rstrip(",;:\u2014\u2013- "))
    return text if text[-1] in ".!?\u2026\u201d\u2019\"'" else f"{text}."


def _unquoted(text: str) -> str:
    """Return the text without a quotation mark whose other half fell with another clause."""
    if text.count('"') % 2:
        text = text[1:] if text[0] == '"' else text[:-1] if text[-1] == '"' else text.replace('"', "")
    if text.count("\u201c") != text.count("\u201d"):
        text = text.replace("\u201c", "").replace("\u201d", "")
    return text


def _unbalanced(text: str) -> bool:
    return (
        text.count('"') % 2 == 1 or text.count("\u201c") != text.count("\u201d") or text.count("(") != text.count(")")
    )
