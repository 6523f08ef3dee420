"""The statement of a whole mission beside WeasyPrint alone on the same HTML; 12 to 200 pages; its peers; the start.

The kit and WeasyPrint alone make the same pages in one process by turns, so
that a noisy machine disturbs both alike. Everything lies in a temporary folder.

    python -m tests.benchmarks.papers                 the mission, the growth, the peers, the server's start
    python -m tests.benchmarks.papers --quick         the mission alone
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
from dataclasses import replace
from pathlib import Path
from statistics import median

import psutil
from pypdf import PdfReader

from observer_kit.config import Config, from_environment, resources
from observer_kit.statements.edition import frame
from observer_kit.statements.edition.build import SHEETS, VARIANT, build
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.text import load_style
from observer_kit.storage import missions, open_store
from observer_kit.web import editions

MISSION = "eom-2011"
STYLE, LANGUAGE = "odihr-preliminary", "en"
ROUNDS = 5
STARTS = 5
GROWTH = (12, 25, 50, 100, 200)
CHARTS = 6
MOST_MEMORY = 250
COMMAND = (sys.executable, "-c", "from observer_kit.cli import main; main()")
GOAL = "the statement within 1.3 times WeasyPrint alone and 250 MB; the first page within 2 s of the command"


def _environment() -> dict[str, str]:
    """Keep what a shell has set for the kit out of the measurement."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OBSERVER_KIT_")}


