"""Coverage both ways: procedures that no checklist asks, questions that no figure uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from observer_kit.checklists.catalogue import Catalogue
from observer_kit.checklists.generate import choose
from observer_kit.checklists.model import EVENTS, Procedure


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is documented but not asked, asked but not used, and used but not asked."""

    unasked: tuple[Procedure, ...]  # in no checklist, core or full
    only_full: tuple[Procedure, ...]  # in a full checklist only
    unused: tuple[tuple[str, str], ...]  # (checklist, question) that no figure uses
    unbound: tuple[tuple[str, str], ...]  # (checklist, question) that a figure uses and no checklist asks


def coverage(
    catalogue: Catalogue, bindings: Iterable[tuple[str, str]], others: Iterable[tuple[str, str]] = ()
) -> Coverage:
    """Compare the catalogue, the checklists and the figures.

    `bindings` are the figures' (checklist, question) pairs; `others` the
    questions of checklists that the catalogue does not make (the protocol).
    """
    asked: dict[str, dict[tuple[str, str], None]] = {"core": {}, "full": {}}
    for stage, definition in catalogue.definitions.items():
        for event in EVENTS:
            for length, found in asked.items():
                for chosen in choose(catalogue, definition, event, length).values():
                    found.update(dict.fromkeys((stage, procedure.id) for procedure in chosen))
    core, full = ({name for _, name in asked[length]} for length in ("core", "full"))
    used, other = set(bindings), set(others)
    procedures = catalogue.procedures()
    return Coverage(
        unasked=tuple(p for p in procedures if p.id not in full),
        only_full=tuple(p for p in procedures if p.id in full and p.id not in core),
        unused=tuple(pair for pair in (*asked["full"], *sorted(other)) if pair not in used),
        unbound=tuple(sorted(used - set(asked["full"]) - other)),
    )
