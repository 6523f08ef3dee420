"""The papers that the desk gives: who gets which, what stands on them, and what bad input does to them."""

import html
import re
from datetime import UTC, datetime, time

import pytest

from observer_kit import clock
from observer_kit.missions.deployment import Deployed
from observer_kit.missions.model import Location, Team
from observer_kit.statements.papers.frame import Paper
from observer_kit.statements.press import PaperNotMade
from observer_kit.storage import attachments, calls, checklists, deployment, handlings, notes, register, reviews
from tests.pictures import announced, jpeg
from tests.web.conftest import INCIDENT, PROTOCOL, VOTING

NUMBER = "+7 701 000 00 01"
NOW = datetime(2011, 4, 3, 10, 0, tzinfo=UTC)  # 16:00 in Almaty


@pytest.fixture(autouse=True)
def _as_html(monkeypatch):
    """Give a paper as its fullest draft: what is said is told apart from how it is set."""
    monkeypatch.setattr(Paper, "pressed", lambda self: self.html.encode())


@pytest.fixture
def planned(store, monkeypatch):
    """Plan two teams' day, with hours, and stand at four in the afternoon of it."""
    with store.atomic() as tx:
        places = [
            each if each.kind == "region" else Location(**{
                **{name: getattr(each, name) for name in each.__slots__}, "opens": time(7), "closes": time(20),
            })
            for each in register.find(tx, "m-1")
        ]  # fmt: skip
        nameless = Location("R-3", "polling_station", "", parent="A", region="A", number="77", zone="Asia/Oral")
        register.replace(tx, "m-1", [*places, nameless])
        register.save_teams(tx, "m-1", [Team("T01", "One", "A", NUMBER), Team("T02", "Two", "B"), Team("T03", "T03")])
        deployment.replace(tx, "m-1", [
            Deployed("T01", "voting", "R-1", time(8)), Deployed("T01", "voting", "R-3"),
            Deployed("T02", "voting", "R-2", time(9)), Deployed("T02", "counting"),
        ])  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: NOW)


def said(answer):
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    page = re.sub(r"<(head|style).*?</\1>", "", answer.text, flags=re.S)
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


def incident(sender, kind="expelled", what="told to leave", **more):
    return sender.send({"in_kind": kind, "in_what": what}, checklist=INCIDENT, **more)[0]


def test_the_briefing_counts_what_is_in_what_is_late_and_what_came_since(coordinator, sender, planned, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2011, 4, 3, 3, 0, tzinfo=UTC))
    sender.send({"vo_stuffing": "yes", "vo_overall": "bad"}, location="R-2", team="T02")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    sender.send({"vo_stuffing": "no", "vo_overall": "good"}, location="R-1", team="T01")
    incident(sender, team="T01")
    page = said(coordinator.get("/desk/m-1/briefing.pdf"))
    assert "As of 2011-04-03, 16:00 (Asia/Almaty) · “New”: received since 13:00" in page
    assert "Voting 2 +1 2 12 2 0 0 0" in page  # reports, new, places, expected, due, late, silent, unreachable
    assert "Almaty region 1 " in page
    assert "Open incidents: 1" in page
    assert "severity not stated 1 0 0" in page
    assert "vo_stuffing? Yes – 1 2 0 0 0 0 of 1" in page  # a base this small has no per cent
    assert "Reports: Voting +1." in page
    assert "Nothing at all has come from 1 team of 3." in page
    assert "Stations in the register: 3; visited: 2." in page
    earlier = said(coordinator.get("/desk/m-1/briefing.pdf?since=08:00"))
    assert "Voting 2 +2 2" in earlier


def test_a_briefing_before_any_report_says_what_is_not_known_and_no_share(coordinator, rebuilt, planned):
    page = said(coordinator.get("/desk/m-1/briefing.pdf"))
    assert "No share can be given" in page
    assert "No incident is open" in page
    assert "Voting 0 0 0 12 2 0 2 0" in page
    assert "silent 2: T01, T02" in page
    assert "Nothing at all has come from 3 teams of 3." in page
    assert "%" not in page


