"""What may be said of a figure, and what may not."""

import pytest

from observer_kit.statements.wording import against_absolute, fraction, is_complete, printable, speaks
from tests.statements.text.builders import figure


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"),
    [
        (60, 300, (1, 5)), (324, 1622, (1, 5)), (323, 1622, (1, 5)), (333, 1622, None), (150, 300, (1, 2)),
        (200, 300, (2, 3)), (225, 300, (3, 4)), (10, 300, None), (300, 300, None), (0, 300, None),
        (6, 24, (1, 4)), (5, 24, None), (6, 0, None), (None, 300, None),
    ],
)  # fmt: skip
def test_a_fraction_is_made_of_the_same_numbers_or_not_at_all(numerator, denominator, said):
    assert fraction(figure("f", numerator, denominator)) == said


@pytest.mark.parametrize("lack", ["missing", "not_observed", "not_asked", "problems", "not_applicable"])
def test_an_absolute_stands_only_when_every_report_could_say_so(lack):
    assert is_complete(figure("f", 0, 31))
    unsure = figure("f", 0, 31, **{lack: 2})
    assert not is_complete(unsure)
    assert list(against_absolute(unsure).values()) == [2]


def test_what_did_not_apply_is_part_of_a_base_of_reports():
    assert is_complete(figure("f", 0, 31, base="reports", not_applicable=2))


def test_a_kept_diary_that_holds_no_complaint_says_so():
    assert is_complete(figure("f", 0, None, measure="diary", base=None, missing=None))
    assert not is_complete(figure("f", 0, None))


def test_reports_that_never_came_are_nothing_to_speak_of():
    assert speaks(figure("f", 0, 31))
    assert not speaks(figure("f", 0, 31, measure="reports"))
    assert not speaks(figure("f", None, None))


def test_what_no_source_prints_stays_out_of_a_reconstruction():
    made_up = figure("f", 5, 100, printed=False)
    assert printable([made_up], reconstruction=True) == {}
    assert printable([made_up], reconstruction=False) == {"f": made_up}
