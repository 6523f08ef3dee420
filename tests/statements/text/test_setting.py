"""A draft and frozen figures → HTML: every mark guarded, numbered and linked; nothing of other people's runs in it."""

import re
from dataclasses import replace
from datetime import date

import pytest

from observer_kit.missions.model import Location
from observer_kit.statements.plans import Drawn, Plan, draw_all
from observer_kit.statements.text import Context, SectionText, read_style, set_text
from observer_kit.statements.text.marks import read
from observer_kit.statements.text.saying import Speaker
from tests.statements.text.builders import figure, style_folder

FIGURES = [
    figure("group", 135, 1622, unit="case"),
    figure("few", 6, 24),
    figure("some", 6, 40),
    figure("many", 1460, 1622),
    figure("four", 4, 161),
    figure("nothing", 0, 1622),
    figure("unsure", 0, 1580, not_observed=42),
    figure("full", 31, 31),
    figure("nearly", 30, 31, not_observed=1),
    figure("full_unsure", 30, 30, not_observed=1),
    figure("twenty", 60, 300),
    figure("lost", None, None),
    figure("baseless", 3, 0),
    figure("printed_share", 11, 91, shows="percent"),
]


def set_one(tmp_path, text, language="en", shares="odihr", figures=FIGURES, kind=None, **context):
    extra = '[[chart]]\nname = "bars"\nshares = false\nfigures = ["group", "four"]\n' + "".join(
        f'{key} = {{ en = "{word}", ru = "{word}", kk = "{word}" }}\n'
        for key, word in (("title", "Bars"), ("note", "Of what."))
    )
    style = read_style(style_folder(tmp_path, {"one": "x"}, shares=shares, extra=extra))
    made = Context({each.definition.name: each for each in figures}, **{"dates": {"day": date(2024, 10, 6)}} | context)
    return set_text(style, language, [SectionText("one", text)], made)


def plain(done):
    html = re.sub(r'<sup class="mark">.*?</sup>', "", "".join(each.html for each in done.sections))
    return re.sub(r"<[^>]+>", "", html).replace("\u00a0", " ").strip()


