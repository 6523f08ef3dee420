"""Publication: the paper of what was approved, kept under its hash; and the paper of a draft, which says it is one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.errors import Conflict
from observer_kit.storage import releases, statements
from observer_kit.web import frozen_sets
from observer_kit.web.access import audience, config, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.downloads import given, noted
from observer_kit.web.frozen_sets import bench
from observer_kit.web.office import bp
from observer_kit.web.office.approval import looked_at, page_of
from observer_kit.web.office.drafts import lay, me, refuse_closed
from observer_kit.web.speech import tell


@bp.post("/drafts/<draft>/publish")
@audience("staff", "administrator")
def publish(mission: str, draft: str) -> str | Response | tuple[str, int]:
    """Make the paper of what was approved, keep it under its hash, and close the draft."""
    try:
        released = _publish(mission, draft)
    except Conflict as refusal:
        return page_of(mission, draft, refusal), refusal.status
    flash(tell("office.published"))
    return redirect(url_for("office.release", mission=mission, release=released), code=303)


def _publish(mission: str, draft: str) -> int:
    from observer_kit.statements.edition.attached import made_with
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
            state=frozen_sets.STATES[found.statement.act],
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
        "made_with": made_with(),
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
    """Give the draft as a paper, marked as one; for Word and plain text `section` asks for one chapter alone."""
    from observer_kit.statements.edition.build import build, suffix_of

    found = lay(mission, draft)
    state = "approved" if found.statement.state == statements.APPROVED else "draft"
    with store().reading() as tx:
        edition = frozen_sets.edition(tx, config(), found, state=state, kind=kind)
    about = suffix_of(kind)
    only = request.args.get("section") if kind in ("docx", "txt") else None
    made = build(edition, kind, only=only, apart=True)
    part = f"-{only}" if only else ""
    name = f"{mission}-{found.statement.style}-{found.language}{part}-draft.{about['suffix']}"
    noted(name)
    return given(name, about["type"], iter([made]))
