"""A style's section files × what a mission knows → the draft: Markdown in which every figure is still a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jinja2 import TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from observer_kit.errors import KitError
from observer_kit.statements.text.draftable import Draftable
from observer_kit.statements.text.model import SectionText, Style, StyleInvalid
from observer_kit.statements.text.sandbox import MAY_BE_EMPTY, environment, parse

LONGEST: Final = 1_000_000
"""Characters that one section may come to."""
_BRACKETS: Final = re.compile(r"[\[\]\s]+")


def draft(style: Style, language: str, draftable: Draftable) -> tuple[SectionText, ...]:
    """Draft every section that has a file; rooms and verdicts without one come empty, for staff to write.

    A section that can't be drafted is one mark that nothing can say: a gap
    with the reason in its place, and the others stand. Raises StyleUnknown for
    a language without texts.
    """
    environment(style, language)
    return tuple(_or_gap(style, language, section.id, draftable) for section in style.sections)


def _or_gap(style: Style, language: str, identifier: str, draftable: Draftable) -> SectionText:
    try:
        return draft_section(style, language, identifier, draftable)
    except KitError as error:
        return SectionText(identifier, f"[[{' '.join(_BRACKETS.sub(' ', f'{error.code}: {error}').split())[:190]}]]")


def draft_section(style: Style, language: str, identifier: str, draftable: Draftable) -> SectionText:
    """Draft one section anew; raises StyleInvalid naming file and line for a text that can't be drafted."""
    made, seen = environment(style, language), _sayable(style, draftable)
    return SectionText(identifier, _written(made, style, language, identifier, seen))


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
    text = re.sub(rf"^[ \t]*{MAY_BE_EMPTY}\n?", "", text, flags=re.MULTILINE).replace(MAY_BE_EMPTY, "")
    lines = (re.sub(r"(?<=\S)[ \t]{2,}", " ", line.rstrip()) for line in text.strip("\n").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line[1:] if re.match(r" \S", line) else line for line in lines)).strip()
