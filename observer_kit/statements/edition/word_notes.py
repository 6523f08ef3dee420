"""What Word has and python-docx does not write: footnotes, links within the document, lists that begin anew."""

from __future__ import annotations

from typing import Any, Final

NOTE_STYLE: Final = ("footnote text", "footnotetext")
CALL_STYLE: Final = ("footnote reference", "footnotereference")
"""Name and id, by which Word knows them for its own."""
_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


class Footnotes:
    """A document's footnotes: Word numbers them itself, in a longer report anew."""

    def __init__(self, document: Any) -> None:
        from docx.oxml import OxmlElement

        self.document = document
        self.root = OxmlElement("w:footnotes")
        for identifier, kind in ((-1, "separator"), (0, "continuationSeparator")):
            note = element("w:footnote", {"w:type": kind, "w:id": str(identifier)})
            run = element("w:r")
            run.append(element(f"w:{kind}"))
            note.append(_paragraph(run))
            self.root.append(note)

    def call(self, paragraph: Any) -> Any:
        """Call a new footnote at the end of a paragraph; gives the footnote's own paragraph, to be filled."""
        from docx.text.paragraph import Paragraph

        identifier = str(len(self.root) - 1)
        call = paragraph.add_run()
        call.style = self.document.styles[CALL_STYLE[0]]
        call._r.append(element("w:footnoteReference", {"w:id": identifier}))
        mark = element("w:r")
        manner = element("w:rPr")
        manner.append(element("w:rStyle", {"w:val": CALL_STYLE[1]}))
        mark.extend((manner, element("w:footnoteRef")))
        note = element("w:footnote", {"w:id": identifier})
        written = _paragraph(mark, NOTE_STYLE[1])
        note.append(written)
        self.root.append(note)
        found = Paragraph(written, paragraph._parent)
        found.add_run(" ")
        return found

    def close(self) -> None:
        """Put the footnotes into the document, if there are any."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.oxml import serialize_part_xml
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from docx.oxml.ns import qn

        if len(self.root) == 2:
            return
        part = self.document.part
        written = Part(PackURI("/word/footnotes.xml"), _TYPE, serialize_part_xml(self.root), part.package)
        part.relate_to(written, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = self.document.settings.element
        properties = element("w:footnotePr")
        properties.extend(element("w:footnote", {"w:id": each}) for each in ("-1", "0"))
        following = settings.find(qn("w:compat"))
        if following is None:
            settings.append(properties)
        else:
            following.addprevious(properties)


def _paragraph(run: Any, style: str = "") -> Any:
    written = element("w:p")
    if style:
        properties = element("w:pPr")
        properties.append(element("w:pStyle", {"w:val": style}))
        written.append(properties)
    written.append(run)
    return written


def element(tag: str, attributes: dict[str, str] | None = None) -> Any:
    """Make an element of Word's by its short name."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        made.set(qn(name), value)
    return made


def linked(paragraph: Any, run: Any, place: str) -> None:
    """Let a run of this paragraph lead to a place of the document."""
    link = element("w:hyperlink", {"w:anchor": place, "w:history": "1"})
    run._r.addprevious(link)
    link.append(run._r)


def marked(paragraph: Any, place: str, number: int) -> None:
    """Name a paragraph as a place that a link may lead to."""
    head = element("w:bookmarkStart", {"w:id": str(number), "w:name": place})
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, head)
    paragraph._p.append(element("w:bookmarkEnd", {"w:id": str(number)}))


def begun_anew(document: Any, style: Any) -> int:
    """Give a list of this style's kind that counts from one again."""
    numbering = document.part.numbering_part.element
    kind = style.element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(kind).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(0).add_startOverride(1)
    return int(number.numId)


def in_list(paragraph: Any, number: int) -> None:
    """Let a paragraph be an item of this list."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number
