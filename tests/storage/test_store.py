from __future__ import annotations

import multiprocessing
import threading
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from observer_kit.config import Config
from observer_kit.errors import (
    ChecklistUnknown,
    CodeInvalid,
    Conflict,
    MissionUnknown,
    NotFound,
    PublicKeyInvalid,
    StorageFault,
)
from observer_kit.missions.model import DiaryEntry, Item, Location, Team
from observer_kit.storage import (
    Store,
    aggregation,
    chain,
    checklists,
    devices,
    diary,
    missions,
    open_store,
    published,
    register,
    settings,
)
from observer_kit.storage.check import check
from tests import phones
from tests.phones import MISSION


def teams_of(store: Store) -> int:
    with store.reading() as tx:
        return tx.scalar(text("SELECT count(*) FROM teams")) or 0


class TestAtomic:
    def test_nothing_of_a_block_that_fails_is_kept(self, store: Store) -> None:
        phones.lay_ground(store)

        def half() -> None:
            with store.atomic() as tx:
                register.save_teams(tx, MISSION, [Team(f"T{n}", "x") for n in range(9)])
                raise RuntimeError

        with pytest.raises(RuntimeError):
            half()
        assert teams_of(store) == 2
        assert check(store) == []

    def test_reading_can_not_write(self, store: Store) -> None:
        phones.lay_ground(store)
        with pytest.raises(DBAPIError), store.reading() as tx:
            tx.execute(text("DELETE FROM teams"))
        assert teams_of(store) == 2

    def test_a_reading_block_sees_one_moment(self, store: Store) -> None:
        phones.lay_ground(store)
        with store.reading() as tx:
            before = register.teams(tx, MISSION)
            with store.atomic() as other:
                register.save_teams(other, MISSION, [])
            assert register.teams(tx, MISSION) == before
        assert teams_of(store) == 0

    def test_writing_inside_writing_is_refused_and_not_waited_for(self, tmp_path: Path) -> None:
        store = open_store(Config(tmp_path, tmp_path, f"sqlite:///{tmp_path / 'kit.sqlite'}"))
        with pytest.raises(StorageFault, match="inside"), store.atomic(), store.atomic():
            pass
        with store.atomic() as tx:
            assert chain.head(tx)[0] > 0
        store.close()

    def test_writers_of_many_threads_and_stores_wait_for_their_turn(self, store: Store) -> None:
        phones.lay_ground(store)
        other = open_store(store.config)

        def write(where: Store, name: str) -> None:
            for value in range(10):
                with where.atomic() as tx:
                    settings.put(tx, MISSION, name, value, None)

        threads = [
            threading.Thread(target=write, args=(where, f"{place}{number}"))
            for number, where in enumerate((store, other))
            for place in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.reading() as tx:
            assert tx.scalar(text("SELECT count(*) FROM settings")) == 80
            assert chain.verify(tx) == []
        other.close()

    def test_a_forked_process_works_with_connections_of_its_own(self, store: Store) -> None:
        phones.lay_ground(store)
        with store.reading() as tx:
            missions.get(tx, MISSION)

        def child() -> None:
            with store.atomic() as tx:
                settings.put(tx, MISSION, "from", "child", None)

        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        process.join()
        with store.atomic() as tx:
            settings.put(tx, MISSION, "from", "parent", None)
        assert process.exitcode == 0
        with store.reading() as tx:
            assert settings.get(tx, MISSION, "from") == "parent"
            assert chain.verify(tx) == []

    def test_the_data_folder_is_its_owners_alone(self, tmp_path: Path) -> None:
        folder = tmp_path / "new" / "data"
        opened = open_store(Config(folder, tmp_path, f"sqlite:///{folder / 'kit.sqlite'}"))
        opened.close()
        assert folder.stat().st_mode & 0o777 == 0o700

    def test_sqlite_syncs_every_commit_and_holds_references(self, tmp_path: Path) -> None:
        store = open_store(Config(tmp_path, tmp_path, f"sqlite:///{tmp_path / 'kit.sqlite'}"))
        with store.reading() as tx:
            found = {
                name: tx.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


class TestMissions:
    def test_a_mission_comes_back_as_it_was_saved(self, store: Store) -> None:
        mission = phones.a_mission(
            candidates=(Item("a", {"en": "A", "ru": "А", "kk": "А"}),),
            facts={"observers": {"value": 400, "kind": "observed", "locator": "I"}},
            checklists={"voting": {"length": "core", "sections": ["access"]}},
            figures=({"id": "f", "name": "voting_positive"},),
            expected={"voting": 10},
            emergency=({"name": "Office", "phone": "112"},),
            reconstruction="Observers",
        )
        with store.atomic() as tx:
            missions.save(tx, mission)
        with store.reading() as tx:
            assert missions.get(tx, MISSION) == mission
            assert missions.all(tx) == [mission]

    def test_saving_the_same_mission_again_is_no_event(self, store: Store) -> None:
        with store.atomic() as tx:
            missions.save(tx, phones.a_mission())
            before = chain.head(tx)
            missions.save(tx, phones.a_mission())
            assert chain.head(tx) == before
            missions.save(tx, phones.a_mission(organisation="Others"))
            assert chain.head(tx) != before

    def test_an_unknown_mission_is_named(self, store: Store) -> None:
        with store.reading() as tx, pytest.raises(MissionUnknown, match="nowhere"):
            missions.get(tx, "nowhere")
        with pytest.raises(MissionUnknown), store.atomic() as tx:
            register.replace(tx, "nowhere", [])

    def test_a_mission_gets_a_key_of_its_own(self, store: Store) -> None:
        with store.atomic() as tx:
            missions.save(tx, phones.a_mission())
        assert (store.config.keys / f"mission-{MISSION}.pem").exists()
        with store.reading() as tx:
            assert tx.scalar(text("SELECT count(*) FROM public_keys WHERE purpose = 'mission'")) == 1


class TestRegister:
    def test_locations_come_back_as_they_were(self, store: Store) -> None:
        phones.lay_ground(store)
        with store.reading() as tx:
            assert register.find(tx, MISSION) == phones.a_register()
            assert register.get(tx, MISSION, "A-2") == phones.a_register()[4]
            assert register.get(tx, MISSION, "Z") is None
            assert [region.code for region in register.regions(tx, MISSION)] == ["A", "B"]
            assert [team.code for team in register.teams(tx, MISSION)] == ["T1", "T2"]

    @pytest.mark.parametrize(
        ("wanted", "codes"),
        [
            ({"kind": "polling_station"}, ["A-1", "A-2", "B-1"]),
            ({"kind": "polling_station", "region": "B"}, ["B-1"]),
            ({"search": "ШКОЛА"}, ["A-1"]),
            ({"search": "101"}, ["A-1"]),
            ({"search": "100%"}, []),
            ({"kind": "polling_station", "limit": 1}, ["A-1"]),
        ],
    )
    def test_locations_are_found_by_what_is_known_of_them(self, store: Store, wanted: Any, codes: list[str]) -> None:
        phones.lay_ground(store)
        with store.reading() as tx:
            assert [location.code for location in register.find(tx, MISSION, **wanted)] == codes

    @pytest.mark.parametrize(
        ("wanted", "number"),
        [
            ({}, 7), ({"kind": "polling_station"}, 3), ({"special": "military"}, 1), ({"special": True}, 1),
            ({"kind": "polling_station", "shifted": True}, 1), ({"kind": "polling_station", "shifted": False}, 2),
            ({"kind": "polling_station", "region": "A", "shifted": True}, 1), ({"region": "B", "shifted": True}, 0),
        ],
    )  # fmt: skip
    def test_locations_are_counted(self, store: Store, wanted: Any, number: int) -> None:
        phones.lay_ground(store)
        with store.reading() as tx:
            assert register.count(tx, MISSION, **wanted) == number

    def test_shifted_hours_are_those_that_differ_from_the_missions_own(self, store: Store) -> None:
        phones.lay_ground(store)
        with store.atomic() as tx:
            missions.save(tx, phones.a_mission(opens="06:00", closes="20:00"))
        with store.reading() as tx:
            assert register.count(tx, MISSION, kind="polling_station", shifted=True) == 2

    def test_a_large_register_streams_in_and_a_bad_row_leaves_the_old_one(self, store: Store) -> None:
        phones.lay_ground(store)

        def rows(fault: bool) -> Any:
            for number in range(4500):
                if fault and number == 4200:
                    raise ValueError("line 4200")
                yield Location(f"S{number}", "polling_station", f"Station {number}", opens=time(7), closes=time(20))

        with pytest.raises(ValueError, match="4200"), store.atomic() as tx:
            register.replace(tx, MISSION, rows(fault=True))
        with store.reading() as tx:
            assert register.count(tx, MISSION) == 7
        with store.atomic() as tx:
            assert register.replace(tx, MISSION, rows(fault=False)) == 4500
        with store.reading() as tx:
            assert register.count(tx, MISSION, kind="polling_station") == 4500


class TestChecklists:
    def test_a_published_checklist_comes_back_whole(self, store: Store) -> None:
        asked = phones.lay_ground(store)
        with store.reading() as tx:
            assert checklists.get(tx, asked.version) == asked
            assert checklists.current(tx, MISSION) == {"voting": asked}

    def test_publishing_what_is_current_changes_nothing(self, store: Store) -> None:
        asked = phones.lay_ground(store)
        with store.atomic() as tx:
            assert checklists.publish(tx, MISSION, asked) is False

    def test_the_latest_publication_is_current_and_older_versions_stay(self, store: Store) -> None:
        first = phones.lay_ground(store)
        second = phones.seal(phones.replace_title(first, "Voting, better"))
        with store.atomic() as tx:
            assert checklists.publish(tx, MISSION, second)
        with store.reading() as tx:
            assert checklists.current(tx, MISSION)["voting"].version == second.version
            assert checklists.versions(tx, MISSION, "voting") == [first, second]
        with store.atomic() as tx:
            assert checklists.publish(tx, MISSION, first)
        with store.reading() as tx:
            assert checklists.current(tx, MISSION)["voting"] == first
        assert check(store) == []

    def test_an_unknown_version_is_named(self, store: Store) -> None:
        with store.reading() as tx, pytest.raises(ChecklistUnknown):
            checklists.get(tx, "f" * 64)


class TestDevices:
    def test_a_code_works_once(self, store: Store) -> None:
        asked = phones.lay_ground(store)
        phone, other = phones.enrol(store, asked), phones.enrol(store, asked)
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "spare")
            devices.enrol(tx, code.lower().replace("-", " "), phone.device.public_key or "")
        with pytest.raises(CodeInvalid), store.atomic() as tx:
            devices.enrol(tx, code, other.device.public_key or "")

    def test_a_phone_that_never_heard_the_reply_gets_its_device_again_with_a_fresh_token(self, store: Store) -> None:
        key = phones.enrol(store, phones.lay_ground(store)).device.public_key or ""
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "spare")
            lost, lost_token = devices.enrol(tx, code, key)
        with store.atomic() as tx:
            device, token = devices.enrol(tx, code, key)
        with store.reading() as tx:
            known = devices.by_token(tx, token)
            assert devices.by_token(tx, lost_token) is None
            assert len(devices.all(tx, MISSION)) == 2
        assert known is not None
        assert device == lost == known.id
        assert token != lost_token
        assert check(store) == []

    def test_a_withdrawn_phone_does_not_come_back_by_its_old_code(self, store: Store) -> None:
        key = phones.enrol(store, phones.lay_ground(store)).device.public_key or ""
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "spare")
            device, _ = devices.enrol(tx, code, key)
            devices.revoke(tx, device, None)
        with pytest.raises(CodeInvalid), store.atomic() as tx:
            devices.enrol(tx, code, key)

    def test_a_code_outlives_a_broken_key_but_not_its_time(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = phones.lay_ground(store)
        phone = phones.enrol(store, asked)
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "spare")
        with pytest.raises(PublicKeyInvalid), store.atomic() as tx:
            devices.enrol(tx, code, "no key")
        late = devices.clock.now() + devices.CODE_LASTS * 2
        monkeypatch.setattr(devices.clock, "now", lambda: late)
        with pytest.raises(CodeInvalid), store.atomic() as tx:
            devices.enrol(tx, code, phone.device.public_key or "")

    def test_a_withdrawn_device_is_still_known_by_its_token(self, store: Store) -> None:
        phone = phones.enrol(store, phones.lay_ground(store))
        with store.atomic() as tx:
            devices.revoke(tx, phone.device.id, None)
            devices.revoke(tx, phone.device.id, None)
        with store.reading() as tx:
            known = devices.by_token(tx, phone.token)
            assert devices.all(tx, MISSION) == [known]
            assert devices.by_token(tx, "other") is None
        assert known is not None
        assert known.revoked is not None
        with pytest.raises(NotFound), store.atomic() as tx:
            devices.revoke(tx, "nobody", None)

    def test_neither_token_nor_code_lies_in_the_database(self, store: Store) -> None:
        phone = phones.enrol(store, phones.lay_ground(store))
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "spare")
        with store.reading() as tx:
            values = [
                str(row)
                for table in ("devices", "enrol_codes", "chain")
                for row in tx.execute(text(f"SELECT * FROM {table}"))
            ]
        assert not [value for value in values if phone.token in value or code in value]


