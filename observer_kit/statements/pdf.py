"""HTML → PDF: tagged, fonts embedded, nothing fetched but the kit's own files and what is handed over."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from observer_kit.config import resources

VARIANT: Final = "pdf/ua-1"
GIVEN: Final = "kit:"
"""How a page names a picture that is handed over with it: `kit:` and its name."""


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def render_pdf(
    html: str, *stylesheets: str, variant: str = VARIANT, pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """Set HTML on paper with stylesheets of static/print; reads files below static/, the pictures given, no more."""
    return render_fitting([html], *stylesheets, variant=variant, pictures=pictures)


def render_fitting(
    drafts: Sequence[str],
    *stylesheets: str,
    most: int | None = None,
    variant: str = VARIANT,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Set the first of these drafts that takes no more pages than `most`; the last one, if none does."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    static = resources("static")
    given = pictures or {}

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
        """Read only what lies in the static folder or was handed over: a statement's text can name any address."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(GIVEN) and url.removeprefix(GIVEN) in given:
                return URLFetcherResponse(url, given[url.removeprefix(GIVEN)])
            # As the fetching itself will read it: an escaped ".." is one too.
            path = Path(url2pathname(urlsplit(url).path))
            if not url.startswith("file:///") or not path.resolve().is_relative_to(static.resolve()):
                raise ValueError(f"not one of the kit's own files: {url}")
            return super().fetch(url, headers)

    fetcher = OwnFiles(allowed_protocols=["file"])
    base = (static / "print").as_uri() + "/"
    fonts = _fonts()
    sheets = [
        CSS(filename=str(static / "print" / name), font_config=fonts, url_fetcher=fetcher)
        for name in ("fonts.css", *stylesheets)
    ]

    def laid_out(draft: str) -> Any:
        page = HTML(string=draft, base_url=base, url_fetcher=fetcher)
        return page.render(stylesheets=sheets, font_config=fonts, pdf_variant=variant, pdf_tags=True)

    document = laid_out(drafts[0])
    low, high = 1, len(drafts) - 1
    if most is not None and len(document.pages) > most:
        # Each draft holds less than the one before, so the first that fits is found by halves.
        while low <= high:
            middle = (low + high) // 2
            tried = laid_out(drafts[middle])
            if len(tried.pages) <= most:
                document, high = tried, middle - 1
            else:
                low = middle + 1
        if len(document.pages) > most:
            document = laid_out(drafts[-1])
    with warnings.catch_warnings():
        # WeasyPrint reads the colour profile of an archival PDF and leaves its file to be closed by chance.
        warnings.filterwarnings("ignore", "unclosed file", ResourceWarning)
        pdf = document.write_pdf(pdf_variant=variant, pdf_tags=True, finisher=_finish)
    if not isinstance(pdf, bytes):
        raise TypeError("WeasyPrint gave no bytes")
    return pdf


def _finish(_: Any, pdf: Any) -> None:
    """Add to the tags what WeasyPrint leaves out: what a table's heads head, and that running lines are no text."""
    objects: list[Any] = pdf.objects
    tagged = {each.number: each for each in objects if hasattr(each, "keys") and "S" in each}
    _scope(tagged)
    _running(objects, tagged)


def _referred(reference: Any) -> int:
    return int(reference.split()[0])


def _scope(tagged: Mapping[int, Any]) -> None:
    """Say of every head of a table whether it heads a column or a row."""

    def above(each: Any) -> Any:
        return tagged.get(_referred(each["P"])) if each else None

    for each in tagged.values():
        if each["S"] == "/TH":
            section = above(above(each))
            column = section is not None and section["S"] == "/THead"
            each["A"] = type(each)({"O": "/Table", **each.get("A", {}), "Scope": "/Column" if column else "/Row"})


def _running(objects: list[Any], tagged: Mapping[int, Any]) -> None:
    """Mark running heads and feet as what they are: they belong to the page, and a reader must not hear them."""
    top = next(each for each in tagged.values() if each["S"] == "/Document")
    root = next(each for each in objects if hasattr(each, "keys") and each.get("Type") == "/StructTreeRoot")
    kept = {_referred(reference) for reference in top["K"]}
    outside = [each for number, each in tagged.items() if each.get("P") == top.reference and number not in kept]
    marked: dict[int, set[int]] = {}
    while outside:
        each = outside.pop()
        for kid in each.get("K", ()):
            if isinstance(kid, int):
                marked.setdefault(_referred(each["Pg"]), set()).add(kid)
            elif isinstance(kid, bytes) and _referred(kid) in tagged:
                outside.append(tagged[_referred(kid)])
    parents = objects[_referred(root["ParentTree"])]["Nums"]
    known = dict(zip(parents[::2], parents[1::2], strict=True))
    for number, places in marked.items():
        page = objects[number]
        drawn = objects[_referred(page["Contents"])].stream
        for place, entry in enumerate(drawn):
            if hasattr(entry, "keys") and entry.get("MCID") in places:
                drawn[place - 1 : place + 1] = ["/Artifact", type(entry)({"Type": "/Pagination"})]
        for place in places:
            known[page["StructParents"]][place] = "null"
