"""A statement as a Word file, whole or one chapter to put into a longer report: real headings, notes and tables."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from typing import Any, Final

from observer_kit.statements.edition.frame import title_of
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.walk import Block, Run, blocks
from observer_kit.statements.papers.frame import visible

_STYLES: Final = {
    "title": "Title", "event": "Subtitle", "item": "List Bullet", "numbered": "List Number", "caption": "Caption",
    "notice": "Intense Quote",
}  # fmt: skip
_LANGUAGES: Final = {"en": "en-GB", "ru": "ru-RU", "kk": "kk-KZ"}


def to_docx(edition: Edition, only: str | None = None) -> bytes:
    """Write it: the same edition gives the same bytes."""
    from docx import Document

    document = Document()
    _set_up(document, edition)
    for block in blocks(edition, only):
        _add(document, block)
    out = io.BytesIO()
    document.save(out)
    return _settled(out.getvalue())


def _set_up(document: Any, edition: Edition) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    about = document.core_properties
    moment = edition.snapshot.taken.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about.title = _storable(title_of(edition))
    about.author = _storable(edition.mission.name.get(edition.language, edition.mission.code))[:255]
    about.created = about.modified = moment
    about.last_modified_by, about.comments, about.revision = about.author, "", edition.version
    about.language = _LANGUAGES.get(edition.language, edition.language)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(22)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Noto Serif", Pt(10.5)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:cs", "w:eastAsia"):
        fonts.set(qn(script), "Noto Serif")
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): about.language})
    normal.element.get_or_add_rPr().append(language)


def _add(document: Any, block: Block) -> None:
    if block.kind == "heading":
        _fill(document.add_heading(level=max(1, min(block.level - 1, 9))), block.runs)
        return
    if block.kind == "table":
        _table(document, block)
        return
    if block.kind == "lines":
        for each in block.text.split("\t"):
            document.add_paragraph("\n\n" + "_" * 32 + "\n" + each)
        return
    _fill(document.add_paragraph(style=_STYLES.get(block.kind)), block.runs)


def _fill(paragraph: Any, runs: tuple[Run, ...]) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    for each in runs:
        run = paragraph.add_run(_storable(each.text))
        if each.manner == "strong":
            run.bold = True
        elif each.manner == "emphasis":
            run.italic = True
        elif each.manner in ("mark", "note"):
            run.font.superscript = True
        elif each.manner == "gap":
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _table(document: Any, block: Block) -> None:
    if block.runs:
        _fill(document.add_paragraph(style="Caption"), block.runs)
    rows = [*([block.head] if block.head else []), *block.rows]
    if not rows:
        return
    table = document.add_table(rows=0, cols=max(map(len, rows)), style="Table Grid")
    for place, row in enumerate(rows):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=False):
            cell.text = _storable(text)
            for run in cell.paragraphs[0].runs:
                run.bold = bool(block.head) and place == 0
    if block.head:
        _repeated(table.rows[0])
    document.add_paragraph()


def _repeated(row: Any) -> None:
    """Let Word repeat the head of a long table on every page."""
    from docx.oxml.ns import qn

    properties = row._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))


def _storable(text: str) -> str:
    """Leave out what XML can't hold."""
    return "".join(one for one in str(visible(text)) if one in "\t\n" or ord(one) >= 0x20)


def _settled(content: bytes) -> bytes:
    """Write the same parts with one fixed date: a Word file is a zip, and notes the time of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        for name in made.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            again.writestr(part, made.read(name))
    return out.getvalue()
