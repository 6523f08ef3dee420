"""Each part of the reports against the rest: the farthest first, screened or tested.

What computes lies behind `comparing`, which is imported when a page asks for it: scipy is not for the server's start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Response, render_template, request, url_for

from observer_kit.checklists.model import Checklist, Question
from observer_kit.errors import NotFound
from observer_kit.missions.model import Mission
from observer_kit.statements.pictures import Limit, Picture, Share, funnel
from observer_kit.statistics.cases import cases_in
from observer_kit.statistics.model import Inferred
from observer_kit.statistics.rounding import LEAST_FOR_PERCENT
from observer_kit.storage import checklists, register
from observer_kit.storage.filters import Filters
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.filters import narrowing, page_number, query, read_filters
from observer_kit.web.downloads import download
from observer_kit.web.speech import language, percent, region_name, tell, tell_or, text
from observer_kit.web.telling.answers import written

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from observer_kit.statistics.compared import Compared, Screened, Tested

BY: Final = ("region", "setting", "hour")
PER_PAGE: Final = 50


@bp.app_template_filter("points")
def points(value: float | None) -> str:
    """Write a difference in percentage points with its sign; a dash where there is none."""
    if value is None:
        return "–"
    written_value = f"{abs(value):.1f}".replace(".", "." if language() == "en" else ",")
    return written_value if written_value in ("0.0", "0,0") else ("+" if value > 0 else "−") + written_value


@bp.app_template_filter("chance")
def chance(value: float | None) -> str:
    """Write a probability; one that would read as 0 is "< 0.001"."""
    if value is None:
        return "–"
    mark = "." if language() == "en" else ","
    return f"< 0{mark}001" if value < 0.001 else f"{value:.3f}".replace(".", mark)


@bp.app_template_global("part_share")
def part_share(cases: int, base: int) -> str:
    """Write a part's per cent; nothing where its base is too small for one, a dash where there is no base."""
    return percent(cases, base) if base == 0 or base >= LEAST_FOR_PERCENT else ""


def chosen_checklist(current: Mapping[str, Checklist]) -> Checklist | None:
    """Give the checklist that the address names, else the first of the day that has something to compare."""
    named = request.args.get("checklist", "")
    if named:
        if named not in current:
            raise NotFound(f"no checklist {named!r}")
        return current[named]
    known = [each for each in current.values() if cases_in(each)]
    return next((each for each in known if each.stage == "voting"), known[0] if known else None)


def part_label(by: str, group: str | None, names: Mapping[str, str]) -> str:
    """Name a part in words."""
    if group is None:
        return tell("desk.not_known")
    if by == "hour":
        return f"{int(group):02d}:00–{int(group):02d}:59"
    return names.get(group, group) if by == "region" else tell_or(f"desk.{by}_{group}", group)


@bp.get("/comparisons")
@audience(*READERS)
def comparisons(mission: str) -> str | Response:
    """Hold each region, town and country, or hour against the rest: the farthest first."""
    from observer_kit.web import comparing

    found = this_mission()
    by = request.args.get("by", "region")
    by = by if by in BY else "region"
    page = page_number()
    with store().reading() as tx:
        current = numbers.in_order(checklists.current(tx, mission))
        asked = chosen_checklist(current)
        regions, teams = register.regions(tx, mission), register.teams(tx, mission)
        filters = read_filters(checklist=asked.name if asked else None, answer=None, question=None, search=None)
        named = request.args.get("question") or None
        if named is not None and (asked is None or named not in cases_in(asked)):
            raise NotFound(f"no question {named!r} to compare")
        says = _says(tx, found, asked, named, filters) if asked and named and found.sampling else ()
        rows = comparing.compared(tx, found, asked, by=by, filters=_known(filters), question=named) if asked else []
    names = {each.code: region_name(each) for each in regions}

    def address(one: Compared) -> str:
        answer = ",".join(one.counted) if one.here.cases else "answered"
        about = {"question": one.question, "answer": answer, "counted": "1", by: one.group}
        values: dict[str, Any] = {"mission": mission, **query(_known(filters)), **about}
        return url_for("desk.submissions", **values)

    if asked is not None and request.args.get("format"):
        return download(f"{mission}-{asked.name}-{by}", request.args["format"], *_table(asked, rows, names))
    return render_template(
        "desk/comparisons.html",
        mission=found,
        checklist=asked,
        current={name: each for name, each in current.items() if cases_in(each)},
        by=by,
        question=asked.question(named) if asked and named else None,
        questions={each.name: each for each in asked.questions()} if asked else {},
        in_words=in_words,
        rows=rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(rows),
        outside=sum(_stands(each) for each in rows),
        stands=_stands,
        says=says,
        tested=found.sampling is not None,
        page=page,
        per_page=PER_PAGE,
        picture=_funnel(asked, named, by, rows, names, address) if asked and named else None,
        label=lambda group: part_label(by, group, names),
        filters=filters,
        where=narrowing(_known(filters)),
        link=query(_known(filters)),
        regions=regions,
        teams=teams,
    )


