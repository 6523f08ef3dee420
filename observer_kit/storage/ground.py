"""Hold what the numbers rest on against the chain: missions, registers, teams, diaries, tables, phones, people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from observer_kit.storage import accounts, aggregation, deployment, devices, diary, missions, register, shapes
from observer_kit.storage import desk_tables as d
from observer_kit.storage import tables as t
from observer_kit.trust.model import Fault

Recorded = dict[tuple[str, str], tuple[str, str | None]]
"""By kind and subject: the content and the mission of the chain's latest row."""

_OF_MISSIONS: Final[dict[str, tuple[type[Any], Callable[[Session, str], str]]]] = {
    "register": (t.Location, register.content),
    "teams": (t.Team, register.teams_content),
    "aggregation": (t.Aggregation, aggregation.content),
    deployment.KIND: (d.Deployed, deployment.content),
    shapes.KIND: (d.Shapes, shapes.stored_content),
    diary.IMPORT: (t.DiaryEntry, diary.imported_content),
}
"""What is replaced as a whole, by its kind in the chain: its table, and how its content is hashed anew."""

_OF_ONE: Final = ("mission", diary.ENTRY, "device", "device_revoked", "enrol_code", "account", "account_disabled")
_SAME: Final = {"roles": "account"}  # each row of either kind covers the name and all the roles


def hold(tx: Session) -> Iterator[Fault]:
    """Everything a mission rests on must be as the chain last recorded it."""
    recorded = _recorded(tx)
    yield from _missions(tx, recorded)
    yield from _diaries(tx, recorded)
    yield from _devices(tx, recorded)
    yield from _accounts(tx, recorded)


def _recorded(tx: Session) -> Recorded:
    kinds = (*_OF_MISSIONS, *_OF_ONE, *_SAME)
    query = select(t.Chain.kind, t.Chain.subject, t.Chain.content, t.Chain.mission)
    rows = tx.execute(query.where(t.Chain.kind.in_(kinds)).order_by(t.Chain.sequence))
    return {(_SAME.get(kind, kind), subject): (content, mission) for kind, subject, content, mission in rows}


def _missions(tx: Session, recorded: Recorded) -> Iterator[Fault]:
    documents = {row.code: row.document for row in tx.scalars(select(t.Mission))}
    for code in sorted(_subjects(recorded, "mission") | documents.keys()):
        place = f"mission {code}"
        if code not in documents:
            yield Fault("row_missing", place, "the chain knows it, and it is gone")
            continue
        if recorded.get(("mission", code)) != (missions.content(documents[code]), code):
            yield Fault("mission_altered", place, "is not as it was stored")
        for kind, (table, content) in _OF_MISSIONS.items():
            known = recorded.get((kind, code))
            if known is None and tx.scalar(select(literal(1)).where(table.mission == code).limit(1)) is None:
                continue  # never stored, and nothing there
            if known is None and kind == diary.IMPORT:
                known = (diary.content([]), code)
            if known != (content(tx, code), code):
                yield Fault(f"{kind}_altered", place, f"its {kind} is not as it was stored")


def _diaries(tx: Session, recorded: Recorded) -> Iterator[Fault]:
    found = {row["id"]: row for row in diary.typed(tx)}
    for id in sorted(_subjects(recorded, diary.ENTRY) | found.keys()):
        content, mission = recorded.get((diary.ENTRY, id), (None, None))
        row = found.get(id)
        place = f"mission {row['mission'] if row else mission}, entry {id}"
        if row is None:
            yield Fault("diary_altered", place, "the diary's entry is gone")
        elif (diary.content([row]), row["mission"]) != (content, mission):
            yield Fault("diary_altered", place, "the diary's entry is not as it was typed")


def _devices(tx: Session, recorded: Recorded) -> Iterator[Fault]:
    found = {row.id: row for row in tx.scalars(select(t.Device))}
    for id in sorted(_subjects(recorded, "device") | found.keys()):
        row, place = found.get(id), f"device {id}"
        if row is None:
            yield Fault("row_missing", place, "the chain knows it, and it is gone")
            continue
        content = devices.content(row.team, row.label, row.kind, row.public_key)
        if recorded.get(("device", id)) != (content, row.mission):
            yield Fault("device_altered", place, "its mission, team, label, kind or public key is not as it was stored")
        if (row.revoked is not None) != (("device_revoked", id) in recorded):
            yield Fault("device_altered", place, "whether it was withdrawn is not as the chain says")
    for code in tx.scalars(select(t.EnrolCode)):
        if recorded.get(("enrol_code", code.code)) != (devices.code_content(code.team, code.label), code.mission):
            yield Fault("enrol_code_altered", f"enrolment code {code.code[:12]}", "is not as it was made")


def _accounts(tx: Session, recorded: Recorded) -> Iterator[Fault]:
    roles: dict[str, dict[str, str]] = {}
    for each in tx.scalars(select(t.Role)):
        roles.setdefault(each.account, {})[each.mission] = each.role
    found = {row.id: row for row in tx.scalars(select(t.Account))}
    for id in sorted(_subjects(recorded, "account") | found.keys()):
        row = found.get(id)
        if row is None:
            yield Fault("row_missing", f"account {id}", "the chain knows it, and it is gone")
            continue
        place = f"account {row.name}"
        if recorded.get(("account", id), (None,))[0] != accounts.content(row.name, roles.get(id, {})):
            yield Fault("account_altered", place, "its name or its roles are not as they were given")
        if (row.disabled is not None) != (("account_disabled", id) in recorded):
            yield Fault("account_altered", place, "whether it was closed is not as the chain says")


def _subjects(recorded: Recorded, kind: str) -> set[str]:
    return {subject for each, subject in recorded if each == kind}
