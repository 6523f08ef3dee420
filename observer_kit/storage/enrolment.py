"""How phones join: sheets of one-time codes for a team, and the limit on guessing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import CodeInvalid, NotFound, TooManyAttempts
from observer_kit.missions.model import Team
from observer_kit.storage import chain, devices, register
from observer_kit.storage import tables as t
from observer_kit.storage.engine import remember_if_refused
from observer_kit.trust.chain import content_hash

SHEET: Final = ("1", "2", "spare")
"""The phones of a team: batteries die, and a day is taken over on another phone."""
WINDOW: Final = timedelta(minutes=15)
PER_SOURCE: Final = 60
"""Failures from one address: a whole office may share it, and only codes that do not fit are counted."""
_NAME: Final = ""
_SOURCE: Final = "enrol "


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one team gets on paper: a fresh code for each of its phones, and until when they can be used."""

    team: Team
    codes: Mapping[str, str]  # phone → code
    expires: datetime


def redeem(
    tx: Session, code: str, public_key: str | Mapping[str, Any], label: str | None, source: str
) -> tuple[str, str]:
    """Exchange a code for a device and its token, unless too many codes from this source did not fit.

    Raises TooManyAttempts with the seconds to wait, and what devices.enrol
    raises; only a code that does not fit counts, so that an office behind one
    address can enrol all its phones.
    """
    counted = _SOURCE + source
    _refuse_if_guessing(tx, counted)
    try:
        return devices.enrol(tx, code, public_key, label)
    except CodeInvalid:
        remember_if_refused(tx, lambda session: _remember_failure(session, counted))
        raise


def sheets(
    tx: Session, mission: str, teams: Sequence[str] | None, labels: Mapping[str, str], by: str | None = None
) -> list[Sheet]:
    """Make fresh codes for these teams (None: for all) under these labels; earlier codes that nobody used end.

    Raises NotFound for a team that the mission has not.
    """
    known = {each.code: each for each in register.teams(tx, mission)}
    if unknown := [code for code in teams or () if code not in known]:
        raise NotFound(f"mission {mission!r} has no team {unknown[0]!r}", place="team")
    chosen = list(known) if teams is None else list(dict.fromkeys(teams))
    made = []
    for code in chosen:
        end_codes(tx, mission, code, by)
        codes = {phone: devices.enrol_code(tx, mission, code, labels[phone], by) for phone in SHEET}
        made.append(Sheet(known[code], codes, clock.now() + devices.CODE_LASTS))
    return made


def end_codes(tx: Session, mission: str, team: str, by: str | None = None) -> int:
    """End the codes of a team that nobody has used; give how many there were."""
    unused = tx.scalars(select(t.EnrolCode.code).where(t.EnrolCode.team == team, *_usable(mission))).all()
    for hashed in unused:
        tx.execute(update(t.EnrolCode).where(t.EnrolCode.code == hashed).values(expires=clock.now()))
        chain.append(tx, "enrol_code_ended", hashed, content_hash(hashed), mission, by)
    return len(unused)


def open_codes(tx: Session, mission: str) -> dict[str | None, int]:
    """Count the codes that can still be used, by team."""
    query = select(t.EnrolCode.team, func.count()).where(*_usable(mission)).group_by(t.EnrolCode.team)
    return {row.team: row[1] for row in tx.execute(query)}


def _usable(mission: str) -> tuple[ColumnElement[bool], ...]:
    return t.EnrolCode.mission == mission, t.EnrolCode.device.is_(None), t.EnrolCode.expires > clock.now()


def _refuse_if_guessing(tx: Session, source: str) -> None:
    began = clock.now() - WINDOW
    failures = tx.scalars(
        select(t.Attempt.at).where(t.Attempt.source == source, t.Attempt.at >= began).order_by(t.Attempt.at.desc())
    ).all()
    if len(failures) >= PER_SOURCE:
        # Free again when the last of the counted ones is old enough.
        wait = (failures[PER_SOURCE - 1] - began).total_seconds()
        raise TooManyAttempts("too many codes from here did not fit: wait", wait=max(1, int(wait) + 1))


def _remember_failure(tx: Session, source: str) -> None:
    tx.execute(delete(t.Attempt).where(t.Attempt.at < clock.now() - WINDOW))
    tx.execute(insert(t.Attempt).values(id=clock.new_id(), name=_NAME, source=source, at=clock.now()))
