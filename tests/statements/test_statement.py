"""The statement as a reader gets it: text and structure of the PDF's pages."""

import io
import re
from datetime import UTC, date, datetime

import pikepdf
import pytest
from pypdf import PdfReader

from observer_kit.missions.model import Location, Mission
from observer_kit.statements import Snapshot, build_statement, render_html
from observer_kit.statements.build import StyleUnknown
from tests.builders import text
from tests.statements.test_wording import figure

NOTICE = "Reconstruction from published figures; not issued by OSCE/ODIHR"


def mission(**more):
    values = {
        "code": "m", "name": text("The Mission"), "event": "election", "event_name": text("Presidential election"),
        "day": date(2011, 4, 3), "organisation": "OSCE/ODIHR", "country": text("Kazakhstan"), "zone": "Asia/Almaty",
        "languages": ("en",), "reconstruction": "OSCE/ODIHR",
    }  # fmt: skip
    return Mission(**(values | more))


SNAPSHOT = Snapshot(
    "m", datetime(2011, 4, 4, 1, 30, tzinfo=UTC), {"a": "1"}, {"voting": ("f" * 64,)},
    {"counted": 1622, "superseded": 1, "excluded": 2, "quarantined": 0}, "0" * 64,
)  # fmt: skip
FIGURES = [
    figure(1622, 9725, name="voting_observed", base=None),
    figure(1460, 1622, name="voting_positive"),
    figure(162, 1622, name="voting_negative"),
    figure(32, 100, name="neg_almaty_region", question="vo_overall", where={"region": "ALM"}),
    figure(16, 100, name="neg_south", question="vo_overall", where={"region": "SKO"}),
    figure(12, 100, name="neg_zhambyl", question="vo_overall", where={"region": "ZHM"}),
    figure(12, 100, name="neg_karaganda", question="vo_overall", where={"region": "KAR"}),
    figure(241, 1622, name="identical_signatures", footnote=True, stations=("AST-28", "R-0001")),
    figure(135, 1622, name="group"),
    figure(None, None, name="proxy"),
    figure(46, 1622, name="multiple"),
    figure(42, 1622, name="stuffing"),
]
LOCATIONS = {
    "AST-28": Location("AST-28", "polling_station", "28", region="AST", number="28"),
    "R-0001": Location("R-0001", "polling_station", "R-0001", region="AST", number="R-0001", made_up=True),
}
REGIONS = {
    "AST": "Astana city",
    "ALM": "Almaty region",
    "SKO": "South Kazakhstan",
    "ZHM": "Zhambyl",
    "KAR": "Karaganda",
}


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    path = tmp_path_factory.mktemp("out") / "statement.pdf"
    build_statement(mission(), FIGURES, path, snapshot=SNAPSHOT, locations=LOCATIONS, regions=REGIONS)
    return path.read_bytes()


@pytest.fixture(scope="module")
def pages(pdf):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_text_carries_the_figures(pages):
    whole = " ".join(pages)
    assert "90 per cent" in whole
    assert "1,622" in whole
    assert "241" in whole
    assert "32 per cent" in whole


def test_a_figure_that_was_not_counted_is_a_visible_gap(pages):
    assert "not available: proxy" in " ".join(pages)


def test_every_page_says_that_it_is_a_reconstruction(pages):
    assert pages
    assert all(NOTICE in page for page in pages)


def test_pages_are_numbered_and_contents_lead_to_them(pages, pdf):
    assert all(f"{place} / {len(pages)}" in page for place, page in enumerate(pages, start=1))
    annex = next(place for place, page in enumerate(pages, start=1) if "Every number in this statement" in page)
    contents = pages[0][pages[0].index("Contents") :]
    assert re.search(rf"Annex A\. Figures[ .]*{annex}\b", contents)
    outline = PdfReader(io.BytesIO(pdf)).outline
    assert any(getattr(item, "title", "") == "Voting" for item in outline)


def test_a_footnote_names_only_stations_that_the_source_names(pages):
    whole = " ".join(pages)
    assert "Astana city: 28" in whole
    assert "R-0001" not in whole


def test_the_pdf_is_tagged_has_a_language_and_embeds_its_fonts(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en"
        fonts = [
            font for page in document.pages for font in (page.get("/Resources", {}).get("/Font", {}) or {}).values()
        ]
        assert fonts
        for font in fonts:
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            assert any(key in inner.FontDescriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def test_charts_are_vectors_with_a_text_in_their_place(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        alternatives = [
            str(item.Alt) for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure" and "/Alt" in item
        ]  # fmt: skip
        images = [
            item for item in document.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]  # fmt: skip
    assert any("Voting assessed negatively, by region" in each for each in alternatives)
    assert not images


def test_the_same_evidence_gives_the_same_text():
    first, second = (
        render_html(mission(), FIGURES, snapshot=SNAPSHOT, locations=LOCATIONS, regions=REGIONS) for _ in range(2)
    )
    assert first == second


def test_names_from_a_mission_are_text_never_markup():
    html = render_html(mission(name=text("<script>x</script>")), FIGURES, snapshot=SNAPSHOT)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_style_without_a_folder_is_refused_and_the_others_are_named():
    with pytest.raises(StyleUnknown, match="odihr/en"):
        render_html(mission(), FIGURES, snapshot=SNAPSHOT, style="haiku")


def test_a_mission_without_any_figure_still_makes_a_statement():
    html = render_html(mission(reconstruction=None), [], snapshot=SNAPSHOT)
    assert "No report has been counted yet." in html
    assert "published" not in html.split("Annex A")[0]
    assert "Reconstruction" not in html


def test_the_coverage_line_joins_what_was_observed():
    figures = [
        figure(5, 10, name="openings_observed", base=None),
        figure(12, 40, name="voting_observed", base=None),
        figure(2, 10, name="counts_observed", base=None),
    ]
    html = render_html(mission(reconstruction=None), figures, snapshot=SNAPSHOT)
    words = " ".join(re.sub(r"<sup.*?</sup>|<[^>]+>", "", html).split())
    assert "Observers reported on 5 openings, voting in 12 of 40 polling stations and 2 counts." in words
