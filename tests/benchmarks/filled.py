"""A database as full as wanted, written past the intake: a million submissions of sixty questions in minutes."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from observer_kit.checklists.model import Checklist
from observer_kit.checklists.versions import seal
from observer_kit.config import Config
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.storage import accounts, checklists, missions, open_store, register
from observer_kit.storage.engine import Store
from tests.benchmarks.tallies import REGIONS, answer, sixty_questions
from tests.builders import text

CODE, NAME, PASSWORD = "full", "coordinator", "long enough to be one"
STATIONS, TEAMS, DIFFERENT = 9970, 400, 20_000
AT = "2024-03-20T06:00:00.000Z"


def config_of(folder: Path) -> Config:
    return Config(data=folder, exports=folder / "exports", database_url=f"sqlite:///{folder / 'observer-kit.sqlite'}")


def prepare(folder: Path) -> tuple[Store, Checklist]:
    """Make the mission with its register, its teams and one checklist of sixty questions."""
    store = open_store(config_of(folder))
    form = seal(sixty_questions())
    mission = Mission(
        code=CODE, name=text("Full"), event="election", event_name=text("Election"), day=date(2024, 3, 20),
        organisation="The Organisation", country=text("Kazakhstan"), zone="Asia/Almaty",
        languages=("en", "ru", "kk"), expected={"voting": STATIONS},
    )  # fmt: skip
    with store.atomic() as tx:
        missions.save(tx, mission)
        register.replace(tx, CODE, [
            *(Location(code, "region", code) for code in REGIONS),
            *(
                Location(f"S{n:05d}", "polling_station", f"Station {n}", parent=REGIONS[n % 16],
                         region=REGIONS[n % 16], setting=("urban", "rural")[n % 2], zone="Asia/Almaty")
                for n in range(STATIONS)
            ),
        ])  # fmt: skip
        register.save_teams(tx, CODE, [Team(f"T{n:03d}", f"T{n:03d}", REGIONS[n % 16]) for n in range(TEAMS)])
        checklists.publish(tx, CODE, form)
        accounts.create(tx, NAME, PASSWORD, {CODE: "coordinator"})
    return store, form


def answers(form: Checklist) -> list[str]:
    """Make different sets of answers, as JSON: the submissions take turns with them."""
    chance = random.Random(8)
    asked = [*form.questions()]
    return [orjson.dumps({each.name: answer(each, chance) for each in asked}).decode() for _ in range(DIFFERENT)]


def fill(folder: Path, form: Checklist, made: list[str], first: int, count: int) -> None:
    """Write so many more submissions, numbered from `first`."""
    base = sqlite3.connect(folder / "observer-kit.sqlite", isolation_level=None)
    base.execute("PRAGMA synchronous=OFF")
    base.execute("BEGIN IMMEDIATE")
    head = base.execute("SELECT max(sequence) FROM chain").fetchone()[0]

    def rows(kind: str) -> Iterator[tuple[Any, ...]]:
        for number in range(first, first + count):
            id, sequence = f"{number * 2654435761 % 2**32:08x}-0000-4000-8000-{number:012x}", head + 1 + number - first
            if kind == "chain":
                yield sequence, AT, "intake", CODE, id, "d", "0" * 64, "0" * 64, "0" * 64
            elif kind == "envelopes":
                yield (id, CODE, form.name, form.version, f"v{number}", None, "d", AT, "0" * 64, None, None, "{}",
                       "https", AT, sequence, None, "k", "r")  # fmt: skip
            elif kind == "standings":
                yield id, CODE, form.name, "counted", "received", None
            else:
                station = number % STATIONS
                yield (id, sequence, CODE, form.name, form.version, f"v{number}", None, "d", f"T{number % TEAMS:03d}",
                       f"S{station:05d}", None, AT, AT, AT, AT, 7 + number % 13, ("urban", "rural", None)[number % 3],
                       made[number % len(made)], "{}", "[]", "[]", 0, 0, "")  # fmt: skip

    for table, fields in (
        ("chain", "sequence, at, kind, mission, subject, by, content, previous, hash"),
        ("envelopes", "id, mission, checklist, version, visit, supersedes, device, clock, hash, sealed, signature,"
                      "payload, via, received, sequence, quarantine, receipt_key, receipt"),
        ("submissions", "id, sequence, mission, checklist, version, visit, supersedes, device, team, location,"
                        "location_name, clock, received, arrived, departed, hour, setting, answers, comments,"
                        "problems, findings, problem_count, finding_count, search"),
        ("standings", "submission, mission, checklist, state, review, successor"),
    ):  # fmt: skip
        marks = ", ".join("?" * len(fields.split(",")))
        base.executemany(f"INSERT INTO {table} ({fields}) VALUES ({marks})", rows(table))
    base.execute("COMMIT")
    base.close()
