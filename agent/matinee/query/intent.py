"""Whether a request asks for something to watch, or for one film that the viewer half remembers."""

import re

_FILM = r"(?:old |\w+ )?(?:movie|film)(?:s name)?"
_KNOW = r"(?:remember|recall|identify|find out|figure out)"
_WHICH_ONE = r"(?:the |what |which |this |that |an? |its )"

_CERTAIN = re.compile(
    r"\btomt\b|\btip of (?:my|the) tongue\b"
    r"|\b(?:what|which) (?:movie|film) (?:am i thinking of|is (?:it|this)|was (?:it|this|that))\b"
    r"|\bwhat(?: was| is|s)(?: it| this| that| its name)? (?:movie |film )?called\b"
    r"|\bwhat(?: was| is|s) (?:this|that|it) (?:movie|film)\b"
    r"|\blooking for the (?:name|title) of\b"
    r"|\b(?:trying|hoping) to (?:remember|recall|identify)\b"
    r"|\b(?:cant|cannot|can not|dont|do not|couldnt) (?:for the life of me )?(?:remember|recall|think of|figure out)"
    r" (?:what (?:it|the|this|that)|which|the (?:name|title)|its (?:name|title))\b"
    r"|\b(?:remember|recall|forgot|forgotten|know) (?:the |its )?(?:name|title)\b"
    r"|\bhelp me (?:identify|remember|figure out|find (?:the|that|this) (?:\w+ )?(?:movie|film|name|title))\b"
)
"""Said of a film that was seen or heard of, and of no other."""

_LIKELY = re.compile(
    r"^\W*(?:(?:so|um+|uh+|hm+|hey|hi|ok|okay)\W+)?(?:that|the) (?:old )?(?:one|movie|film)"
    r" (?:where|in which|when|with|about)\b(?! the (?:most|best|least|fewest)\b)"
    rf"|\b(?:what|which)(?: was| is|s)? (?:the |that |this )?(?:name of |title of )?(?:the |that |this |an? )?{_FILM}"
    r" (?:where|in which|that|called|i saw|i watched)\b"
    rf"|\b(?:what|which)(?: was (?:the |that |this )?| (?:is |s )?(?:that |this )|s (?:that |this )){_FILM}"
    r" (?:with|about|from)\b"
    r"|\bwhat was (?:the|that|this) (?:\w+ ){1,8}(?:where|in which)\b"
    rf"|\b(?:name|title) of (?:the |that |this |an? ){_FILM} (?:with|about|from)\b"
    rf"|\b(?:what|which) {_FILM} was it\b|\bwhich (?:movie|film) was it\b"
    rf"|\btrying to (?:find out|figure out) {_WHICH_ONE}"
    rf"|\b(?:want(?:ing)?|like|need) to {_KNOW} {_WHICH_ONE}"
    r"|\bi (?:only |vaguely |just |kind of |sort of |barely )?(?:remember|recall) "
    r"(?:seeing|watching|a |an |this |that |one |the )"
    r"|\bdoes (?:anyone|anybody) (?:else )?(?:remember|recall)\b"
    r"|\bdoes (?:anyone|anybody) (?:else )?know (?:the|this|that|it|its|what (?:movie|film|it|this|that)|which)\b"
    r"|\bdoes (?:anyone|anybody) know ?(?:[?.!]|$)"
)
"""Said of such a film, unless the request asks for advice as well."""

_ADVICE = re.compile(
    r"\b(?:recommend(?:ed|ations?)?|suggest(?:ed|ions?)?|more like (?:it|that|this|those)|what to (?:watch|see))\b"
    r"|\bor any other\b|\bto (?:watch|see) (?:first|next|tonight)\b|\bwhere (?:do|should) i start\b"
    r"|\bshould (?:i|we) (?:watch|see|start|pick|choose)\b"
    r"|\b(?:what|which) (?:movie|film)[^.!?]{0,40} is (?:the )?(?:best|good|worth)\b"
    r"|\b(?:is|was) an? (?:good|great|nice|fun|decent) (?:movie|film)\b"
)


def is_identifying(folded: str) -> bool:
    """Tell whether a request (in small letters, quotes and dashes plain) describes one film from memory.

    What is remembered may be wrong: years, places and genres are hints then, no demands.
    """
    said = folded.replace("'", "")
    return _CERTAIN.search(said) is not None or (_LIKELY.search(said) is not None and _ADVICE.search(said) is None)
