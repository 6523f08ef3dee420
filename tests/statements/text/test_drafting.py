"""A style's folder → a draft: conditions and loops over what was counted, and nothing else."""

import re
from datetime import date

import pytest

from observer_kit.errors import KitError
from observer_kit.missions.model import DiaryEntry, Mission
from observer_kit.statements.definitions import load_definitions
from observer_kit.statements.model import Figure
from observer_kit.statements.text import StyleUnknown, draft, draft_section, draftable, load_style, read_style
from observer_kit.statements.text.marks import PATTERN
from tests.builders import text
from tests.statements.text.builders import figure, style_folder

MISSION = Mission(
    code="t", name=text("Mission *of* [[stuffing number]] <b>"), event="election", event_name=text("Election"),
    day=date(2024, 10, 6), organisation="x", country=text("Kazakhstan"), zone="Asia/Almaty", languages=("en",),
    facts={"inviter": {"value": {"en": "the Ministry", "ru": "МИД", "kk": "СІМ"}, "kind": "observed"},
           "n": {"value": 7}},
)  # fmt: skip


def drafted(tmp_path, source, figures=(), language="en", **more):
    style = read_style(style_folder(tmp_path, {"one": source}))
    seen = draftable(MISSION, figures, language, **more)
    return draft_section(style, language, "one", seen).text


def test_sentences_stand_for_what_was_counted_and_marks_stay_marks(tmp_path):
    source = """
{% if d.has("group") %}Group voting was seen in [[group count case:in]].{% endif %}
{% if d.seen("stuffing") %}Stuffing: [[stuffing count]].{% else %}No stuffing [[stuffing unseen station]].{% endif %}
{% if d.has("nowhere") %}Never.{% endif %}
"""
    figures = [figure("group", 5, 40), figure("stuffing", 0, 40), figure("nowhere", None, None)]
    assert drafted(tmp_path, source, figures) == (
        "Group voting was seen in [[group count case:in]].\nNo stuffing [[stuffing unseen station]]."
    )


def test_absolutes_may_be_written_in_words_only_under_the_guard(tmp_path):
    source = '{% if d.none("complaints") %}No complaint.{% else %}?{% endif %} {{ "All." if d.every("calm") else "?" }}'
    sure = [figure("complaints", 0, 31), figure("calm", 31, 31)]
    assert drafted(tmp_path, source, sure) == "No complaint. All."
    for parts in ({"missing": 1}, {"not_observed": 1}, {"not_asked": 1}, {"problems": 1}, {"not_applicable": 1}):
        unsure = [figure("complaints", 0, 31, **parts), figure("calm", 31, 31, **parts)]
        assert drafted(tmp_path, source, unsure) == "? ?"
    assert drafted(tmp_path, source, []) == "? ?"


def test_a_text_can_hedge_what_was_not_seen_directly(tmp_path):
    source = '{% if d.certainty("stuffing") == "indication" %}Indications of{% else %}Seen:{% endif %} {{ d.event }}'
    assert drafted(tmp_path, source, [load_definitions_figure("stuffing")]) == "Indications of election"
    assert drafted(tmp_path, source, [figure("stuffing", 1, 40)]) == "Seen: election"


def load_definitions_figure(name):
    return Figure(load_definitions()[name], 1, 40, 2.5, 0, 0, 0, 0)


def test_loops_go_over_regions_reasons_diary_and_lists_join_as_the_language_does(tmp_path):
    source = """
{% for row in d.regions("bad") %}{{ row.name }} [[{{ row.figure }} of -]]{{ "" if loop.last else "; " }}{% endfor %}

{% for name in d.ranked("bad", 2) %}[[{{ name }} word case]] {% endfor %}

{% for each in d.diary("meeting") %}{{ each.day }}: {{ each.title }}{% endfor %}

{{ d.joined(["[[a count case]]" if d.has("bad") else "", "", "б", "в"]) }}
"""
    figures = [
        figure("bad", 30, 300, question="q"),
        figure("bad_a", 3, 50, question="q", where={"region": "A"}),
        figure("bad_b", 9, 50, question="q", where={"region": "B"}),
        figure("bad_late", 4, 300), figure("bad_noise", 12, 300), figure("bad_lost", 1, 300),
    ]  # fmt: skip
    diary = [
        DiaryEntry("1", date(2024, 10, 4), "meeting", "CEC *chair*"),
        DiaryEntry("2", date(2024, 10, 5), "media", "x"),
    ]
    said = drafted(tmp_path, source, figures, "kk", diary=diary, regions={"A": "Абай", "B": "Алматы"})
    assert said.splitlines() == [
        "Алматы [[bad_b of -]]; Абай [[bad_a of -]]", "",
        "[[bad_noise word case]] [[bad_late word case]]", "",
        "2024 жылғы 4 қазан: CEC \\*chair\\*", "",
        "[[a count case]], б және в",
    ]  # fmt: skip