@pytest.mark.parametrize(
    ("mark", "en", "ru", "kk"),
    [
        ("group count case:in", "135 cases", "135 случаях", "135 жағдайда"),
        ("four word station:in", "four polling stations", "четырех участках", "төрт учаскеде"),
        ("few percent station_visited:in", "6 of the 24 polling stations visited", "6 из 24 посещенных участков",
         "байқаушылар барған 24 учаскенің ішінде 6 учаскеде"),
        ("some percent station_visited:in", "15 per cent of the polling stations visited (6 of 40)",
         "15 процентах посещенных участков (6 из 40)",
         "байқаушылар барған учаскелердің 15 пайызында (40 учаскенің ішінде 6 учаскеде)"),
        ("many percent station_visited:in", "90 per cent of the polling stations visited",
         "90 процентах посещенных участков",
         "байқаушылар барған учаскелердің 90 пайызында"),
        ("many percent -:in", "90 per cent", "90 процентах", "90 пайызында"),
        ("group both case:in", "135 cases (8 per cent)", "135 случаях (8 процентов)", "135 жағдайда (8 пайыз)"),
        ("few of count", "6 of the 24 counts", "6 из 24 подсчетов голосов",
         "24 учаскедегі дауыстарды санаудың ішінде 6 учаскедегі дауыстарды санау"),
        ("many base station_visited", "1,622 polling stations visited", "1 622 посещенных участка",
         "байқаушылар барған 1 622 учаске"),
        ("twenty fraction station:in", "one in five polling stations", "каждом пятом участке",
         "учаскелердің бестен бірінде"),
        ("some fraction station", "6 of the 40 polling stations", "6 из 40 участков", "40 учаскенің ішінде 6 учаске"),
        ("nothing unseen station_visited", "in any of the 1,622 polling stations visited",
         "ни на одном из 1 622 посещенных участков",
         "байқаушылар барған 1 622 учаскенің бірде-бірінде"),
        ("unsure unseen station_visited", "in any of the 1,580 reports that could observe it",
         "ни в одном из 1 580 случаев, когда это можно было наблюдать",
         "мұны байқау мүмкін болған 1 580 жағдайдың бірде-бірінде"),
        ("full all station_visited:in", "all 31 polling stations visited", "всех 31 посещенном участке",
         "байқаушылар барған 31 учаскенің барлығында"),
        ("nearly all station_visited:in", "30 of the 31 polling stations visited", "30 из 31 посещенного участка",
         "байқаушылар барған 31 учаскенің ішінде 30 учаскеде"),
        ("full_unsure all station:in", "30 of the 30 polling stations", "30 из 30 участков",
         "30 учаскенің ішінде 30 учаскеде"),
        ("group number", "135", "135", "135"),
    ],
)  # fmt: skip
def test_every_form_is_said_in_every_language(tmp_path, mark, en, ru, kk):
    for language, said in (("en", en), ("ru", ru), ("kk", kk)):
        assert plain(set_one(tmp_path, f"x [[{mark}]].", language)) == f"x {said}."


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("some percent station", "6 of the 40 polling stations"),
        ("many percent -", "1,460 of 1,622"),
        ("group both case", "135 cases"),
        ("twenty fraction station", "60 of the 300 polling stations"),
    ],
)
def test_a_style_of_counts_says_no_per_cent_and_no_fraction(tmp_path, mark, said):
    assert plain(set_one(tmp_path, f"x [[{mark}]].", shares="counts")) == f"x {said}."


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("nowhere count case", "figure_unknown"),
        ("lost count case", "not_counted"),
        ("baseless percent station", "base_missing"),
        ("baseless base station", "base_missing"),
        ("unsure count case", "zero_needs_words"),
        ("unsure word case", "zero_needs_words"),
        ("four unseen station", "unseen_was_seen"),
        ("four count nowhere", "noun_unknown"),
        ("four counted case", "form_unknown"),
        ("four count case:loc", "case_unknown"),
        ("four count case more words", "mark_invalid"),
        ("", "mark_invalid"),
        ("fact nowhere", "fact_unknown"),
        ("date nowhere", "date_unknown"),
        ("chart nowhere", "chart_unknown"),
    ],
)
def test_what_can_not_be_said_is_a_visible_gap_and_its_author_is_told_where(tmp_path, mark, code):
    for language in ("en", "ru", "kk"):
        done = set_one(tmp_path, f"[[{mark}]]", language)
        assert [(each.code, each.place) for each in done.problems] == [(code, "one")]
        assert '<span class="gap">' in done.sections[0].html
        assert not re.search(r"\b0\b", plain(done))


def test_nothing_counted_is_no_case_only_under_the_guard(tmp_path):
    assert plain(set_one(tmp_path, "There were [[nothing count case]].")) == "There were no cases."
    for language in ("ru", "kk"):
        assert set_one(tmp_path, "[[nothing count case]]", language).problems[0].code == "zero_needs_words"


def test_an_absolute_that_may_not_stand_is_told_with_what_stands_against_it(tmp_path):
    done = set_one(tmp_path, "[[unsure unseen station]] [[full_unsure all station]]")
    assert [each.code for each in done.problems] == ["absolute_unguarded"] * 2
    assert "42 not observed" in done.problems[0].message
    assert not done.gaps


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "8 of the 510 openings assessed"),
        ({"missing": 0}, "8 of the 510 openings observed"),
        ({"counted": ("yes",)}, "8 of the 510 openings observed"),
        ({"base": "reports"}, "8 of the 510 openings observed"),
    ],
)
def test_a_base_without_the_unrated_is_named_as_what_was_assessed(more, said):
    missing, definition = more.pop("missing", 14), {"counted": ("bad", "very_bad"), "base": "answered"} | more
    found = replace(figure("late", 8, 510), missing=missing)
    found = replace(found, definition=replace(found.definition, **definition))
    assert Speaker("en").say(read("late of opening_observed"), found).text == said


def test_one_of_one_is_the_only_one_unless_another_report_is_silent():
    one = figure("one", 1, 1)
    assert Speaker("en").say(read("one of count_observed"), one).text == "the only count observed"
    assert Speaker("en").say(read("one percent count_observed"), one).text == "the only count observed"
    silent = Speaker("en").say(read("one of count_observed"), replace(one, missing=1)).text
    assert silent == "1 of the 1 count observed"


