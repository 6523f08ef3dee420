from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from observer_kit.config import Config
from observer_kit.missions.model import DiaryEntry
from observer_kit.storage import (
    Store,
    accounts,
    aggregation,
    devices,
    diary,
    open_store,
    register,
    reviews,
    settings,
)
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from tests.phones import MISSION, Phone, a_register, enrol, lay_ground


@pytest.fixture
def filled(store: Store, intake: Intake, phone: Phone) -> list[str]:
    """Three reports: one corrected, one excluded; and a setting."""
    first = phone.envelope({"vo_stuffing": "no", "vo_boxes": 2}, comments={"vo_stuffing": "looked twice"})
    second = phone.envelope({"vo_stuffing": "yes"})
    third = phone.envelope({"vo_stuffing": "no"}, visit=second["visit"], supersedes=second["id"])
    intake.receive([first, second, third], device=phone.device, via="http")
    with store.atomic() as tx:
        reviews.add(tx, MISSION, first["id"], "excluded", "a test report", "ann")
        settings.put(tx, MISSION, "sample", "purposive", "ann")
    assert check(store) == []
    return [first["id"], second["id"], third["id"]]


def tamper(store: Store, *statements: str, **values: Any) -> None:
    """Alter rows as someone with the database file would: past triggers and references."""
    with store.atomic() as tx:
        if store.engine.dialect.name == "postgresql":
            tx.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                tx.execute(text(statement), values)
        else:
            triggers = list(tx.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")))
            for name, _ in triggers:
                tx.execute(text(f"DROP TRIGGER {name}"))
            tx.execute(text("PRAGMA defer_foreign_keys = ON"))
            for statement in statements:
                tx.execute(text(statement), values)
            for _, sql in triggers:
                tx.execute(text(sql))


def found(store: Store) -> set[tuple[str, str]]:
    return {(fault.kind, fault.place) for fault in check(store)}


def test_an_altered_answer_is_found_and_placed(store: Store, filled: list[str]) -> None:
    with store.reading() as tx:
        stored = json.loads(str(tx.scalar(text("SELECT answers FROM submissions WHERE id = :id"), {"id": filled[1]})))
    altered = json.dumps(stored | {"vo_stuffing": "no"})
    tamper(store, "UPDATE submissions SET answers = :answers WHERE id = :id", answers=altered, id=filled[1])
    [fault] = check(store)
    assert (fault.kind, fault.place) == ("answer_altered", f"submission {filled[1]}, question vo_stuffing")
    assert fault.message == 'stored "no", sent "yes"'


def test_an_answer_that_was_taken_out_or_put_in_is_found(store: Store, filled: list[str]) -> None:
    tamper(store, """UPDATE submissions SET answers = '{"vo_new": "yes"}' WHERE id = :id""", id=filled[0])
    places = {place for kind, place in found(store) if kind == "answer_altered"}
    assert f"submission {filled[0]}, question vo_new" in places
    assert f"submission {filled[0]}, question vo_boxes" in places


@pytest.mark.parametrize(
    ("statement", "kind", "place"),
    [
        ("UPDATE submissions SET comments = '{}' WHERE id = :id", "submission_altered", ", comments"),
        ("UPDATE submissions SET location = 'A-2' WHERE id = :id", "submission_altered", ", location"),
        ("UPDATE submissions SET team = 'T2' WHERE id = :id", "submission_altered", ", team"),
        ("UPDATE submissions SET hour = 3 WHERE id = :id", "submission_altered", ""),
        ("UPDATE submissions SET problem_count = 9 WHERE id = :id", "count_wrong", ""),
        ("UPDATE envelopes SET payload = '{}' WHERE id = :id", "envelope_altered", ""),
        ("UPDATE envelopes SET received = '2026-01-01T00:00:00.000Z' WHERE id = :id", "receipt_wrong", ""),
        ("UPDATE envelopes SET hash = :id WHERE id = :id", "receipt_wrong", ""),
        ("UPDATE envelopes SET quarantine = 'not_opened' WHERE id = :id", "standing_wrong", ""),
        ("UPDATE standings SET state = 'counted' WHERE submission = :id", "standing_wrong", ""),
        ("DELETE FROM standings WHERE submission = :id", "row_missing", ""),
        ("UPDATE reviews SET reason = 'none' WHERE submission = :id", "review_altered", None),
        ("DELETE FROM reviews WHERE submission = :id", "row_missing", None),
    ],
)
def test_every_alteration_of_a_submission_is_found_at_its_place(
    store: Store, filled: list[str], statement: str, kind: str, place: str | None
) -> None:
    tamper(store, statement, id=filled[0])
    faults = found(store)
    expected = f"review of {filled[0]}" if kind == "review_altered" else f"review {filled[0]}"
    assert (kind, expected if place is None else f"submission {filled[0]}{place}") in faults


@pytest.fixture
def ground(store: Store, phone: Phone) -> Phone:
    """A mission with all that its numbers rest on: register, teams, diary, tables, a phone, a person."""
    with store.atomic() as tx:
        day = date(2026, 11, 21)
        diary.replace(tx, MISSION, [DiaryEntry(id, day, "meeting", "Meeting") for id in ("b", "a")])
        diary.add(tx, MISSION, DiaryEntry("typed", day, "complaint", "Complaint"), "ann")
        cell = {"commission": "A-C", "location": "A-1", "field": "valid", "value": 95}
        aggregation.replace(tx, MISSION, [{"table": "DEC 1", **cell}])
        bob = accounts.create(tx, " Bob ", "ten stations a day", {MISSION: "staff"})
        accounts.set_roles(tx, bob.id, {MISSION: "head", "*": "staff"})
        eve = accounts.create(tx, "Eve", "ten stations a day", {"*": "staff"})
        accounts.disable(tx, eve.id)
        devices.office(tx, MISSION, "desk")
        revoked, _ = devices.enrol(tx, devices.enrol_code(tx, MISSION, "T2", "lost"), phone.device.public_key or "")
        devices.revoke(tx, revoked, None)
        register.replace(tx, MISSION, a_register())
    assert check(store) == []
    return phone


@pytest.mark.parametrize(
    ("statement", "kind", "place"),
    [
        ("UPDATE missions SET document = replace(document, 'Observers', 'Others')", "mission_altered", "{mission}"),
        ("UPDATE locations SET region = 'B' WHERE code = 'A-1'", "register_altered", "{mission}"),
        ("UPDATE locations SET name_kk = 'Z' WHERE code = 'A-1'", "register_altered", "{mission}"),
        ("UPDATE locations SET position = 99 WHERE code = 'A-1'", "register_altered", "{mission}"),
        ("DELETE FROM locations WHERE code = 'A-1'", "register_altered", "{mission}"),
        ("UPDATE teams SET region = 'B' WHERE code = 'T1'", "teams_altered", "{mission}"),
        ("UPDATE teams SET name_kk = 'Z' WHERE code = 'T1'", "teams_altered", "{mission}"),
        ("UPDATE aggregation SET value = '96'", "aggregation_altered", "{mission}"),
        ("UPDATE diary SET count = 99 WHERE id = 'a'", "diary_altered", "{mission}"),
        ("DELETE FROM diary WHERE id = 'b'", "diary_altered", "{mission}"),
        ("UPDATE diary SET title = 'None' WHERE id = 'typed'", "diary_altered", "{mission}, entry typed"),
        ("DELETE FROM diary WHERE id = 'typed'", "diary_altered", "{mission}, entry typed"),
        ("UPDATE diary SET imported = (1 = 1) WHERE id = 'typed'", "diary_altered", "{mission}, entry typed"),
        ("INSERT INTO diary SELECT mission, 'c', day, kind, title, detail, count, reference, imported, by FROM diary "
         "WHERE id = 'typed'", "diary_altered", "{mission}, entry c"),
        ("UPDATE devices SET team = 'T2' WHERE team = 'T1'", "device_altered", "device {device}"),
        ("UPDATE devices SET public_key = 'x' WHERE team = 'T1'", "device_altered", "device {device}"),
        ("UPDATE devices SET revoked = enrolled WHERE team = 'T1'", "device_altered", "device {device}"),
        ("UPDATE devices SET id = 'x', token = 't' WHERE kind = 'desk'", "device_altered", "device x"),
        ("UPDATE roles SET role = 'administrator' WHERE role = 'head'", "account_altered", "account Bob"),
        ("UPDATE accounts SET name = 'Rob' WHERE name = 'Bob'", "account_altered", "account Rob"),
        ("UPDATE accounts SET disabled = NULL", "account_altered", "account Eve"),
    ],
)  # fmt: skip
def test_every_alteration_of_what_the_numbers_rest_on_is_found(
    store: Store, ground: Phone, statement: str, kind: str, place: str
) -> None:
    tamper(store, statement)
    expected = place.format(mission=f"mission {MISSION}", device=ground.device.id)
    assert (kind, expected) in found(store)


def test_a_phone_s_revocation_that_was_taken_back_is_found(store: Store, ground: Phone) -> None:
    tamper(store, "UPDATE devices SET revoked = NULL")
    assert [kind for kind, _ in found(store)] == ["device_altered"]


def test_a_deleted_report_is_missed(store: Store, filled: list[str]) -> None:
    tamper(
        store,
        "DELETE FROM reviews WHERE submission = :id",
        "DELETE FROM standings WHERE submission = :id",
        "DELETE FROM submissions WHERE id = :id",
        "DELETE FROM envelopes WHERE id = :id",
        id=filled[0],
    )
    assert ("row_missing", f"intake {filled[0]}") in found(store)


def test_an_altered_chain_row_is_found(store: Store, filled: list[str]) -> None:
    tamper(store, "UPDATE chain SET content = 'other' WHERE sequence = 3")
    assert ("chain_row_altered", "chain row 3") in found(store)


def test_an_altered_checklist_is_found(store: Store, filled: list[str]) -> None:
    tamper(store, "UPDATE checklists SET content = :content", content=b"{}")
    assert any(kind == "checklist_altered" for kind, _ in found(store))


def test_a_trigger_that_is_gone_is_missed(store: Store, filled: list[str]) -> None:
    drop = "DROP TRIGGER submissions_no_update"
    with store.atomic() as tx:
        tx.execute(text(drop + (" ON submissions" if store.engine.dialect.name == "postgresql" else "")))
    assert found(store) == {("trigger_missing", "table submissions")}


def test_a_reference_to_nothing_is_found(store: Store, filled: list[str]) -> None:
    if store.engine.dialect.name == "postgresql":
        tamper(store, "UPDATE roles SET account = 'x'", "INSERT INTO roles VALUES ('nobody', '*', 'staff')")
    else:
        raw = store.engine.raw_connection()
        cursor = raw.cursor()
        cursor.execute("PRAGMA query_only=OFF")
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("INSERT INTO roles VALUES ('nobody', '*', 'staff')")
        cursor.execute("PRAGMA foreign_keys=ON")
        raw.close()
    assert found(store) == {("reference_broken", "roles nobody, *")}


def test_nonsense_in_the_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "kit.sqlite"
    store = open_store(Config(tmp_path, tmp_path, f"sqlite:///{path}"))
    phone = enrol(store, lay_ground(store))
    Intake(store, store.config).receive([phone.envelope()], device=phone.device, via="http")
    with store.reading() as tx:
        root = tx.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'ix_submissions_mission_location'")) or 0
        size = tx.scalar(text("PRAGMA page_size")) or 0
    store.close()
    content = bytearray(path.read_bytes())
    content[root * size - 16 : root * size] = b"nonsense" * 2
    path.write_bytes(content)
    assert "database_damaged" in {kind for kind, _ in found(store)}
    store.close()
