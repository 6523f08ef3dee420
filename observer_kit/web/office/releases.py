"""A published version: read-only, with its file and its hash; followed only by a new version that says why."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from observer_kit.errors import Conflict
from observer_kit.storage import accounts, releases, snapshots, statements
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.downloads import noted
from observer_kit.web.frozen_sets import opened
from observer_kit.web.office import bp
from observer_kit.web.office.chips import chips
from observer_kit.web.office.drafts import me
from observer_kit.web.speech import tell

LONGEST = 2000


@bp.get("/releases/<int:release>")
@audience("staff", "administrator", "head")
def release(mission: str, release: int) -> str:
    """Show a published version as it went out."""
    return _page(mission, release)


def _page(mission: str, release: int, refusal: Conflict | None = None) -> str:
    found = this_mission()
    with store().reading() as tx:
        one = releases.get(tx, mission, release)
        content = releases.content(tx, mission, release)
        statement = statements.get(tx, mission, one.statement)
        taken = snapshots.get(tx, mission, one.snapshot)
        figures = opened(tx, mission, one.snapshot).named
        people = {each.id: each.name for each in accounts.all(tx)}
        series = [each for each in releases.all(tx, mission) if each.series == one.series]
        waiting = [
            each
            for each in statements.all(tx, mission)
            if each.series == one.series and each.open and each.of == release
        ]
    sections = [{**each, "html": chips(each["html"], content["used"], figures, found)} for each in content["sections"]]
    return render_template(
        "office/release.html",
        mission=found,
        release=one,
        statement=statement,
        content=content,
        sections=sections,
        taken=taken,
        people=people,
        series=series,
        before=next((each for each in series if each.sequence == one.of), None),
        waiting=waiting[0] if waiting else None,
        refusal=refusal,
        writes=may("staff", "administrator"),
    )


@bp.get("/releases/<int:release>.pdf")
@audience("staff", "administrator", "head")
def release_pdf(mission: str, release: int) -> Response:
    """Give the very file that was published."""
    with store().reading() as tx:
        one = releases.get(tx, mission, release)
        content = releases.content(tx, mission, release)
    name = f"{mission}-{content['style']}-{content['language']}-{one.version}.pdf"
    response = send_file(releases.file(config(), one.sha256), mimetype="application/pdf", download_name=name)
    if response.status_code != 304:  # what the browser has already does not leave again
        noted(name)
    return response


@bp.post("/releases/<int:release>")
@audience("staff", "administrator")
def follow(mission: str, release: int) -> str | Response | tuple[str, int]:
    """Begin the version that corrects or withdraws this one; it says so on its first page, with the reason."""
    act, reason = request.form.get("act", ""), request.form.get("reason", "").strip()
    try:
        with store().atomic() as tx:
            one = releases.get(tx, mission, release)
            refusal = _refusal(act, reason, one)
            if refusal:
                raise Conflict(refusal)
            before = statements.get(tx, mission, one.statement)
            texts: dict[str, str] = releases.content(tx, mission, release)["texts"]
            if act == statements.WITHDRAWS:
                texts = dict.fromkeys(texts, "")
            draft = statements.create(
                tx, mission, style=before.style, language=before.language, snapshot=one.snapshot,
                texts=list(texts.items()), by=me(), act=act, of=release, series=one.series, reason=reason,
            )  # fmt: skip
    except Conflict as refused:
        return _page(mission, release, refused), refused.status
    flash(tell(f"office.begun_{act}"))
    return redirect(url_for("office.draft", mission=mission, draft=draft), code=303)


def _refusal(act: str, reason: str, one: releases.Released) -> str | None:
    if act not in (statements.CORRECTS, statements.WITHDRAWS):
        return tell("office.step_unknown")
    if not reason:
        return tell("office.reason_needed")
    if len(reason) > LONGEST:
        return tell("office.reason_too_long", n=LONGEST)
    return tell("office.followed_already", n=one.followed) if one.followed else None
