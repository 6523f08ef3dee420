"""The styles of full and limited missions and the annex on protocols: over real missions, and over any numbers."""

import re
from dataclasses import replace
from functools import cache

import pytest

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.missions.load import open_folder
from observer_kit.statements.definitions import mission_definitions
from observer_kit.statements.text import check_style, load_style
from observer_kit.statements.text.listing import tables_html
from observer_kit.statements.text.tables import Tables
from tests.statements.styles.made import made_up, sample, set_statement, words_of
from tests.statements.styles.test_shorter_styles import BROKEN, paragraphs

STYLES = ("odihr-final", "odihr-preliminary", "odihr-limited", "protocol-annex")
MISSIONS = ("eom-2011", "ram-2022", "albania-2017")
NUMBERS = (0, 1, 2, 5, 11, 21, 1622)
SHARES = re.compile(r"%|per\s?cent|процент|пайыз", re.IGNORECASE)


@cache
def mission_of(code):
    return open_folder(resources("forms") / "missions" / code)


@pytest.mark.parametrize("style", STYLES)
def test_the_checker_finds_nothing(style):
    known = [mission_of(code).mission for code in MISSIONS]
    figures = {each.name for one in known for each in mission_definitions(one.figures, one.code)}
    facts = {name for one in known for name in one.facts}
    assert check_style(load_style(style).folder, figures=figures, facts=facts) == []


def test_the_annex_escapes_what_a_register_names():
    from observer_kit.statements.text.tables import Cell, RowLine

    row = RowLine({"en": "<b>T</b>"}, "<script>", {"en": "R&D"}, (), (Cell({"en": "<i>"}, 1, 2, 1),))
    html = tables_html(Tables(rows=(row,)), "en")["protocol_rows"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "R&amp;D" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_limited_observation_gives_no_per_cent_of_stations_and_says_three_times_that_they_were_few(language):
    folder, _ = sample("ram-2022")
    bare = replace(folder.mission, facts={}, reconstruction=None)
    few = {
        "en": "limited number of polling stations",
        "ru": "ограниченное число участков",
        "kk": "саны шектеулі учаске",
    }
    for number, base in ((3, 9), (15, 40), (160, 1622)):
        done = set_statement("odihr-limited", language, bare, made_up(number, base))
        text = [each for each in paragraphs(done) if "проценты от числа" not in each]
        kept = [
            each for each in text if SHARES.search(each) and not re.search("no percentages|пайызы келтірілмейді", each)
        ]
        assert kept == []
    without = " ".join(paragraphs(set_statement("odihr-limited", language, bare, [])))
    assert without.count(few[language]) == 3


def test_each_of_the_counts_is_written_only_where_nothing_is_missing():
    folder, figures = sample("ram-2022")
    mission = replace(folder.mission, reconstruction=None)
    signed = next(each for each in figures if each.definition.name == "signatures")
    whole = replace(
        signed, numerator=3, denominator=3, not_applicable=0, not_observed=0, missing=0, not_asked=0, problems=0
    )

    def told(figure):
        return " ".join(paragraphs(set_statement("odihr-limited", "en", mission, [figure])))

    assert "In each of the counts observed the number of signatures" in told(whole)
    assert "In each of the counts" not in told(replace(whole, not_observed=1))
    assert "In each of the counts" not in told(replace(whole, numerator=2))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", STYLES)
def test_no_sentence_breaks_with_any_number(style, language):
    mission = replace(mission_of("eom-2011").mission, reconstruction=None)
    # Every noun with every number stands in tests/golden/agreement.*.md; sentences are tried with all of them in the
    # language whose forms differ most.
    numbers = NUMBERS if language == "ru" else (0, 1, 5)
    for number, missing in ((0, 3), *((each, 0) for each in numbers)):
        done = set_statement(style, language, mission, made_up(number, max(number, 24), missing=missing))
        texts = [each.replace("filled in", "entered") for each in paragraphs(done)]
        for broken, what in BROKEN:
            assert not [each for each in texts if broken.search(each)], (number, missing, what)
        wrong = {"zero_needs_words", "unseen_was_seen", "figure_unknown", "noun_unknown"}
        assert not [each for each in done.problems if each.code in wrong], (number, missing)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", STYLES)
def test_without_figures_every_room_asks_and_nothing_stands_empty(style, language):
    mission = replace(mission_of("eom-2011").mission, reconstruction=None, facts={})
    done = set_statement(style, language, mission, [], draft=True)
    parents = {each.parent for each in load_style(style).sections}
    asked = {each.id for each in load_style(style).sections if each.kind in ("room", "verdict")}
    for section in done.sections:
        assert section.kind == "signature" or section.id in parents or words_of(section.html), section.id
        assert section.id not in asked or "to-write" in section.html, section.id
    assert done.gaps == ()
    headings = [found for each in done.sections for found in re.findall(r"</h\d>\s*(?:<h\d|$)", each.html)]
    assert headings == []


def test_the_final_report_has_its_seventeen_chapters_in_order():
    mission = replace(mission_of("eom-2011").mission, reconstruction=None)
    done = set_statement("odihr-final", "en", mission, made_up(5, 40), draft=True)
    chapters = [each.number for each in done.sections if each.level == 2 and each.number]
    assert chapters == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV",
                        "XVI", "XVII"]  # fmt: skip
    day = {each.number: each.title for each in done.sections}
    assert (day["XIV.A"], day["XIV.B"]) == ("Opening and voting", "Counting")
    assert (day["XVII.A"], day["XVII.B"]) == ("Priority recommendations", "Other recommendations")


def test_reasons_are_ranked_among_the_negative_reports_and_hedged_by_certainty():
    mission = replace(mission_of("eom-2011").mission, reconstruction=None, facts={})
    figures = [replace(each, numerator=9 if "late_start" in each.definition.name else 2) for each in made_up(2, 12)]
    text = paragraphs(set_statement("odihr-final", "en", mission, figures))
    first = text[text.index("The reasons that teams named most often for a negative assessment:") + 1]
    assert first == "Late start (opening): 9 of the 12 such reports"
    seen = [
        replace(each, definition=replace(each.definition, certainty="seen"))
        if each.definition.name == "stuffing" else each
        for each in figures
    ]  # fmt: skip
    assert any("strong indications that ballot boxes" in each for each in text)
    assert not any(
        "strong indications" in each for each in paragraphs(set_statement("odihr-final", "en", mission, seen))
    )
