"""The same statement as a page, a Word file and plain text."""

import io
import re
import zipfile
from functools import cache

import pytest
from docx import Document
from lxml import etree
from lxml import html as lxml_html
from PIL import Image

from observer_kit.errors import NotFound
from observer_kit.statements.edition.build import build
from observer_kit.statements.edition.model import KindUnknown
from observer_kit.words import words
from tests.statements.edition.editions import TITLES, edition

LANGUAGES = ("en", "ru", "kk")


@cache
def made(kind, language="en", **more):
    return build(edition(language, notes="end", words="The day was calm.", key=None, **more), kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_alone(language):
    page = lxml_html.fromstring(made("html", language))
    assert page.get("lang") == language
    addresses = [*page.xpath("//@src"), *page.xpath("//link/@href"), *page.xpath("//@href")]
    assert [each for each in addresses if not str(each).startswith(("#", "data:"))] == []
    assert "url(" not in page.findtext(".//style")
    targets = {str(each) for each in page.xpath("//@id")}
    assert {str(each)[1:] for each in page.xpath("//a/@href")} <= targets
    assert page.xpath("//svg")
    assert page.xpath("//table[contains(@class, 'figures')]")
    assert not page.xpath("//script")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_file_has_headings_marks_lists_tables_and_notes(language):
    document = Document(io.BytesIO(made("docx", language)))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "Caption"} <= styles
    links = document.element.xpath("//w:hyperlink[w:r/w:rPr/w:rStyle[@w:val='Figurenumber']]")
    places = {str(each) for each in document.element.xpath("//w:tbl//w:bookmarkStart/@w:name")}
    assert {each.xpath("string(.)") for each in links} == {"[1]", "[2]", "[3]", "[4]"}
    assert {str(each) for each in document.element.xpath("//w:hyperlink/@w:anchor")} <= places
    assert document.core_properties.title == TITLES[language]
    assert len(document.tables) >= 3
    assert "60" in "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert document.tables[0].rows[0].cells[0].text


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_is_a_picture_with_its_words_its_caption_and_the_table_behind_it(language):
    content = made("docx", language)
    document = Document(io.BytesIO(content))
    (shape,) = document.inline_shapes
    assert shape.width.mm == pytest.approx(158, abs=0.1)
    assert "Strangers present: 15" in shape._inline.docPr.get("descr")
    body = list(document.element.body)
    at = body.index(next(each for each in body if each.xpath(".//w:drawing")))
    assert body[at - 1].pPr.pStyle.val == "Caption"
    assert [cell.text for cell in document.tables[0].rows[0].cells][:2] == ["Strangers present", "15"]
    assert document.tables[0]._tbl is body[at + 1]
    with Image.open(io.BytesIO(next(data for name, data in parts_of(content).items() if name.endswith(".png")))) as png:
        assert abs(png.width - 158 / 25.4 * 200) < 50  # some 200 dots to the inch
        assert png.convert("L").getextrema() == (pytest.approx(30, abs=30), 255)
        assert len(png.convert("RGB").getcolors(1 << 20)) > 20


def test_a_footnote_is_words_own_and_stands_where_it_is_called():
    parts = parts_of(made("docx"))
    notes = etree.fromstring(parts["word/footnotes.xml"])
    space = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    document = etree.fromstring(parts["word/document.xml"])
    called = document.xpath("//w:footnoteReference/@w:id", namespaces=space)
    assert called == ["1"]
    (note,) = notes.xpath("//w:footnote[@w:id='1']", namespaces=space)
    assert "".join(note.itertext()).strip() == "As observers wrote them down."
    assert b"footnotes.xml" in parts["word/_rels/document.xml.rels"]
    assert b'PartName="/word/footnotes.xml"' in parts["[Content_Types].xml"]
    styles = etree.fromstring(parts["word/styles.xml"])
    named = set(styles.xpath("//w:style/w:name/@w:val", namespaces=space))
    assert {"heading 1", "heading 2", "caption", "footnote text", "footnote reference"} <= named
    known = set(styles.xpath("//w:style/@w:styleId", namespaces=space))
    for part in (document, notes):
        used = part.xpath("//w:pStyle/@w:val | //w:rStyle/@w:val | //w:tblStyle/@w:val", namespaces=space)
        assert set(used) <= known


def test_one_chapter_goes_into_a_longer_report_by_itself():
    document = Document(io.BytesIO(build(edition(notes="end", key=None), "docx", only="voting")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "1. Voting" in text
    assert "1.1. What was seen" in text  # with what stands below it
    assert "Presidential election" not in text
    chart, figures = document.tables
    assert [row.cells[0].text for row in figures.rows][1:] == ["1", "2", "3", "4"]  # its own, and no annex beside them
    content = build(edition(notes="end", key=None, words="The day was calm."), "docx", only="verdict")
    assert "word/footnotes.xml" not in parts_of(content)
    with pytest.raises(NotFound, match="no section 'media'; there are voting"):
        build(edition(key=None), "docx", only="media")


def test_a_word_file_holds_no_time_of_day():
    content = made("docx")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert made.__wrapped__("docx") == content


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "Observers followed voting in 60 polling stations visited[1]."),
    ("ru", "Наблюдатели следили за голосованием на 60 посещенных участках[1]."),
    ("kk", "Байқаушылар дауыс беруді байқаушылар барған 60 учаскеде[1] қадағалады."),
])  # fmt: skip
def test_plain_text_keeps_every_sentence_its_marks_and_its_bases(language, sentence):
    text = made("txt", language).decode()
    assert sentence in " ".join(text.split())
    assert not re.search(r"<\w|&\w+;|\[\[", text)
    assert max(map(len, text.splitlines())) <= 92
    assert "50 | 60 | 83" in text
    assert f"[{words(language)('edition.note', number='1')}]" in text
    told = " ".join(text.split())
    for key, values in (("certainty_seen", {}), ("only_region", {"name": "Akmola"})):
        assert words(language)(f"edition.{key}", **values) in told  # how sure a figure is, and what it leaves out
    assert "Strangers present | 15" in text  # the chart's own table
    assert not re.search(r"\u00a0(?!\d)|(?<!\d)\u00a0", text)  # no-break spaces within numbers alone


def test_a_kind_that_there_is_not_is_refused_with_a_code():
    with pytest.raises(KindUnknown, match="'odt' is not one of pdf, html, docx, txt"):
        build(edition(), "odt")
