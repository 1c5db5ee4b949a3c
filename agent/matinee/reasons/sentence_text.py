"""Makes a sentence of a model's reason plain: without markup, labels, the prompt's own lines and the model's figures.

Small models often go on as the prompt's list does: `Facts: Animation, Comedy; directed by Pete Docter; 96 minutes`.
Such a row of facts is not a sentence of a reason.
"""

import html
import re

from matinee.language.lexicon import phrase_lists
from matinee.outside import plain
from matinee.reasons.labels import label_kind

LONGEST = 2_000
"""Characters of a sentence; what is longer is not one."""

_EMPHASIS = re.compile(r"\*{2,}|__+|~~+|`+|(?<![^\W_])[*_]+|[*_]+(?![^\W_])|\\(?=[*_#.\-|])")
_LABEL = re.compile(r"[\s\[({\"\u201c-]*([^\W\d_][^\n:.!?;]{0,56}?)\s*:\s*")
_WHY = r"why\s+(?:it|this|that)(?:\s+(?:one|film|movie|pick))?\s+(?:suits|fits|works)\b"
# The form's own words, taken for text: "Why it suits the request, in two or three sentences. ..."
_FORM = re.compile(
    rf"^{_WHY}(?:\s+(?:for\s+)?(?:the|your|this)\s+request)?(?:,?\s+too)?"
    r"(?:,?\s+in\s+(?:(?:one|two)\s+or\s+)?(?:one|two|three)\s+sentences?)?\s*[.,:;\u2013\u2014-](?:\s+|$)",
    re.I,
)
_FORM_LABEL = re.compile(rf"^{_WHY}[^.:\n]{{0,40}}[.:](?:\s+|$)", re.I)

_FACT = r"(?:directed by|with|starring)\s[^;]+|\d{1,3}\s*min(?:ute)?s?\.?|IMDb[\s:]*[\d.]+(?:/10)?\.?"
_NAMES = r"[^\W\d_][\w'\u2019-]*(?:(?:,|\s&)\s*[^\W\d_][\w'\u2019-]*)*"
# ... the end of it. [Facts: Comedy, Drama; directed by Sofia Coppola; with Bill Murray; 102 minutes; keywords wistful]
_TAIL = re.compile(
    rf"(?:^|(?<=[.!?\"\u201d])\s+)[\[({{]?(?:(?:facts|reasons?|details|info|about)\s*:\s*)?(?:{_NAMES};\s*)?"
    rf"(?:{_FACT})(?:;\s*(?:{_FACT}))+(?:;\s*[^;.!?]+)*;?\.?[\])}}]?\.?$",
    re.I,
)
# Animation, Comedy; directed by Pete Docter; with Ed Asner; 96 minutes; IMDb 8.2
_ROW = re.compile(rf"^[\[({{]?(?:{_NAMES};\s*)?(?:{_FACT})(?:;\s*(?:{_FACT}|[^;.!?]+))*;?[\])}}]?$", re.I)
_LONE_FACT = re.compile(
    r"^(?:(?:IMDb|Rotten Tomatoes|Metacritic|runtime)\b[\s:]*(?:rating\b[\s:]*)?[\d.,/%\s]+"
    r"|rated (?:PG|R|G|NC|TV)[-\w]*\.?|\d{1,3}\s*min(?:ute)?s?\.?)$",
    re.I,
)

# (Confidence: 0.9)   Confidence score: 90%.   confidence = 9/10   I am 95% sure.
_FIGURE = re.compile(
    r"[(\[]*\b(?:(?:my|with|overall|a|the)\s+)*(?:confidence|certainty)(?:\s+(?:score|level|rating|in\s+match))?\s*"
    r"(?:is|of|at|[:=\u2013\u2014-])?\s*(?P<after>\d{1,3}(?:\.\d+)?)\s*"
    r"(?P<unit>%|/\s*100?\b|/\s*1\b|out of 100?\b)?[)\]]*[.,;]?(?=\s|$)"
    r"|[(\[]?\b(?:I am|I'm|I\u2019m|we are)\s+(?:about\s+)?(?P<before>\d{1,3}(?:\.\d+)?)\s*%\s+"
    r"(?:sure|confident|certain)[)\]]*[.,;]?(?=\s|$)",
    re.I,
)
_NUMBER = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*(%|/\s*100?\b|/\s*1\b|out of 100?\b)?")
_QUOTED = re.compile(r"^[\"\u201c\u201e\u00ab]([^\"\u201c\u201d\u201e\u00ab\u00bb]+)[\"\u201d\u201c\u00bb]([.!?]?)$")
_EDGES = " *_`#|"


