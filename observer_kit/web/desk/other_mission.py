"""The questions of a checklist beside the same ones of another mission.

What computes lies behind `comparing`, which is imported when a page asks for it: scipy is not for the server's start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from flask import Response, render_template, request

from observer_kit.errors import NotFound
from observer_kit.storage import checklists, missions
from observer_kit.web import numbers
from observer_kit.web.access import READERS, audience, open_missions, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.desk.comparisons import chosen_checklist, in_words
from observer_kit.web.downloads import download
from observer_kit.web.speech import text

if TYPE_CHECKING:
    from observer_kit.statistics.beside import Beside


@bp.get("/comparisons/mission")
@audience(*READERS)
def comparisons_beside(mission: str) -> str | Response:
    """Set the questions of a checklist beside the same ones of another mission that this person may read."""
    from observer_kit.web import comparing

    found = this_mission()
    wanted = request.args.get("with") or None
    with store().reading() as tx:
        others = [each for each in open_missions(missions.all(tx), *READERS) if each.code != mission]
        other = next((each for each in others if each.code == wanted), None)
        if wanted is not None and other is None:
            raise NotFound(f"no other mission {wanted!r}")
        current = numbers.in_order(checklists.current(tx, mission))
        asked = chosen_checklist(current)
        rows = comparing.two_missions(tx, found, other, asked.name) if other and asked else None
    if rows is not None and other is not None and request.args.get("format"):
        return download(
            f"{mission}-{other.code}", request.args["format"], BESIDE_HEAD, (_beside_line(each) for each in rows)
        )
    return render_template(
        "desk/comparisons_mission.html",
        mission=found,
        checklist=asked,
        current=current,
        others=others,
        other=other,
        rows=rows,
        in_words=in_words,
    )


BESIDE_HEAD: Final = (
    "question", "label", "cases", "base", "reports", "other_label", "other_cases", "other_base", "other_reports",
    "difference_points", "differs",
)  # fmt: skip


def _beside_line(each: Beside) -> Sequence[object]:
    (cases, base), (other_cases, other_base) = each.shares
    return (
        each.question, text(each.ours.label), cases, base, each.our_tally.reports, text(each.theirs.label),
        other_cases, other_base, each.their_tally.reports, each.difference, " ".join(each.differs),
    )  # fmt: skip
