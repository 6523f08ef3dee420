"""People who sign in with a password, and the limit on guessing."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.errors import Conflict, NameTaken, NotFound, SignInFailed, TooManyAttempts
from observer_kit.storage import chain
from observer_kit.storage import tables as t
from observer_kit.storage.engine import Store, remember_if_refused
from observer_kit.trust import passwords
from observer_kit.trust.chain import content_hash
from observer_kit.trust.model import EVERY_MISSION, ROLES, Account

WINDOW = timedelta(minutes=15)
PER_NAME = 10
"""Failures for one name from one source."""
PER_SOURCE = 30
PER_NAME_ANYWHERE = 60
"""A brake on guessing one name from many places; a place that it signed in from before is never braked by it."""


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
            second_factor=None, session=0, made=clock.now(), disabled=None,
        )
    )  # fmt: skip
    _give_roles(tx, account, roles)
    chain.append(tx, "account", account, content(name.strip(), roles), by=by)
    return Account(account, name.strip(), dict(roles))


def sign_in(store: Store, name: str, password: str, source: str) -> Account:
    """Give the account of this name and password; both outcomes are remembered.

    The password is tried between two transactions: it takes its time, and no
    writer waits for it. Raises TooManyAttempts after ten failures for one name
    from one source, or thirty from one source, within a quarter of an hour;
    after sixty for one name from anywhere only where it never signed in from
    before. Else raises SignInFailed, which does not say whether the name exists.
    """
    folded = _folded(name)
    with store.reading() as tx:
        _refuse_if_guessing(tx, folded, source)
        row = _open(tx, folded)
    fits = passwords.verify(row.password if row else None, password)
    better = passwords.hash_password(password) if row and fits and passwords.needs_rehash(row.password) else None
    with store.atomic() as tx:
        _refuse_if_guessing(tx, folded, source)  # again: others may have guessed meanwhile
        if row is None or not fits or _open(tx, folded) != row:
            remember_if_refused(tx, lambda session: _remember_failure(session, folded, source))
            raise SignInFailed("name and password do not belong together")
        if better:
            tx.execute(update(t.Account).where(t.Account.id == row.id).values(password=better))
        tx.execute(delete(t.Attempt).where(t.Attempt.name == folded, t.Attempt.source == source))
        chain.append(tx, "sign_in", row.id, content_hash(source), by=row.id)
        return get(tx, row.id)


def get(tx: Session, account: str) -> Account:
    """Give the account of this id; raises NotFound, also for one that is disabled."""
    query = select(t.Account.name, t.Account.session)
    row = tx.execute(query.where(t.Account.id == account, t.Account.disabled.is_(None))).first()
    if row is None:
        raise NotFound("no such account")
    return Account(account, row.name, _roles(tx, account), row.session)


def named(tx: Session, name: str) -> Account:
    """Give the account of this name; raises NotFound."""
    account = tx.scalar(select(t.Account.id).where(t.Account.folded == _folded(name)))
    if account is None:
        raise NotFound(f"no account {name!r}")
    return get(tx, account)


def all(tx: Session) -> list[Account]:
    """Give every account that may sign in, by name."""
    query = select(t.Account.id, t.Account.name, t.Account.session)
    rows = tx.execute(query.where(t.Account.disabled.is_(None)).order_by(t.Account.folded))
    return [Account(row.id, row.name, _roles(tx, row.id), row.session) for row in rows.all()]


def set_password(tx: Session, account: str, password: str, by: str | None = None) -> None:
    """Give an account a new password, which ends its sessions; raises NotFound and PasswordTooShort."""
    get(tx, account)
    hashed = passwords.hash_password(password)
    tx.execute(update(t.Account).where(t.Account.id == account).values(password=hashed, session=t.Account.session + 1))
    chain.append(tx, "password", account, content_hash(account), by=by)


def set_roles(tx: Session, account: str, roles: Mapping[str, str], by: str | None = None) -> None:
    """Put these roles in place of the account's old ones."""
    known = get(tx, account)
    tx.execute(delete(t.Role).where(t.Role.account == account))
    _give_roles(tx, account, roles)
    chain.append(tx, "roles", account, content(known.name, roles), by=by)


def end_sessions(tx: Session, account: str) -> None:
    """Sign an account out wherever it is signed in: a cookie kept from before opens nothing any more."""
    get(tx, account)
    tx.execute(update(t.Account).where(t.Account.id == account).values(session=t.Account.session + 1))
    chain.append(tx, "sign_out", account, content_hash(account), by=account)


def disable(tx: Session, account: str, by: str | None = None) -> None:
    """Let an account sign in no more; raises NotFound."""
    get(tx, account)
    tx.execute(update(t.Account).where(t.Account.id == account).values(disabled=clock.now()))
    chain.append(tx, "account_disabled", account, content_hash(account), by=by)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def content(name: str, roles: Mapping[str, str]) -> str:
    """Hash what the chain keeps of an account: its name and its roles."""
    return content_hash(name, *(f"{mission}={role}" for mission, role in sorted(roles.items())))


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


def _open(tx: Session, folded: str) -> Row[str, str] | None:
    """Give id and password of the account that may sign in under this name."""
    return tx.execute(
        select(t.Account.id, t.Account.password).where(t.Account.folded == folded, t.Account.disabled.is_(None))
    ).first()


def _refuse_if_guessing(tx: Session, folded: str, source: str) -> None:
    recent = select(func.count()).select_from(t.Attempt).where(t.Attempt.at >= clock.now() - WINDOW)
    by_source = tx.scalar(recent.where(t.Attempt.source == source)) or 0
    by_name = tx.scalar(recent.where(t.Attempt.name == folded)) or 0
    by_both = tx.scalar(recent.where(t.Attempt.name == folded, t.Attempt.source == source)) or 0
    braked = by_name >= PER_NAME_ANYWHERE and not _signed_in_before(tx, folded, source)
    if by_both >= PER_NAME or by_source >= PER_SOURCE or braked:
        raise TooManyAttempts("too many attempts: wait a quarter of an hour", wait=int(WINDOW.total_seconds()))


def _signed_in_before(tx: Session, folded: str, source: str) -> bool:
    """Tell whether this name ever signed in from this source; no mission's rows of the chain are looked through."""
    query = (
        select(t.Chain.sequence)
        .join(t.Account, t.Account.id == t.Chain.subject)
        .where(t.Account.folded == folded, t.Chain.mission.is_(None))
        .where(t.Chain.kind == "sign_in", t.Chain.content == content_hash(source))
    )
    return tx.scalar(query.limit(1)) is not None


def _remember_failure(tx: Session, folded: str, source: str) -> None:
    tx.execute(delete(t.Attempt).where(t.Attempt.at < clock.now() - WINDOW))
    tx.execute(insert(t.Attempt).values(id=clock.new_id(), name=folded, source=source, at=clock.now()))