def rebuild(folder: Path) -> float:
    """Make the demonstration's data by the command line; gives the seconds it took."""
    began = time.perf_counter()
    command = [*COMMAND, "--data", str(folder), "demo", MISSION, "--no-sign-ins"]
    subprocess.run(command, check=True, env=_environment(), stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def weasyprint_alone(html: str, pictures: dict[str, bytes] | None = None) -> bytes:
    """Set the same HTML with the same stylesheets and options, through nothing of the kit."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    folder = resources("static") / "print"
    fonts = FontConfiguration()
    sheets = [CSS(filename=str(folder / name), font_config=fonts) for name in ("fonts.css", *SHEETS)]
    document = HTML(string=html, base_url=folder.as_uri() + "/")
    pdf: bytes = document.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant=VARIANT, pdf_tags=True)
    return pdf


def statement(config: Config, rounds: int = ROUNDS) -> dict[str, float]:
    """Build the statement by turns with WeasyPrint alone; print and give the median seconds of each."""
    store = open_store(config)
    with store.reading() as tx:
        mission = missions.get(tx, MISSION)
        style = load_style(STYLE)

        def edition() -> Edition:
            return editions.edition_of(tx, config, mission, style, LANGUAGE, state="published")

        own = edition()
        html = frame.render(own)
        ways: dict[str, Callable[[], object]] = {
            "WeasyPrint alone": lambda: weasyprint_alone(html),
            "words, charts, frame": lambda: frame.render(_drawn(own)),
            "build": lambda: build(_drawn(own)),
            "from the database": lambda: build(edition()),
        }
        found = by_turns(ways, rounds, f"statement of {MISSION}", html, build(own))
    store.close()
    return found


def _drawn(own: Edition) -> Edition:
    """Forget the charts that were drawn before, so that they are drawn again."""
    from observer_kit.statements.pictures import model

    model._drawn.cache_clear()
    return replace(own)


def by_turns(ways: dict[str, Callable[[], object]], rounds: int, name: str, html: str, pdf: bytes) -> dict[str, float]:
    """Time each way in turn; print and give the medians."""
    seconds: dict[str, list[float]] = {each: [] for each in ways}
    for place in range(rounds + 1):
        for each, work in ways.items():
            began = time.perf_counter()
            work()
            if place:  # the first round only warms
                seconds[each].append(time.perf_counter() - began)
    pages = _pages(pdf)
    print(f"{name}: {pages} pages, {html.count('<svg')} charts, {len(pdf):,} bytes, median of {rounds} warm runs")
    print(f"{'':<22} {'s':>7} {'fastest':>8} {'slowest':>8} {'× alone':>8}")
    found = {}
    for each, taken in seconds.items():
        # Round by round, because what slows the machine slows neighbours in time alike.
        ratio = median(mine / alone for mine, alone in zip(taken, seconds["WeasyPrint alone"], strict=True))
        found[each] = median(taken)
        print(f"{each:<22} {found[each]:>7.3f} {min(taken):>8.3f} {max(taken):>8.3f} {ratio:>8.2f}")
    return found


def _pages(pdf: bytes) -> int:
    import io

    return len(PdfReader(io.BytesIO(pdf)).pages)


def long_edition(pages: int) -> Edition:
    """Make a published statement of about this many pages: sections of prose, tables of the annex, six charts."""
    from tests.statements.edition import editions as small

    own = small.edition(words=_prose(pages - (9 if pages < 50 else 32)), layout="letterhead")
    figures = dict(own.figures)
    for place in range(10 if pages < 50 else 60):
        figures |= {f"{name}-{place}": figure for name, figure in own.figures.items()}
    sections = tuple(
        replace(each, html=each.html + "".join(_charts(each.html)) if each.id == "voting" else each.html)
        for each in own.text.sections
    )
    return replace(own, figures=figures, text=replace(own.text, sections=sections))


def _charts(html: str) -> list[str]:
    """Repeat a section's chart until there are six, each under a name of its own."""
    start, end = html.index("<figure"), html.index("</figure>") + len("</figure>")
    chart = html[start:end]
    return [chart.replace('id="', f'id="c{place}-').replace('="#', f'="#c{place}-').replace(
        'labelledby="', f'labelledby="c{place}-').replace('describedby="', f'describedby="c{place}-')
        for place in range(1, CHARTS)]  # fmt: skip


def _prose(pages: int) -> str:
    line = (
        "Observers followed the preparations in the commissions and spoke with voters, candidates and officials; "
        "what they saw is told below in the order of the day, with the places named where that harms nobody. "
    )
    return "\n\n".join(line * 4 for _ in range(max(1, round(pages * 5.2))))


def growth(rounds: int = 3) -> None:
    """Print how seconds and memory grow with the pages; each length in a process of its own."""
    print(f"{'pages':>6} {'alone s':>8} {'kit s':>8} {'×':>6} {'MB':>6} {'kB':>7}")
    for wanted in GROWTH:
        code = f"from tests.benchmarks.papers import one; one({wanted}, {rounds})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        print(done.stdout.strip())


def one(wanted: int, rounds: int) -> None:
    """Time one length by turns; memory is the peak of a process that built nothing else."""
    own = long_edition(wanted)
    html = frame.render(own)
    pdf = build(own)
    peak = _peak()
    pairs = []
    for _ in range(rounds):
        times = []
        for work in (lambda: weasyprint_alone(html), lambda: build(_drawn(own))):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
        pairs.append(times)
    alone, mine = median(each[0] for each in pairs), median(each[1] for each in pairs)
    ratio = median(each[1] / each[0] for each in pairs)
    print(f"{_pages(pdf):>6} {alone:>8.2f} {mine:>8.2f} {ratio:>6.2f} {peak:>6.0f} {len(pdf) / 1000:>7.0f}")


def _peak() -> float:
    """Give this process's peak in MB; `getrusage` would also count that of the process which started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def peers(folder: Path) -> None:
    """Set like content once with headless Chromium and with typst, cold, each in its own process."""
    own = replace(long_edition(12), key=None)
    page = folder / "statement.html"
    page.write_bytes(build(own, "html"))
    print(f"{'beside, cold':<22} {'s':>7} {'MB':>6} {'pages':>6} {'kB':>7}  tagged, signed, attached")
    code = (
        "from tests.benchmarks.papers import long_edition; from observer_kit.statements.edition.build import build;"
        f"open({str(folder / 'kit.pdf')!r}, 'wb').write(build(long_edition(12)))"
    )
    _cold("the kit", [sys.executable, "-c", code], folder / "kit.pdf", "yes, yes, yes")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium:
        command = [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={folder / 'chromium.pdf'}", page.as_uri(),
        ]  # fmt: skip
        _cold("headless Chromium", command, folder / "chromium.pdf", "yes, no, no")
    source = folder / "statement.typ"
    again = {f"c{place}-chart-{name}": each for name, each in own.text.pictures.items() for place in range(1, CHARTS)}
    words = replace(own, text=replace(own.text, pictures={**own.text.pictures, **again}))
    source.write_text(_as_typst(build(words, "txt").decode()), "utf-8")
    code = (
        f"import typst; open({str(folder / 'typst.pdf')!r}, 'wb').write("
        f"typst.compile({str(source)!r}, pdf_standards=['a-3a']))"
    )
    with contextlib.suppress(ImportError):
        import typst  # noqa: F401

        _cold("typst (text alone)", [sys.executable, "-c", code], folder / "typst.pdf", "yes, no, no")


def _as_typst(text: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in "\\#$*_`<>@[]~=-+/" else letter for letter in text)
    head = '#set document(title: "Statement", date: datetime(year: 2026, month: 10, day: 5))\n#set text(lang: "en")\n'
    return f"{head}= Statement\n{escaped}"


def _cold(name: str, command: list[str], out: Path, also: str) -> None:
    began, peak = time.perf_counter(), 0
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as running:  # type: ignore[call-overload]
        process = psutil.Process(running.pid)
        while running.poll() is None:
            with contextlib.suppress(psutil.Error):
                family = [process, *process.children(recursive=True)]
                peak = max(peak, sum(each.memory_full_info().pss for each in family))
            time.sleep(0.01)
    took = time.perf_counter() - began
    if not out.exists():
        print(f"{name:<22} gave nothing (exit {running.returncode})")
        return
    pdf = out.read_bytes()
    print(f"{name:<22} {took:>7.2f} {peak / 1e6:>6.0f} {_pages(pdf):>6} {len(pdf) / 1000:>7.0f}  {also}")


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
    """Rebuild the mission, print it, grow it, set it beside its peers, serve it."""
    folder = Path(tempfile.mkdtemp(prefix="kit-bench-"))
    try:
        took = rebuild(folder)
        print(f"demo {MISSION}, from nothing: {took:.1f} s")
        config = from_environment(folder, database_url=f"sqlite:///{folder / 'observer-kit.sqlite'}")
        statement(config)
        if "--quick" not in sys.argv:
            growth()
            peers(folder)
            starts = [first_page(config) for _ in range(STARTS)]
            span = f"{min(starts):.2f} to {max(starts):.2f}, {STARTS} starts"
            print(f"serve to first page: {median(starts):.2f} s ({span})")
        print(f"goal: {GOAL}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
