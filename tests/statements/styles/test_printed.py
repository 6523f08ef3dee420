"""Every figure that a source prints stands in its rebuilt statement as printed, or the annex says why it does not."""

import re
from html import unescape
from pathlib import Path

import pytest

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import from_environment, resources
from observer_kit.missions.load import open_folder
from observer_kit.missions.mission_file import read_toml
from observer_kit.missions.published_rows import UNCOUNTED
from observer_kit.statements.definitions import mission_definitions
from observer_kit.statements.edition.attached import row_of
from observer_kit.statements.edition.figure_rows import figure_rows
from observer_kit.statements.edition.front import say_in
from observer_kit.statements.edition.uncounted import uncounted_rows
from observer_kit.statements.text import load_style
from observer_kit.statements.text.agreement import Grammar, digits
from observer_kit.statements.text.listing import tables_html
from observer_kit.statements.text.places import place_in
from observer_kit.statements.text.tables import read_tables
from observer_kit.storage import missions, open_store
from observer_kit.web import numbers
from observer_kit.web.editions import edition_of
from observer_kit.web.frozen import frozen_tables
from tests.cli.running import demonstrated
from tests.statements.styles.test_shorter_styles import FORMS, figures_in, paragraphs

SAMPLES = ("eom-2011", "ram-2022", "sco-2024", "ots-2024", "cis-2024", "cica-2024")
STATEMENTS = (
    *(("eom-2011", style) for style in ("odihr-final", "odihr-preliminary", "protocol-annex")),
    *(("ram-2022", style) for style in ("odihr-limited", "odihr-preliminary", "protocol-annex")),
    ("sco-2024", "sco"), ("ots-2024", "ots"), ("cis-2024", "press-summary"), ("cica-2024", "press-summary"),
)  # fmt: skip
"""Every style in which a sample mission's statement is built."""
ROUNDED = {"eom11_openings_and_voting": 1783}
"""Printed as "over 1,780": the reports are counted, and the annex says what was printed."""
DAY = ("composition", "coverage", "opening", "voting", "voting by region", "counting", "tabulation")
"""What a preliminary statement has sections for; results, complaints, women and lists are a final report's."""
LEFT = {
    "eom11_openings_and_voting", "eom11_organised_voting", "eom11_military_100", "eom11_military_99",
    "eom11_mobile_opening", "eom11_clumps", "eom11_not_announced", "eom11_marks_not_visible",
    "eom11_validity_disputed", "eom11_validity_not_voted", "eom11_not_crosschecked_44",
    "ram22_regions_visited", "ram22_regions_day",
}  # fmt: skip
"""What its shorter text leaves to its charts and its annex."""


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    """Rebuild the sample missions; gives a way to an edition, each made once from what is stored."""
    store = open_store(from_environment(demonstrated(tmp_path_factory.mktemp("printed") / "data", *SAMPLES)))
    made, counted = {}, {}

    def look(mission, style, language):
        if (mission, style, language) not in made:
            with store.reading() as tx:
                found = missions.get(tx, mission)
                if mission not in counted:
                    counted[mission] = numbers.figures(tx, found), numbers.snapshot(tx, found)
                figures, snapshot = counted[mission]
                made[mission, style, language] = edition_of(
                    tx, store.config, found, load_style(style), language, figures=figures, snapshot=snapshot
                )
        return made[mission, style, language]

    look.store = store
    yield look
    store.close()


def opened(mission):
    return open_folder(resources("forms") / "missions" / mission)


