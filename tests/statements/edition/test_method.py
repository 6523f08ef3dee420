"""The annex on method says what a random sample was drawn from, in each design that a mission may declare."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from observer_kit.checklists.model import Choice
from observer_kit.missions.sampling import read_sampling
from observer_kit.statements.edition.counted import how
from observer_kit.statements.edition.frame import render
from observer_kit.statements.edition.front import say_in
from tests.builders import checklist, question
from tests.statements.edition.editions import DEFINITIONS, edition, mission, reports

WITHIN = {"strata": "region", "populations": {"AKM": 6000, "ALA": 3000, "SKO": 725}}
CLUSTERS = {"population": 9725, "clusters": "region"}
STRATA = "They were drawn within strata, each by itself."
FIRST = "Territories were drawn first, and stations within them."
FROM = "The stations to be visited were drawn at random from the 9,725 of the register."
OF = "The stations to be visited were drawn at random from the register: 80 of 9,725."
REACHED = "Stations from which a report came: 60."
MISSED = "Stations that were drawn and from which none came: 20."


@pytest.mark.parametrize(
    ("sample", "drawn_from", "said"),
    [
        ("random", {"population": 9725, "drawn": 80}, [OF, REACHED, MISSED]),
        ("random", {"population": 9725}, [FROM, REACHED]),
        ("random", {"population": 9725, "drawn": 59}, [OF.replace("80", "59"), REACHED]),  # more came than were drawn
        ("stratified", {"population": 9725, **WITHIN}, [FROM, STRATA, REACHED]),
        ("stratified", {"population": 9725, **WITHIN, "drawn": {"AKM": 40, "ALA": 40}}, [OF, STRATA, REACHED, MISSED]),
        ("clustered", CLUSTERS, [FROM, FIRST, REACHED]),
        ("clustered", CLUSTERS | WITHIN, [FROM, STRATA, FIRST, REACHED]),
        ("purposive", {}, []),
    ],
)
def test_the_annex_says_what_was_drawn_and_how_many_stations_were_reached(sample, drawn_from, said):
    own = mission(sample=sample, sampling=read_sampling(sample, drawn_from))
    page = render(edition(mission=own, rows=reports()))
    main = re.sub(r"</?span[^>]*>", "", page[page.index("<main>") :]).replace("\u00a0", " ")
    found = [text for text in re.findall(r"<p>([^<]*)</p>", main) if "drawn at random" in text]
    assert found == ([" ".join(said)] if said else [])


def test_without_the_reports_nothing_is_said_of_the_stations_reached():
    own = mission(sample="random", sampling=read_sampling("random", {"population": 9725, "drawn": 80}))
    assert f"<p>{OF}</p>" in render(edition(mission=own, evidence=None))


def test_a_party_that_brings_its_quotation_marks_is_not_quoted_twice():
    parties = (Choice("nurotan", {"ru": "«Нур Отан»"}), Choice("other", {"ru": "Другая партия"}))
    form = checklist(replace(question("party", "select_one"), choices=parties))
    definition = replace(DEFINITIONS[1], question="party", counted=("nurotan", "other"))
    paper = SimpleNamespace(checklists={"voting": form}, language="ru", mission=mission(), regions={})
    assert "учтены ответы: «Нур Отан», «Другая партия»" in how(
        paper, SimpleNamespace(definition=definition), say_in("ru")
    )
