"""The quick count: turnout and votes as the sampled stations' protocols came in.

What computes lies behind `comparing`, which is imported when a page asks for it: scipy is not for the server's start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flask import Response, render_template, request, url_for

from observer_kit.statements.pictures import Moment, Picture, Series, convergence
from observer_kit.web.access import READERS, audience, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.comparisons import hundred
from observer_kit.web.downloads import download
from observer_kit.web.speech import language, tell, text

if TYPE_CHECKING:
    from observer_kit.web.comparing import Followed, QuickCount


@bp.get("/comparisons/count")
@audience(*READERS)
def comparisons_count(mission: str) -> str | Response:
    """Follow turnout and votes as the sampled stations' protocols came in."""
    from observer_kit.web import comparing

    found = this_mission()
    with store().reading() as tx:
        count = comparing.quick_count(tx, found)
    if count is not None and request.args.get("format"):
        head = ("figure", "protocols", "used", "numerator", "denominator", "percent", "low", "high", "reason")
        return download(f"{mission}-quick-count", request.args["format"], head, _count_lines(count))
    return render_template(
        "desk/comparisons_count.html",
        mission=found,
        count=count,
        label=_followed_label,
        pictures=_settling(mission, count) if count and count.followed else (),
    )


def _followed_label(each: Followed) -> str:
    return text(each.label) if each.label else tell(f"compare.follow_{each.name}")


def _count_lines(count: QuickCount) -> Iterator[Sequence[object]]:
    for each in count.followed:
        for step in each.counts:
            told = step.estimate
            low, high = (told.interval.low, told.interval.high) if told.interval else (None, None)
            yield (
                _followed_label(each), step.at, step.used, step.above, step.below, hundred(told.value),
                hundred(low), hundred(high), told.reason,
            )  # fmt: skip


def _settling(mission: str, count: QuickCount) -> list[Picture]:
    """Draw turnout alone, and the votes together."""
    drawn = []
    parts = [[each for each in count.followed if (each.name == "turnout") == wanted] for wanted in (True, False)]
    for title, part in zip(("compare.count_turnout", "compare.count_votes"), parts, strict=True):
        series = [
            Series(text(each.label) or tell(f"compare.{each.name}"), _moments(each, mission, count.upto))
            for each in part
        ]
        if any(moment.estimate is not None for each in series for moment in each.moments):
            drawn.append(
                convergence(
                    tell(title), tell("compare.count_note"), series, language(), along=tell("compare.protocols")
                )
            )
    return drawn


def _moments(each: Followed, mission: str, upto: Mapping[int, int]) -> tuple[Moment, ...]:
    """Give an estimate's moments, each leading to the protocols that had come."""
    found = []
    for step in each.counts:
        told = step.estimate
        low, high = (max(told.interval.low, 0.0), min(told.interval.high, 1.0)) if told.interval else (None, None)
        link = url_for("desk.submissions", mission=mission, checklist="protocol", counted="1", upto=upto[step.at])
        found.append(Moment(step.at, told.value, low, high, link))
    return tuple(found)
