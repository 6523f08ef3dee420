"""Files of tables as rows of text: encodings, separators, workbooks, and what is none of them."""

import io
import zipfile

import pytest
import xlsxwriter

from observer_kit.errors import TooLarge
from observer_kit.exchange.grids import TableUnreadable, read_sheets

ROWS = [["№ участка", "Получено, всего"], ["Қ-1", "1 234"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "kz1048"])
@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
def test_a_csv_is_read_whatever_it_was_written_with(encoding, separator):
    text = "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in ROWS)
    [sheet] = read_sheets("t.csv", text.encode(encoding))
    assert sheet.rows == ROWS
    assert sheet.separator == separator


def test_russian_in_eight_bits_is_read_and_another_encoding_can_be_named():
    assert read_sheets("t.csv", "Участок;Число\n".encode("cp1251"))[0].rows == [["Участок", "Число"]]
    assert read_sheets("t.csv", b"\xa5;1\n", encoding="cp1252")[0].rows == [["¥", "1"]]
    with pytest.raises(TableUnreadable, match=r"t\.csv, line 2"):
        read_sheets("t.csv", b"a;b\n\xff;1\n", encoding="utf-8")


def test_a_workbook_gives_every_sheet_with_numbers_as_a_person_sees_them():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Округ")
        sheet.write_row(2, 1, ["№", 1552, 12.5, "1,6970", None, True])
    first, second = read_sheets("t.xlsx", out.getvalue())
    assert (first.name, list(first.rows)) == ("Empty", [])
    assert second.rows[2] == ["", "№", "1552", "12.5", "1,6970", "", "TRUE"]


def zipped(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"PK\x03\x04", zipped("<no"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0"]
)
def test_what_is_no_table_is_refused_with_its_name(content):
    with pytest.raises(TableUnreadable, match="t.csv"):
        read_sheets("t.csv", content)


def test_what_is_too_large_is_refused_before_it_is_unpacked():
    with pytest.raises(TooLarge):
        read_sheets("t.xlsx", zipped(b"0" * 301_000_000))
    with pytest.raises(TooLarge):
        read_sheets("t.csv", b"1;2\n" * 100_001)


def test_a_workbook_that_would_take_all_memory_is_refused_and_nothing_else_ends():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")  # some five kilobytes; set out, half a terabyte
    with pytest.raises(TooLarge):
        read_sheets("t.xlsx", out.getvalue())
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for _ in range(3):
            book.add_worksheet().write(99_999, 19, "b")
    with pytest.raises(TooLarge, match="cells"):
        read_sheets("t.xlsx", out.getvalue())
