"""`submissions import FILE`: a bad line is named by its number and code, the lines around it are kept and counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from observer_kit.config import Config
from observer_kit.storage import Store, open_store, submissions
from tests import phones
from tests.bad_input.conftest import Run
from tests.phones import Phone


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    opened = open_store(Config(data, data / "exports", f"sqlite:///{data / 'observer-kit.sqlite'}"))
    yield opened
    opened.close()


@pytest.fixture
def phone(store: Store) -> Phone:
    return phones.enrol(store, phones.lay_ground(store))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "night.jsonl"


def write(file: Path, *lines: Any) -> None:
    """Write one envelope a line; bytes stand as they are."""
    file.write_bytes(b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines))


def counted(store: Store) -> int:
    with store.reading() as tx:
        return int(submissions.standing(tx, phones.MISSION)["counted"])


@pytest.mark.parametrize(
    ("bad", "code", "says"),
    [
        (b"{not json", "malformed", "no JSON"),
        (b'{"id": "\xff"}', "malformed", "no JSON"),
        (b"\x00\x01\x02", "malformed", "no JSON"),
        (b"[" * 5000, "malformed", "no JSON"),
        (b"[]", "malformed", "an envelope is an object with its mission"),
        (b'"text"', "malformed", "an envelope is an object with its mission"),
        (b"{}", "malformed", "an envelope is an object with its mission"),
        (b'{"mission": 5}', "malformed", "an envelope is an object with its mission"),
        (b'{"mission": "nowhere"}', "mission_unknown", "no mission 'nowhere'"),
        (b'{"mission": "m-2026", "id": "7"}', "malformed", "expected a UUID"),
    ],
)
def test_a_bad_line_in_the_middle_is_named_and_the_others_are_kept(
    data: Path, store: Store, phone: Phone, file: Path, run: Run, bad: bytes, code: str, says: str
) -> None:
    write(file, phone.envelope(), phone.envelope(), bad, phone.envelope())
    done = run("--data", data, "submissions", "import", file)
    assert done.code == 2
    (line,) = [one for one in done.said.splitlines() if "line" in one]
    assert "night.jsonl line 3" in line
    assert says in line
    assert line.endswith(f"[{code}]")
    assert done.out == "1 malformed, 3 stored\n"
    assert "Traceback" not in done.said
    assert counted(store) == 3


def test_each_fault_of_a_file_has_its_own_line_and_the_good_ones_count(
    data: Path, store: Store, phone: Phone, file: Path, run: Run
) -> None:
    first = phone.envelope({"vo_stuffing": "no"})
    write(
        file,
        first,
        phone.envelope({"vo_stuffing": "yes"}, id=first["id"]),
        b"",
        phone.envelope(version="0" * 64),
        phone.envelope() | {"hash": "0" * 64},
        phone.envelope({"vo_boxes": -5}, location="Z-9"),
        first,
    )
    done = run("--data", data, "submissions", "import", file)
    assert done.code == 2
    faults = [one.partition("night.jsonl ")[2] for one in done.said.splitlines() if " line " in one]
    assert [one.split(":")[0] for one in faults] == ["line 2", "line 4", "line 5 (hash)"]
    assert [one.rpartition("[")[2] for one in faults] == ["conflict]", "checklist_unknown]", "malformed]"]
    assert done.out == "1 conflict, 1 known, 2 malformed, 2 stored\n"
    assert counted(store) == 2


def test_a_file_of_good_lines_ends_well_however_often_it_comes(
    data: Path, store: Store, phone: Phone, file: Path, run: Run
) -> None:
    write(file, phone.envelope(), phone.envelope())
    assert run("--data", data, "submissions", "import", file).code == 0
    again = run("--data", data, "submissions", "import", file)
    assert (again.code, again.out) == (0, "2 known\n")
    assert counted(store) == 2


def test_envelopes_of_a_phone_that_nobody_enrolled_are_kept_apart(
    data: Path, store: Store, phone: Phone, file: Path, run: Run
) -> None:
    write(file, phone.envelope(device="stranger"))
    done = run("--data", data, "submissions", "import", file)
    assert (done.code, done.out) == (0, "1 quarantined\n")
    assert counted(store) == 0


def test_envelopes_without_the_signature_of_the_phone_that_they_name_are_refused_line_by_line(
    data: Path, store: Store, phone: Phone, file: Path, run: Run
) -> None:
    genuine = phone.envelope()
    write(file, genuine | {"signature": None})
    done = run("--data", data, "submissions", "import", file)
    assert (done.code, done.out) == (2, "1 malformed\n")
    assert "signature_not_of_device" in done.said
    write(file, genuine)
    assert run("--data", data, "submissions", "import", file).out == "1 stored\n"
    assert counted(store) == 1


@pytest.mark.parametrize("content", [b"", b"\n\n  \n"])
def test_an_empty_file_says_that_there_was_nothing(data: Path, file: Path, run: Run, content: bytes) -> None:
    file.write_bytes(content)
    done = run("--data", data, "submissions", "import", file)
    assert (done.code, done.out) == (0, "no envelopes\n")
