"""A small mission with everything on paper: sixty reports, a style of its own, and editions of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from observer_kit.config import from_environment
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.edition.build import build
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.figures import Evidence, compute
from observer_kit.statements.model import Definition
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statements.text import SectionText, context_of, draft, draftable, read_style, set_text
from observer_kit.trust.keys import Key, statement_key
from tests.builders import checklist, question, report

TITLES = {"en": "Findings of the observers", "ru": "Выводы наблюдателей", "kk": "Байқаушылардың тұжырымдары"}
STYLE = """
name = { en = "Findings of the observers", ru = "Выводы наблюдателей", kk = "Байқаушылардың тұжырымдары" }
layout = "LAYOUT"
shares = "odihr"
contents = true
numbering = "decimal"
[[section]]
id = "voting"
title = { en = "Voting", ru = "Голосование", kk = "Дауыс беру" }
[[section]]
id = "seen"
parent = "voting"
title = { en = "What was seen", ru = "Что отмечено", kk = "Не байқалды" }
[[section]]
id = "verdict"
kind = "verdict"
title = { en = "Conclusion", ru = "Заключение", kk = "Қорытынды" }
prompt = { en = "The judgement, in people's words.", ru = "Оценка словами людей.", kk = "Баға – адамдардың сөзімен." }
[[section]]
id = "signature"
kind = "signature"
title = { en = "", ru = "", kk = "" }
[[chart]]
name = "seen"
title = { en = "What was seen during voting", ru = "Отмечено при голосовании", kk = "Дауыс беру кезінде байқалды" }
note = { en = "Cases.", ru = "Случаи.", kk = "Жағдайлар." }
shares = false
figures = ["strangers", "group", "unsealed"]
"""
TEXTS = {
    "en": (
        "Observers followed voting in [[voting_observed count station_visited:in]]. It was assessed positively in"
        " [[positive percent station_visited]].\n\n[[chart seen]]\n",
        "* strangers in [[strangers count case:in]]^[As observers wrote them down.];\n"
        "* group voting in [[group of station_visited]].\n",
    ),
    "ru": (
        "Наблюдатели следили за голосованием на [[voting_observed count station_visited:in]]. Положительно оно оценено"
        " на [[positive percent station_visited]].\n\n[[chart seen]]\n",
        "* посторонние лица в [[strangers count case:in]]^[Так записано наблюдателями.];\n"
        "* групповое голосование: [[group of station_visited]].\n",
    ),
    "kk": (
        "Байқаушылар дауыс беруді [[voting_observed count station_visited:in]] қадағалады. Оң баға берілген үлес:"
        " [[positive percent station_visited]].\n\n[[chart seen]]\n",
        "* бөгде адамдар [[strangers count case:in]] байқалды^[Байқаушылар осылай жазды.];\n"
        "* топтасып дауыс беру: [[group of station_visited]].\n",
    ),
}
FORM = checklist(
    question("rating", "rating", ("very_good", "good", "bad", "very_bad")),
    question("strangers"),
    question("group"),
    question("sealed"),
    question("voters", "integer"),
)
REGIONS = {"AKM": "Akmola", "ALA": "Almaty", "SKO": "North Kazakhstan"}


def _definition(name: str, label: str, **more: Any) -> Definition:
    values: dict[str, Any] = {
        "id": f"t_{name}", "name": name, "label": {"en": label, "ru": label, "kk": label}, "kind": "observed",
        "unit": "station", "measure": "answers", "base": "answered", "checklist": "voting",
    }  # fmt: skip
    return Definition(**values | more)


DEFINITIONS = (
    _definition("voting_observed", "Stations where voting was observed", measure="reports", base=None),
    _definition("positive", "Voting assessed positively", question="rating", counted=("very_good", "good")),
    _definition("negative_akm", "Negative in Akmola", question="rating", counted=("bad",), where={"region": "AKM"}),
    _definition("strangers", "Strangers present", question="strangers", counted=("yes",), unit="case"),
    _definition("group", "Group voting", question="group", counted=("yes",), base="reports", unit="case"),
    _definition("unsealed", "Boxes not sealed", question="sealed", counted=("no",), unit="box"),
    _definition("voters", "Voters on the lists", question="voters", measure="sum", unit="person", base=None),
)


def reports() -> list[Any]:
    """Sixty reports: thirty-six of Akmola, twenty of Almaty, four of North Kazakhstan, which are too few to show."""
    found = []
    for place in range(60):
        answers = {
            "rating": "bad" if place % 6 == 0 else "good",
            "strangers": "not_observed" if place % 20 == 0 else "yes" if place % 4 == 1 else "no",
            "group": "yes" if place % 7 == 0 else "no",
            "sealed": "no" if place % 10 == 3 else None if place == 59 else "yes",
            "voters": 1000 + 7 * place,
        }
        region = "AKM" if place < 36 else "ALA" if place < 56 else "SKO"
        found.append(report(answers, id=f"r{place:03}", region=region, kind="polling_station", team=f"T{place % 5}"))
    return found


def mission(**more: Any) -> Mission:
    """A mission of nobody's, in three languages."""
    values: dict[str, Any] = {
        "code": "test-2026",
        "name": {"en": "The Mission", "ru": "Миссия наблюдателей", "kk": "Байқаушылар миссиясы"},
        "event": "election",
        "event_name": {"en": "Presidential election", "ru": "Выборы Президента", "kk": "Президент сайлауы"},
        "day": date(2026, 10, 4),
        "organisation": "Nobody",
        "country": {"en": "Kazakhstan", "ru": "Казахстан", "kk": "Қазақстан"},
        "zone": "Asia/Almaty",
        "languages": ("en", "ru", "kk"),
    }
    return Mission(**values | more)