@pytest.mark.parametrize(("language", "title"), [("ru", "Сводка для координатора"), ("kk", "Үйлестірушіге арналған")])
def test_a_paper_speaks_the_language_that_its_address_asks_for(coordinator, sender, language, title):
    sender.send({"vo_stuffing": "yes"})
    answer = coordinator.get(f"/desk/m-1/briefing.pdf?lang={language}")
    assert f'<html lang="{language}">' in answer.text
    assert title in said(answer)
    assert f"m-1-briefing-{language}.pdf" in answer.headers["Content-Disposition"]
    assert "Coordinator" in said(coordinator.get("/desk/m-1/briefing.pdf?lang=fr"))


def test_the_digest_is_the_inbox_with_every_step_on_the_stations_own_clock(coordinator, sender, store, planned):
    first = incident(sender, what="told to leave the count", location="R-3", team="T01")
    incident(sender, kind="violence", location="R-2", team="T02")
    with store.atomic() as tx:
        handlings.add(tx, "m-1", first, "in_hand", "Rang the commission.", None)
    page = said(coordinator.get("/desk/m-1/incidents.pdf"))
    assert "in hand 0 0 0 1 1" in page
    assert page.index("violence") < page.index("told to leave the count")  # the new before the handled
    assert "2011-04-03, 15:00 (Asia/Oral) · 77 · place without a name · Almaty region · Team T01" in page
    assert "in hand Rang the commission." in page
    narrowed = said(coordinator.get("/desk/m-1/incidents.pdf?incident=in_hand&region=A&team=T01"))
    assert "told to leave the count" in narrowed
    assert "violence" not in narrowed
    assert "in hand, Almaty region, Team T01" in narrowed
    assert "No incident fits." in said(coordinator.get("/desk/m-1/incidents.pdf?region=none"))
    assert 'href="/desk/m-1/incidents.pdf?region=A&amp;incident=in_hand"' in coordinator.get(
        "/desk/m-1/incidents?region=A&incident=in_hand"
    ).text  # fmt: skip


def test_five_hundred_incidents_are_gathered_in_few_questions(coordinator, sender, store, monkeypatch):
    ids = [incident(sender, what=f"case {i}") for i in range(12)]
    page = said(coordinator.get("/desk/m-1/incidents.pdf"))
    assert all(f"case {i} " in page for i in range(len(ids)))
    monkeypatch.setattr("observer_kit.web.sheets.incidents.MOST", 5)
    monkeypatch.setattr("observer_kit.web.sheets.incidents.gather.__kwdefaults__", {"narrowed": "", "most": 5})
    assert "Left out: 7." in said(coordinator.get("/desk/m-1/incidents.pdf"))


def test_a_submission_stands_whole_with_its_states_notes_reviews_and_corrections(coordinator, sender, store):
    answers = {"vo_stuffing": "yes", "vo_boxes_sealed": "not_observed", "vo_women": -4, "vo_woman_chair": None}
    first, visit = sender.send(answers, comments={"vo_stuffing": "a stack"})
    second, _ = sender.send({**answers, "vo_stuffing": "no"}, visit=visit, supersedes=first)
    with store.atomic() as tx:
        reviews.add(tx, "m-1", second, "queried", "Asked the team.", None)
        notes.add(tx, "m-1", second, "vo_women", "Four, says the team.", None)
    page = said(coordinator.get(f"/desk/m-1/submissions/{second}.pdf"))
    assert "vo_boxes_sealed? Could not be observed" in page
    assert "Unreadable: an impossible number «-4»" in page
    assert "Note: Four, says the team." in page
    assert f"vo_stuffing? No Other wording in {first[:8]}: Yes «a stack»" in page
    assert "Queried Asked the team." in page
    assert f"{second[:8]} (this report) corrects {first[:8]}" in page
    assert f"{first[:8]} replaced by {second[:8]}" in page
    assert "SHA-256 of the payload as sent" in page
    assert "breach, critical" in said(coordinator.get(f"/desk/m-1/submissions/{first}.pdf"))


