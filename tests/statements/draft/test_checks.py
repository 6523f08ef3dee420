"""Before approval: each thing that stops a draft is named with its place, and what is right is left in peace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from observer_kit.statements.draft.checks import Check, Draft, Part, check, key_findings
from observer_kit.statements.draft.sentences import sentences, typed_numbers
from tests.statements.draft.small import figure

FIGURES = {
    each.definition.name: each
    for each in (
        figure("stuffing", 13, 1622),
        figure("group_voting", 135, 1622),
        figure("negative", 158, 1622, unit="form"),
        figure("voting_reports", 1622, None, measure="reports", base=None, unit="form"),
        figure("late", 0, 161, checklist="opening"),
        figure("accredited", 1055, None, checklist=None, measure="fact", base=None),
        figure("ours", 388, 1055, checklist=None, measure="fact", base=None),
        figure("meetings", 12, None, checklist=None, measure="diary", base=None),
    )
}
WEIGHT = {"stuffing": "critical", "group_voting": "serious", "negative": "rating"}
BASE = "Of the [[voting_reports count]], "


def looked(*texts: str, language: str = "en", kind: str = "text", **more: Any) -> list[Check]:
    parts = [Part(f"s{n}", kind, text) for n, text in enumerate(texts, start=1)]
    return check(Draft(language, parts, FIGURES, **more))


def codes(*texts: str, **more: Any) -> set[str]:
    return {each.code for each in looked(*texts, **more)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On 6 October 2024, from 07:00 to 20:00, under Article 20-1, stations opened (No. 12)."),
        ("en", BASE + "stuffing was seen in [[stuffing count case:in]]."),
        ("en", "No complaints: not one in [[late unseen station_visited]]."),
        ("ru", "6 октября 2024 года, с 7:00 до 20:00, согласно статье 20-1 и пункту 3, участки открылись."),
        ("en", "Not all stations were ready, and not every one of them opened."),
        ("en", "Of one of people the law speaks; [[accredited count -]] were there, among them [[ours number]]."),
        ("ru", "Не все участки были готовы; доли относятся не ко всем. Всего в них [[meetings count]]."),
        ("ru", "На участках [[negative of form:gen]] голосование оценено отрицательно."),
        ("kk", "2024 жылғы 6 қазанда сағат 07:00-ден 20:00-ге дейін 41-баптың 2-тармағына сай учаскелер ашылды."),
        ("kk", "Байқаушылар [[negative of form:gen]] жағдайында дауыс беруді теріс бағалады."),
    ],
)
def test_what_is_right_is_left_in_peace(language: str, text: str) -> None:
    assert looked(text, language=language) == []


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "Observers went to 31 stations.", "number_typed"),
        ("ru", "Наблюдатели посетили 1 622 участка.", "number_typed"),
        ("kk", "Байқаушылар 31 учаскеге барды.", "number_typed"),
        ("en", "Stuffing was seen in 14 stations, [[stuffing of case]].", "number_unlike"),
        ("en", "A majority of observers said so.", "share_typed"),
        ("ru", "Так было на половине участков.", "share_typed"),
        ("kk", "Учаскелердің жартысында солай болды.", "share_typed"),
        ("en", "Stuffing was seen in [[stuffing count case:in]].", "no_base"),
        ("en", "All the stations were ready.", "absolute"),
        ("ru", "Ни на одном участке нарушений не было, ни один наблюдатель не жаловался.", "absolute"),
        ("kk", "Барлық учаскелер дайын болды.", "absolute"),
        ("en", "It was calm, сказал председатель.", "untranslated"),
        ("ru", "The day passed calmly and quietly.", "untranslated"),
        ("kk", "Наблюдатели отметили спокойную обстановку на посещенных участках в течение дня голосования.",
         "untranslated"),
        ("ru", "Байқаушылар дауыс беру күні барған учаскелердегі жағдайдың тыныш болғанын атап өтті.", "untranslated"),
    ],
)  # fmt: skip
def test_what_must_be_looked_at_is_named_with_its_line(language: str, text: str, code: str) -> None:
    found = [each for each in looked("It.\n\nIs.\n\n" + text, language=language) if each.code == code]
    assert [(each.section, each.line) for each in found] == [("s1", 5)], looked(text, language=language)
    assert not found[0].blocks


def test_a_number_that_is_the_figure_s_own_is_typed_but_not_unlike_it() -> None:
    assert codes("Stuffing, 13 times, [[stuffing of case]].") == {"number_typed"}


def test_one_base_serves_what_is_counted_among_it() -> None:
    text = BASE + "[[stuffing count case]] had it.\n\nLater [[group_voting count case]]."
    assert "no_base" not in codes(text)
    assert "no_base" in codes(text, "In [[group_voting count case]]."), "another section, another reader"
    assert "no_base" not in codes("We held [[meetings count case]].")


def test_a_style_s_own_sentences_are_left_in_peace_until_somebody_changes_them() -> None:
    own = "No margin of error is given.\n\nIn [[stuffing count case:in]] each paper was folded. A majority of 31 rose."
    part = Part("s1", "text", own, drafted=own)
    assert check(Draft("en", [part], FIGURES)) == []
    said = own.replace("is given", "is needed").replace("folded", "stacked")
    found = check(Draft("en", [Part("s1", "text", said, drafted=own)], FIGURES))
    assert [(each.code, each.line) for each in found] == [("no_base", 3), ("absolute", 1), ("absolute", 3)]


def test_a_fraction_in_the_summary_and_a_per_cent_in_the_body_are_held_together() -> None:
    summary, body = "It was bad in [[negative fraction form]].", "It was bad in [[negative percent form]]."
    [found] = [each for each in looked(summary, body) if each.code == "contradiction"]
    assert (found.section, found.values) == ("s1", {"figure": "negative", "elsewhere": "s2"})
    assert "contradiction" not in codes(summary + "\n\n" + body)


def test_what_stops_a_draft() -> None:
    parts = [Part("a", "text", "x", 1, (("gap", "Late"), ("figure_unknown", "Gone"))), Part("v", "verdict", " ")]
    found = check(Draft("en", parts, FIGURES, stale=2))
    assert [each.code for each in found if each.blocks] == [
        "snapshot_stale", "beside", "gap", "mark_wrong", "verdict_empty",
    ]  # fmt: skip
    assert "no_text" in {each.code for each in check(Draft("en", [Part("a", "text", "")], {}))}
    assert not any(each.blocks for each in looked("x", newer=3, remarks=1))


def test_key_findings_are_the_critical_the_ratings_and_the_largest() -> None:
    assert key_findings(FIGURES.values(), WEIGHT) == ["stuffing", "negative", "group_voting"]
    [unused] = [each for each in looked("x [[stuffing of case]]", weight=WEIGHT) if each.code == "key_unused"]
    assert unused.values == {"figures": ("negative", "group_voting")}


def test_a_finding_told_under_another_name_is_told() -> None:
    one, two = (replace(each, definition=replace(each.definition, question="q", counted=("yes",))) for each in (
        figure("stuffing", 13, 1622), figure("stuffing_summary", 13, None)
    ))  # fmt: skip
    both = {each.definition.name: each for each in (one, two)}
    told = Draft("en", [Part("s1", "text", "It was [[stuffing of case]].")], both, dict.fromkeys(both, "critical"))
    assert check(told) == []


def test_empty_rooms_are_one_thing_to_look_at_and_another_room_is_another() -> None:
    def seen(*empty: str) -> Check:
        parts = [Part(each, "room", "" if each in empty else "Said.") for each in "abc"]
        [found] = check(Draft("en", parts, FIGURES))
        return found

    assert seen("a", "b").values == {"sections": ("a", "b")}
    assert seen("a", "b").key == seen("a", "b").key != seen("a", "c").key


def test_another_sentence_needs_another_acknowledgement() -> None:
    [one], [same], [other] = (
        [each.key for each in looked(text) if each.code == "absolute"]
        for text in ("All was well.", "All was well.", "All was very well.")
    )
    assert one == same != other


def test_sentences_end_where_they_end() -> None:
    text = "# Title\n\nOne. Two, e.g. this.\nThree in\nlines.\n\n- an item\n- another 5\n\n1. first\n"
    assert [(each.text, each.line) for each in sentences(text)] == [
        ("One.", 3), ("Two, e.g. this.", 3), ("Three in lines.", 3), ("an item", 7), ("another 5", 8), ("first", 10),
    ]  # fmt: skip
    [found] = sentences("В 1 622 формах, 12,5 и 1,622 раза.")
    assert typed_numbers(found) == ["1 622", "12,5", "1,622"]
