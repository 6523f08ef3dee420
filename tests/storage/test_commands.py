"""The command line of storage: init, account, submissions, check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from observer_kit.cli import cli
from observer_kit.config import from_environment
from observer_kit.errors import KitError, NotFound, SetupIncomplete
from observer_kit.storage import Store, accounts, devices, open_store
from tests import phones
from tests.phones import MISSION, Phone


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Any:
    opened = open_store(from_environment(data))
    yield opened
    opened.close()


@pytest.fixture
def phone(store: Store) -> Phone:
    return phones.enrol(store, phones.lay_ground(store))


def run(data: Path, *words: str, **more: Any) -> Result:
    return CliRunner().invoke(cli, ["--data", str(data), *words], **more)


def lines(path: Path, *rows: Any) -> str:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", "utf-8")
    return str(path)


def test_init_makes_folder_database_and_key_and_a_second_time_nothing(data: Path) -> None:
    first, second = run(data, "init"), run(data, "init")
    assert first.exit_code == 0
    assert first.output == second.output
    assert (data / "observer-kit.sqlite").exists()
    assert (data / "keys" / "receipt.pem").exists()


def test_a_command_without_a_database_says_so(data: Path) -> None:
    assert isinstance(run(data, "check").exception, SetupIncomplete)


class TestAccount:
    def test_an_added_person_gets_a_random_password_that_works(self, data: Path, store: Store) -> None:
        name, password = run(data, "account", "add", "Ann", "--role", "*:administrator").output.strip().split(": ")
        assert name == "Ann"
        assert accounts.sign_in(store, "Ann", password, "here").roles == {"*": "administrator"}

    def test_a_password_that_is_asked_for_is_not_printed(self, data: Path, store: Store) -> None:
        told = run(data, "account", "add", "Ann", "--role", "*:staff", "--ask", input="ten stations\nten stations\n")
        assert told.exit_code == 0
        assert "ten stations" not in told.output
        assert accounts.sign_in(store, "Ann", "ten stations", "here").name == "Ann"

    def test_a_new_password_ends_the_old_one(self, data: Path, store: Store) -> None:
        old = run(data, "account", "add", "Ann", "--role", "*:staff").output.strip().split(": ")[1]
        new = run(data, "account", "password", "ann").output.strip().split(": ")[1]
        assert new != old
        assert accounts.sign_in(store, "Ann", new, "here").name == "Ann"

    def test_a_head_of_mission_is_added_like_anyone_else(self, data: Path, phone: Phone, store: Store) -> None:
        assert run(data, "account", "add", "Eve", "--role", f"{MISSION}:head").exit_code == 0
        with store.reading() as tx:
            assert accounts.named(tx, "Eve").roles == {MISSION: "head"}

    def test_people_are_listed_with_their_roles(self, data: Path, phone: Phone) -> None:
        run(data, "account", "add", "Ann", "--role", f"{MISSION}:coordinator", "--role", "*:staff")
        [listed] = json.loads(run(data, "account", "list", "--format", "json").output)
        assert (listed["name"], listed["roles"]) == ("Ann", {MISSION: "coordinator", "*": "staff"})
        assert "coordinator" in run(data, "account", "list").output

    @pytest.mark.parametrize(
        "words", [("add", "Ann", "--role", "*:king"), ("add", "Ann", "--role", "no:staff"), ("password", "Eve")]
    )
    def test_what_makes_no_sense_is_one_clear_error(self, data: Path, store: Store, words: tuple[str, ...]) -> None:
        assert isinstance(run(data, "account", *words).exception, KitError)


class TestImport:
    def test_bad_lines_are_named_and_good_ones_kept(self, data: Path, phone: Phone, tmp_path: Path) -> None:
        good, last = phone.envelope(), phone.envelope()
        conflict = phone.envelope({"vo_stuffing": "yes"}, id=good["id"])
        file = lines(
            tmp_path / "in.jsonl", good, "{broken", "", phone.envelope(version="0" * 64), "[]", conflict,
            phone.envelope(mission="nowhere"), last, good,
        )  # fmt: skip
        told = run(data, "submissions", "import", file)
        assert told.exit_code == 2
        assert told.stdout.strip() == "1 conflict, 1 known, 4 malformed, 2 stored"
        named = {
            line.split(":")[0].split(" (")[0] for line in told.stderr.splitlines() if line.startswith("in.jsonl line")
        }
        assert named == {f"in.jsonl line {number}" for number in (2, 4, 5, 6, 7)}
        assert "checklist_unknown" in told.stderr
        assert "mission_unknown" in told.stderr

    def test_the_same_file_twice_changes_nothing(self, data: Path, phone: Phone, tmp_path: Path) -> None:
        file = lines(tmp_path / "in.jsonl", *[phone.envelope() for _ in range(450)])
        assert run(data, "submissions", "import", file).stdout.strip() == "450 stored"
        assert run(data, "submissions", "import", file).stdout.strip() == "450 known"
        assert run(data, "check").exit_code == 0

    def test_what_nobody_signed_counts_only_when_told(self, data: Path, phone: Phone, tmp_path: Path) -> None:
        file = lines(tmp_path / "in.jsonl", phone.envelope(sign_it=False))
        told = run(data, "submissions", "import", file)
        assert (told.exit_code, told.stdout.strip()) == (2, "1 malformed")
        assert "signature_not_of_device" in told.stderr
        assert run(data, "submissions", "import", "--accept-unsigned", file).stdout.strip() == "1 stored"

    def test_an_empty_file_is_no_error(self, data: Path, phone: Phone, tmp_path: Path) -> None:
        told = run(data, "submissions", "import", lines(tmp_path / "in.jsonl"))
        assert (told.exit_code, told.stdout.strip()) == (0, "no envelopes")


class TestListAndShow:
    @pytest.fixture
    def id(self, data: Path, phone: Phone, tmp_path: Path) -> str:
        envelope = phone.envelope({"vo_stuffing": "yes", "vo_boxes": -1}, comments={"vo_stuffing": "көрдім"})
        run(data, "submissions", "import", lines(tmp_path / "in.jsonl", envelope, phone.envelope(location="B-1")))
        return str(envelope["id"])

    def test_submissions_are_listed_by_what_is_asked(self, data: Path, id: str) -> None:
        listed = json.loads(run(data, "submissions", "list", MISSION, "--region", "A", "--format", "json").output)
        assert listed["total"] == 1
        assert [row["id"] for row in listed["rows"]] == [id]
        by_answer = run(data, "submissions", "list", MISSION, "--question", "vo_stuffing", "--answer", "yes").output
        assert id in by_answer
        assert "1 of 1" in by_answer

    def test_a_submission_is_shown_as_sent_judged_and_standing(self, data: Path, id: str) -> None:
        shown = json.loads(run(data, "submissions", "show", id, "--format", "json").output)
        assert shown["envelope"]["id"] == id
        assert shown["submission"]["answers"]["vo_stuffing"] == "yes"
        assert shown["row"]["state"] == "counted"
        words = run(data, "submissions", "show", id).output
        assert 'vo_stuffing: "yes"  — көрдім' in words
        assert "problem: vo_boxes" in words

    def test_an_unknown_mission_or_submission_is_named(self, data: Path, id: str) -> None:
        assert isinstance(run(data, "submissions", "list", "nowhere").exception, NotFound)
        assert isinstance(run(data, "submissions", "show", "nothing").exception, NotFound)


def test_check_prints_one_line_for_each_fault_and_ends_with_two(data: Path, phone: Phone, tmp_path: Path) -> None:
    envelope = phone.envelope({"vo_stuffing": "no"})
    run(data, "submissions", "import", lines(tmp_path / "in.jsonl", envelope))
    clean = run(data, "check")
    assert (clean.exit_code, len(clean.output.splitlines())) == (0, 1)
    opened = open_store(from_environment(data))
    with opened.atomic() as tx:
        tx.execute(text("DROP TRIGGER submissions_no_update"))
        tx.execute(text("""UPDATE submissions SET answers = '{"vo_stuffing": "yes"}'"""))
    opened.close()
    found = run(data, "check")
    assert found.exit_code == 2
    place = f"submission {envelope['id']}, question vo_stuffing"
    assert f'{place}: stored "yes", sent "no" [answer_altered]' in found.output.splitlines()
    told = json.loads(run(data, "check", "--format", "json").output)
    assert {"kind": "answer_altered", "place": place, "message": 'stored "yes", sent "no"'} in told["faults"]
    assert told["chain"]["length"] > 0


def test_the_desk_the_demo_and_files_each_have_a_device_of_their_own(store: Store, phone: Phone) -> None:
    with store.atomic() as tx:
        made = {kind: devices.office(tx, MISSION, kind).id for kind in ("demo", "plain", "desk", "file")}
    assert len(set(made.values())) == 4
    with store.reading() as tx, pytest.raises(ValueError, match="none of"):
        devices.office(tx, MISSION, "fax")
