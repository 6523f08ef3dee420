"""Sheets of codes, the limit on guessing them, and what becomes of a phone's name and its last word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from observer_kit import clock
from observer_kit.checklists.model import Checklist
from observer_kit.errors import CodeInvalid, Conflict, NotFound, TooManyAttempts
from observer_kit.storage import Store, devices, enrolment
from observer_kit.storage.check import check
from observer_kit.storage.enrolment import PER_SOURCE, SHEET, WINDOW
from observer_kit.storage.intake import Intake
from observer_kit.trust.signatures import b64u, point_of
from tests import phones
from tests.phones import MISSION, Phone

LABELS = {"1": "Phone 1", "2": "Phone 2", "spare": "Spare"}


def point() -> str:
    return b64u(point_of(ec.generate_private_key(ec.SECP256R1()).public_key()))


def redeem(store: Store, code: str, key: str | None = None, source: str = "10.0.0.1") -> str:
    with store.atomic() as tx:
        return enrolment.redeem(tx, code, key or point(), None, source)[0]


def miss(store: Store, times: int, source: str = "10.0.0.1") -> None:
    for _ in range(times):
        with pytest.raises(CodeInvalid):
            redeem(store, "0000-0000-0000", source=source)


def sheets(store: Store, *teams: str) -> list[enrolment.Sheet]:
    with store.atomic() as tx:
        return enrolment.sheets(tx, MISSION, teams or None, LABELS, "someone")


def test_a_sheet_gives_each_team_two_phones_and_a_spare(store: Store, asked: Checklist) -> None:
    made = sheets(store)
    assert [(each.team.code, tuple(each.codes)) for each in made] == [("T1", SHEET), ("T2", SHEET)]
    assert len({code for each in made for code in each.codes.values()}) == 6
    device = redeem(store, made[0].codes["spare"])
    with store.reading() as tx:
        known = devices.get(tx, device)
    assert (known.team, known.label) == ("T1", "Spare")
    assert made[0].expires > clock.now() + timedelta(days=29)


def test_a_new_sheet_ends_the_codes_of_the_old_that_nobody_used_and_of_no_other_team(
    store: Store, asked: Checklist
) -> None:
    old, other = sheets(store)
    used = redeem(store, old.codes["1"])
    [new] = sheets(store, "T1")
    with pytest.raises(CodeInvalid):
        redeem(store, old.codes["2"])
    redeem(store, other.codes["2"])
    redeem(store, new.codes["2"])
    with store.reading() as tx:
        assert devices.get(tx, used).revoked is None
        assert enrolment.open_codes(tx, MISSION) == {"T1": 2, "T2": 2}
    assert check(store) == []


def test_a_sheet_for_a_team_that_is_none_makes_no_code(store: Store, asked: Checklist) -> None:
    with pytest.raises(NotFound, match="T9"):
        sheets(store, "T1", "T9")
    with store.reading() as tx:
        assert enrolment.open_codes(tx, MISSION) == {}


def test_codes_that_do_not_fit_end_in_a_pause_that_says_how_long(store: Store, asked: Checklist) -> None:
    [sheet] = sheets(store, "T1")
    miss(store, PER_SOURCE)
    with pytest.raises(TooManyAttempts) as refused:
        redeem(store, sheet.codes["1"])
    assert 0 < refused.value.detail["wait"] <= WINDOW.total_seconds() + 1
    redeem(store, sheet.codes["1"], source="10.0.0.2")


def test_phones_that_enrol_never_count_so_a_whole_office_enrols_from_one_address(
    store: Store, asked: Checklist
) -> None:
    miss(store, PER_SOURCE - 1)
    for _ in range(3):
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "phone")
        redeem(store, code)
    miss(store, 1)
    with pytest.raises(TooManyAttempts):
        redeem(store, "0000-0000-0000")


def test_the_pause_ends(store: Store, asked: Checklist, monkeypatch: pytest.MonkeyPatch) -> None:
    miss(store, PER_SOURCE)
    later = datetime.now(UTC) + WINDOW + timedelta(seconds=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    [sheet] = sheets(store, "T1")
    redeem(store, sheet.codes["1"])


def test_mistyped_codes_keep_nobody_of_the_same_office_from_signing_in(store: Store, asked: Checklist) -> None:
    from observer_kit.storage import accounts

    with store.atomic() as tx:
        ann = accounts.create(tx, "Ann", "ten stations a day", {"*": "coordinator"})
    miss(store, PER_SOURCE, source="10.0.0.1")
    assert accounts.sign_in(store, "Ann", "ten stations a day", "10.0.0.1") == ann


def test_a_renamed_phone_keeps_its_place_in_the_chain(store: Store, phone: Phone) -> None:
    with store.atomic() as tx:
        devices.rename(tx, phone.device.id, "  Айгүл's phone ", "someone")
    with store.reading() as tx:
        assert devices.get(tx, phone.device.id).label == "Айгүл's phone"
    assert check(store) == []


@pytest.mark.parametrize("label", ["", "   ", "x" * 61, "two\nlines"])
def test_a_name_that_is_none_is_refused(store: Store, phone: Phone, label: str) -> None:
    with pytest.raises(Conflict), store.atomic() as tx:
        devices.rename(tx, phone.device.id, label, None)


def test_a_phone_was_heard_from_when_its_last_report_came(store: Store, phone: Phone, intake: Intake) -> None:
    other = phones.enrol(store, phone.checklist, "T2")
    began = clock.now()
    [result] = intake.receive([phone.envelope()], device=phone.device, via="http")
    with store.reading() as tx:
        heard = devices.heard(tx, MISSION)
    assert heard[phone.device.id] == clock.read_stamp(result["receipt"]["received"])
    assert heard[phone.device.id] >= began - timedelta(seconds=1)
    assert other.device.id not in heard
