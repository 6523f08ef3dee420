"""Rows as CSV and XLSX: read back as they were, and nothing in them that a spreadsheet would run."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from observer_kit.exchange import spreadsheets
from observer_kit.exchange.spreadsheets import BOM, CELL, CUT, csv_pieces, harmless, write_xlsx

HEAD = ("station", "comment")
FORMULAS = (
    "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1",
    "＝1+1", "\u200b=1", "\n=1",
)  # fmt: skip


def through_csv(rows, head=HEAD):
    content = b"".join(csv_pieces(head, rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def through_xlsx(rows, head=HEAD):
    out = io.BytesIO()
    write_xlsx(out, head, rows)
    book = CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue()))
    return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_run_is_made_harmless(text):
    assert through_csv([(text, 1)])[1][0] == "'" + text
    sheet = through_xlsx([(text, 1)])[0]
    assert sheet[1][0].replace("\r", "\n") == text.replace("\r", "\n")  # a text, as it was; not its result


@pytest.mark.parametrize("text", ["Участок № 5", "-5", "+12", "-3,5", "1-2", "a=b", "", "–"])
def test_an_ordinary_text_stays_as_it_was(text):
    assert harmless(text) == text


def test_numbers_stay_numbers_and_nothing_known_stays_empty():
    rows = [(-5, 2.5), (None, True), (datetime(2011, 4, 3, 6, tzinfo=UTC), ["a", "b"]), (10**17, float("nan"))]
    written = through_csv(rows)[1:]
    assert written == [
        ["-5", "2.5"], ["", "true"], ["2011-04-03T06:00:00.000Z", '["a","b"]'], ["100000000000000000", ""],
    ]  # fmt: skip
    assert through_xlsx(rows)[0][1:] == [[-5, 2.5], ["", "true"], *written[2:]]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_text_comes_back_from_csv(rows):
    read = through_csv(rows)[1:]
    wanted = [[each.encode("utf-8", "replace").decode() for each in row] for row in rows]
    # Nothing is lost but the apostrophe that was put before; a cell of line ends alone is quoted and comes back too.
    assert [[cell[1:] if cell == harmless(was) != was else cell for cell, was in zip(*pair, strict=True)]
            for pair in zip(read, wanted, strict=True)] == wanted  # fmt: skip


def test_excel_is_told_that_it_is_utf_8_and_a_program_need_not_be():
    assert b"".join(csv_pieces(HEAD, [])) == BOM + b"station,comment\r\n"
    assert b"".join(csv_pieces(HEAD, [], mark=False)) == b"station,comment\r\n"


def test_a_long_table_comes_in_pieces_and_is_marked_once():
    pieces = list(csv_pieces(HEAD, (("x" * 100, place) for place in range(5000))))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 70_000
    assert b"".join(pieces).count(BOM) == 1


def test_rows_are_read_only_as_the_pieces_are_taken():
    taken = []
    pieces = csv_pieces(HEAD, (taken.append(place) or ("x" * 100, place) for place in range(100_000)))
    next(pieces)
    assert len(taken) < 1000


def test_a_sheet_too_large_for_an_ordinary_archive_is_written_all_the_same(monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 2000)  # two gigabytes: some 500,000 reports of sixty questions
    out = io.BytesIO()
    write_xlsx(out, ["a"], [[f"{n}"] for n in range(100)])
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()) == 101


def test_rows_that_one_sheet_does_not_hold_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 4)
    sheets = through_xlsx([(place, "x") for place in range(7)])
    assert [len(sheet) for sheet in sheets] == [4, 4, 2]
    assert [row[0] for sheet in sheets for row in sheet[1:]] == list(range(7))
    assert all(sheet[0] == list(HEAD) for sheet in sheets)


@pytest.mark.parametrize("text", ["a" * 40_000, "\U0001f5f3" * 20_000])
def test_a_text_that_no_cell_holds_is_cut_and_says_so(text):
    cell = through_xlsx([(text, 1)])[0][1][0]
    assert cell.endswith(CUT)
    assert text.startswith(cell.removesuffix(CUT))
    assert CELL - 1 <= len(cell.encode("utf-16-le")) // 2 <= CELL
