"""Quotation marks and apostrophes of everything people read are typographic: ’ “ ” in English, « » and ’ beside it."""

import re
import tomllib
from functools import cache

import pytest

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources

MARKS = re.compile(r"\[\[.*?\]\]|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SAID_IN_JINJA = re.compile(r'"([^"]* [^"]*)"')
PATTERNS = {"date"}
"""Keys whose values are patterns of Babel, where a straight mark quotes."""


@cache
def loaded(path):
    return tomllib.loads(path.read_text("utf-8"))


def said(value, language, inside=False):
    """Give every text of a language in a TOML file: under a key of that language, or all in a file of its own."""
    if isinstance(value, str):
        if inside:
            yield value
    elif isinstance(value, list):
        for each in value:
            yield from said(each, language, inside)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in PATTERNS and (key == language or key not in LANGUAGES):
                yield from said(each, language, inside or key == language)


def shown(language):
    """Give what the language's papers and pages say, with the file it stands in."""
    for folder in ("templates", "forms"):
        for path in sorted(resources(folder).rglob("*.toml")):
            own = path.name.endswith(f".{language}.toml")
            if own or not re.search(r"\.(en|ru|kk)\.toml$", path.name):
                for text in said(loaded(path), language, inside=own):
                    yield path, text
    for path in sorted(resources("templates").glob(f"statements/*/{language}/*.md")):
        text = path.read_text("utf-8")
        yield path, MARKS.sub("", text)
        for code in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL):
            for spoken in SAID_IN_JINJA.findall(code):
                yield path, MARKS.sub("", spoken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_a_straight_apostrophe_or_quotation_mark(language):
    texts = list(shown(language))
    assert len(texts) > 2000
    assert [(str(path), text) for path, text in texts if "'" in text or '"' in text] == []