def spoken(definition, number, grammar, text):
    """Tell whether a number stands in a text, in digits or as a word of any gender and case."""
    words = {grammar.number(number, *form, as_word=True) for form in FORMS} | {grammar.number(number)}
    return any(word.replace("\u00a0", " ") in text for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("mission", "styles", "least"),
    [
        ("eom-2011", ("odihr-final", "protocol-annex"), 80), ("ram-2022", ("odihr-limited",), 18),
        ("eom-2011", ("odihr-preliminary",), 50), ("ram-2022", ("odihr-preliminary",), 1),
    ],
)  # fmt: skip
def test_the_text_says_every_printed_figure_as_its_source_prints_it(rebuilt, mission, styles, least, language):
    folder = opened(mission)
    printed = {row["id"]: row for row in folder.published()}
    said = {}
    for style in styles:
        done = rebuilt(mission, style, language).text
        assert done.gaps == ()
        assert done.problems == ()
        for name, words in figures_in(done).items():
            said.setdefault(name, []).extend(words)
    grammar = Grammar(language, folder.mission.event)
    stood = 0
    for definition in mission_definitions(folder.mission.figures, mission):
        row = printed.get(definition.id, {})
        if not definition.printed:
            assert definition.name not in said, f"{definition.name} is printed by no source"
            continue
        if "odihr-preliminary" in styles and (definition.id in LEFT or row.get("category") not in DAY):
            assert definition.name not in said, f"{definition.name} is said after all"
            continue
        assert definition.name in said, f"{definition.name} is not said"
        if not row:
            continue  # counted in the diary: the sum stands in no one place of the source
        share, number = row.get("percent_as_printed"), row.get("numerator")
        text = " ".join(said[definition.name]).replace("\u00a0", " ").casefold()
        if definition.shows == "percent":
            assert re.search(rf"\b{share}\b", text), (definition.name, share, text)
        else:
            number = ROUNDED.get(definition.id, number)
            number = int(re.match(r"\d+", number)[0]) if isinstance(number, str) else number
            assert spoken(definition, number, grammar, text), (definition.name, number, text)
        stood += 1
    assert stood >= least


# The annex.


def quoted(value, language):
    return f"“{value}”" if language == "en" else f"«{value}»"


def as_printed(value, shown, why, language, place=""):
    """Tell whether a printed number is the one shown, or is quoted with its place where the difference is explained."""
    plain = re.match(r"[\d,]+(?: \w+)?$", str(value))
    number = int(re.match(r"[\d,]+", str(value))[0].replace(",", "")) if plain else None
    if number is not None and shown == digits(number, language):
        return True
    return quoted(value, language) in why and place in why


def unexplained(row, found, edition):
    """Name what a row of a source prints that its figure's row of the annex neither shows nor explains."""
    language, why = edition.language, f"{found.difference} {found.beside}"
    count, base, percent = [*found.counts, ""][:3]
    for each in (row, *row.get("again", ())):
        place = place_in(each["locator"], language) if each is not row else ""
        if "numerator" in each and not as_printed(each["numerator"], count, why, language, place):
            yield f"{row['id']}: {each['numerator']}"
        in_base = each.get("base_printed", each is not row) and "denominator" in each
        if in_base and not as_printed(each["denominator"], base, why, language, place):
            yield f"{row['id']}: of {each['denominator']}"
        share = each.get("percent_as_printed")
        if share is not None and str(share) != percent and (quoted(share, language) not in why or place not in why):
            yield f"{row['id']}: {share} per cent"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("mission", "style"), STATEMENTS)
def test_the_annex_shows_every_printed_figure_or_explains_the_difference(rebuilt, mission, style, language):
    edition = rebuilt(mission, style, language)
    say = say_in(language)
    rows = dict(zip((each.definition.id for each in edition.numbered.values()), figure_rows(edition, say), strict=True))
    listed = {row[0]: row for row in uncounted_rows(edition, say)}
    labels = {each.definition.id: each.definition.label[language] for each in edition.figures.values()}
    reasons = {say(f"uncounted_{why}") for why in UNCOUNTED}
    assert len(listed) == sum("uncounted" in row for row in edition.printed)
    for row in edition.printed:
        if "uncounted" in row:
            label = row["label"][language] if "label" in row else labels[row["id"]]
            _, cell, place, reason = listed[label]
            assert row["id"] not in rows, "counted after all"
            assert (place, reason) == (place_in(row["locator"], language), say(f"uncounted_{row['uncounted']}"))
            assert reason in reasons
            for key in ("numerator", "percent_as_printed", *(("denominator",) if row.get("base_printed") else ())):
                if key in row:
                    whole = str(row[key]).isdigit()
                    told = digits(int(row[key]), language) if whole else quoted(row[key], language)
                    assert told in cell, (row["id"], key, cell)
        else:
            assert row["id"] in rows, f"{row['id']} stands nowhere"
            assert list(unexplained(row, rows[row["id"]], edition)) == []