@cache
def style_folder(layout: str = "cover", name: str = "findings") -> Path:
    """Write the style to a folder of its own."""
    folder = Path(mkdtemp(prefix="kit-style-")) / name
    for language, texts in TEXTS.items():
        (folder / language).mkdir(parents=True)
        for section, text in zip(("voting", "seen"), texts, strict=True):
            (folder / language / f"{section}.md").write_text(text, "utf-8")
    (folder / "style.toml").write_text(STYLE.replace("LAYOUT", layout), "utf-8")
    return folder


@cache
def key(name: str = "own") -> Key:
    """A key that signs; another name is another key."""
    return statement_key(from_environment(Path(mkdtemp(prefix=f"kit-key-{name}-"))))


def edition(language: str = "en", *, layout: str = "cover", words: str | None = None, **more: Any) -> Edition:
    """Set the statement; `words` is the verdict, `rows` the reports it stands on."""
    own = more.pop("mission", None) or mission()
    rows = more.pop("rows", None) or reports()
    evidence = Evidence({"voting": rows}, {"voting": FORM})
    figures = compute(DEFINITIONS, evidence)
    style = read_style(style_folder(layout))
    seen = draftable(own, figures, language, regions=REGIONS, charts=["seen"])
    sections = [
        SectionText("verdict", words) if each.id == "verdict" and words else each
        for each in draft(style, language, seen)
    ]
    state = more.setdefault("state", "published")
    notes = more.pop("notes", "inline")
    context = context_of(own, figures, regions=REGIONS, draft=state == "draft", notes=notes)
    values: dict[str, Any] = {
        "mission": own,
        "style": style,
        "language": language,
        "text": set_text(style, language, sections, context),
        "figures": {each.definition.name: each for each in figures},
        "snapshot": Snapshot(
            own.code, datetime(2026, 10, 4, 18, 30, tzinfo=UTC), {each.id: "0" * 64 for each in rows},
            {"voting": ("v1",)}, {"counted": len(rows), "superseded": 1, "excluded": 2, "quarantined": 0}, "c" * 64,
        ),
        "evidence": evidence,
        "checklists": {"voting": FORM},
        "locations": {
            each.location: Location(each.location, "polling_station", each.location, region=each.region)
            for each in rows
        },
        "regions": REGIONS,
        "key": key(),
        "signed_on": date(2026, 10, 5),
    }  # fmt: skip
    return Edition(**values | more)


@cache
def signed(language: str = "en", layout: str = "cover") -> bytes:
    """The published statement's PDF, made once."""
    return build(edition(language, layout=layout, words="The day was calm."))
