"""Make enrolment sheets with fresh codes; shared by the administrator's page and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from observer_kit.errors import AddressInvalid
from observer_kit.missions.model import Mission
from observer_kit.statements.papers.enrolment import Sheet, Slip
from observer_kit.storage import enrolment
from observer_kit.words import words

_HERE: Final = ("localhost", "127.0.0.1", "[::1]")


def origin(given: str) -> str:
    """Give scheme, name and port of an address; raises AddressInvalid for one at which no phone works offline."""
    given = given.strip()
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressInvalid("expected an address as https://name:port", place=given[:80]) from None
    plain = name.replace(".", "").replace("-", "").replace(":", "")
    odd = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("https", "http") or odd or not plain.isalnum() or not plain.isascii() or len(name) > 253:
        raise AddressInvalid("expected an address as https://name:port, without a path", place=given[:80])
    host = f"[{name}]" if ":" in name else name
    if parts.scheme == "http" and host not in _HERE:
        raise AddressInvalid("expected https: without it a phone can't work offline", place=given[:80])
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def address(base: str, language: str, code: str) -> str:
    """Give the address that enrols a phone; the code stands after the #, so that no server's log ever sees it."""
    return f"{base}/o/{language}/enrol#{code}"


def make(
    tx: Session, mission: Mission, teams: Sequence[str] | None, language: str, base: str, by: str | None = None
) -> list[Sheet]:
    """Make fresh codes for these teams (None: for all), on sheets; raises NotFound for a team that is none."""
    say = words(language)
    labels = {phone: say(f"paper.enrol_phone_{phone}") for phone in enrolment.SHEET}
    return [
        Sheet(
            made.team.code,
            made.team.called(language),
            tuple(Slip(labels[phone], code, address(base, language, code)) for phone, code in made.codes.items()),
            f"{base}/o/{language}/",
            _day(made.expires, mission, language),
        )
        for made in enrolment.sheets(tx, mission.code, teams, labels, by)
    ]


def _day(moment: datetime, mission: Mission, language: str) -> str:
    local = moment.astimezone(ZoneInfo(mission.zone))
    return f"{local:%Y-%m-%d}" if language == "en" else f"{local:%d.%m.%Y}"
