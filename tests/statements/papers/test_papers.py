"""The papers of the day as PDF: tagged, in their language, safe with any text, and no longer than they may be."""

import io
import re
import threading

import pdfua
import pytest
from pypdf import PdfReader

from observer_kit.statements.papers import briefing, calls, deployment, enrolment, incidents, submission
from observer_kit.statements.papers import checklist as form
from observer_kit.statements.papers.frame import say, visible
from observer_kit.statements.press import PaperNotMade, press
from tests.builders import checklist, question
from tests.statements.papers import told

LANGUAGES = ("en", "ru", "kk")
FORM = checklist(
    question("sealed"), question("rated", "rating", ("good", "bad")), question("queue", "integer"),
    question("members", "integer", repeat="members"), question("arrival", "datetime"), question("remarks", "text"),
    question("seen"), version="a" * 64,
)  # fmt: skip
MARKS = {
    "sealed": form.Mark("answered", frozenset({"no"}), "No", comment="two seals were open"),
    "rated": form.Mark("not_observed"), "queue": form.Mark("problem", words="many"),
    "members[9]": form.Mark("answered", words="77"), "arrival": form.Mark("answered", words="03.04.2011, 09:00"),
    "remarks": form.Mark("answered", words="crowded at noon"), "seen": form.Mark("missing"),
}  # fmt: skip
PAPERS = {
    "briefing": lambda language: briefing.paper(told.EMPTY, language),
    "digest": lambda language: incidents.paper(told.digest(2), language),
    "submission": lambda language: submission.paper(told.one_submission(), language),
    "blank form": lambda language: form.paper(FORM, language),
    "filled form": lambda language: form.paper(FORM, language, MARKS, number="12345678"),
    "calls": lambda language: calls.paper("Mission", told.call_rows(2), language, at="10:00"),
    "deployment": lambda language: deployment.paper(told.plan(2), language),
    "enrolment": lambda language: enrolment.paper("Mission", told.sheets(2), language),
}


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_is_tagged_titled_in_its_language_and_numbered(name, language, tmp_path):
    pdf = PAPERS[name](language).pdf()
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.metadata.title
    fonts = {str(each) for page in reader.pages for each in page["/Resources"]["/Font"].values()}
    assert fonts
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    assert [each.message for each in pdfua.validate(str(file)).findings] == []
    for place, words in enumerate(pages(pdf), 1):
        assert f"{place} / {len(reader.pages)}" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_briefing_is_one_page_however_much_there_is_and_says_what_it_leaves_out(language):
    [page] = pages(briefing.paper(told.full_briefing(30), language).pdf())
    assert "the last thing not known" in page
    rest = say(language, "paper", "briefing_other_regions", n=0).rpartition(":")[0]
    regions = re.search(rf"{rest}: (\d+)", page)
    assert regions
    assert int(regions[1]) > 0


def test_the_briefing_shows_all_there_is_where_there_is_room():
    [page] = pages(briefing.paper(told.full_briefing(2, "Aktau "), "en").pdf())
    assert "Other regions" not in page
    assert page.count("10 %") == 2


def test_a_briefing_of_nothing_says_so_and_prints_no_zero_as_a_finding():
    [page] = pages(briefing.paper(told.EMPTY, "en").pdf())
    for said in ("No share can be given", "No incident is open", "No results protocol has come", "Nothing has come"):
        assert said in page
    assert "Not known: nothing says from whom" in page
    assert "0 %" not in page


def test_a_table_over_many_pages_repeats_its_head():
    found = pages(calls.paper("Mission", told.call_rows(40), "en", at="10:00").pdf())
    assert len(found) > 3
    head = say("en", "chase", "col_owed")
    assert all(head in page for page in found)


def test_every_team_begins_a_page_and_a_reader_without_the_right_sees_no_number():
    found = pages(deployment.paper(told.plan(3), "en").pdf())
    assert [re.search(r"Team \d (T\d\d)", page)[1] for page in found] == ["T00", "T01", "T02"]
    assert all("+7 701" in page for page in found)
    hidden = told.plan(1)
    team = deployment.TeamPlan("T00", "Team", "Region", None, hidden.teams[0].days)
    bare = deployment.Deployment("M", "O", "10:00", (team,), ())
    assert "telephone" not in deployment.render_html(bare, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_teams_phones_are_on_one_page(language):
    found = pages(enrolment.paper("Mission", told.sheets(2), language, notice="Reconstruction").pdf())
    assert [re.search(r"T\d\d", page)[0] for page in found] == ["T00", "T01"]


def test_every_incident_of_a_long_night_is_on_the_paper():
    words = " ".join(pages(incidents.paper(told.digest(120), "en").pdf()))
    assert "00000000" in words
    assert "00000119" in words


def test_twenty_thousand_words_stand_whole_after_the_answers():
    comment = " ".join(f"ә{i:x}" for i in range(20_000))
    words = " ".join(pages(submission.paper(told.one_submission(comment), "ru").pdf()))
    assert "ә4e1f" in words
    assert words.index("ә4e1f") > words.index("Длинные тексты")


def test_a_lost_photo_says_so_in_its_place_and_both_keep_their_hashes():
    made = submission.paper(told.one_submission(), "en")
    assert list(made.pictures) == [told.HASH]
    words = "".join(pages(made.pdf())).replace(" ", "")
    assert "Thephotoislost." in words
    assert told.HASH in words
    assert told.LOST in words


def test_what_turns_a_line_or_begins_a_script_is_shown_and_does_nothing():
    name = "\u202egpj.exe\u2066 <script>alert(1)</script> \x07"
    html = submission.render_html(told.one_submission(name=name), "en")
    assert "<script" not in html
    assert "[U+202E]gpj.exe[U+2066] &lt;script&gt;" in html
    assert not any(code in html for code in "\u202e\u2066\x07")
    assert visible("half a letter \ud83d") == "half a letter [U+D83D]"
    assert visible("қазақ – қ\u00a0№") == "қазақ – қ\u00a0№"


def test_a_filled_form_marks_what_was_said_and_tells_a_blank_from_an_answer():
    html = form.render_html(FORM, "en", MARKS)
    rows = {row.partition("</td>")[0]: row for row in html.split('<td class="no">')[1:]}
    ticks = re.findall(r'<i class="tick">(×?)</i>', rows["1"])
    assert ticks[:2] == ["", "×"]
    assert "<b>1</b> two seals were open" in html.replace("<b>1</b>  ", "<b>1</b> ")
    assert "×" in rows["2"]
    assert "unreadable: «many»" in rows["3"]
    assert '10 <i class="digits">77</i>' in rows["4"]
    assert "03.04.2011, 09:00" in rows["5"]
    assert "crowded at noon" in rows["6"]
    assert "no answer" in rows["7"]
    assert form.code_of(FORM, "m", "n1").endswith(":n1")
    blank = form.render_html(FORM, "en")
    assert "×" not in blank
    assert "no answer" not in blank


def test_a_paper_is_set_in_a_process_of_its_own_and_given_up_when_it_takes_too_long(monkeypatch):
    made = calls.paper("Mission", told.call_rows(1), "en", at="10:00")
    assert pages(made.pressed()) == pages(made.pdf())
    with pytest.raises(PaperNotMade):
        press(made.drafts, "there is no such style.css")
    monkeypatch.setattr("observer_kit.statements.press._queue", threading.Semaphore(0))
    with pytest.raises(PaperNotMade, match="too many"):
        made.pressed()
    monkeypatch.undo()
    with pytest.raises(PaperNotMade, match="within 0 seconds"):
        press(made.drafts, *made.stylesheets, patience=0.01)
