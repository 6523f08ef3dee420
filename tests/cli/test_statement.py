"""`statement build`, `key` and `verify`, as staff and those who doubt them type them."""

import json

import pytest
from click.testing import CliRunner

from observer_kit.cli import cli


def run(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("statement") / "data"
    assert run("--data", folder, "demo", "ots-2024", "--no-sign-ins").exit_code == 0
    return folder


@pytest.fixture(scope="module")
def paper(data):
    out = data / "ots.pdf"
    done = run("--data", data, "statement", "build", "ots-2024", "--lang", "kk", "--out", out)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, str(out)), done.output
    return out


@pytest.fixture(scope="module")
def key(data):
    out = data / "ots.pem"
    assert run("--data", data, "statement", "key", "--out", out).exit_code == 0
    assert out.read_text().startswith("-----BEGIN PUBLIC KEY-----")
    return out


def test_a_key_from_elsewhere_is_enough_to_check_the_file(paper, key):
    own = run("statement", "verify", paper, "--key", key)
    assert own.exit_code == 0, own.output
    assert "қолтаңба: файлға көрсетілген кілтпен тұтас қол қойылған" in own.output, "the paper is in Kazakh"
    assert "Құжатқа қол қойылған, бірақ ол жарияланбаған" in own.output, "a draft, and said to be one"
    done = run("statement", "verify", paper, "--key", key, "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "right        signature: signed whole by the key that was given" in done.output
    assert "not checked  database: no data folder was given" in done.output


def test_the_data_folder_checks_the_figures_and_the_chain_too(paper, data):
    done = run("statement", "verify", paper, "--data", data, "--format", "json")
    assert done.exit_code == 0, done.output
    states = {each["check"]: each["state"] for each in json.loads(done.stdout) if each["check"] != "recount"}
    assert set(states.values()) == {"right"}
    assert {"signature", "database", "audit chain"} <= set(states)


def test_the_exit_code_tells_of_a_wrong_key_an_altered_file_and_no_key(paper, key, tmp_path, data):
    other = tmp_path / "other"
    run("--data", other, "statement", "key", "--out", tmp_path / "other.pem")
    wrong = run("statement", "verify", paper, "--key", tmp_path / "other.pem", "--lang", "en")
    assert wrong.exit_code == 1
    assert "signed, but by another key" in wrong.output
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(paper.read_bytes() + b"\n%")
    assert run("statement", "verify", altered, "--key", key).exit_code == 1
    alone = run("statement", "verify", paper, "--lang", "ru")
    assert (alone.exit_code, "следует взять не из файла, а из другого источника" in alone.output) == (2, True)
    (tmp_path / "none.pdf").write_text("none")
    none = run("statement", "verify", tmp_path / "none.pdf", "--key", key, "--lang", "kk")
    assert str(none.exception) == "басталуы PDF файлындай емес"
    (other / "keys" / "statement.pem").unlink()
    assert run("--data", other, "demo", "ots-2024", "--no-sign-ins").exit_code == 0
    keyless = run("statement", "verify", paper, "--data", other, "--lang", "en")
    assert "not checked  signature: no key was given" in keyless.output
    assert "audit chain: the head" in keyless.output  # another database does not know it
    assert keyless.exit_code == 1


@pytest.mark.parametrize(("kind", "begins"), [("html", b"<!doctype html>"), ("docx", b"PK"), ("txt", "Түркі".encode())])
def test_the_name_of_the_file_says_what_it_is_to_be(data, tmp_path, kind, begins):
    out = tmp_path / f"paper.{kind}"
    done = run("--data", data, "statement", "build", "ots-2024", "--style", "ots", "--lang", "kk", "--out", out)
    assert done.exit_code == 0, done.output
    assert out.read_bytes()[: len(begins)] == begins or kind == "txt"


def test_a_logo_that_is_no_picture_is_refused(data, tmp_path):
    logo = tmp_path / "logo.png"
    logo.write_text("<svg/>")
    for each in (logo, tmp_path / "nowhere.png"):
        done = run("--data", data, "statement", "build", "ots-2024", "--logo", each, "--out", tmp_path / "x.pdf")
        assert getattr(done.exception, "code", None) == "logo_invalid"
    assert not (tmp_path / "x.pdf").exists()


def test_the_styles_are_listed_with_their_languages():
    listed = json.loads(run("statement", "styles", "--format", "json").stdout)
    assert {each["style"] for each in listed} >= {"sco", "ots", "press-summary", "odihr-final", "protocol-annex"}
    assert {each["language"] for each in listed} == {"en", "ru", "kk"}
