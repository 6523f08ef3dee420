"""Jinja for the texts of other people: conditions, loops and plain output, which see `d` and end.

What is parsed is read node by node, and anything else is refused with file and
line before it runs; then it runs in Jinja's own immutable sandbox, where every
turn of a loop and every question to `d` is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from jinja2 import BaseLoader, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext, StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from observer_kit.statements.text.draftable import ASKED, Draftable
from observer_kit.statements.text.model import Style, StyleInvalid, StyleUnknown

FILTERS: Final = frozenset({"length", "first", "last"})
TESTS: Final = frozenset({"defined", "in", "none", "sameas", "eq", "ne", "gt", "lt", "ge", "le"})
LOOP: Final = frozenset({"first", "last", "index", "length"})
DEEPEST: Final = 2
MOST_STEPS: Final = 20_000
"""Turns of loops and questions to `d` that one section may take: the largest mission's sections take some hundreds."""
_COUNTED: Final = "counted by the sandbox"
"""The name of a filter that no text can write."""
_MOST_ITEMS: Final = 200
_TAGS: Final = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})", re.DOTALL)
MAY_BE_EMPTY: Final = "\x00"
"""Ends a line in which there are tags: it goes when they left nothing in it."""
_PLAIN: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Name, nodes.Const, nodes.Call, nodes.Getattr, nodes.Getitem,
    nodes.List, nodes.Tuple, nodes.Test, nodes.Filter, nodes.Include,
)  # fmt: skip


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's immutable sandbox, in which nothing but what `d` offers may be asked or called, and that not forever."""

    steps = 0

    def step(self, number: int = 1) -> None:
        """Count what a section does; raises StyleInvalid for one that does too much."""
        self.steps += number
        if self.steps > MOST_STEPS:
            raise StyleInvalid(f"takes more than {MOST_STEPS:,} turns of its loops")

    def counted(self, values: Iterable[Any]) -> list[Any]:
        """Give what a loop goes over, each time that it begins."""
        found = list(values)
        self.step(len(found))
        return found

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.step()
        return super().call(context, obj, *args, **kwargs)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        for loop in source.find_all(nodes.For):
            counted = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
            counted.set_environment(self)
            loop.iter = counted
        return super()._generate(source, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, LoopContext):
            return attr in LOOP
        return attr in ASKED.get(type(obj), ())

    def is_safe_callable(self, obj: Any) -> bool:
        own = getattr(obj, "__self__", None)
        return isinstance(own, Draftable) and getattr(obj, "__name__", "") in ASKED[Draftable]


class _Sections(BaseLoader):
    """The section files of one style and language; there is nothing else to include."""

    def __init__(self, style: Style, language: str) -> None:
        self.texts = style.texts[language]
        self.folder = f"{style.id}/{language}"

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Any]:
        name = template.removesuffix(".md")
        if name not in self.texts:
            raise TemplateNotFound(template, f"{template!r} is no section file of {self.folder}")
        return _lined(self.texts[name]), f"{self.folder}/{name}.md", None


def _lined(source: str) -> str:
    """Let a line that holds nothing but tags vanish, and mark the end of one whose tags may leave it empty.

    A condition then never glues two sentences together, nor parts a paragraph.
    """
    made: list[str] = []
    tagged = shown = False  # of the line that is being read
    for place, part in enumerate(_TAGS.split(source.replace(MAY_BE_EMPTY, ""))):
        if place % 2:
            tagged, shown = True, shown or part.startswith("{{")
            made.append(part)
            continue
        *whole, rest = part.split("\n")
        for line in whole:
            shown = shown or bool(line.strip())
            made.append(f"{line}\n" if not tagged else f"{line}{MAY_BE_EMPTY}\n" if shown else "{#\n#}")
            tagged = shown = False
        made.append(rest)
        shown = shown or bool(rest.strip())
    return "".join(made)


def _printable(value: Any) -> Any:
    """Let texts out alone: an object would show what it holds, and a number enters a text as a mark."""
    if isinstance(value, Undefined):
        return value  # says itself what is missing
    if not isinstance(value, str):
        raise TypeError(f"only a text can be written, not a {type(value).__name__}; numbers are marks")
    return value


def environment(style: Style, language: str) -> ImmutableSandboxedEnvironment:
    """Make the sandbox in which a style's sections of one language are drafted; raises StyleUnknown."""
    if language not in style.texts:
        raise StyleUnknown(f"the style {style.id} has no texts in {language!r}; it has {', '.join(style.texts)}")
    made = _Environment(
        loader=_Sections(style, language),
        autoescape=False,  # Markdown is written, not HTML; the setting escapes
        undefined=StrictUndefined,
        finalize=_printable,
        lstrip_blocks=True,
    )
    made.globals.clear()
    for name in set(made.filters) - FILTERS:
        del made.filters[name]
    made.filters[_COUNTED] = made.counted
    for name in set(made.tests) - TESTS:
        del made.tests[name]
    return made


def parse(made: ImmutableSandboxedEnvironment, source: str, place: str) -> nodes.Template:
    """Parse one section file and refuse what is no condition, loop or plain output; raises StyleInvalid."""
    try:
        tree = made.parse(_lined(source), filename=place)
    except TemplateSyntaxError as error:
        raise StyleInvalid(f"{error.message}", place=f"{place}, line {error.lineno}") from None
    except RecursionError:
        raise StyleInvalid("is nested too deep to be read", place=place) from None
    _look(tree, place, 0)
    return tree


def _look(node: nodes.Node, place: str, loops: int, depth: int = 0) -> None:
    told = _refusal(node, loops)
    if told or depth > 100:
        raise StyleInvalid(told or "is nested too deep", place=f"{place}, line {node.lineno}")
    for child in node.iter_child_nodes():
        _look(child, place, loops + isinstance(node, nodes.For), depth + 1)


def _refusal(node: nodes.Node, loops: int) -> str | None:
    """Say why a node may not stand in a section; None where it may."""
    if not isinstance(node, _PLAIN):
        return f"{type(node).__name__.lower()} has no place here: only conditions, loops and what `d` offers"
    match node:
        case nodes.Name(name=name) if name.startswith("_"):
            return f"{name!r} can't be named"
        case nodes.Getattr(attr=attr) if attr.startswith("_"):
            return f"{attr!r} can't be asked"
        case nodes.Getitem(node=nodes.Getattr(attr="facts"), arg=nodes.Const()):
            return None
        case nodes.Getitem():
            return "[…] can be asked of d.facts alone"
        case nodes.Call(node=nodes.Getattr(node=nodes.Name(name="d"))) if not (node.dyn_args or node.dyn_kwargs):
            return None
        case nodes.Call():
            return "only what `d` offers can be called"
        case nodes.For(recursive=True):
            return "a loop may not call itself"
        case nodes.For() if loops >= DEEPEST:
            return f"loops may stand {DEEPEST} deep, no deeper"
        case nodes.Include() if loops:
            return "an include has no place in a loop"
        case nodes.Include(template=nodes.Const(value=str())):
            return None
        case nodes.Include():
            return "an include names one section file of this folder"
        case nodes.List(items=items) | nodes.Tuple(items=items) if len(items) > _MOST_ITEMS:
            return f"a list holds {_MOST_ITEMS} at most"
        case nodes.Assign(target=nodes.Name()):
            return None
        case nodes.Assign():
            return "only a plain name can be set"
    return None