def test_nought_and_a_hundred_per_cent_are_absolutes_too(tmp_path):
    done = set_one(tmp_path, "[[full_unsure percent station]]; [[unsure percent station]]")
    assert plain(done) == "30 of the 30 polling stations; 0 of the 1,580 polling stations"
    assert [each.code for each in done.problems] == ["absolute_unguarded"] * 2
    sure = set_one(tmp_path, "[[full percent station]]; [[nothing percent -]]")
    assert plain(sure) == "31 of the 31 polling stations; 0 of 1,622"
    assert not sure.problems
    both = set_one(tmp_path, "[[full both station]]; [[full_unsure both station]]")
    assert plain(both) == "31 polling stations (100 per cent); 30 polling stations (30 of 30)"
    assert [each.code for each in both.problems] == ["absolute_unguarded"]


@pytest.mark.parametrize(
    ("number", "en", "ru", "kk"),
    [
        (0, "0 of the 1,622 polling stations", "на 0 из 1 622 участков", "1 622 учаскенің ішінде 0 учаскеде"),
        (3, "less than 1 per cent of the polling stations", "менее чем на 1 проценте участков",
         "учаскелердің 1 пайыздан азында"),
        (1621, "over 99 per cent of the polling stations", "более чем на 99 процентах участков",
         "учаскелердің 99 пайыздан астамында"),
        (1622, "100 per cent of the polling stations", "на 100 процентах участков", "учаскелердің 100 пайызында"),
    ],
)  # fmt: skip
def test_a_share_at_an_edge_is_said_so_that_nought_and_a_hundred_stay_what_they_are(tmp_path, number, en, ru, kk):
    figures = [figure("edge", number, 1622)]
    said = {
        language: plain(set_one(tmp_path, f"x {word}[[edge percent station:in]].", language, figures=figures))
        for language, word in (("en", ""), ("ru", "на "), ("kk", ""))
    }
    assert said == {"en": f"x {en}.", "ru": f"x {ru}.", "kk": f"x {kk}."}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Отмечено на [[edge percent station:in]].", "Отмечено менее чем на 1 проценте участков."),
        ("На [[edge percent station:in]] отмечено.", "Менее чем на 1 проценте участков отмечено."),
        ("и **в [[edge percent case:in]]**.", "и **менее чем в 1 проценте случаев**."),
        ("и\nв\n[[edge percent -:in]].", "и\n\nменее чем в 1 проценте."),
        ("Не на [[edge percent station:in]].", "Не на менее чем 1 проценте участков."),
        ("к [[edge percent station:dat]]", "менее чем к 1 проценту участков"),
        ("составляет [[edge percent station]]", "составляет менее 1 процента участков"),
        ("сова [[edge percent station:in]]", "сова менее чем 1 проценте участков"),
        ("на [[many percent station:in]]", "на 90 процентах участков"),
    ],
)
def test_a_russian_preposition_stands_behind_the_words_that_open_a_share(tmp_path, text, said):
    figures = [figure("edge", 3, 1622), figure("many", 1460, 1622)]
    assert plain(set_one(tmp_path, text, "ru", figures=figures)) == said.replace("**", "")


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "x [[group count case]], [[many percent -]] and [[group number]] people",
         "x 135~cases, 90~per~cent and 135~people"),
        ("en", "From 3 June 2024 (Article 41, No. 636) to [[date day]]",
         "From 3~June 2024 (Article~41, No.~636) to 6~October 2024"),
        ("ru", "x [[group count case]]; указ № 38 от 3 июня 2024 года, ст. 20",
         "x 135~случаев; указ №~38 от 3~июня 2024~года, ст.~20"),
        ("ru", "x [[many base station_visited]], [[group number]]\nчеловек", "x 1~622~посещенных участка, 135~человек"),
        ("kk", "x [[many base station_visited]]; [[date day:in]]",
         "x байқаушылар барған 1~622~учаске; 2024~жылғы 6~қазанда"),
        ("kk", "x 12 пайыз, № [[group number]]", "x 12~пайыз, №~135"),
    ],
)  # fmt: skip
def test_no_line_may_end_between_a_number_and_what_it_counts(tmp_path, language, text, said):
    html = set_one(tmp_path, text, language).sections[0].html
    html = re.sub(r'<sup class="mark">.*?</sup>', "", html)
    assert re.sub(r"<[^>]+>", "", html).strip() == said.replace("~", "\u00a0")


