"""The legend under the table of figures: each code of a source that a paper cites is explained there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from lxml import html as lxml_html

from observer_kit.checklists.model import Source
from observer_kit.checklists.sources import load_documents
from observer_kit.config import resources
from observer_kit.statements.edition.frame import render
from tests.builders import checklist
from tests.statements.edition.editions import FORM, edition, mission


def _refs(read: Any) -> Iterator[str]:
    if isinstance(read, dict) and isinstance(read.get("ref"), str) and "place" in read:
        yield read["ref"]
    for each in read.values() if isinstance(read, dict) else read if isinstance(read, list) else ():
        yield from _refs(each)


def test_every_code_that_a_question_may_cite_has_its_document_and_no_other_has() -> None:
    cited = {
        ref for path in resources("forms").rglob("*.toml") for ref in _refs(tomllib.loads(path.read_text("utf-8")))
    }
    assert len(cited) > 25
    assert set(load_documents()) == cited


def _paper(language: str, **more: Any) -> Any:
    """Set a paper whose questions cite every document there is, one from elsewhere, and nothing twice."""
    codes = [*load_documents(), "OWN"]
    asked = list(FORM.questions())
    sources = [tuple(Source(code, f"Document {code}", "para 1") for code in codes[place::3]) for place in range(3)]
    form = checklist(*(replace(each, sources=own) for each, own in zip(asked, [*sources, (), ()], strict=True)))
    return lxml_html.fromstring(render(edition(language, checklists={"voting": form}, key=None, **more)))


def _legend(paper: Any) -> dict[str, list[str]]:
    rows = paper.xpath('//*[@class="legend"]//tbody/tr')
    return {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in rows}


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_paper_explains_every_code_that_it_cites_and_no_other(language: str) -> None:
    paper = _paper(language)
    cells = paper.xpath('//*[starts-with(@id, "figure-")]/td[last()]/*[@class="soft"]')
    cited = {code for cell in cells for code in re.findall(r"\b[A-Z]+\d+\b|\b[A-Z]{2,}\b", cell.text_content())}
    explained = _legend(paper)
    assert cited == set(explained) == {*load_documents(), "OWN"}
    assert explained["OWN"][0] == "Document OWN"
    for code, document in load_documents().items():
        assert explained[code][0].replace("\xa0", " ") == document.title[language]
    assert not _legend(lxml_html.fromstring(render(edition(language, key=None))))  # nothing cited, nothing explained


def test_a_rebuilt_mission_names_the_document_in_which_its_numbers_are_printed() -> None:
    own = edition(mission=mission(code="eom-2011", reconstruction="OSCE/ODIHR"), key=None)
    located = {
        name: replace(each, definition=replace(each.definition, locator="XIV.A para 3"))
        for name, each in own.figures.items()
    }
    legend = _legend(lxml_html.fromstring(render(replace(own, figures=located))))
    assert list(legend) == ["printed: …"]
    assert "final report" in legend["printed: …"][0]