def test_a_photo_is_on_the_paper_and_one_whose_file_is_gone_says_so(coordinator, sender, store, config):
    from observer_kit.checklists.model import Checklist, Section
    from observer_kit.checklists.versions import seal
    from tests.builders import question, text

    asked = seal(
        Checklist("voting", "voting", "election", "core", text("Voting"), (
            Section("all", text("All"), (question("photo_a", "photo"), question("photo_b", "photo"))),
        ))
    )  # fmt: skip
    kept, gone = announced(jpeg(seed=1)), announced(jpeg(seed=2))
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", asked)
    for content, each in ((jpeg(seed=1), kept), (jpeg(seed=2), gone)):
        attachments.put(store, "m-1", sender.device.id, content, each)
    id, _ = sender.send(
        {"photo_a": kept.sha256, "photo_b": gone.sha256, "arrival": "x", "departure": "x"}, checklist=asked
    )
    attachments.path(config, gone.sha256).unlink()
    answer = coordinator.get(f"/desk/m-1/submissions/{id}.pdf")
    assert f'src="kit:{kept.sha256}" alt="Photo 1: photo_a?"' in answer.text
    assert f"kit:{gone.sha256}" not in answer.text
    page = said(answer)
    assert "can’t be opened" in page
    assert gone.sha256 in page


def test_a_filled_form_carries_the_answers_and_a_blank_one_none(coordinator, sender):
    id, _ = sender.send({"vo_stuffing": "yes", "vo_women": 3, "vo_remarks": "crowded"}, comments={"vo_women": "all"})
    filled = coordinator.get(f"/desk/m-1/submissions/{id}/form.pdf")
    assert said(filled).count("×") == 1
    assert "crowded" in said(filled)
    assert '<i class="digits">3</i>' in filled.text
    assert "T01" in said(filled)
    blank = said(coordinator.get(f"/desk/m-1/typing/{VOTING.version}/form.pdf"))
    assert "×" not in blank
    assert "Mission m-1" in blank


def test_what_a_clerk_has_typed_so_far_is_on_paper_for_that_clerk_alone(coordinator, admin):
    page = coordinator.get(f"/desk/m-1/typing/{VOTING.version}").text
    ticket = re.search(r'name="ticket" value="([^"]*)"', page)[1]
    typed = {"ticket": ticket, "head:team": "T01", "vo_stuffing": "no", "comment:vo_stuffing": "seen twice"}
    coordinator.post(
        f"/desk/m-1/typing/{VOTING.version}/draft", typed, page=f"/desk/m-1/typing/{VOTING.version}"
    )  # fmt: skip
    listed = coordinator.get("/desk/m-1/typing").text
    address = html.unescape(re.search(r'href="([^"]*form\.pdf\?draft=[^"]*)"', listed)[1])
    paper = said(coordinator.get(address))
    assert "being typed in; not stored yet" in paper
    assert "seen twice" in paper
    assert paper.count("×") == 1
    assert admin.get(address).status_code == 404


def test_the_plan_names_each_teams_stations_hours_and_reports_by_day(coordinator, planned):
    page = said(coordinator.get("/desk/m-1/deployment.pdf"))
    one, two, three = (page.index(name) for name in ("One T01", "Two T02", "Team T03"))
    assert one < two < three
    assert f"telephone {NUMBER}" in page
    assert "R-1 · Station 1 Urban 07:00–20:00 Voting: 07:00 to 08:00" in page
    assert "77 · place without a name R-3 not known (Asia/Oral) Voting:" in page
    assert "Nothing is expected of this team." in page[three:]
    assert "T01" not in said(coordinator.get("/desk/m-1/deployment.pdf?team=T02"))


def test_each_paper_is_for_whom_its_page_is_for(visitor, coordinator, staff, head, sender, planned):
    id, _ = sender.send({"vo_stuffing": "yes"})
    for browser in (staff, head):
        for address in ("briefing.pdf", "incidents.pdf", f"submissions/{id}.pdf", f"submissions/{id}/form.pdf"):
            assert browser.get(f"/desk/m-1/{address}").status_code == 200
        assert NUMBER not in browser.get("/desk/m-1/deployment.pdf").text
        assert browser.get(f"/desk/m-1/typing/{VOTING.version}/form.pdf").status_code == 403
    assert visitor.get("/desk/m-1/briefing.pdf").status_code == 302
    assert coordinator.get("/desk/r-1/briefing.pdf").status_code == 403
    assert coordinator.get("/desk/m-1/submissions/nothing.pdf").status_code == 404


