"""Words of other people made safe: no control characters, no turning of the direction, no Markdown of their own."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TURNS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of text: a name that holds one can make the page show something else."""
_KEPT: Final = frozenset("\n\t")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#^|~])")
_LEADING: Final = re.compile(r"^(\s*)([-+]|\d+(?=[.)]))(?=[\s.)])", re.MULTILINE)


def plain(text: str) -> str:
    """Give a text without direction marks and control characters; unassigned and private ones too are left out."""
    return "".join(
        letter
        for letter in text
        if letter in _KEPT or (letter not in _TURNS and unicodedata.category(letter) not in ("Cc", "Cs", "Co", "Cn"))
    )


def one_line(text: str) -> str:
    """Give a plain text on one line."""
    return " ".join(plain(text).split())


def as_markdown(text: str) -> str:
    """Write someone's words so that Markdown and marks read them as they are."""
    return _LEADING.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", one_line(text)))
