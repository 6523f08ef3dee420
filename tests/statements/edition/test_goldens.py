"""Pages as pictures, against those that somebody has looked at; each with room for a font that is drawn otherwise."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from observer_kit.statements.edition.build import build
from tests.statements.edition.editions import edition

GOLDEN = Path(__file__).parent / "golden"
RESOLUTION = 40
TOLERANCE = 0.012
"""The part of a page that may differ: a line that moves by a word is far more."""
PAGES = {
    "cover-kk": ("kk", {"layout": "cover", "words": "Күн тыныш өтті."}, (1, 2)),
    "annex-ru": ("ru", {"layout": "letterhead", "words": "День прошел спокойно."}, (3,)),
    "draft-en": ("en", {"layout": "letterhead", "state": "draft"}, (1,)),
}

pytestmark = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs pdftoppm, of poppler-utils")


def pictures(name: str, folder: Path) -> list[Image.Image]:
    language, more, pages = PAGES[name]
    (folder / "paper.pdf").write_bytes(build(edition(language, key=None, **more)))
    subprocess.run(["pdftoppm", "-r", str(RESOLUTION), "-gray", "-png", "paper.pdf", "page"], cwd=folder, check=True)
    found = sorted(folder.glob("page-*.png"))
    return [Image.open(found[page - 1]).convert("L") for page in pages]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(name, tmp_path):
    for place, page in enumerate(pictures(name, tmp_path)):
        golden = GOLDEN / f"{name}-{place}.png"
        if os.environ.get("OBSERVER_KIT_GOLDEN") == "write":
            page.save(golden, optimize=True)
        with Image.open(golden) as before:
            assert before.size == page.size
            blurred = [each.filter(ImageFilter.GaussianBlur(1.2)) for each in (before.convert("L"), page)]
            differing = ImageChops.difference(*blurred).point(lambda value: 255 if value > 40 else 0)
        share = sum(differing.histogram()[255:]) / (page.width * page.height)
        assert share <= TOLERANCE, f"{golden.name}: {share:.1%} of the page is not as it was"
