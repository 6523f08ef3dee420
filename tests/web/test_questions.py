"""The questions' pages: a share as its base allows, versions apart, and what a random sample says of all stations."""

import csv
import html
import io
import re
from dataclasses import replace

import pytest

from observer_kit.checklists.versions import seal
from observer_kit.missions.model import Sampling
from observer_kit.storage import checklists, missions, register
from tests.builders import question
from tests.web.conftest import PROTOCOL, VOTING, station
from tests.web.test_desk import ids_on


def text_of(page):
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("reports", "cases", "said", "percent"),
    [(29, 6, "6 of 29", ""), (40, 6, "15 % (6 of 40)", "15.0"), (100, 15, "15 %", "15.0")],
)
def test_a_share_is_written_as_its_base_allows(coordinator, sender, reports, cases, said, percent):
    for place in range(reports):
        sender.send({"vo_stuffing": "yes" if place < cases else "no"})
    for address in ("/desk/m-1/questions/voting", "/desk/m-1/questions/voting/vo_stuffing"):
        page = coordinator.get(address).text
        found = re.findall(r'<span class="share"><span>(.*?)</span>(?:</span>)?<svg', page)
        shares = {text_of(each).replace("\u00a0", " ") for each in found}
        assert said in shares
        assert ('<svg class="bar hollow"' in page) == (reports < 30)
    line = next(
        row
        for row in rows(coordinator.get("/desk/m-1/questions/voting.csv"))
        if (row["question"], row["answer"]) == ("vo_stuffing", "yes")
    )
    assert (line["percent"], line["share"]) == (percent, said)


@pytest.fixture
def changed(store, sender):
    """Reports of two versions: a rating of four steps, then of five, and a question that is asked no more."""
    for rating in ("good", "good", "very_bad"):
        sender.send({"vo_overall": rating, "vo_woman_chair": "yes"}, location="R-1")
    [frame, conduct] = VOTING.sections
    kept = tuple(each for each in conduct.questions if each.name not in ("vo_overall", "vo_woman_chair"))
    steps = ("very_good", "good", "neutral", "bad", "very_bad")
    later = replace(conduct, questions=(*kept, question("vo_overall", "rating", steps, good=("very_good", "good"))))
    newer = seal(replace(VOTING, sections=(frame, later)))
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", newer)
    for rating in ("neutral", "good"):
        sender.send({"vo_overall": rating}, checklist=newer, location="R-2")
    return newer


def test_versions_whose_choices_changed_are_counted_apart_and_lead_to_their_own_reports(coordinator, changed):
    page = coordinator.get("/desk/m-1/questions/voting").text
    assert page.count("vo_overall?</a>") == 2
    assert "vo_woman_chair?</a>" in page  # asked by the former version alone
    one = coordinator.get("/desk/m-1/questions/voting/vo_overall").text
    assert "each version is counted by itself" in one
    assert text_of(one).count("asked since") == 2
    links = [html.unescape(each) for each in re.findall(r'href="([^"]*/submissions[^"]*)"', one)]
    good = [each for each in links if "answer=good" in each and "region" not in each]
    numbers = [coordinator.get(each).text for each in good]
    assert ["2 submissions" in numbers[0], "1 submission" in numbers[1]] == [True, True]
    former = coordinator.get("/desk/m-1/questions/voting/vo_woman_chair")
    assert former.status_code == 200
    links = [html.unescape(each) for each in re.findall(r'href="([^"]*/submissions[^"]*)"', former.text)]
    [yes] = [each for each in links if "answer=yes" in each and VOTING.version in each and "region" not in each]
    assert "3 submissions" in coordinator.get(yes).text
    lines = rows(coordinator.get("/desk/m-1/questions/voting.csv"))
    good = {row["version"]: row["count"] for row in lines if (row["question"], row["answer"]) == ("vo_overall", "good")}
    assert good == {VOTING.version: "2", changed.version: "1"}
    assert coordinator.get("/desk/m-1/questions/voting/vo_overall?team=T09").status_code == 200


def sampled(store, population):
    with store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, "m-1"), sample="random", sampling=Sampling(population, 60)))
        found = [station(f"S-{place:02d}", "A" if place < 12 else "B", "urban") for place in range(52)]
        register.replace(tx, "m-1", [*register.regions(tx, "m-1"), *found])


