"""The office: figures with their bases and the way behind them, and PDFs given out by name only."""

import html
import re
from dataclasses import replace

import pytest

from observer_kit.web.office.chips import chips, made_of
from observer_kit.web.speech import speaking
from tests.statements.draft import small
from tests.web.conftest import mission
from tests.web.test_desk import ids_on


@pytest.fixture
def reports(sender):
    sender.send({"vo_stuffing": "yes", "vo_overall": "bad"})
    sender.send({"vo_stuffing": "no", "vo_overall": "very_bad"})
    return sender.send({"vo_stuffing": "not_observed", "vo_overall": "good"}, location="R-2", team="T02")


def figure(page, id):
    return re.search(rf"<code class=\"soft\">{id}</code>.*?</tr>", page, re.DOTALL)[0]


def test_a_figure_shows_number_base_and_non_answers(staff, reports):
    row = figure(staff.get("/office/m-1/").text, "f_stuffing")
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
    assert cells == ["1", "2", "1 of 2", "reports", "0", "1", "0", "0"]  # no per cent on so small a base


@pytest.mark.parametrize(("id", "number"), [("f_stuffing", 1), ("f_negative", 2), ("f_reports", 3)])
def test_a_figure_leads_to_exactly_the_submissions_it_counts(staff, reports, id, number):
    row = figure(staff.get("/office/m-1/").text, id)
    address = html.unescape(re.search(r'href="([^"]+)"', row)[1])
    assert len(ids_on(staff.get(address).text)) == number


def test_in_a_rebuild_a_chip_marks_what_no_source_prints(app):
    share = small.figure("negative", 1285, 1428)
    counted = [replace(share, definition=replace(share.definition, shows=each)) for each in ("number", "percent")]
    silent = replace(share, definition=replace(share.definition, printed=False))
    rebuilt, own = mission("r-1", reconstruction="OSCE/ODIHR"), mission("m-1")
    with app.test_request_context(), speaking("en"):
        assert [made_of(each, rebuilt) for each in (*counted, silent)] == [
            "1,285/1,428",
            "1,285°/1,428°",
            "1,285°/1,428°",
        ]
        assert [made_of(each, own) for each in (*counted, silent)] == ["1,285/1,428"] * 3
        shown = chips(
            '<sup class="mark"><a href="#figure-1" class="apart">1</a></sup>',
            {"negative": 1},
            {"negative": counted[1]},
            rebuilt,
        )
    assert "1,285°/1,428°</a>" in shown
    assert "made up for the rebuild" in shown


def test_a_figure_that_nothing_can_answer_is_a_visible_gap(staff, reports):
    row = figure(staff.get("/office/m-1/").text, "f_gap")
    assert "gap" in row
    assert ">0<" not in row


def test_a_figure_from_the_diary_is_counted_and_leads_there(staff, reports):
    row = figure(staff.get("/office/m-1/").text, "f_meetings")
    assert "<b>3</b>" in row
    assert "/desk/m-1/diary" in row


def test_a_statement_is_built_listed_recorded_and_given_out(staff, reports, config, store):
    from observer_kit.storage import chain

    page = "/office/m-1/statements"
    answer = staff.post(page, {"paper": "odihr-preliminary/en"}, page=page)
    assert answer.status_code == 303
    name = re.search(r'/office/m-1/statements/([^"]+\.pdf)', staff.get(page).text)[1]
    with staff.get(f"{page}/{name}") as given:
        assert given.data.startswith(b"%PDF-")
        assert given.headers["Cache-Control"] == "no-store"
    with store.reading() as tx:
        assert [link.subject for link in chain.links(tx, kind="export", mission="m-1")] == [name]


def test_a_style_that_does_not_exist_builds_nothing(staff, config):
    page = "/office/m-1/statements"
    assert staff.post(page, {"paper": "../../etc/en"}, page=page).status_code == 404
    assert not list(config.exports.glob("**/*.pdf"))


@pytest.fixture
def shelf(config):
    config.exports.mkdir(parents=True)
    for name in ("m-1-odihr-en.pdf", "m-1-odihr-ru.pdf", "r-1-odihr-en.pdf", "m-12-odihr-en.pdf", "notes.txt"):
        (config.exports / name).write_bytes(b"%PDF-1.7")
    (config.data / "secret.pdf").write_bytes(b"secret")


def test_only_the_mission_s_own_papers_are_listed_and_given(staff, shelf):
    page = "/office/m-1/statements"
    assert set(re.findall(r'statements/([^"]+\.pdf)"', staff.get(page).text)) == {
        "m-1-odihr-en.pdf",
        "m-1-odihr-ru.pdf",
    }
    for name in ("r-1-odihr-en.pdf", "m-12-odihr-en.pdf", "notes.txt", "..%2Fsecret.pdf", "%2e%2e/secret.pdf"):
        assert staff.get(f"{page}/{name}").status_code == 404, name


def test_no_paper_is_served_as_a_static_file(visitor, shelf):
    assert visitor.get("/static/../exports/m-1-odihr-en.pdf").status_code == 404
    assert visitor.get("/exports/m-1-odihr-en.pdf").status_code == 404