def test_names_and_facts_can_be_no_marks_and_no_markdown(tmp_path):
    said = drafted(tmp_path, "{{ d.mission_name }}, {{ d.fact('inviter') }}, {{ d.facts['n'] }}, {{ d.day }}", [], "en")
    assert said == "Mission \\*of\\* \\[\\[stuffing number\\]\\] \\<b\\>, the Ministry, 7, 6 October 2024"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x\n\n{% if d.has('a') %}", 3),
        ("x\n{% for row in d.regions('a') %}{{ row }}", 2),
        ("{{ d.mission_name.__class__ }}", 1),
        ("{{ d._figures }}", 1),
        ("{{ d.draw() }}", 1),
        ("{{ ''.join(['a']) }}", 1),
        ("{% for i in range(1000000000) %}x{% endfor %}", 1),
        ("{{ 'a' * 1000000000 }}", 1),
        ("{{ 9 ** 9 ** 9 }}", 1),
        ("{% set a = 'x' ~ 'x' %}", 1),
        ("{% set a %}x{% endset %}", 1),
        ("{% macro m() %}{{ m() }}{% endmacro %}", 1),
        ("{% import 'one.md' as x %}", 1),
        ("{% extends 'one.md' %}", 1),
        ("{% include '../../../../etc/passwd' %}", 1),
        ("{% include ['a.md'] %}", 1),
        ("{% include 'one.md' %}", None),
        ("{{ [1, 2] | map('string') }}", 1),
        ("{{ self.__init__ }}", 1),
        ("{{ lipsum() }}", 1),
        ("{{ cycler.__init__ }}", 1),
        ("{% for a in [1] %}{% for b in [1] %}{% for c in [1] %}x{% endfor %}{% endfor %}{% endfor %}", 1),
        ("{{ nothing }}", 1),
        ("x\n{{ d }}", 2),
        ("{% set x = d %}{{ x }}", 1),
        ("{{ d.has }}", 1),
        ("{{ 1622 }}", 1),
        ("{{ d.facts | length }}", 1),
        ("{{ d.facts }}", 1),
        ("{{ d.diary() }}", 1),
        ("{{ d.has('a') }}", 1),
        ("{{ d.has(*d.facts) }}", 1),
        ("{% if d.has([1]) %}{% endif %}", 1),
        ("{{ d.facts['no such'] }}", 1),
        ("{{ d.ranked('a', 'b') }}", 1),
        ("{% if d.event %}" * 300 + "x" + "{% endif %}" * 300, None),
    ],
)
def test_what_is_no_condition_loop_or_plain_output_is_refused_with_its_place(tmp_path, source, line):
    with pytest.raises(KitError) as refused:
        drafted(tmp_path, source, [figure("a", 1, 30)])
    assert refused.value.code == "style_invalid"
    assert refused.value.place.startswith("own/en/one.md")
    if line:
        assert refused.value.place == f"own/en/one.md, line {line}"


DEEP = "{% for a in d.regions('a') %}" * 6 + "x" + "{% endfor %}" * 6
EACH = "{% for each in d.diary() %}"
SQUARE = EACH + EACH + "{% if each.title == 'x' %}x{% endif %}{% endfor %}{% endfor %}"
ASKING = EACH + "{% if d.has('a', 'b') %}{% endif %}" * 70 + "{% endfor %}"


