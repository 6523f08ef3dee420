"""Figures of the sample missions, rebuilt without a database, and figures with made-up numbers."""

import re
from functools import cache
from html import unescape

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.config import resources
from observer_kit.missions.checklists import mission_checklists
from observer_kit.missions.load import open_folder
from observer_kit.missions.rebuild import rebuild_sheets
from observer_kit.statements import Evidence, compute, load_definitions
from observer_kit.statements.definitions import mission_definitions
from observer_kit.statements.model import Figure
from observer_kit.statements.text import context_of, draft, draftable, load_style, set_text
from tests.builders import report

MADE_UP = 1622


@cache
def catalogue():
    return load_catalogue()


@cache
def sample(code):
    """Give a sample mission's folder and its figures, counted from its rebuilt reports."""
    folder = open_folder(resources("forms") / "missions" / code)
    own = mission_checklists(folder.mission, catalogue())
    places = {place.code: place for place in folder.register}
    reports = {
        name: [
            report(sheet.answers, f"{name}-{place}", checklist=name, version=own[name].version,
                   location=sheet.place, region=places[sheet.place].region)
            for place, sheet in enumerate(sheets)
        ]
        for name, sheets in rebuild_sheets(folder, own).items()
    }  # fmt: skip
    evidence = Evidence(reports, own, diary=list(folder.diary()), facts=folder.mission.facts)
    return folder, compute(mission_definitions(folder.mission.figures), evidence)


def made_up(number, base, *, missing=0, only=lambda definition: True):
    """Give every general figure the same number: of a base where it has answers, complete unless some are missing."""
    found = []
    for definition in load_definitions().values():
        if not only(definition):
            continue
        answers = definition.measure == "answers"
        numerator = min(number, base) if answers else number
        denominator = base if answers or definition.of else None
        states = (0, 0, missing, 0) if answers else (None,) * 4
        percent = 100 * numerator / denominator if denominator else None
        found.append(Figure(definition, numerator, denominator, percent, *states, problems=0 if answers else None))
    return found


def set_statement(style, language, mission, figures, **context):
    """Draft a style and set it, as staff see it unless told otherwise."""
    chosen = load_style(style)
    drafted = draft(chosen, language, draftable(mission, figures, language))
    return set_text(chosen, language, drafted, context_of(mission, figures, **context))


def words_of(html):
    """Give the text of some HTML as it is read, without the numbers that lead to the annex."""
    text = re.sub(r'<sup class="mark">.*?</sup>', "", html, flags=re.DOTALL)
    said = unescape(re.sub(r"<[^>]+>", "", text)).strip()
    return re.sub(r"\u00a0(?!\d)|(?<!\d)\u00a0", " ", said)  # within a number they stay
