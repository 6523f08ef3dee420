"""What may be said of a figure, and what may not."""

import pytest

from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.printer import Printer
from observer_kit.statements.wording import percent, seen
from tests.builders import text


def figure(numerator, denominator=None, *, name="f", missing=0, not_observed=0, not_asked=0, **definition):
    values = {"id": name, "name": name, "label": text(name), "kind": "observed", "unit": "station",
              "measure": "answers", "base": "answered"} | definition  # fmt: skip
    exact = 100 * numerator / denominator if numerator is not None and denominator else None
    stations = values.pop("stations", ())
    return Figure(
        Definition(**values), numerator, denominator, exact, 0, not_observed, missing, not_asked, stations=stations
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"),
    [
        (1460, 1622, "90 per cent"),
        (27, 123, "22 per cent"),
        (6, 40, "15 per cent (6 of 40)"),
        (6, 24, "6 of 24"),
        (1, 1622, "less than 1 per cent"),
        (1621, 1622, "over 99 per cent"),
    ],
)
def test_a_share_is_said_by_the_size_of_its_base(numerator, denominator, said):
    assert percent(figure(numerator, denominator)) == said


def test_a_number_under_ten_is_a_word_and_agrees_with_its_noun():
    assert seen(figure(4, 161), "station", "stations") == "four stations"
    assert seen(figure(1, 161), "station", "stations") == "one station"
    assert seen(figure(1622, 9725), "station", "stations") == "1,622 stations"


def test_none_may_stand_only_when_everyone_could_see_and_was_asked():
    assert seen(figure(0, 31), "station", "stations") == "no station"
    for gap in ({"missing": 1}, {"not_observed": 1}, {"not_asked": 1}):
        said = seen(figure(0, 31, **gap), "station", "stations")
        assert said == "none of the 31 reports that could observe it"


def test_a_kept_diary_that_holds_no_complaint_says_so():
    assert seen(figure(0, measure="diary", base=None), "complaint", "complaints") == "no complaint"


def test_a_figure_that_was_not_counted_leaves_a_visible_gap():
    printer = Printer([figure(None, None)], "en")
    assert 'class="gap"' in printer.count("f")
    assert 'class="gap"' in printer.percent("nowhere")
    assert not printer.has("f")


def test_figures_are_numbered_in_the_order_of_the_text_and_the_annex_holds_all():
    printer = Printer([figure(1, 200, name=name) for name in "abc"], "en")
    printer.count("c")
    printer.percent("a")
    printer.count("c")
    assert [(place, each.definition.name) for place, each in printer.numbered()] == [(1, "c"), (2, "a"), (3, "b")]


def test_what_no_source_prints_stays_out_of_a_reconstruction():
    made_up = figure(5, 100, printed=False)
    assert not Printer([made_up], "en", reconstruction=True).has("f")
    assert Printer([made_up], "en").has("f")


def test_a_reconstruction_prints_no_count_behind_a_per_cent_that_stands_alone_in_its_source():
    printer = Printer([figure(11, 91, shows="percent")], "en", reconstruction=True)
    assert "12 per cent" in printer.percent("f")
    assert "91" not in printer.percent("f")
    assert 'class="gap"' in printer.count("f")