def test_a_reconstruction_prints_only_what_its_source_prints(tmp_path):
    done = set_one(tmp_path, "[[printed_share percent station]], [[printed_share count case]]", reconstruction=True)
    assert "12 per cent of the polling stations" in plain(done)
    assert "11" not in plain(done)
    assert [each.code for each in done.problems] == ["number_not_printed"]


def test_a_suffix_stays_with_its_number_in_one_line(tmp_path):
    html = set_one(tmp_path, "31-бабының, ЕҚЫҰ-ның 07:00-де, [[group number]]; бір-екі <b>", "kk").sections[0].html
    assert re.findall(r'<span class="whole">(.*?)</span>', html) == ["31-бабының", "ЕҚЫҰ-ның", "07:00-де"]
    done = set_one(tmp_path, "[[many of -:in]]", "kk")
    assert '<span class="whole">1\u00a0622-нің</span>' in done.sections[0].html


def test_figures_are_numbered_in_the_order_of_use_and_linked_to_the_annex(tmp_path):
    done = set_one(tmp_path, "[[four count]] and [[group count]]; again [[four word]].")
    assert dict(done.used) == {"four": 1, "group": 2}
    assert done.sections[0].html.count('<a href="#figure-1">1</a>') == 2
    assert (
        '<span class="figure">135\u00a0cases<sup class="mark"><a href="#figure-2">2</a></sup></span>'
        in done.sections[0].html
    )


def test_the_mark_of_a_bare_number_stands_apart_from_it(tmp_path):
    html = set_one(tmp_path, "Complaints known: [[group number]] to the courts.").sections[0].html
    assert '135<sup class="mark"><a href="#figure-1" class="apart">1</a></sup>' in html


def test_a_sentence_begins_with_a_capital_and_a_clause_ends_with_a_comma(tmp_path):
    assert plain(set_one(tmp_path, "[[four word station]] were late. [[four word]] more. In [[four word]].")) == (
        "Four polling stations were late. Four polling stations more. In four polling stations."
    )
    said = plain(
        set_one(
            tmp_path,
            "На [[few count count_observed:in]] протокол не вывешен. На [[few count count_observed:in]].",
            "ru",
        )
    )
    assert said == (
        "На 6 участках, где наблюдался подсчет голосов, протокол не вывешен. "
        "На 6 участках, где наблюдался подсчет голосов."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- [[four word]] came.\n- [[four word]] left.", "Four polling stations came. Four polling stations left."),
        ("- [[four word]] came;\n- [[four word]] left.", "four polling stations came; four polling stations left."),
        ("- [[four word]].[[four stations]]\n- Yes.", "Four polling stations. Yes."),
        ("| a |\n|---|\n| [[four word]]. |", "a four polling stations."),
        ("### [[four word]]\n\nx", "Four polling stations x"),
    ],
)
def test_an_item_of_a_list_begins_large_only_where_each_is_a_sentence(tmp_path, text, said):
    assert " ".join(plain(set_one(tmp_path, text)).split()) == said


def test_a_verb_agrees_with_the_number_that_stands_beside_it(tmp_path):
    text = "x [[f verb вошел|вошли|вошло]] [[f count member]]"
    said = [plain(set_one(tmp_path, text, "ru", figures=[figure("f", number)])) for number in (1, 2, 5, 11, 21)]
    assert said == [
        "x вошел 1 член Миссии", "x вошли 2 члена Миссии", "x вошло 5 членов Миссии", "x вошло 11 членов Миссии",
        "x вошел 21 член Миссии",
    ]  # fmt: skip
    for number, english in ((1, "was seen"), (2, "were seen")):
        done = set_one(tmp_path, "x [[f verb was_seen|were_seen]]", figures=[figure("f", number)])
        assert plain(done) == f"x {english}"
        assert not done.used


def test_facts_and_dates_stand_in_the_language(tmp_path):
    facts = {
        "inviter": {"value": {"en": "the Ministry", "ru": "МИД", "kk": "СІМ"}}, "members": {"value": 13},
        "deployed_on": {"value": "2024-10-03"}, "laws": {"value": ["a", "b", "c"]},
    }  # fmt: skip
    text = "By [[fact inviter]]; [[fact members count member]]; [[date deployed_on:in]]; [[fact laws]]; [[date day]]"
    said = {language: plain(set_one(tmp_path, text, language, facts=facts)) for language in ("en", "ru", "kk")}
    assert said["en"] == "By the Ministry; 13 members; 3 October 2024; a, b and c; 6 October 2024"
    assert said["ru"] == "By МИД; 13 членов Миссии; 3 октября 2024 года; a, b и c; 6 октября 2024 года"
    assert said["kk"] == "By СІМ; Миссияның 13 мүшесі; 2024 жылғы 3 қазанда; a, b және c; 2024 жылғы 6 қазан"


