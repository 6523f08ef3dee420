"""The house as DESIGN says it: imports run one way, and some things have one home."""

import ast
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "observer_kit"

ORDER = {
    "errors": 0, "clock": 0, "config": 0, "words": 1,
    "checklists": 2, "missions": 3,
    "protocols": 4, "collection": 5,
    "statistics": 6, "trust": 6,
    "storage": 7,
    "statements": 8, "exchange": 8,
    "web": 9, "app": 10, "cli": 11,
}  # fmt: skip
NEVER = {
    ("statistics", "storage"),
    ("storage", "statistics"),
    ("statements", "storage"),
    ("storage", "statements"),
}

HOMES = {
    r"\.commit\(": {"storage/engine.py"},
    r"os\.environ": {"config.py"},
    r"\b(?:import|from) weasyprint\b": {"statements/pdf.py"},
    r"\b(?:import|from) matplotlib\b": {"statements/pictures/canvas.py", "statements/pictures/scales.py"},
    r"datetime\.(?:now|utcnow|today)\(|date\.today\(|time\.time\(": {"clock.py"},
    r"\buuid4\(": {"clock.py"},
}


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "observer_kit" else [f"observer_kit.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("observer_kit.")}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    own = room(path)
    if own == "__init__":
        return
    for other in imported_rooms(path) - {own}:
        assert other in ORDER, f"{other} is no room of the house"
        assert ORDER[other] < ORDER[own] or (ORDER[own] == ORDER[other] == 0), f"{own} may not import {other}"
        assert (own, other) not in NEVER, f"{own} and {other} never see each other"


def imported_at_once(body: list[ast.stmt]) -> Iterator[str]:
    """Name what a module imports when it is itself imported: not for the type checker, nor later in a function."""
    for node in body:
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from imported_at_once([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from imported_at_once(node.body)


def import_graph(package: Path) -> dict[str, set[str]]:
    """Give for each module those that are imported with it: what it names, and the packages above them all."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        found[name] = {name, *imported_at_once(ast.parse(path.read_text("utf-8")).body)}
    return {
        name: {above for each in names for above in accumulate(each.split("."), "{}.{}".format)} & found.keys()
        for name, names in found.items()
    }


def test_every_module_can_be_the_first_to_be_imported():
    """Modules that lead to each other are entered by the door of their package, which is then always the first."""
    graph = import_graph(PACKAGE)
    reached = {}
    for start in graph:
        reached[start], waiting = set(), [start]
        while waiting:
            new = graph[waiting.pop()] - reached[start]
            reached[start] |= new
            waiting += new
    for start, led in reached.items():
        circle = {each for each in led if start in reached[each]}
        door = min(circle, key=len)
        assert all(each == door or each.startswith(f"{door}.") for each in circle), sorted(circle)


@pytest.mark.parametrize(("pattern", "homes"), HOMES.items(), ids=lambda v: v if isinstance(v, str) else "")
def test_some_things_have_one_home(pattern, homes):
    found = {str(path.relative_to(PACKAGE)) for path in modules() if re.search(pattern, path.read_text("utf-8"))}
    assert found == homes


def test_there_is_no_attic():
    attic = {"utils", "helpers", "common", "services", "manager", "shared", "misc"}
    assert not [path for path in modules() if path.stem in attic or set(path.parts) & attic]


def test_the_top_level_is_the_fixed_one():
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    assert folders - {"node_modules", "data", "dist", "build"} == {
        "observer_kit", "forms", "templates", "static", "exports", "tests",
    }  # fmt: skip


def test_forms_hold_data_only():
    assert not list((ROOT / "forms").rglob("*.py"))


def test_pure_rooms_know_neither_database_nor_web():
    for path in modules():
        if room(path) in {"missions", "checklists", "collection", "protocols", "statistics", "statements"}:
            text = path.read_text("utf-8")
            assert not re.search(r"\b(?:import|from) (?:sqlalchemy|flask)\b", text), path
