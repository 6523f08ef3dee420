"""A mission that asks the catalogue's own checklists, as long as they are: what an observer really fills in."""

from __future__ import annotations

from datetime import date, time

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.missions.checklists import mission_checklists
from observer_kit.missions.model import Item, Location, Mission, Team
from observer_kit.storage import checklists, missions, register
from tests.browser.conftest import Field
from tests.browser.field import MISSION, text

ELECTION = Mission(
    code=MISSION,
    name=text("Election mission", "Миссия на выборах", "Сайлау миссиясы"),
    event="election",
    event_name=text("Presidential election", "Выборы Президента", "Президент сайлауы"),
    day=date(2026, 11, 22),
    organisation="Observers",
    country=text("Kazakhstan", "Казахстан", "Қазақстан"),
    zone="Asia/Almaty",
    languages=("en", "ru", "kk"),
    candidates=(
        Item("c1", text("Aigerim Serikkyzy", "Айгерим Сериккызы", "Әйгерім Серікқызы")),
        Item("c2", text("Pavel Ivanov", "Павел Иванов", "Павел Иванов")),
        Item("c3", text("Nurlan Akhmetov", "Нурлан Ахметов", "Нұрлан Ахметов")),
    ),
    parties=(Item("p1", text("Party One", "Первая партия", "Бірінші партия")),),
    emergency=({"label": "Duty officer", "phone": "+7 000 000 00 01"},),
)


class RealField(Field):
    """The server of a mission with every core checklist of an election and its results protocol."""

    def furnish(self) -> None:
        made = mission_checklists(ELECTION, load_catalogue())
        self.versions = {name: checklist.version for name, checklist in made.items()}
        stations = [
            Location(
                f"KAR-{number:03}", "polling_station", f"Школа-гимназия № {number}", region="KAR",
                parent="KAR", reports_to="KAR-DEC", number=str(number), opens=time(7), closes=time(20),
                zone="Asia/Almaty", made_up=True,
            )
            for number in range(140, 170)
        ]  # fmt: skip
        places = [
            Location("KAR", "region", "Karaganda region"),
            Location("KAR-DEC", "commission", "District commission 9", region="KAR", parent="KAR"),
            *stations,
        ]
        with self.store.atomic() as tx:
            missions.save(tx, ELECTION)
            register.replace(tx, MISSION, places)
            register.save_teams(tx, MISSION, [Team("T01", "Team 1", "KAR")])
            for checklist in made.values():
                checklists.publish(tx, MISSION, checklist)

    def version(self, name: str) -> str:
        return self.versions[name]
