"""What is read back in the large, on both databases: columns, filters, files, the inbox, tables that are imported."""

from __future__ import annotations

import csv
import io
import zipfile
from random import Random

import pytest

from observer_kit.checklists.versions import seal
from observer_kit.missions.model import Mission
from observer_kit.statistics import tally
from observer_kit.statistics.encoding import build
from observer_kit.storage import Store, aggregation, checklists, handlings, missions, reviews, submissions
from observer_kit.storage.check import check
from observer_kit.storage.filters import Filters
from observer_kit.storage.intake import Intake
from observer_kit.web import exports
from observer_kit.web.columns import columns_of, only
from observer_kit.web.protocols import printed_tables
from tests import builders
from tests.phones import MISSION, Phone, enrol

ASKED = ("yes", "no", "not_observed", None)


def mission_of(store: Store) -> Mission:
    with store.reading() as tx:
        return missions.get(tx, MISSION)


@pytest.fixture
def sent(store: Store, intake: Intake, phone: Phone) -> list[str]:
    """Twelve reports of two teams, of which one is corrected and one excluded."""
    random, other = Random(2), enrol(store, phone.checklist, team="T2")
    made = [
        each.envelope({"vo_stuffing": random.choice(ASKED)}, location=random.choice(["A-1", "A-2", "B-1", "X-1"]))
        for each in (phone, other)
        for _ in range(6)
    ]
    for each in (phone, other):
        intake.receive([one for one in made if one["device"] == each.device.id], device=each.device, via="http")
    again = phone.envelope({"vo_stuffing": "yes"}, visit=made[0]["visit"], supersedes=made[0]["id"])
    intake.receive([again], device=phone.device, via="http")
    with store.atomic() as tx:
        reviews.add(tx, MISSION, made[7]["id"], "excluded", "sent by mistake", None)
    return [one["id"] for one in (*made, again)]


def same(store: Store, phone: Phone) -> None:
    with store.reading() as tx:
        kept = columns_of(tx, MISSION, phone.checklist)
        slow = build(list(submissions.reports(tx, MISSION, "voting")), phone.checklist)
    bare = {"superseded": None, "excluded": None, "quarantined": None}
    for by in (None, "region", "setting", "team", "hour", "review"):
        quick = [row._replace(**bare) for row in tally(kept, phone.checklist, by=by)]
        assert quick == tally(slow, phone.checklist, by=by)


def test_columns_are_those_of_the_slow_way_and_stay_so(
    store: Store, intake: Intake, phone: Phone, sent: list[str]
) -> None:
    same(store, phone)
    with store.reading() as tx:
        columns = columns_of(tx, MISSION, phone.checklist)
        [whole] = tally(columns, phone.checklist, question="vo_stuffing")
        assert (columns.size, whole.superseded, whole.excluded) == (11, 1, 1)
        found = only(columns, tx, MISSION, Filters(checklist="voting", question="vo_stuffing", answer="yes"))
        assert int(found.sum()) == whole.counts["yes"]
        one = only(columns, tx, MISSION, Filters(checklist="voting", version=phone.checklist.version))
        assert int(one.sum()) == 11
    intake.receive([phone.envelope({"vo_stuffing": "no"})], device=phone.device, via="http")
    with store.atomic() as tx:
        reviews.add(tx, MISSION, sent[3], "excluded", "twice", None)
    same(store, phone)


def test_a_mission_goes_out_whole(store: Store, phone: Phone, sent: list[str]) -> None:
    with exports.archive(store, mission_of(store), "csv") as file, zipfile.ZipFile(file) as archive:
        told = archive.read("submissions-voting.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(told, newline="")))
    assert [row["id"] for row in rows] == sent
    assert {row["state"] for row in rows} == {"counted", "excluded", "superseded"}
    with store.reading() as tx:
        asked = exports.asked_of(tx, MISSION, "voting")
    found = list(exports.rows(store, mission_of(store), "voting", Filters(team="T2", counted=True), asked))
    assert [row[0] for row in found] == [id for id in sent[6:12] if id != sent[7]]
    exports.note(store, MISSION, "all", {}, None)
    assert check(store) == []


def test_the_inbox_orders_and_counts_incidents(store: Store, intake: Intake, phone: Phone) -> None:
    form = seal(builders.checklist(builders.question("in_what", "text"), name="incident"))
    with store.atomic() as tx:
        checklists.publish(tx, MISSION, form)
    theirs = enrol(store, form, team="T2")
    made = [theirs.envelope({"in_what": f"no. {place}"}, location="B-1") for place in range(3)]
    intake.receive(made, device=theirs.device, via="http")
    with store.atomic() as tx:
        handlings.add(tx, MISSION, made[1]["id"], handlings.STATES[1], "somebody is on it", None)
    with store.reading() as tx:
        every = handlings.inbox(tx, MISSION, Filters())
        one = handlings.inbox(tx, MISSION, Filters(region="B"), state=handlings.STATES[1], order="region", down=True)
    assert [id for id, _ in every.ids] == [made[2]["id"], made[0]["id"], made[1]["id"]]
    assert (every.total, one.total, [id for id, _ in one.ids]) == (3, 1, [made[1]["id"]])


def test_tables_are_imported_put_back_and_counted(store: Store, phone: Phone) -> None:
    def content(value: int) -> dict[str, object]:
        cell = [str(value), value, None]
        return {"stage": "final", "rows": [{"line": 1, "station": "A-1", "location": "A-1", "cells": {"valid": cell},
                                            "why": None}], "totals": []}  # fmt: skip

    with store.atomic() as tx:
        aggregation.replace(tx, MISSION, [
            {"table": "of the folder", "commission": None, "location": place, "field": field, "value": 7}
            for place in ("A-1", "A-2") for field in ("valid", "invalid")
        ])  # fmt: skip
        first = aggregation.take_in(tx, MISSION, "DEC 1", content(95), None)
    with store.atomic() as tx:
        aggregation.take_in(tx, MISSION, "DEC 1", content(96), None)
        aggregation.take_in(tx, MISSION, "DEC 2", content(1), None)
        aggregation.put_back(tx, MISSION, first, None)
    with store.reading() as tx:
        assert aggregation.sizes(tx, MISSION) == {"of the folder": 2}
        assert aggregation.imported(tx, MISSION, 1, 1) == (2, ["DEC 2"])
        assert [each.sequence == first for each in aggregation.imports(tx, MISSION, "DEC 1")] == [False, False, True]
        printed = {each.name: each.table.rows[0].numbers["valid"] for each in printed_tables(tx, mission_of(store))}
    assert printed == {"DEC 1": 95, "DEC 2": 1, "of the folder": 7}
    assert check(store) == []
