"""A set statement → one HTML page with its cover or letterhead, its contents and its annexes."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from observer_kit.config import resources
from observer_kit.errors import FormsInvalid
from observer_kit.statements.edition.annexes import Annex, annexes, counted_columns
from observer_kit.statements.edition.logo import kind_of
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.papers.frame import visible
from observer_kit.statements.text.agreement import HARD, Grammar, held
from observer_kit.words import words

LOGO: Final = "kit:logo"
WATERMARK: Final = "kit:watermark"
DRAFTS: Final = ("draft", "approved")
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line at the head of the first page; `kind` is reconstruction, draft, approved, corrected or withdrawn."""

    kind: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One section as the page shows it."""

    anchor: str
    number: str
    title: str
    level: int
    html: Markup
    kind: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents."""

    anchor: str
    number: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Page:
    """All that the frame's templates see."""

    language: str
    layout: str
    title: str
    event_name: str
    mission_name: str
    country: str
    dated: str
    head: Markup
    logo: str
    logo_words: str
    notices: Sequence[Notice]
    contents: Sequence[Entry]
    about: str
    sections: Sequence[Part]
    annexes: Sequence[Annex]
    notes: Sequence[tuple[int, Markup]]
    counted: Sequence[str]
    states: Sequence[str]
    reconstruction: bool


def say_in(language: str) -> Say:
    """Give the frame's sentences in one language."""
    return partial(_say, language)


def _say(language: str, key: str, **values: Any) -> str:
    return words(language)(f"edition.{key}", **values)


def render(edition: Edition, *, alone: bool = False) -> str:
    """Set the whole statement as HTML: for the press, or `alone` with its styles and pictures inside."""
    say = say_in(edition.language)
    mission, language = edition.mission, edition.language
    found = annexes(edition, say)
    parts = sections(edition)
    page = Page(
        language=language,
        layout=edition.style.layout,
        title=title_of(edition),
        event_name=mission.event_name.get(language, mission.code),
        mission_name=mission.name.get(language, mission.code),
        country=mission.country.get(language, ""),
        dated=dated(edition),
        head=_head(edition, say, alone),
        logo=_logo(edition, alone),
        logo_words=say("logo", organisation=mission.name.get(language, mission.code)),
        notices=notices(edition, say),
        contents=_contents(parts, found) if edition.style.contents else (),
        about=about(edition, say),
        sections=parts,
        annexes=found,
        notes=[(number, Markup(note)) for number, note in edition.text.notes],  # noqa: S704 -- set by this kit
        counted=counted_columns(edition),
        states=() if edition.reconstruction else ("not_applicable", "not_observed", "missing", "not_asked"),
        reconstruction=edition.reconstruction,
    )
    html: str = _templates().get_template("statement.html").render(d=page, say=say)
    return html


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(resources("templates") / "statements" / "frame"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: Any) -> Any:
    """Write a value where a template names it: what must stay together in one line does."""
    said = visible(value)
    return held(said) if type(said) is str else said


def title_of(edition: Edition) -> str:
    """Give the title on the paper: the kit's for its own styles, else the style's name."""
    try:
        return _say(edition.language, f"title_{edition.style.id.replace('-', '_')}")
    except FormsInvalid:
        return edition.style.name.get(edition.language, edition.style.id)


def moment(edition: Edition) -> str:
    """Say when the data set was frozen, in the mission's own time."""
    taken = edition.snapshot.taken.astimezone(ZoneInfo(edition.mission.zone))
    day = Grammar(edition.language, edition.mission.event).day(taken.date())
    return f"{day}, {format_time(taken, 'HH:mm', locale=edition.language)}"


def dated(edition: Edition) -> str:
    """Say the statement's day, where it has one, its version and its data set."""
    say = say_in(edition.language)
    day = edition.signed_on or _typed_day(edition)
    said = [Grammar(edition.language, edition.mission.event).day(day)] if day else []
    said += [say("version", version=edition.version), say("data_set", identity=identity(edition))]
    return " · ".join(said)


def _typed_day(edition: Edition) -> date | None:
    """Give the day that the mission's own facts name for the signing; a draft has no other."""
    value = edition.mission.facts.get("signed_on", {}).get("value")
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def identity(edition: Edition) -> str:
    """Give the data set's short name, as running feet and pages show it."""
    return edition.snapshot.identity[:12]


def notices(edition: Edition, say: Say) -> list[Notice]:
    """Give what the first page must say before anything else."""
    found = []
    if edition.state == "corrected":
        said = say("corrected_notice", version=edition.version, replaces=edition.replaces or edition.version - 1)
        found.append(Notice("corrected", said, say("reason", reason=edition.reason) if edition.reason else ""))
    elif edition.state == "withdrawn":
        said = say("withdrawn_notice", replaces=edition.replaces or edition.version - 1)
        found.append(Notice("withdrawn", said, say("reason", reason=edition.reason) if edition.reason else ""))
    elif edition.state in DRAFTS:
        key = f"{edition.state}_notice"
        found.append(Notice(edition.state, say(key, moment=moment(edition))))
    issuer = edition.mission.issued_by(edition.language)
    if issuer:
        found.append(Notice("reconstruction", say("notice", issuer=issuer), say("reconstruction", issuer=issuer)))
    return found


