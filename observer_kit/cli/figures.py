"""`figures` and `tally`: the named figures of a mission, and every question counted."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import click

from observer_kit.checklists.model import LANGUAGES
from observer_kit.cli import Context
from observer_kit.cli.tables import format_option, show
from observer_kit.errors import KitError, NotFound
from observer_kit.missions.register import SETTINGS
from observer_kit.statistics import GROUPS, Tally, rounding
from observer_kit.storage import standing
from observer_kit.storage.filters import Filters

STRATUM: Final = "stratum"


class FilterUnknown(KitError):
    """A filter names nothing that reports can be filtered by."""

    code = "filter_unknown"


class FilterDoubled(KitError):
    """A filter is given twice: reports can't be of two regions at once."""

    code = "filter_doubled"


class StrataNone(KitError):
    """The mission's sample was not drawn in strata."""

    code = "strata_none"


class QuestionUnknown(NotFound):
    """The checklist asks no such question."""

    code = "question_unknown"


@click.command()
@click.argument("mission")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@format_option()
@click.pass_obj
def figures(context: Context, mission: str, lang: str, shape: str) -> None:
    """Print a mission's named figures with their bases and non-answers."""
    from observer_kit.storage import missions
    from observer_kit.web import numbers

    with context.store.reading() as tx:
        found = numbers.figures(tx, missions.get(tx, mission))
    show([figure.as_dict(lang) for figure in found], shape)


@click.command()
@click.argument("mission")
@click.option("--checklist", required=True, help="Name of the checklist: opening, voting …")
@click.option("--question", help="Only this question.")
@click.option("--by", type=click.Choice((*GROUPS, STRATUM)), help="Count group by group.")
@click.option(
    "--where", multiple=True, metavar="NAME=VALUE", help="Only reports with this region, setting, team, hour …"
)
@click.option("--intervals", is_flag=True, help="With the interval of each share, where the sample is random.")
@format_option()
@click.pass_obj
def tally(
    context: Context,
    mission: str,
    checklist: str,
    question: str | None,
    by: str | None,
    where: tuple[str, ...],
    intervals: bool,
    shape: str,
) -> None:
    """Count every question of a checklist: answers, base, and each kind of non-answer."""
    from observer_kit.storage import missions
    from observer_kit.web import numbers

    with context.store.reading() as tx:
        known = missions.get(tx, mission)
        form = numbers.checklist_named(tx, mission, checklist)
        if question is not None and question not in {each.name for each in form.questions()}:
            raise QuestionUnknown(f"no question {question!r} in {checklist}", place="--question")
        if by == STRATUM:
            by = known.sampling.strata if known.sampling is not None else None
            if by is None:
                raise StrataNone(f"the sample of {mission} has no strata", place="--by")
        filters = _filters(checklist, where)
        rows = numbers.tallies(tx, mission, form, filters=filters, by=by, question=question, apart=not intervals)
        found = numbers.intervals(tx, known, form, rows, filters=filters, by=by) if intervals else None
    shown = [_shown(row, shape) for row in rows]
    for row, each in zip(shown, found or (), strict=False):
        row["intervals"] = {code: asdict(one) for code, one in each.items()}
    show(shown, shape)


def _shown(row: Tally, shape: str) -> dict[str, Any]:
    """Give a row for a program, with every base; on a terminal each share is written as its base allows."""
    found = row._asdict()
    if shape == "json":
        return {**found, "bases": row.bases}
    found.pop("checklist")
    found["version"] = (row.version or "")[:8]
    found["asked"] = row.bases["subset"]
    found["shares"] = {code: rounding.said(count, row.answered) for code, count in row.counts.items() if row.answered}
    return found


_AMONG: Final = {
    "hour": tuple(map(str, range(24))),
    "setting": SETTINGS,
    "review": (standing.RECEIVED, standing.QUERIED, standing.VERIFIED),
}
_FILTERS: Final = ("region", "setting", "team", "hour", "location", "review")


def _filters(checklist: str, where: tuple[str, ...]) -> Filters:
    """Read NAME=VALUE pairs; raises FilterUnknown naming what can be filtered."""
    pairs: dict[str, Any] = {}
    for part in where:
        name, _, value = part.partition("=")
        if name not in _FILTERS or not value:
            raise FilterUnknown(f"{part!r}; expected NAME=VALUE with one of {', '.join(_FILTERS)}", place="--where")
        if name in pairs:
            raise FilterDoubled(f"{name} is given twice", place="--where")
        if value not in _AMONG.get(name, (value,)):
            raise FilterUnknown(f"{part!r}; expected {name} to be one of {', '.join(_AMONG[name])}", place="--where")
        pairs[name] = int(value) if name == "hour" else value
    return Filters(checklist=checklist, **pairs)
