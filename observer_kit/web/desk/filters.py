"""The filters of a page: read from its address, written back into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from flask import request
from sqlalchemy.orm import Session

from observer_kit.storage import checklists, register
from observer_kit.storage.filters import Filters
from observer_kit.web.numbers import in_order
from observer_kit.web.speech import region_name

TEXTS: Final = (
    "checklist", "region", "setting", "team", "location", "review", "state", "question", "answer", "search", "version",
)  # fmt: skip
FLAGS: Final = ("counted", "with_problems", "with_findings")
LAST_PAGE: Final = 1_000_000
MOST_ANSWERS: Final = 200
"""More than any question has; a database takes no condition of a thousand."""
GROUPING: Final = ("region", "setting", "team", "hour", "review")
SETTINGS: Final = ("urban", "rural")
STATES: Final = ("counted", "superseded", "excluded", "quarantined")
REVIEWS: Final = ("received", "queried", "verified", "excluded")


def page_number() -> int:
    """Read which page of a list is wanted; the first for anything that is none."""
    wanted = request.args.get("page", "")
    return max(1, min(int(wanted), LAST_PAGE)) if wanted.isdecimal() and len(wanted) < 9 else 1


def read_filters(**fixed: Any) -> Filters:
    """Read the filters from the address; what is not a filter, or can't be one, is left out."""
    values: dict[str, Any] = {name: request.args[name] for name in TEXTS if request.args.get(name)}
    for name in ("answer", "version"):
        if values.get(name, "").count(",") >= MOST_ANSWERS:
            del values[name]
    for name in FLAGS:
        if request.args.get(name) in ("0", "1"):
            values[name] = request.args[name] == "1"
    upto = request.args.get("upto", "")
    if len(upto) < 16 and upto.isascii() and upto.isdecimal():
        values["upto"] = int(upto)
    hour = request.args.get("hour", "")
    if len(hour) <= 2 and hour.isascii() and hour.isdecimal() and int(hour) < 24:
        values["hour"] = int(hour)
    return Filters(**{**values, **fixed})


def query(filters: Filters, **changes: Any) -> dict[str, str]:
    """Write filters as the arguments of a link."""
    changed = replace(filters, **changes)
    values = {each.name: getattr(changed, each.name) for each in fields(changed)}
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in values.items()
        if name != "since" and value is not None and (value is not False or name == "counted")
    }


def narrowing(filters: Filters) -> Mapping[str, Any]:
    """Give the filters that narrow which reports a table counts."""
    names = ("region", "setting", "team", "hour", "location", "review", "state", "search", "question", "answer",
             "version", "upto")  # fmt: skip
    return {name: getattr(filters, name) for name in names if getattr(filters, name) is not None}


def filter_choices(tx: Session, mission: str) -> dict[str, Any]:
    """Give what a list of submissions can be narrowed to, as its form takes it."""
    regions = register.regions(tx, mission)
    return {
        "current": in_order(checklists.current(tx, mission)),
        "regions": regions,
        "region_names": {each.code: region_name(each) for each in regions},
        "teams": register.teams(tx, mission),
        "reviews": REVIEWS,
        "states": STATES,
    }
