"""What leaves the house: every submission with its states told apart, noted in the chain, never half of it."""

import csv
import html
import io
import re
import zipfile

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from observer_kit.checklists.versions import seal
from observer_kit.cli import cli
from observer_kit.statements.papers.frame import Paper
from observer_kit.storage import chain, checklists, missions, reviews, whole
from observer_kit.storage.filters import Filters
from observer_kit.web import exports
from tests import builders


@pytest.fixture
def sent(store, sender):
    """Send four reports, one of them excluded, with an answer of every state."""
    ids = [
        sender.send(
            {"vo_stuffing": "yes", "vo_women": 0, "vo_present": ["party", "press"]}, comments={"vo_stuffing": "=1+1"}
        ),
        sender.send({"vo_stuffing": "not_observed", "vo_women": "not_observed"}, location="R-2"),
        sender.send({"vo_stuffing": None, "vo_women": -4}, location="R-9"),
        sender.send({"vo_woman_chair": "yes"}),
    ]  # fmt: skip
    with store.atomic() as tx:
        reviews.add(tx, "m-1", ids[3][0], "excluded", "sent twice", None)
    return [id for id, _ in ids]


def as_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_submission_of_a_checklist_goes_out_with_its_states_apart(coordinator, sent, store):
    answer = coordinator.get("/desk/m-1/submissions/of/voting.csv")
    rows = as_csv(answer.data)
    assert [row["id"] for row in rows] == sent
    assert [row["state"] for row in rows] == ["counted"] * 3 + ["excluded"]
    assert [row["vo_stuffing"] for row in rows] == ["yes", "not_observed", "missing", "missing"]
    assert [row["vo_women"] for row in rows] == ["0", "not_observed", "problem: out_of_range", "missing"]
    assert rows[0]["vo_present"] == "party press"
    assert rows[0]["comments"] == "vo_stuffing: =1+1"  # not a formula: it begins with the question's name
    assert (rows[0]["place"], rows[0]["region"], rows[2]["place"]) == ("Station 1", "A", "")
    with store.reading() as tx:
        noted = list(chain.links(tx, kind="export", mission="m-1"))
    assert [link.subject for link in noted] == ["m-1-submissions-voting.csv"]
    assert noted[0].by is not None


def test_a_question_named_like_a_column_has_a_column_of_its_own(coordinator, sender, store, config):
    form = seal(builders.checklist(*(builders.question(name) for name in ("region", "q_region", "plain")), name="odd"))
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", form)
    sender.send({"region": "yes", "q_region": "no", "plain": "yes"}, checklist=form)
    content = coordinator.get("/desk/m-1/submissions/of/odd.csv").data
    head = content.decode("utf-8-sig").splitlines()[0].split(",")
    assert len(head) == len(set(head))
    [row] = as_csv(content)
    assert (row["region"], row["q_q_region"], row["q_region"], row["plain"]) == ("A", "yes", "no", "yes")
    with store.reading() as tx:
        mission = missions.get(tx, "m-1")
    with exports.archive(store, mission, "parquet") as file, zipfile.ZipFile(file) as archive:
        table = pq.read_table(io.BytesIO(archive.read("submissions-odd.parquet")))
    assert len(table.column_names) == len(set(table.column_names))
    assert table.column("q_q_region").to_pylist() == ["yes"]


def test_the_filters_of_the_list_are_those_of_the_file(coordinator, sent):
    rows = as_csv(coordinator.get("/desk/m-1/submissions/of/voting.csv?state=counted&region=B").data)
    assert [row["id"] for row in rows] == [sent[1]]
    assert as_csv(coordinator.get("/desk/m-1/submissions/of/voting.csv?region=none").data) == []


def test_a_workbook_holds_numbers_as_numbers(coordinator, sent):
    content = coordinator.get("/desk/m-1/submissions/of/voting.xlsx").data
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[head.index("vo_women")] for row in rows] == [0, "not_observed", "problem: out_of_range", "missing"]


