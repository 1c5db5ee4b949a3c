"""Whether a request asks for something to watch, or for one film that the viewer half remembers."""

import re

_IDENTIFYING = re.compile(
    r"\btomt\b|\btip of (?:my|the) tongue\b"
    r"|\b(?:what|which)(?: was| is|s)? (?:the |that |this )?(?:name of |title of )?(?:the |that |this |an? )?"
    r"(?:old |\w+ )?(?:movie|film)(?:s name)? (?:where|in which|with|about|that|called|from|i saw|i watched)\b"
    r"|\b(?:trying|want(?:ing)?|like|hoping|need) to (?:remember|recall|identify|find out|figure out)\b"
    r"|\b(?:cant|cannot|can not|dont|do not|couldnt) (?:for the life of me )?(?:remember|recall|think of|figure out)"
    r" (?:what|which|the (?:name|title)|its (?:name|title))\b"
    r"|\b(?:remember|recall|forgot|forgotten|know) (?:the |its )?(?:name|title)\b"
    r"|\bi (?:only |vaguely |just |kind of |sort of |barely )?(?:remember|recall) "
    r"(?:seeing|watching|a |an |this |that |one |the )"
    r"|\bhelp me (?:identify|remember|figure out|find (?:the|that|this) (?:\w+ )?(?:movie|film|name|title))\b"
    r"|\bdoes anyone (?:know|remember|recall)\b"
    r"|\bwhat(?: was| is|s) (?:it|this|that) (?:movie|film|called)\b"
)


def is_identifying(folded: str) -> bool:
    """Tell whether a request (small letters, no apostrophes) describes one film from memory.

    What is remembered may be wrong: years, places and genres are hints then, no demands.
    """
    return _IDENTIFYING.search(folded) is not None
