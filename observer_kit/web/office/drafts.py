"""A draft: every section as plain text beside what it will say, saved at every pause, with or without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound, TooLarge
from observer_kit.statements.draft.checks import untold
from observer_kit.statements.text import SetStatement
from observer_kit.statements.text.safety import plain
from observer_kit.storage import accounts, chain, releases, remarks, section_texts, statements
from observer_kit.storage.section_texts import BESIDE
from observer_kit.storage.statements import StoredStatement
from observer_kit.web.access import audience, config, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.frozen_sets import Bench, bench
from observer_kit.web.office import bp
from observer_kit.web.office.chips import chips
from observer_kit.web.office.parts import Chapter, chapter_of, count_words, parts_of, problems_of
from observer_kit.web.speech import tell, text

LARGEST: Final = 8_000_000
"""Bytes of a whole draft as a form sends it: a Russian or Kazakh letter takes six of them."""
_LONG: Final = frozenset(
    ("office.save_draft", "office.save_section", "office.preview_section", "office.settle_section")
)


bp.add_app_template_filter(plain)
"""What people wrote, without the marks that turn the direction of the words after them."""


@bp.url_value_preprocessor
def _room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let in texts longer than a report, from people signed in only: the form's token is read before us."""
    if endpoint in _LONG and session.get("account"):
        request.max_content_length = request.max_form_memory_size = LARGEST


def lay(mission: str, draft: str) -> Bench:
    """Open a draft; raises NotFound."""
    with store().reading() as tx:
        return bench(tx, config(), mission, draft)


def whole(said: str | None) -> int | None:
    """Read a whole number of a form or an address; None for anything else."""
    return int(said) if said and said.isdecimal() and len(said) < 19 else None


def me() -> str | None:
    """Give the account's id."""
    account = current_account()
    return account.id if account else None


@bp.get("/drafts/<draft>")
@audience("staff", "administrator", "head")
def draft(mission: str, draft: str) -> str | Response:
    """Show a draft to be written at, or one chapter of it; what was published leads to its own page."""
    return _page(mission, draft, wanted=request.args.get("section", ""))


def _page(
    mission: str, draft: str, texts: Mapping[str, str] | None = None, *, looking: bool = False, wanted: str = ""
) -> str:
    with store().reading() as tx:
        found = bench(tx, config(), mission, draft)
        said = remarks.of(tx, draft)
        people = {each.id: each.name for each in accounts.all(tx)}
        released = None if found.statement.open else releases.of_statement(tx, mission, draft)
    words = {**found.texts(), **(texts or {})}
    done = found.set(words)
    parts = parts_of(found, done, said, words)
    chapter = chapter_of(parts, wanted) if wanted else None
    if wanted and chapter is None:
        raise NotFound(tell("doors.error_not_found"))
    return render_template(
        "office/draft_preview.html" if looking else "office/draft.html",
        mission=this_mission(),
        bench=found,
        draft=found.statement,
        parts=parts,
        chapter=chapter,
        given=texts or {},
        key_findings=_key_findings(found),
        untold=_untold(found, words),
        notes=_notes(done, chapter),
        people=people,
        released=released,
        writes=may("staff", "administrator") and found.statement.open,
        tab=clock.new_id(),
    )


def _notes(done: SetStatement, chapter: Chapter | None) -> list[tuple[int, Markup]]:
    """Give the footnotes, of a chapter its own alone."""
    said = [(number, Markup(html)) for number, html in done.notes]  # noqa: S704 -- set by the text room
    return [each for each in said if chapter is None or any(f'"#note-{each[0]}"' in one.html for one in chapter.parts)]


def _key_findings(found: Bench) -> dict[str, str]:
    """Give what the text should not pass over, by name with its label: what no text would tell."""
    return {name: text(found.printable[name].definition.label) for name in _untold(found, {})}


def _untold(found: Bench, texts: Mapping[str, str]) -> list[str]:
    return list(untold(texts.values(), found.printable, found.frozen.weight))


