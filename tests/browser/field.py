"""A small mission with checklists of every question type, for the pages to be tried on."""

from __future__ import annotations

from datetime import date
from typing import Any

from observer_kit.checklists.model import Checklist, Choice, Question, Section
from observer_kit.checklists.versions import seal
from observer_kit.missions.model import Item, Location, Mission, Team
from observer_kit.storage import Store, checklists, devices, missions, register

MISSION = "test"


def text(en: str, ru: str, kk: str) -> dict[str, str]:
    """Write one wording in three languages."""
    return {"en": en, "ru": ru, "kk": kk}


SCALE = (
    Choice("very_good", text("Very good", "Очень хорошо", "Өте жақсы")),
    Choice("good", text("Good", "Хорошо", "Жақсы")),
    Choice("bad", text("Bad", "Плохо", "Нашар")),
    Choice("very_bad", text("Very bad", "Очень плохо", "Өте нашар")),
)


def _yes_no(name: str, label: dict[str, str], **more: Any) -> Question:
    return Question(name, "yes_no", label, not_observed=True, **{"good": ("no",), "severity": "serious", **more})


def _frame() -> Section:
    return Section(
        "frame",
        text("Visit", "Посещение", "Учаскеге бару"),
        (
            Question("arrival", "datetime", text("Arrival", "Время прибытия", "Келген уақыты")),
            Question("departure", "datetime", text("Departure", "Время убытия", "Кеткен уақыты")),
            Question(
                "env_urban_rural",
                "select_one",
                text("Where is the station?", "Где находится участок?", "Учаске қайда орналасқан?"),
                choices=(
                    Choice("urban", text("Urban", "Городской", "Қалалық")),
                    Choice("rural", text("Rural", "Сельский", "Ауылдық")),
                ),
            ),
            _yes_no(
                "env_observer_expelled",
                text("Were you told to leave?", "Требовали ли от вас уйти?", "Сізден кетуді талап етті ме?"),
                call_now=True,
                severity="critical",
            ),
        ),
    )


def _voting() -> Checklist:
    people = Section(
        "people",
        text("People in the station", "Люди на участке", "Учаскедегі адамдар"),
        (
            _yes_no(
                "env_unauthorised_present",
                text(
                    "Did you see unauthorised people in the station?",
                    "Были ли на участке посторонние лица?",
                    "Учаскеде бөгде адамдар болды ма?",
                ),
            ),
            _yes_no(
                "env_interference",
                text(
                    "Did they take part in the commission's work?",
                    "Вмешивались ли они в работу комиссии?",
                    "Олар комиссияның жұмысына араласты ма?",
                ),
                relevant="${env_unauthorised_present} = 'yes'",
                not_applicable=True,
                send_first=True,
            ),
            Question(
                "env_members_present",
                "integer",
                text("Members present", "Число присутствующих членов", "Қатысып отырған мүшелер саны"),
                minimum=0,
                not_observed=True,
            ),
            Question(
                "env_women_members",
                "integer",
                text("Women among them", "Из них женщин", "Олардың ішінде әйелдер"),
                hint=text("Count those present now", "Считайте присутствующих сейчас", "Қазір отырғандарды санаңыз"),
                minimum=0,
                constraint=". <= ${env_members_present}",
                constraint_message=text(
                    "More women than members: is it so?",
                    "Женщин больше, чем членов комиссии. Так и есть?",
                    "Әйелдер мүшелерден көп. Солай ма?",
                ),
                not_observed=True,
            ),
            Question(
                "env_parties_represented",
                "select_multiple",
                text("Whose observers were there?", "Наблюдатели чьих партий были?", "Қай партия байқаушылары болды?"),
                choices=tuple(Choice(f"p{i}", text(f"Party {i}", f"Партия {i}", f"{i}-партия")) for i in (1, 2, 3)),
                maximum=2,
                not_observed=True,
            ),
        ),
    )  # fmt: skip
    overall = Section(
        "overall",
        text("Overall assessment", "Общая оценка", "Жалпы баға"),
        (
            Question(
                "vo_overall",
                "rating",
                text("How was voting overall?", "Как прошло голосование в целом?", "Дауыс беру жалпы қалай өтті?"),
                choices=SCALE,
                good=("very_good", "good"),
                not_observed=True,
            ),
            Question("comments", "text", text("Anything else", "Что еще важно отметить", "Тағы не айтасыз")),
        ),
    )
    return seal(
        Checklist("voting", "voting", "election", "core", text("Voting", "Голосование", "Дауыс беру"),
                  (_frame(), people, overall))
    )  # fmt: skip


