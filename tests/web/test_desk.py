"""The desk's promise: a number leads to exactly its submissions, and nothing decided is ever overwritten."""

import csv
import html
import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from observer_kit.missions.model import Team
from observer_kit.storage import register, reviews, submissions
from observer_kit.words import words
from tests.web.conftest import INCIDENT, PROTOCOL

LINK = re.compile(r'<a href="([^"]*/submissions\?[^"]*question=[^"]*)">([\d,]+)</a>')


@pytest.fixture
def reports(sender):
    """Six reports that differ in every dimension and every state of an answer."""
    send = sender.send
    return [
        send({"env_urban_rural": "urban", "vo_stuffing": "yes", "vo_boxes_sealed": "no", "vo_overall": "bad",
              "vo_present": ["party", "press"], "vo_women": 3, "vo_remarks": "crowded"}, hour=9),
        send({"env_urban_rural": "urban", "vo_stuffing": "no", "vo_boxes_sealed": "yes", "vo_overall": "very_bad",
              "vo_present": ["party"], "vo_women": 0}, hour=10),
        send({"env_urban_rural": "rural", "vo_stuffing": "no", "vo_boxes_sealed": "not_observed", "vo_overall": "good",
              "vo_women": "many"}, location="R-2", team="T02", hour=9),
        send({"env_urban_rural": "rural", "vo_stuffing": "not_applicable", "vo_overall": "very_good",
              "vo_woman_chair": "yes"}, location="R-2", team="T02", hour=12),
        send({"vo_stuffing": "yes", "vo_overall": "nonsense"}, location=None, team="T01"),
        send({}, location="R-1"),
    ]  # fmt: skip


def ids_on(page):
    return set(re.findall(r"/submissions/([0-9a-f-]{36})\"", page))


def numbers_on(page):
    return [(html.unescape(address), int(number.replace(",", ""))) for address, number in LINK.findall(page)]


@pytest.mark.parametrize("where", ["", "?region=A", "?setting=rural", "?team=T01", "?hour=9", "?team=T02&hour=12"])
def test_every_number_of_the_table_leads_to_exactly_its_submissions(coordinator, reports, where):
    found = numbers_on(coordinator.get(f"/desk/m-1/questions/voting{where}").text)
    assert len(found) > 5
    for address, number in found:
        assert len(ids_on(coordinator.get(address).text)) == number, address


@pytest.mark.parametrize("name", ["vo_stuffing", "vo_overall", "vo_women", "vo_present"])
@pytest.mark.parametrize("by", ["region", "setting", "hour", "team", "review"])
def test_every_number_of_one_question_leads_to_exactly_its_submissions(coordinator, reports, name, by):
    found = numbers_on(coordinator.get(f"/desk/m-1/questions/voting/{name}?by={by}").text)
    assert found
    for address, number in found:
        assert len(ids_on(coordinator.get(address).text)) == number, address


STANDING = re.compile(r'<a href="([^"]*/submissions\?state=([a-z]+))">([\d,]+)</a>')


def test_every_state_s_number_leads_to_exactly_its_submissions(coordinator, store, sender, reports):
    id, visit = reports[0]
    correction, _ = sender.send({"vo_stuffing": "no"}, visit=visit, supersedes=id)
    sealed = [sender.send({}, sealed="key-1", expected="quarantined")[0] for _ in range(2)]
    with store.atomic() as tx:
        for each in (reports[1][0], sealed[0]):
            reviews.add(tx, "m-1", each, "excluded", "sent twice", None)
    found = {state: (html.unescape(link), int(number)) for link, state, number in
             STANDING.findall(coordinator.get("/desk/m-1/").text)}  # fmt: skip
    expected = {
        "counted": {correction, *(each for each, _ in reports[2:])},
        "superseded": {id},
        "excluded": {reports[1][0]},
        "quarantined": set(sealed),
    }
    assert found.keys() == expected.keys()
    for state, (link, number) in found.items():
        page = coordinator.get(link).text
        assert (ids_on(page), number) == (expected[state], len(expected[state])), state
        assert f'<option value="{state}" selected>' in page