@bp.post("/drafts/<draft>")
@audience("staff", "administrator")
def save_draft(mission: str, draft: str) -> str | Response:
    """Save every section of the page, or show what they would say; what went on elsewhere stays beside."""
    texts = {name.partition(":")[2]: value for name, value in request.form.items() if name.startswith("text:")}
    if request.form.get("act") == "preview":
        return _page(mission, draft, texts, looking=True)
    found = lay(mission, draft)
    beside = []
    with store().atomic() as tx:
        open_to_write(tx, mission, draft)
        for plan in found.style.sections:
            if plan.id not in texts:
                continue
            saved = section_texts.save(
                tx, mission, draft, plan.id, texts[plan.id], base=whole(request.form.get(f"base:{plan.id}")),
                tab=request.form.get("tab", "")[:64], turn=1, by=me(),
            )  # fmt: skip
            if saved.state == BESIDE:
                beside.append(plan.id)
    flash(tell("office.saved"))
    if beside:
        flash(tell("office.saved_beside", n=len(beside)))
        return redirect(url_for("office.section", mission=mission, draft=draft, section=beside[0]), code=303)
    return redirect(back(mission, draft), code=303)


@bp.post("/drafts/<draft>/sections/<section>/text")
@audience("staff", "administrator")
def save_section(mission: str, draft: str, section: str) -> Response:
    """Save one section as a page has it now; gives what it says, and whether another page went another way."""
    found = lay(mission, draft)
    if section not in {plan.id for plan in found.style.sections}:
        raise NotFound(tell("doors.error_not_found"))
    words = request.form.get("text", "")
    with store().atomic() as tx:
        open_to_write(tx, mission, draft)
        try:
            saved = section_texts.save(
                tx, mission, draft, section, words, base=whole(request.form.get("base")),
                tab=request.form.get("tab", "")[:64], turn=min(whole(request.form.get("turn")) or 0, 10**9), by=me(),
            )  # fmt: skip
        except TooLarge:
            raise TooLarge(tell("office.section_too_long", n=section_texts.LONGEST), place="text") from None
    with store().reading() as tx:
        beside = len(section_texts.standing(tx, draft)[section].beside)
    return jsonify(
        state=saved.state, sequence=saved.sequence, beside=beside,
        address=url_for("office.section", mission=mission, draft=draft, section=section),
        **_said(found, section, words),
    )  # fmt: skip


@bp.post("/drafts/<draft>/sections/<section>/preview")
@audience("staff", "administrator")
def preview_section(mission: str, draft: str, section: str) -> Response:
    """Say what a section would say; nothing is stored."""
    return jsonify(_said(lay(mission, draft), section, request.form.get("text", "")))


def _said(found: Bench, section: str, words: str) -> dict[str, object]:
    """Set one section by itself: its numbers start at 1."""
    done = found.set({section: words})
    html = next((each.html for each in done.sections if each.id == section), "")
    lacking = _untold(found, {**found.texts(), section: words})
    notes = Markup("").join(
        Markup('<li value="{}">{}</li>').format(number, Markup(said))  # noqa: S704 -- set by the text room
        for number, said in done.notes
    )
    shown = chips(html, done.used, found.named, found.mission)
    return {
        "html": str(shown + (Markup('<ol class="notes">{}</ol>').format(notes) if notes else "")),
        "words": tell("office.words_n", n=count_words(words)),
        "problems": list(problems_of(found, done, section, words)),
        "untold": lacking,
        "untold_n": tell("office.untold_n", n=len(lacking)),
    }


def back(mission: str, draft: str, section: str | None = None) -> str:
    """Give the way back to the page of the draft that a form was on: the whole of it, or one chapter."""
    return url_for(
        "office.draft", mission=mission, draft=draft, section=request.args.get("of") or None,
        _anchor=f"s-{section}" if section else None,
    )  # fmt: skip


def refuse_closed(found: StoredStatement) -> None:
    """Refuse to write in what was published or put aside."""
    if not found.open:
        raise Conflict(tell(f"office.closed_{found.state}"))


def open_to_write(tx: Session, mission: str, draft: str) -> None:
    """Refuse what comes after publication, and let none come before what is written here is stored."""
    chain.lock(tx)
    refuse_closed(statements.get(tx, mission, draft))


@bp.post("/drafts/<draft>/drop")
@audience("staff", "administrator")
def drop_draft(mission: str, draft: str) -> Response:
    """Put a draft aside, or take it up again; nothing of it is lost. The same once more changes nothing."""
    act = statements.RESUMED if request.form.get("act") == statements.RESUMED else statements.DROPPED
    with store().atomic() as tx:
        chain.lock(tx)
        found = statements.get(tx, mission, draft)
        if found.state == statements.PUBLISHED:
            raise Conflict(tell("office.closed_published"))
        if (found.state == statements.DROPPED) == (act == statements.RESUMED):
            statements.step(tx, found, act, me())
    flash(tell(f"office.step_{act}"))
    return redirect(url_for("office.statements", mission=mission), code=303)