def about(edition: Edition, say: Say) -> str:
    """Say in three sentences what the raised numbers are and what the shares describe."""
    letters = say("letters").split()
    first, second = (say("annex", letter=letter) for letter in letters[:2])
    plain = "_counts" if edition.style.shares == "counts" else ""
    how = say(f"about_purposive{plain}") if edition.mission.sample == "purposive" else say("about_random", annex=second)
    if edition.style.shares == "counts":
        return f"{say('about_marks', annex=first)} {how}"
    return f"{say('about_marks', annex=first)} {how} {say('about_states')}"


def sections(edition: Edition) -> list[Part]:
    """Give the sections to print; what is still to be written stands in a draft's own text."""
    return [
        Part(f"s-{each.id}", each.number, each.title, each.level, Markup(each.html), each.kind)  # noqa: S704
        for each in edition.text.sections
        if each.title or not each.empty or each.kind == "signature"
    ]


def _contents(parts: Sequence[Part], found: Sequence[Annex]) -> list[Entry]:
    titled = [Entry(part.anchor, part.number, part.title, part.level) for part in parts if part.title]
    return [*titled, *(Entry(f"annex-{each.kind}", "", each.title, 2) for each in found)]


def _logo(edition: Edition, alone: bool) -> str:
    if edition.logo is None:
        return ""
    kind = kind_of(edition.logo)
    return f"data:{kind};base64,{base64.b64encode(edition.logo).decode()}" if alone else LOGO


def pictures(edition: Edition) -> Mapping[str, bytes]:
    """Give the pictures that the page names: the mission's logo, and a draft's watermark."""
    found = {} if edition.logo is None else {LOGO.partition(":")[2]: edition.logo}
    if edition.state in DRAFTS:
        found[WATERMARK.partition(":")[2]] = _watermark(say_in(edition.language)("draft"))
    return found


def _watermark(word: str) -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297" width="210mm" height="297mm">'
        '<text x="105" y="160" font-family="Noto Sans" font-weight="700" font-size="44" text-anchor="middle" '
        f'fill="#f3f0e8" transform="rotate(-52 105 150)">{word}</text></svg>'
    ).encode()


def _head(edition: Edition, say: Say, alone: bool) -> Markup:
    """Give the page's own styles: what depends on the language, or, for a page that stands alone, all of them."""
    if alone:
        sheets = "\n".join((resources("static") / "print" / f"{name}.css").read_text("utf-8") for name in _ALONE)
        return Markup("<style>{}</style>").format(Markup(sheets))  # noqa: S704 -- the kit's own files
    counters = {"<page>": "counter(page)", "<pages>": "counter(pages)"}
    pieces = re.split(r"(<\w+>)", say("page", page="<page>", pages="<pages>"))
    content = " ".join(counters.get(piece) or _quoted(piece) for piece in pieces if piece)
    rules = [f"@bottom-right {{ content: {content} }}"]
    rules.append(f"@bottom-left {{ content: {_quoted(foot(edition, say))} }}")
    rules.append(f"@top-right {{ content: {_quoted(running(edition, say))} }}")
    marked = f"background: url({WATERMARK}) no-repeat 0 0;" if edition.state in DRAFTS else ""
    style = f"@page {{ {marked} {' '.join(rules)} }}"
    return Markup("<style>{}</style>").format(Markup(style))  # noqa: S704 -- every text in it is quoted


_ALONE: Final = ("variables", "style", "screen")


def foot(edition: Edition, say: Say) -> str:
    """Give what stands at the foot of every page, before its number."""
    name = edition.mission.name.get(edition.language, edition.mission.code)
    state = f"{say('draft')} · " if edition.state in DRAFTS else ""
    return f"{state}{name} · {say('version', version=edition.version)}{HARD}·{HARD}{identity(edition)}"


def running(edition: Edition, say: Say) -> str:
    """Give what stands at the head of every page but the first; that a draft is one, its watermark and foot say."""
    issuer = edition.mission.issued_by(edition.language)
    if issuer:
        return say("notice", issuer=issuer)
    said = [each.text for each in notices(edition, say) if each.kind not in DRAFTS]
    return said[0] if said else edition.mission.event_name.get(edition.language, title_of(edition))


def _quoted(text: str) -> str:
    """Write a text as a string of CSS inside HTML: nothing in it can end the string or the element."""
    return '"' + "".join(c if c.isalnum() or c in " .,:;·–()№/-" else f"\\{ord(c):06x}" for c in visible(text)) + '"'
