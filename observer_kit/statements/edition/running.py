"""What stands on every page: running heads and feet, the watermark of a draft; with the page's own styles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from observer_kit.config import resources
from observer_kit.statements.edition.front import Say, identity, notices, say_in, title_of
from observer_kit.statements.edition.model import DRAFTS, Edition
from observer_kit.statements.papers.frame import visible
from observer_kit.statements.text.holding import HARD, held

LOGO: Final = "kit:logo"
WATERMARK: Final = "kit:watermark"


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


def page_styles(edition: Edition, say: Say, *, alone: bool) -> Markup:
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
    return held(f"{state}{name} · {say('version', version=edition.version)}{HARD}·{HARD}{identity(edition)}")


def running(edition: Edition, say: Say) -> str:
    """Give what stands at the head of every page but the first; that a draft is one, its watermark and foot say."""
    issuer = edition.mission.issued_by(edition.language)
    if issuer:
        return say("notice_running")
    said = [each.text for each in notices(edition, say) if each.kind not in DRAFTS]
    return said[0] if said else edition.mission.event_name.get(edition.language, title_of(edition))


def _quoted(text: str) -> str:
    """Write a text as a string of CSS inside HTML: nothing in it can end the string or the element."""
    return '"' + "".join(c if c.isalnum() or c in " .,:;·–()№/-" else f"\\{ord(c):06x}" for c in visible(text)) + '"'
