"""The database: how it is opened, how it is read, and the only commit."""

from __future__ import annotations

import os
import stat
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
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
        refused: list[Work] = []
        with self.atomic_connection(refused) as connection, self.session_on(connection, refused) as session:
            yield session
            session.flush()

    @contextmanager
    def atomic_connection(self, refused: Sequence[Work] = ()) -> Iterator[Connection]:
        """Do the same without a session, for the intake; it is the ground that atomic() stands on."""
        with self._queue.turn() if self._queue is not None else nullcontext(), self._writing.connect() as connection:
            connection.begin()
            try:
                yield connection
            except BaseException:
                connection.rollback()
                if not refused:
                    raise
                connection.begin()
                with self.session_on(connection) as session:
                    for work in refused:
                        work(session)
                connection.commit()
                raise
            connection.commit()

    def session_on(self, connection: Connection, refused: list[Work] | None = None) -> Session:
        """Make a session inside a connection's transaction; it neither begins nor ends it."""
        info = {"store": self, "refused": refused}
        return Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only", info=info)

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
        self._inherited = self.engine.pool  # kept: closing these connections here would disturb the parent's
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

    Raises StorageFault for a folder that can't be written, and for a database
    that can't be opened or is newer than this program.
    """
    try:
        return _open(config)
    except OSError as error:
        place = str(error.filename or config.data)
        raise StorageFault(f"the data folder can't be read and written: {error.strerror}", place=place) from error


def require_store(config: Config) -> None:
    """Refuse a data folder that holds no database yet: a mistyped name must not look like an empty mission."""
    try:
        url = make_url(config.database_url)
    except (ArgumentError, ValueError):
        return  # open_store says what is wrong with it
    file = url.database if url.get_backend_name() == "sqlite" else None
    if not config.data.is_dir() or (file and not Path(file).exists()):
        raise SetupIncomplete(
            "there is no database yet: `observer-kit init` makes one, --data names another folder",
            place=str(config.data),
        )


def _open(config: Config) -> Store:
    try:
        url = make_url(config.database_url)
    except (ArgumentError, ValueError):
        raise SetupIncomplete("the database's address can't be read") from None  # it may hold a password
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _close_to_others(config.data, 0o700)
    queue = None
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise SetupIncomplete("SQLite needs a file: several workers share it")
        path = Path(url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)  # SQLite gives the files beside it the mode of this one
        for beside in ("", "-wal", "-shm", ".lock"):
            _close_to_others(path.with_name(path.name + beside), 0o600)
        queue = WriterQueue(path.with_name(path.name + ".lock"))
        engine = create_engine(url, pool_size=16, max_overflow=-1, pool_use_lifo=True, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif url.get_backend_name() == "postgresql":
        engine = create_engine(url, pool_size=16, max_overflow=16, pool_use_lifo=True, pool_pre_ping=True)
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
        engine.dispose()  # a server forks after this, and a connection must not be taken along
    except DBAPIError as error:
        store.close()
        place = url.render_as_string(hide_password=True)
        raise StorageFault(f"the database can't be opened: {str(error.orig).splitlines()[0]}", place=place) from error
    except BaseException:
        store.close()
        raise
    return store


def _close_to_others(path: Path, mode: int) -> None:
    """Take a file or folder from everyone but its owner; what is somebody else's, or shared by all, stays as it is."""
    with suppress(FileNotFoundError, PermissionError):
        now = path.stat().st_mode
        if not now & stat.S_ISVTX and stat.S_IMODE(now) & ~mode:
            path.chmod(mode)


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
