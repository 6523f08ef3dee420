"""The statement of a whole mission beside WeasyPrint alone on the same HTML, and the server's start.

Both make the same PDF in the same process by turns, so that a noisy machine
disturbs both alike. Everything lies in a temporary folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from pypdf import PdfReader

from observer_kit.config import Config, from_environment, resources
from observer_kit.missions.model import Mission
from observer_kit.statements import build_statement
from observer_kit.statements.build import render_html
from observer_kit.statements.model import Figure
from observer_kit.statements.pdf import VARIANT
from observer_kit.storage import checklists, missions, open_store, register
from observer_kit.web import numbers, papers

MISSION = "eom-2011"
STYLE, LANGUAGE = "odihr", "en"
ROUNDS = 5
STARTS = 5
COMMAND = (sys.executable, "-c", "from observer_kit.cli import main; main()")
GOAL = "the statement within 1.3 times WeasyPrint alone; the first page within 2 s of the command"


def _environment() -> dict[str, str]:
    """Keep what a shell has set for the kit out of the measurement."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OBSERVER_KIT_")}


def rebuild(folder: Path) -> float:
    """Make the demonstration's data by the command line; gives the seconds it took."""
    began = time.perf_counter()
    command = [*COMMAND, "--data", str(folder), "demo", MISSION, "--no-sign-ins"]
    subprocess.run(command, check=True, env=_environment(), stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def weasyprint_alone(html: str) -> bytes:
    """Set the same HTML with the same stylesheets and options, through nothing of the kit."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    folder = resources("static") / "print"
    fonts = FontConfiguration()
    sheets = [CSS(filename=str(folder / name), font_config=fonts) for name in ("fonts.css", "statement.css")]
    document = HTML(string=html, base_url=folder.as_uri() + "/")
    pdf: bytes = document.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant=VARIANT, pdf_tags=True)
    return pdf


def _evidence(tx: Any, mission: Mission) -> tuple[list[Figure], dict[str, Any]]:
    """Fetch once what build_statement takes, so that it is timed without the database."""
    evidence = {
        "snapshot": numbers.snapshot(tx, mission),
        "style": STYLE,
        "language": LANGUAGE,
        "locations": {place.code: place for place in register.find(tx, mission.code, visited=True)},
        "regions": {place.code: place.name for place in register.regions(tx, mission.code)},
        "checklists": checklists.current(tx, mission.code),
    }
    return numbers.figures(tx, mission), evidence


def statement(config: Config, rounds: int = ROUNDS) -> dict[str, float]:
    """Build the statement by turns with WeasyPrint alone; print and give the median seconds of each."""
    store = open_store(config)
    out = config.data / "statement.pdf"
    with store.reading() as tx:
        mission = missions.get(tx, MISSION)
        figures, evidence = _evidence(tx, mission)
        html = render_html(mission, figures, **evidence)
        ways: dict[str, Callable[[], object]] = {
            "WeasyPrint alone": lambda: weasyprint_alone(html),
            "HTML of the statement": lambda: render_html(mission, figures, **evidence),
            "build_statement": lambda: build_statement(mission, figures, out, **evidence),
            "figures from storage": lambda: numbers.figures(tx, mission),
            "all of it": lambda: papers.build(tx, mission, style=STYLE, language=LANGUAGE, out=out),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for place in range(rounds + 1):
            for name, work in ways.items():
                began = time.perf_counter()
                work()
                if place:  # the first round only warms
                    seconds[name].append(time.perf_counter() - began)
    store.close()
    found = {name: median(each) for name, each in seconds.items()}
    pages = len(PdfReader(out).pages)
    print(f"statement of {MISSION}: {pages} pages, {html.count('<svg')} charts, median of {rounds} warm runs")
    print(f"{'':<22} {'s':>7} {'fastest':>8} {'slowest':>8} {'× alone':>8}")
    for name, each in seconds.items():
        # Round by round, because what slows the machine slows neighbours in time alike.
        ratio = median(mine / alone for mine, alone in zip(each, seconds["WeasyPrint alone"], strict=True))
        print(f"{name:<22} {found[name]:>7.3f} {min(each):>8.3f} {max(each):>8.3f} {ratio:>8.2f}")
    return found


@contextlib.contextmanager
def _server(config: Config, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [*COMMAND, "--data", str(config.data), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def first_page(config: Config) -> float:
    """Start the server as an operator does and give the seconds until the first page has arrived."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    with _server(config, port) as process:
        while time.perf_counter() - began < 60:
            if process.poll() is not None:
                raise SystemExit("the server did not start")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/") as reply:
                reply.read()
                return time.perf_counter() - began
            time.sleep(0.005)
    raise SystemExit("the server did not answer")


def main() -> None:
    """Rebuild the mission, print it, serve it."""
    folder = Path(tempfile.mkdtemp(prefix="kit-bench-"))
    try:
        took = rebuild(folder)
        print(f"demo {MISSION}, from nothing: {took:.1f} s")
        config = from_environment(folder, database_url=f"sqlite:///{folder / 'observer-kit.sqlite'}")
        statement(config)
        starts = [first_page(config) for _ in range(STARTS)]
        print(f"serve to first page: {median(starts):.2f} s ({min(starts):.2f} to {max(starts):.2f}, {STARTS} starts)")
        print(f"goal: {GOAL}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
