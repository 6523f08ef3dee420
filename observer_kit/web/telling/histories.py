"""Each answer over the corrections of its report: what was said first, what it says now, and who changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from observer_kit.storage import checklists, submissions
from observer_kit.storage.listing import Row
from observer_kit.storage.submissions import StoredSubmission
from observer_kit.web.telling.answers import set_out

MOST: Final = 20
"""Reports of one line of corrections that are read for it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one report of the line says to a question."""

    id: str
    at: datetime
    words: str
    state: str
    comment: str
    row: Row


def histories(
    tx: Session, mission: str, shown: StoredSubmission, visit: Sequence[Row], zone: str
) -> dict[str, list[Step]]:
    """Give the steps of every answer that did not stay the same, the first received first; by the answer's name."""
    line = _line(tx, mission, shown, visit)
    if len(line) < 2:
        return {}
    steps: dict[str, list[Step]] = {}
    for each in line:
        checklist = checklists.get(tx, each.row.version)
        for _, answers in set_out(checklist, each.submission, zone):
            for answer in answers:
                steps.setdefault(answer.name, []).append(
                    Step(each.row.id, each.row.received, answer.words, answer.state, answer.comment, each.row)
                )
    return {
        name: found
        for name, found in steps.items()
        if len(found) < len(line) or len({(step.words, step.state, step.comment) for step in found}) > 1
    }


def _line(tx: Session, mission: str, shown: StoredSubmission, visit: Sequence[Row]) -> list[StoredSubmission]:
    """Give the reports that correct each other, directly or in turn, with the one that is shown."""
    same = [row for row in visit if row.checklist == shown.row.checklist and row.id != shown.row.id]
    every: dict[str, StoredSubmission] = {shown.row.id: shown}
    every |= {row.id: submissions.get(tx, mission, row.id) for row in same[:MOST]}
    joined, waiting = {shown.row.id}, [shown.row.id]
    while waiting:
        for id in _beside(waiting.pop(), every) - joined:
            joined.add(id)
            waiting.append(id)
    return sorted((every[id] for id in joined), key=lambda each: each.row.sequence)


def _beside(id: str, every: Mapping[str, StoredSubmission]) -> set[str]:
    old = every[id].submission.supersedes
    found = {other for other, each in every.items() if each.submission.supersedes == id}
    return found | ({old} if old is not None and old in every else set())
