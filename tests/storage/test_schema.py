from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from observer_kit import clock
from observer_kit.config import Config
from observer_kit.errors import SetupIncomplete, StorageFault
from observer_kit.storage import Store, open_store, schema
from observer_kit.storage.desk_tables import Handling
from observer_kit.storage.office_acts import KINDS
from observer_kit.storage.tables import APPEND_ONLY, Base
from tests.phones import Phone


def test_migrations_make_exactly_the_tables_that_the_code_knows(store: Store) -> None:
    with store.reading() as tx:
        context = MigrationContext.configure(tx.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_every_table_belongs_to_a_mission_or_to_all_of_them() -> None:
    of_all = {"accounts", "attempts", "missions"}
    without = {table.name for table in Base.metadata.sorted_tables if "mission" not in table.columns}
    assert without == of_all


def test_opening_a_database_again_changes_nothing(store: Store) -> None:
    again = open_store(store.config)
    with store.reading() as before, again.reading() as after:
        count = text("SELECT count(*) FROM chain")
        assert before.scalar(count) == after.scalar(count)
    assert again.receipt_key.id == store.receipt_key.id
    again.close()


def test_a_database_from_a_newer_version_is_refused(store: Store) -> None:
    with store.atomic() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFault, match="newer version"):
        open_store(store.config)


OFFICE = frozenset(table.__tablename__ for table in KINDS.values())


@pytest.mark.parametrize("table", [name for name in APPEND_ONLY if name not in OFFICE])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_was_received_can_neither_be_changed_nor_deleted(store: Store, phone: Phone, table: str, act: str) -> None:
    from observer_kit.storage import aggregation, calls, notes, reviews, settings
    from observer_kit.storage.intake import Intake

    envelope = phone.envelope()
    Intake(store, store.config).receive([envelope], device=phone.device, via="http")
    with store.atomic() as tx:
        reviews.add(tx, "m-2026", envelope["id"], "verified", "", None)
        settings.put(tx, "m-2026", "sample", "random", None)
        calls.add(tx, "m-2026", "T1", "no_answer", "", None)
        notes.add(tx, "m-2026", envelope["id"], "vo_overall", "asked twice", None)
        step = {"mission": "m-2026", "submission": envelope["id"], "state": "closed", "note": "", "at": clock.now()}
        tx.execute(insert(Handling).values(sequence=1, **step))
        aggregation.take_in(tx, "m-2026", "DEC 1", {"rows": []}, None)
    column = next(iter(Base.metadata.tables[table].primary_key.columns)).name
    with pytest.raises(DBAPIError, match="append-only"), store.atomic() as tx:
        tx.execute(text(act.format(table, column, column)))


def test_what_the_office_did_can_neither_be_changed_nor_deleted(store: Store, phone: Phone) -> None:
    from observer_kit.storage.intake import Intake

    envelope = phone.envelope()
    Intake(store, store.config).receive([envelope], device=phone.device, via="http")
    said: dict[str, Any] = {
        "id": "s", "identity": "", "content": "", "series": "s", "style": "sco", "language": "en", "act": "new",
        "reason": "", "statement": "s", "snapshot": "s", "section": "a", "merges": [], "tab": "", "turn": 0,
        "text": "", "digest": "", "acknowledged": [], "note": "", "version": 1, "sha256": "", "size": 0,
        "figure": "f", "submission": envelope["id"], "question": "q", "mission": "m-2026", "at": clock.now(),
    }  # fmt: skip
    with store.atomic() as tx:
        for table in KINDS.values():
            row = {name: said[name] for name in table.__table__.columns.keys() & said.keys()}
            tx.execute(insert(table).values(sequence=1, **row))
    acts = ["UPDATE {} SET mission = mission", "DELETE FROM {}"]
    if store.engine.dialect.name == "postgresql":
        acts.append("TRUNCATE {} CASCADE")
    for name in sorted(OFFICE):
        for act in acts:
            with pytest.raises(DBAPIError, match="append-only"), store.atomic() as tx:
                tx.execute(text(act.format(name)))


def test_replacing_a_row_does_not_slip_past_the_triggers(store: Store, phone: Phone) -> None:
    if store.engine.dialect.name != "sqlite":
        with pytest.raises(DBAPIError, match="append-only"), store.atomic() as tx:
            tx.execute(text("TRUNCATE chain CASCADE"))
        return
    with pytest.raises(DBAPIError, match="append-only"), store.atomic() as tx:
        tx.execute(text("INSERT OR REPLACE INTO chain SELECT * FROM chain WHERE sequence = 1"))


def test_a_file_that_is_no_database_is_named_in_one_line(config: Config) -> None:
    if not config.database_url.startswith("sqlite"):
        broken = Config(config.data, config.exports, "postgresql+psycopg://kit@/kit?host=/nowhere")
        with pytest.raises(StorageFault, match="can't be opened"):
            open_store(broken)
        return
    (config.data / "kit.sqlite").write_bytes(b"this is a letter to my aunt, not a database" * 100)
    with pytest.raises(StorageFault, match="not a database"):
        open_store(config)


@pytest.mark.parametrize("url", ["sqlite://", "mysql://x/y", "no address"])
def test_an_address_that_can_not_serve_is_refused(tmp_path: pytest.TempPathFactory, url: str) -> None:
    with pytest.raises(SetupIncomplete):
        open_store(Config(tmp_path, tmp_path, url))  # type: ignore[arg-type]
