"""An edition → its file: PDF, standalone HTML, Word, or plain text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from importlib.metadata import version
from typing import Final
from zoneinfo import ZoneInfo

from observer_kit.config import resources
from observer_kit.statements.edition import archival, attached, frame, front, running, signature
from observer_kit.statements.edition.beside import Told
from observer_kit.statements.edition.model import KINDS, Edition, FontMissing, KindUnknown
from observer_kit.statements.edition.pages import Page
from observer_kit.statements.edition.printed import marks_of
from observer_kit.statements.pdf import render_pdf
from observer_kit.statements.press import press

SHEETS: Final = ("variables.css", "page.css", "style.css")
VARIANT: Final = "pdf/a-3a"
FONTS: Final = (
    "NotoSans_400Regular", "NotoSans_600SemiBold", "NotoSans_700Bold",
    "NotoSerif_400Regular", "NotoSerif_400Regular_Italic", "NotoSerif_600SemiBold",
)  # fmt: skip


def build(edition: Edition, kind: str = "pdf", *, only: str | None = None, apart: bool = False) -> bytes:
    """Make the statement's file; `only` keeps one section and those below it (for Word and plain text).

    `apart` sets the pages in a process of their own, as a server does.
    Raises KindUnknown, FontMissing; NotFound for a section that the statement has not.
    """
    if kind == "pdf":
        return to_pdf(edition, apart=apart)
    if kind == "html":
        return frame.render(edition, alone=True).encode()
    if kind == "docx":
        from observer_kit.statements.edition.word import to_docx

        return to_docx(edition, only)
    if kind == "txt":
        from observer_kit.statements.edition.plain import to_text

        return to_text(edition, only).encode()
    raise KindUnknown(f"{kind!r} is not one of {', '.join(KINDS)}")


def to_pdf(edition: Edition, *, apart: bool = False) -> bytes:
    """Set, finish and sign the PDF: the same edition and key give the same bytes."""
    fonts_there()
    html = frame.render(edition)
    pictures = running.pictures(edition)
    if apart:
        pages = press([html], *SHEETS, variant=VARIANT, pictures=pictures)
    else:
        pages = render_pdf(html, *SHEETS, variant=VARIANT, pictures=pictures)
    return finished(edition, html, pages)


def finished(edition: Edition, html: str, pages: bytes) -> bytes:
    """Attach, describe and sign what WeasyPrint has set."""
    say = front.say_in(edition.language)
    content = {attached.FIGURES: attached.figures_csv(edition)}
    rows = attached.rows_json(edition)
    if rows is not None:
        content[attached.ROWS] = rows

    def files(read: list[Page], told: Told) -> list[archival.File]:
        listed = attached.manifest(edition, content, read, told, marks_of(html))
        return attached.files(edition, say, content, listed)

    about = _about(edition)
    field = say("signature_field") if edition.key else ""
    pdf, identifier = archival.finish(pages, about, files, link=say("link"), field=field)
    if edition.key is None:
        return pdf
    return signature.sign(pdf, edition.key, about.moment, about.author, identifier)


def _about(edition: Edition) -> archival.About:
    mission, language = edition.mission, edition.language
    title = front.title_of(edition)
    event = mission.event_name.get(language, mission.code)
    return archival.About(
        title=f"{title}: {event}",
        author=mission.name.get(language, mission.code),
        subject=f"{event}. {front.dated(edition)}",
        language=language,
        moment=_moment(edition),
        generator=f"Observer Kit {version('observer-kit')}",
        producer=f"WeasyPrint {version('weasyprint')}",
    )


def _moment(edition: Edition) -> datetime:
    """Give the one time that stands in the file: that of the data set, or the day of signing if that is later."""
    taken = edition.snapshot.taken
    if edition.signed_on is None:
        return taken
    signed = datetime.combine(edition.signed_on, time(12), ZoneInfo(edition.mission.zone))
    return max(taken, signed).astimezone(UTC)


def fonts_there() -> None:
    """Raise FontMissing where a font of the paper is not there: another would be taken without a word."""
    folder = resources("static") / "vendor" / "fonts"
    missing = [name for name in FONTS if not (folder / f"{name}.ttf").is_file()]
    if missing:
        raise FontMissing(f"{missing[0]}.ttf is missing; `make build` fetches the fonts", place=str(folder))


def suffix_of(kind: str) -> Mapping[str, str]:
    """Give a kind's media type and how its file's name ends."""
    types = {
        "pdf": "application/pdf", "html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }  # fmt: skip
    if kind not in types:
        raise KindUnknown(f"{kind!r} is not one of {', '.join(KINDS)}")
    return {"type": types[kind], "suffix": kind}
