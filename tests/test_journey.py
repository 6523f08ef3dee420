"""The whole road once: three doors, a report filled in with the network cut, what it changed, and the PDF."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Phone

pytestmark = pytest.mark.browser
MISSION = "eom-2011"
NOTICE = "not issued by OSCE/ODIHR"


@dataclass
class Site:
    """The demonstration as `make run` serves it."""

    url: str
    data: Path
    exports: Path
    passwords: dict[str, str]


def kit(data: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from observer_kit.cli import main; main()", "--data", str(data), *arguments],
        capture_output=True, text=True, env={**os.environ, **environment}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("journey") / "data"
    exports = data.parent / "exports"
    environment = {"OBSERVER_KIT_EXPORTS": str(exports)}
    said = kit(data, "demo", MISSION, **environment) + kit(data, "demo", "sco-2024", **environment)
    kit(data, "statement", "build", MISSION, **environment)
    passwords = dict(re.findall(r"sign in as (\w+): (\S+)", said))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", "from observer_kit.cli import main; main()", "--data", str(data), "serve", "--demo",
         "--port", str(port)],
        env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            break
        except OSError:
            time.sleep(0.2)
    yield Site(url, data, exports, passwords)
    server.terminate()
    server.wait(20)


def sign_in(page: Page, site: Site, role: str) -> None:
    page.goto(f"{site.url}/sign-in")
    page.fill("input[name=name]", role)
    page.fill("input[name=password]", site.passwords[role])
    page.click("form[action*=sign-in] button[type=submit], main button[type=submit]")
    page.wait_for_load_state()


def statement_text(page: Page, site: Site) -> str:
    """Build the statement in the office and read the newest PDF, as staff would download it."""
    page.goto(f"{site.url}/office/{MISSION}/statements")
    build = page.locator(f"form[action='/office/{MISSION}/statements']")
    page.locator("details:has(select[name=paper]) > summary").first.click()  # folded: few build without a draft
    build.locator("select[name=paper]").select_option("odihr-preliminary/en")
    build.locator("button[type=submit]").click(timeout=120_000)
    page.wait_for_load_state()
    newest = max(site.exports.glob(f"{MISSION}*.pdf"), key=lambda path: path.stat().st_mtime_ns)
    pages = PdfReader(io.BytesIO(newest.read_bytes())).pages
    return " ".join(" ".join(each.extract_text().split()) for each in pages)


def cases_and_reports(page: Page, site: Site, question: str) -> tuple[int, int]:
    """Read a question's cases, and all reports, from the coordinator's table."""
    page.goto(f"{site.url}/desk/{MISSION}/questions/voting")
    cells = page.locator(f"tr:has(a[href*='/{question}']) td.n").first.inner_text()
    reports = re.search(r"([\d,]+)\W*reports", page.locator("main, header").all_inner_texts()[0])
    if reports is None:
        reports = re.search(r"([\d,]+)\W*reports", page.inner_text("body"))
    assert reports is not None
    return int(re.sub(r"\D", "", cells)), int(reports[1].replace(",", ""))


def test_the_whole_road(site: Site, whole_browser: Browser) -> None:
    office = whole_browser.new_context(viewport={"width": 1280, "height": 900})
    desk = office.new_page()
    # Three doors, the two missions, the finished PDF, and what the page says of itself.
    desk.goto(site.url)
    for door in ("Observer", "Coordinator", "Statement staff"):
        expect(desk.get_by_role("heading", name=door, exact=True)).to_be_visible()
    expect(desk.locator("main")).to_contain_text("browser is the demo phone")
    expect(desk.locator("main")).to_contain_text(NOTICE)
    expect(desk.locator("main")).to_contain_text("SCO Observer Mission")
    expect(desk.locator("a[href$='.pdf']").first).to_be_visible()
    sign_in(desk, site, "coordinator")
    assert cases_and_reports(desk, site, "vo_stuffing") == (42, 1622)

    # This browser becomes the phone; the network is cut; a voting checklist is filled in.
    phone = Phone(whole_browser.new_context(viewport={"width": 390, "height": 844}), site)  # type: ignore[arg-type]
    page = phone.page
    page.goto(site.url)
    page.locator(f"form:has(input[value='{MISSION}'])").get_by_role("button").click()
    page.click("#redeem")
    page.locator("#done").wait_for()
    expect(page.locator("#offline")).not_to_be_empty(timeout=30_000)
    phone.accept()
    phone.day()
    phone.context.set_offline(True)
    phone.begin("voting")
    phone.station("R-0001")
    expect(page.locator("#rebuilt")).to_contain_text(NOTICE)
    while page.locator("section[data-section=review]").is_hidden():
        for name, code in (
            ("vo_stuffing", "yes"), ("vo_overall", "good"), ("env_unauthorised_present", "no"),
            ("vo_identical_signatures", "no"),
        ):  # fmt: skip
            option = page.locator(f"#q-{name}-{code}")
            if option.count() and option.is_visible():
                phone.answer(name, code)
        page.click("#onward")
    phone.finish()
    phone.wait_state("waiting")
    expect(page.locator("#state")).to_contain_text("No network: 1 report waiting")
    assert cases_and_reports(desk, site, "vo_stuffing") == (42, 1622)

    # The network is back: delivered against a receipt, and the demonstration says where to see what changed.
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    expect(page.locator("main")).to_contain_text("Everything is delivered")
    assert phone.errors == []

    # The coordinator's table has grown by one, and the number leads to the report.
    assert cases_and_reports(desk, site, "vo_stuffing") == (43, 1623)
    desk.goto(f"{site.url}/desk/{MISSION}/submissions?checklist=voting&question=vo_stuffing&answer=yes")
    expect(desk.locator("main")).to_contain_text("43")
    expect(desk.locator("main")).to_contain_text("R-0001")

    # The staff's PDF counts it.
    office.clear_cookies()
    sign_in(desk, site, "staff")
    text = statement_text(desk, site)
    assert "1,623" in text
    assert re.search(r"stuffed in 43\d* cases", text), text[text.find("stuffed") - 200 : text.find("stuffed") + 80]
    assert NOTICE in text
    phone.context.close()
    office.close()


def test_nothing_was_lost_or_altered_on_the_way(site: Site) -> None:
    assert "nothing lost, nothing altered" in kit(site.data, "check")
