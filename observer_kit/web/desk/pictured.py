"""The pictures of one question: shares by region or hour, and the steps of a rating, with their bases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from observer_kit.checklists.model import Question
from observer_kit.missions.model import Mission
from observer_kit.statements.pictures import Picture, Share, Stack, by_hour, by_region, stacked
from observer_kit.statements.pictures.canvas import STEPS
from observer_kit.statistics.model import Inferred
from observer_kit.web.speech import language, tell, tell_or, text
from observer_kit.web.telling.rows import Row

LEAST: Final = 2
"""Groups below this make no picture."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a question's table: its words, its value for the filters, its numbers, and its cases' interval."""

    label: str
    value: str | None
    row: Row
    says: Inferred | None = None


Address = Callable[[str | None, str], str]
"""Where a number of one group (None for all together) and answer leads."""


def pictures_of(
    mission: Mission, question: Question, by: str, whole: Row, groups: list[Group], address: Address
) -> list[Picture]:
    """Draw what the table says: cases first, then every step; nothing of a single group."""
    known = [group for group in groups if group.row.reports]
    if len(known) < LEAST:
        return []
    note = tell("desk.made_up_picture") if mission.reconstruction else ""
    found = []
    if whole.cases is not None:
        title = tell("desk.cases_by", by=tell(f"desk.by_{by}").lower())
        if by == "hour":
            hours = [_share(group, address, f"{int(group.value):02d}") for group in known if group.value is not None]
            found.append(by_hour(title, note, hours, language()))
        elif by in ("region", "setting"):
            shares = [_share(group, address) for group in known]
            found.append(by_region(title, note, shares, language(), _share(Group(_all(), None, whole), address)))
    if question.type in ("rating", "select_one") and 1 < len(whole.answers) <= STEPS and by != "team":
        steps = [text(cell.label) or tell_or(f"desk.answer_{cell.answer}", cell.answer) for cell in whole.answers]
        rows = [_stack(group, address) for group in known if group.value is not None]
        rows += [_stack(group, lambda *_: "") for group in known if group.value is None]
        rows.append(_stack(Group(_all(), None, whole), address))
        title = tell("desk.answers_by", by=tell(f"desk.by_{by}").lower())
        found.append(stacked(title, note, steps, rows, language()))
    return found


def _all() -> str:
    return tell("desk.all_together")


def _share(group: Group, address: Address, label: str = "") -> Share:
    row = group.row
    cases = row.cases.count if row.cases else None
    link = address(group.value, row.cases.answer) if row.cases and cases and group.value is not None else ""
    return Share(label or group.label, cases, row.base.count, group.value or "", link)


def _stack(group: Group, address: Address) -> Stack:
    row = group.row
    links = tuple(address(group.value, cell.answer) if cell.count else "" for cell in row.answers)
    counts = tuple(cell.count for cell in row.answers)
    return Stack(group.label, counts, sum(cell.count for cell in row.states), links)