def test_stations_visited_are_held_against_the_stations_of_the_register(coordinator, sender):
    for location in ("R-1", "R-1", "A", "X-98", "X-99"):
        sender.send({"vo_stuffing": "no"}, location=location)
    page = " ".join(re.sub("<[^>]*>", " ", coordinator.get("/desk/m-1/").text).split())
    assert "Different stations 1 of 2 stations in the register · and 1 commission · 2 not in the register" in page


@pytest.mark.parametrize("hour", ["9" * 5000, "٣", "24", "-1"])
def test_an_hour_that_is_none_filters_nothing(coordinator, reports, hour):
    assert len(ids_on(coordinator.get("/desk/m-1/submissions", query_string={"hour": hour}).text)) == len(reports)


def test_cases_that_are_several_answers_lead_to_all_of_them(coordinator, reports):
    page = coordinator.get("/desk/m-1/submissions?checklist=voting&question=vo_overall&answer=bad,very_bad&counted=1")
    assert ids_on(page.text) == {reports[0][0], reports[1][0]}
    assert "bad / very_bad" in page.text


def test_the_table_keeps_the_states_of_an_answer_apart(coordinator, reports):
    rows = csv.DictReader(io.StringIO(coordinator.get("/desk/m-1/questions/voting.csv").data.decode("utf-8-sig")))
    row = next(row for row in rows if (row["question"], row["answer"]) == ("vo_stuffing", "yes"))
    wanted = {
        "count": "2", "base": "4", "percent": "", "share": "2 of 4", "not_applicable": "1", "not_observed": "0",
        "missing": "1", "problems": "0", "not_asked": "0", "reports": "6", "stations": "2",
    }  # fmt: skip
    assert {key: row[key] for key in wanted} == wanted


def test_the_export_has_the_filters_of_the_page(coordinator, reports):
    rows = list(
        csv.DictReader(io.StringIO(coordinator.get("/desk/m-1/questions/voting.csv?region=B").data.decode("utf-8-sig")))
    )
    assert {row["reports"] for row in rows} == {"2"}
    assert "note" not in rows[0]


def test_breaches_come_first_with_the_largest_share_on_top(coordinator, reports):
    page = coordinator.get("/desk/m-1/questions/voting").text
    order = [page.index(f"{name}?</a>") for name in ("vo_stuffing", "vo_overall", "vo_woman_chair", "vo_women")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [("region=A", {0, 1, 5}), ("setting=rural", {2, 3}), ("team=T02", {2, 3}), ("hour=10", {1}),
     ("with_problems=1", {2, 4}), ("search=station 2", {2, 3}), ("hour=9&region=B", {2}), ("hour=12&region=A", set()),
     ("hour=abc", {0, 1, 2, 3, 4, 5}), ("location=R-1", {0, 1, 5})],
)  # fmt: skip
def test_filters_leave_what_fits(coordinator, reports, query, wanted):
    found = ids_on(coordinator.get(f"/desk/m-1/submissions?{query}").text)
    assert found == {reports[index][0] for index in wanted}


@pytest.mark.parametrize(
    "query",
    ["question=%5C", "question=]", "question=%22", "question=$.a", "question=vo_stuffing&answer=%25", "answer=yes",
     "page=99999999999999999999", "page=-1", "page=x", "hour=%D9%A3", "search=%25_", "counted=maybe",
     "question=a&answer=,"],
)  # fmt: skip
def test_an_address_made_up_by_hand_never_breaks_the_list(coordinator, reports, query):
    assert coordinator.get(f"/desk/m-1/submissions?{query}").status_code == 200


@pytest.mark.parametrize(
    "address", ["/desk/m-1/submissions?region=%00", "/desk/m-1/submissions/%00", "/sign-in?next=/%00"]
)
def test_a_nul_in_the_address_is_refused(coordinator, address):
    assert coordinator.get(address).status_code == 400


def test_a_submission_shows_its_answers_with_their_states_and_problems(coordinator, reports):
    page = coordinator.get(f"/desk/m-1/submissions/{reports[2][0]}").text
    assert "Could not be observed" in page
    assert "Unreadable" in page
    assert "not a whole number" in page
    assert "«many»" in page
    assert "No answer" in page


