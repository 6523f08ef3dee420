"""A command that is told something wrong: one line, its code, exit status 2, and nothing left half done."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from observer_kit.config import Config
from observer_kit.storage import accounts, open_store
from tests.bad_input.conftest import Run

NOWHERE = "nowhere-1999"


@pytest.mark.parametrize(
    "words",
    [
        ("mission", "show", NOWHERE),
        ("figures", NOWHERE),
        ("tally", NOWHERE, "--checklist", "voting"),
        ("submissions", "list", NOWHERE),
        ("statement", "build", NOWHERE),
        ("demo", NOWHERE),
    ],
    ids=" ".join,
)
def test_a_mission_that_does_not_exist_has_one_code_everywhere(data: Path, run: Run, words: tuple[str, ...]) -> None:
    run("--data", data, *words).assert_refused("mission_unknown", f"{NOWHERE!r}")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("tally", "small", "--checklist", "moon"), "checklist_unknown", "no checklist 'moon'; it has counting"),
        (("tally", "small", "--checklist", "voting", "--question", "moon"), "question_unknown", "no question 'moon'"),
        (("tally", "small", "--checklist", "voting", "--where", "moon=1"), "filter_unknown", "one of region, setting"),
        (("tally", "small", "--checklist", "voting", "--where", "hour=24"), "filter_unknown", "hour to be one of 0, 1"),
        (("tally", "small", "--checklist", "voting", "--where", "hour=²"), "filter_unknown", "hour to be one of 0, 1"),
        (("tally", "small", "--checklist", "voting", "--where", "setting=sea"), "filter_unknown", "urban, rural"),
        (("tally", "small", "--checklist", "voting", "--where", "review=good"), "filter_unknown", "received, queried"),
        (("submissions", "show", "moon"), "not_found", "no submission 'moon'"),
        (("statement", "build", "small", "--style", "moon"), "style_unknown", "no style 'moon'; there are"),
        (("statement", "build", "small", "--style", "../.."), "style_unknown", "no style"),
        (("account", "add", "anna", "--role", "moon:staff"), "state_conflict", "there is no mission 'moon'"),
        (("account", "add", "anna", "--role", "small:king"), "state_conflict", "--role: 'king' is no role"),
        (("account", "add", " ", "--role", "small:staff"), "state_conflict", "an account needs a name"),
        (("account", "password", "anna"), "not_found", "no account 'anna'"),
        (("checklist", "show", "moon"), "checklist_unknown", "expected one of readiness, opening, voting"),
        (("checklist", "export", "moon"), "checklist_unknown", "expected one of readiness, opening, voting"),
        (("mission", "new", "a b"), "mission_invalid", "NAME 'a b': expected letters, digits"),
        (("mission", "new", 'x"y'), "mission_invalid", "expected letters, digits"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_those_there_are(
    imported: Path, run: Run, words: tuple[str, ...], code: str, says: str
) -> None:
    run("--data", imported, *words).assert_refused(code, says)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("moon",), "No such command 'moon'. (see observer-kit --help)"),
        (("mission", "moon"), "No such command 'moon'. (see observer-kit mission --help)"),
        (("figures",), "Missing argument 'MISSION'. (see observer-kit figures --help)"),
        (("tally", "small"), "Missing option '--checklist'"),
        (("tally", "small", "--checklist", "voting", "--by", "moon"), "'moon' is not one of 'region', 'setting'"),
        (("figures", "small", "--lang", "de"), "Invalid value for '--lang': 'de' is not one of 'en', 'ru', 'kk'"),
        (("statement", "build", "small", "--lang", "de"), "Invalid value for '--lang'"),
        (("checklist", "export", "voting", "--lang", "de"), "Invalid value for '--lang'"),
        (("checklist", "list", "--lang", "de"), "Invalid value for '--lang'"),
        (("figures", "small", "--format", "xml"), "'xml' is not one of 'table', 'json', 'csv'"),
        (("mission", "import", "no-such-folder"), "Directory 'no-such-folder' does not exist"),
        (("submissions", "import", "no-such-file"), "File 'no-such-file' does not exist"),
        (("submissions", "list", "small", "--limit", "0"), "0 is not in the range x>=1"),
        (("submissions", "list", "small", "--review", "moon"), "'moon' is not one of 'received'"),
        (("serve", "--port", "99999"), "99999 is not in the range 1<=x<=65535"),
        (("serve", "--port", "http"), "'http' is not a valid integer"),
        (("account", "add", "anna"), "Missing option '--role'"),
        (("--moon",), "No such option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_word_on_the_command_line_is_one_line(data: Path, run: Run, words: tuple[str, ...], says: str) -> None:
    run("--data", data, *words).assert_refused("usage", says)


def test_help_is_no_error(run: Run) -> None:
    done = run("mission", "--help")
    assert (done.code, done.said) == (0, "")
    assert "import" in done.out


def test_a_command_without_its_verb_shows_what_there_is(run: Run) -> None:
    done = run("mission")
    assert done.code == 2
    assert "import" in done.said


@pytest.mark.parametrize("name", ["anna", "ANNA", " anna "])
def test_a_taken_name_changes_nobody(imported: Path, run: Run, name: str) -> None:
    assert run("--data", imported, "account", "add", "anna", "--role", "small:staff").code == 0
    done = run("--data", imported, "account", "add", name, "--role", "administrator")
    done.assert_refused("name_taken", "there is already an account")
    store = open_store(Config(imported, imported, f"sqlite:///{imported / 'observer-kit.sqlite'}"))
    with store.reading() as tx:
        (kept,) = accounts.all(tx)
    store.close()
    assert (kept.name, dict(kept.roles)) == ("anna", {"small": "staff"})


@pytest.mark.parametrize("place", ["file/statement.pdf", "file/new/statement.pdf"])
def test_a_statement_that_can_not_be_written_says_so_before_the_work(
    imported: Path, tmp_path: Path, run: Run, place: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    out = tmp_path / place
    done = run("--data", imported, "statement", "build", "small", "--out", out)
    done.assert_refused("not_writable", str(out), "can't be written")


def test_an_exports_folder_that_can_not_be_made_is_named(
    imported: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("OBSERVER_KIT_EXPORTS", str(tmp_path / "file" / "exports"))
    run("--data", imported, "statement", "build", "small").assert_refused(
        "not_writable", "small-odihr-preliminary-en.pdf"
    )


def test_a_checklist_or_a_mission_folder_that_can_not_be_written_is_named(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("not a folder")
    out = tmp_path / "file" / "voting.json"
    run("checklist", "export", "voting", "--format", "json", "--out", out).assert_refused("not_writable", str(out))
    run("mission", "new", "mine", "--folder", tmp_path / "file" / "mine").assert_refused("not_writable", "mine")


@pytest.mark.parametrize(
    "words", [("check",), ("mission", "list"), ("figures", "small"), ("account", "list"), ("submissions", "list", "x")]
)
def test_a_mistyped_data_folder_is_not_an_empty_mission(tmp_path: Path, run: Run, words: tuple[str, ...]) -> None:
    done = run("--data", tmp_path / "dta", *words)
    done.assert_refused("setup_incomplete", str(tmp_path / "dta"), "`observer-kit init` makes one")
    assert not (tmp_path / "dta").exists()


@pytest.mark.parametrize("words", [("init",), ("demo", "cica-2024")])
def test_a_data_folder_that_can_not_be_made_is_named(tmp_path: Path, run: Run, words: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = run("--data", tmp_path / "file" / "data", *words)
    done.assert_refused("storage_fault", str(tmp_path / "file"), "the data folder can't be read and written")


def test_a_keys_folder_that_can_not_be_used_is_named(data: Path, run: Run) -> None:
    shutil.rmtree(data / "keys")
    (data / "keys").write_text("not a folder")
    run("--data", data, "mission", "list").assert_refused(
        "storage_fault", str(data / "keys"), "can't be read and written"
    )


@pytest.mark.parametrize(
    ("url", "code", "says"),
    [
        ("nonsense", "setup_incomplete", "the database's address can't be read"),
        ("postgresql://kit:secret@127.0.0.1:1/kit", "storage_fault", "the database can't be opened"),
        ("postgresql://kit:secret@host:port/kit", "setup_incomplete", "the database's address can't be read"),
        ("mysql://kit:secret@127.0.0.1/kit", "setup_incomplete", "mysql is not supported: SQLite and PostgreSQL are"),
        ("sqlite://", "setup_incomplete", "SQLite needs a file"),
        ("sqlite:////no/such/folder/kit.sqlite", "setup_incomplete", "there is no database yet"),
    ],
)
def test_a_database_that_is_not_there_is_named_without_its_password(
    data: Path, run: Run, monkeypatch: pytest.MonkeyPatch, url: str, code: str, says: str
) -> None:
    monkeypatch.setenv("OBSERVER_KIT_DATABASE_URL", url)
    done = run("--data", data, "mission", "list")
    done.assert_refused(code, says)
    assert "secret" not in done.said


def test_a_file_that_is_no_database_is_named(data: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "other.sqlite").write_text("this is a letter and no database\n" * 100)
    monkeypatch.setenv("OBSERVER_KIT_DATABASE_URL", f"sqlite:///{data / 'other.sqlite'}")
    run("--data", data, "mission", "list").assert_refused("storage_fault", "other.sqlite", "file is not a database")
    assert (data / "other.sqlite").read_text().startswith("this is a letter")


@pytest.mark.parametrize("port", ["x", "0", "70000", "-1"])
def test_a_port_in_the_environment_that_is_none_is_named(
    data: Path, run: Run, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("OBSERVER_KIT_PORT", port)
    run("--data", data, "mission", "list").assert_refused(
        "setup_incomplete", "OBSERVER_KIT_PORT: expected a port from 1 to"
    )


def test_a_port_in_use_is_said_at_once(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, "-c", "from observer_kit.cli import main; main()", "--data", str(data)]
        done = subprocess.run([*command, "serve", "--port", str(port)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"observer-kit: 127.0.0.1:{port}: can't listen: another server listens here: stop it or choose another --port "
        "[address_unavailable]\n"
    )


def test_a_fault_of_the_program_is_one_line_too(data: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("something nobody thought of")

    monkeypatch.setattr("observer_kit.storage.missions.all", fails)
    done = run("--data", data, "mission", "list")
    done.assert_refused("unexpected", "unexpected ZeroDivisionError; what led to it is in ")
