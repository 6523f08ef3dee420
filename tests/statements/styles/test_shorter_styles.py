"""The styles of the SCO, the OTS and the press, in three languages, over the sample missions and any numbers."""

import re
from dataclasses import replace

import pytest

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.missions.figures import general_figures
from observer_kit.statements.text import check_style, load_style
from observer_kit.statements.text.agreement import Grammar
from tests.statements.styles.made import MADE_UP, made_up, sample, set_statement, words_of

STYLES = ("sco", "ots", "press-summary")
MISSIONS = ("sco-2024", "ots-2024", "cis-2024", "cica-2024")
HOME = {"sco": "sco-2024", "ots": "ots-2024", "press-summary": "cis-2024"}
NUMBERS = (0, 1, 2, 5, 11, 21, MADE_UP)
FORMS = [(gender, case) for gender in "mfn" for case in ("nom", "gen", "dat", "acc", "in")]
SHARES = re.compile(r"%|per\s?cent|процент|пайыз", re.IGNORECASE)
BROKEN = (
    (re.compile(r" [.,;:!?]|[.,;:]{2}|[,;] ?[.)]|\( | \)|\s{2,}"), "stops and spaces"),
    (re.compile(r"\b(and|or|и|или|және|немесе|of|in|на|в|the) ?[.,;:]"), "a word that leads nowhere"),
    (re.compile(r"\[\[|\]\]|\{\{|\{%|None|<"), "machinery"),
)


def paragraphs(statement):
    return [
        " ".join(words_of(part).split())
        for section in statement.sections
        if section.kind != "signature"
        for part in re.findall(r"<(?:p|li)\b[^>]*>.*?</(?:p|li)>", section.html, re.DOTALL)
    ]


def figures_in(statement):
    """Give the words that stand for each figure, by its name."""
    names = {place: name for name, place in statement.used.items()}
    found = {}
    for section in statement.sections:
        for said, place in re.findall(r'<span class="figure">(.*?)<sup[^>]*><a [^>]*>(\d+)</a>', section.html):
            found.setdefault(names[int(place)], []).append(words_of(said))
    return found


@pytest.mark.parametrize("style", STYLES)
def test_the_checker_finds_nothing(style):
    facts = {name for mission in MISSIONS for name in sample(mission)[0].mission.facts}
    assert check_style(load_style(style).folder, facts=facts) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mission", MISSIONS)
def test_every_printed_figure_stands_as_its_source_prints_it(mission, language):
    """In its own style: the number in digits or as a word; 0 as "in any of the 24 …"; none left to a gap."""
    folder, figures = sample(mission)
    printed = {row["id"]: row for row in folder.published()}
    done = set_statement(folder.mission.style, language, folder.mission, figures)
    said = figures_in(done)
    grammar = Grammar(language, folder.mission.event)
    stood = 0
    for figure in figures:
        if not figure.definition.printed or figure.numerator is None:
            continue
        name, row = figure.definition.name, printed.get(figure.definition.id, {})
        number = row.get("numerator", figure.numerator)
        number = int(re.match(r"\d+", number)[0]) if isinstance(number, str) else number
        assert number == figure.numerator, name
        assert name in said, f"{name} is not said"
        text = " ".join(said[name])
        if number == 0:
            assert figure.definition.measure == "diary" or grammar.number(figure.denominator) in text, (name, text)
        else:
            words = {grammar.number(number, *form, as_word=True) for form in FORMS} | {grammar.number(number)}
            assert number == figure.denominator == 1 or any(word in text for word in words), (name, number, text)
        stood += 1
    assert stood >= {"sco-2024": 11, "ots-2024": 15, "cis-2024": 3, "cica-2024": 1}[mission]
    assert done.gaps == ()
    assert done.problems == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mission", MISSIONS)
@pytest.mark.parametrize("style", STYLES)
def test_a_style_without_shares_prints_no_per_cent(style, mission, language):
    folder, figures = sample(mission)
    for whole in (figures, made_up(15, 40)):
        done = set_statement(style, language, folder.mission, whole, draft=True)
        assert not [each for each in paragraphs(done) if SHARES.search(each)]


