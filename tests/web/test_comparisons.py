"""The desk's comparisons and quality: screening or test, with the teams behind it, every number with its reports."""

import csv
import io
import re
from dataclasses import replace
from html import unescape

import pytest

from observer_kit.checklists.versions import seal
from observer_kit.missions.model import Sampling
from observer_kit.storage import checklists, missions, register
from observer_kit.web import comparing
from tests.builders import question
from tests.web.conftest import PROTOCOL, station
from tests.web.test_desk import ids_on


def number_link(page, *needles):
    """Give the first link of a page that holds all of these."""
    for found in re.findall(r'href="([^"]+)"', page):
        if all(each in unescape(found) for each in needles):
            return unescape(found)
    raise AssertionError(f"no link with {needles}")


def rows(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def sent(sender):
    for place in range(12):
        bad = "yes" if place < 9 else "no"
        sender.send({"vo_stuffing": bad, "vo_overall": "good", "vo_boxes_sealed": "yes"}, location="R-1", team="T01")
    for _ in range(40):
        sender.send({"vo_stuffing": "no", "vo_overall": "good", "vo_boxes_sealed": "yes"}, location="R-2", team="T02")
    sender.send({"vo_stuffing": "no", "vo_overall": "very_bad", "vo_boxes_sealed": "yes"}, location="R-2", team="T03")
    return sender


def test_a_screening_says_so_names_the_team_and_leads_to_its_reports(coordinator, sent):
    page = coordinator.get("/desk/m-1/comparisons").text
    assert "For screening only" in page
    assert "Counted: Yes" in page
    assert "One team supplies over half: T01, 9 of 9." in page
    link = number_link(page, "/submissions", "team=T01", "question=vo_stuffing", "answer=yes", "region=A")
    assert "9 submissions" in coordinator.get(link).text
    base = number_link(page, "/submissions", "region=A", "question=vo_stuffing", "answer=answered")
    assert "12 submissions" in coordinator.get(base).text


def test_one_question_has_its_funnel_and_every_part(coordinator, sent):
    page = coordinator.get("/desk/m-1/comparisons?question=vo_stuffing&by=setting").text
    assert "<svg" in page
    assert "Urban" in page
    assert "Rural" in page
    assert coordinator.get("/desk/m-1/comparisons?question=vo_remarks").status_code == 404
    assert coordinator.get("/desk/m-1/comparisons?checklist=none").status_code == 404


def test_a_filter_that_matches_nothing_says_so(coordinator, sent):
    assert "No report fits yet" in coordinator.get("/desk/m-1/comparisons?team=T09").text
    assert "No report fits yet" in coordinator.get("/desk/m-1/comparisons?checklist=voting&hour=3").text


def test_the_file_says_of_every_line_what_it_may_be_used_for(coordinator, sent):
    found = rows(coordinator.get("/desk/m-1/comparisons?format=csv"))
    assert {row["use"] for row in found} == {"screening only"}
    one = next(row for row in found if row["question"] == "vo_stuffing" and row["part"] == "Almaty region")
    assert (one["cases"], one["base"], one["rest_cases"], one["rest_base"], one["p"]) == ("9", "12", "0", "41", "")
    assert coordinator.get("/desk/m-1/comparisons?format=xlsx").data.startswith(b"PK")
    assert coordinator.get("/desk/m-1/comparisons?format=doc").status_code == 404


def test_a_random_sample_is_tested(coordinator, sender, store):
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, "m-1"), sample="random", sampling=Sampling(500, 60)))
        found = [station(f"S-{place:02d}", "A" if place < 12 else "B", "urban") for place in range(52)]
        register.replace(tx, "m-1", [*register.regions(tx, "m-1"), *found])
    for place in range(52):
        sender.send({"vo_stuffing": "yes" if place < 9 else "no"}, location=f"S-{place:02d}")
    page = coordinator.get("/desk/m-1/comparisons").text
    assert "The sample is random" in page
    assert "&lt; 0.001" in page
    assert "For screening only" not in page
    found = rows(coordinator.get("/desk/m-1/comparisons?format=csv"))
    assert {row["use"] for row in found} == {"tested"}


def test_many_reports_of_two_stations_are_no_sample_of_fifty(coordinator, sent, store):
    """Stations were drawn, not reports: the same 53 reports of two stations tell next to nothing of 500."""
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, "m-1"), sample="random", sampling=Sampling(500, 60)))
    found = rows(coordinator.get("/desk/m-1/comparisons?format=csv"))
    one = next(row for row in found if row["question"] == "vo_stuffing" and row["part"] == "Almaty region")
    assert one["use"] == "tested"
    assert one["q"] == "" or float(one["q"]) > 0.05


def test_the_quick_count_is_refused_where_teams_chose_and_followed_where_the_sample_is_random(
    coordinator, sender, store
):
    assert "There is no quick count" in coordinator.get("/desk/m-1/comparisons/count").text
    for place, valid in enumerate((100, 120, 80)):
        sender.send(
            {"b_received": 200, "b_issued": valid, "b_cancelled": 90, "valid": valid}, checklist=PROTOCOL,
            location=("R-1", "R-2", "R-2")[place],
        )  # fmt: skip
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, "m-1"), sample="random", sampling=Sampling(500, 60)))
    page = coordinator.get("/desk/m-1/comparisons/count").text
    assert "2 protocols" in page  # of two from one station the later one
    assert "of 60 stations drawn" in page
    assert "1 earlier protocol of a station that sent a later one; it is not counted here" in page


