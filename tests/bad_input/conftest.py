"""The program as a person runs it, and a small mission's folder to be spoilt."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from observer_kit.cli import main
from observer_kit.config import from_environment
from observer_kit.missions.blank import write_blank
from observer_kit.storage import open_store


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    said: str

    def assert_refused(self, code: str, *parts: str) -> None:
        """Hold a refusal to the one form: exit code 2, one line with place and expectation, its code at the end."""
        assert self.code == 2, (self.out, self.said)
        assert self.said.count("\n") == 1, self.said
        assert self.said.startswith("observer-kit: "), self.said
        assert self.said.endswith(f" [{code}]\n"), self.said
        assert "Traceback" not in self.said + self.out
        for part in parts:
            assert part in self.said, (part, self.said)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `observer-kit` with these words, through its own entry point."""

    def call(*words: object) -> Ran:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["observer-kit", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Ran(left.value.code if isinstance(left.value.code, int) else 0, printed.out, printed.err)

    return call


@pytest.fixture
def mission_folder(tmp_path: Path) -> Path:
    """Give a small mission's folder that is right."""
    write_blank(tmp_path / "mission", "small", "election", date(2026, 11, 22))
    return tmp_path / "mission"


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with its database once; each test has its own copy."""
    folder = tmp_path_factory.mktemp("laid") / "data"
    open_store(from_environment(folder, database_url=f"sqlite:///{folder / 'observer-kit.sqlite'}")).close()
    return folder


@pytest.fixture
def data(tmp_path: Path, laid: Path) -> Path:
    """Give a data folder with its database."""
    shutil.copytree(laid, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def imported(data: Path, mission_folder: Path, run: Run) -> Path:
    """Give a data folder that holds the small mission."""
    assert run("--data", data, "mission", "import", mission_folder).code == 0
    return data


def spoil(path: Path, old: str, new: str) -> None:
    """Put `new` in place of the first `old` of a file."""
    content = path.read_text("utf-8")
    assert old in content, f"{old!r} is not in {path.name}"
    path.write_text(content.replace(old, new, 1), "utf-8")
