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
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED
from observer_kit.checklists.syntax import Node, parse, refuse

KINDS: Final = {
    "integer": "number", "decimal": "number", "text": "text", "yes_no": "choice", "rating": "choice",
    "select_one": "choice", "select_multiple": "choices", "datetime": "moment", "date": "moment",
    "photo": "file", "geopoint": "place",
}  # fmt: skip
"""What an answer of each question type is in an expression; a note has no answer."""

WORDS: Final = {
    "number": "a number", "text": "a text", "choice": "a choice", "choices": "several choices",
    "moment": "a date or time", "file": "a photo", "place": "a place", "condition": "a condition",
}  # fmt: skip
FUNCTIONS: Final = {"not": 1, "number": 1, "string-length": 1, "selected": 2, "count-selected": 1, "coalesce": 2}
LONGEST_XPATH: Final = 4000
KEPT: Final = 64
"""Sets of answers for which an expression remembers whether it holds."""
RESERVED: Final = frozenset({"", NOT_APPLICABLE, NOT_OBSERVED})


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
    rewriter = _Rewriter(names, place, self_type, codes or {})
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A rewritten piece: what it is and its XPath; `raw` is its text where it is a node or a literal."""

    kind: str
    xpath: str
    column: int
    exact: bool = True  # whole numbers only: compared as they are
    raw: str | None = None
    literal: str | None = None
    name: str | None = None


class _Rewriter:
    """Walk the tree once, checking types and writing XPath."""

    def __init__(
        self, names: Mapping[str, str], place: str, self_type: str | None, codes: Mapping[str, Collection[str]]
    ) -> None:
        self.names, self.place, self.self_type, self.codes = names, place, self_type, codes
        self.uses: dict[str, str] = {}
        self.uses_self = False

    def rewrite(self, node: Node) -> _Part:
        if node.kind == "number":
            return _Part("number", node.value, node.column, "." not in node.value, _quoted(node.value), node.value)
        if node.kind == "text":
            quoted = _quoted(node.value)
            return _Part("text", quoted, node.column, raw=quoted, literal=node.value)
        if node.kind == "reference":
            if node.value not in self.names:
                refuse(self.place, node.column, f"no question is named {node.value!r} here")
            self.uses[node.value] = self.names[node.value]
            return self._answer(node, node.value, self.names[node.value], f"/answers/{node.value}")
        if node.kind == "self":
            if self.self_type is None:
                refuse(self.place, node.column, "'.' stands for the question's own answer, and there is none here")
            self.uses_self = True
            return self._answer(node, ".", self.self_type, ".")
        if node.kind == "minus":
            part = self._number(node.parts[0])
            literal = f"-{part.literal}" if part.literal and not part.literal.startswith("-") else None
            raw = _quoted(literal) if literal else None
            return _Part("number", f"(- {part.xpath})", node.column, part.exact, raw, literal)
        if node.kind == "call":
            return self._call(node)
        if node.value in ("and", "or"):
            left, right = (self._condition(part) for part in node.parts)
            return _Part("condition", f"({left.xpath} {node.value} {right.xpath})", node.column)
        if node.value in ("+", "-", "*", "div", "mod"):
            left, right = (self._number(part) for part in node.parts)
            exact = left.exact and right.exact and node.value != "div"
            return _Part("number", f"({left.xpath} {node.value} {right.xpath})", node.column, exact)
        return self._comparison(node)

    def _answer(self, node: Node, name: str, type: str, path: str) -> _Part:
        kind = KINDS.get(type)
        if kind is None:
            refuse(self.place, node.column, f"{name!r} has no answer: its type is {type}")
        raw = f"string({path})"
        xpath = f"number({path})" if kind == "number" else raw
        return _Part(kind, xpath, node.column, type == "integer", raw, name=name)

    def _number(self, node: Node) -> _Part:
        part = self.rewrite(node)
        if part.kind != "number":
            refuse(self.place, part.column, f"expected a number, found {WORDS[part.kind]}")
        return part

    def _condition(self, node: Node) -> _Part:
        part = self.rewrite(node)
        if part.kind != "condition":
            refuse(self.place, part.column, f"expected a condition, found {WORDS[part.kind]}")
        return part

    def _comparison(self, node: Node) -> _Part:
        left, right = (self.rewrite(part) for part in node.parts)
        sign = node.value
        if "" in (left.literal, right.literal) and sign in ("=", "!="):
            return self._blank_test(node, left, right)
        if left.kind == right.kind == "number":
            if left.exact and right.exact:
                return _Part("condition", f"({left.xpath} {sign} {right.xpath})", node.column)
            sides = (f"round({part.xpath} * 1000000)" for part in (left, right))
            return _Part("condition", f"({f' {sign} '.join(sides)})", node.column)
        if sign not in ("=", "!="):
            odd = next(part for part in (left, right) if part.kind != "number")
            refuse(self.place, odd.column, f"{sign!r} compares numbers, not {WORDS[odd.kind]}")
        kinds = {left.kind, right.kind}
        literal = left.literal is not None or right.literal is not None
        if kinds == {"text"} or kinds == {"choice"} or (kinds == {"choice", "text"} and literal):
            self._check_code(left, right)
            self._check_code(right, left)
            return _Part("condition", f"({left.xpath} {sign} {right.xpath})", node.column)
        hint = "; use selected()" if "choices" in kinds else ""
        refuse(self.place, node.column, f"can't compare {WORDS[left.kind]} with {WORDS[right.kind]}{hint}")

    def _blank_test(self, node: Node, left: _Part, right: _Part) -> _Part:
        for part in (left, right):
            if part.raw is None or (part.kind == "number" and part.literal is not None):
                refuse(self.place, part.column, f"can't compare {WORDS[part.kind]} with a text")
        return _Part("condition", f"({left.raw} {node.value} {right.raw})", node.column)

    def _check_code(self, part: _Part, other: _Part) -> None:
        """Refuse a code that the other side's question does not offer."""
        if part.literal is None or other.name is None or other.name not in self.codes or other.kind == "text":
            return
        if part.literal not in self.codes[other.name] and part.literal not in RESERVED:
            expected = ", ".join(self.codes[other.name])
            refuse(self.place, part.column, f"{part.literal!r} is no answer of {other.name!r}; expected {expected}")

    def _call(self, node: Node) -> _Part:
        name, given = node.value, len(node.parts)
        if name not in FUNCTIONS:
            refuse(self.place, node.column, f"{name}() is not allowed; expected {', '.join(FUNCTIONS)}")
        needed = FUNCTIONS[name]
        if given != needed and not (name == "coalesce" and given > needed):
            refuse(self.place, node.column, f"{name}() takes {needed} values, found {given}")
        if name == "not":
            return _Part("condition", f"not({self._condition(node.parts[0]).xpath})", node.column)
        parts = [self.rewrite(part) for part in node.parts]
        if name == "coalesce":
            return self._coalesce(node, parts)
        if name == "selected":
            return self._selected(node, parts[0], parts[1])
        if name == "count-selected":
            return self._count_selected(node, parts[0])
        if name == "string-length":
            if parts[0].kind != "text":
                refuse(self.place, parts[0].column, f"string-length() takes a text, found {WORDS[parts[0].kind]}")
            return _Part("number", f"string-length({parts[0].xpath})", node.column)
        if parts[0].kind == "number":
            return parts[0]
        if parts[0].kind != "text":
            refuse(self.place, parts[0].column, f"number() takes a text, found {WORDS[parts[0].kind]}")
        # libxml2 reads '1e5' as a number where XPath 1.0 does not
        return _Part("number", f"number(translate({parts[0].xpath}, 'eE', 'xx'))", node.column, exact=False)

    def _selected(self, node: Node, part: _Part, code: _Part) -> _Part:
        if part.kind != "choices":
            refuse(self.place, part.column, f"selected() takes a select_multiple, found {WORDS[part.kind]}; use =")
        if code.kind != "text" or not code.literal or any(c.isspace() for c in code.literal):
            refuse(self.place, code.column, "selected() takes one code in quotes")
        self._check_code(code, part)
        return _Part(
            "condition", f"contains(concat(' ', {part.raw}, ' '), {_quoted(f' {code.literal} ')})", node.column
        )

    def _count_selected(self, node: Node, part: _Part) -> _Part:
        if part.kind != "choices":
            refuse(self.place, part.column, f"count-selected() takes a select_multiple, found {WORDS[part.kind]}")
        tidy = f"normalize-space({part.raw})"
        spaces = f"(string-length({tidy}) - string-length(translate({tidy}, ' ', '')))"
        return _Part("number", f"({spaces} + number({tidy} != ''))", node.column)

    def _coalesce(self, node: Node, parts: list[_Part]) -> _Part:
        kinds = {part.kind for part in parts}
        for part in parts:
            if part.raw is None or part.kind not in ("number", "text", "choice"):
                refuse(self.place, part.column, "coalesce() takes answers and literals, not something worked out")
        if len(kinds) > 1 and not (
            kinds == {"choice", "text"} and all(part.literal is not None for part in parts if part.kind == "text")
        ):
            refuse(
                self.place, node.column, f"coalesce() can't mix {' and '.join(sorted(WORDS[kind] for kind in kinds))}"
            )
        raw = str(parts[-1].raw)
        for part in reversed(parts[:-1]):
            raw = f"concat({part.raw}, substring({raw}, 1, number({part.raw} = '') * string-length({raw})))"
            if len(raw) > LONGEST_XPATH:
                refuse(self.place, node.column, "coalesce() is nested too deep")
        kind = "choice" if "choice" in kinds else kinds.pop()
        xpath = f"number({raw})" if kind == "number" else raw
        return _Part(kind, xpath, node.column, all(part.exact for part in parts), raw)


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
