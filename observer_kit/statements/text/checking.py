"""Hold a style's folder against what there is: figures, facts, nouns, languages; and against typed numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from jinja2 import nodes

from observer_kit.checklists.model import EVENTS, LANGUAGES
from observer_kit.errors import KitError
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.listing import NAMES
from observer_kit.statements.text.marks import BARE, PATTERN, Mark, MarkInvalid, find
from observer_kit.statements.text.model import Problem, Style
from observer_kit.statements.text.sandbox import environment, parse
from observer_kit.statements.text.styles import read_style

_EXPRESSION: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SILENT: Final = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_MADE: Final = "made_by_the_loop"
"""Stands for a name that only the drafting knows: [[{{ row.figure }} percent]]."""
_GUARDED: Final = re.compile(r"""d\.fact\(\s*["']([\w.-]+)["']\s*\)""")
_NAMING: Final = frozenset({"has", "seen", "none", "every", "certainty", "regions", "ranked"})
_NUMBER: Final = re.compile(r"(?<![\w-])\d[\d\u00a0\u202f ,.:–/-]*(?:\d|(?=\W|$))")
_LATIN: Final = re.compile(r"[A-Za-z]{2,}")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
_MIXED: Final = re.compile(r"\w*(?:[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z])\w*")
_FEW: Final = 3
"""Latin words that a Russian or Kazakh section may hold without any Cyrillic: a name, an address."""
_LIST: Final = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)
LAWFUL: Final = re.compile(
    r"(?:\b(?:Articles?|Art\.|paragraphs?|para\.|items?|chapters?|Nos?\.|Resolution|Protocol No\.)"
    r"|\b(?:стать[а-я]+|ст\.|пункт[а-я]*|п\.|подпункт[а-я]*|част[а-я]+|глав[а-я]+)|№)"
    r"[\s\u00a0]*\d[\d/.()-]*(?:\s*(?:,|and|to|и|–|-)\s*\d[\d/.()-]*)*"
    r"|\b\d+(?:-\d+)?-(?:бап|тармақ|тармақша|бөлім|қосымша|тарау)\w*"
    r"|\b\d{1,2}\s(?:January|February|March|April|May|June|July|August|September|October|November|December)(?:\s\d{4})?"
    r"|\b(?:\d{1,2}\s)?(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\s\d{4}(?:\sгода)?"
    r"|\b\d{4}\sжыл\w*(?:\s\d{1,2}\s\w+)?|\b\d{4}\sгод[а-я]*",
)
"""Numbers that are no figures: of articles and paragraphs, and dates."""


def typed_numbers(text: str, allowed: Iterable[str] = ()) -> Iterator[tuple[int, str]]:
    """Give every number typed into a text with its line; marks, laws, dates and `allowed` phrases are none."""
    rest = _blanked(PATTERN, text)
    for phrase in sorted(allowed, key=len, reverse=True):
        rest = rest.replace(phrase, " " * len(phrase))
    rest = _blanked(_LIST, _blanked(LAWFUL, rest))
    for found in _NUMBER.finditer(rest):
        yield rest.count("\n", 0, found.start()) + 1, found.group(0).strip(" ,.:–-")


def _blanked(pattern: re.Pattern[str], text: str, by: str = " ") -> str:
    """Blank what a pattern finds, leaving every line where it is."""
    return pattern.sub(lambda found: by + "\n" * found.group(0).count("\n"), text)


def check_style(
    folder: Path,
    *,
    figures: Iterable[str] | None = None,
    facts: Iterable[str] | None = None,
) -> list[Problem]:
    """Name what is wrong in a style's folder; `figures` and `facts` are a mission's, unknown ones are then told.

    The kit's general figures are always known.
    """
    try:
        style = read_style(folder)
    except KitError as error:
        return [Problem(error.code, error.place or folder.name, error.message)]
    return list(dict.fromkeys(_Checker(style, figures, facts).all()))


class _Checker:
    def __init__(self, style: Style, figures: Iterable[str] | None, facts: Iterable[str] | None) -> None:
        from observer_kit.statements.definitions import load_definitions

        self.style = style
        self.figures = None if figures is None else frozenset(figures) | frozenset(load_definitions())
        self.facts = None if facts is None else frozenset(facts)
        self.charts = {plan.name for plan in style.plans("en")}
        self.grammars = [(language, Grammar(language, event)) for language in LANGUAGES for event in EVENTS]

    def all(self) -> Iterator[Problem]:
        yield from self._translated()
        for language, texts in self.style.texts.items():
            for section, text in texts.items():
                yield from self._file(language, section, text)
        for plan in self.style.plans("en"):
            if plan.shares and self.style.shares == "counts":
                told = f"chart {plan.name}: draws per cents in a style that says none"
                yield Problem("share_in_counts", f"{self.style.id}/style.toml", told)
            for name in (*plan.figures, *plan.map, plan.whole or ""):
                if name and self.figures is not None and name not in self.figures:
                    told = f"chart {plan.name}: no figure {name!r}"
                    yield Problem("figure_unknown", f"{self.style.id}/style.toml", told)

    def _translated(self) -> Iterator[Problem]:
        texts, known = self.style.texts, {section.id for section in self.style.sections}
        written = {section for found in texts.values() for section in found}
        parents = {section.parent for section in self.style.sections}
        for section in self.style.sections:
            if section.kind == "text" and section.id not in written | parents:
                told = "the section has no text in any language; a room or verdict may have none"
                yield Problem("section_missing", f"{self.style.id}/{section.id}", told)
            if section.kind in ("room", "verdict") and not any(section.prompt.values()):
                told = "nothing says what staff should write here: give a prompt"
                yield Problem("prompt_missing", f"{self.style.id}/style.toml, section {section.id}", told)
        for path in sorted(self.style.folder.glob("*/*.md")):
            if path.parent.name not in LANGUAGES:
                place = f"{self.style.id}/{path.parent.name}/{path.name}"
                yield Problem("language_unknown", place, f"expected one of {', '.join(LANGUAGES)}")
        yield from self._same_words()
        for section_id in sorted(written):
            for language in LANGUAGES:
                place = f"{self.style.id}/{language}/{section_id}.md"
                if section_id not in texts.get(language, {}):
                    yield Problem("untranslated", place, "the section has no text in this language")
                elif section_id not in known and not self._included(section_id):
                    yield Problem("section_unknown", place, "style.toml names no such section")
            yield from self._same_marks(section_id)

    def _same_words(self) -> Iterator[Problem]:
        """Name the titles and prompts that stand in Russian or Kazakh as they stand in English."""
        texts = [("name", self.style.name)]
        for section in self.style.sections:
            texts += [
                (f"section {section.id}, title", section.title),
                (f"section {section.id}, prompt", section.prompt),
            ]
        for told, text in texts:
            for language in ("ru", "kk"):
                written = text.get(language, "")
                if _LATIN.search(written) and not _CYRILLIC.search(written) and written == text.get("en"):
                    place = f"{self.style.id}/style.toml, {told}"
                    yield Problem("untranslated", place, f"in {language} the English words stand")

    def _included(self, section: str) -> bool:
        return any(f"{section}.md" in text for found in self.style.texts.values() for text in found.values())

    def _same_marks(self, section: str) -> Iterator[Problem]:
        sets = {
            language: {(m.kind, m.name) for m in _marks(found[section]) if m.name != _MADE}
            for language, found in self.style.texts.items()
            if section in found
        }
        all_marks: set[tuple[str, str]] = set().union(*sets.values())
        for language, own in sets.items():
            if missing := sorted(all_marks - own):
                names = ", ".join(name if kind == "figure" else f"{kind} {name}" for kind, name in missing)
                place = f"{self.style.id}/{language}/{section}.md"
                yield Problem("marks_differ", place, f"other languages use {names}, this text does not")

    def _file(self, language: str, section: str, text: str) -> Iterator[Problem]:
        place = f"{self.style.id}/{language}/{section}.md"
        made = environment(self.style, language)
        try:
            tree = parse(made, text, place)
        except KitError as error:
            yield Problem(error.code, error.place or place, error.message)
            return
        yield from self._asked(tree, place)
        plain = _blanked(_SILENT, _blanked(_EXPRESSION, text, _MADE), "")
        guarded = set(_GUARDED.findall(text))
        for line, _, mark in find(_blanked(_EXPRESSION, text, _MADE)):
            if isinstance(mark, Mark) and mark.kind == "fact" and mark.name in guarded:
                continue  # a fact that a mission may lack: the text asks before it speaks
            yield from self._mark(mark, f"{place}, line {line}", language)
        yield from _script(_blanked(PATTERN, _blanked(_SILENT, _blanked(_EXPRESSION, text))), language, place)
        for line, number in typed_numbers(plain, self.style.numbers):
            told = f"the number {number!r} is typed; a number enters a text as a mark"
            yield Problem("number_typed", f"{place}, line {line}", told)
        names = {id(arg) for call in tree.find_all(nodes.Call) for arg in call.args}
        for const in tree.find_all(nodes.Const):
            if isinstance(const.value, str) and (" " in const.value or id(const) not in names):
                for _, number in typed_numbers(const.value, self.style.numbers):
                    told = f"the number {number!r} is typed; a number enters a text as a mark"
                    yield Problem("number_typed", f"{place}, line {const.lineno}", told)

    def _asked(self, tree: nodes.Template, place: str) -> Iterator[Problem]:
        """Hold what the conditions ask of `d` against what there is."""
        for call in tree.find_all(nodes.Call):
            asked = call.node.attr if isinstance(call.node, nodes.Getattr) else ""
            names = [arg.value for arg in call.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
            where = f"{place}, line {call.lineno}"
            for name in names:
                if asked in _NAMING and self.figures is not None and name not in self.figures and asked != "ranked":
                    yield Problem("figure_unknown", where, f"d.{asked}: no figure {name!r}")
                if asked == "table" and name not in NAMES:
                    yield Problem("table_unknown", where, f"d.table: no table {name!r}; there are {', '.join(NAMES)}")
                if asked == "chart" and name not in self.charts:
                    yield Problem("chart_unknown", where, f"d.chart: style.toml has no chart {name!r}")

    def _mark(self, mark: Mark | MarkInvalid, place: str, language: str) -> Iterator[Problem]:
        if isinstance(mark, MarkInvalid):
            yield Problem(mark.code, place, str(mark))
            return
        known: Mapping[str, frozenset[str] | set[str] | None] = {
            "figure": self.figures, "fact": self.facts, "chart": self.charts, "date": None, "table": frozenset(NAMES),
        }  # fmt: skip
        names = known[mark.kind]
        if names is not None and mark.name not in names and mark.name != _MADE:
            yield Problem(f"{mark.kind}_unknown", place, f"{mark.source}: no {mark.kind} {mark.name!r}")
        if mark.noun and mark.noun not in (BARE, _MADE) and mark.form != "verb":
            lacking = sorted({told for told, grammar in self.grammars if mark.noun not in grammar.nouns})
            if lacking:
                told = f"{mark.source}: no noun {mark.noun!r} in {', '.join(lacking)}"
                yield Problem("noun_unknown", place, told)
        if mark.case == "abl" and (language != "kk" or mark.noun != BARE) and mark.kind != "date":
            yield Problem("case_unknown", place, f"{mark.source}: abl stands with digits alone, in Kazakh")


def _script(text: str, language: str, place: str) -> Iterator[Problem]:
    """Tell of a text in the wrong letters, and of words in which Latin and Cyrillic letters are mixed (i for і)."""
    if language != "en" and len(_LATIN.findall(text)) > _FEW and not _CYRILLIC.search(text):
        yield Problem("untranslated", place, "the text holds no Cyrillic letter")
    for found in _MIXED.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        told = f"{found.group(0)!r} mixes Latin and Cyrillic letters"
        yield Problem("letters_mixed", f"{place}, line {line}", told)


def _marks(text: str) -> Iterator[Mark]:
    for _, _, mark in find(_blanked(_EXPRESSION, text, _MADE)):
        if isinstance(mark, Mark):
            yield mark