def read_sentence(raw: str) -> tuple[str, float | None]:
    """Return a sentence as it may be shown, empty if it is none, and the model's own confidence taken out of it."""
    if len(raw) > LONGEST:
        return "", None
    text = plain_text(raw)
    text = _without_row(text)
    text, sure = _without_figure(text)
    text = _without_label(text)
    text = _unquoted(text)
    return (text if any(char.isalnum() for char in text) else ""), sure


def plain_text(raw: str) -> str:
    """Return a text on one line without markup, control characters and templates."""
    text = plain(_EMPHASIS.sub("", raw))
    if "&" in text:
        # Brackets written as entities must not become markup now.
        text = plain(html.unescape(text).replace("<", " ").replace(">", " "))
    return text.strip(_EDGES)


def confidence_value(text: str) -> float | None:
    """Return a figure as a share, 0..1: `85%`, `0.85`, `8.5/10` and `85` are; None if it is none."""
    found = _NUMBER.match(text)
    return _share(float(found[1]), found[2] or "") if found else None


def is_remark(text: str) -> bool:
    """Tell whether a sentence speaks to the viewer about the answer instead of a film."""
    low = text.casefold().replace("\u2019", "'").lstrip("\"'*(")
    return low.startswith(phrase_lists("remarks")["closing"])


def _share(value: float, unit: str) -> float | None:
    unit = unit.replace(" ", "")
    if unit in ("%", "/100", "outof100") or (not unit and value > 10):
        value /= 100
    elif unit in ("/10", "outof10") or (not unit and value > 1):
        value /= 10
    return value if 0 <= value <= 1 else None


def _without_figure(text: str) -> tuple[str, float | None]:
    found = list(_FIGURE.finditer(text))
    if not found:
        return text, None
    shares = [_share(float(f["before"] or f["after"]), f["unit"] or ("%" if f["before"] else "")) for f in found]
    rest = " ".join(_FIGURE.sub(" ", text).split()).strip(f"{_EDGES},;")
    return re.sub(r"\s+([.!?])", r"\1", rest), next((share for share in shares if share is not None), None)


def _without_label(text: str) -> str:
    text = _FORM_LABEL.sub("", _FORM.sub("", text))
    label = _LABEL.match(text)
    kind = label_kind(label[1], within=True) if label else None
    if label is None or kind is None:
        return text
    return _without_label(text[label.end() :]) if kind == "reason" else ""


def _without_row(text: str) -> str:
    bare = text.replace(" | ", "; ").replace(" \u2022 ", "; ").replace(" \u00b7 ", "; ").strip(" ;-")
    if _LONE_FACT.match(bare):
        return ""
    if ";" not in bare:
        return text
    kept = _TAIL.sub("", bare).strip(" ;-")
    if ";" in kept and _ROW.match(kept):
        return ""
    return text if kept == bare else kept


def _unquoted(text: str) -> str:
    if quoted := _QUOTED.match(text):
        return quoted[1].strip() + quoted[2]
    # A quotation over several sentences leaves one of its marks on the first and one on the last.
    if text.count('"') == 1 and (text[0] == '"' or text[-1] == '"'):
        return text.strip('"').strip()
    if text[:1] in "\u201c\u00ab" and "\u201d" not in text and "\u00bb" not in text:
        return text[1:].strip()
    if text[-1:] in "\u201d\u00bb" and "\u201c" not in text and "\u00ab" not in text:
        return text[:-1].strip()
    return text