class TestSmallThings:
    def test_importing_a_diary_again_leaves_what_was_typed_at_the_desk(self, store: Store) -> None:
        phones.lay_ground(store)
        first, second = (DiaryEntry(f"d{n}", date(2026, 11, n), "meeting", f"Meeting {n}") for n in (1, 2))
        typed = DiaryEntry("typed", date(2026, 11, 3), "complaint", "Complaint")
        with store.atomic() as tx:
            diary.replace(tx, MISSION, [first])
            diary.add(tx, MISSION, typed, None)
        with store.atomic() as tx:
            assert diary.replace(tx, MISSION, [second]) == 1
            assert diary.all(tx, MISSION) == [second, typed]
        with pytest.raises(Conflict, match="typed"), store.atomic() as tx:
            diary.replace(tx, MISSION, [first, typed])
        with store.reading() as tx:
            assert diary.all(tx, MISSION) == [second, typed]

    def test_diary_published_figures_and_aggregation_tables_come_back(self, store: Store) -> None:
        phones.lay_ground(store)
        entry = DiaryEntry("d1", date(2026, 11, 21), "meeting", "Meeting", "with the commission", 2, "I.1")
        cells = [{"table": "t1", "commission": "A-C", "location": "A-1", "field": "voted", "value": 812}]
        with store.atomic() as tx:
            diary.replace(tx, MISSION, [entry])
            diary.add(tx, MISSION, DiaryEntry("d2", date(2026, 11, 22), "complaint", "Complaint"), None)
            published.replace(tx, MISSION, [{"id": "a", "numerator": 3}])
            aggregation.replace(tx, MISSION, cells)
        with store.reading() as tx:
            assert [one.id for one in diary.all(tx, MISSION)] == ["d1", "d2"]
            assert diary.all(tx, MISSION)[0] == entry
            assert published.all(tx, MISSION) == [{"id": "a", "numerator": 3}]
            assert aggregation.all(tx, MISSION) == cells
        with pytest.raises(Conflict), store.atomic() as tx:
            diary.add(tx, MISSION, entry, None)

    def test_the_latest_setting_counts_and_the_older_stay(self, store: Store) -> None:
        phones.lay_ground(store)
        with store.atomic() as tx:
            settings.put(tx, MISSION, "pin", True, None)
            settings.put(tx, MISSION, "pin", False, None)
        with store.reading() as tx:
            assert settings.get(tx, MISSION, "pin") is False
            assert settings.get(tx, MISSION, "other", 7) == 7
            assert tx.scalar(text("SELECT count(*) FROM settings")) == 2

    def test_a_missions_revision_moves_with_its_events_only(self, store: Store) -> None:
        phones.lay_ground(store)
        phones.lay_ground(store, code="other")
        with store.atomic() as tx:
            before = chain.revision(tx, MISSION)
            settings.put(tx, "other", "pin", True, None)
            assert chain.revision(tx, MISSION) == before
            settings.put(tx, MISSION, "pin", True, None)
            assert chain.revision(tx, MISSION) > before

    def test_a_chain_row_with_a_line_break_is_refused(self, store: Store) -> None:
        with pytest.raises(StorageFault), store.atomic() as tx:
            chain.append(tx, "kind", "two\nlines", "c")
