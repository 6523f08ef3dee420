"""What a statement says of itself before anything else: its title, its day and version, its notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_time

from observer_kit.errors import FormsInvalid
from observer_kit.statements.edition.model import DRAFTS, Edition
from observer_kit.statements.text.agreement import Grammar
from observer_kit.words import words

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line at the head of the first page; `kind` is reconstruction, draft, approved, corrected or withdrawn."""

    kind: str
    text: str
    more: str = ""


def say_in(language: str) -> Say:
    """Give the frame's sentences in one language."""
    return partial(_say, language)


def _say(language: str, key: str, **values: Any) -> str:
    return words(language)(f"edition.{key}", **values)


def title_of(edition: Edition) -> str:
    """Give the title on the paper: the kit's for its own styles, else the style's name."""
    try:
        return _say(edition.language, f"title_{edition.style.id.replace('-', '_')}")
    except FormsInvalid:
        return edition.style.name.get(edition.language, edition.style.id)


def moment(edition: Edition) -> str:
    """Say when the data set was frozen, in the mission's own time."""
    taken = edition.snapshot.taken.astimezone(ZoneInfo(edition.mission.zone))
    day = Grammar(edition.language, edition.mission.event).day(taken.date())
    return f"{day}, {format_time(taken, 'HH:mm', locale=edition.language)}"


def dated(edition: Edition) -> str:
    """Say the statement's day, where it has one, its version and its data set."""
    say = say_in(edition.language)
    day = edition.signed_on or _typed_day(edition)
    said = [Grammar(edition.language, edition.mission.event).day(day)] if day else []
    said += [say("version", version=edition.version), say("data_set", identity=identity(edition))]
    return " · ".join(said)


def _typed_day(edition: Edition) -> date | None:
    """Give the day that the mission's own facts name for the signing; a draft has no other."""
    value = edition.mission.facts.get("signed_on", {}).get("value")
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def identity(edition: Edition) -> str:
    """Give the data set's short name, as running feet and pages show it."""
    return edition.snapshot.identity[:12]


def notices(edition: Edition, say: Say) -> list[Notice]:
    """Give what the first page must say before anything else."""
    found = []
    if edition.state == "corrected":
        said = say("corrected_notice", version=edition.version, replaces=edition.replaces or edition.version - 1)
        found.append(Notice("corrected", said, say("reason", reason=edition.reason) if edition.reason else ""))
    elif edition.state == "withdrawn":
        said = say("withdrawn_notice", replaces=edition.replaces or edition.version - 1)
        found.append(Notice("withdrawn", said, say("reason", reason=edition.reason) if edition.reason else ""))
    elif edition.state in DRAFTS:
        key = f"{edition.state}_notice"
        found.append(Notice(edition.state, say(key, moment=moment(edition))))
    issuer = edition.mission.issued_by(edition.language)
    if issuer:
        found.append(Notice("reconstruction", say("notice", issuer=issuer), say("reconstruction", issuer=issuer)))
    return found


def about(edition: Edition, say: Say) -> str:
    """Say in three sentences what the raised numbers are and what the shares describe."""
    letters = say("letters").split()
    first, second = (say("annex", letter=letter) for letter in letters[:2])
    plain = "_counts" if edition.style.shares == "counts" else ""
    how = say(f"about_purposive{plain}") if edition.mission.sample == "purposive" else say("about_random", annex=second)
    if edition.style.shares == "counts":
        return f"{say('about_marks', annex=first)} {how}"
    return f"{say('about_marks', annex=first)} {how} {say('about_states')}"