@pytest.mark.parametrize(("source", "told"), [
    (DEEP, "loops may stand 2 deep"),
    (SQUARE, "more than 20,000 turns"),
    (ASKING, "more than 20,000 turns"),
    ("{% include 'two.md' %}" * 70, "more than 20,000 turns"),
    ("{% set s = d.joined(['" + "x" * 90_000 + "']) %}" + "{{ s }}" * 12, "more than 1,000,000 characters"),
    ("{{ 'x' * 10**9 }}", "no place here"),
    ("{{ '{0.__class__}'.format(d) }}", "only what `d` offers can be called"),
    ("{{ '%s' % d }}", "no place here"),
    ("{{ d | attr('_figures') }}", "filter"),
    ("{{ d['_figures'] }}", "can be asked of d.facts alone"),
    ("{{ d.has.__globals__ }}", "can't be asked"),
    ("{{ d.joined.__func__.__globals__ }}", "can't be asked"),
    ("{% include '../two.md' %}", "no section file of this folder"),
    ("{% include 'three.md' %}", "may include no other"),
])  # fmt: skip
def test_a_section_that_does_too_much_or_looks_too_far_is_a_gap_and_the_others_stand(tmp_path, source, told):
    texts = {"one": source, "two": "{% for a in d.diary() %}{% endfor %}Calm.", "three": "{% include 'three.md' %}"}
    style = read_style(style_folder(tmp_path, texts))
    entries = [DiaryEntry(str(n), date(2024, 10, 4), "meeting", f"t{n}") for n in range(300)]
    seen = draftable(MISSION, [figure("a", 1, 30)], "en", diary=entries)
    with pytest.raises(KitError, match=re.escape(told)) as refused:
        draft_section(style, "en", "one", seen)
    assert refused.value.code == "style_invalid"
    found = {each.id: each.text for each in draft(style, "en", seen)}
    assert found["one"].startswith("[[style_invalid: own/en/"), "a mark that says itself why it can't be said"
    assert PATTERN.fullmatch(found["one"])
    assert found["two"] == "Calm."


def test_a_list_that_doubles_itself_ends(tmp_path):
    source = "{% set s = 'abcdefghij' %}" + "{% set s = d.joined([s, s]) %}" * 60 + "{{ s }}"
    with pytest.raises(KitError) as refused:
        drafted(tmp_path, source)
    assert refused.value.code == "style_invalid"


def test_a_long_section_is_drafted(tmp_path):
    source = "Some words of a long report, [[a count case]] among them.\n\n" * 2000
    assert len(drafted(tmp_path, source, [figure("a", 1, 30)])) > 100_000


def test_a_mission_brings_its_own_style_and_may_stand_before_the_kits(tmp_path):
    style_folder(tmp_path / "styles", {"one": "Own."}, name="sco")
    assert load_style("sco", tmp_path / "styles").texts["en"]["one"] == "Own."
    with pytest.raises(StyleUnknown):
        load_style("nowhere", tmp_path / "styles")


def test_a_file_that_leads_out_of_the_folder_is_refused(tmp_path):
    folder = style_folder(tmp_path, {"one": "x"})
    (tmp_path / "secret.md").write_text("secret", "utf-8")
    (folder / "en" / "two.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(KitError) as refused:
        read_style(folder)
    assert refused.value.code == "style_invalid"


@pytest.mark.parametrize(
    "change",
    [
        ('layout = "plain"', 'layout = "wide"'),
        ('numbering = "none"', 'numbering = "none"\ncolour = 1'),
        ('id = "one"', 'id = "one/../x"'),
        ('ru = "Раздел"', 'ru = ""'),
        ("[[section]]", "[[section"),
    ],
)
def test_a_style_toml_that_can_not_be_read_is_told_with_its_place(tmp_path, change):
    folder = style_folder(tmp_path, {"one": "x"})
    path = folder / "style.toml"
    path.write_text(path.read_text("utf-8").replace(*change), "utf-8")
    with pytest.raises(KitError) as refused:
        read_style(folder)
    assert refused.value.code == "forms_invalid"
    assert "own/style.toml" in refused.value.place
