"""The aggregation tables of footnote 121 (OSCE/ODIHR 2011): four stations, four patterns."""

import pytest

from observer_kit.protocols import compare

TALAS = ({"v[3]": 1552, "invalid": 40}, {"v[3]": 1592, "invalid": 0})
SEMEY = (
    {"v[0]": 24, "v[1]": 32, "v[2]": 30, "v[3]": 1659},
    {"v[0]": 4, "v[1]": 2, "v[2]": 10, "v[3]": 1729},
)
BURLIN = (
    {"v[0]": 44, "v[1]": 22, "v[2]": 64, "v[3]": 1653, "invalid": 14},
    {"v[0]": 6, "v[1]": 4, "v[2]": 2, "v[3]": 1697, "invalid": 64},
)
MARTUK = (
    {"v[0]": 23, "v[1]": 3, "v[2]": 26, "v[3]": 1512, "b_cancelled": 75},
    {"v[0]": 13, "v[1]": 1, "v[2]": 6, "v[3]": 1512, "b_cancelled": 107},
)


@pytest.mark.parametrize(
    ("case", "patterns"),
    [
        (TALAS, ("invalid_to_candidate",)),
        (SEMEY, ("transfer_same_total",)),
        (BURLIN, ("total_changed", "possible_column_slip")),
        (MARTUK, ("candidate_to_cancelled",)),
    ],
    ids=["talas", "semey", "burlin", "martuk"],
)
def test_the_printed_tables_show_their_pattern(case, patterns):
    found = compare(*case)
    assert found.differs is True
    assert found.patterns == patterns


def test_a_transfer_leaves_the_total_alone_so_only_the_fields_show_it():
    found = compare(*SEMEY)
    assert sum(each.difference for each in found.fields) == 0
    assert [each.difference for each in found.fields] == [-20, -30, -20, 70]


def test_a_field_blank_in_one_document_is_not_a_difference():
    found = compare({"v[0]": None}, {"v[0]": 5})
    assert found.differs is None
    assert found.patterns == ()


def test_equal_documents_do_not_differ():
    assert compare({"v[0]": 5}, {"v[0]": 5}).differs is False
