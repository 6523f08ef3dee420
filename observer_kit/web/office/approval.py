"""Before a statement goes out: what stops it, what a person must have looked at, who approves, and publication."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.errors import Conflict
from observer_kit.statements.draft import checks
from observer_kit.statements.draft.checks import Check, Draft, Part
from observer_kit.statements.text import Problem, StyleInvalid, StyleUnknown
from observer_kit.storage import accounts, releases, remarks, statements
from observer_kit.web import frozen_sets
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.downloads import given
from observer_kit.web.frozen_sets import Bench, bench
from observer_kit.web.office import bp
from observer_kit.web.office.drafts import lay, me, refuse_closed, said_of, title_of
from observer_kit.web.office.moving import since
from observer_kit.web.speech import tell, text

_KEPT: Final = ("zero_needs_words", "absolute_unguarded")
_WRONG: Final = ("mark_invalid", "form_unknown", "case_unknown", "chart_in_text", "chart_unknown")
_STATES: Final = {statements.NEW: "published", statements.CORRECTS: "corrected", statements.WITHDRAWS: "withdrawn"}
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
        found.named,
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
    return _page(mission, draft)


def _page(mission: str, draft: str, refusal: Conflict | None = None) -> str:
    here = this_mission()
    with store().reading() as tx:
        found = bench(tx, config(), mission, draft)
        every = looked_at(tx, found)
        digest = statements.digest(tx, found.statement)
        people = {each.id: each.name for each in accounts.all(tx)}
        version = releases.next_version(tx, found.statement.series)
    last = found.statement.last
    given = set(request.form.getlist("seen")) or set(last.acknowledged if last else ())
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
        same=last is not None and last.digest == digest,
        asked=asked,
        own=asked is not None and asked.by == me(),
        people=people,
        version=version,
        refusal=refusal,
        writes=may("staff", "administrator") and found.statement.open,
        second=here.second_person,
    )


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
        return _page(mission, draft, refusal), refusal.status
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


@bp.post("/drafts/<draft>/publish")
@audience("staff", "administrator")
def publish(mission: str, draft: str) -> str | Response | tuple[str, int]:
    """Make the paper of what was approved, keep it under its hash, and close the draft."""
    try:
        released = _publish(mission, draft)
    except Conflict as refusal:
        return _page(mission, draft, refusal), refusal.status
    flash(tell("office.published"))
    return redirect(url_for("office.release", mission=mission, release=released), code=303)


def _publish(mission: str, draft: str) -> int:
    from observer_kit.statements.edition.build import build  # what makes papers is heavy, and seldom asked for

    signed_on = clock.now().astimezone(ZoneInfo(this_mission().zone)).date()
    with store().reading() as tx:
        found = bench(tx, config(), mission, draft)
        refuse_closed(found.statement)
        last = found.statement.last
        digest = statements.digest(tx, found.statement)
        if last is None or last.act != statements.APPROVED or last.digest != digest:
            raise Conflict(tell("office.not_approved"))
        if this_mission().second_person and not _by_two(found.statement):
            raise Conflict(tell("office.not_approved"))
        before = releases.get(tx, mission, found.statement.of) if found.statement.of else None
        if before is not None and before.followed:
            raise Conflict(tell("office.followed_already", n=before.followed))
        if any(each.blocks for each in looked_at(tx, found)):
            raise Conflict(tell("office.blocked"))
        version = releases.next_version(tx, found.statement.series)
        edition = frozen_sets.edition(
            tx,
            config(),
            found,
            state=_STATES[found.statement.act],
            version=version,
            replaces=before.version if before else None,
            signed_on=signed_on,
        )
    data = build(edition, "pdf", apart=True)
    sha256 = releases.keep(config(), data)
    content = {
        "style": found.statement.style,
        "language": found.language,
        "signed_on": signed_on.isoformat(),
        "texts": found.texts(),
        "used": dict(edition.text.used),
        "sections": [
            {"id": each.id, "number": each.number, "title": each.title, "level": each.level, "html": str(each.html)}
            for each in found.set(draft=False, signed_on=signed_on).sections
        ],
    }
    try:
        with store().atomic() as tx:
            return releases.publish(
                tx, found.statement, digest=digest, version=version, sha256=sha256, size=len(data), content=content,
                by=me(),
            )  # fmt: skip
    except Conflict:
        raise Conflict(tell("office.moved_on")) from None


def _by_two(statement: statements.StoredStatement) -> bool:
    """Tell whether somebody else approved than asked: the rule may have been set after the approval."""
    asked = next((each for each in reversed(statement.steps) if each.act == statements.ASKED), None)
    return asked is not None and statement.last is not None and asked.by != statement.last.by


@bp.get("/drafts/<draft>/paper.<any(pdf, html, docx, txt):kind>")
@audience("staff", "administrator", "head")
def draft_paper(mission: str, draft: str, kind: str) -> Response:
    """Give the draft as a paper, marked as one."""
    from observer_kit.statements.edition.build import build, suffix_of

    found = lay(mission, draft)
    state = "approved" if found.statement.state == statements.APPROVED else "draft"
    with store().reading() as tx:
        edition = frozen_sets.edition(tx, config(), found, state=state, kind=kind)
    about = suffix_of(kind)
    name = f"{mission}-{found.statement.style}-{found.language}-draft.{about['suffix']}"
    return given(name, about["type"], iter([build(edition, kind, apart=True)]))
