"""From a draft to a published version: what stops it, who approves, what is frozen, and what may follow it."""

import hashlib
import io
import re

import pikepdf
import pytest
from click.testing import CliRunner

from observer_kit.cli import cli
from observer_kit.statements.text import load_style
from observer_kit.storage import accounts, chain, missions, releases, reviews, section_texts
from observer_kit.storage.check import check
from tests.web.conftest import PASSWORD, Browser, mission
from tests.web.test_office_drafts import PAGE, address, base_of, draft, keep, reports  # noqa: F401 -- fixtures

TEXT = "The Mission saw stuffing in [[f_stuffing of form]] and assessed [[f_negative of form]] negatively."


@pytest.fixture
def second(app, store):
    with store.atomic() as tx:
        accounts.create(tx, "second", PASSWORD, {"m-1": "staff"})
    browser = Browser(app.test_client())
    assert browser.sign_in("second").status_code == 302
    return browser


@pytest.fixture
def ready(staff, draft, store):  # noqa: F811
    """Leave a draft in which only its own words stand."""
    page = staff.get(address(draft)).text
    for plan in load_style("sco").sections:
        text = TEXT if plan.id == "outcome" else "The Mission wishes it well." if plan.kind == "verdict" else ""
        keep(staff, draft, text, base_of(page, plan.id), section=plan.id)
    return draft


def go(browser, draft, act, *, seen=None, note="", where="/approval"):  # noqa: F811
    page = browser.get(address(draft, "/approval")).text
    given = re.findall(r'name="seen" value="([^"]+)"', page)
    data = {
        "act": act, "digest": re.search(r'name="digest" value="(\w+)"', page)[1], "note": note,
        "seen": given if seen is None else seen,
    }  # fmt: skip
    return browser.post(address(draft, where), data, page=PAGE)


def test_what_stops_a_draft_is_named_with_its_place_and_can_not_be_ticked_off(staff, draft, reports, store):  # noqa: F811
    page = staff.get(address(draft)).text
    keep(staff, draft, "All 31 stations: [[f_gap of]]. Stuffing in [[f_stuffing count]].", base_of(page, "outcome"))
    page = staff.get(address(draft, "/approval")).text
    assert "A gap stands in the text" in page
    assert f'href="{address(draft)}#s-outcome"' in page
    assert '<b lang="en">All</b>' in page
    assert "<b>31</b>" in page
    answer = go(staff, draft, "asked")
    assert answer.status_code == 409
    assert "Something still stops it" in answer.text


def test_everything_else_is_ticked_off_by_name_by_each_of_the_two(staff, second, ready):
    page = staff.get(address(ready)).text
    keep(staff, ready, TEXT + " A majority agreed.", base_of(page, "outcome"), "b")
    answer = go(staff, ready, "asked", seen=[])
    assert answer.status_code == 409
    assert "Not everything" in answer.text
    assert go(staff, ready, "asked").status_code == 303
    page = staff.get(address(ready, "/approval")).text
    assert re.search(r"\d+ points? ticked off", page)
    assert "checked" in page
    page = second.get(address(ready, "/approval")).text
    assert "seen by staff" in page
    assert "checked" not in page, "the second person looks with their own eyes"
    assert go(second, ready, "approved", seen=[]).status_code == 409
    assert go(second, ready, "approved").status_code == 303
    assert "seen by staff, second" in second.get(address(ready, "/approval")).text


def test_a_second_person_approves_and_what_changes_is_approved_anew(staff, second, ready, store):
    assert go(second, ready, "approved").status_code == 409, "nobody asked yet"
    assert go(staff, ready, "asked").status_code == 303
    answer = go(staff, ready, "approved")
    assert answer.status_code == 409
    assert "another person approves" in answer.text
    assert go(second, ready, "returned").status_code == 409, "not without a word"
    assert go(second, ready, "returned", note="One more look.").status_code == 303
    assert "One more look." in staff.get(address(ready)).text
    assert go(staff, ready, "asked").status_code == 303
    assert go(second, ready, "approved").status_code == 303
    page = staff.get(address(ready)).text
    keep(staff, ready, TEXT + " It was calm.", base_of(page, "outcome"), "c")
    answer = go(staff, ready, "", where="/publish")
    assert answer.status_code == 409
    assert "must be approved anew" in answer.text


def test_a_page_that_is_older_than_the_text_approves_nothing(staff, second, ready):
    assert go(staff, ready, "asked").status_code == 303
    page = second.get(address(ready, "/approval")).text
    old = re.search(r'name="digest" value="(\w+)"', page)[1]
    text = staff.get(address(ready)).text
    keep(staff, ready, TEXT + " More.", base_of(text, "outcome"), "d")
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    data = {"act": "approved", "digest": old, "seen": seen}
    assert second.post(address(ready, "/approval"), data, page=PAGE).status_code == 409


