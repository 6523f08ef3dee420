"""The page that hands out the certificate, as a phone shows it: nothing wider than the screen, nothing axe finds."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from observer_kit.checklists.model import LANGUAGES
from observer_kit.web.landing import Place, landing

pytestmark = pytest.mark.browser
PLACE = Place(
    "http://192.168.100.205:8080/",
    ("https://regional-office-laptop-2.local:8000/", "https://192.168.100.205:8000/", "https://10.42.0.1:8000/"),
    "Observer Kit regional-office-laptop-2 5f96c9",
    ":".join(f"{each:02X}" for each in range(200, 232)),
    b"certificate",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, landing(lambda: PLACE), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "sheet"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_sheet_fit_a_narrow_phone_and_are_accessible(
    browser: Browser, address: str, language: str, path: str, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.goto(f"{address}/{language}/{path}")
        for part in page.locator("details").all()[1:]:  # the first, of the system that asks, is open
            part.locator("summary").press("Enter")
        assert page.locator("details:not([open])").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    finally:
        context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_one_page_of_paper(browser: Browser, address: str, language: str) -> None:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"{address}/{language}/sheet")
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    finally:
        context.close()