def test_a_paper_that_could_not_be_set_is_told_of_in_the_pages_language(coordinator, monkeypatch):
    def refuse(self):
        raise PaperNotMade("busy")

    monkeypatch.setattr(Paper, "pressed", refuse)
    coordinator.get("/language/ru")
    answer = coordinator.get("/desk/m-1/briefing.pdf")
    assert answer.status_code == 429
    assert "Повторите через минуту" in answer.text


def test_a_rebuild_says_so_on_every_paper(admin, rebuilt):
    id, _ = rebuilt.send({"vo_stuffing": "yes"})
    for address in ("briefing", "incidents", f"submissions/{id}", f"submissions/{id}/form", "deployment"):
        answer = admin.get(f"/desk/r-1/{address}.pdf")
        assert "not issued by OSCE/ODIHR" in said(answer)
        assert "reconstruction-r-1" in answer.headers["Content-Disposition"]


def test_a_name_that_turns_the_line_is_shown_as_what_it_is(coordinator, sender):
    name = "\u202eecilop\u202c <script>alert(1)</script>"
    id = incident(sender, what=name, location=None, team="T01")
    for address in ("incidents.pdf", f"submissions/{id}.pdf", f"submissions/{id}/form.pdf"):
        page = coordinator.get(f"/desk/m-1/{address}").text
        assert "[U+202E]ecilop[U+202C] &lt;script&gt;" in page
        assert "\u202e" not in page
        assert "<script" not in page


def test_the_briefing_of_an_hour_gone_by_is_the_page_of_that_hour(coordinator, sender, store, planned, monkeypatch):
    def clock_at(hour, minute):
        monkeypatch.setattr(clock, "now", lambda: datetime(2011, 4, 3, hour, minute, tzinfo=UTC))

    def decide(id, state):
        with store.atomic() as tx:
            reviews.add(tx, "m-1", id, state, "a reason", None)

    def step(id, state):
        with store.atomic() as tx:
            handlings.add(tx, "m-1", id, state, "a step", None)

    clock_at(4, 10)
    first, visit = sender.send({"vo_stuffing": "yes", "vo_overall": "bad"}, location="R-1", team="T01")
    clock_at(4, 20)
    other, _ = sender.send({"vo_stuffing": "yes", "vo_overall": "very_bad"}, location="R-2", team="T02")
    dropped, _ = sender.send({"vo_stuffing": "no", "vo_overall": "good"}, location="R-2", team="T02")
    protocol, _ = sender.send({"b_received": 200, "b_issued": 1, "b_cancelled": 1, "valid": 1}, checklist=PROTOCOL)
    told = incident(sender, team="T01")
    clock_at(4, 30)
    decide(dropped, "excluded")
    step(told, "in_hand")
    with store.atomic() as tx:
        calls.add(tx, "m-1", "T02", "no_answer", "", None)
    clock_at(5, 0)
    before = said(coordinator.get("/desk/m-1/briefing.pdf"))
    assert "Voting 2 +2 2 12 2 0 0 0" in before
    assert "vo_stuffing? Yes – 2 2 0 0 0 2 of 2" in before
    assert "Received: 1. Do not add up: 1." in before

    clock_at(6, 0)  # a correction, reviews, steps, calls and a new report, none of which was known at eleven
    sender.send({"vo_stuffing": "no", "vo_overall": "good"}, location="R-1", team="T01", supersedes=first, visit=visit)
    decide(other, "excluded")
    decide(dropped, "verified")
    decide(protocol, "excluded")
    step(told, "closed")
    sender.send({"vo_stuffing": "not_observed", "vo_overall": "good"}, location="R-3", team="T01")
    incident(sender, team="T02")
    with store.atomic() as tx:
        calls.add(tx, "m-1", "T02", "no_answer", "", None)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    now = said(coordinator.get("/desk/m-1/briefing.pdf"))
    assert "vo_stuffing? Yes – 2" not in now
    again = said(coordinator.get("/desk/m-1/briefing.pdf?at=2011-04-03T11:00"))
    added = "This page was made afterwards."
    assert added in again
    assert added not in now
    start = again.index(added)
    assert again[:start] + again[again.index("What still lies in phones") :] == before
    assert coordinator.get("/desk/m-1/briefing.pdf?at=noon").status_code == 400
    assert 'name="at"' in coordinator.get("/desk/m-1/").text