def test_the_members_named_are_as_many_as_the_number_says():
    facts = sample("sco-2024")[0].mission.facts
    for language in LANGUAGES:
        named = [*facts["member_list"]["value"][language], *facts["secretariat_list"]["value"][language]]
        assert len(set(named)) + len([facts["head"]["value"][language]]) == facts["members"]["value"] == 13


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_of_facts_stands_in_every_language_with_its_place(language):
    for mission in MISSIONS:
        for name, fact in sample(mission)[0].mission.facts.items():
            assert fact["locator"], name
            if isinstance(fact["value"], dict):
                assert fact["value"].get(language), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sco_statement_has_its_ten_numbered_sections(language):
    folder, figures = sample("sco-2024")
    done = set_statement("sco", language, folder.mission, figures, draft=True)
    assert [section.number for section in done.sections if section.number] == [str(n) for n in range(1, 11)]
    assert done.sections[0].id == "preamble"
    assert done.sections[-1].kind == "signature"
    signed = words_of(done.sections[-1].html)
    assert folder.mission.name[language] in signed
    assert "2024" in signed.removeprefix(folder.mission.name[language]), "the day it was signed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ots_statement_flows_in_fourteen_paragraphs(language):
    folder, figures = sample("ots-2024")
    done = set_statement("ots", language, folder.mission, figures, draft=True)
    assert len(paragraphs(done)) == 14
    assert not any(section.number or section.title for section in done.sections)


@pytest.mark.parametrize("style", STYLES)
def test_a_judgement_is_never_drafted(style):
    chosen = load_style(style)
    verdicts = [section for section in chosen.sections if section.kind == "verdict"]
    assert verdicts
    for section in verdicts:
        assert all(section.prompt.get(language) for language in LANGUAGES)
        assert not any(section.id in texts for texts in chosen.texts.values())


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", STYLES)
def test_no_sentence_breaks_whatever_the_numbers(style, language, number):
    """With every figure there, complete or not, in a referendum and in an election; with facts and without."""
    home = sample(HOME[style])[0].mission
    few = max(number, 1)
    for base, missing, event, facts in (
        (few, 0, "referendum", home.facts), (few, 0, "election", {}), (MADE_UP, 0, "election", home.facts),
        (MADE_UP, 3, "referendum", {}),
    ):  # fmt: skip
        mission = replace(home, event=event, facts=facts, reconstruction=None)
        done = set_statement(style, language, mission, made_up(number, base, missing=missing))
        assert {problem.code for problem in done.problems} <= {"absolute_unguarded"}, done.problems
        assert done.gaps == ()
        for text in paragraphs(done):
            assert len(text) > 10, "an empty paragraph"
            assert not text.lstrip("«")[0].islower(), text
            for pattern, what in BROKEN:
                assert not pattern.search(text), (what, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", STYLES)
def test_no_sentence_hangs_on_its_neighbour(style, language):
    """Each figure alone is said, in sentences that are whole; but of counts only beside their number."""
    home = replace(sample(HOME[style])[0].mission, facts={}, reconstruction=None)
    for name in set_statement(style, language, home, made_up(5, 24)).used:
        done = set_statement(style, language, home, made_up(5, 24, only=lambda d, name=name: d.name == name))
        assert set(done.used) == {name} - {"count_procedures"}
        assert not done.problems, (name, done.problems)
        for text in paragraphs(done):
            assert text.endswith("."), (name, text)
            for pattern, what in BROKEN:
                assert not pattern.search(text), (what, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_and_none_stand_only_where_nothing_is_missing(language):
    mission = replace(sample("ots-2024")[0].mission, reconstruction=None)
    sure = figures_in(set_statement("ots", language, mission, made_up(24, 24)))["public_order"]
    unsure = figures_in(set_statement("ots", language, mission, made_up(24, 24, missing=1)))["public_order"]
    assert sure != unsure
    assert unsure[0].count("24") == 2
    none = figures_in(set_statement("ots", language, mission, made_up(0, 24)))["coercion"]
    unseen = figures_in(set_statement("ots", language, mission, made_up(0, 24, missing=3)))["coercion"]
    assert "24" in none[0]
    assert "21" in unseen[0], "only the reports that could observe it"
    assert "24" not in unseen[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_the_count_stands_beside_the_number_of_counts(language):
    folder, figures = sample("ots-2024")
    counted = [figure for figure in figures if figure.definition.name in ("counts_observed", "count_procedures")]
    without = [figure for figure in counted if figure.definition.name == "count_procedures"]
    assert set(set_statement("ots", language, folder.mission, counted).used) == {"counts_observed", "count_procedures"}
    assert not set_statement("ots", language, folder.mission, without).used


def test_the_figures_that_the_styles_use_are_general_ones():
    used = set()
    for style in STYLES:
        mission = replace(sample(HOME[style])[0].mission, reconstruction=None)
        used |= set(set_statement(style, "en", mission, made_up(5, 24)).used)
    assert used <= set(general_figures())
    assert (resources("forms") / "figures" / "facts.toml").is_file()
