"""Before a statement goes out: what stops it, what a person must have looked at, and who approves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit.errors import Conflict
from observer_kit.statements.draft import checks
from observer_kit.statements.draft.checks import Check, Draft, Part
from observer_kit.statements.text import Problem, StyleInvalid, StyleUnknown
from observer_kit.storage import accounts, releases, remarks, statements
from observer_kit.web import frozen_sets
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.frozen_sets import Bench, bench
from observer_kit.web.office import bp
from observer_kit.web.office.drafts import me, refuse_closed
from observer_kit.web.office.moving import since
from observer_kit.web.office.parts import said_of, title_of
from observer_kit.web.speech import tell, text

_KEPT: Final = ("zero_needs_words", "absolute_unguarded")
_WRONG: Final = ("mark_invalid", "form_unknown", "case_unknown", "chart_in_text", "chart_unknown")
_NEEDS_NO_TEXT: Final = ("no_text", "verdict_empty", "room_empty", "key_unused", "snapshot_stale", "snapshot_older")
"""What stops no withdrawal without a text: it says nothing of what was seen, and false reports may be its reason."""


def looked_at(tx: Session, found: Bench) -> list[Check]:
    """Look at a draft: everything that stops it, and everything that a person must have seen."""
    done = found.set(draft=False)
    texts = found.texts()
    try:
        fixed = dict(frozen_sets.drafted(tx, found.style, found.language, found.frozen))
    except (StyleInvalid, StyleUnknown):
        fixed = {}  # its files were changed since, and draft no more: what is written is looked at like any other
    moved = since(tx, found.frozen)
    open_remarks = sum(not each.settled for each in remarks.of(tx, found.statement.id))
    parts = [
        Part(
            id=plan.id,
            kind=plan.kind,
            text=texts[plan.id],
            beside=len(found.standing[plan.id].beside) if plan.id in found.standing else 0,
            problems=tuple((_code(each), said_of(each)) for each in done.problems if each.place == plan.id),
            drafted=fixed.get(plan.id, ""),
        )
        for plan in found.style.sections
    ]
    draft = Draft(
        found.language,
        parts,
        found.printable,
        found.frozen.weight,
        stale=moved.gone,
        newer=moved.newer,
        remarks=open_remarks,
    )
    every = checks.check(draft)
    if found.statement.act == statements.WITHDRAWS and not any(text.strip() for text in texts.values()):
        every = [each for each in every if each.code not in _NEEDS_NO_TEXT]
    return every


def _code(problem: Problem) -> str:
    if problem.code in _KEPT:
        return problem.code
    return "mark_wrong" if problem.code in _WRONG else "gap"


@bp.get("/drafts/<draft>/approval")
@audience("staff", "administrator", "head")
def approval(mission: str, draft: str) -> str:
    """Show what must be looked at, and the way to publication."""
    return page_of(mission, draft)


def page_of(mission: str, draft: str, refusal: Conflict | None = None) -> str:
    here = this_mission()
    with store().reading() as tx:
        found = bench(tx, config(), mission, draft)
        every = looked_at(tx, found)
        digest = statements.digest(tx, found.statement)
        people = {each.id: each.name for each in accounts.all(tx)}
        version = releases.next_version(tx, found.statement.series)
    last = found.statement.last
    same = last is not None and last.digest == digest
    done = same and found.statement.state in (statements.APPROVED, statements.PUBLISHED)
    own = last is not None and (done or last.by == me())  # another's ticks are no looking of one's own
    given = set(request.form.getlist("seen")) or set(last.acknowledged if last and own else ())
    asked = next((each for each in reversed(found.statement.steps) if each.act == statements.ASKED), None)
    titles = {plan.id: title_of(plan, found.language) for plan in found.style.sections}
    groups: dict[str, list[Check]] = {}
    for each in every:
        groups.setdefault(each.code, []).append(each)
    return render_template(
        "office/draft_approval.html",
        mission=here,
        draft=found.statement,
        said_in=found.language,
        groups=groups,
        blocked=[each for each in every if each.blocks],
        total=len(every),
        seen=given,
        titles=titles,
        labels={name: text(figure.definition.label) for name, figure in found.named.items()},
        digest=digest,
        seen_by=_seen_by(found.statement, digest, people),
        same=same,
        done=done,
        asked=asked,
        own=asked is not None and asked.by == me(),
        people=people,
        version=version,
        refusal=refusal,
        writes=may("staff", "administrator") and found.statement.open,
        second=here.second_person,
    )


def _seen_by(statement: statements.StoredStatement, digest: str, people: Mapping[str, str]) -> dict[str, list[str]]:
    """Name who ticked off each point of the text as it stands."""
    found: dict[str, list[str]] = {}
    for each in statement.steps:
        for key in each.acknowledged if each.digest == digest else ():
            name = people.get(each.by or "", "–")
            found.setdefault(key, []).extend([name] if name not in found.get(key, ()) else [])
    return found


@bp.post("/drafts/<draft>/approval")
@audience("staff", "administrator")
def step(mission: str, draft: str) -> str | Response | tuple[str, int]:
    """Ask for approval, approve, or give back with a word why."""
    act, note = request.form.get("act", ""), request.form.get("note", "")
    seen = request.form.getlist("seen")
    try:
        with store().reading() as tx:
            found = bench(tx, config(), mission, draft)
            every = looked_at(tx, found)
        refuse_closed(found.statement)
        _refuse(found, every, act, note, seen)
        with store().atomic() as tx:
            now = statements.get(tx, mission, draft)
            digest = statements.digest(tx, now)
            if digest != request.form.get("digest") or now.steps != found.statement.steps:
                raise Conflict(tell("office.moved_on"))
            if (
                act == statements.APPROVED
                and this_mission().second_person
                and (not now.last or now.last.digest != digest)
            ):
                raise Conflict(tell("office.changed_since_asked"))  # else the second person approves words of their own
            if act == statements.APPROVED and not this_mission().second_person and now.state != statements.ASKED:
                statements.step(tx, now, statements.ASKED, me(), digest=digest, acknowledged=seen)
            acknowledged = seen if act != statements.RETURNED else ()
            statements.step(tx, now, act, me(), digest=digest, acknowledged=acknowledged, note=note)
    except Conflict as refusal:
        return page_of(mission, draft, refusal), refusal.status
    flash(tell(f"office.step_{act}"))
    return redirect(url_for("office.approval", mission=mission, draft=draft), code=303)


def _refuse(found: Bench, every: list[Check], act: str, note: str, seen: list[str]) -> None:
    """Refuse a step that does not fit; raises Conflict saying why."""
    last = found.statement.last
    second = this_mission().second_person
    if act not in (statements.ASKED, statements.APPROVED, statements.RETURNED):
        raise Conflict(tell("office.step_unknown"))
    if act == statements.RETURNED:
        if found.statement.state not in (statements.ASKED, statements.APPROVED):
            raise Conflict(tell("office.step_unknown"))
        if not note.strip():
            raise Conflict(tell("office.note_needed"))
        return
    if any(each.blocks for each in every):
        raise Conflict(tell("office.blocked"))
    if {each.key for each in every if not each.blocks} - set(seen):
        raise Conflict(tell("office.not_all_seen"))
    if act == statements.APPROVED and second:
        if found.statement.state != statements.ASKED or last is None:
            raise Conflict(tell("office.not_asked_yet"))
        if last.by == me():
            raise Conflict(tell("office.needs_another"))
