"""Where a rebuilt statement prints another number than its source, the annex quotes the source."""

from __future__ import annotations

import pytest

from observer_kit.statements.edition.source import differences
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
        assert each in found["calm"]


def test_a_style_without_shares_quotes_none():
    rows = [{"id": "m_calm", "numerator": 25, "percent_as_printed": "15.89"}]
    assert differences([figure(24, 151)], rows, "kk", shares=False) == {"calm": "онда «25» деп көрсетілген"}
