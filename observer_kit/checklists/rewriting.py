"""A parsed expression written again as XPath 1.0, its types and codes checked on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED
from observer_kit.checklists.syntax import Node, refuse

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
RESERVED: Final = frozenset({"", NOT_APPLICABLE, NOT_OBSERVED})


@dataclass(frozen=True, slots=True)
class Part:
    """A rewritten piece: what it is and its XPath; `raw` is its text where it is a node or a literal."""

    kind: str
    xpath: str
    column: int
    exact: bool = True  # whole numbers only: compared as they are
    raw: str | None = None
    literal: str | None = None
    name: str | None = None


class Rewriter:
    """Walk the tree once, checking types and writing XPath."""

    def __init__(
        self, names: Mapping[str, str], place: str, self_type: str | None, codes: Mapping[str, Collection[str]]
    ) -> None:
        self.names, self.place, self.self_type, self.codes = names, place, self_type, codes
        self.uses: dict[str, str] = {}
        self.uses_self = False

    def rewrite(self, node: Node) -> Part:
        if node.kind == "number":
            return Part("number", node.value, node.column, "." not in node.value, _quoted(node.value), node.value)
        if node.kind == "text":
            quoted = _quoted(node.value)
            return Part("text", quoted, node.column, raw=quoted, literal=node.value)
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
            return Part("number", f"(- {part.xpath})", node.column, part.exact, raw, literal)
        if node.kind == "call":
            return self._call(node)
        if node.value in ("and", "or"):
            left, right = (self._condition(part) for part in node.parts)
            return Part("condition", f"({left.xpath} {node.value} {right.xpath})", node.column)
        if node.value in ("+", "-", "*", "div", "mod"):
            left, right = (self._number(part) for part in node.parts)
            exact = left.exact and right.exact and node.value != "div"
            return Part("number", f"({left.xpath} {node.value} {right.xpath})", node.column, exact)
        return self._comparison(node)

    def _answer(self, node: Node, name: str, type: str, path: str) -> Part:
        kind = KINDS.get(type)
        if kind is None:
            refuse(self.place, node.column, f"{name!r} has no answer: its type is {type}")
        raw = f"string({path})"
        xpath = f"number({path})" if kind == "number" else raw
        return Part(kind, xpath, node.column, type == "integer", raw, name=name)

    def _number(self, node: Node) -> Part:
        part = self.rewrite(node)
        if part.kind != "number":
            refuse(self.place, part.column, f"expected a number, found {WORDS[part.kind]}")
        return part

    def _condition(self, node: Node) -> Part:
        part = self.rewrite(node)
        if part.kind != "condition":
            refuse(self.place, part.column, f"expected a condition, found {WORDS[part.kind]}")
        return part

    def _comparison(self, node: Node) -> Part:
        left, right = (self.rewrite(part) for part in node.parts)
        sign = node.value
        if "" in (left.literal, right.literal) and sign in ("=", "!="):
            return self._blank_test(node, left, right)
        if left.kind == right.kind == "number":
            if left.exact and right.exact:
                return Part("condition", f"({left.xpath} {sign} {right.xpath})", node.column)
            sides = (f"round({part.xpath} * 1000000)" for part in (left, right))
            return Part("condition", f"({f' {sign} '.join(sides)})", node.column)
        if sign not in ("=", "!="):
            odd = next(part for part in (left, right) if part.kind != "number")
            refuse(self.place, odd.column, f"{sign!r} compares numbers, not {WORDS[odd.kind]}")
        kinds = {left.kind, right.kind}
        literal = left.literal is not None or right.literal is not None
        if kinds == {"text"} or kinds == {"choice"} or (kinds == {"choice", "text"} and literal):
            self._check_code(left, right)
            self._check_code(right, left)
            return Part("condition", f"({left.xpath} {sign} {right.xpath})", node.column)
        hint = "; use selected()" if "choices" in kinds else ""
        refuse(self.place, node.column, f"can't compare {WORDS[left.kind]} with {WORDS[right.kind]}{hint}")

    def _blank_test(self, node: Node, left: Part, right: Part) -> Part:
        for part in (left, right):
            if part.raw is None or (part.kind == "number" and part.literal is not None):
                refuse(self.place, part.column, f"can't compare {WORDS[part.kind]} with a text")
        return Part("condition", f"({left.raw} {node.value} {right.raw})", node.column)

    def _check_code(self, part: Part, other: Part) -> None:
        """Refuse a code that the other side's question does not offer."""
        if part.literal is None or other.name is None or other.name not in self.codes or other.kind == "text":
            return
        if part.literal not in self.codes[other.name] and part.literal not in RESERVED:
            expected = ", ".join(self.codes[other.name])
            refuse(self.place, part.column, f"{part.literal!r} is no answer of {other.name!r}; expected {expected}")

    def _call(self, node: Node) -> Part:
        name, given = node.value, len(node.parts)
        if name not in FUNCTIONS:
            refuse(self.place, node.column, f"{name}() is not allowed; expected {', '.join(FUNCTIONS)}")
        needed = FUNCTIONS[name]
        if given != needed and not (name == "coalesce" and given > needed):
            refuse(self.place, node.column, f"{name}() takes {needed} values, found {given}")
        if name == "not":
            return Part("condition", f"not({self._condition(node.parts[0]).xpath})", node.column)
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
            return Part("number", f"string-length({parts[0].xpath})", node.column)
        if parts[0].kind == "number":
            return parts[0]
        if parts[0].kind != "text":
            refuse(self.place, parts[0].column, f"number() takes a text, found {WORDS[parts[0].kind]}")
        # libxml2 reads '1e5' as a number where XPath 1.0 does not
        return Part("number", f"number(translate({parts[0].xpath}, 'eE', 'xx'))", node.column, exact=False)

    def _selected(self, node: Node, part: Part, code: Part) -> Part:
        if part.kind != "choices":
            refuse(self.place, part.column, f"selected() takes a select_multiple, found {WORDS[part.kind]}; use =")
        if code.kind != "text" or not code.literal or any(c.isspace() for c in code.literal):
            refuse(self.place, code.column, "selected() takes one code in quotes")
        self._check_code(code, part)
        return Part("condition", f"contains(concat(' ', {part.raw}, ' '), {_quoted(f' {code.literal} ')})", node.column)

    def _count_selected(self, node: Node, part: Part) -> Part:
        if part.kind != "choices":
            refuse(self.place, part.column, f"count-selected() takes a select_multiple, found {WORDS[part.kind]}")
        tidy = f"normalize-space({part.raw})"
        spaces = f"(string-length({tidy}) - string-length(translate({tidy}, ' ', '')))"
        return Part("number", f"({spaces} + number({tidy} != ''))", node.column)

    def _coalesce(self, node: Node, parts: list[Part]) -> Part:
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
        return Part(kind, xpath, node.column, all(part.exact for part in parts), raw)


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
