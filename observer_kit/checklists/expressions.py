"""`relevant` and `constraint`, rewritten when loaded to an XPath 1.0 that lxml and a browser read alike.

Values are never pasted into an expression: it looks at the nodes of a small
document (see `document`). Numbers are read with number(), so that a blank is
NaN; texts with string(). Where a decimal or a division takes part, both sides
are compared to six places: 0.1 + 0.2 = 0.3 holds, in every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from observer_kit.checklists.document import document, node_text
from observer_kit.checklists.rewriting import WORDS, Rewriter
from observer_kit.checklists.syntax import parse, refuse

KEPT: Final = 64
"""Sets of answers for which an expression remembers whether it holds."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `xpath` works unchanged in a browser's document.evaluate."""

    text: str
    xpath: str
    uses: Mapping[str, str]  # each question that it names, and its type
    self_type: str | None
    _decide: Callable[[tuple[str, ...], str], bool] = field(repr=False, compare=False)

    def evaluate(self, answers: Mapping[str, Any], self_value: Any = None) -> bool:
        """Say whether it holds for these answers; `self_value` is what `.` stands for."""
        texts = {name: node_text(answers.get(name), type) for name, type in self.uses.items()}
        return self.holds(texts, node_text(self_value, self.self_type) if self.self_type else "")

    def holds(self, texts: Mapping[str, str], self_text: str = "") -> bool:
        """Say whether it holds where each question that it names has this text (see `node_text`)."""
        return self._decide(tuple([texts[name] for name in self.uses]), self_text if self.self_type else "")


def compile_expression(
    text: str,
    names: Mapping[str, str],
    place: str,
    *,
    self_type: str | None = None,
    codes: Mapping[str, Collection[str]] | None = None,
) -> Expression:
    """Check and rewrite an expression over these questions (name → type).

    `self_type` is the type of the question that owns it (None: `.` is
    refused); `codes` the answers of each choice question, `.` for its own, so
    that a misspelt code is refused too. Raises ExpressionInvalid with the
    place and the column.
    """
    rewriter = Rewriter(names, place, self_type, codes or {})
    result = rewriter.rewrite(parse(text, place))
    if result.kind != "condition":
        refuse(place, 1, f"expected a condition, found {WORDS[result.kind]}")
    uses_self = rewriter.uses_self
    decide = _decider(result.xpath, tuple(rewriter.uses), uses_self)
    return Expression(text, result.xpath, dict(rewriter.uses), self_type if uses_self else None, decide)


def _decider(xpath: str, names: tuple[str, ...], uses_self: bool) -> Callable[[tuple[str, ...], str], bool]:
    find = etree.XPath(xpath, smart_strings=False)

    @lru_cache(maxsize=KEPT)  # most answers are one of a few codes: the same ones need no second look
    def decide(texts: tuple[str, ...], self_text: str) -> bool:
        root = document(dict(zip(names, texts, strict=True)))
        if not uses_self:
            return bool(find(root))
        node = etree.SubElement(root, "self")
        node.text = self_text
        return bool(find(node))

    return decide
