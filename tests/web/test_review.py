"""Review: every decision is an entry, a bulk act shows what it will do, conflicts stand side by side."""

import html
import re

import pytest

from observer_kit.storage import listing, notes, reviews
from observer_kit.storage.check import check
from observer_kit.storage.filters import Filters
from tests.web.conftest import VOTING


def words(page):
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


def states(store, *ids):
    with store.reading() as tx:
        return [(found.state, found.review) for found in map(listing.some(tx, "m-1", ids).get, ids)]


def of(store, id):
    with store.reading() as tx:
        return [(each.state, each.reason) for each in reviews.of(tx, id)]


def preview(browser, ids, state, reason=""):
    return browser.post("/desk/m-1/review", {"id": ids, "state": state, "reason": reason})


def apply(browser, page, **changed):
    fields = re.findall(r'<input type="hidden" name="(id|state|reason|seen)" value="([^"]*)"', page)
    data = {name: [value for known, value in fields if known == name] for name, _ in fields}
    return browser.post("/desk/m-1/review/apply", {**data, **changed}, follow_redirects=True)


def test_a_bulk_act_says_what_it_would_change_and_what_not_and_then_does_just_that(coordinator, sender, store):
    first, second, third = (sender.send({"vo_stuffing": "no"}, team=team)[0] for team in ("T01", "T02", "T03"))
    with store.atomic() as tx:
        reviews.add(tx, "m-1", third, "verified", "seen", None)
    shown = preview(coordinator, [first, second, third, "00000000-0000-4000-8000-000000000000"], "verified")
    said = words(shown.text)
    assert "2 submissions become: Verified. Nothing is stored yet." in said
    assert "stands so already" in said
    assert "not a submission of this mission" in said
    assert states(store, first, second) == [("counted", "received")] * 2
    assert "2 submissions are now: Verified." in words(apply(coordinator, shown.text).text)
    assert states(store, first, second, third) == [("counted", "verified")] * 3
    assert len(of(store, third)) == 1
    assert check(store) == []


def test_excluding_a_correction_names_the_report_that_counts_again_with_it(coordinator, sender, store):
    old, visit = sender.send({"vo_stuffing": "no"})
    new, _ = sender.send({"vo_stuffing": "yes"}, visit=visit, supersedes=old)
    shown = preview(coordinator, [new], "excluded", "typed twice")
    said = words(shown.text)
    assert "1 submission would count no longer. 1 submission would count anew." in said
    assert "replaced → counts" in said
    apply(coordinator, shown.text)
    assert states(store, old, new) == [("counted", "received"), ("excluded", "excluded")]
    assert of(store, new) == [("excluded", "typed twice")]


def test_what_somebody_decided_since_the_preview_is_left_alone(coordinator, sender, store):
    first, second = (sender.send({"vo_stuffing": "no"})[0] for _ in range(2))
    shown = preview(coordinator, [first, second], "verified")
    with store.atomic() as tx:
        reviews.add(tx, "m-1", first, "queried", "calling them", None)
    assert "1 submission was left alone" in words(apply(coordinator, shown.text).text)
    assert states(store, first, second) == [("counted", "queried"), ("counted", "verified")]


@pytest.mark.parametrize(("data", "said"), [
    ({"state": "verified"}, "No submission is ticked."), ({"id": ["x"], "state": "praised"}, "Choose the decision."),
    ({"id": ["x"], "state": "excluded", "reason": "  "}, "reason"),
    ({"id": ["x"], "state": "verified", "reason": "x" * 2001}, "2,000"),
    ({"id": [str(n) for n in range(1001)], "state": "verified"}, "At most 1,000"),
])  # fmt: skip
def test_a_bulk_act_that_says_too_little_or_too_much_is_refused(coordinator, store, data, said):
    answer = coordinator.post("/desk/m-1/review", data)
    assert answer.status_code == 409
    assert said in answer.text
    assert coordinator.post("/desk/m-1/review/apply", data).status_code == 409
    assert check(store) == []


def test_the_filters_choose_what_is_decided_about(coordinator, sender):
    mine, _ = sender.send({"vo_stuffing": "yes"}, team="T01")
    other, _ = sender.send({"vo_stuffing": "no"}, team="T02")
    page = coordinator.get("/desk/m-1/review?team=T01").text
    assert mine in page
    assert other not in page
    assert "/desk/m-1/review" in coordinator.get("/desk/m-1/submissions").text


def test_undoing_is_an_entry_of_its_own_and_goes_back_to_what_stood_before(coordinator, sender, store):
    id, _ = sender.send({"vo_stuffing": "no"})
    for state, reason in (("verified", "read"), ("excluded", "wrong station")):
        coordinator.post(f"/desk/m-1/submissions/{id}/review", {"state": state, "reason": reason})
    assert states(store, id) == [("excluded", "excluded")]
    assert coordinator.post(f"/desk/m-1/submissions/{id}/undo").status_code == 303
    assert states(store, id) == [("counted", "verified")]
    assert [state for state, _ in of(store, id)] == ["verified", "excluded", "verified"]
    other, _ = sender.send({"vo_stuffing": "no"})
    assert coordinator.post(f"/desk/m-1/submissions/{other}/undo").status_code == 409
    assert check(store) == []


