"""Takes out of a drafted reason what only copies the prompt's list: a row's facts are no reason, its plot may be one.

Small models often go on as the list goes: its plot line, then `Facts: Animation, Comedy; directed by Pete Docter; 96
minutes`, or of their own accord `Plot: "..."` and `Keywords: ...`.
"""

import re

_FACT = r"(?:directed by|with|starring)\s[^;]+|\d{1,3}\s*min(?:ute)?s?\.?|IMDb[\s:]*[\d.]+(?:/10)?\.?"
_NAMES = r"[^\W\d_][\w'\u2019-]*(?:,\s*[^\W\d_][\w'\u2019-]*)*"
# ... the end of it. [Facts: Comedy, Drama; directed by Sofia Coppola; with Bill Murray; 102 minutes; keywords wistful]
_TAIL = re.compile(
    rf"(?:^|(?<=[.!?\"\u201d])\s+)[\[({{]?(?:(?:facts|reasons?|details|info|about)\s*:\s*)?(?:{_NAMES};\s*)?"
    rf"(?:{_FACT})(?:;\s*(?:{_FACT}))+(?:;\s*[^;.!?]+)*;?\.?[\])}}]?\.?$",
    re.I,
)
# Animation, Comedy; directed by Pete Docter; with Ed Asner; 96 minutes; IMDb 8.2
_ROW = re.compile(rf"^(?:{_NAMES};\s*)?(?:{_FACT})(?:;\s*(?:{_FACT}|[^;.!?]+))*;?$", re.I)
_LISTED = re.compile(
    r"^[\[({]?(?:facts|keywords?|tags|genres?|directors?|stars?|cast|runtime|imdb(?:\s+rating)?)\s*:", re.I
)
_TOLD = re.compile(
    r"^(?:plot|overview|premise|summary|synopsis|reasons?|why(?:\s+it\s+suits(?:\s+the\s+request)?)?)\s*:\s*", re.I
)
# The form's own words, taken for text: "Why it suits the request, in two or three sentences. ..."
_FORM = re.compile(
    r"^why\s+(?:it|this\s+(?:one|film))\s+suits\s+the\s+request(?:,?\s+too)?"
    r"(?:,?\s+in\s+(?:(?:one|two)\s+or\s+)?(?:one|two|three)\s+sentences?)?\s*[.,:;\u2013\u2014-]\s*",
    re.I,
)
_QUOTED = re.compile(r"^[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]$")


def begins_facts(line: str) -> bool:
    """Tell whether the line begins as one that only lists facts: `Facts: ...`, `Keywords: ...`."""
    return bool(_LISTED.match(line.strip(" *_-")))


def without_row(line: str) -> str:
    """Return a line of a reason without labels and quotation marks of the list; empty, if it only lists facts."""
    whole = line.strip(" ;*_-")
    bare = _TAIL.sub("", whole).strip(" ;*_-")
    if _LISTED.match(bare) or (";" in bare and _ROW.match(bare)):
        return ""
    told = _TOLD.sub("", _FORM.sub("", bare))
    if quoted := _QUOTED.match(told):
        return quoted[1].strip()
    return told if told != whole else line