def test_every_moment_of_the_quick_count_leads_to_the_protocols_that_had_come(coordinator, sender, store):
    asked = (*PROTOCOL.sections[0].questions, question("reg_close", "integer", minimum=0))
    protocol = seal(replace(PROTOCOL, sections=(replace(PROTOCOL.sections[0], questions=asked),)))
    places = [f"S-{n}" for n in range(6)]
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", protocol)
        register.replace(tx, "m-1", [*register.find(tx, "m-1"), *(station(each, "A", "urban") for each in places)])
        missions.save(tx, replace(missions.get(tx, "m-1"), sample="random", sampling=Sampling(500, 60)))
    ids = []
    for n, place in enumerate(places):
        numbers = {"b_issued": 50 + n, "reg_close": 100}
        ids.append(sender.send(numbers, checklist=protocol, location=place)[0])
        sender.send({"vo_stuffing": "no"})
    page = coordinator.get("/desk/m-1/comparisons/count").text
    table = re.findall(r'<th scope="row"><a href="([^"]+)">(\d)</a></th>', page)
    assert [int(at) for _, at in table] == [1, 2, 3, 4, 5, 6]
    for address, at in table:
        shown = coordinator.get(unescape(address)).text
        assert ids_on(shown) == set(ids[: int(at)])
        assert "Only those received up to a chosen moment." in shown
    drawn = re.findall(r'<a href="([^"]+)" aria-label="[^"]*"', page)
    assert {unescape(each) for each in drawn} == {unescape(address) for address, _ in table}


def test_two_missions_stand_side_by_side_only_for_who_may_read_both(coordinator, admin, sent, rebuilt):
    rebuilt.send({"vo_stuffing": "yes"})
    assert "There is no other mission" in coordinator.get("/desk/m-1/comparisons/mission").text
    assert coordinator.get("/desk/m-1/comparisons/mission?with=r-1").status_code == 404
    page = admin.get("/desk/m-1/comparisons/mission?with=r-1&checklist=voting").text
    assert "Nothing is tested between them" in page
    assert "−83.0" in page  # 9 of 53 against 1 of 1
    found = rows(admin.get("/desk/m-1/comparisons/mission?with=r-1&checklist=voting&format=csv"))
    one = next(row for row in found if row["question"] == "vo_stuffing")
    assert (one["cases"], one["base"], one["other_cases"], one["other_base"]) == ("9", "53", "1", "1")


def test_quality_names_ratings_that_their_answers_contradict_and_who_gave_them(coordinator, sent):
    page = coordinator.get("/desk/m-1/quality").text
    assert "9 of 52 rated good report a critical breach" in page
    assert "1 of 1 rated bad reports no breach" in page
    link = number_link(page, "/submissions", "location=R-2", "team=T03", "answer=very_bad")
    assert "1 submission" in coordinator.get(link).text
    found = rows(coordinator.get("/desk/m-1/quality?part=ratings&format=csv"))
    assert [row["kind"] for row in found].count("bad_without_breach") == 1


def test_quality_holds_two_teams_together_and_leads_to_the_station(coordinator, sent):
    page = coordinator.get("/desk/m-1/quality").text
    there = coordinator.get(number_link(page, "/quality", "question=vo_overall")).text
    assert "R-2" in there
    assert "T02" in there
    assert "T03" in there
    section = there[there.index('id="stations"') :]
    assert "41 submissions" in coordinator.get(number_link(section, "/submissions", "location=R-2")).text
    found = rows(coordinator.get("/desk/m-1/quality?part=teams&question=vo_overall&format=csv"))
    assert [(row["answer"], row["other_answer"]) for row in found] == [("good", "very_bad")]


def test_what_cannot_be_computed_is_said_and_never_0(coordinator, sent):
    page = coordinator.get("/desk/m-1/quality").text
    assert "can’t be computed" in page  # 53 reports of 12 expected
    found = rows(coordinator.get("/desk/m-1/quality?part=bounds&format=csv"))
    assert {(row["least"], row["greatest"]) for row in found} == {("", "")}
    assert all(row["rate"] == "" for row in rows(coordinator.get("/desk/m-1/quality?part=response&format=csv")))


def test_every_page_stands_without_a_report_and_in_every_language(coordinator):
    for language in ("en", "ru", "kk"):
        coordinator.get(f"/language/{language}")
        for page in ("comparisons", "comparisons/count", "comparisons/mission", "quality"):
            assert coordinator.get(f"/desk/m-1/{page}").status_code == 200


def test_a_sample_of_places_says_what_it_tells_of_all_stations_or_why_it_cannot(coordinator, sent, store):
    def sampled(**more):
        with store.atomic() as tx:
            sampling = Sampling(500, 60, clusters="parent", **more)
            missions.save(tx, replace(missions.get(tx, "m-1"), sample="clustered", sampling=sampling))
        page = coordinator.get("/desk/m-1/comparisons?question=vo_stuffing").text
        return page[page.index("What the sample says") : page.index("Farthest from the whole")]

    # Two places of eight: 9 of 12 in one, 0 of 41 in the other; the share over both, and its width from one degree.
    assert "17 %" in sampled(of_clusters=8)
    assert "100 %" in sampled(of_clusters=8)
    weighed = sampled(weights={"A": 41.0, "B": 12.0})
    assert "37.5 %" in weighed  # as if both places had sent as many
    assert "a place has no weight" in sampled(weights={"A": 2.0}).replace("&#39;", "'")


def test_what_was_compared_holds_no_columns_that_were_left_behind(coordinator, sent):
    for by in ("region", "setting", "hour"):
        coordinator.get(f"/desk/m-1/comparisons?by={by}")
    sent.send({"vo_stuffing": "no"}, location="R-1", team="T01")
    coordinator.get("/desk/m-1/comparisons")
    held = {id(columns) for key, (columns, _, _) in comparing._kept.items() if key[0] == "m-1"}
    assert len(held) == 1
