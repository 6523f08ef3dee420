"""An edition: everything that one statement is printed from, frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from observer_kit.checklists.model import Checklist
from observer_kit.errors import KitError
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.edition.source import Quoted
from observer_kit.statements.figures import Evidence
from observer_kit.statements.model import Figure
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statements.text.model import SetStatement, Style
from observer_kit.trust.keys import Key

KINDS: Final = ("pdf", "html", "docx", "txt")
STATES: Final = ("draft", "approved", "published", "corrected", "withdrawn")
"""A correction is a new version that names the one it replaces; a withdrawal is one that says so."""
DRAFTS: Final = ("draft", "approved")
STATION: Final = "polling_station"


class LogoInvalid(KitError):
    """The mission's logo is not a picture that can be printed."""

    code = "logo_invalid"


class KindUnknown(KitError):
    """A statement is asked for as something that it can't be built as."""

    code = "kind_unknown"


class FontMissing(KitError):
    """A font of the paper is not there: the statement would be set in another, or in boxes."""

    code = "font_missing"
    status = 503


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an annex; `numbers` are the columns set to the right."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class Edition:
    """One statement in one style and language, at one version.

    `text` is the draft set with the figures; `evidence` what they were counted
    from, for the de-identified rows (None: nothing is attached but the
    figures). `reason` is a person's word for a correction or withdrawal, and
    `replaces` the version it stands for. `withheld` names figures whose
    stations may not be shown; `stations` says whether the list of stations is
    printed. `differences` explain by figure where the source prints another
    number; `printed` are the rows of a rebuilt mission's source. Without `key` the PDF is not signed.
    """

    mission: Mission
    style: Style
    language: str
    text: SetStatement
    figures: Mapping[str, Figure]
    snapshot: Snapshot
    evidence: Evidence | None = None
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    locations: Mapping[str, Location] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    state: str = "draft"
    version: int = 1
    reason: str = ""
    replaces: int | None = None
    withheld: frozenset[str] = frozenset()
    stations: bool = False
    differences: Mapping[str, Quoted] = field(default_factory=dict)
    printed: Sequence[Mapping[str, Any]] = ()
    logo: bytes | None = None
    key: Key | None = None
    signed_on: date | None = None

    @property
    def reconstruction(self) -> bool:
        """Tell whether the mission was rebuilt from published figures."""
        return bool(self.mission.reconstruction)

    @cached_property
    def numbered(self) -> Mapping[int, Figure]:
        """Give every figure that the annex holds by its number: the text's own first, then the rest that has one.

        A region's part of a figure stands there where the text says it, or a chart of the style draws it.
        """
        drawn = {plan.by_region for plan in self.style.plans(self.language)} - {None}
        used = {place: self.figures[name] for name, place in self.text.used.items() if name in self.figures}
        rest = [
            figure
            for name, figure in self.figures.items()
            if name not in self.text.used
            and figure.numerator is not None
            and (figure.definition.printed or not self.reconstruction)
            and (figure.definition.part_of is None or figure.definition.question in drawn)
        ]
        following = max([0, *self.text.used.values()]) + 1
        return {**dict(sorted(used.items())), **dict(enumerate(rest, following))}

    def only_percent(self, figure: Figure) -> bool:
        """Tell whether the number behind the share was made up, because the source prints only the per cent."""
        return self.reconstruction and figure.definition.shows == "percent"
