"""A style's section files × what a mission knows → the draft: Markdown in which every figure is still a mark.

The files are Jinja, but only its conditions, loops and plain output: what is
parsed is read node by node, and anything else is refused with file and line
before it runs; then it runs in Jinja's own immutable sandbox, which sees `d`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from jinja2 import BaseLoader, TemplateError, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext, StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from observer_kit.errors import KitError
from observer_kit.statements.text.draftable import ASKED, Draftable
from observer_kit.statements.text.model import SectionText, Style, StyleInvalid, StyleUnknown

FILTERS: Final = frozenset({"length", "first", "last"})
TESTS: Final = frozenset({"defined", "in", "none", "sameas", "eq", "ne", "gt", "lt", "ge", "le"})
LOOP: Final = frozenset({"first", "last", "index", "length"})
DEEPEST: Final = 2
LONGEST: Final = 1_000_000
"""Characters that one section may come to."""
_MOST_ITEMS: Final = 200
_TAGS: Final = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})", re.DOTALL)
_MAY_BE_EMPTY: Final = "\x00"
"""Ends a line in which there are tags: it goes when they left nothing in it."""
_PLAIN: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Name, nodes.Const, nodes.Call, nodes.Getattr, nodes.Getitem,
    nodes.List, nodes.Tuple, nodes.Test, nodes.Filter, nodes.Include,
)  # fmt: skip


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's immutable sandbox, in which nothing but what `d` offers may be asked or called."""

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
    for place, part in enumerate(_TAGS.split(source.replace(_MAY_BE_EMPTY, ""))):
        if place % 2:
            tagged, shown = True, shown or part.startswith("{{")
            made.append(part)
            continue
        *whole, rest = part.split("\n")
        for line in whole:
            shown = shown or bool(line.strip())
            made.append(f"{line}\n" if not tagged else f"{line}{_MAY_BE_EMPTY}\n" if shown else "{#\n#}")
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


def draft(style: Style, language: str, draftable: Draftable) -> tuple[SectionText, ...]:
    """Draft every section that has a file; rooms and verdicts without one come empty, for staff to write.

    Raises StyleUnknown for a language without texts, StyleInvalid naming file
    and line for a text that can't be drafted.
    """
    made = environment(style, language)
    seen = _sayable(style, draftable)
    return tuple(
        SectionText(section.id, _written(made, style, language, section.id, seen)) for section in style.sections
    )


def draft_section(style: Style, language: str, identifier: str, draftable: Draftable) -> SectionText:
    """Draft one section anew."""
    return SectionText(identifier, _written(environment(style, language), style, language, identifier, draftable))


def _sayable(style: Style, draftable: Draftable) -> Draftable:
    """Leave out what a style without shares can't say of a rebuild: its source prints a per cent and no number."""
    return draftable.without_bare_shares() if style.shares == "counts" and draftable.reconstruction else draftable


def _written(
    made: ImmutableSandboxedEnvironment, style: Style, language: str, identifier: str, draftable: Draftable
) -> str:
    texts = style.texts[language]
    if identifier not in texts:
        return ""
    place = f"{style.id}/{language}/{identifier}.md"
    tree = parse(made, texts[identifier], place)
    for include in tree.find_all(nodes.Include):
        name = include.template.value.removesuffix(".md") if isinstance(include.template, nodes.Const) else ""
        inner = f"{style.id}/{language}/{name}.md"
        if name not in texts:
            raise StyleInvalid(f"{name!r} is no section file of this folder", place=f"{place}, line {include.lineno}")
        if next(parse(made, texts[name], inner).find_all(nodes.Include), None) is not None:
            raise StyleInvalid("a file that is included may include no other", place=inner)
    try:
        parts: list[str] = []
        length = 0
        for part in made.from_string(tree).generate(d=draftable):
            length += len(part)
            if length > LONGEST:
                raise StyleInvalid(f"comes to more than {LONGEST:,} characters", place=place)
            parts.append(part)
    except KitError as error:
        raise error if error.place else type(error)(error.message, place=place) from None
    except (TemplateError, TypeError, ValueError, KeyError, RecursionError) as error:
        line = getattr(error, "lineno", None) or next(_lines(error), None)
        raise StyleInvalid(_reason(error), place=f"{place}, line {line}" if line else place) from None
    return tidy("".join(parts))


def _reason(error: Exception) -> str:
    said = str(getattr(error, "message", None) or error).splitlines()
    return said[0] if said else type(error).__name__


def _lines(error: Exception) -> Iterator[int]:
    """Give the lines of the template in an error's traceback, innermost first."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith((".md", "<template>")):
            found.append(trace.tb_lineno)
        trace = trace.tb_next
    return iter(reversed(found))


def tidy(text: str) -> str:
    """Take out what conditions leave behind: spaces at ends, doubled spaces, more than one empty line."""
    text = re.sub(rf"^[ \t]*{_MAY_BE_EMPTY}\n?", "", text, flags=re.MULTILINE).replace(_MAY_BE_EMPTY, "")
    lines = (re.sub(r"(?<=\S)[ \t]{2,}", " ", line.rstrip()) for line in text.strip("\n").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line[1:] if re.match(r" \S", line) else line for line in lines)).strip()
