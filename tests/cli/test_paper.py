"""`paper` on a mission as `mission new` writes it: every paper as a PDF of one mission, in any language."""

import io

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from observer_kit.cli import cli


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")

    def call(*arguments):
        return CliRunner().invoke(cli, ["--data", str(folder / "data"), *arguments])

    assert call("mission", "new", "field", "--folder", str(folder / "field")).exit_code == 0
    result = call("mission", "import", str(folder / "field"))
    assert result.exit_code == 0, result.output
    return call


def words(path):
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    return reader.trailer["/Root"]["/Lang"], " ".join(" ".join(p.extract_text().split()) for p in reader.pages)


@pytest.mark.parametrize(
    ("arguments", "language", "title"),
    [
        (("briefing", "field"), "kk", "Үйлестірушіге арналған мәлімет"),
        (("incidents", "field"), "ru", "Сводка об инцидентах"),
        (("calls", "field"), "en", "Call sheet"),
        (("deployment", "field", "--team", "T1"), "ru", "План размещения наблюдателей"),
        (("checklist", "field", "voting"), "kk", "Дауыс беру"),
    ],
)
def test_each_paper_is_written_in_its_language(run, tmp_path, arguments, language, title):
    out = tmp_path / "papers" / "one.pdf"
    result = run("paper", *arguments, "--lang", language, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(out)
    spoken, said = words(out)
    assert spoken == language
    assert title in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("briefing", "nowhere"), "mission_unknown"), (("briefing", "field", "--since", "noon"), "hour_unreadable"),
        (("submission", "field", "0" * 8), "not_found"), (("checklist", "field", "tea"), "checklist_unknown"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named_and_no_file_is_left(run, tmp_path, arguments, code):
    out = tmp_path / "none.pdf"
    result = run("paper", *arguments, "--out", str(out))
    assert getattr(result.exception, "code", "") == code
    assert not out.exists()