def test_footnotes_stand_where_they_are_called_or_at_the_end(tmp_path):
    text = "One.^[See [[group count case]] and *this*.] Two.[[full stations]]"
    places = {"S1": Location("S1", "polling_station", "School", region="A", number="7"),
              "S2": Location("S2", "polling_station", "Club", region="A", number="12")}  # fmt: skip
    figures = [*FIGURES[:1], figure("full", 2, 2, stations=("S2", "S1"), footnote=True)]
    more = {"figures": figures, "locations": places, "regions": {"A": "Abai"}}
    html = set_one(tmp_path, text, **more).sections[0].html
    assert 'One.<span class="footnote" role="note">See <span class="figure">135\u00a0cases' in html
    assert '<span class="footnote" role="note">Stations. Abai: 7, 12.</span>' in html
    done = set_one(tmp_path, text, notes="end", **more)
    assert '<a href="#note-2" id="noteref-2" role="doc-noteref">2</a>' in done.sections[0].html
    assert [number for number, _ in done.notes] == [1, 2]
    commission = {"S1": Location("S1", "commission", "District", region="A", name_ru="Районная комиссия")}
    named = {"figures": [figure("full", 1, 2, stations=("S1",), footnote=True)], "regions": {"A": "Абай"}}
    told = set_one(tmp_path, "x[[full stations]]", "ru", locations=commission, **named).sections[0].html
    assert '<span class="footnote" role="note">Комиссии. Абай: Районная комиссия.</span>' in told
    withheld = {**more, "figures": [*FIGURES[:1], figure("full", 2, 2, stations=("S1",))]}
    assert "Stations" not in set_one(tmp_path, text, **withheld).sections[0].html


def test_regions_stand_as_the_languages_readers_look_them_up(tmp_path):
    names = {"A": "Атырау", "B": "Ақтөбе", "C": "Абай"}
    places = {code: Location(code, "polling_station", "School", region=code, number="1") for code in names}
    full = figure("full", 3, 3, stations=tuple(names), footnote=True)
    more = {"figures": [full], "locations": places, "regions": names}
    html = set_one(tmp_path, "[[full stations]]", "kk", **more).sections[0].html
    assert "Абай: 1; Ақтөбе: 1; Атырау: 1" in html


def test_a_chart_stands_alone_and_a_table_is_the_programs_own(tmp_path):
    done = set_one(
        tmp_path,
        "Before.\n\n[[chart bars]]\n\n[[table own]]\n\nIn text [[chart bars]].",
        tables={"own": "<table></table>"},
    )
    html = done.sections[0].html
    assert '<figure class="chart" id="chart-bars"><figcaption><b>Bars</b>Of what.</figcaption><svg' in html
    assert "<table></table>" in html
    assert [each.code for each in done.problems] == ["chart_in_text"]


def test_a_chart_of_shares_holds_a_small_base_to_its_counts():
    plan = Plan("p", "Title", "Note.", True, ("few", "many"), whole="many", whole_note="All: {percent}.")
    drawn = Drawn({each.definition.name: each for each in FIGURES}, "ru", {})
    picture = draw_all([plan], drawn)["p"]
    assert [row[1] for row in picture.rows] == ["90\u00a0%", "6 из 24"]
    assert picture.note == "Note. All: 90 процентов."


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "![x](file:///etc/passwd)", "![x](https://example.org/x.png)", "[x](/etc/passwd)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<https://example.org>", "`<b>`", "&lt;script&gt;",
    ],
)  # fmt: skip
def test_no_html_no_pictures_no_other_addresses_come_out_of_a_text(tmp_path, text):
    html = set_one(tmp_path, text).sections[0].html
    assert not re.search(r"<(?:script|img|b|object|iframe)|href=\"(?!https?:|mailto:|#)", html)


def test_links_to_the_web_stay(tmp_path):
    html = set_one(tmp_path, "[x](https://example.org/a) [m](mailto:a@example.org) [y](#annex)").sections[0].html
    assert html.count("<a href=") == 3


