"""`observer-kit device`: sheets, list, withdrawal; every error in one line."""

import io
import json
import stat

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from observer_kit.cli import cli, main
from observer_kit.config import from_environment
from observer_kit.storage import devices, enrolment, open_store
from tests import phones
from tests.phones import MISSION

HOST = "https://observers.example.org:8443"


@pytest.fixture
def store(tmp_path):
    opened = open_store(from_environment(tmp_path / "data"))
    opened.asked = phones.lay_ground(opened)
    yield opened
    opened.close()


@pytest.fixture
def run(tmp_path, store):
    def call(*words, **more):
        return CliRunner().invoke(cli, ["--data", str(tmp_path / "data"), "device", *words], **more)

    return call


@pytest.fixture
def said(tmp_path, store, monkeypatch, capsys):
    """Run as a person does, and give what stands on standard error."""

    def call(*words):
        monkeypatch.setattr("sys.argv", ["observer-kit", "--data", str(tmp_path / "data"), "device", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        err = capsys.readouterr().err
        assert ended.value.code == 2
        assert err.count("\n") == 1, err
        return err

    return call


@pytest.mark.parametrize(("language", "words"), [("en", "Spare phone"), ("ru", "Запасной телефон"), ("kk", "Қосалқы")])
def test_a_sheet_has_a_page_for_each_team_and_its_codes_enrol(run, store, tmp_path, language, words):
    out = tmp_path / "sheets.pdf"
    done = run("sheets", MISSION, "--address", HOST, "--language", language, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(out.read_bytes())).pages]
    assert len(pages) == 2
    for team, page in zip(("T1", "T2"), pages, strict=True):
        assert team in page
        assert words in page
        assert f"{HOST}/o/{language}/enrol" in page
    code = next(word for word in pages[1].split() if len(word) == 14 and word[4] == word[9] == "-")
    with store.atomic() as tx:
        device, _ = enrolment.redeem(tx, code, a_point(), None, "here")
        assert devices.get(tx, device).team == "T2"


def a_point():
    from cryptography.hazmat.primitives.asymmetric import ec

    from observer_kit.trust.signatures import b64u, point_of

    return b64u(point_of(ec.generate_private_key(ec.SECP256R1()).public_key()))


@pytest.mark.parametrize(
    "address", ["http://example.org", "ftp://example.org", "https://example.org/o/en", "https://", "https://a b", "//"]
)
def test_an_address_at_which_no_phone_works_makes_no_code(said, store, address):
    assert "[address_invalid]" in said("sheets", MISSION, "--address", address)
    with store.reading() as tx:
        assert enrolment.open_codes(tx, MISSION) == {}


def test_a_place_that_can_not_be_written_makes_no_code_and_an_old_sheet_stays(said, run, store, tmp_path):
    assert "[not_writable]" in said("sheets", MISSION, "--address", HOST, "--out", "/proc/nowhere/sheet.pdf")
    with store.reading() as tx:
        assert enrolment.open_codes(tx, MISSION) == {}
    out = tmp_path / "sheet.pdf"
    out.write_bytes(b"the old one")
    assert "[not_found]" in said("sheets", MISSION, "--address", HOST, "--team", "T9", "--out", str(out))
    assert out.read_bytes() == b"the old one"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".sheet")] == []


def test_the_list_says_of_each_phone_how_it_stands(run, store):
    phone = phones.enrol(store, store.asked)
    done = run("list", MISSION, "--format", "json")
    [row] = json.loads(done.output)
    assert (row["device"], row["team"], row["state"], row["heard"]) == (phone.device.id, "T1", "unheard", None)


def test_a_phone_is_withdrawn_only_when_it_is_said_once_more(run, store):
    phone = phones.enrol(store, store.asked)
    short = phone.device.id[:8]
    run("revoke", MISSION, short, input="n\n")
    with store.reading() as tx:
        assert devices.get(tx, phone.device.id).revoked is None
    done = run("revoke", MISSION, short, input="y\n")
    assert "stored apart and not counted" in done.output
    with store.reading() as tx:
        assert devices.get(tx, phone.device.id).revoked is not None


def test_every_error_is_one_line_with_its_code(said, run, store):
    phone = phones.enrol(store, store.asked)
    run("revoke", MISSION, phone.device.id, "--yes")
    assert "[mission_unknown]" in said("list", "m-9")
    assert "[mission_unknown]" in said("sheets", "m-9", "--address", HOST)
    assert "[mission_unknown]" in said("revoke", "m-9", phone.device.id)
    assert "[not_found]" in said("revoke", MISSION, "0000-none")
    assert "[not_found]" in said("revoke", MISSION, "")
    assert "[state_conflict]" in said("revoke", MISSION, phone.device.id)
    assert "[usage]" in said("sheets", MISSION)
