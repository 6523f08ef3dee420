"""Every command starts in a process of its own: what it imports of the pages can be the first that is imported of them.

A circle of imports shows only where the walk round it begins, so a test that
has imported half the house before sees none of it.
"""

import ast
import subprocess
import sys
from pathlib import Path

CLI = Path(__file__).parent.parent.parent / "observer_kit" / "cli"
WEB = "observer_kit.web."
EACH = """
import os, sys
import argon2, babel.dates, cryptography.x509, flask_wtf, numpy, pikepdf, PIL.Image, rcssmin, rjsmin, segno
import sqlalchemy.orm
import observer_kit.storage, observer_kit.statistics, observer_kit.statements.text
wrong = running = 0
for way in sys.argv[1:]:
    if running > 1:
        wrong |= os.wait()[1]
    running += 1
    child = os.fork()
    if not child:
        try:
            exec(way)
        except BaseException as error:
            print(f"{way}: {type(error).__name__}: {error}", flush=True)
            os._exit(1)
        os._exit(0)
for _ in range(min(running, 2)):
    wrong |= os.wait()[1]
assert not [name for name in sys.modules if name.startswith("observer_kit.web")]
sys.exit(bool(wrong))
"""
"""Each way in a child that has imported no page; the rooms below, which import one way, are there before."""


def begun_with():
    """Give what each command imports of the pages, as it says it: in one line, in its order, each way once."""
    found = set()
    for path in CLI.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for part in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
            imported = [node for node in part.body if isinstance(node, ast.ImportFrom)]
            found.add("; ".join(ast.unparse(node) for node in imported if f"{node.module}.".startswith(WEB)))
    return sorted(found - {""})


def run(*ways):
    done = subprocess.run([sys.executable, "-c", EACH, *ways], capture_output=True, text=True, cwd=CLI.parent.parent)
    return done.returncode, done.stdout + done.stderr


def test_every_command_can_be_the_first_to_import_its_pages():
    ways = begun_with()
    assert len(ways) > 10
    assert run(*ways) == (0, "")


def test_a_circle_would_be_seen(tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text("from two import b\na = 1\n")
    (tmp_path / "two.py").write_text("from one import a\nb = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code, told = run("import one")
    assert (code, "ImportError" in told) == (1, True)
