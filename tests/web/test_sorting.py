"""Every table sorts by the server: by links, stably, what has no value last, in the reader's own alphabet."""

import csv
import html
import io
import re

import pytest

from observer_kit.storage import register
from tests.web.conftest import INCIDENT

HEADS = re.compile(r'<th scope="col"[^>]*?(?: aria-sort="(\w+)")?><a class="sort" href="([^"]+)"[^>]*>([^<]*)<')


def heads(page):
    return {label: (state, html.unescape(href)) for state, href, label in HEADS.findall(page)}


def labels(page):
    return re.findall(r'<a class="q"[^>]*>([^<]+)</a>', page.partition("</table>")[0])


@pytest.fixture
def reports(sender):
    answers = (("yes", "no", "bad"), ("yes", "yes", "good"), ("no", "yes", "good"), ("no", "yes", "good"))
    for location, (stuffing, sealed, overall) in zip(("R-1", "R-2", "R-1", None), answers, strict=True):
        sender.send({"vo_stuffing": stuffing, "vo_boxes_sealed": sealed, "vo_overall": overall}, location=location)


@pytest.mark.parametrize("address", [
    "/desk/m-1/", "/desk/m-1/questions/voting", "/desk/m-1/questions/voting/vo_overall", "/desk/m-1/submissions",
    "/desk/m-1/teams",
])  # fmt: skip
def test_every_head_leads_to_the_table_in_its_order_and_back(coordinator, reports, address):
    found = heads(coordinator.get(address).text)
    assert len(found) >= 4
    for label, (_, href) in found.items():
        first = heads(coordinator.get(href).text)[label]
        assert first[0] in ("ascending", "descending"), label
        again = heads(coordinator.get(first[1]).text)[label]
        assert {first[0], again[0]} == {"ascending", "descending"}


def test_the_filters_and_the_sorting_keep_each_other(coordinator, reports):
    page = coordinator.get("/desk/m-1/questions/voting?region=A&sort=breach.-base").text
    assert all("region=A" in href for _, href in heads(page).values())
    assert 'name="sort" value="breach.-base"' in page
    assert all(
        "region=A" in link and "sort=breach.-base" in link for link in re.findall(r'href="([^"]*format=\w+)"', page)
    )


def test_a_table_of_questions_is_sorted_by_words_and_by_numbers(coordinator, reports):
    page = "/desk/m-1/questions/voting?sort=breach."
    by_words = labels(coordinator.get(page + "question").text)
    assert by_words == sorted(by_words)
    assert labels(coordinator.get(page + "-question").text) == by_words[::-1]
    shares = labels(coordinator.get(page + "-share").text)
    assert shares == labels(coordinator.get("/desk/m-1/questions/voting").text)  # the page's own order


def test_what_is_no_column_and_what_speaks_to_the_address_maker_is_left_alone(coordinator, reports):
    page = coordinator.get(
        "/desk/m-1/questions/voting?sort=breach.__class__&_scheme=javascript&_external=1&_anchor=x"
    ).text
    assert "javascript:" not in page
    assert "aria-sort" not in page
    page = coordinator.get("/desk/m-1/questions/voting?endpoint=x&mission=m-2&region=A&region=B")
    assert page.status_code == 200
    for _, href in heads(page.text).values():
        assert href.startswith("/desk/m-1/")
        assert "region=A" in href
        assert "region=B" in href


def test_kazakh_words_stand_in_their_own_alphabet(coordinator, store):
    names = ("Ұлытау", "Шымкент", "Үржар", "Іле", "Тараз", "Қостанай", "Көкшетау")
    with store.atomic() as tx:
        places = list(register.find(tx, "m-1"))
        regions = [each for each in places if each.kind == "region"]
        new = [type(regions[0])(code=f"K{n}", kind="region", name=name) for n, name in enumerate(names)]
        stations = [type(regions[0])(code=f"S{n}", kind="polling_station", name=name, region=f"K{n}")
                    for n, name in enumerate(names)]  # fmt: skip
        register.replace(tx, "m-1", [*places, *new, *stations])
    coordinator.get("/language/kk")
    page = coordinator.get("/desk/m-1/?sort=region").text
    shown = [name for name in re.findall(r'<th scope="row">([^<]+)</th>', page) if name in names]
    assert shown[: len(names)] == ["Көкшетау", "Қостанай", "Тараз", "Ұлытау", "Үржар", "Шымкент", "Іле"]


def test_a_list_of_submissions_is_sorted_over_all_its_pages_and_goes_out_whole(coordinator, store, sender):
    for place in range(60):
        sender.send({"vo_stuffing": "no"}, team=f"T{place % 3:02d}")
    rows = []
    for page in (1, 2):
        text = coordinator.get(f"/desk/m-1/submissions?sort=team&page={page}").text
        rows += re.findall(r'data-label="Team">(T\d\d)<', text)
    assert rows == sorted(rows)
    assert len(rows) == 60
    file = coordinator.get("/desk/m-1/submissions?team=T01&format=csv").data.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(file)))) == 21


def test_the_diary_sorts_and_goes_out_and_a_refused_step_still_leads_to_the_inbox(coordinator, sender):
    page = coordinator.get("/desk/m-1/diary?sort=title").text
    assert heads(page)["What"][0] == "ascending"
    assert coordinator.get("/desk/m-1/diary?format=csv").status_code == 200
    incident, _ = sender.send({"in_kind": "violence"}, checklist=INCIDENT)
    inbox = "/desk/m-1/incidents"
    refused = coordinator.post(f"{inbox}/{incident}/step?region=A", {"state": "new", "note": ""}, page=inbox)
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*(?:sort|format)=[^"]*)"', refused.text)]
    assert len(links) >= 6
    assert all(coordinator.get(link).status_code == 200 for link in links)


def test_an_address_that_names_no_question_or_too_many_answers_is_no_fault(coordinator, reports):
    assert coordinator.get("/desk/m-1/questions/voting/none?format=csv").status_code == 404
    many = ",".join(f"a{place}" for place in range(1500))
    page = f"/desk/m-1/submissions?checklist=voting&question=vo_stuffing&answer={many}"
    assert coordinator.get(page).status_code == 200


def test_teams_are_sorted_by_what_they_sent_and_given_as_a_file(coordinator, reports, sender):
    sender.send({"vo_stuffing": "no"}, team="T02", location="R-2")
    page = coordinator.get("/desk/m-1/teams?sort=-reports").text
    order = re.findall(r"<b>(T0\d)</b>", page)
    assert order == ["T01", "T02", "T03"]
    assert re.findall(r"<b>(T0\d)</b>", coordinator.get("/desk/m-1/teams?sort=reports").text) == order[::-1]
    rows = list(csv.DictReader(io.StringIO(coordinator.get("/desk/m-1/teams?format=csv").data.decode("utf-8-sig"))))
    assert [(row["code"], row["Reports"]) for row in rows] == [("T01", "4"), ("T02", "1"), ("T03", "0")]
