"""`statement check-style` and `try-style`: a style beside a mission, tried on its figures, told what is wrong in it."""

import json

import pytest
from click.testing import CliRunner

from observer_kit.cli import cli
from observer_kit.errors import FormsInvalid, MissionInvalid
from observer_kit.missions.blank import write_blank
from tests.cli.running import run
from tests.statements.text.builders import style_folder

TEXT = """{% if d.has("voting_positive") %}[[voting_positive percent -]].
{% else %}Nothing yet: [[voting_positive percent]]{% endif %}"""


@pytest.fixture
def folder(tmp_path):
    from datetime import date

    write_blank(tmp_path / "mission", "blank-1", "election", date(2026, 11, 22))
    style_folder(tmp_path / "mission" / "styles", {"one": TEXT}, name="mine")
    return tmp_path / "mission"


def test_a_mission_brings_its_own_style_and_tries_it(tmp_path, folder):
    data = tmp_path / "data"
    run(data, "mission", "import", folder)
    assert "mine: nothing to mend" in run(data, "statement", "check-style", "mine", "--mission", "blank-1")
    said = run(data, "statement", "try-style", "blank-1", "mine", "--lang", "kk")
    assert "Nothing yet: [дерек жоқ: Дауыс беру оң бағаланған учаскелер]" in said
    assert "not_counted" in said
    assert "[[voting_positive percent]]" in run(data, "statement", "try-style", "blank-1", "mine", "--as", "marks")
    assert '<span class="gap">' in run(
        data, "statement", "try-style", "blank-1", "mine", "--as", "html", "--section", "one"
    )


def test_a_second_import_puts_its_styles_in_place_of_the_first_and_a_broken_one_stops_it(tmp_path, folder):
    data = tmp_path / "data"
    run(data, "mission", "import", folder)
    broken = style_folder(folder / "styles", {"one": "x"}, name="other", extra="nonsense = 1")
    with pytest.raises(FormsInvalid, match="nonsense"):
        run(data, "mission", "import", folder)
    assert "mine: nothing to mend" in run(data, "statement", "check-style", "mine", "--mission", "blank-1")
    for path in sorted((folder / "styles" / "mine").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "styles" / "mine").rmdir()
    (broken / "style.toml").write_text((broken / "style.toml").read_text("utf-8").replace("nonsense = 1", ""), "utf-8")
    run(data, "mission", "import", folder)
    result = CliRunner().invoke(cli, ["--data", str(data), "statement", "check-style", "mine", "--mission", "blank-1"])
    assert getattr(result.exception, "code", None) == "style_unknown"


def test_a_style_reads_no_file_outside_of_its_folder(tmp_path, folder):
    (tmp_path / "secret.md").write_text("secret", "utf-8")
    (folder / "styles" / "mine" / "en" / "two.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(MissionInvalid, match="leads out"):
        run(tmp_path / "data", "mission", "import", folder)


def test_a_faulty_style_ends_in_exit_code_1_and_says_where(tmp_path):
    folder = style_folder(tmp_path, {"one": {"en": "In 5 stations.", "ru": "x", "kk": "x"}})
    words = ["--data", str(tmp_path / "data"), "statement", "check-style", str(folder)]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 1
    assert "number_typed" in result.output
    assert "own/en/one.md, line 1" in result.output
    assert json.loads(CliRunner().invoke(cli, [*words, "--format", "json"]).output)[0]["code"] == "number_typed"
