"""A style's folder held against what there is: every fault by its code and its place."""

import re

import pytest

from observer_kit.config import resources
from observer_kit.statements.text import check_style, folders
from observer_kit.statements.text.checking import typed_numbers
from tests.statements.text.builders import style_folder

KNOWN = {"figures": ["own_figure"], "facts": ["inviter"]}


def codes(folder, **known):
    return [(each.code, each.place) for each in check_style(folder, **(known or KNOWN))]


def test_a_sound_style_has_nothing_to_mend(tmp_path):
    text = (
        'АБЫ {% if d.has("own_figure", "stuffing") %}[[own_figure count case:in]], Article 41 of 6 October 2024,'
        " [[fact inviter]] [[date day]].{% endif %}\n"
        '{% for row in d.regions("voting_negative") %}[[{{ row.figure }} percent -]]{% endfor %}'
    )
    assert codes(style_folder(tmp_path, {"one": text})) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x\n[[nowhere count case]]", "figure_unknown"),
        ("x\n{% if d.has('nowhere') %}x{% endif %}", "figure_unknown"),
        ("x\n[[fact nobody]]", "fact_unknown"),
        ("x\n[[chart none]]", "chart_unknown"),
        ("x\n{{ d.chart('none') }}", "chart_unknown"),
        ("x\n{{ d.table('none') }}", "table_unknown"),
        ("x\n[[own_figure count nobody]]", "noun_unknown"),
        ("x\n[[own_figure counted case]]", "form_unknown"),
        ("x\n[[own_figure count case:loc]]", "case_unknown"),
        ("x\n[[own_figure count -:abl]]", "case_unknown"),
        ("x\n[[own figure count case again]]", "mark_invalid"),
        ("x\n1,622 stations", "number_typed"),
        ("x\n15 %", "number_typed"),
        ("x\n{% set parts = ['in 5 stations'] %}", "number_typed"),
        ("x\n{{ '1622' if d.day else '' }} stations", "number_typed"),
        ("x\n{% if d.has('own_figure') %}", "style_invalid"),
        ("x\n{{ range(9) }}", "style_invalid"),
    ],
)
def test_each_fault_is_told_with_file_and_line(tmp_path, text, code):
    found = codes(style_folder(tmp_path, {"one": {"en": text, "ru": "x", "kk": "x"}}))
    assert (code, "own/en/one.md, line 2") in found


def test_what_is_not_translated_is_told(tmp_path):
    folder = style_folder(
        tmp_path,
        {
            "one": {"en": "[[own_figure count case]]", "ru": "[[own_figure word case:in]]", "kk": "x"},
            "two": {"en": "x", "kk": "x"},
        },
    )
    assert codes(folder) == [
        ("marks_differ", "own/kk/one.md"),
        ("untranslated", "own/ru/two.md"),
    ]


def test_words_of_another_language_or_of_two_alphabets_are_told(tmp_path):
    kazakh = "x\nТекст с лат\u0069нской i"
    folder = style_folder(tmp_path, {"one": {"en": "x", "ru": "Four words of English.", "kk": kazakh}})
    path = folder / "style.toml"
    path.write_text(path.read_text("utf-8").replace('kk = "Бөлім"', 'kk = "One"'), "utf-8")
    assert codes(folder) == [
        ("untranslated", "own/style.toml, section one, title"),
        ("untranslated", "own/ru/one.md"),
        ("letters_mixed", "own/kk/one.md, line 2"),
    ]


@pytest.mark.parametrize("path", sorted((resources("templates") / "statements").glob("n*.toml")), ids=lambda p: p.name)
def test_no_noun_mixes_alphabets(path):
    lines = path.read_text("utf-8").splitlines()
    words = [word for line in lines if not line.startswith(("#", "[")) for word in line.split()]
    assert [word for word in words if re.search("[A-Za-z]", word) and re.search("[\u0400-\u04ff]", word)] == []


def test_texts_in_a_language_that_the_kit_has_not_are_told(tmp_path):
    folder = style_folder(tmp_path, {"one": "x"})
    (folder / "kz").mkdir()
    (folder / "kz" / "one.md").write_text("x", "utf-8")
    assert codes(folder) == [("language_unknown", "own/kz/one.md")]


def test_a_section_without_text_and_a_text_without_section_are_told(tmp_path):
    folder = style_folder(tmp_path, {"one": "{% include 'inside.md' %}"}, extra='[[section]]\nid = "empty"')
    for language in ("en", "ru", "kk"):
        (folder / language / "inside.md").write_text("x", "utf-8")
        (folder / language / "lost.md").write_text("x", "utf-8")
    found = codes(folder)
    assert ("section_missing", "own/empty") in found
    assert [place for code, place in found if code == "section_unknown"] == [
        f"own/{language}/lost.md" for language in ("en", "ru", "kk")
    ]


def test_a_style_of_counts_draws_no_per_cents(tmp_path):
    words = "".join(f'{key} = {{ en = "x", ru = "x", kk = "x" }}\n' for key in ("title", "note"))
    chart = f'[[chart]]\nname = "bars"\nshares = true\nfigures = ["stuffing"]\n{words}'
    assert codes(style_folder(tmp_path, {"one": "x"}, shares="counts", extra=chart)) == [
        ("share_in_counts", "own/style.toml")
    ]


def test_a_folder_that_can_not_be_loaded_is_one_problem(tmp_path):
    folder = style_folder(tmp_path, {"one": "x"})
    (folder / "style.toml").write_text("name = 1", "utf-8")
    assert [code for code, _ in codes(folder)] == ["forms_invalid"]
    (folder / "style.toml").write_bytes(b"\xff\xfe")
    assert [code for code, _ in codes(folder)] == ["forms_invalid"]


@pytest.mark.parametrize(
    "text",
    [
        "Article 41, paragraph 2, and Articles 20-1 and 39", "статьи 20-1 и 39, пункт 4", "39-бап, 3-тармақ, 2-қосымша",
        "6 October 2024", "6 октября 2024 года", "2024 жылғы 6 қазан", "2024 жылы", "в 2024 году", "№ 128", "No. 128",
        "[[own_figure count case]]", "1. one\n2. two", "PIN2 A4",
    ],
)  # fmt: skip
def test_laws_dates_and_marks_are_no_typed_numbers(text):
    assert list(typed_numbers(text)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in 31 stations", [(1, "31")]),
        ("x\nна 1\u00a0622 участках", [(2, "1\u00a0622")]), ("89,99 пайыз", [(1, "89,99")]),
        ("1 622 учаскеде және 5 жағдайда", [(1, "1 622"), (1, "5")]),
        ("40%", [(1, "40")]), ("750-ден астам", [(1, "750")]),
    ],
)  # fmt: skip
def test_typed_numbers_are_found(text, found):
    assert list(typed_numbers(text)) == found


def test_phrases_that_the_style_declares_may_hold_numbers():
    assert list(typed_numbers("The document of Copenhagen 1990 and 31", ["document of Copenhagen 1990"])) == [(1, "31")]


@pytest.mark.parametrize("style", sorted(folders()))
def test_the_kits_own_styles_have_nothing_to_mend(style):
    from observer_kit.config import resources
    from observer_kit.missions.load import open_folder
    from observer_kit.statements.definitions import mission_definitions

    missions = [open_folder(path.parent).mission for path in (resources("forms") / "missions").glob("*/mission.toml")]
    figures = {each.name for one in missions for each in mission_definitions(one.figures)}
    facts = {name for one in missions for name in one.facts}
    assert check_style(folders()[style], figures=figures, facts=facts) == []
