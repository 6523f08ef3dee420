"""The office's statements: drafts, published versions, and the PDFs that lie in the exports folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.missions.model import Mission
from observer_kit.statements.edition import build as edition_press
from observer_kit.statements.text import StyleUnknown, folders, load_style
from observer_kit.storage import accounts, chain, missions, releases, snapshots, statements
from observer_kit.web import editions, frozen_sets, papers
from observer_kit.web.access import audience, config, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.office import bp
from observer_kit.web.office.shelf import find_paper, papers_of
from observer_kit.web.speech import LANGUAGE_NAMES, language, tell, text


@dataclass(frozen=True, slots=True)
class Choice:
    """A style that a statement may be drafted in."""

    id: str
    name: str
    languages: tuple[str, ...]


@bp.get("/statements", endpoint="statements")
@audience("staff", "administrator", "head")
def statements_list(mission: str) -> str:
    """List the drafts, what was published, and the PDFs built so far; offer to begin a statement."""
    found = this_mission()
    with store().reading() as tx:
        every = missions.all(tx)
        drafts = statements.all(tx, mission)
        released = releases.all(tx, mission)
        taken = {each.id: each for each in snapshots.all(tx, mission)}
        people = {each.id: each.name for each in accounts.all(tx)}
    return render_template(
        "office/statements.html",
        mission=found,
        drafts=[each for each in drafts if each.state != statements.PUBLISHED],
        published=released,
        by_id={each.id: each for each in drafts},
        taken=taken,
        people=people,
        choices=choices(found),
        usual=f"{found.style}/{language()}",
        papers=papers_of(config().exports, mission, every),
        writes=may("staff", "administrator"),
    )


def choices(mission: Mission) -> list[Choice]:
    """Give the styles that can be drafted in, the mission's own among them."""
    own = papers.own_styles(config(), mission)
    loaded = [load_style(name, own) for name in folders(own)]
    return [Choice(each.id, text(each.name), each.languages) for each in loaded if each.languages]


@bp.app_template_global("called")
def called(statement: statements.StoredStatement) -> str:
    """Name a statement by its style and language, in the page's language."""
    try:
        style = text(load_style(statement.style, papers.own_styles(config(), this_mission())).name)
    except StyleUnknown:
        style = statement.style  # its folder was taken away: what was published of it stays
    return f"{style}, {LANGUAGE_NAMES.get(statement.language, statement.language)}"


@bp.post("/statements")
@audience("staff", "administrator")
def build(mission: str) -> Response:
    """Build a PDF from what is stored at this moment; what was built before stays."""
    found = this_mission()
    style, chosen = _paper(found)
    plain = editions.file_of(config(), found, style, chosen, "pdf")
    out = plain.with_name(f"{plain.stem}-{clock.now():%Y%m%d-%H%M%S}.pdf")
    with store().reading() as tx:
        own = load_style(style, papers.own_styles(config(), found))
        edition = editions.edition_of(tx, config(), found, own, chosen)
    editions.write(out, lambda: edition_press.build(edition, apart=True))
    account = current_account()
    with store().atomic() as tx:
        content = hashlib.sha256(out.read_bytes()).hexdigest()
        chain.append(tx, "export", out.name, content, mission, account.id if account else None)
    flash(tell("office.built", name=out.name))
    return redirect(url_for("office.statements", mission=mission), code=303)


@bp.post("/statements/new")
@audience("staff", "administrator")
def begin(mission: str) -> Response:
    """Freeze the figures as they stand now and draft a statement from them."""
    found = this_mission()
    style, chosen = _paper(found)
    account = current_account()
    draft = frozen_sets.begin(store(), found, style=style, language=chosen, by=account.id if account else None)
    flash(tell("office.begun"))
    return redirect(url_for("office.draft", mission=mission, draft=draft), code=303)


def _paper(mission: Mission) -> tuple[str, str]:
    """Read the style and the language that were chosen; raises StyleUnknown."""
    style, _, chosen = request.form.get("paper", "").partition("/")
    if not any(each.id == style and chosen in each.languages for each in choices(mission)):
        raise StyleUnknown(tell("office.style_unknown"))
    return style, chosen


@bp.get("/statements/<name>")
@audience("staff", "administrator", "head")
def statement(mission: str, name: str) -> Response:
    """Give one of the mission's PDFs."""
    with store().reading() as tx:
        found = missions.all(tx)
    paper = find_paper(config().exports, mission, name, found)
    return send_file(paper.path, mimetype="application/pdf", download_name=paper.name)