TABLE = re.compile(r'<table class="listing">.*?</table>(?:<p class="table-note">(.*?)</p>)?', re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("mission", "style", "least"), [("eom-2011", "odihr-final", 140), ("ram-2022", "odihr-limited", 11)]
)
def test_every_printed_number_of_the_results_stands_in_their_tables(rebuilt, mission, style, least, language):
    """Row by row: the votes and their per cents; other digits of the source are quoted under the table."""
    text = "".join(each.html for each in rebuilt(mission, style, language).text.sections)
    lines = {}
    for table in TABLE.finditer(text):
        for row in re.findall(r"<tr>(.*?)</tr>", table[0], re.DOTALL):
            name, *cells = (unescape(each) for each in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL))
            lines.setdefault(name, []).extend(cells)
    notes = unescape(" ".join(note or "" for note in TABLE.findall(text)))
    held = [cell.replace("\u00a0", " ") for cells in lines.values() for cell in cells]
    stood = 0
    for row in read_toml(opened(mission).path / "published.toml")["result"]:
        same = [name for name, cells in lines.items() if row.get("region", "national") != "national"
                and digits(row["nazarbayev"], language) in cells]  # fmt: skip
        where = [cell.replace("\u00a0", " ") for cell in lines[same[0]]] if same else held
        for key, value in row.items():
            if key == "sum" or key.endswith(("_computed", "_note")) or key in ("region", "label", "base"):
                continue
            if key.endswith("percent_as_printed"):
                share = f"{value:.2f}" if language == "en" else f"{value:.2f}".replace(".", ",")
                assert share in where, (row.get("region"), key, share)
            elif key == "turnout_as_printed":
                assert value.rstrip("%").replace(",", "." if language == "en" else ",") in where
            elif key.endswith("_as_printed"):
                assert quoted(value, language) in notes
            else:
                assert digits(value, language).replace("\u00a0", " ") in where, (row.get("region"), key, value)
            stood += 1
    assert stood >= least


def test_reports_over_stations_have_no_per_cent_in_the_annex(rebuilt):
    edition = rebuilt("eom-2011", "odihr-final", "en")
    (place,) = (n for n, each in edition.numbered.items() if each.definition.id == "eom11_openings_and_voting")
    row = next(each for each in figure_rows(edition, say_in("en")) if each.place == place)
    assert list(row.counts[:3]) == ["1,783", "9,725", "–"]
    assert row_of(edition, place, edition.numbered[place])[4:7] == ["1783", "9725", ""]


