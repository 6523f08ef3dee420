"""The same statement as a page, a Word file and plain text."""

import io
import re
import zipfile

import pytest
from docx import Document
from lxml import html as lxml_html

from observer_kit.errors import NotFound
from observer_kit.statements.edition.build import build
from observer_kit.statements.edition.model import KindUnknown
from tests.statements.edition.editions import TITLES, edition

LANGUAGES = ("en", "ru", "kk")


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
    raised = [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.font.superscript]
    assert {"1", "2", "3", "4"} <= set(raised)
    assert document.core_properties.title == TITLES[language]
    assert len(document.tables) >= 3
    assert "60" in "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert document.tables[0].rows[0].cells[0].text


def test_one_chapter_goes_into_a_longer_report_by_itself():
    document = Document(io.BytesIO(build(edition(notes="end", key=None), "docx", only="voting")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "1. Voting" in text
    assert "1.1. What was seen" in text  # with what stands below it
    assert "Presidential election" not in text
    assert not document.tables
    with pytest.raises(NotFound, match="no section 'media'; there are voting"):
        build(edition(key=None), "docx", only="media")


def test_a_word_file_holds_no_time_of_day():
    content = made("docx")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert made("docx") == content


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


def test_a_kind_that_there_is_not_is_refused_with_a_code():
    with pytest.raises(KindUnknown, match="'odt' is not one of pdf, html, docx, txt"):
        build(edition(), "odt")
