"""How a statement looks in Word: its page, and Word's own styles: a chapter takes on those of another report."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final

from observer_kit.statements.edition.front import say_in, title_of
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.running import foot, running
from observer_kit.statements.edition.word_notes import CALL_STYLE, NOTE_STYLE, element
from observer_kit.statements.papers.frame import visible

WIDTH: Final = 158
"""Millimetres of a line of text."""
CELL_STYLE: Final = "Table text"
MARK_STYLE: Final = "Figure number"
_SERIF, _SANS = "Noto Serif", "Noto Sans"
_LANGUAGES: Final = {"en": "en-GB", "ru": "ru-RU", "kk": "kk-KZ"}
_HEADINGS: Final = {"Title": 22, "Subtitle": 13, "Heading 1": 15, "Heading 2": 12.5, "Heading 3": 11, "Heading 4": 10.5}


def set_up(document: Any, edition: Edition) -> None:
    """Say what the file is, and lay out its page and its styles."""
    language = _LANGUAGES.get(edition.language, edition.language)
    about = document.core_properties
    about.title = storable(title_of(edition))
    about.author = storable(edition.mission.name.get(edition.language, edition.mission.code))[:255]
    about.created = about.modified = edition.snapshot.taken.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about.last_modified_by, about.comments, about.revision = about.author, "", edition.version
    about.language = language
    _page(document, edition)
    _styles(document, language)


def _page(document: Any, edition: Edition) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(210 - WIDTH - 22), Mm(22)
    section.top_margin = section.bottom_margin = Mm(22)
    say = say_in(edition.language)
    section.header.paragraphs[0].text = storable(running(edition, say))
    below = section.footer.paragraphs[0]
    below.add_run(f"{storable(foot(edition, say))} · ")
    field = element("w:fldSimple", {"w:instr": "PAGE"})
    run = element("w:r")
    shown = element("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    below._p.append(field)


def _styles(document: Any, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles = document.styles
    ink, soft = RGBColor(0x1B, 0x1F, 0x23), RGBColor(0x5B, 0x61, 0x69)
    _font(styles["Normal"], _SERIF, 10.5)
    properties = styles["Normal"].element.get_or_add_rPr()
    properties.append(element("w:lang", {"w:val": language, "w:eastAsia": language}))
    for name, size in _HEADINGS.items():
        _font(styles[name], _SANS, size)
        styles[name].font.color.rgb = ink
        styles[name].font.italic = False
        styles[name].font.bold = name != "Subtitle"
    border = styles["Title"].element.pPr.find(element("w:pBdr").tag)
    if border is not None:
        styles["Title"].element.pPr.remove(border)
    _font(styles["Caption"], _SANS, 8.5)
    styles["Caption"].font.color.rgb = ink
    styles["Caption"].font.bold = False
    styles["Caption"].paragraph_format.keep_with_next = True
    _font(styles["Intense Quote"], _SANS, 9.5)
    styles["Intense Quote"].font.color.rgb = ink
    for name in ("Header", "Footer"):
        _font(styles[name], _SANS, 8)
        styles[name].font.color.rgb = soft
    for name in (NOTE_STYLE[0], CELL_STYLE):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name != CELL_STYLE)
        style.base_style = styles["Normal"]
        style.font.size = Pt(8.5)
        style.paragraph_format.space_after = Pt(0)
    for name in (CALL_STYLE[0], MARK_STYLE):
        styles.add_style(name, WD_STYLE_TYPE.CHARACTER, builtin=name != MARK_STYLE).font.superscript = True
    _font(styles[CELL_STYLE], _SANS, 8.5)
    styles[MARK_STYLE].font.color.rgb = RGBColor(0x0B, 0x55, 0x63)


def _font(style: Any, name: str, size: float) -> None:
    """Give a style its font for every script; the theme's goes before any other and must go."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = name, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)


def storable(text: str) -> str:
    """Leave out what XML can't hold."""
    return "".join(one for one in str(visible(text)) if one in "\t\n" or ord(one) >= 0x20)
