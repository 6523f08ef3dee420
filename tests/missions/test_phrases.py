"""Numbers as statements print them are read as the range of values that their words allow."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from observer_kit.missions.phrases import NUMBER, SHARE, read_phrases


def one(printed, **how):
    (phrase,) = read_phrases(printed, **how)
    return phrase


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        (1622, 1622), ("9,725", 9725), ("12 244 683", 12244683), ("12\u202f244\u202f683", 12244683),
        ("nine regions", 9), ("78 commissions", 78), ("Twelve", 12), ("10.325", 10325),
    ],
)  # fmt: skip
def test_a_plain_count_allows_itself_alone(printed, value):
    phrase = one(printed)
    assert phrase.kind == NUMBER
    assert (phrase.low, phrase.nominal, phrase.high) == (value, value, value)


@pytest.mark.parametrize(
    ("printed", "allows", "refuses"),
    [
        ("over 1,780", (1781, 1783, 1790), (1780, 1791)),
        ("more than 900,000", (900001, 1000000), (900000,)),
        ("over 10,000", (10325,), (10000, 9999)),
        ("some 100", (60, 100, 140), (10, 200)),
        ("some 1,500", (1450, 1550), (1400, 1600)),
        ("fewer than 40", (39, 31), (40,)),
        ("11.7 million", (11_722_536, 11_650_000), (11_760_000,)),
    ],
)
def test_a_word_before_a_count_widens_it_to_the_next_round_value(printed, allows, refuses):
    phrase = one(printed)
    assert all(phrase.holds(Fraction(value)) for value in allows)
    assert not any(phrase.holds(Fraction(value)) for value in refuses)


@pytest.mark.parametrize(
    ("printed", "allows", "refuses"),
    [
        (22, ("27/123",), ("28/123",)),
        (89.98, ("0.8998", "0.89975"), ("0.8999",)),
        ("89,98%", ("0.8998",), ("0.8999",)),
        ("almost 90 per cent", ("0.8998",), ("0.9", "0.79")),
        ("more than 15", ("1494/9725",), ("0.15", "0.149", "0.161")),
        ("around 70", ("0.66", "0.74"), ("0.6", "0.8")),
        ("one of six", ("24/151", "1/6"), ("1/5", "1/7")),
        ("one of five", ("1/5", "0.21"), ("24/151", "24/139")),
        ("over one of four", ("0.26", "1/3"), ("35/151", "1/4", "0.34")),
        ("half", ("0.5", "0.45"), ("0.39", "0.7")),
        ("more than half", ("0.501", "0.9"), ("0.5",)),
        ("two thirds", ("2/3",), ("0.5", "0.9")),
        ("less than 1 per cent", ("0.001",), ("0.01",)),
    ],
)
def test_a_share_allows_what_rounds_to_it(printed, allows, refuses):
    phrase = one(printed, percent=True)
    assert phrase.kind == SHARE
    assert all(phrase.holds(Fraction(value)) for value in allows)
    assert not any(phrase.holds(Fraction(value)) for value in refuses)


def test_several_numbers_in_one_place_are_kept_apart():
    assert [(each.nominal, each.noun) for each in read_phrases("30 countries, 4 organisations")] == [
        (30, "countries"), (4, "organisations"),
    ]  # fmt: skip
    assert [each.nominal for each in read_phrases("21 and 5")] == [21, 5]
    assert [100 * each.nominal for each in read_phrases("81/11/2/6", percent=True)] == [81, 11, 2, 6]


@pytest.mark.parametrize("printed", ["1,6970", "12,34,567", "1.2.3", "9,20"])
def test_digits_that_are_no_number_are_not_corrected(printed):
    assert one(printed).malformed == (printed != "9,20")


@pytest.mark.parametrize(
    "printed",
    ["", "  ", "several", "a limited number", None, True, [3], {}, -5, float("nan"), float("inf"), "9" * 20_000],
)
def test_words_without_a_number_are_refused(printed):
    with pytest.raises(ValueError, match="number|digits"):
        read_phrases(printed)


def test_a_decimal_kept_short_still_says_how_many_were_printed():
    assert one(0.1, percent=True, decimals=2).high == Fraction("0.00105")
    assert one(0.1, percent=True).high == Fraction("0.0015")


@pytest.mark.parametrize("piece", ["1 ", "1,", "one of ", "over ", ", a", "per cent ", "1 000 "])
def test_a_very_long_text_is_read_or_refused_at_once(piece):
    assert read_or_refused(piece * (20_000 // len(piece)))


def read_or_refused(printed):
    """Read a text; gives its phrases, or the sentence that refuses it."""
    try:
        found = read_phrases(printed)
    except ValueError as refusal:
        return str(refusal)
    assert all(phrase.low <= phrase.nominal <= phrase.high for phrase in found)
    return found


@example(";")
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(printed):
    assert read_or_refused(printed), "never nothing: a number at least, or a reason"


@given(st.integers(0, 10**9))
def test_a_count_is_read_back_with_and_without_its_marks(value):
    for text in (str(value), f"{value:,}", f"{value:,}".replace(",", " "), f"{value:,}".replace(",", "\u00a0")):
        assert one(text).nominal == value
