"""HTML → PDF: tagged, fonts embedded, nothing fetched but the kit's own files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from observer_kit.config import resources

VARIANT: Final = "pdf/ua-1"


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def render_pdf(html: str, stylesheet: str, *, variant: str = VARIANT) -> bytes:
    """Set HTML on paper with a stylesheet of static/print; reads files below static/ and nothing else."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    static = resources("static")

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
        """Read only what lies in the static folder: a statement's text can name any address."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            path = Path(url.removeprefix("file://").split("?")[0])
            if not url.startswith("file:") or not path.resolve().is_relative_to(static.resolve()):
                raise ValueError(f"not one of the kit's own files: {url}")
            return super().fetch(url, headers)

    fetcher = OwnFiles(allowed_protocols=["file"])
    base = (static / "print").as_uri() + "/"
    fonts = _fonts()
    sheets = [
        CSS(filename=str(static / "print" / name), font_config=fonts, url_fetcher=fetcher)
        for name in ("fonts.css", stylesheet)
    ]
    document = HTML(string=html, base_url=base, url_fetcher=fetcher)
    pdf = document.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant=variant, pdf_tags=True)
    if not isinstance(pdf, bytes):
        raise TypeError("WeasyPrint gave no bytes")
    return pdf