def test_a_second_person_approves_no_words_of_their_own(staff, second, ready):
    assert go(staff, ready, "asked").status_code == 303
    page = second.get(address(ready)).text
    keep(second, ready, TEXT + " I add this.", base_of(page, "outcome"), "d")
    assert 'value="approved"' not in second.get(address(ready, "/approval")).text
    answer = go(second, ready, "approved")
    assert answer.status_code == 409
    assert "changed since approval was asked for" in answer.text
    assert go(second, ready, "asked").status_code == 303
    assert go(second, ready, "approved").status_code == 409, "now it is the other one's turn"
    assert go(staff, ready, "approved").status_code == 303


def test_what_one_person_approved_alone_is_not_published_once_the_mission_wants_two(staff, second, ready, store):
    def wants(two):
        with store.atomic() as tx:
            missions.save(tx, mission("m-1", figures=missions.get(tx, "m-1").figures, second_person=two))

    wants(False)
    assert go(staff, ready, "approved").status_code == 303
    wants(True)
    assert go(second, ready, "", where="/publish").status_code == 409
    assert go(second, ready, "returned", note="By two, please.").status_code == 303
    assert go(staff, ready, "asked").status_code == 303
    assert go(second, ready, "approved").status_code == 303
    published(second, ready)


def test_of_two_corrections_of_one_version_only_the_first_goes_out(staff, ready, store, config):
    with store.atomic() as tx:
        missions.save(tx, mission("m-1", figures=missions.get(tx, "m-1").figures, second_person=False))
    go(staff, ready, "approved")
    where = published(staff, ready)
    begun = [
        staff.post(where, {"act": act, "reason": "x"}, page=PAGE).headers["Location"].rsplit("/", 1)[1]
        for act in ("corrects", "withdraws")
    ]
    for each in begun:
        assert go(staff, each, "approved").status_code == 303
    published(staff, begun[1])
    answer = go(staff, begun[0], "", where="/publish")
    assert answer.status_code == 409
    assert "Version 2 already stands for this one." in answer.text

    # Whoever puts another file in the place of what went out is found.
    with store.reading() as tx:
        first = next(each for each in releases.all(tx, "m-1") if each.version == 1)
    file = releases.folder(config) / first.sha256
    file.write_bytes(file.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    assert {fault.kind for fault in check(store)} == {"published_altered"}
    assert staff.get(f"{where}.pdf").status_code == 409, "no other file is given under its name"
    file.unlink()
    assert {fault.kind for fault in check(store)} == {"published_missing"}
    assert staff.get(f"{where}.pdf").status_code == 404


def test_false_reports_stop_no_withdrawal(staff, ready, reports, store):  # noqa: F811
    with store.atomic() as tx:
        missions.save(tx, mission("m-1", figures=missions.get(tx, "m-1").figures, second_person=False))
    go(staff, ready, "approved")
    where = published(staff, ready)
    with store.atomic() as tx:
        reviews.add(tx, "m-1", reports[0], "excluded", "made up", None)
    drafts = {
        act: staff.post(where, {"act": act, "reason": "It was made up."}, page=PAGE)
        .headers["Location"]
        .rsplit("/", 1)[1]
        for act in ("corrects", "withdraws")
    }
    assert go(staff, drafts["corrects"], "approved").status_code == 409
    assert go(staff, drafts["withdraws"], "approved").status_code == 303


def test_a_report_taken_out_since_stops_publication(staff, second, ready, reports, store):  # noqa: F811
    go(staff, ready, "asked")
    go(second, ready, "approved")
    with store.atomic() as tx:
        reviews.add(tx, "m-1", reports[0], "excluded", "doubled", None)
    assert go(staff, ready, "", where="/publish").status_code == 409
    page = staff.get(address(ready, "/approval")).text
    assert "no longer count" in page


def published(staff, ready):
    answer = go(staff, ready, "", where="/publish")
    assert answer.status_code == 303, re.sub(r"<[^>]+>", "", answer.text)
    return answer.headers["Location"]


def text_of(data):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages), str(pdf.docinfo.get("/Title", ""))


def paper_of(browser, where):
    with browser.get(f"{where}.pdf") as given:
        return given.data


def verified(pdf, config, folder):
    """Verify a paper as its reader does who has the data folder; gives the exit code and what is said."""
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    done = CliRunner(env={"OBSERVER_KIT_DATABASE_URL": config.database_url}).invoke(
        cli, ["statement", "verify", str(file), "--data", str(config.data)]
    )
    return done.exit_code, done.output


