from __future__ import annotations

from datetime import timedelta

import pytest

from observer_kit import clock
from observer_kit.errors import Conflict, NameTaken, NotFound, SignInFailed, TooManyAttempts
from observer_kit.storage import Store, accounts, chain
from observer_kit.storage.accounts import PER_NAME, PER_NAME_ANYWHERE, PER_SOURCE
from observer_kit.trust import passwords
from observer_kit.trust.model import Account
from tests import phones

PASSWORD = "ten stations a day"


@pytest.fixture
def ann(store: Store) -> Account:
    phones.lay_ground(store)
    with store.atomic() as tx:
        return accounts.create(tx, "Ann", PASSWORD, {phones.MISSION: "coordinator"})


def sign_in(store: Store, name: str, password: str, source: str = "10.0.0.1") -> Account:
    return accounts.sign_in(store, name, password, source)


def fail(store: Store, times: int, name: str = "Ann", source: str = "10.0.0.1") -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            sign_in(store, name, "wrong", source)


def test_the_right_name_and_password_open_the_account_with_its_roles(store: Store, ann: Account) -> None:
    assert sign_in(store, " ANN ", PASSWORD) == ann
    assert ann.role(phones.MISSION) == "coordinator"
    assert ann.role("other") is None


def test_a_role_in_every_mission_is_a_role_in_each(store: Store) -> None:
    with store.atomic() as tx:
        bob = accounts.create(tx, "Bob", PASSWORD, {"*": "administrator"})
    assert bob.role("any") == "administrator"


def test_a_wrong_password_and_a_wrong_name_are_told_apart_by_nobody(store: Store, ann: Account) -> None:
    with pytest.raises(SignInFailed) as wrong:
        sign_in(store, "Ann", "wrong")
    with pytest.raises(SignInFailed) as unknown:
        sign_in(store, "Eve", PASSWORD)
    assert wrong.value.as_dict() == unknown.value.as_dict()


def test_guessing_one_name_is_stopped_even_for_the_right_password(store: Store, ann: Account) -> None:
    fail(store, PER_NAME)
    with pytest.raises(TooManyAttempts):
        sign_in(store, "Ann", PASSWORD)


def test_a_stranger_who_guesses_a_name_locks_out_nobody_else(store: Store, ann: Account) -> None:
    fail(store, PER_NAME, source="10.0.0.66")
    assert sign_in(store, "Ann", PASSWORD, "10.0.0.2") == ann


