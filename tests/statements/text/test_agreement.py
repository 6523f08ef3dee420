"""Numbers agree with their nouns: each noun, case and form with 0, 1, 2, 5, 11, 21 and 1,622, for a proofreader.

The tables lie in tests/golden/agreement.<language>.md; write them anew with
`python -m tests.statements.text.test_agreement` and read what changed.
"""

from datetime import date
from pathlib import Path

import pytest

from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.marks import read
from observer_kit.statements.text.saying import Speaker
from tests.builders import text

GOLDEN = Path(__file__).parents[2] / "golden"
LANGUAGES = ("en", "ru", "kk")
NUMBERS = (0, 1, 2, 5, 11, 21, 1622)
CASES = {"en": ("nom",), "ru": ("nom", "gen", "dat", "acc", "in"), "kk": ("nom", "gen", "dat", "acc", "in")}
SHOWN = ("station_visited", "commission", "opening", "observer", "count_observed")
"""Forms are written out for these: each gender, a living being, a noun with a clause; all of them for two."""


def figure(numerator, denominator, **parts):
    definition = Definition(id="f", name="f", label=text("f"), kind="observed", unit="station", measure="answers",
                            base="answered")  # fmt: skip
    states = {"not_applicable": 0, "not_observed": 0, "missing": 0, "not_asked": 0} | parts
    return Figure(definition, numerator, denominator, 100 * numerator / denominator if denominator else None, **states)


def say(speaker, source, numerator, denominator, **parts):
    return speaker.say(read(source), figure(numerator, denominator, **parts)).text


def rows_of_counts(language, event="election"):
    grammar = Grammar(language, event)
    for name in sorted(grammar.nouns):
        if event == "election" or event in grammar._nouns[name]:
            for case in CASES[language]:
                speaker = Speaker(language, event)
                cells = [say(speaker, f"f count {name}:{case}", number, 9725) for number in NUMBERS]
                yield [f"{name}:{case}", *cells]


def rows_of_forms(language):
    speaker = Speaker(language)
    for name in SHOWN:
        for case in CASES[language]:
            forms = [("word", 9725), ("all", None)]
            if name in SHOWN[:2]:
                forms += [("of", 1622), ("percent", 1622), ("percent", 40), ("both", 1622)]
            for form, base in forms:
                cells = []
                for number in NUMBERS:
                    said = [min(number, base), base] if base else [number, number]
                    cells.append(say(speaker, f"f {form} {name}:{case}", *said))
                yield [f"{form} {name}:{case}{f' of {base:,}' if base else ''}", *cells]
            shares = [say(speaker, f"f fraction {name}:{case}", 60 // part, 60) for part in (2, 3, 4, 5, 6, 10)]
            yield [f"fraction {name}:{case}", *shares, say(speaker, f"f fraction {name}:{case}", 2, 3)]
        for label, parts in (("unseen", {}), ("unseen, not all could look", {"not_observed": 3})):
            yield [f"{label} {name}", *(say(speaker, f"f unseen {name}", 0, base, **parts) for base in NUMBERS)]
    for case in CASES[language]:
        cells = [say(speaker, f"f percent -:{case}", number, 1000) for number in (0, 1, 10, 20, 50, 210, 999)]
        yield [f"percent -:{case}", *cells]
        yield [f"digits -:{case}", *(say(speaker, f"f count -:{case}", number, 9725) for number in NUMBERS)]


def rows_of_dates(language):
    grammar = Grammar(language)
    for case in CASES[language]:
        yield [f"date:{case}", *(grammar.day(date(2024, month, 6), case) for month in range(1, 13))]


def tables(language):
    """Write everything as Markdown tables."""
    lines = [f"# How numbers stand with nouns: {language}", ""]
    parts = [
        ("Counts", NUMBERS, rows_of_counts(language)),
        ("Counts at a referendum", NUMBERS, rows_of_counts(language, "referendum")),
        ("Forms", NUMBERS, rows_of_forms(language)),
        ("Dates", range(1, 13), rows_of_dates(language)),
    ]
    for title, columns, rows in parts:
        lines += [f"## {title}", "", f"| | {' | '.join(f'{each:,}' for each in columns)} |"]
        lines += ["|---" * (len(columns) + 1) + "|"]
        lines += [f"| {' | '.join(row)} |" for row in rows] + [""]
    return "\n".join(lines).replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_noun_stands_with_every_number_as_the_proofread_table_has_it(language):
    kept = (GOLDEN / f"agreement.{language}.md").read_text("utf-8").splitlines()
    now = tables(language).splitlines()
    assert [line for line in kept if line not in now] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_holds_every_noun(language):
    kept = (GOLDEN / f"agreement.{language}.md").read_text("utf-8")
    assert [noun for noun in sorted(Grammar(language).nouns) if f"| {noun}:nom |" not in kept] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_noun_says_every_form_in_every_case(language):
    speaker = Speaker(language)
    forms = ("count", "word", "base", "of", "percent", "both", "fraction", "all")
    for noun in Grammar(language).nouns:
        for case in CASES[language]:
            for form in forms:
                for number in (1, 2, 21):
                    said = speaker.say(read(f"f {form} {noun}:{case}"), figure(number, 1622))
                    assert not said.gap, (noun, case, form, said.told)
                    assert "{" not in said.text, said.text
                    assert "  " not in said.text, said.text
                    assert said.text == said.text.strip(), said.text


def test_all_languages_have_the_same_nouns():
    assert Grammar("en").nouns == Grammar("ru").nouns == Grammar("kk").nouns


def test_russian_takes_the_last_digit_and_kazakh_does_not():
    assert say(Speaker("ru"), "f count station:in", 21, 40) == "21 участке"
    assert say(Speaker("ru"), "f count station:in", 11, 40) == "11 участках"
    assert say(Speaker("kk"), "f count station:in", 21, 40) == "21 учаскеде"
    assert say(Speaker("kk"), "f count station:in", 1622, 9725) == "1\u00a0622 учаскеде"


@pytest.mark.parametrize(
    ("value", "case", "said"),
    [
        (750, "abl", "750-ден"), (1780, "abl", "1\u00a0780-нен"), (1622, "in", "1\u00a0622-де"), (0, "abl", "0-ден"),
        (10, "abl", "10-нан"), (40, "dat", "40-қа"), (100, "gen", "100-дің"), (3000, "abl", "3\u00a0000-нан"),
        (6, "acc", "6-ны"),
    ],
)  # fmt: skip
def test_a_kazakh_suffix_on_digits_follows_the_last_spoken_word(value, case, said):
    assert Grammar("kk").with_suffix(value, case) == said


def test_lists_are_joined_as_each_language_joins_them():
    assert Grammar("en").joined(["a", "", "b", "c"]) == "a, b and c"
    assert Grammar("ru").joined(["а", "б", "в"]) == "а, б и в"
    assert Grammar("kk").joined(["а", "б", "в"]) == "а, б және в"
    assert Grammar("kk").joined(["", "а"]) == "а"


def test_dates_stand_as_statements_write_them():
    day = date(2024, 10, 6)
    assert Grammar("en").day(day) == "6 October 2024"
    assert Grammar("ru").day(day) == "6 октября 2024 года"
    assert Grammar("kk").day(day) == "2024 жылғы 6 қазан"
    assert Grammar("kk").day(day, "in") == "2024 жылғы 6 қазанда"


if __name__ == "__main__":
    for each in LANGUAGES:
        (GOLDEN / f"agreement.{each}.md").write_text(tables(each), "utf-8")
