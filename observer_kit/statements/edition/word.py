"""A statement as a Word file, whole or one chapter to put into a longer report.

Headings, captions, lists, footnotes and links are Word's own; charts are
pictures with their words for who can't see them, and the table behind each.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.walk import Block, Run, blocks, notes_of
from observer_kit.statements.edition.word_look import CELL_STYLE, MARK_STYLE, WIDTH, set_up, storable
from observer_kit.statements.edition.word_notes import Footnotes, begun_anew, element, in_list, linked, marked

_STYLES: Final = {
    "title": "Title", "event": "Subtitle", "item": "List Bullet", "numbered": "List Number", "caption": "Caption",
    "notice": "Intense Quote",
}  # fmt: skip
_NUMERIC: Final = re.compile(r"[-–\u2212+<>≥ \u00a0\d.,%·]*")
_NARROWEST, _WIDEST = 6, 44
"""Letters that a column counts for when the width of a line is shared out."""


def to_docx(edition: Edition, only: str | None = None) -> bytes:
    """Write it: the same edition gives the same bytes."""
    from docx import Document

    document = Document()
    set_up(document, edition)
    writer = _Writer(document, notes_of(edition))
    for block in blocks(edition, only):
        writer.add(block)
    writer.footnotes.close()
    out = io.BytesIO()
    document.save(out)
    return _settled(out.getvalue())


class _Writer:
    """Writes one document, block by block."""

    def __init__(self, document: Any, notes: Mapping[str, Sequence[Run]]) -> None:
        self.document = document
        self.notes = notes
        self.footnotes = Footnotes(document)
        self.list = 0
        self.places = 0

    def add(self, block: Block) -> None:
        """Write a block at the end of the document."""
        if block.kind == "heading":
            self.fill(self.document.add_heading(level=max(1, min(block.level - 1, 9))), block.runs)
        elif block.kind in ("table", "figures"):
            self.table(block)
        elif block.kind == "picture":
            self.picture(block)
        elif block.kind == "lines":
            for each in block.text.split("\t"):
                self.document.add_paragraph("\n\n" + "_" * 32 + "\n" + each)
        elif block.kind != "notes":  # they stand under their pages
            written = self.document.add_paragraph(style=_STYLES.get(block.kind))
            if block.kind == "numbered":
                self.list = begun_anew(self.document, written.style) if block.level == 1 else self.list
                in_list(written, self.list)
            self.fill(written, block.runs)

    def fill(self, paragraph: Any, runs: Sequence[Run]) -> None:
        """Write runs into a paragraph, each in its manner; a note is called where it belongs."""
        from docx.enum.text import WD_COLOR_INDEX

        for each in runs:
            if each.manner == "note":
                self.fill(self.footnotes.call(paragraph), self.notes.get(each.text, ()))
                continue
            run = paragraph.add_run(storable(f"[{each.text}]" if each.manner == "mark" else each.text))
            if each.manner == "strong":
                run.bold = True
            elif each.manner == "emphasis":
                run.italic = True
            elif each.manner == "mark":
                run.style = self.document.styles[MARK_STYLE]
                linked(paragraph, run, f"figure_{each.text}")
            elif each.manner == "gap":
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW

    def picture(self, block: Block) -> None:
        """Paint a chart as wide as a line, with its words beside it."""
        from docx.shared import Mm

        if block.picture is None:
            return
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(block.picture.png()), width=Mm(WIDTH))
        shape._inline.docPr.set("title", storable(block.picture.title))
        shape._inline.docPr.set("descr", storable(block.text))

    def table(self, block: Block) -> None:
        """Write a table whose head stands on every page, its columns as wide as their words need."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm

        if block.runs:
            self.fill(self.document.add_paragraph(style="Caption"), block.runs)
        rows = [*([block.head] if block.head else []), *block.rows]
        if not rows:
            return
        widths = _widths(rows)
        numeric = [all(_NUMERIC.fullmatch(row[place]) for row in block.rows if place < len(row))
                   for place in range(len(widths))]  # fmt: skip
        table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        for place, row in enumerate(rows):
            written = table.add_row()
            _whole(written, head=bool(block.head) and place == 0)
            for column, (cell, width) in enumerate(zip(written.cells, widths, strict=True)):
                cell.width = Mm(width)
                paragraph = cell.paragraphs[0]
                paragraph.style = self.document.styles[CELL_STYLE]
                run = paragraph.add_run(storable(row[column]) if column < len(row) else "")
                run.bold = bool(block.head) and place == 0
                if numeric[column]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if block.kind == "figures" and place >= len(rows) - len(block.rows):
                self.places += 1
                marked(written.cells[0].paragraphs[0], f"figure_{row[0]}", self.places)
        self.document.add_paragraph()


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Share a line's width among the columns by their longest words and lines, in millimetres."""
    shares = []
    for place in range(max(map(len, rows))):
        cells = [row[place] for row in rows if place < len(row)]
        longest = max((len(line) for cell in cells for line in cell.split("\n")), default=0)
        shares.append(min(max(longest, _NARROWEST), _WIDEST))
    return [round(WIDTH * share / sum(shares), 2) for share in shares]


def _whole(row: Any, *, head: bool) -> None:
    """Keep a row on one page, and let Word repeat the head of a long table on every page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit", {"w:val": "true"}))
    if head:
        properties.append(element("w:tblHeader", {"w:val": "true"}))


def _settled(content: bytes) -> bytes:
    """Write the same parts with one fixed date: a Word file is a zip, and notes the time of day."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        for name in made.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            again.writestr(part, made.read(name))
    return out.getvalue()
