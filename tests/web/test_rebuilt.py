"""A mission rebuilt from published figures says so everywhere, and marks what no source prints."""

import csv
import io
import re

import pytest

from tests.web.conftest import Browser

NOTICE = "Reconstruction from published figures; not issued by OSCE/ODIHR"
PAGES = (
    "/desk/r-1/", "/desk/r-1/questions/voting", "/desk/r-1/questions/voting/vo_stuffing", "/desk/r-1/submissions",
    "/desk/r-1/protocols", "/desk/r-1/incidents", "/desk/r-1/diary", "/desk/r-1/teams", "/office/r-1/",
    "/office/r-1/statements", "/admin/", "/",
)  # fmt: skip


@pytest.fixture
def reports(rebuilt):
    rebuilt.send({"vo_stuffing": "yes", "vo_overall": "bad", "vo_boxes_sealed": "no"})
    return rebuilt.send({"vo_stuffing": "no", "vo_overall": "good"}, location="R-2", team="T02")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_a_rebuilt_mission_carries_the_notice(admin, reports, address):
    assert NOTICE in admin.get(address).text


def test_a_submission_s_page_carries_it_too(admin, reports):
    assert NOTICE in admin.get(f"/desk/r-1/submissions/{reports[0]}").text


def test_even_an_error_page_within_the_mission_carries_it(admin):
    answer = admin.get("/desk/r-1/submissions/nothing")
    assert answer.status_code == 404
    assert NOTICE in answer.text


@pytest.mark.parametrize("address", [page.replace("r-1", "m-1") for page in PAGES if "r-1" in page])
def test_a_mission_that_was_observed_does_not(admin, sender, address):
    sender.send({"vo_stuffing": "yes"})
    page = admin.get(address).text
    assert "Reconstruction" not in page
    assert "°" not in page


def row_of(page, name):
    return re.search(rf"{name}\?</a>.*?</tr>", page, re.DOTALL)[0]


def marks(row):
    """Give the numbers of a row's cells that are marked as made up."""
    cells = re.findall(r'<td class="n[^>]*>(.*?)</td>', row, re.DOTALL)
    return ["made-up" in cell for cell in cells]


def test_a_share_that_a_source_prints_is_not_marked(admin, reports):
    row = row_of(admin.get("/desk/r-1/questions/voting").text, "vo_stuffing")
    assert marks(row) == [False, False, False, False, False, False]
    assert "made-up" not in re.search(r'<span class="share">.*?</span>', row)[0]


def test_a_number_printed_of_all_reports_says_nothing_of_the_share_among_answers(admin, reports):
    row = row_of(admin.get("/desk/r-1/questions/voting").text, "vo_overall")
    cases, base = marks(row)[:2]
    assert (cases, base) == (False, True)
    assert "made-up" in re.search(r'<span class="share">.*?</span>', row)[0]


def test_the_split_of_a_printed_share_is_marked(admin, reports):
    row = row_of(admin.get("/desk/r-1/questions/voting").text, "vo_overall")
    answers = re.search(r'<span class="answers">.*?</span>\s*</th>', row, re.DOTALL)[0]
    assert answers.count("made-up") == 2


def test_a_question_that_no_figure_counts_is_marked_whole(admin, reports):
    page = admin.get("/desk/r-1/questions/voting").text
    assert all(marks(row_of(page, "vo_boxes_sealed")))
    assert "made up for the rebuild: no source prints this number" in page


@pytest.mark.parametrize("where", ["region=A", "team=T01", "hour=9", "review=received"])
def test_under_a_filter_that_no_figure_has_everything_is_marked(admin, reports, where):
    page = admin.get(f"/desk/r-1/questions/voting?{where}").text
    assert all(marks(row_of(page, "vo_overall")))


def test_the_export_says_so_on_every_line(admin, reports):
    answer = admin.get("/desk/r-1/questions/voting.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert all(NOTICE in row["reconstruction"] for row in rows)
    notes = {(row["question"], row["answer"]): row["note"] for row in rows}
    assert notes["vo_stuffing", "yes"] == ""
    assert notes["vo_boxes_sealed", "no"] == "made up for the rebuild"
    assert "reconstruction-" in answer.headers["Content-Disposition"]


def test_the_notice_is_said_in_the_page_s_language(app, reports):
    browser = Browser(app.test_client())
    browser.sign_in("admin")
    for language, words in (("ru", "OSCE/ODIHR"), ("kk", "OSCE/ODIHR")):
        browser.get(f"/language/{language}")
        page = browser.get("/desk/r-1/").text
        notice = re.search(r'<p class="reconstruction"[^>]*>(.*?)</p>', page)[1]
        assert words in notice
        assert "Reconstruction" not in notice