def test_a_comment_stands_with_its_answer_and_is_never_markup(coordinator, sender):
    id, _ = sender.send({"vo_stuffing": "yes"}, comments={"vo_stuffing": "<b>a stack</b> of ballots"})
    page = coordinator.get(f"/desk/m-1/submissions/{id}").text
    assert "&lt;b&gt;a stack&lt;/b&gt; of ballots" in page
    assert "breach" in page


def test_a_decision_is_added_and_the_one_before_stays(coordinator, reports):
    page = f"/desk/m-1/submissions/{reports[0][0]}"
    assert (
        coordinator.post(f"{page}/review", {"state": "queried", "reason": "which box?"}, page=page).status_code == 303
    )
    assert (
        coordinator.post(f"{page}/review", {"state": "verified", "reason": "the left one"}, page=page).status_code
        == 303
    )
    text = coordinator.get(page).text
    assert text.index("which box?") < text.index("the left one")
    assert text.count("coordinator") >= 3


def test_an_exclusion_needs_a_reason_and_takes_the_report_out_of_the_numbers(coordinator, reports):
    page = f"/desk/m-1/submissions/{reports[0][0]}"
    refused = coordinator.post(f"{page}/review", {"state": "excluded", "reason": " "}, page=page)
    assert refused.status_code == 409
    assert "An exclusion needs a reason" in refused.text
    stuffing = "/desk/m-1/submissions?checklist=voting&question=vo_stuffing&answer=yes&counted=1"
    assert len(ids_on(coordinator.get(stuffing).text)) == 2
    coordinator.post(f"{page}/review", {"state": "excluded", "reason": "sent twice"}, page=page)
    assert ids_on(coordinator.get(stuffing).text) == {reports[4][0]}
    assert reports[0][0] in ids_on(coordinator.get("/desk/m-1/submissions?review=excluded").text)


def test_a_decision_that_does_not_exist_is_refused(coordinator, reports):
    page = f"/desk/m-1/submissions/{reports[0][0]}"
    assert coordinator.post(f"{page}/review", {"state": "perfect"}, page=page).status_code == 409


def test_a_correction_takes_the_place_of_its_original_and_both_are_shown(coordinator, sender):
    first, visit = sender.send({"vo_stuffing": "yes"})
    second, _ = sender.send({"vo_stuffing": "no"}, visit=visit, supersedes=first)
    original = coordinator.get(f"/desk/m-1/submissions/{first}").text
    assert "This report was replaced" in original
    assert f"/submissions/{second}" in original
    assert first[:8] in coordinator.get(f"/desk/m-1/submissions/{second}").text


def test_a_correction_that_could_not_replace_its_original_is_shown_on_both_pages_and_in_the_list(coordinator, sender):
    first, _ = sender.send({"vo_stuffing": "yes"})
    second, _ = sender.send({"vo_stuffing": "no"}, supersedes=first)  # of another visit
    original = coordinator.get(f"/desk/m-1/submissions/{first}").text
    assert "did not replace it" in original
    assert f"/submissions/{second}" in original
    correction = coordinator.get(f"/desk/m-1/submissions/{second}").text
    assert "it replaced nothing" in correction
    assert f"/submissions/{first}" in correction
    assert ids_on(coordinator.get("/desk/m-1/submissions?with_findings=1").text) == {second}


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(
    "code",
    ["supersedes_not_its_own", "corrected_by_another", "corrected_too_often", "superseded_twice", "team_not_its_own"],
)
def test_what_the_intake_notes_of_corrections_and_teams_is_said_in_every_language(language, code):
    assert words(language)(f"desk.finding_{code}")


def test_another_mission_s_submission_is_not_found_here(admin, reports):
    assert admin.get(f"/desk/r-1/submissions/{reports[0][0]}").status_code == 404


def test_the_day_says_who_reported_and_who_did_not(coordinator, reports):
    page = coordinator.get("/desk/m-1/").text
    assert "of 12 expected" in page
    assert "1 team not heard from" in page
    assert ">T03</a>" in page


