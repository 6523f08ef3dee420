"""Aggregation tables at the desk: from a file over its columns and a look to an import, and back."""

import io
import re

import pytest

from observer_kit.protocols.tables import from_json
from observer_kit.storage import aggregation
from observer_kit.storage.check import check
from tests.web.conftest import PROTOCOL

FILE = (
    "Сводная таблица;;;\n"
    "№ участка;Действительных бюллетеней;Недействительных бюллетеней;Примечание\n"
    "1;2;3;4\n"
    "R-1;1 234;–;\n"
    "R-2;1,6970;-5;\n"
    "R-2;12,5;;\n"
    "R-77;90;3;\n"
    "Итого;1394;3;\n"
)


def bring(browser, content, name="table.csv"):
    data = {"file": (io.BytesIO(content), name)}
    page = "/desk/m-1/aggregation"
    answer = browser.post(page, data, page=page, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return answer.location


def fields(page):
    """Give what the form of the import would send."""
    form = page[page.index('method="post" action="/desk/m-1/aggregation/') :]
    form = form[: form.index("</form>")]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def look(browser, address, **more):
    page = browser.get(address, query_string={"look": "1", **more}).text
    return page


def test_a_file_is_looked_at_then_imported_as_one_act_and_compared(coordinator, store, sender):
    sender.send({"b_received": 120, "b_issued": 105, "b_cancelled": 15, "valid": 1230, "invalid": 10},
                checklist=PROTOCOL)  # fmt: skip
    address = bring(coordinator, FILE.encode("cp1251"))
    page = look(coordinator, address, table="DEC 1")
    assert "4 new rows" in page
    assert "2 cells" not in page
    assert "3 cells can’t be read as numbers" in page
    for said in (
        "B5", "C5", "B6", "1,6970", "not a well-formed number", "below zero", "not a whole number",
        "no such station in the register", "listed a second time", "1 station listed more than once",
    ):  # fmt: skip
        assert said in page, said
    with store.reading() as tx:
        assert aggregation.imports(tx, "m-1") == []
    answer = coordinator.post(address, fields(page), page=address)
    assert answer.status_code == 303, answer.text
    with store.reading() as tx:
        [kept] = aggregation.imports(tx, "m-1")
    table = from_json(kept.content)
    assert [(row.station, row.location, row.numbers) for row in table.rows] == [
        ("R-1", "R-1", {"valid": 1234, "invalid": None}),
        ("R-2", "R-2", {"valid": None, "invalid": None}),
        ("R-2", "R-2", {"valid": None, "invalid": None}),
        ("R-77", None, {"valid": 90, "invalid": 3}),
    ]
    assert table.rows[1].cells["valid"].text == "1,6970"
    assert table.totals[0].numbers == {"valid": 1394, "invalid": 3}
    assert check(store) == []
    assert "+4" in coordinator.get("/desk/m-1/protocols").text  # 1,234 in the table, 1,230 in the protocol


def test_a_later_import_supersedes_and_an_earlier_one_is_put_back(coordinator, store):
    for valid in ("95", "96"):
        address = bring(coordinator, f"Station,Valid,Invalid\nR-1,{valid},10\n".encode())
        page = look(coordinator, address, table="DEC 1")
        assert coordinator.post(address, fields(page), page=address).status_code == 303
    assert "1 changed" in page
    page = "/desk/m-1/aggregation"
    with store.reading() as tx:
        first = aggregation.imports(tx, "m-1")[-1].sequence
        assert from_json(aggregation.current(tx, "m-1")["DEC 1"].content).rows[0].numbers["valid"] == 96
    assert coordinator.post(f"{page}/undo", {"sequence": first}, page=page).status_code == 303
    with store.reading() as tx:
        assert from_json(aggregation.current(tx, "m-1")["DEC 1"].content).rows[0].numbers["valid"] == 95
        assert len(aggregation.imports(tx, "m-1")) == 3
    assert coordinator.post(f"{page}/undo", {"table": "DEC 1"}, page=page).status_code == 303
    assert "taken out" in coordinator.get(page).text
    assert check(store) == []


def test_a_look_that_is_old_imports_nothing(coordinator, store):
    address = bring(coordinator, b"Station,Valid\nR-1,95\n")
    sent = fields(look(coordinator, address, table="DEC 1"))
    with store.atomic() as tx:
        aggregation.take_in(tx, "m-1", "DEC 1", {"rows": []}, None)
    assert coordinator.post(address, sent, page=address).status_code == 409


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"PK\x03\x04 cut off", "table.xlsx"), (b"\x00\x01\x02\n", "table.csv"), (b"", "table.csv"),
     (b"\xff\xfea", "table.csv")],
)  # fmt: skip
def test_a_file_that_is_no_table_is_named_and_the_page_stays(coordinator, content, name):
    answer = coordinator.get(bring(coordinator, content, name))
    assert answer.status_code == 200
    assert "This file can’t be read" in answer.text
    assert name in answer.text


def test_a_map_without_station_is_refused_in_words(coordinator):
    address = bring(coordinator, b"a,b\n1,2\n")
    assert "Say which column names the polling station" in look(coordinator, address)
    assert "One field is given to two columns" in look(coordinator, address, of="0.0", c0="valid", c1="valid")


def test_the_head_reads_and_imports_nothing(head):
    assert head.get("/desk/m-1/aggregation").status_code == 200
    assert head.post("/desk/m-1/aggregation", {}, page="/desk/m-1/aggregation").status_code == 403
