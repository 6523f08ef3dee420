"""A draft and the figures as they stand now: what moved, what is new, what is gone; and a new data set under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit.errors import NotFound
from observer_kit.statements.draft.compare import SAME, Change, compare_figures, compare_words
from observer_kit.statements.draft.model import Frozen
from observer_kit.statements.text.marks import figures_of
from observer_kit.storage import accounts, releases, section_texts, snapshots, statements, submissions
from observer_kit.web import numbers
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.freezing import freeze
from observer_kit.web.frozen_sets import drafted, keep, opened
from observer_kit.web.office import bp
from observer_kit.web.office.drafts import lay, me, open_to_write, refuse_closed
from observer_kit.web.office.parts import title_of
from observer_kit.web.speech import tell


@dataclass(frozen=True, slots=True)
class Since:
    """What happened to a data set's reports: came since, count no longer."""

    newer: int
    gone: int


def since(tx: Session, frozen: Frozen) -> Since:
    """Hold the reports of a data set against those that count now."""
    then = set(frozen.snapshot.submissions)
    now = {each.id for each in submissions.counted(tx, frozen.snapshot.mission)}
    return Since(len(now - then), len(then - now))


@bp.get("/drafts/<draft>/snapshot")
@audience("staff", "administrator", "head")
def snapshot(mission: str, draft: str) -> str:
    """Hold the draft's figures against the figures now, or against another data set."""
    found = lay(mission, draft)
    here = this_mission()
    with store().reading() as tx:
        taken = snapshots.all(tx, mission)
        other = next((each for each in taken if each.id == request.args.get("with")), None)
        own = snapshots.get(tx, mission, found.statement.snapshot)
        now = opened(tx, mission, other.id).figures if other else tuple(numbers.figures(tx, here))
        before = other is not None and other.sequence < own.sequence
        changes = compare_figures(*((now, found.frozen.figures) if before else (found.frozen.figures, now)))
        moved = since(tx, found.frozen)
        people = {each.id: each.name for each in accounts.all(tx)}
    used: frozenset[str] = frozenset().union(*(figures_of(each) for each in found.texts().values()))
    return render_template(
        "office/draft_snapshot.html",
        mission=here,
        draft=found.statement,
        own=own,
        other=other,
        before=before,
        taken=taken,
        changes=_in_order([each for each in changes if each.kind != SAME], used),
        same=sum(each.kind == SAME for each in changes),
        used=used,
        since=moved,
        people=people,
        writes=may("staff", "administrator") and found.statement.open,
    )


def _in_order(changes: list[Change], used: frozenset[str]) -> list[Change]:
    return sorted(changes, key=lambda each: each.name not in used)


@bp.post("/drafts/<draft>/snapshot")
@audience("staff", "administrator")
def take_snapshot(mission: str, draft: str) -> Response:
    """Freeze the figures as they stand now under a draft: its words stay, its numbers are those of now."""
    found = lay(mission, draft)
    refuse_closed(found.statement)
    with store().reading() as tx:
        frozen = freeze(tx, config(), this_mission(), found.style)
    with store().atomic() as tx:
        open_to_write(tx, mission, draft)
        statements.rest_on(tx, mission, draft, keep(tx, frozen, me()), me())
    flash(tell("office.rested"))
    then: dict[str, Any] = {"with": found.statement.snapshot}
    return redirect(url_for("office.snapshot", mission=mission, draft=draft, **then), code=303)


@bp.get("/drafts/<draft>/compare")
@audience("staff", "administrator", "head")
def compare(mission: str, draft: str) -> str:
    """Hold a draft's words against another's, a correction's against what it corrects, or against the style's own."""
    found = lay(mission, draft)
    chosen = request.args.get("with", "")
    with store().reading() as tx:
        if not chosen and found.statement.act == statements.CORRECTS and found.statement.of:
            chosen = releases.get(tx, mission, found.statement.of).statement
        others = [each for each in statements.all(tx, mission) if each.id != draft]
        other = next((each for each in others if each.id == chosen), None)
        if chosen not in ("", "style") and other is None:
            raise NotFound(tell("doors.error_not_found"))
        if other is not None:
            texts = {name: stands.head.text for name, stands in section_texts.standing(tx, other.id).items()}
        else:
            texts = dict(drafted(tx, found.style, found.language, found.frozen))
    own = found.texts()
    titles = {plan.id: title_of(plan, found.language) for plan in found.style.sections}
    names = list(dict.fromkeys([*own, *texts]))
    pairs = [(name, titles.get(name, name), texts.get(name, ""), own.get(name, "")) for name in names]
    return render_template(
        "office/draft_compare.html",
        mission=this_mission(),
        draft=found.statement,
        said_in=found.language,
        others=others,
        other=other,
        differing=[(name, title, compare_words(one, two)) for name, title, one, two in pairs if one != two],
        same=[title for _, title, one, two in pairs if one == two],
    )
