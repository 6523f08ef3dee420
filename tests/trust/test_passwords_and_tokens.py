from __future__ import annotations

import pytest

from observer_kit.errors import PasswordTooShort
from observer_kit.trust import passwords, tokens


def test_a_password_is_recognised_and_another_is_not() -> None:
    hashed = passwords.hash_password("ten stations a day")
    assert hashed.startswith("$argon2id$")
    assert passwords.verify(hashed, "ten stations a day")
    assert not passwords.verify(hashed, "ten stations a night")


def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.hash_password("ten stations a day") != passwords.hash_password("ten stations a day")


def test_nobody_has_no_password() -> None:
    assert not passwords.verify(None, "anything at all")
    assert not passwords.verify("no hash", "anything at all")


def test_a_short_password_is_refused() -> None:
    with pytest.raises(PasswordTooShort):
        passwords.hash_password("short")


def test_a_hash_with_weaker_settings_is_renewed() -> None:
    assert passwords.needs_rehash("$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21l$" + "A" * 43)
    assert not passwords.needs_rehash(passwords.hash_password("ten stations a day"))


def test_random_passwords_and_codes_are_long_enough_and_never_twice_the_same() -> None:
    made = {passwords.random_password() for _ in range(50)} | {tokens.new_code() for _ in range(50)}
    assert len(made) == 100
    assert all(len(one) >= 14 for one in made)


def test_a_code_is_the_same_however_it_was_typed() -> None:
    assert (
        tokens.hash_code("AB01-CD23-EF45")
        == tokens.hash_code(" abo1 cd23ef45 ".strip())
        == tokens.hash_code("ABOl-CD23-EF45")
    )
    assert tokens.hash_code("AB01-CD23-EF45") != tokens.hash_code("AB01-CD23-EF46")


def test_of_a_token_only_the_hash_is_told() -> None:
    token = tokens.new_token()
    assert token not in tokens.hash_token(token)
    assert len(token) >= 43