@pytest.mark.parametrize("mission", SAMPLES)
def test_a_row_is_either_counted_or_says_why_not_in_every_language(mission):
    """So that a new row of published.toml needs one of both."""
    folder = opened(mission)
    definitions = {each.id: each for each in mission_definitions(folder.mission.figures, mission)}
    for row in folder.published():
        counted = row["id"] in definitions and definitions[row["id"]].printed
        if "uncounted" not in row:
            assert counted, f"{row['id']}: no figure counts it, and no reason is given"
            continue
        label = row.get("label") or definitions[row["id"]].label
        assert all(label.get(language) for language in LANGUAGES), row["id"]
        facts = {key for key in ("numerator", "percent_as_printed") if key in row}
        assert not facts or row["uncounted"] not in ("words", "days", "judgement"), f"{row['id']} prints a number"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subset_stands_in_its_base_and_the_unit_is_said(rebuilt, language):
    """152 stations, of which interfering in 16 cases; 50 of the 97 disputes; shares of the counts with their base."""
    text = " ".join(paragraphs(rebuilt("eom-2011", "odihr-final", language).text)).replace("\u00a0", " ")
    subset = {
        "en": "152 polling stations; in 16 such cases",
        "ru": "152 участках; при этом в 16 случаях",
        "kk": "152 учаскеде анықталды; солардың ішінде 16 жағдайда",
    }
    disputes = {"en": "in 50 of the 97 counts", "ru": "на 50 из 97 участков", "kk": "97 учаскенің ішінде 50 учаскеде"}
    both = {"en": "27 district commissions (22 per cent)", "ru": "(22 процента)", "kk": "(22 пайыз)"}
    hedged = {
        "en": "strong indications that ballot boxes had been stuffed in 42 cases",
        "ru": "явные признаки вброса бюллетеней – в 42 случаях",
        "kk": "айқын белгілері – 42 жағдайда",
    }
    for told in (subset, disputes, both, hedged):
        assert told[language] in text


def test_regions_come_out_of_the_data_in_the_language(rebuilt):
    names = {
        "en": "Almaty region – 32 per cent",
        "ru": "Алматинская область – 32 процента",
        "kk": "Алматы облысы – 32 пайыз",
    }
    for language, told in names.items():
        assert told in " ".join(paragraphs(rebuilt("eom-2011", "odihr-final", language).text)).replace("\u00a0", " ")
    for language in LANGUAGES:
        texts = "".join(load_style("odihr-final").texts[language].values())
        assert not re.search("Almaty|Алмат|Aktobe|Актюб|Ақтөбе", texts)


def test_the_annex_shows_the_four_stations_with_signed_differences_and_nothing_made_up(rebuilt):
    with rebuilt.store.reading() as tx:
        tables = frozen_tables(tx, missions.get(tx, "eom-2011"))
    assert {line.rule: (line.reviewed, line.fails, line.unknown) for line in tables.rules} == {
        "S1": (333, 10, None), "S2": (333, 31, None), "S3": (333, 72, None), "S4": (333, 17, None),
    }  # fmt: skip
    rows = {line.station: line for line in tables.rows}
    assert set(rows) == {"80", "166", "262", "410"}
    assert rows["262"].patterns == ("transfer_same_total",)
    assert [cell.difference for cell in rows["262"].cells] == [-20, -30, -20, 70]
    assert [(cell.protocol, cell.table, cell.difference) for cell in rows["410"].cells][1] == (None, None, -40)
    html = tables_html(tables, "en")
    assert "protocol_sizes" not in html, "no source prints the sizes of the differences"
    assert "\u221262" in html["protocol_rows"]
    assert read_tables(tables.as_dict()) == tables


def test_every_number_read_off_of_the_four_stations_stands_in_the_table(rebuilt):
    with rebuilt.store.reading() as tx:
        tables = frozen_tables(tx, missions.get(tx, "eom-2011"))
    rows = {row.station: {cell.label["en"].casefold(): cell for cell in row.cells} for row in tables.rows}
    stations = read_toml(Path(__file__).parents[2] / "missions" / "read_off.toml")["station"]
    assert {each["precinct"] for each in stations} == set(rows)
    for each in stations:
        for side in ("table", "protocol", "differs"):
            for field, number in each.get(side, {}).items():
                (cell,) = (cell for label, cell in rows[each["precinct"]].items() if field in label)
                shown = cell.difference if side == "differs" else getattr(cell, side)
                assert shown == number, (each["precinct"], side, field)
    for language in LANGUAGES:
        text = "".join(each.html for each in rebuilt("eom-2011", "protocol-annex", language).text.sections)
        told = {unescape(each) for each in re.findall(r'<td class="n">(.*?)</td>', text)}
        printed = (number for each in stations for side in ("table", "protocol") for number in each[side].values())
        assert {digits(number, language) for number in printed} <= told