def test_published_is_frozen_and_followed_only_by_a_version_that_says_why(
    staff, head, sender, ready, store, config, tmp_path
):
    with store.atomic() as tx:
        missions.save(tx, mission("m-1", figures=missions.get(tx, "m-1").figures, second_person=False))
    assert go(staff, ready, "approved").status_code == 303, "a small mission does without a second person"
    where = published(staff, ready)
    page = head.get(where).text
    with head.get(f"{where}.pdf") as given:
        data = given.data
    assert data.startswith(b"%PDF-")
    seen = {"If-None-Match": given.headers["ETag"]}
    with head.get(f"{where}.pdf", headers=seen) as given:
        assert given.status_code == 304
    with store.reading() as tx:
        left = [link.subject for link in chain.links(tx, kind="export", mission="m-1")]
    assert left.count("m-1-sco-en-1.pdf") == 1, "what left is noted; what the browser has did not leave"
    assert hashlib.sha256(data).hexdigest() in page
    assert "1 of the 2" in re.sub(r"<[^>]+>", "", page).replace("\u00a0", " ")
    assert "In force." in page
    assert keep(staff, ready, "x", "1").status_code == 409
    assert f'href="{where}"' in staff.get(address(ready)).text
    assert go(staff, ready, "asked").status_code == 409
    assert check(store) == []

    assert staff.post(where, {"act": "corrects", "reason": " "}, page=PAGE).status_code == 409
    assert head.post(where, {"act": "corrects", "reason": "x"}, page="/office/m-1/").status_code == 403
    answer = staff.post(where, {"act": "corrects", "reason": "A wrong place was named."}, page=PAGE)
    again = answer.headers["Location"].rsplit("/", 1)[1]
    assert "A wrong place was named." in staff.get(address(again)).text
    with store.reading() as tx:
        assert section_texts.standing(tx, again)["outcome"].head.text == TEXT
    assert "A version that follows it is being written." in staff.get(where).text
    base = base_of(staff.get(address(again)).text, "outcome")
    assert keep(staff, again, f"{TEXT} It was Abai.", base, "again").status_code == 200
    shown = staff.get(address(again, "/compare")).text
    assert re.findall(r"<ins>.*?</span>(.*?)<span", shown, re.DOTALL) == [" It was Abai."], "against what it corrects"
    assert "<del>" not in shown
    assert go(staff, again, "approved").status_code == 303
    second_version = published(staff, again)
    assert "Corrected by version 2." in staff.get(where).text
    assert "A wrong place was named." in staff.get(second_version).text
    with head.get(f"{where}.pdf") as given:
        assert given.data == data, "what was published stays as it went out"
    assert staff.post(where, {"act": "withdraws", "reason": "x"}, page=PAGE).status_code == 409

    gone = staff.post(second_version, {"act": "withdraws", "reason": "The count was wrong."}, page=PAGE)
    last = gone.headers["Location"].rsplit("/", 1)[1]
    assert go(staff, last, "approved").status_code == 303
    third = published(staff, last)
    assert "Withdrawn by version 3." in staff.get(second_version).text
    assert "Notice of withdrawal." in staff.get(PAGE).text
    corrected = paper_of(staff, second_version)
    sender.send({"vo_stuffing": "no", "vo_overall": "bad"})
    sender.send({"vo_stuffing": "no", "vo_overall": "bad"}, location="R-2", team="T02")
    fates = ((data, "version 1 was corrected by version 2"), (corrected, "version 2 was withdrawn by version 3"))
    for pdf, told in fates:
        code, said = verified(pdf, config, tmp_path)
        assert code == 4, said
        assert re.search(rf"to note +standing: {told} on \d{{4}}-\d\d-\d\d \d\d:\d\d UTC: ", said)
        assert re.search(r"to note +today: figure \d+ \(f_negative\): 2 of 3 then, 4 of 5 now", said)
        assert re.search(r"right +audit chain: whole, and the statement’s head stands in it, made 2", said)
    code, said = verified(paper_of(staff, third), config, tmp_path)
    assert (code, "published as version 3 on" in said, "in force" in said) == (0, True, True), said
    with store.reading() as tx:
        assert [each.version for each in releases.all(tx, "m-1")] == [3, 2, 1]
        kinds = [link.kind for link in chain.links(tx, mission="m-1")]
    assert kinds.count("release") == 3
    assert check(store) == []
    pages, _ = text_of(paper_of(staff, third))
    assert pages >= 1


@pytest.mark.parametrize("kind", ["html", "txt"])
def test_a_draft_is_given_as_a_file_that_says_that_it_is_one(head, ready, kind):
    answer = head.get(address(ready, f"/paper.{kind}"))
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "stuffing" in answer.text
    assert head.get(address(ready, "/paper.exe")).status_code == 404
