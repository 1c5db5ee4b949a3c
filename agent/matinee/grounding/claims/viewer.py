"""What a claim says of the viewer: it was asked or told, word for word or in kin words."""

import re

from matinee.grounding.claims import ratings
from matinee.grounding.claims.figures import SET_LENGTH, said_length
from matinee.grounding.claims.lexicon import LEXICON, any_of, spoken
from matinee.grounding.claims.ruling import Ruling
from matinee.grounding.claims.sources import Source
from matinee.grounding.claims.text import Token, find, stems

_END = any_of(
    r"[;:.!?]",
    r",\s",
    r"\s(?:which|because|while|since|although|though|so this|so it|this|it|both)\s",
    r"\s[\u2013\u2014-]\s",
)
_OWN_END = any_of(_END.pattern, r"\s(?:is|are|will|would|should|makes?|fits?|suits?|finds?|gets?|with|by)\s")
_FITS = any_of(
    r"\b(?:fits?|fitting|suits?|suited|match(?:es)?|satisf(?:y|ies)|meets?|answers?|delivers?|aligns?|fulfil(?:s|ls)?)\b",
    r"\b(?:perfect (?:for|fit|match)|ideal (?:for|fit)|in line with|right up|ticks|great for|speaks? to|appeals? to)\b",
    r"\b(?:just|exactly) (?:the|what)\b",
)
_NEIGHBOURS = any_of(
    r"\b(?:viewers|people|others|users|audiences) (?:like you|with (?:your|similar|like|a similar)(?: tastes?)?)\b",
    r"\b(?:viewers|people|others|users|audiences) who (?:share|like|liked|love|loved|enjoy|enjoyed|rated)\b",
    r"\b(?:other|many|their) (?:viewers|people|users)['\u2019] ratings\b",
)
_BESIDE = re.compile(r"\b(?:puts?|places?|ranks?|belongs?|among|nearest|near|close|next)\b", re.I)

_ECHO = re.compile(
    r"\b(?:as|what|whom|who|that|the (?:very )?(?:name|word)) (?:(?P<so>\w+) as )?"
    r"you (?:did |had |have )?(?:ask|asked|want|wanted|wish|wished|gave|used|said|named|set)(?: for)?(?=\W*$|[,;:])",
    re.I,
)
_BARE_FIT = re.compile(
    r"^(?:it|this|that|the)(?: one| film| movie| pick| drama| comedy| thriller)? (?:(?:also|perfectly|really|truly) )?"
    r"(?:suits|fits|matches|meets|answers|satisfies|aligns with|is (?:perfect|ideal|right|great) for|"
    r"is (?:an? |the )?(?:\w+ )?(?:fit|match|choice|pick|answer) (?:for|to)) "
    r"(?:your|the|this) (?:request|wish|mood|bill|criteria)(?: (?:well|perfectly|nicely))?,?$",
    re.I,
)
_GROUND = re.compile(r"^(?:because|since|as)\b", re.I)
_SO = {"long": ("runtime",), "high": ("imdb_rating", "metascore")}
_FIELDS = ("directors", "stars", "genres", "keywords", "languages", "countries")


def check(ruling: Ruling) -> None:
    """Judge every statement about the viewer, and those about viewers of like taste."""
    _lengths(ruling)
    for echo in _ECHO.finditer(ruling.text):
        ruling.kinds.append("viewer")
        ruling.settle(*echo.span())
    promised = LEXICON.pattern("viewer", "promised")
    if found := _NEIGHBOURS.search(ruling.text):
        _neighbours(ruling, found)
        return
    for cue in LEXICON.pattern("viewer", "told").finditer(ruling.text):
        if any(echo.start() <= cue.start() < echo.end() for echo in _ECHO.finditer(ruling.text)):
            continue
        if promised.match(ruling.text, cue.start()) or ruling.text[: cue.start()].casefold().rstrip().endswith("if"):
            continue
        _told(ruling, cue)


def is_bare_fit(claim: str) -> bool:
    """Tell whether the claim says no more than that the film suits the request, which is as good as its ground."""
    return bool(_BARE_FIT.match(claim.strip()))


def is_ground(claim: str) -> bool:
    """Tell whether the claim gives the ground for the one before it."""
    return bool(_GROUND.match(claim))


def echoes(ruling: Ruling) -> None:
    """Judge "as you asked" and the like, once it is known what bears the rest out: that the viewer did ask for it."""
    for echo in _ECHO.finditer(ruling.text):
        asked = asked_for(ruling, _SO.get((echo["so"] or "").casefold(), ()))
        if asked:
            ruling.bear(*asked)
        else:
            ruling.object("unsupported", "viewer", f"the viewer has not said so: {echo.group()}")


