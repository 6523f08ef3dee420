"""People who sign in with a password, and the limit on guessing."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import Conflict, NameTaken, NotFound, SignInFailed, TooManyAttempts
from observer_kit.storage import chain
from observer_kit.storage import tables as t
from observer_kit.storage.engine import remember_if_refused
from observer_kit.trust import passwords
from observer_kit.trust.chain import content_hash
from observer_kit.trust.model import EVERY_MISSION, ROLES, Account

WINDOW = timedelta(minutes=15)
PER_NAME = 10
PER_SOURCE = 30


def create(tx: Session, name: str, password: str, roles: Mapping[str, str], by: str | None = None) -> Account:
    """Make an account; raises NameTaken, PasswordTooShort, and Conflict for a role or mission that does not exist."""
    folded = _folded(name)
    if not folded or not name.isprintable():
        raise Conflict("an account needs a name without line breaks")
    chain.lock(tx)
    if tx.scalar(select(t.Account.id).where(t.Account.folded == folded)) is not None:
        raise NameTaken(f"there is already an account {name!r}")
    account = clock.new_id()
    tx.execute(
        insert(t.Account).values(
            id=account, name=name.strip(), folded=folded, password=passwords.hash_password(password),
            second_factor=None, made=clock.now(), disabled=None,
        )
    )  # fmt: skip
    _give_roles(tx, account, roles)
    chain.append(tx, "account", account, content_hash(name, *_pairs(roles)), by=by)
    return Account(account, name.strip(), dict(roles))


def sign_in(tx: Session, name: str, password: str, source: str) -> Account:
    """Give the account of this name and password; needs atomic(), for both outcomes are remembered.

    Raises TooManyAttempts after ten failures for one name, or thirty from one
    source, within a quarter of an hour; else SignInFailed, which does not say
    whether the name exists.
    """
    folded, since = _folded(name), clock.now() - WINDOW
    _refuse_if_guessing(tx, folded, source, since)
    row = tx.execute(
        select(t.Account.id, t.Account.name, t.Account.password).where(
            t.Account.folded == folded, t.Account.disabled.is_(None)
        )
    ).first()
    if not passwords.verify(row.password if row else None, password) or row is None:
        remember_if_refused(tx, lambda session: _remember_failure(session, folded, source))
        raise SignInFailed("name and password do not belong together")
    if passwords.needs_rehash(row.password):
        _store_password(tx, row.id, password)
    tx.execute(delete(t.Attempt).where(or_(t.Attempt.name == folded, t.Attempt.at < since)))
    chain.append(tx, "sign_in", row.id, content_hash(source), by=row.id)
    return Account(row.id, row.name, _roles(tx, row.id))


def get(tx: Session, account: str) -> Account:
    """Give the account of this id; raises NotFound, also for one that is disabled."""
    name = tx.scalar(select(t.Account.name).where(t.Account.id == account, t.Account.disabled.is_(None)))
    if name is None:
        raise NotFound("no such account")
    return Account(account, name, _roles(tx, account))


def named(tx: Session, name: str) -> Account:
    """Give the account of this name; raises NotFound."""
    account = tx.scalar(select(t.Account.id).where(t.Account.folded == _folded(name)))
    if account is None:
        raise NotFound(f"no account {name!r}")
    return get(tx, account)


def all(tx: Session) -> list[Account]:
    """Give every account that may sign in, by name."""
    rows = tx.execute(
        select(t.Account.id, t.Account.name).where(t.Account.disabled.is_(None)).order_by(t.Account.folded)
    )
    return [Account(row.id, row.name, _roles(tx, row.id)) for row in rows.all()]


def set_password(tx: Session, account: str, password: str, by: str | None = None) -> None:
    """Give an account a new password; raises NotFound and PasswordTooShort."""
    get(tx, account)
    _store_password(tx, account, password)
    chain.append(tx, "password", account, content_hash(account), by=by)


def set_roles(tx: Session, account: str, roles: Mapping[str, str], by: str | None = None) -> None:
    """Put these roles in place of the account's old ones."""
    get(tx, account)
    tx.execute(delete(t.Role).where(t.Role.account == account))
    _give_roles(tx, account, roles)
    chain.append(tx, "roles", account, content_hash(*_pairs(roles)), by=by)


def disable(tx: Session, account: str, by: str | None = None) -> None:
    """Let an account sign in no more; raises NotFound."""
    get(tx, account)
    tx.execute(update(t.Account).where(t.Account.id == account).values(disabled=clock.now()))
    chain.append(tx, "account_disabled", account, content_hash(account), by=by)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _pairs(roles: Mapping[str, str]) -> list[str]:
    return [f"{mission}={role}" for mission, role in sorted(roles.items())]


def _roles(tx: Session, account: str) -> dict[str, str]:
    rows = tx.execute(select(t.Role.mission, t.Role.role).where(t.Role.account == account).order_by(t.Role.mission))
    return {row.mission: row.role for row in rows}


def _give_roles(tx: Session, account: str, roles: Mapping[str, str]) -> None:
    for mission, role in roles.items():
        if role not in ROLES:
            raise Conflict(f"there is no role {role!r}: {', '.join(ROLES)}")
        known = select(t.Mission.code).where(t.Mission.code == mission)
        if mission != EVERY_MISSION and tx.scalar(known) is None:
            raise Conflict(f"there is no mission {mission!r}")
        tx.execute(insert(t.Role).values(account=account, mission=mission, role=role))


def _store_password(tx: Session, account: str, password: str) -> None:
    hashed = passwords.hash_password(password)
    tx.execute(update(t.Account).where(t.Account.id == account).values(password=hashed))


def _refuse_if_guessing(tx: Session, folded: str, source: str, since: object) -> None:
    recent = select(func.count()).select_from(t.Attempt).where(t.Attempt.at >= since)
    by_name = tx.scalar(recent.where(t.Attempt.name == folded)) or 0
    by_source = tx.scalar(recent.where(t.Attempt.source == source)) or 0
    if by_name >= PER_NAME or by_source >= PER_SOURCE:
        raise TooManyAttempts("too many attempts: wait a quarter of an hour", wait=int(WINDOW.total_seconds()))


def _remember_failure(tx: Session, folded: str, source: str) -> None:
    tx.execute(insert(t.Attempt).values(id=clock.new_id(), name=folded, source=source, at=clock.now()))
