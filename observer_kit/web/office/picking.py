"""Figures to be put into a text: the page and the answers that its script asks for, and a mark put by hand."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from observer_kit.checklists.model import Checklist
from observer_kit.errors import KitError, NotFound
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.marks import CASES, FORMS, MarkInvalid, read
from observer_kit.storage import checklists, section_texts
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.frozen_sets import bench
from observer_kit.web.office import bp
from observer_kit.web.office.choices import choices, fitting, speaker_of
from observer_kit.web.office.drafts import lay, me, refuse_closed
from observer_kit.web.office.parts import title_of
from observer_kit.web.speech import tell, tell_or

MOST: Final = 60


def _asked(mission: str) -> dict[str, Checklist]:
    with store().reading() as tx:
        return checklists.current(tx, mission)


@bp.get("/drafts/<draft>/figures")
@audience("staff", "administrator", "head")
def pick(mission: str, draft: str) -> str:
    """Find figures and see what each would say; put one at the end of a section."""
    found = lay(mission, draft)
    wanted = request.args.get("q", "")[:200]
    fit = fitting(choices(found, _asked(mission), forms=True), wanted)
    return render_template(
        "office/draft_figures.html",
        mission=this_mission(),
        draft=found.statement,
        bench=found,
        wanted=wanted,
        title_of=title_of,
        section=request.args.get("section", ""),
        choices=fit[:MOST],
        total=len(fit),
        writes=may("staff", "administrator") and found.statement.open,
    )


@bp.get("/drafts/<draft>/figures.json")
@audience("staff", "administrator", "head")
def picker(mission: str, draft: str) -> Response:
    """Give every figure with all that it can be found by, the forms, and the nouns of the statement's language."""
    found = lay(mission, draft)
    grammar = Grammar(found.language, found.mission.event)
    rows = [
        {
            "name": each.name, "label": each.label, "question": each.question, "said": each.said,
            "search": each.search, "used": each.used, "untold": each.untold, "gap": each.gap,
            "base": each.base,
        }
        for each in choices(found, _asked(mission))
    ]  # fmt: skip
    nouns = [(name, grammar.noun(name).counted(5)) for name in sorted(grammar.nouns)]
    cases = [
        each for each in CASES if found.language == "kk" or (each != "abl" and found.language != "en") or each == "nom"
    ]
    return jsonify(
        figures=rows,
        forms=[(form, tell_or(f"office.form_{form}", form)) for form in FORMS if form != "verb"],
        nouns=sorted(nouns, key=lambda pair: pair[1]),
        cases=[(case, tell(f"office.case_{case}")) for case in cases],
    )


@bp.get("/drafts/<draft>/said.json")
@audience("staff", "administrator", "head")
def said(mission: str, draft: str) -> Response:
    """Say one mark."""
    found = lay(mission, draft)
    try:
        mark = read(request.args.get("mark", "").removeprefix("[[").removesuffix("]]"))
    except MarkInvalid as error:
        return jsonify(said="", problem=str(error))
    if mark.kind != "figure":
        return jsonify(said="", problem="")
    if mark.form == "stations":
        return jsonify(said=tell("office.form_stations"), problem="")
    done = speaker_of(found).say(mark, found.printable.get(mark.name))
    told = tell(f"office.problem_{done.code}") if done.code in _TOLD else done.told
    return jsonify(said=done.text, problem=told if done.code else "")


_TOLD: Final = frozenset((
    "figure_unknown", "not_counted", "number_not_printed", "zero_needs_words", "base_missing", "unseen_was_seen",
    "absolute_unguarded", "noun_unknown",
))  # fmt: skip


@bp.post("/drafts/<draft>/figures")
@audience("staff", "administrator")
def put(mission: str, draft: str) -> BaseResponse:
    """Put a mark at the end of a section, for those who have no script."""
    section, mark = request.form.get("section", ""), request.form.get("mark", "")
    if not re.fullmatch(r"\[\[[^\[\]\n]{1,200}\]\]", mark):
        raise MarkRefused(tell("office.problem_mark_invalid"), place="mark")
    try:
        read(mark[2:-2])
    except MarkInvalid as error:
        raise MarkRefused(str(error), place="mark") from None
    with store().atomic() as tx:
        found = bench(tx, config(), mission, draft)
        refuse_closed(found.statement)
        stands = found.standing.get(section)
        if stands is None:
            raise NotFound(tell("doors.error_not_found"))
        words = f"{stands.head.text} {mark}".strip()
        section_texts.save(tx, mission, draft, section, words, base=stands.head.sequence, tab="", turn=0, by=me())
    flash(tell("office.put", mark=mark))
    return redirect(url_for("office.draft", mission=mission, draft=draft, _anchor=f"s-{section}"), code=303)


class MarkRefused(KitError):
    """What should be put into a text is no mark."""

    code = "mark_invalid"
