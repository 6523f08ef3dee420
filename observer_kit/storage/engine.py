"""The database: how it is opened, how it is read, and the only commit."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from observer_kit.config import Config
from observer_kit.errors import SetupIncomplete, StorageFault
from observer_kit.storage import schema
from observer_kit.storage.lock import WriterQueue
from observer_kit.trust import keys

Work = Callable[[Session], None]


class Store:
    """One database with its configuration and keys; safe to share between threads, and across a fork."""

    def __init__(self, config: Config, engine: Engine, queue: WriterQueue | None) -> None:
        self.config = config
        self.engine = engine
        self.receipt_key = keys.receipt_key(config)
        self._queue = queue
        if queue is not None:
            self._writing: Engine = engine.execution_options(writing=True)
            self._reading: Engine = engine
        else:
            self._writing = engine
            self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        if hasattr(os, "register_at_fork"):
            me = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _after_fork(me()))

    @contextmanager
    def atomic(self) -> Iterator[Session]:
        """Do everything in the block, durably, or nothing; what was refused but must be remembered is kept.

        On SQLite the block begins when it is this writer's turn. A reply, a
        receipt or a printed success belongs after the block.
        """
        with self._queue.turn() if self._queue is not None else nullcontext():
            session = Session(self._writing, expire_on_commit=False, info={"store": self, "refused": []})
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                for work in session.info["refused"]:
                    work(session)
                session.commit()
                raise
            finally:
                session.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read from one snapshot; a write in the block is refused."""
        session = Session(self._reading, expire_on_commit=False, info={"store": self})
        try:
            yield session
        finally:
            session.close()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        if self._queue is not None:
            self._queue.close()

    def disown(self) -> None:
        """Forget the parent's connections in a forked child, without closing them under the parent."""
        self.engine.dispose(close=False)
        if self._queue is not None:
            self._queue.after_fork()


def remember_if_refused(tx: Session, work: Work) -> None:
    """Have this done and kept even though the act itself will be refused (a failed sign-in counts)."""
    tx.info["refused"].append(work)


def store_of(tx: Session) -> Store:
    """Give the store that this session belongs to."""
    store = tx.info["store"]
    if not isinstance(store, Store):
        raise StorageFault("this session was not opened by a store")
    return store


def open_store(config: Config) -> Store:
    """Open the database and bring it to the present schema; makes folder, database and keys where there are none.

    Raises StorageFault for a database that can't be opened or is newer than this program.
    """
    try:
        url = make_url(config.database_url)
    except (ArgumentError, ValueError):
        raise SetupIncomplete("the database's address can't be read") from None  # it may hold a password
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    queue = None
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise SetupIncomplete("SQLite needs a file: several workers share it")
        path = Path(url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        queue = WriterQueue(path.with_name(path.name + ".lock"))
        engine = create_engine(url, pool_size=16, max_overflow=-1, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif url.get_backend_name() == "postgresql":
        engine = create_engine(url, pool_size=16, max_overflow=16, pool_pre_ping=True)
    else:
        raise SetupIncomplete(f"{url.get_backend_name()} is not supported: SQLite and PostgreSQL are")
    store = Store(config, engine, queue)
    try:
        with store.reading() as tx:
            ready = schema.is_current(tx.connection())
        if not ready:
            with store.atomic() as tx:
                schema.upgrade(tx.connection())
        _register_receipt_key(store)
    except DBAPIError as error:
        store.close()
        place = url.render_as_string(hide_password=True)
        raise StorageFault(f"the database can't be opened: {str(error.orig).splitlines()[0]}", place=place) from error
    except BaseException:
        store.close()
        raise
    return store


def _register_receipt_key(store: Store) -> None:
    from observer_kit.storage import public_keys  # imports this module

    with store.reading() as tx:
        known = public_keys.get(tx, store.receipt_key.id) is not None
    if not known:
        with store.atomic() as tx:
            public_keys.add(tx, store.receipt_key, "receipt")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the begin event below says which kind of transaction, Python does not guess
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # else INSERT OR REPLACE would delete past the append-only triggers
        "busy_timeout=30000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    writing = connection.get_execution_options().get("writing", False)
    if connection.info.get("writing") is not writing:  # a pragma only where the connection was last used otherwise
        raw.execute("PRAGMA query_only=OFF" if writing else "PRAGMA query_only=ON").close()
        connection.info["writing"] = writing
    raw.execute("BEGIN IMMEDIATE" if writing else "BEGIN").close()


def _after_fork(store: Store | None) -> None:
    if store is not None:
        store.disown()