def test_incidents_stand_first_and_the_open_ones_before_the_closed(coordinator, sender):
    old, _ = sender.send({"in_kind": "expelled", "in_what": "told to leave"}, checklist=INCIDENT)
    new, _ = sender.send({"in_kind": "violence"}, checklist=INCIDENT)
    page = f"/desk/m-1/submissions/{new}"
    coordinator.post(f"{page}/review", {"state": "verified"}, page=page)
    listed = coordinator.get("/desk/m-1/incidents").text
    assert listed.index("expelled") < listed.index("violence")
    assert "told to leave" in listed
    day = coordinator.get("/desk/m-1/").text
    assert day.index("told to leave") < day.index("Coverage")
    assert old in ids_on(day)


def test_a_protocol_that_does_not_add_up_stands_with_its_signed_difference(coordinator, sender):
    bad, _ = sender.send(
        {"b_received": 200, "b_issued": 108, "b_cancelled": 90, "valid": 100, "invalid": 5}, checklist=PROTOCOL
    )
    page = coordinator.get("/desk/m-1/protocols").text
    assert bad in ids_on(page)
    assert "<b>+2</b>" in page
    assert "<b>+3</b>" in page
    narrowed = coordinator.get("/desk/m-1/protocols?rule=S4").text
    assert bad in ids_on(narrowed)
    assert "not found" not in coordinator.get("/desk/m-1/protocols?rule=nothing").text


def test_an_aggregation_table_is_held_against_the_protocol(coordinator, sender):
    sender.send({"valid": 100, "invalid": 10}, checklist=PROTOCOL)
    page = coordinator.get("/desk/m-1/protocols").text
    assert "<b>−5</b>" in page
    assert "differs" in page


def test_the_diary_grows_by_what_is_added(coordinator):
    page = "/desk/m-1/diary"
    entry = {"day": "2011-03-30", "kind": "complaint", "title": "A letter", "count": "2", "reference": "no. 7"}
    assert coordinator.post(page, entry, page=page).status_code == 303
    text = coordinator.get(page).text
    assert "A letter" in text
    assert "no. 7" in text
    refused = coordinator.post(page, {**entry, "count": "0"}, page=page)
    assert refused.status_code == 400
    assert "2 entries" in coordinator.get(page).text


def test_an_enrolment_code_is_shown_once(coordinator, store):
    page = "/desk/m-1/teams"
    made = coordinator.post(f"{page}/code", {"team": "T02", "label": "spare"}, page=page)
    code = re.search(r'<code class="code">([^<]+)</code>', made.text)[1]
    assert f"/o/en/enrol#{code}" in made.text
    assert "<svg" in made.text
    assert code not in coordinator.get(page).text
    assert coordinator.post(f"{page}/code", {"team": "T99"}, page=page).status_code == 404


def test_a_phone_is_withdrawn_only_by_its_own_mission(coordinator, admin, rebuilt, sender, store):
    from observer_kit.storage import devices

    page = "/desk/m-1/teams"
    assert coordinator.post(f"{page}/revoke", {"device": rebuilt.device.id}, page=page).status_code == 404
    assert coordinator.post(f"{page}/revoke", {"device": sender.device.id}, page=page).status_code == 303
    with store.reading() as tx:
        assert devices.get(tx, sender.device.id).revoked is not None
        assert devices.get(tx, rebuilt.device.id).revoked is None


def test_a_team_is_called_in_the_page_s_language_on_desk_and_paper(coordinator, store):
    with store.atomic() as tx:
        register.save_teams(tx, "m-1", [Team("T01", "Team north", "A", None, "Северная группа", "Солтүстік топ")])
    for spoken, name in {"en": "Team north", "ru": "Северная группа", "kk": "Солтүстік топ"}.items():
        coordinator.client.set_cookie("language", spoken)
        for address in ("chase", "chase/T01", "typing"):
            assert name in coordinator.get(f"/desk/m-1/{address}").text
        plan = PdfReader(io.BytesIO(coordinator.get("/desk/m-1/deployment.pdf").data))
        assert f"{name} T01" in " ".join(plan.pages[0].extract_text().split())