def test_a_note_stands_beside_its_answer_and_is_in_the_chain(coordinator, staff, sender, store):
    id, _ = sender.send({"vo_stuffing": "yes"})
    answer = coordinator.post(
        f"/desk/m-1/submissions/{id}/note", {"question": "vo_stuffing", "note": "asked: <b>four</b> people"}
    )
    assert answer.status_code == 303
    page = coordinator.get(f"/desk/m-1/submissions/{id}").text
    assert "asked: &lt;b&gt;four&lt;/b&gt; people" in page.split('id="a-vo_stuffing"')[1].split("</tr>")[0]
    for data in ({"question": "vo_stuffing", "note": " "}, {"question": "vo_stuffing", "note": "x" * 2001}):
        assert coordinator.post(f"/desk/m-1/submissions/{id}/note", data).status_code == 409
    assert coordinator.post(f"/desk/m-1/submissions/{id}/note", {"question": "none", "note": "x"}).status_code == 404
    assert staff.post(f"/desk/m-1/submissions/{id}/note", {"question": "vo_stuffing", "note": "x"},
                      page="/desk/m-1/diary").status_code == 403  # fmt: skip
    with store.reading() as tx:
        assert [each.text for each in notes.of(tx, id)] == ["asked: <b>four</b> people"]
    assert check(store) == []


def test_each_answer_shows_what_it_said_over_its_corrections(coordinator, sender):
    first, visit = sender.send({"vo_stuffing": "no", "vo_women": 3})
    second, _ = sender.send({"vo_stuffing": "yes", "vo_women": 3}, visit=visit, supersedes=first)
    third, _ = sender.send({"vo_stuffing": "not_observed", "vo_women": 3}, visit=visit, supersedes=second)
    stranger, _ = sender.send({"vo_stuffing": "yes"}, visit=visit)
    for id in (first, second, third):
        row = coordinator.get(f"/desk/m-1/submissions/{id}").text.split('id="a-vo_stuffing"')[1].split("</tr>")[0]
        assert re.findall(r"<li[^>]*>\s*([^<]*?)\s*<span", row) == ["No", "Yes", "Could not be observed"]
        women = coordinator.get(f"/desk/m-1/submissions/{id}").text.split('id="a-vo_women"')[1].split("</tr>")[0]
        assert "<ol>" not in women
    assert "<ol>" not in coordinator.get(f"/desk/m-1/submissions/{stranger}").text


def test_conflicts_are_found_and_stand_side_by_side(coordinator, sender, store):
    old, visit = sender.send({"vo_stuffing": "no"}, location="R-2", team="T02")
    one, _ = sender.send({"vo_stuffing": "yes"}, location="R-2", team="T02", visit=visit, supersedes=old)
    two, _ = sender.send({"vo_women": 2}, location="R-2", team="T02", visit=visit, supersedes=old)
    mine, _ = sender.send({"vo_stuffing": "no", "vo_overall": "good"}, team="T01")
    other, _ = sender.send({"vo_stuffing": "no", "vo_overall": "bad"}, team="T03")
    again, _ = sender.send({"vo_stuffing": "no"}, team="T03")
    assert "Two teams at one place 0" in words(coordinator.get("/desk/m-1/conflicts").text)
    page = coordinator.get("/desk/m-1/conflicts?checklist=voting").text
    said = words(page)
    assert "Two corrections of one report 1" in said
    assert "Two teams at one place 1" in said
    assert "One team twice at one place 1" in said
    links = [html.unescape(each) for each in re.findall(r'href="([^"]*/beside\?[^"]*)"', page)]
    assert [set(re.findall(r"id=([0-9a-f-]{36})", link)) for link in links] == [
        {old, one, two}, {mine, other, again}, {other, again},
    ]  # fmt: skip
    beside = coordinator.get(f"/desk/m-1/beside?id={mine}&id={other}").text
    assert "1 of 10 questions differs." in words(beside)
    assert "vo_overall?" in beside
    assert "vo_stuffing?" not in beside
    assert "vo_stuffing?" in coordinator.get(f"/desk/m-1/beside?id={mine}&id={other}&all=1").text
    back = f"/desk/m-1/beside?id={one}&id={two}"
    answer = coordinator.post(
        f"/desk/m-1/submissions/{two}/review", {"state": "excluded", "reason": "the first is right", "back": back}
    )
    assert answer.location == back
    assert "Two corrections of one report 0" in words(coordinator.get("/desk/m-1/conflicts").text)
    assert states(store, one, two) == [("counted", "received"), ("excluded", "excluded")]


def test_side_by_side_of_nothing_or_of_what_is_not_there(coordinator):
    assert "Choose two to four" in coordinator.get("/desk/m-1/beside").text
    assert coordinator.get("/desk/m-1/beside?id=nonsense&id=more").status_code == 404


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_page_of_the_review_is_said_in_every_language(coordinator, sender, language):
    id, visit = sender.send({"vo_stuffing": "no"})
    new, _ = sender.send({"vo_stuffing": "yes"}, visit=visit, supersedes=id)
    coordinator.get(f"/language/{language}")
    pages = [coordinator.get(f"/desk/m-1/{each}") for each in (
        "review", "conflicts", f"beside?id={id}&id={new}", f"submissions/{new}",
        f"typing/{VOTING.version}?correct={new}",
    )]  # fmt: skip
    pages.append(preview(coordinator, [id, new], "excluded", "x"))
    for page in pages:
        assert page.status_code == 200
        assert "review." not in page.text.replace("review.css", "")


def test_many_are_decided_about_in_one_act(coordinator, sender, store):
    ids = [sender.send({"vo_stuffing": "no"})[0] for _ in range(40)]
    with store.atomic() as tx:
        done = reviews.add_many(tx, "m-1", ids, "verified", "", None, None)
    assert all(each.why is None for each in done)
    with store.reading() as tx:
        assert listing.page(tx, "m-1", Filters(review="verified"), 0, 1).total == 40
    assert check(store) == []
