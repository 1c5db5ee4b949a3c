"""Takes the premise out of an overview: its first sentence, or the part of it that stands by itself.

What is returned is always the overview's own text, unchanged, so that it can be quoted as evidence.
"""

import re

MAX_WORDS = 30
_MIN_WORDS = 8
_BRIEF_WORDS = 12
_UNCUT_WORDS = 38
"""A longer first sentence without a safe place to cut is still quoted whole up to here; beyond it is left out."""

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr st jr sr vol vs no lt col gen sgt capt prof rev gov sen messrs mt ft maj cpl det hon pt".split()
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9À-Þ]|\s*$)")

_CUTS = (
    re.compile(r";\s"),
    re.compile(r"\s(?:—|–|--)\s|—(?=\w)"),
    re.compile(
        r",\s(?=(?:and|but|so|yet|while|with|when|until|only|as|where|who|which|leaving|forcing|causing|making)\b)"
    ),
    re.compile(r"(?<!,)\s(?=(?:after|when|while|until|because)\b)"),
)
_SEMICOLON, _DASH, _COMMA, _BARE = range(4)

_OPENERS = frozenset(
    """when after as while if although though because since once before until despite during in on at with
    without following based set inspired by from to under for having unable forced amid among upon
    whether where beneath inside outside across""".split()
)
_RELATIVES = frozenset("who whom whose which that where".split())
_PAIRED = re.compile(r"\b(?:either|neither|both|whether|between|not only)\b", re.IGNORECASE)
_VERB_FIRST = re.compile(r",\s(?:is|are|was|has|must|can|will|\w+[^\Wsu]s)\b")
_LISTED = re.compile(r"; and\b")
_SAME_SUBJECT = re.compile(
    r", and (?!(?:the|an?|his|her|their|its|he|she|they|it|one|both|all|soon|now|then|when|as|if|after|with)\b|[A-Z])"
)
_ARTICLES = frozenset("a an the his her their its one".split())
_DANGLING = _ARTICLES | frozenset(
    """and or but of to in on at by for with from as than into over about not is are was were be been that who
    which whose where when while if so only just shortly soon long even ever right immediately years year days
    day weeks week months month hours hour moments moment time night nights what until
    look looks looking looked named takes taking my your our no this these
    those has have had must can will would could should may might""".split()
)


def premise(overview: str, limit: int = MAX_WORDS, *, joined: bool = True) -> str:
    """Return the overview's first sentence, shortened at a clause boundary to at most `limit` words.

    With `joined`, a first sentence of a few words is followed by the second when both stay within the limit. The
    result is an exact substring of the overview; a shortened one lacks its final punctuation. A long sentence that
    cannot be cut without leaving half a clause is returned whole up to 38 words (only under the default limit),
    and "" stands for an overview that is empty or cannot be used.
    """
    sentences = _sentences(overview)
    if not sentences:
        return ""
    first = sentences[0]
    if len(first.split()) <= limit:
        if joined and len(first.split()) < _BRIEF_WORDS and len(sentences) > 1:
            both = overview[overview.index(first) : overview.index(sentences[1]) + len(sentences[1])]
            return both if len(both.split()) <= limit else first
        return first
    ends = sorted(
        ((match.start(), kind) for kind, cut in enumerate(_CUTS) for match in cut.finditer(first)), reverse=True
    )
    for end, kind in ends:
        if _stands_alone(first[:end], first[end:], kind, limit):
            return first[:end]
    return first if limit >= MAX_WORDS and len(first.split()) <= _UNCUT_WORDS else ""


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        last = text[start : match.start()].split()[-1:] or [""]
        word = last[0].strip("\"'“”‘’([").casefold()
        at_end = not text[match.end() :].strip()
        if match.group().startswith(".") and not at_end and (word in _ABBREVIATIONS or re.search(r"(?:^|\.)\w$", word)):
            continue
        found.append(text[start : match.end()].strip())
        start = match.end()
    rest = text[start:].strip()
    return [sentence for sentence in [*found, rest] if sentence]


def _stands_alone(kept: str, dropped: str, kind: int, limit: int) -> bool:
    words = kept.split()
    if not _MIN_WORDS <= len(words) <= limit or _is_open(kept) or words[-1].casefold().strip(",;:") in _DANGLING:
        return False
    if kind == _DASH and (_CUTS[_DASH].search(dropped[2:]) or _CUTS[_DASH].search(kept)):
        return False
    if kind != _DASH and len(_CUTS[_DASH].findall(kept)) % 2:
        return False
    if kind == _SEMICOLON:
        return not _LISTED.match(dropped)
    # "A lawyer from Ohio, who ..., finds": the main verb is still to come.
    if _PAIRED.search(kept) or _VERB_FIRST.search(dropped[1:]):
        return False
    segments = [segment for segment in re.split(r"[,;]\s+", kept) if segment.strip()]
    opener = _opens(segments[0])
    last = re.sub(r"['’]s\b", "", segments[-1].casefold()).split()
    if len(segments) == 1:
        return not (opener or _RELATIVES & set(last))
    if opener:
        if last[0] in _ARTICLES and dropped.startswith(", and"):
            return False
        if len(segments) != 2 or len(last) < 5 or _RELATIVES & set(last):
            return False
        return len(segments[0].split()) >= 4 or last[0] not in _ARTICLES
    if last[0] in _OPENERS | _RELATIVES | _ARTICLES or last[0] in ("and", "or"):
        return False
    # "steals a boat, wins a race, and ..." is a list, and so, most likely, is what has a short last part.
    return not (kind == _COMMA and (len(last) < 4 or _SAME_SUBJECT.match(dropped)))


def _opens(segment: str) -> bool:
    word = segment.split()[0].strip("\"'“‘(").casefold()
    return word in _OPENERS or word.endswith(("ing", "ed"))


def _is_open(text: str) -> bool:
    return text.count('"') % 2 == 1 or text.count("“") != text.count("”") or text.count("(") != text.count(")")
