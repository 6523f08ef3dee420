"""What every paper of the day shares: its frame, its stylesheets, and how words get onto it safely."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from observer_kit.config import resources
from observer_kit.statements.pdf import render_fitting
from observer_kit.statements.press import drawn, press
from observer_kit.words import words

STYLES: Final = ("variables.css", "papers.css")
"""Stylesheets of static/print under every paper, after the fonts."""
PIECE: Final = 1500
"""Characters of a text that are set at once."""
_TURNING: Final = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_CONTROLS: Final = (*(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)), 0x7F, *range(0x80, 0xA0))
_SHOWN: Final = {code: f"[U+{code:04X}]" for code in (*_TURNING, *_CONTROLS, *range(0xD800, 0xE000))}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as HTML, ready to be set: drafts from the fullest to the briefest, and what they need.

    `most` is how many pages it may take; the first draft that fits is the paper.
    `pictures` are named in it, and so are `codes`: texts that are drawn as QR
    codes where the paper is set, not where it is asked for.
    """

    drafts: tuple[str, ...]
    stylesheets: tuple[str, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    most: int | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def html(self) -> str:
        """Give the fullest draft."""
        return self.drafts[0]

    def pdf(self) -> bytes:
        """Set it as a tagged PDF, here and now."""
        return render_fitting(self.drafts, *self.stylesheets, most=self.most, pictures=drawn(self.pictures, self.codes))

    def pressed(self) -> bytes:
        """Set it in a process of its own, as a server does; raises PaperNotMade."""
        return press(self.drafts, *self.stylesheets, most=self.most, pictures=self.pictures, codes=self.codes)


class Count(int):
    """A number that writes itself inside a sentence as its language groups it, and still chooses the plural."""

    language: str

    def __new__(cls, value: int, language: str) -> Count:
        """Remember the language beside the number."""
        made = super().__new__(cls, value)
        made.language = language
        return made

    def __format__(self, spec: str) -> str:
        return number(int(self), self.language) if not spec else super().__format__(spec)


def number(value: float | None, language: str) -> str:
    """Write a number as the language groups it; a dash where there is none."""
    if value is None:
        return "–"
    return format_decimal(value, locale=language, format="#,##0.##").replace("\u202f", "\u00a0")


def visible(value: Any) -> Any:
    """Show what would turn the direction of a line, or print nothing at all, by its number: a name is read as it is."""
    return value.translate(_SHOWN) if type(value) is str else value


def pieces(words: str) -> Iterator[str]:
    """Cut a text into its paragraphs, and a long one into pieces: lines are broken within one piece at a time.

    A paragraph of twenty thousand words at once would take half a minute.
    """
    for paragraph in words.splitlines():
        yield from textwrap.wrap(paragraph, PIECE, break_on_hyphens=False) or ()


def say(language: str, room: str, key: str, **values: Any) -> str:
    """Say a sentence of a room of templates/words."""
    counted = {
        name: Count(value, language) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in values.items()
    }
    return words(language)(f"{room}.{key}", **counted)


def render(template: str, language: str, *, room: str = "paper", styles: Iterable[str] = (), **values: Any) -> str:
    """Fill in a template of templates/paper; what it names must be given."""
    page: str = _papers().get_template(template).render(
        {
            "language": language, "say": partial(say, language, room), "number": partial(number, language=language),
            "pieces": pieces, "styles": ("fonts.css", *STYLES, *styles), "on_screen": False, "notice": None,
            "organisation": "", "sub": "", **values,
        }
    )  # fmt: skip
    return page


@cache
def _papers() -> Environment:
    return Environment(
        loader=FileSystemLoader(resources("templates") / "paper"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
