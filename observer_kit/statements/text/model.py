"""What a style, a draft and a set statement are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from observer_kit.checklists.model import Text
from observer_kit.errors import KitError, NotFound

if TYPE_CHECKING:  # charts are drawn when a text is set, not when a style is read
    from observer_kit.statements.pictures import Picture
    from observer_kit.statements.plans import Plan

LAYOUTS: Final = ("cover", "letterhead", "plain")
SHARES: Final = ("odihr", "counts")
NUMBERINGS: Final = ("decimal", "roman", "none")
SECTION_KINDS: Final = ("text", "room", "verdict", "signature")


class StyleUnknown(NotFound):
    """There is no such style of statement, or not in this language."""

    code = "style_unknown"


class StyleInvalid(KitError):
    """A style's folder holds something that can't be loaded or drafted: the place names file and line."""

    code = "style_invalid"


class WordsInvalid(KitError):
    """The nouns or number words of a language lack something that a text asks for."""

    code = "words_invalid"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author must see: a stable code, the place (section or file and line), and a sentence."""

    code: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """One section of a style, in its order.

    `kind`: text (written by the style), room (headed space for staff), verdict
    (a person's own judgement, never drafted), signature. `prompt` says what
    staff should write there. `parent` is the section that it stands under.
    """

    id: str
    title: Text
    kind: str = "text"
    parent: str | None = None
    prompt: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """A style as its folder says it: how it looks and counts, its sections, its charts.

    `shares`: "odihr" (per cents by the size of the base) or "counts" (no per
    cents at all). `texts` are the section files by language and section;
    `numbers` are phrases of these texts whose numbers are no figures.
    """

    id: str
    name: Text
    layout: str
    shares: str
    contents: bool
    numbering: str
    sections: tuple[SectionPlan, ...]
    texts: Mapping[str, Mapping[str, str]]
    folder: Path
    charts: Sequence[Mapping[str, object]] = ()
    numbers: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Name the languages that the style has texts in."""
        return tuple(self.texts)

    def section(self, identifier: str) -> SectionPlan:
        """Give one section; raises KeyError for one that the style has not."""
        return {each.id: each for each in self.sections}[identifier]

    def plans(self, language: str) -> list[Plan]:
        """Give the style's charts with their words in one language."""
        from observer_kit.statements.plans import plans_of

        return plans_of(self.charts, language, f"{self.id}/style.toml")


@dataclass(frozen=True, slots=True)
class SectionText:
    """One section of a draft: Markdown in which every figure is still a mark."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class SetSection:
    """One section ready for the page: its number as printed ("3", "XIV.A" or ""), title, level from 2, and HTML."""

    id: str
    number: str
    title: str
    level: int
    html: str
    kind: str

    @property
    def empty(self) -> bool:
        """Tell whether nothing stands under the title."""
        return not self.html.strip()


@dataclass(frozen=True, slots=True)
class SetStatement:
    """A statement's text with its figures set.

    `used` gives each figure's number, in the order of use; `gaps` name what
    could not be said; `problems` are for the author; `notes` are the footnotes'
    HTML by number where the caller asked for them at the end; `pictures` the
    charts by name, for what can't hold a drawing.
    """

    sections: tuple[SetSection, ...]
    used: Mapping[str, int]
    gaps: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[tuple[int, str], ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