def test_intervals_stand_only_where_the_sample_is_random_and_else_the_page_says_why(coordinator, sender, store):
    for place in range(40):
        sender.send({"vo_stuffing": "yes" if place < 4 else "no", "vo_overall": "good"}, location=f"S-{place:02d}")
    address = "/desk/m-1/questions/voting/vo_stuffing"
    page = coordinator.get(address).text
    assert "95 % interval" not in page
    assert "teams chose where to go. So there are no intervals." in page
    sampled(store, 5000)
    page = text_of(coordinator.get(address).text)
    assert "The sample is random" in page
    assert "10 % (4 of 40) 4–23 %" in page  # Wilson of 4 of 40, with 5,000 stations in all
    assert "What the sample says of all stations" in page
    assert "not computed under this filter" in text_of(coordinator.get(f"{address}?search=Station").text)


def test_where_a_sample_and_versions_meet_no_interval_is_made_up(coordinator, changed, store):
    sampled(store, 5000)
    page = text_of(coordinator.get("/desk/m-1/questions/voting/vo_overall").text)
    assert "not computed: the question’s choices changed" in page


def picture_links(page):
    found = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"><path', page)
    return {html.unescape(label): html.unescape(link) for link, label in found}


@pytest.mark.parametrize("by", ["region", "hour"])
def test_every_bar_of_a_picture_leads_to_its_submissions(coordinator, sender, by):
    for place in range(5):
        sender.send(
            {"vo_stuffing": "yes" if place < 3 else "no", "vo_overall": "good" if place else "bad"},
            location="R-1" if place < 2 else "R-2", hour=9 if place < 2 else 10,
        )  # fmt: skip
    links = picture_links(coordinator.get(f"/desk/m-1/questions/voting/vo_stuffing?by={by}").text)
    first = "Almaty region: 2 of 2" if by == "region" else "09: 2 of 2"
    assert "2 submissions" in coordinator.get(links[first]).text
    steps = picture_links(coordinator.get(f"/desk/m-1/questions/voting/vo_overall?by={by}").text)
    assert "4 submissions" in coordinator.get(steps["All together, good: 4"]).text
    day = picture_links(coordinator.get("/desk/m-1/").text)
    assert "3 submissions" in coordinator.get(day["10: 3"]).text
    dots = picture_links(coordinator.get("/desk/m-1/comparisons?question=vo_stuffing&by=region").text)
    assert "1 submission" in coordinator.get(dots["Aktobe region: 1 of 3"]).text


def test_every_part_of_the_rules_picture_leads_to_its_protocols(coordinator, sender):
    numbers = {"b_received": 500, "b_issued": 95, "b_cancelled": 300, "valid": 90, "invalid": 5}
    sender.send(numbers, checklist=PROTOCOL)
    sender.send({**numbers, "b_cancelled": 405}, checklist=PROTOCOL, location="R-2")
    page = coordinator.get("/desk/m-1/protocols").text
    links = {label: link for label, link in picture_links(page).items() if "(S1)" in label or "(S11)" in label}
    seen = {label.rpartition(", ")[2]: text_of(coordinator.get(link).text) for label, link in links.items()}
    assert "Protocols in which “Ballots received equal those issued and cancelled” does not hold" in seen["Fails: 1"]
    assert "Protocols in which “Ballots received equal those issued and cancelled” holds" in seen["Passes: 1"]
    assert "can’t be computed: a figure is blank" in seen["Not computable: 2"]


def test_sum_least_median_and_most_lead_to_the_reports_that_hold_them(coordinator, sender):
    ids = {}
    for women in (2, 3, 7, 9):
        ids[women], _ = sender.send({"vo_women": women}, location="R-1" if women < 7 else "R-2")
    page = coordinator.get("/desk/m-1/questions/voting").text
    line = re.search(r"vo_women\?</a>.*?</tr>", page, re.S)[0]
    cells = [re.search(r'href="([^"]+)">([\d.,]+)</a>', each) for each in re.findall(r"<td.*?</td>", line, re.S)[:4]]
    assert [each[2] for each in cells] == ["21", "2", "5", "9"]
    led = [ids_on(coordinator.get(html.unescape(each[1])).text) for each in cells]
    assert led == [set(ids.values()), {ids[2]}, {ids[3], ids[7]}, {ids[9]}]
    page = coordinator.get("/desk/m-1/questions/voting/vo_women?by=region").text
    [median] = re.findall(r'href="([^"]+)">8</a>', page)  # of 7 and 9, in the second region
    assert ids_on(coordinator.get(html.unescape(median)).text) == {ids[7], ids[9]}
