"""A draft: every section as plain text beside what it will say, saved at every pause, with or without a script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit import clock
from observer_kit.errors import Conflict, NotFound, TooLarge
from observer_kit.statements.draft.checks import untold
from observer_kit.statements.text import Problem, SectionPlan, SetStatement
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.marks import CASES, FORMS, stray
from observer_kit.statements.text.safety import plain
from observer_kit.storage import accounts, chain, releases, remarks, section_texts, statements
from observer_kit.storage.remarks import Remark
from observer_kit.storage.section_texts import BESIDE
from observer_kit.storage.statements import StoredStatement
from observer_kit.web.access import audience, config, current_account, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.frozen_sets import Bench, bench
from observer_kit.web.office import bp
from observer_kit.web.office.chips import chips
from observer_kit.web.speech import language, tell, tell_or, text

_NAME = re.compile(r"\b[a-z][a-z_]{2,}\b(?![;&])")
_MARK = re.compile(r"\[\[[^\[\]\n]*\]\]")
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


@dataclass(frozen=True, slots=True)
class Part:
    """One section as the page shows it."""

    plan: SectionPlan
    number: str
    title: str
    level: int
    text: str
    base: int | None
    beside: int
    html: Markup
    problems: tuple[str, ...]
    remarks: tuple[Remark, ...]

    @property
    def words(self) -> int:
        """Count its words, a mark as one."""
        return count_words(self.text)

    @property
    def lacking(self) -> bool:
        """Tell whether a person still has to write it."""
        return self.plan.kind in ("room", "verdict") and not self.text.strip()

    @property
    def called(self) -> str:
        """Name it in the page's language, which need not be the statement's."""
        return title_of(self.plan, language())

    @property
    def prompt(self) -> Markup:
        """Say what is to be written here; the names of facts stand as code, for they are of no language."""
        said = escape(text(self.plan.prompt))
        return said if language() == "en" else Markup(_NAME.sub(r"<code>\g<0></code>", str(said)))  # noqa: S704 -- escaped


def count_words(text: str) -> int:
    """Count words; a mark is one."""
    return len(re.findall(r"\w+(?:[-’']\w+)*", _MARK.sub(" x ", text)))


def title_of(plan: SectionPlan, said_in: str) -> str:
    """Name a section: by its title, else by what is to be written there."""
    prompt = plan.prompt.get(said_in, "").split(" (")[0].split(". ")[0].rstrip(".")
    return plan.title.get(said_in, "") or prompt or tell("office.untitled")


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


def parts_of(found: Bench, done: SetStatement, said: list[Remark], texts: Mapping[str, str]) -> list[Part]:
    """Put a draft's sections in order, each with what it will say."""
    made = {each.id: each for each in done.sections}
    parts = []
    for plan in found.style.sections:
        stands, ready = found.standing.get(plan.id), made.get(plan.id)
        parts.append(
            Part(
                plan=plan,
                number=ready.number if ready else "",
                title=title_of(plan, found.language),
                level=ready.level if ready else 2,
                text=plain(texts[plan.id]),
                base=stands.head.sequence if stands else None,
                beside=len(stands.beside) if stands else 0,
                html=chips(ready.html if ready else "", done.used, found.named, found.mission),
                problems=tuple(problems_of(found, done, plan.id, texts[plan.id])),
                remarks=tuple(each for each in said if each.section == plan.id),
            )
        )
    return parts


@bp.get("/drafts/<draft>")
@audience("staff", "administrator", "head")
def draft(mission: str, draft: str) -> str | Response:
    """Show a draft to be written at; what was published leads to its own page."""
    return _page(mission, draft)


def _page(mission: str, draft: str, texts: Mapping[str, str] | None = None, *, looking: bool = False) -> str:
    with store().reading() as tx:
        found = bench(tx, config(), mission, draft)
        said = remarks.of(tx, draft)
        people = {each.id: each.name for each in accounts.all(tx)}
        released = None if found.statement.open else releases.of_statement(tx, mission, draft)
    words = {**found.texts(), **(texts or {})}
    done = found.set(words)
    return render_template(
        "office/draft_preview.html" if looking else "office/draft.html",
        mission=this_mission(),
        bench=found,
        draft=found.statement,
        parts=parts_of(found, done, said, words),
        given=texts or {},
        key_findings=_key_findings(found),
        untold=_untold(found, words),
        notes=[(number, Markup(html)) for number, html in done.notes],  # noqa: S704 -- set by the text room
        people=people,
        released=released,
        writes=may("staff", "administrator") and found.statement.open,
        tab=clock.new_id(),
    )


def _key_findings(found: Bench) -> dict[str, str]:
    """Give what the text should not pass over, by name with its label: what no text would tell."""
    return {name: text(found.named[name].definition.label) for name in _untold(found, {})}


def _untold(found: Bench, texts: Mapping[str, str]) -> list[str]:
    return list(untold(texts.values(), found.named, found.frozen.weight))


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
    return redirect(url_for("office.draft", mission=mission, draft=draft), code=303)


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


def problems_of(found: Bench, done: SetStatement, section: str, words: str) -> Iterator[str]:
    """Say what a section's author has to mend, brackets that make no mark among it."""
    for problem in done.problems:
        if problem.place == section:
            near = ", ".join(_near(problem, found))
            yield plain(said_of(problem)) + (f"; {tell('office.near_it', names=near)}" if near else "")
    for line, rest in stray(words):
        yield f"{tell('office.line_n', n=line)}, {plain(rest)}: {tell('office.problem_mark_open')}"


def said_of(problem: Problem) -> str:
    """Say a problem in the page's language where the office knows it, else as the text room does."""
    mark = _MARK.match(problem.message)
    told = tell_or(f"office.problem_{problem.code}", problem.message)
    return f"{mark.group(0)}: {told}" if mark and not told.startswith("[[") else told


def _near(problem: Problem, found: Bench) -> Iterable[str]:
    """Name what the author of a mark may have meant."""
    mark = _MARK.match(problem.message)
    words = mark.group(0)[2:-2].replace(":", " :").split() if mark else []
    known: Mapping[str, tuple[int, Iterable[str]]] = {
        "figure_unknown": (0, found.named),
        "form_unknown": (1, FORMS),
        "noun_unknown": (2, Grammar(found.language, found.mission.event).nouns),
    }
    if problem.code == "case_unknown":
        return CASES
    place, names = known.get(problem.code, (0, ()))
    return get_close_matches(words[place], names, 3, 0.5) if len(words) > place else ()


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