def test_many_strangers_who_guess_a_name_never_lock_out_a_place_it_signed_in_from(store: Store, ann: Account) -> None:
    sign_in(store, "Ann", PASSWORD, "10.0.0.1")
    for place in range(PER_NAME_ANYWHERE // PER_NAME):
        fail(store, PER_NAME, source=f"10.6.6.{place}")
    with pytest.raises(TooManyAttempts):
        sign_in(store, "Ann", PASSWORD, "10.0.0.2")
    assert sign_in(store, "Ann", PASSWORD, "10.0.0.1") == ann


def test_a_sign_in_forgives_no_other_source_its_guesses(store: Store, ann: Account) -> None:
    fail(store, PER_NAME, source="10.0.0.66")
    sign_in(store, "Ann", PASSWORD, "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        sign_in(store, "Ann", "wrong", "10.0.0.66")


def test_nobody_waits_for_the_writer_s_turn_while_a_password_is_tried(
    store: Store, ann: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def writing(hashed: str | None, password: str) -> bool:
        with store.atomic() as tx:
            chain.append(tx, "test", "another writer", "")
        return verify(hashed, password)

    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", writing)
    assert sign_in(store, "Ann", PASSWORD) == ann


def test_guesses_made_at_the_same_time_count_together(
    store: Store, ann: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(hashed: str | None, password: str) -> bool:
        monkeypatch.setattr(passwords, "verify", verify)
        fail(store, PER_NAME)
        return verify(hashed, password)

    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", meanwhile)
    with pytest.raises(TooManyAttempts):
        sign_in(store, "Ann", PASSWORD)


def test_a_password_changed_while_it_is_tried_opens_nothing(
    store: Store, ann: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(hashed: str | None, password: str) -> bool:
        with store.atomic() as tx:
            accounts.set_password(tx, ann.id, "twelve stations a day")
        return verify(hashed, password)

    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", meanwhile)
    with pytest.raises(SignInFailed):
        sign_in(store, "Ann", PASSWORD)


def test_a_new_password_and_a_sign_out_begin_another_session(store: Store, ann: Account) -> None:
    sessions = [sign_in(store, "Ann", PASSWORD).session]
    with store.atomic() as tx:
        accounts.end_sessions(tx, ann.id)
        sessions.append(accounts.get(tx, ann.id).session)
        accounts.set_password(tx, ann.id, "twelve stations a day")
    sessions.append(sign_in(store, "Ann", "twelve stations a day").session)
    assert len(set(sessions)) == 3


def test_a_head_of_mission_is_a_role_that_can_be_given(store: Store, ann: Account) -> None:
    with store.atomic() as tx:
        accounts.set_roles(tx, ann.id, {phones.MISSION: "head"})
        assert accounts.get(tx, ann.id).role(phones.MISSION) == "head"


def test_guessing_many_names_from_one_source_is_stopped(store: Store, ann: Account) -> None:
    for place in range(PER_SOURCE):
        fail(store, 1, f"name {place}")
    with pytest.raises(TooManyAttempts):
        sign_in(store, "Ann", PASSWORD)
    assert sign_in(store, "Ann", PASSWORD, "10.0.0.2") == ann


def test_the_limit_ends_with_its_window(store: Store, ann: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(store, PER_NAME)
    later = clock.now() + accounts.WINDOW + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sign_in(store, "Ann", PASSWORD) == ann


def test_a_sign_in_clears_the_failures_of_its_name(store: Store, ann: Account) -> None:
    fail(store, PER_NAME - 1)
    sign_in(store, "Ann", PASSWORD)
    fail(store, PER_NAME - 1)
    assert sign_in(store, "Ann", PASSWORD) == ann


def test_a_name_is_given_once_however_it_is_written(store: Store, ann: Account) -> None:
    with pytest.raises(NameTaken), store.atomic() as tx:
        accounts.create(tx, "aNN", PASSWORD, {})


@pytest.mark.parametrize(("name", "roles"), [("", {}), ("a\nb", {}), ("Bob", {"*": "king"}), ("Bob", {"no": "staff"})])
def test_an_account_that_makes_no_sense_is_refused(store: Store, name: str, roles: dict[str, str]) -> None:
    with pytest.raises(Conflict), store.atomic() as tx:
        accounts.create(tx, name, PASSWORD, roles)
    with store.reading() as tx:
        assert accounts.all(tx) == []


def test_a_new_password_replaces_the_old_one(store: Store, ann: Account) -> None:
    with store.atomic() as tx:
        accounts.set_password(tx, ann.id, "twelve stations a day")
    fail(store, 1)
    with pytest.raises(SignInFailed):
        sign_in(store, "Ann", PASSWORD)
    assert sign_in(store, "Ann", "twelve stations a day") == ann


def test_a_disabled_account_opens_nothing(store: Store, ann: Account) -> None:
    with store.atomic() as tx:
        accounts.disable(tx, ann.id)
    with pytest.raises(SignInFailed):
        sign_in(store, "Ann", PASSWORD)
    with pytest.raises(NotFound), store.reading() as tx:
        accounts.get(tx, ann.id)


def test_roles_can_be_replaced(store: Store, ann: Account) -> None:
    with store.atomic() as tx:
        accounts.set_roles(tx, ann.id, {"*": "staff"})
    with store.reading() as tx:
        assert accounts.named(tx, "ann").roles == {"*": "staff"}
        assert accounts.all(tx) == [accounts.get(tx, ann.id)]


def test_every_act_on_an_account_is_in_the_chain(store: Store, ann: Account) -> None:
    sign_in(store, "Ann", PASSWORD)
    with store.atomic() as tx:
        accounts.set_password(tx, ann.id, "twelve stations a day", by=ann.id)
    with store.reading() as tx:
        kinds = [link.kind for link in chain.links(tx) if link.subject == ann.id]
        assert chain.verify(tx) == []
    assert kinds == ["account", "sign_in", "password"]
