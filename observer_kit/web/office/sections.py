"""One section: every saving of it, two of them word by word, texts that went different ways, and what people say."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from observer_kit.errors import Conflict, NotFound
from observer_kit.statements.draft.compare import compare_words
from observer_kit.storage import accounts, remarks, section_texts
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.frozen_sets import bench
from observer_kit.web.office import bp
from observer_kit.web.office.drafts import back, lay, me, open_to_write, whole
from observer_kit.web.office.parts import count_words, title_of
from observer_kit.web.speech import language, tell

SHOWN = 100
"""Savings that a section's page lists."""


@bp.get("/drafts/<draft>/sections/<section>")
@audience("staff", "administrator", "head")
def section(mission: str, draft: str, section: str) -> str:
    """Show a section's savings, and side by side what went different ways."""
    return _page(mission, draft, section)


def _page(mission: str, draft: str, section: str, text: str | None = None, refusal: Conflict | None = None) -> str:
    with store().reading() as tx:
        found = bench(tx, config(), mission, draft)
        plan = next((each for each in found.style.sections if each.id == section), None)
        if plan is None:
            raise NotFound(tell("doors.error_not_found"))
        savings = section_texts.history(tx, draft, section)
        people = {each.id: each.name for each in accounts.all(tx)}
    stands = found.standing.get(section)
    by_sequence = {each.sequence: each for each in savings}
    one, two = (by_sequence.get(whole(request.args.get(name)) or 0) for name in ("one", "two"))
    if two is None and savings:
        two = stands.head if stands else savings[0]
    if one is None and two is not None:
        one = by_sequence.get(two.base or 0)
    return render_template(
        "office/draft_section.html",
        mission=this_mission(),
        draft=found.statement,
        plan=plan,
        title=title_of(plan, language()),
        said_in=found.language,
        stands=stands,
        savings=savings[:SHOWN],
        total=len(savings),
        one=one,
        two=two,
        words_of=compare_words(one.text, two.text) if one and two else [],
        count_words=count_words,
        against=[(each, compare_words(stands.head.text, each.text)) for each in stands.beside] if stands else [],
        text=text,
        refusal=refusal,
        people=people,
        writes=may("staff", "administrator") and found.statement.open,
    )


@bp.post("/drafts/<draft>/sections/<section>")
@audience("staff", "administrator")
def settle_section(mission: str, draft: str, section: str) -> str | Response | tuple[str, int]:
    """Make one text of those that stand beside each other, or take an earlier saving up again."""
    text = request.form.get("text", "")
    merges = [each for each in map(whole, request.form.getlist("merges")) if each is not None]
    again = whole(request.form.get("again"))
    try:
        with store().atomic() as tx:
            open_to_write(tx, mission, draft)
            if again is not None:
                text = section_texts.get(tx, draft, again).text
            base = whole(request.form.get("base")) or 0
            try:
                section_texts.settle(tx, mission, draft, section, text, base=base, merges=merges, by=me())
            except Conflict:
                raise Conflict(tell("office.moved_on")) from None
    except Conflict as refusal:
        return _page(mission, draft, section, text, refusal), refusal.status
    flash(tell("office.saved"))
    return redirect(url_for("office.draft", mission=mission, draft=draft, _anchor=f"s-{section}"), code=303)


@bp.post("/drafts/<draft>/sections/<section>/remarks")
@audience("staff", "administrator")
def remark(mission: str, draft: str, section: str) -> Response:
    """Say something to a section."""
    found = lay(mission, draft)
    if section not in {plan.id for plan in found.style.sections}:
        raise NotFound(tell("doors.error_not_found"))
    try:
        with store().atomic() as tx:
            remarks.add(tx, mission, draft, section, request.form.get("text", ""), me())
    except Conflict:
        raise Conflict(tell("office.remark_refused", n=remarks.LONGEST)) from None
    flash(tell("office.remarked"))
    return redirect(back(mission, draft, section), code=303)


@bp.post("/drafts/<draft>/remarks/<int:remark>")
@audience("staff", "administrator")
def settle_remark(mission: str, draft: str, remark: int) -> Response:
    """Settle what was said, or open it again."""
    lay(mission, draft)
    with store().atomic() as tx:
        remarks.settle(tx, mission, draft, remark, request.form.get("act", ""), me())
        section = next(each.section for each in remarks.of(tx, draft) if each.sequence == remark)
    return redirect(back(mission, draft, section), code=303)