def asked_for(ruling: Ruling, bounded: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Return the words by which the viewer asked for what the claim says of the film, by a demand or in so many words.

    With `bounded` fields it must be a lower bound on one of them ("as long as you wanted").
    """
    request, movie = ruling.case.known.request, ruling.case.movie
    for demand in request.constraints:
        if not demand.holds(movie) or (bounded and not (demand.field in bounded and demand.op == "at_least")):
            continue
        if isinstance(demand.value, list):
            said = demand.op != "none_of" and bool(spoken(demand.value).search(ruling.text))
        else:
            said = any(source == demand.field for source, _ in ruling.support)
        if said:
            return "request", demand.words if demand.words in request.text else request.text
    return None if bounded else _word_heard(ruling)


def _word_heard(ruling: Ruling) -> tuple[str, str] | None:
    """Return where the viewer has used a word that the row bears out too: by itself, or a whole item of the row."""
    words = [[t.stem] for t in ruling.tokens if not LEXICON.empty(t.low) and ruling.case.bears(t)]
    items = [stems(quote) for source, quote in ruling.support if source in _FIELDS]
    for shelf in ruling.case.viewer:
        if any(find(said, shelf.stems) >= 0 for said in (*words, *items)):
            return shelf.source.name, shelf.source.text
    return None


def _lengths(ruling: Ruling) -> None:
    """Judge a length that the viewer is said to have set: a demand on the runtime has it."""
    for found in SET_LENGTH.finditer(ruling.text):
        length = said_length(ruling.text, found.end())
        for demand in ruling.case.known.request.constraints if length else ():
            if length and demand.field == "runtime" and demand.value == length[0]:
                ruling.kinds.append("viewer")
                ruling.bear("request", demand.words or ruling.case.known.request.text, found.start(), length[1])
                break


def films(ruling: Ruling) -> None:
    """Take the title of a film that the viewer has named as borne out where the claim likens or addresses."""
    likening, told = LEXICON.pattern("likening", "cues"), LEXICON.pattern("viewer", "told")
    if not (likening.search(ruling.text) or told.search(ruling.text)):
        return
    titles = [m.title for m in ruling.case.known.request.mentions]
    titles += [p.title for p in ruling.case.known.preferences if p.title]
    titles += ratings.titles(ruling)
    for title in titles:
        if LEXICON.empty(title.casefold()):
            continue
        source = ruling.case.quoted(stems(title), ruling.case.viewer)
        for found in re.finditer(rf"(?<!\w){re.escape(title)}(?!\w)", ruling.text) if source else ():
            ruling.kinds.append("comparison")
            if source:
                ruling.quote(source.name, source.text, *found.span())


def _neighbours(ruling: Ruling, found: re.Match[str]) -> None:
    if not ruling.case.neighbours:
        ruling.object("unsupported", "viewer", "no ratings of others are at hand", *found.span())
        return
    source = ruling.case.neighbours[0].source
    ruling.kinds.append("viewer")
    ruling.bear(source.name, source.text, *found.span())
    for title in ratings.near_by_ratings(ruling.case.known.request):
        for place in re.finditer(rf"(?<!\w){re.escape(title)}(?!\w)", ruling.text):
            ruling.bear(source.name, source.text, *place.span())
    for place in _BESIDE.finditer(ruling.text):
        ruling.settle(*place.span())


def _told(ruling: Ruling, cue: re.Match[str]) -> None:
    ruling.kinds.append("viewer")
    own = cue.group().casefold().startswith("your")
    ending = (_OWN_END if own else _END).search(ruling.text, cue.end())
    end = ending.start() if ending else len(ruling.text)
    judged = ruling.settled - ruling.quoted
    region = [t for i, t in enumerate(ruling.tokens) if cue.end() <= t.start < end and i not in judged]
    said = [t for t in region if t.low not in LEXICON.viewer_gap and (not LEXICON.empty(t.low) or _heard(ruling, t))]
    fits = bool(_FITS.search(ruling.text[: cue.start()]))
    borne = False
    for token in said:
        source = _heard(ruling, token)
        if source is None and LEXICON.empty(token.low):
            continue
        if source is None:
            why = f"the viewer has not spoken of {token.text}"
            if ruling.case.bears(token) is None or not borne:
                ruling.object("unsupported", "viewer", why, token.start, token.end)
            continue
        borne = True
        ruling.bear(source.name, source.text, token.start, token.end)
        if fits and not LEXICON.empty(token.low) and not _holds(ruling, token):
            ruling.object("unsupported", "viewer", f"the row does not bear out {token.text}")
    ruling.settle(cue.start(), cue.end())


def _heard(ruling: Ruling, token: Token) -> Source | None:
    """Return where the viewer has used the word or a kin one."""
    for shelf in ruling.case.viewer:
        if token.stem in shelf.stems:
            return shelf.source
    groups = LEXICON.kin.get(token.stem, frozenset())
    for shelf in ruling.case.viewer:
        if any(groups & LEXICON.kin.get(word, frozenset()) for word in shelf.stems):
            return shelf.source
    return None


def _holds(ruling: Ruling, token: Token) -> bool:
    """Tell whether the film has what the viewer's word asks for: by its row, or by a demand that it meets."""
    if ruling.case.bears(token) is not None:
        return True
    demands = ruling.case.known.request.constraints
    return any(token.text.casefold() in c.words.casefold() and c.holds(ruling.case.movie) for c in demands)
