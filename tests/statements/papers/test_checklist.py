"""The checklist on paper: every question, in each language, with its code."""

import io

import pytest
from pypdf import PdfReader

from observer_kit.statements.papers.checklist import code_of, render_html, render_pdf
from tests.builders import checklist, question

FORM = checklist(
    question("sealed"),
    question("overall", "rating", ("good", "bad")),
    question("reasons", "select_multiple", ("late", "secrecy"), relevant="${overall} = 'bad'", maximum=3),
    question("queue", "integer", relevant="${overall} = 'good' or ${overall} = 'bad'"),
    question("issued", "integer", repeat="members"),
    question("arrival", "datetime"),
    question("remarks", "text"),
    version="a" * 64,
)


@pytest.mark.parametrize(
    ("language", "station"), [("en", "Polling station No."), ("ru", "Участок №"), ("kk", "Учаске №")]
)
def test_every_question_is_on_the_paper_in_each_language(language, station):
    reader = PdfReader(io.BytesIO(render_pdf(FORM, language)))
    words = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert station in words
    for each in FORM.questions():
        assert each.label[language] in words


def test_a_condition_is_said_by_question_number_and_answer():
    page = render_html(FORM, "en")
    assert "Only if 2: bad." in page
    assert "Only if 2: good / bad." in page  # the question's number once, however many of its answers count


def test_a_limit_of_choices_is_said():
    assert "at most 3" in render_html(FORM, "en")


def test_the_code_names_the_checklist_its_mission_and_version():
    assert code_of(FORM, "eom-2011") == f"observer-kit:eom-2011:voting:{'a' * 64}"


def test_what_the_desk_knows_is_filled_in_and_the_rest_is_left_to_write_on():
    html = render_html(FORM, "en", station="164", notice="Reconstruction")
    assert "<b>164</b>" in html
    assert "Reconstruction" in html
    assert "<b></b>" in html
