"""An installed wheel works outside the checkout, with its data folders inside."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = out.glob("*.whl")
    target = out / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def run(installed, *arguments, cwd):
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", "from observer_kit.cli import main; main()", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_the_package_is_read_from_the_wheel(installed, tmp_path):
    code = "import observer_kit.config as c; print(c.resources('forms')); print(c.resources('templates'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.count(str(installed)) == 2


def test_the_catalogue_checks_and_a_checklist_prints_outside_the_checkout(installed, tmp_path):
    checked = run(installed, "checklist", "check", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    paper = tmp_path / "voting.pdf"
    printed = run(
        installed, "checklist", "export", "voting", "--lang", "kk", "--format", "pdf", "--out", str(paper),
        cwd=tmp_path,
    )  # fmt: skip
    assert printed.returncode == 0, printed.stderr
    assert paper.read_bytes().startswith(b"%PDF")


def test_a_mission_of_ones_own_works_outside_the_checkout(installed, tmp_path):
    for arguments in (
        ("--data", "d", "init"),
        ("mission", "new", "ours"),
        ("--data", "d", "mission", "import", "ours"),
        ("--data", "d", "figures", "ours", "--format", "json"),
        ("--data", "d", "check"),
    ):
        done = run(installed, *arguments, cwd=tmp_path)
        assert done.returncode == 0, (arguments, done.stderr)


def test_an_error_is_one_line_and_exit_code_two(installed, tmp_path):
    assert run(installed, "--data", "d", "init", cwd=tmp_path).returncode == 0
    done = run(installed, "--data", "d", "figures", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert "[mission_unknown]" in done.stderr
    assert "Traceback" not in done.stderr