def test_the_whole_goes_out_as_parquet_with_value_and_state(coordinator, sent):
    archive = zipfile.ZipFile(io.BytesIO(coordinator.get("/desk/m-1/export/parquet.zip").data))
    assert sorted(archive.namelist()) == [
        "locations.parquet", "submissions-incident.parquet", "submissions-protocol.parquet",
        "submissions-voting.parquet", "teams.parquet",
    ]  # fmt: skip
    table = pq.read_table(io.BytesIO(archive.read("submissions-voting.parquet"))).to_pydict()
    assert table["id"] == sent
    assert table["vo_women"] == [0, None, None, None]
    assert table["vo_women.state"] == ["answered", "not_observed", "problem", "missing"]
    assert table["vo_stuffing.state"] == ["answered", "not_observed", "missing", "missing"]
    assert pq.read_table(io.BytesIO(archive.read("submissions-incident.parquet"))).num_rows == 0


def test_the_whole_as_csv_says_of_a_reconstruction_that_it_is_one(app, admin, rebuilt):
    rebuilt.send({"vo_stuffing": "yes"})
    answer = admin.get("/desk/r-1/export/csv.zip")
    assert "reconstruction-r-1" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    (row,) = as_csv(archive.read("submissions-voting.csv"))
    assert row["reconstruction"] == "rebuilt from OSCE/ODIHR"


def test_an_unknown_checklist_and_a_stranger_get_nothing(coordinator, visitor, sent):
    assert coordinator.get("/desk/m-1/submissions/of/nothing.csv").status_code == 404
    assert coordinator.get("/desk/r-1/export/parquet.zip").status_code in (403, 404)
    assert visitor.get("/desk/m-1/export/parquet.zip").status_code in (302, 401, 403)


@pytest.mark.parametrize(
    ("options", "size"), [(["--checklist", "voting"], 4), (["--format", "parquet"], 5), (["--format", "csv"], 5)]
)
def test_the_command_writes_the_same_and_no_half_a_file(config, sent, tmp_path, options, size, monkeypatch):
    monkeypatch.setenv("OBSERVER_KIT_DATABASE_URL", config.database_url)
    out = tmp_path / "out.file"
    cli.main(["--data", str(config.data), "export", "m-1", *options, "--out", str(out)], standalone_mode=False)
    if "--checklist" in options:
        assert len(as_csv(out.read_bytes())) == size
    else:
        assert len(zipfile.ZipFile(out).namelist()) == size
    assert [each.name for each in tmp_path.glob("out*")] == ["out.file"]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_list_of_submissions_leads_to_the_files_with_its_filters(coordinator, sent, language):
    coordinator.get(f"/language/{language}")
    page = coordinator.get("/desk/m-1/submissions?region=B&checklist=voting").text
    links = [html.unescape(each) for each in re.findall(r'href="([^"]*(?:submissions/of|export)/[^"]*)"', page)]
    assert [each.partition("?")[0].rsplit("/", 1)[1] for each in links] == [
        "voting.csv", "voting.xlsx", "parquet.zip", "csv.zip",
    ]  # fmt: skip
    assert [row["id"] for row in as_csv(coordinator.get(links[0]).data)] == [sent[1]]


def test_a_file_that_is_taken_slowly_holds_nothing_open_and_gives_each_row_once(store, sender, sent, monkeypatch):
    monkeypatch.setattr(whole, "BLOCK", 2)
    with store.reading() as tx:
        mission, asked = missions.get(tx, "m-1"), exports.asked_of(tx, "m-1", "voting")
    rows = exports.rows(store, mission, "voting", Filters(), asked)
    first = next(rows)
    assert store.engine.pool.checkedout() == 0
    late, _ = sender.send({"vo_stuffing": "no"})
    rest = [row[0] for row in rows]
    assert [first[0], *rest] == sent
    assert late not in rest


def test_every_table_and_paper_that_leaves_the_house_is_noted_with_who_and_what(coordinator, sent, store, monkeypatch):
    monkeypatch.setattr(Paper, "pressed", lambda self: b"%PDF-")
    for rest in (f"submissions/{sent[0]}.pdf", "briefing.pdf?lang=ru", "incidents?format=csv"):
        assert coordinator.get(f"/desk/m-1/{rest}").status_code == 200
    assert coordinator.get("/desk/m-1/incidents?format=exe").status_code == 404
    with store.reading() as tx:
        noted = list(chain.links(tx, kind="export", mission="m-1"))
        moved = chain.revision(tx, "m-1")
    names = [f"m-1-submission-{sent[0][:8]}-en.pdf", "m-1-briefing-ru.pdf", "m-1-incidents.csv"]
    assert [link.subject for link in noted] == names
    assert len({link.content for link in noted}) > 1, "what was asked for is part of it"
    assert all(link.by is not None and link.sequence > moved for link in noted), "and no number is counted anew for it"
