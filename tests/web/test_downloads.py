"""A table given out as a file: named, streamed, and never half of it in place of the whole."""

import io

import pytest
from python_calamine import CalamineWorkbook

from observer_kit.errors import NotFound
from observer_kit.web.downloads import download
from observer_kit.web.speech import tell


def test_csv_is_named_and_streamed_with_the_words_of_the_page(app):
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        response = download("m-1-таблица", "csv", ("a",), ((tell("desk.export_csv"),) for _ in range(3)))
        assert response.is_streamed
        content = response.get_data().decode("utf-8-sig")
    assert content == "a\r\n" + "Экспорт в CSV\r\n" * 3
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "UTF-8''m-1-" in response.headers["Content-Disposition"]


def test_xlsx_is_a_workbook_of_known_length(app):
    with app.test_request_context():
        response = download("t", "xlsx", ("station", "count"), iter([("R-1", 3), ("R-2", None)]))
        content = response.get_data()
    assert response.content_length == len(content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows == [["station", "count"], ["R-1", 3], ["R-2", ""]]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_fault_at_the_start_is_answered_as_one_and_a_later_one_breaks_off(app, format):
    def rows(good):
        for place in range(good):
            yield ("x" * 1000, place)
        raise ZeroDivisionError

    with app.test_request_context():
        with pytest.raises(ZeroDivisionError):
            download("t", format, ("a", "b"), rows(3))
        if format == "csv":
            response = download("t", format, ("a", "b"), rows(500))
            with pytest.raises(ZeroDivisionError):
                response.get_data()


def test_another_format_is_not_found(app):
    with app.test_request_context(), pytest.raises(NotFound, match="ods"):
        download("t", "ods", (), ())
