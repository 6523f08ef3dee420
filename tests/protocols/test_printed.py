"""A printed cell: what it writes, or why it can't be read; a blank is never 0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.protocols.printed import NOTES, read_cell


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("1234", 1234, None), (" 7 ", 7, None), ("0", 0, None), ("007", 7, None),
        ("1 234", 1234, "grouped"), ("1\u00a0234", 1234, "grouped"), ("1\u2009234\u2009567", 1234567, "grouped"),
        ("1\u202f234", 1234, "grouped"), ("1,234", 1234, "grouped_by_mark"), ("1.234", 1234, "grouped_by_mark"),
        ("1,6970", None, "malformed"), ("12 34", None, "malformed"), ("1,234 567", None, "malformed"),
        ("12,5", None, "decimal"), ("12.50", None, "decimal"), ("12,0", None, "decimal"),
        ("-5", None, "negative"), ("−5", None, "negative"), ("–5", None, "negative"),
        ("", None, "blank"), (" \u00a0\t", None, "blank"), ("-", None, "dash"), ("–", None, "dash"),
        ("—", None, "dash"), ("нет", None, "words"), ("12 шт.", None, "words"), ("1e3", None, "words"),
        ("١٢", None, "words"), ("9" * 11, None, "too_large"), ("5 %", None, "words"),
    ],
)  # fmt: skip
def test_each_kind_of_cell_has_its_reading(text, value, note):
    found = read_cell(text)
    assert (found.text, found.value, found.note) == (text, value, note)


@given(st.text(max_size=20) | st.from_regex(r"[\d ,.\-–]{0,12}", fullmatch=True))
def test_any_characters_have_a_reading_and_stay_as_printed(text):
    found = read_cell(text)
    assert found.text == text
    assert found.note is None or found.note in NOTES
    assert found.value is None or found.value >= 0
    assert (found.value is None) == (found.note is not None and not found.note.startswith("grouped"))


@given(st.integers(0, 2_147_483_647), st.sampled_from([" ", "\u00a0", "\u202f", ",", "."]))
def test_a_number_is_read_however_it_is_grouped(number, sign):
    assert read_cell(f"{number:,}".replace(",", sign)).value == number
