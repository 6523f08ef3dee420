"""The grammar of `relevant` and `constraint`: a declared subset of XLSForm's expressions, read into a tree.

    or-expression   := and-expression ("or" and-expression)*
    and-expression  := equality ("and" equality)*
    equality        := relation (("=" | "!=") relation)*
    relation        := sum (("<" | "<=" | ">" | ">=") sum)*
    sum             := product (("+" | "-") product)*
    product         := unary (("*" | "div" | "mod") unary)*
    unary           := "-" unary | primary
    primary         := number | 'text' | "text" | ${name} | "." | function "(" arguments ")" | "(" or-expression ")"

Everything else is refused with its column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NoReturn

from observer_kit.errors import ExpressionInvalid

LONGEST: Final = 2000
DEEPEST: Final = 40
DIGITS: Final = 15  # what a double holds whatever the engine's way of reading it

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?P<tail>[A-Za-z_][A-Za-z0-9_+-]*)?)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<reference>\$\{[^}]*\})
      | (?P<word>[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<sign><=|>=|!=|[=<>+*(),.-])
    """,
    re.VERBOSE,
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]|[^\u0000-\uffff]")


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of an expression: what it is, its word or sign, its parts, and the column where it stands."""

    kind: str  # number | text | reference | self | minus | operator | call
    value: str
    parts: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str
    column: int


def refuse(place: str, column: int, message: str) -> NoReturn:
    """Raise ExpressionInvalid that names the place and the column."""
    raise ExpressionInvalid(message, place=f"{place}, column {column}")


def parse(text: str, place: str) -> Node:
    """Read an expression into a tree; raises ExpressionInvalid with place and column."""
    if len(text) > LONGEST:
        refuse(place, LONGEST, f"longer than {LONGEST} characters")
    return _Parser(text, place).whole()


def _tokens(text: str, place: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        column = at + 1
        if match is None:
            if text[at] in "'\"":
                refuse(place, column, f"the text that begins with {text[at]} has no end")
            refuse(place, column, f"unexpected {text[at]!r}")
        at = match.end()
        kind = "number" if match["number"] else str(match.lastgroup)
        value = match.group()
        if match["tail"]:
            refuse(place, column, f"{value!r} is no number: digits and one point only, no exponent")
        if kind == "number":
            value = _plain_number(value, place, column)
        elif kind == "text":
            value = value[1:-1]
            if _CONTROL.search(value):
                refuse(place, column, "a text in an expression can't hold control characters or emoji")
        elif kind == "reference":
            value = value[2:-1].strip()
            if not _NAME.fullmatch(value):
                refuse(place, column, f"{value!r} is not a question's name")
        if kind != "space":
            tokens.append(_Token(kind, value, column))
    return tokens


def _plain_number(digits: str, place: str, column: int) -> str:
    whole, _, fraction = digits.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    if len(whole) + len(fraction) > DIGITS:
        refuse(place, column, f"{digits} has more than {DIGITS} digits")
    return f"{whole}.{fraction}" if fraction else whole


class _Parser:
    """Recursive descent, one method per line of the grammar."""

    def __init__(self, text: str, place: str) -> None:
        self.place = place
        self.tokens = _tokens(text, place)
        self.end = len(text) + 1
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        if not self.tokens:
            refuse(self.place, 1, "the expression is empty")
        node = self._or()
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            refuse(self.place, token.column, f"unexpected {token.value!r}")
        return node

    def _take(self, *values: str, kind: str = "sign") -> _Token | None:
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == kind and token.value in values:
                self.at += 1
                return token
        return None

    def _need(self, value: str) -> None:
        if self._take(value) is None:
            column = self.tokens[self.at].column if self.at < len(self.tokens) else self.end
            refuse(self.place, column, f"expected {value!r}")

    def _or(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            refuse(self.place, self.tokens[self.at - 1].column, f"nested deeper than {DEEPEST}")
        node = self._and()
        while token := self._take("or", kind="word"):
            node = Node("operator", "or", (node, self._and()), token.column)
        self.depth -= 1
        return node

    def _and(self) -> Node:
        node = self._equality()
        while token := self._take("and", kind="word"):
            node = Node("operator", "and", (node, self._equality()), token.column)
        return node

    def _equality(self) -> Node:
        node = self._relation()
        while token := self._take("=", "!="):
            node = Node("operator", token.value, (node, self._relation()), token.column)
        return node

    def _relation(self) -> Node:
        node = self._sum()
        while token := self._take("<", "<=", ">", ">="):
            node = Node("operator", token.value, (node, self._sum()), token.column)
        return node

    def _sum(self) -> Node:
        node = self._product()
        while token := self._take("+", "-"):
            node = Node("operator", token.value, (node, self._product()), token.column)
        return node

    def _product(self) -> Node:
        node = self._unary()
        while token := self._take("*") or self._take("div", "mod", kind="word"):
            node = Node("operator", token.value, (node, self._unary()), token.column)
        return node

    def _unary(self) -> Node:
        signs = []
        while token := self._take("-"):
            signs.append(token.column)
        if len(signs) > DEEPEST:
            refuse(self.place, signs[-1], f"nested deeper than {DEEPEST}")
        node = self._primary()
        for column in reversed(signs):
            node = Node("minus", "-", (node,), column)
        return node

    def _primary(self) -> Node:
        if self.at >= len(self.tokens):
            refuse(self.place, self.end, "the expression ends too early")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind in ("number", "text", "reference"):
            return Node(token.kind, token.value, (), token.column)
        if token.kind == "sign" and token.value == ".":
            return Node("self", ".", (), token.column)
        if token.kind == "sign" and token.value == "(":
            node = self._or()
            self._need(")")
            return node
        if token.kind == "word" and self._take("("):
            return Node("call", token.value, self._arguments(), token.column)
        if token.kind == "word" and token.value not in ("and", "or", "div", "mod"):
            refuse(self.place, token.column, f"{token.value!r} is neither ${{{token.value}}} nor a '{token.value}'")
        refuse(self.place, token.column, f"unexpected {token.value!r}")

    def _arguments(self) -> tuple[Node, ...]:
        if self._take(")"):
            return ()
        found = [self._or()]
        while self._take(","):
            found.append(self._or())
        self._need(")")
        return tuple(found)