def test_nobody_turns_the_direction_of_the_text(tmp_path):
    facts = {"name": {"value": "evil\u202etxt.exe\u2066\u0007"}}
    places = {"S": Location("S", "polling_station", "Scho\u202eol\u200f", region="A", number=None)}
    done = set_one(
        tmp_path, "A\u202eb [[fact name]] [[full stations]]", facts=facts, locations=places,
        regions={"A": "A\u2067bai"},
        figures=[figure("full", 1, 1, stations=("S",), footnote=True)],
    )  # fmt: skip
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u0007]", done.sections[0].html)
    assert "eviltxt.exe" in done.sections[0].html


def test_a_section_of_twenty_thousand_words_is_set(tmp_path):
    text = "\n\n".join(["word " * 50 + "[[group count case]]."] * 400)
    done = set_one(tmp_path, text)
    assert done.sections[0].html.count('class="figure"') == 400


@pytest.mark.parametrize(("text", "tag", "letters"), [
    ("> " * 3000 + "x", "blockquote", 1),  # deeper than anybody reads, it ends, and its words stand
    ("- " * 2000 + "x", "ul", 1),
    ("[" * 5000 + "x", "a", 5001),
    ("*" * 5000 + " x", "em", 5002),
    ("^[" * 2000 + "x" + "]" * 2000, "span", 5900),
    ("[[" * 3000 + "x", "span", 6001),
    ("`" * 9999 + "\nx", "pre", 1),
])  # fmt: skip
def test_an_unmeasured_depth_of_markdown_does_no_harm(tmp_path, text, tag, letters):
    html = set_one(tmp_path, text).sections[0].html
    said = re.sub(r"<[^>]*>", "", html).strip()
    assert html.count(f"<{tag}") == html.count(f"</{tag}>") <= 30, "it is closed again, and not without end"
    assert len(said) >= letters, "what is no Markdown stands as it was written"
    assert said.count("x") == 1


def styled(tmp_path, numbering, sections):
    folder = style_folder(tmp_path, {})
    lines = [
        'name = { en = "S", ru = "S", kk = "S" }',
        'layout = "plain"',
        'shares = "odihr"',
        f'numbering = "{numbering}"',
    ]
    for identifier, title, more in sections:
        lines += [
            "[[section]]",
            f'id = "{identifier}"',
            f'title = {{ en = "{title}", ru = "{title}", kk = "{title}" }}',
            more,
        ]
    (folder / "style.toml").write_text("\n".join(lines), "utf-8")
    for language in ("en", "ru", "kk"):
        (folder / language).mkdir(exist_ok=True)
    (folder / "en" / "b.md").write_text("x", "utf-8")
    return read_style(folder)


SECTIONS = [
    ("pre", "", ""),
    ("a", "First", 'kind = "verdict"\nprompt = { en = "Say it", ru = "Say it", kk = "Say it" }'),
    ("b", "Second", ""),
    ("c", "Below", 'parent = "b"'),
    ("d", "Below too", 'parent = "b"'),
    ("e", "Last", 'kind = "room"'),
    ("s", "Signature", 'kind = "signature"'),
]


def test_sections_are_numbered_and_empty_ones_are_left_out_of_what_is_published(tmp_path):
    style = styled(tmp_path, "roman", SECTIONS)
    texts = [SectionText("pre", "Preamble."), SectionText("c", "### Deeper\n\nText."), SectionText("d", "Text.")]
    done = set_text(style, "en", texts, Context({}))
    assert [(each.number, each.id, each.level) for each in done.sections] == [
        ("", "pre", 2), ("I", "b", 2), ("I.A", "c", 3), ("I.B", "d", 3), ("", "s", 2),
    ]  # fmt: skip
    assert "<h4>Deeper</h4>" in done.sections[2].html
    shown = set_text(style, "en", texts, Context({}, draft=True))
    assert [each.number for each in shown.sections] == ["", "I", "II", "II.A", "II.B", "III", ""]
    assert '<p class="gap to-write">[to be written: Say it]</p>' in shown.sections[1].html
    decimal = set_text(styled(tmp_path, "decimal", SECTIONS), "en", texts, Context({}))
    assert [each.number for each in decimal.sections] == ["", "1", "1.1", "1.2", ""]