def test_a_place_is_called_in_the_page_s_language_and_a_file_keeps_its_first_name(coordinator, sender, store):
    with store.atomic() as tx:
        own = {"R-1": "Участок на Абая", "A": "Алматинская область"}
        places = [replace(each, name_ru=own.get(each.code)) for each in register.find(tx, "m-1")]
        register.replace(tx, "m-1", places)
    report, _ = sender.send({"vo_stuffing": "yes"}, location="R-1")
    coordinator.client.set_cookie("language", "ru")
    for address in (f"submissions/{report}", "submissions", ""):
        page = coordinator.get(f"/desk/m-1/{address}").text
        assert "Участок на Абая" in page
        assert "Station 1" not in page
    assert "Алматинская область" in coordinator.get("/desk/m-1/submissions").text
    [row] = csv.DictReader(io.StringIO(coordinator.get("/desk/m-1/submissions/of/voting.csv").data.decode("utf-8-sig")))
    assert row["place"] == "Station 1"


TURNED = "\u202etfel\u202c"
"""Shown as it stands, this reads "left"."""


def test_no_mark_that_turns_text_reaches_a_page_of_the_desk(coordinator, sender):
    report, _ = sender.send(
        {"vo_stuffing": "yes", "vo_remarks": f"r {TURNED}"}, comments={"vo_stuffing": f"c {TURNED}"}
    )
    other, _ = sender.send(
        {"vo_stuffing": "no", "vo_remarks": f"o {TURNED}"}, team="T02", location=None, location_name=f"p {TURNED}"
    )
    sender.send({"in_kind": "violence", "in_what": f"i {TURNED}"}, checklist=INCIDENT)
    coordinator.post("/desk/m-1/chase/T01", {"outcome": "no_answer", "note": f"n {TURNED}"}, page="/desk/m-1/chase/T01")
    said = {
        f"submissions/{report}": "rc", "submissions": "", f"beside?id={report}&id={other}": "rco",
        "incidents": "i", "": "i", "chase/T01": "n",
    }  # fmt: skip
    for address, marks in said.items():
        page = coordinator.get(f"/desk/m-1/{address}").text
        assert all(f"{each} tfel" in page for each in marks), address
        assert "\u202e" not in page, address


def test_stations_of_no_region_stand_in_the_coverage(coordinator, store):
    with store.atomic() as tx:
        places = register.find(tx, "m-1")
        register.replace(tx, "m-1", [*places, replace(places[-1], code="R-9", parent=None, region=None)])
    page = coordinator.get("/desk/m-1/").text
    assert re.search(r"Region not known</th><td[^>]*>1</td>", page)


def test_a_question_that_nobody_answered_shows_no_nought(coordinator, sender):
    sender.send({"vo_boxes_sealed": "no", "vo_stuffing": "not_applicable"})
    page = coordinator.get("/desk/m-1/questions/voting").text
    row = {
        name: re.search(rf"<tr[^>]*>\s*<th[^>]*><a[^>]*/{name}[\"?].*?</tr>", page, re.S)[0]
        for name in ("vo_stuffing", "vo_boxes_sealed")
    }
    assert "no answers yet" in row["vo_stuffing"]
    assert 'data-label="Cases">–</td>' in row["vo_stuffing"]
    assert "no answers yet" not in row["vo_boxes_sealed"]
    assert re.search(r'data-label="Cases"><a[^>]*>1</a>', row["vo_boxes_sealed"])


def test_the_page_of_protocols_reads_no_voting_report_where_none_was_asked_what_a_check_needs(
    coordinator, sender, monkeypatch
):
    sender.send({"vo_stuffing": "no"})
    read, real = [], submissions.reports
    monkeypatch.setattr(
        submissions, "reports", lambda tx, code, name=None, **more: read.append(name) or real(tx, code, name, **more)
    )
    assert coordinator.get("/desk/m-1/protocols").status_code == 200
    assert "protocol" in read
    assert "voting" not in read
