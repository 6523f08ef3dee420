"""A figure as a published text prints it, and what is said of several: as missions/relations.py reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from observer_kit.errors import MissionInvalid, NotFound
from observer_kit.missions.phrases import SHARE, Phrase

PICKS: Final = ("number", "base", "percent")
"""Which of a figure's numbers is meant."""

KINDS: Final = ("same", "whole", "at_most", "share", "apart")
"""What a relation may say."""


class RelationInvalid(MissionInvalid):
    """A relation of published.toml names no printed figure, or says something that can't be checked."""

    code = "relation_invalid"


class PublishedMissing(NotFound):
    """There is no published.toml where a mission's printed figures are asked for."""

    code = "published_missing"


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """One figure with the numbers printed for it; `written` are the very characters where those are kept too."""

    id: str
    claim: str
    document: str
    locator: str
    unit: str
    base: str
    base_printed: bool
    numbers: tuple[Phrase, ...] = ()
    bases: tuple[Phrase, ...] = ()
    percents: tuple[Phrase, ...] = ()
    written: tuple[Phrase, ...] = ()

    def picked(self, pick: str | None) -> tuple[Phrase, ...]:
        """Give its numbers, its bases, or its share as printed or, failing that, worked out."""
        match pick:
            case "base":
                return self.bases
            case "percent":
                return self.percents or self.computed
            case "number":
                return self.numbers
            case _:
                return self.numbers or self.percents

    @property
    def computed(self) -> tuple[Phrase, ...]:
        """Work the share out of its number and base, where both are one exact number of the same things."""
        if len(self.numbers) != 1 or len(self.bases) != 1 or self.numbers[0].noun or self.bases[0].noun:
            return ()
        number, base = self.numbers[0], self.bases[0]
        if number.malformed or base.malformed or not base.low:
            return ()
        return (
            Phrase(
                f"{number.text} of {base.text}", SHARE, number.nominal / base.nominal, number.low / base.high,
                number.high / base.low, above=number.above, below=number.below, worked_out=True,
            ),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One side of a relation: a printed figure and which of its numbers is meant."""

    figure: PrintedFigure
    pick: str | None = None

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Give the numbers that are meant."""
        return self.figure.picked(self.pick)


@dataclass(frozen=True, slots=True)
class Relation:
    """What is said of some printed numbers: `kind` of KINDS; `against` is the whole, the base or the first one."""

    name: str
    kind: str
    against: Member
    members: tuple[Member, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class PublishedText:
    """A mission's printed figures and what its file says of them; `bases` leads from a figure's id to its base."""

    mission: str
    figures: Mapping[str, PrintedFigure]
    relations: tuple[Relation, ...]
    bases: Mapping[str, PrintedFigure]


def without_pick(address: str) -> tuple[str, str | None]:
    """Part an address from the number of the figure that it picks, if it picks one."""
    before, _, last = address.rpartition("/")
    return (before, last) if last in PICKS else (address, None)
