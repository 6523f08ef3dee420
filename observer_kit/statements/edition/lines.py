"""What keeps a paper's lines full and its paragraphs' ends whole, where a stylesheet alone can't.

WeasyPrint measures the space at the end of a text as part of its line: where the
text just fits and its space does not, or where a no-break space ends it, the line
ends at the text's first word. Such a space moves into the element that follows,
or into one of its own. And no style says that a paragraph's last word is whole.
"""

from __future__ import annotations

import re
from typing import Final

_INTO: Final = re.compile(r'(?<![ \n\u00a0])([ \n\u00a0]+)(<(?:span class="figure"|strong|em)>)')
_APART: Final = re.compile(r'(?<=[^\s>])([ \n\u00a0]+)(?=<span class="whole">)')
_LAST: Final = re.compile(
    r"((?:(?<=>)|[ \n])[^ \n<>]{0,60}[^\W\d_]{7,40})"
    r'(?=(?:[^\w<>]|</(?:span|strong|em)>|<sup class="mark"><a[^>]*>\d+</a></sup>)*'
    r'(?:</(?:p|li)>|<span class="footnote"))'
)
"""A paragraph's last word, or one before a note, with what no line parts from it: its stop, its figure's number."""
_SHORT: Final = re.compile(r"([ \n][^ \n<>]{1,40})[ \n](\w{1,4}[.!?]?\s*)(?=</(?:p|li)>)")
"""A last word so short that it would look lost on a line of its own, with the word before it."""


def lined(html: str) -> str:
    """Make a page ready for WeasyPrint's lines; what it says and how it looks stay."""
    html = _INTO.sub(r"\2\1", html)
    html = _APART.sub(r"<span>\1</span>", html)
    html = _SHORT.sub('<span class="unbroken">\\1\u00a0\\2</span>', html)
    return _LAST.sub(r'<span class="unbroken">\1</span>', html)
