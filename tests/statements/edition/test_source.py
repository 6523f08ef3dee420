"""Where a rebuilt statement prints another number than its source, the annex quotes the source."""

from __future__ import annotations

import pytest

from observer_kit.statements.edition.source import Quoted, differences
from observer_kit.statements.model import Definition, Figure


def figure(numerator: int | None, denominator: int | None = None, shows: str = "number") -> Figure:
    share = 100 * numerator / denominator if numerator is not None and denominator else None
    definition = Definition("m_calm", "calm", {"en": "Calm"}, "observed", "station", "answers", "answered", shows=shows)
    return Figure(definition, numerator, denominator, share, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("counted", "row", "quoted"),
    [
        (figure(1783, 9725), {"numerator": "over 1,780", "denominator": 9725}, ["“over 1,780”"]),
        (figure(1783), {"numerator": "1,783"}, []),
        (figure(78), {"numerator": "78 commissions"}, []),
        (figure(21), {"numerator": "21 and 5"}, ["“21 and 5”"]),
        (figure(24, 151), {"percent_as_printed": 16}, []),
        (figure(24, 151), {"percent_as_printed": "15.89"}, ["“15.89” per cent"]),
        (figure(24, 151), {"percent_as_printed": "one of five"}, ["“one of five”"]),
        (figure(24, 151), {"denominator": 150, "base_printed": True}, ["base “150”"]),
        (figure(24, 151), {"denominator": 150}, []),
        (figure(1428, 1587, "percent"), {"numerator": 9, "percent_as_printed": 90}, []),
        (figure(None), {"numerator": 9}, []),
    ],
)
def test_what_the_source_prints_otherwise_is_quoted(counted, row, quoted):
    found = differences([counted], [{"id": "m_calm", **row}, {"id": "another", "numerator": 5}], "en")
    assert list(found) == (["calm"] if quoted else [])
    for each in quoted:
        assert each in found["calm"].differs


@pytest.mark.parametrize(("language", "said"), [
    ("en", "Differs from the source: it prints “nearly 25” (I para 7); it prints “one of six” (I para 13)"),
    ("ru", "Отличается от источника: в нем указано «nearly 25» (I, абз. 7); в нем указано «one of six» (I, абз. 13)"),
    ("kk", "Дереккөзден айырмашылығы: онда «nearly 25» деп көрсетілген (I, 7-абзац);"
           " онда «one of six» деп көрсетілген (I, 13-абзац)"),
])  # fmt: skip
def test_what_the_source_tells_elsewhere_is_quoted_with_its_place(language, said):
    again = [
        {"numerator": "nearly 25", "locator": "I para 7"}, {"numerator": 24, "denominator": 151, "locator": "I para 8"},
        {"percent_as_printed": "one of six", "locator": "I para 13"},
    ]  # fmt: skip
    row = {"id": "m_calm", "numerator": 24, "again": again}
    assert differences([figure(24, 151)], [row], language) == {"calm": Quoted(said)}


def test_the_same_words_of_several_places_are_quoted_once():
    again = [{"percent_as_printed": "one of six", "locator": place} for place in ("I para 13", "XIV para 1")]
    found = differences([figure(24, 151)], [{"id": "m_calm", "numerator": 24, "again": again}], "en")
    assert found["calm"].differs == "Differs from the source: it prints “one of six” (I para 13; XIV para 1)"


@pytest.mark.parametrize(("language", "said"), [
    ("en", "Beside this number the source prints “52 countries”"),
    ("ru", "Рядом с этим числом в источнике указано «52 countries»"),
    ("kk", "Бұл санның жанында дереккөзде «52 countries» деп көрсетілген"),
])  # fmt: skip
def test_what_stands_beside_a_number_is_no_difference_and_is_told(language, said):
    row = {"id": "m_calm", "numerator": "65 stations", "denominator": "52 countries", "base_printed": True}
    assert differences([figure(65)], [row], language) == {"calm": Quoted(beside=said)}
    both = differences([figure(66)], [row], "en")["calm"]
    assert both == (
        "Differs from the source: it prints “65 stations”", "Beside this number the source prints “52 countries”"
    )  # fmt: skip


def test_a_share_of_a_small_base_that_the_annex_leaves_out_is_quoted():
    row = {"id": "m_calm", "numerator": 4, "percent_as_printed": 80}
    assert "“80” per cent" in differences([figure(4, 5)], [row], "en")["calm"].differs


def test_a_style_without_shares_quotes_none():
    rows = [{"id": "m_calm", "numerator": 25, "percent_as_printed": "15.89"}]
    assert differences([figure(24, 151)], rows, "kk", shares=False) == {
        "calm": Quoted("Дереккөзден айырмашылығы: онда «25» деп көрсетілген")
    }
