"""How far the reports can be trusted: ratings against answers, two teams, one team alone, early and late, silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Response, render_template, request

from observer_kit.checklists.model import Checklist
from observer_kit.errors import NotFound
from observer_kit.statistics.agreement import agreements, differences
from observer_kit.statistics.cases import cases_in
from observer_kit.statistics.columns import Columns
from observer_kit.statistics.contradictions import contradictions
from observer_kit.storage import checklists, register
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.columns import columns_of
from observer_kit.web.desk import bp
from observer_kit.web.desk.comparisons import chosen_checklist, part_label
from observer_kit.web.downloads import download
from observer_kit.web.sampled import expected, expected_by, planned_by
from observer_kit.web.speech import region_name, text
from observer_kit.web.telling.answers import written

SHOWN: Final = 20
"""Lines of one kind on the page; the file has all."""
PARTS: Final = ("ratings", "teams", "one_team", "early", "response", "bounds")


@bp.get("/quality")
@audience(*READERS)
def quality(mission: str) -> str | Response:
    """Show what to ask of a checklist's reports before anything is made of them."""
    found = this_mission()
    with store().reading() as tx:
        current = numbers.in_order(checklists.current(tx, mission))
        asked = chosen_checklist(current)
        names = {each.code: region_name(each) for each in register.regions(tx, mission)}
        columns = columns_of(tx, mission, asked) if asked else None
        planned = {
            by: (expected_by(tx, found, asked, by), planned_by(tx, found, asked, by)) for by in ("region", "setting")
        } if asked else {}  # fmt: skip
    view: dict[str, Any] = {}
    if asked is not None and columns is not None:
        view = _view(columns, asked, expected(found, asked), planned)
        view["label"] = lambda by, group: part_label(by, group, names)
        if request.args.get("format"):
            return _file(asked, view)
    return render_template(
        "desk/quality.html",
        mission=found,
        checklist=asked,
        current={name: each for name, each in current.items() if cases_in(each)},
        questions={each.name: each for each in asked.questions()} if asked else {},
        written=written,
        size=columns.size if columns else 0,
        shown=SHOWN,
        **view,
    )


def _view(
    columns: Columns,
    asked: Checklist,
    due: int | None,
    planned: Mapping[str, tuple[Mapping[str, int], Mapping[str, str]]],
) -> dict[str, Any]:
    """Compute every part of the page."""
    from observer_kit.statistics.comparisons import compare
    from observer_kit.statistics.nonresponse import halves, responses, worst_cases

    cases = cases_in(asked)
    named = request.args.get("question") or None
    if named is not None and named not in columns.columns:
        raise NotFound(f"{asked.name} asks no question {named!r}")
    early = halves(columns, cases, {})
    return {
        "ratings": contradictions(columns, asked),
        "agreements": [each for each in agreements(columns) if each.compared],
        "question": asked.question(named) if named else None,
        "differences": differences(columns, named) if named else [],
        "one_team": [
            each.found
            for each in compare(columns, asked, None, by="region")
            if each.outside and each.found.teams.one_dominates and each.found.here.cases
        ],
        "early": sorted(early, key=lambda each: -abs(each.difference or 0)),
        "cases": cases,
        "responses": {by: responses(columns, by, *planned[by]) for by in ("region", "setting")},
        "expected": due,
        "bounds": worst_cases(columns, cases, due),
    }


def _file(asked: Checklist, view: Mapping[str, Any]) -> Response:
    part = request.args.get("part", "")
    if part not in PARTS:
        raise NotFound(f"a file holds one of {', '.join(PARTS)}")
    head, rows = _LINES[part](asked, view)
    return download(f"{asked.name}-{part}", request.args["format"], head, rows)


_Table = tuple[Sequence[str], Iterator[Sequence[object]]]


def _ratings(asked: Checklist, view: Mapping[str, Any]) -> _Table:
    found = view["ratings"].reports if view["ratings"] else ()
    return ("kind", "location", "team", "rating", "critical_breaches"), (
        (each.kind, each.location, each.team, each.rating, " ".join(each.breaches)) for each in found
    )


def _teams(asked: Checklist, view: Mapping[str, Any]) -> _Table:
    if view["question"] is not None:
        return ("question", "location", "team", "answer", "other_team", "other_answer"), (
            (each.question, each.location, each.teams[0], _plain(each.answers[0]), each.teams[1],
             _plain(each.answers[1]))
            for each in view["differences"]
        )  # fmt: skip
    return ("question", "label", "pairs", "both_answered", "differ"), (
        (each.question, text(asked.question(each.question).label), each.pairs, each.compared, each.differ)
        for each in view["agreements"]
    )


def _one_team(asked: Checklist, view: Mapping[str, Any]) -> _Table:
    return ("question", "label", "region", "team", "team_cases", "cases", "base", "teams"), (
        (one.question, text(asked.question(one.question).label), one.group, one.teams.first, one.teams.first_cases,
         one.here.cases, one.here.answered, one.teams.count)
        for one in view["one_team"]
    )  # fmt: skip


def _early(asked: Checklist, view: Mapping[str, Any]) -> _Table:
    return ("question", "label", "early_cases", "early_base", "late_cases", "late_base", "difference_points"), (
        (each.question, text(asked.question(each.question).label), *each.early, *each.late, each.difference)
        for each in view["early"]
    )


def _response(asked: Checklist, view: Mapping[str, Any]) -> _Table:
    return ("by", "stratum", "expected", "heard", "rate"), (
        (by, each.stratum, each.expected, each.heard, each.rate)
        for by, rows in view["responses"].items()
        for each in rows
    )


def _bounds(asked: Checklist, view: Mapping[str, Any]) -> _Table:
    return ("question", "label", "cases", "answered", "expected_reports", "least", "greatest"), (
        (each.question, text(asked.question(each.question).label), each.cases, each.answered, each.expected, each.low,
         each.high)
        for each in view["bounds"]
    )  # fmt: skip


def _plain(answer: Any) -> object:
    return " ".join(answer) if isinstance(answer, tuple) else answer


_LINES: Final = {
    "ratings": _ratings, "teams": _teams, "one_team": _one_team, "early": _early, "response": _response,
    "bounds": _bounds,
}  # fmt: skip
