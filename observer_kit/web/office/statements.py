"""Statements: built from the figures as they stand now, kept in the exports folder, given out by name."""

from __future__ import annotations

import hashlib

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.errors import NotFound
from observer_kit.statements.build import available
from observer_kit.storage import chain, missions
from observer_kit.web import papers
from observer_kit.web.access import audience, config, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.office import bp
from observer_kit.web.office.shelf import find_paper, papers_of
from observer_kit.web.speech import tell


@bp.get("/statements")
@audience("staff", "administrator", "head")
def statements(mission: str) -> str:
    """List the PDFs built so far, and offer to build one."""
    with store().reading() as tx:
        found = missions.all(tx)
    return render_template(
        "office/statements.html",
        mission=this_mission(),
        papers=papers_of(config().exports, mission, found),
        styles=available(),
        builds=may("staff", "administrator"),
    )


@bp.post("/statements")
@audience("staff", "administrator")
def build(mission: str) -> Response:
    """Build a PDF from what is stored at this moment; what was built before stays."""
    style, _, language = request.form.get("paper", "").partition("/")
    if (style, language) not in available():
        raise NotFound(tell("office.style_unknown"))
    found = this_mission()
    plain = papers.path_for(config(), found, style, language)
    out = plain.with_name(f"{plain.stem}-{clock.now():%Y%m%d-%H%M%S}.pdf")
    with store().reading() as tx:
        papers.build(tx, found, style=style, language=language, out=out)
    account = current_account()
    with store().atomic() as tx:
        content = hashlib.sha256(out.read_bytes()).hexdigest()
        chain.append(tx, "export", out.name, content, mission, account.id if account else None)
    flash(tell("office.built", name=out.name))
    return redirect(url_for("office.statements", mission=mission), code=303)


@bp.get("/statements/<name>")
@audience("staff", "administrator", "head")
def statement(mission: str, name: str) -> Response:
    """Give one of the mission's PDFs."""
    with store().reading() as tx:
        found = missions.all(tx)
    paper = find_paper(config().exports, mission, name, found)
    return send_file(paper.path, mimetype="application/pdf", download_name=paper.name)
