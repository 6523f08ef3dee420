"""The vectors of tests/expressions.json in the browser's own XPath."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from observer_kit.checklists.expressions import compile_expression
from tests.browser.conftest import Field

pytestmark = pytest.mark.browser
VECTORS = json.loads((Path(__file__).resolve().parents[1] / "expressions.json").read_text("utf-8"))

RUN = """async (vectors) => {
  const { Sheet } = await import("/static/js/relevance.js");
  return vectors.map(({ xpath, types, answers, self_name }) => {
    const sheet = new Sheet(types);
    for (const [name, value] of Object.entries(answers)) sheet.put(name, value);
    return sheet.holds(xpath, self_name);
  });
}"""


def test_every_vector_gives_the_same_in_the_browser(field: Field, browser: Browser) -> None:
    cases = []
    for vector in VECTORS:
        types, answers = dict(vector["types"]), dict(vector["answers"])
        own = types.pop(".", None)
        expression = compile_expression(vector["expression"], types, "vector", self_type=own)
        if own is not None:
            types["its_own"], answers["its_own"] = own, vector["self"]
        name = None if own is None else "its_own"
        cases.append({"xpath": expression.xpath, "types": types, "answers": answers, "self_name": name})
    page = browser.new_page()
    page.goto(f"{field.url}/o/en/missing")
    results = page.evaluate(RUN, cases)
    page.close()
    wrong = [
        (vector, result)
        for vector, result in zip(VECTORS, results, strict=True)
        if result is not vector["result"]
    ]  # fmt: skip
    assert wrong == []
    assert len(results) > 50