def _incident() -> Checklist:
    what = Section(
        "what",
        text("What happened", "Что произошло", "Не болды"),
        (
            Question("in_when", "datetime", text("When?", "Когда?", "Қашан?")),
            Question("in_text", "text", text("What did you see?", "Что вы видели?", "Не көрдіңіз?"), send_first=True),
            Question(
                "in_photo", "photo", text("Photo of what happened", "Фото произошедшего", "Болған жайттың фотосы")
            ),
            Question("in_place", "geopoint", text("Where exactly?", "Где именно?", "Нақты қай жерде?")),
        ),
    )
    title = text("Incident report", "Сообщение об инциденте", "Оқиға туралы хабар")
    return seal(Checklist("incident", "incident", "election", "core", title, (what,)))


def _protocol() -> Checklist:
    result = Section(
        "result",
        text("Results", "Результаты", "Нәтижелер"),
        (
            Question("issued", "integer", text("Ballots issued", "Выдано бюллетеней", "Берілген бюллетень"), minimum=0),
            Question(
                "member_issued",
                "integer",
                text("Issued by this member", "Выдано этим членом", "Осы мүше берген"),
                minimum=0,
                repeat="members",
            ),
            Question(
                "cand_votes",
                "integer",
                text("Votes", "Голосов", "Дауыс саны"),
                minimum=0,
                repeat="candidates",
                choices=tuple(
                    Choice(f"c{i}", text(f"Candidate {i}", f"Кандидат {i}", f"{i}-кандидат")) for i in (1, 2)
                ),
            ),
            Question(
                "page",
                "photo",
                text("Photo of the protocol", "Фото протокола", "Хаттаманың фотосы"),
                repeat="pages",
            ),
        ),
    )  # fmt: skip
    title = text("Results protocol", "Протокол о результатах", "Нәтижелер хаттамасы")
    return seal(Checklist("protocol", "protocol", "election", "core", title, (result,)))


def checklists_for_tests() -> tuple[Checklist, ...]:
    """Give the checklists of the small mission."""
    return _voting(), _incident(), _protocol()


def furnish(store: Store) -> None:
    """Put the small mission into a store."""
    mission = Mission(
        code=MISSION,
        name=text("Test mission", "Пробная миссия", "Сынақ миссиясы"),
        event="election",
        event_name=text("Election", "Выборы", "Сайлау"),
        day=date(2026, 11, 22),
        organisation="Test",
        country=text("Land", "Страна", "Ел"),
        zone="Asia/Almaty",
        languages=("en", "ru", "kk"),
        candidates=(Item("c1", text("Candidate 1", "Кандидат 1", "1-кандидат")),),
        emergency=({"label": "Duty officer", "phone": "+7 000 000 00 01"},),
        reconstruction="OSCE/ODIHR",
    )
    stations = [
        Location(
            f"R-{number:04}",
            "polling_station",
            f"Школа-гимназия № {number}, Қарағанды",
            region="KAR",
            number=str(number),
            zone="Asia/Almaty",
            made_up=True,
        )
        for number in range(140, 170)
    ]
    with store.atomic() as tx:
        missions.save(tx, mission)
        register.replace(tx, MISSION, [Location("KAR", "region", "Karaganda region"), *stations])
        register.save_teams(tx, MISSION, [Team("T01", "Team 1", "KAR"), Team("T02", "Team 2")])
        for checklist in checklists_for_tests():
            checklists.publish(tx, MISSION, checklist)


def code(store: Store, team: str = "T01") -> str:
    """Make a one-time code."""
    with store.atomic() as tx:
        return devices.enrol_code(tx, MISSION, team, "test phone")
