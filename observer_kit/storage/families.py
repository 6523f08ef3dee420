"""The reports of one checklist from one visit: which corrects which, and which one of a tree of corrections counts.

Everything here is computed in memory, without recursion: a tree may be as
deep or as wide as someone cares to send it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

COUNTED, SUPERSEDED, EXCLUDED, QUARANTINED = "counted", "superseded", "excluded", "quarantined"
RECEIVED, QUERIED, VERIFIED = "received", "queried", "verified"
MOST_CORRECTIONS: Final = 50
"""Corrections of corrections that are looked through for a circle; a longer chain is flagged."""


@dataclass(frozen=True, slots=True)
class Member:
    """One report of the family; `desk` says that the desk made it."""

    id: str
    supersedes: str | None
    device: str
    desk: bool = False
    quarantined: bool = False
    review: str = RECEIVED

    @property
    def lives(self) -> bool:
        """Tell whether this report itself may count."""
        return not self.quarantined and self.review != EXCLUDED


class Family:
    """The reports of one checklist from one visit, the first received first."""

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self.members: dict[str, Member] = {}
        self._naming: dict[str, list[Member]] = {}
        for member in members:
            self.add(member)

    def add(self, member: Member) -> None:
        """Take in one more report, received after all others."""
        self.members[member.id] = member
        if member.supersedes is not None:
            self._naming.setdefault(member.supersedes, []).append(member)

    def corrections(self, id: str) -> Iterator[Member]:
        """Give the corrections that may take a report's place: by its own device or by the desk.

        Of a report that has not arrived, the first correction says whose it is.
        """
        device = self._device(id)
        return (one for one in self._naming.get(id, ()) if one.desk or one.device == device)

    def takes(self, id: str, device: str, desk: bool) -> bool:
        """Tell whether a correction of a report by this device may take its place."""
        return desk or self._device(id) in (None, device)

    def _device(self, id: str) -> str | None:
        old = self.members.get(id)
        if old is not None:
            return old.device
        return next((one.device for one in self._naming.get(id, ()) if not one.desk), None)

    def leads_back(self, start: str, id: str) -> bool | None:
        """Tell whether following what is superseded from here leads to this report; None for a walk too long."""
        current: str | None = start
        for _ in range(MOST_CORRECTIONS):
            if current == id:
                return True
            found = self.members.get(current or "")
            if found is None:
                return False
            current = found.supersedes
        return None if current is not None else False

    def places(self) -> dict[str, tuple[str, str, str | None]]:
        """Work out every report's state, its review and its successor: of each tree of corrections one counts.

        The first received correction whose own line is not all excluded or in
        quarantine takes a report's place; what was received beside it yields
        to it, with all that corrects that in turn.
        """
        children = {id: list(self.corrections(id)) for id in self._naming}
        attached = {child.id for some in children.values() for child in some}
        # A report that has not arrived is the root of its corrections; what is in a circle has no root of its own.
        missing = [id for id in children if id not in self.members]
        roots = [*missing, *(id for id in self.members if id not in attached), *self.members]
        seen: set[str] = set()
        found: dict[str, tuple[str, str, str | None]] = {}
        for root in roots:
            if root not in seen:
                self._tree(root, children, seen, found)
        return found

    def _tree(
        self,
        root: str,
        children: dict[str, list[Member]],
        seen: set[str],
        found: dict[str, tuple[str, str, str | None]],
    ) -> None:
        order, waiting, below = [], [root], dict[str, list[str]]()
        seen.add(root)
        while waiting:
            id = waiting.pop()
            order.append(id)
            below[id] = [child.id for child in children.get(id, ()) if child.id not in seen]
            seen.update(below[id])
            waiting += below[id]
        lives: dict[str, bool] = {}
        for id in reversed(order):
            member = self.members.get(id)
            lives[id] = (member is not None and member.lives) or any(lives[child] for child in below[id])
        yields_to: dict[str, str | None] = {root: None}
        for id in order:
            first = next((child for child in below[id] if lives[child]), None)
            for child in below[id]:
                yields_to[child] = yields_to[id] if child == first else first
            if id in self.members:
                found[id] = _place(self.members[id], first or yields_to[id])


def _place(member: Member, successor: str | None) -> tuple[str, str, str | None]:
    if member.quarantined:
        return QUARANTINED, member.review, None
    if member.review == EXCLUDED:
        return EXCLUDED, member.review, None
    return (COUNTED if successor is None else SUPERSEDED), member.review, successor