def _known(filters: Filters) -> Filters:
    """Leave the filters that columns know."""
    return replace(
        filters,
        state=None,
        counted=None,
        with_problems=False,
        with_findings=False,
        search=None,
        since=None,
        version=None,
        upto=None,
    )


def _stands(each: Screened | Tested) -> bool:
    """Say whether a comparison is to be looked at: discovered where it was tested, else past the funnel's limits."""
    discovered = getattr(each, "discovered", None)
    return each.outside is not None if discovered is None else bool(discovered)


def _says(
    tx: Session, found: Mission, asked: Checklist, name: str, filters: Filters
) -> list[tuple[str, int, Inferred]]:
    """Give each answer of a question in words, with its reports and what the sample says of all stations."""
    known = _known(filters)
    [whole] = numbers.tallies(tx, found.code, asked, filters=known, question=name)
    [inferred] = numbers.intervals(tx, found, asked, [whole], filters=known)
    question = asked.question(name)
    return [(written(question, code), whole.counts[code], each) for code, each in inferred.items()]


HEAD: Final = (
    "use", "question", "label", "by", "part", "cases", "base", "percent", "rest_cases", "rest_base", "rest_percent",
    "difference_points", "past_limit", "p", "q", "reason", "not_applicable", "not_observed", "missing", "problems",
    "reports", "stations", "teams", "first_team", "first_team_cases", "one_team_over_half",
)  # fmt: skip


def _table(
    asked: Checklist, rows: Sequence[Screened | Tested], names: Mapping[str, str]
) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
    """Set the comparisons out for a file; every line says what it may be used for."""
    return HEAD, (_line(asked, each, names) for each in rows)


def _line(asked: Checklist, each: Screened | Tested, names: Mapping[str, str]) -> Sequence[object]:
    one = each.found
    here, rest = one.here, one.rest
    p, q, reason = (getattr(each, name, None) for name in ("p", "q", "reason"))
    return (
        tell("compare.use_tested") if hasattr(each, "q") else tell("compare.use_screening"),
        one.question, text(asked.question(one.question).label), one.by, part_label(one.by, one.group, names),
        here.cases, here.answered, hundred(here.share), rest.cases, rest.answered, hundred(rest.share),
        one.difference, each.outside, p, q, reason, here.not_applicable, here.not_observed, here.missing,
        here.problems, here.reports, one.stations, one.teams.count, one.teams.first, one.teams.first_cases,
        int(one.teams.one_dominates),
    )  # fmt: skip


def hundred(share: float | None) -> float | None:
    """Give a share in per cent, for a file."""
    return None if share is None else round(100 * share, 4)


def _funnel(
    asked: Checklist, name: str, by: str, rows: Sequence[Screened | Tested], names: Mapping[str, str],
    address: Callable[[Compared], str],
) -> Picture | None:  # fmt: skip
    """Draw one question's parts between the limits around the whole, each leading to its cases."""
    from observer_kit.statistics.funnel import limits

    shown = [each for each in rows if each.found.here.answered]
    if not shown or shown[0].found.whole is None:
        return None
    whole = shown[0].found.whole
    most = max(each.found.here.answered for each in shown)
    bases = sorted({max(1, round(most * step / 40)) for step in range(1, 41)})
    lines = [limits(whole, base) for base in bases]
    first = shown[0].found
    return funnel(
        text(asked.question(name).label),
        tell("compare.funnel_note"),
        [
            Share(
                part_label(by, each.found.group, names),
                each.found.here.cases,
                each.found.here.answered,
                link=address(each.found),
            )
            for each in shown
        ],
        language(),
        whole=Share(
            tell("desk.all_together"),
            first.here.cases + first.rest.cases,
            first.here.answered + first.rest.answered,
        ),
        limits=[Limit(each.base, each.low, each.high, each.outer_low, each.outer_high) for each in lines],
        outside=[part_label(by, each.found.group, names) for each in shown if each.outside],
    )


def in_words(question: Question, codes: Iterable[str]) -> str:
    """Say which answers are counted."""
    return " / ".join(written(question, code) for code in codes)
