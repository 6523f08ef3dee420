"""A draft's sections as its pages show them: what each says, what is to be mended, what belongs to a chapter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from markupsafe import Markup, escape

from observer_kit.statements.text import Problem, SectionPlan, SetStatement
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.marks import CASES, FORMS, stray
from observer_kit.statements.text.safety import plain
from observer_kit.storage.remarks import Remark
from observer_kit.web.frozen_sets import Bench
from observer_kit.web.office.chips import chips
from observer_kit.web.speech import language, tell, tell_or, text

_NAME = re.compile(r"\b[a-z][a-z_]{2,}\b(?![;&])")
_MARK = re.compile(r"\[\[[^\[\]\n]*\]\]")


@dataclass(frozen=True, slots=True)
class Part:
    """One section as the page shows it."""

    plan: SectionPlan
    number: str
    title: str
    level: int
    text: str
    base: int | None
    beside: int
    html: Markup
    problems: tuple[str, ...]
    remarks: tuple[Remark, ...]

    @property
    def words(self) -> int:
        """Count its words, a mark as one."""
        return count_words(self.text)

    @property
    def lacking(self) -> bool:
        """Tell whether a person still has to write it."""
        return self.plan.kind in ("room", "verdict") and not self.text.strip()

    @property
    def called(self) -> str:
        """Name it in the page's language, which need not be the statement's."""
        return title_of(self.plan, language())

    @property
    def prompt(self) -> Markup:
        """Say what is to be written here; the names of facts stand as code, for they are of no language."""
        said = escape(text(self.plan.prompt))
        return said if language() == "en" else Markup(_NAME.sub(r"<code>\g<0></code>", str(said)))  # noqa: S704 -- escaped


def count_words(text: str) -> int:
    """Count words; a mark is one."""
    return len(re.findall(r"\w+(?:[-’']\w+)*", _MARK.sub(" x ", text)))


def title_of(plan: SectionPlan, said_in: str) -> str:
    """Name a section: by its title, else by what is to be written there."""
    prompt = plan.prompt.get(said_in, "").split(" (")[0].split(". ")[0].rstrip(".")
    return plan.title.get(said_in, "") or prompt or tell("office.untitled")


def parts_of(found: Bench, done: SetStatement, said: list[Remark], texts: Mapping[str, str]) -> list[Part]:
    """Put a draft's sections in order, each with what it will say."""
    made = {each.id: each for each in done.sections}
    parts = []
    for plan in found.style.sections:
        stands, ready = found.standing.get(plan.id), made.get(plan.id)
        parts.append(
            Part(
                plan=plan,
                number=ready.number if ready else "",
                title=title_of(plan, found.language),
                level=ready.level if ready else 2,
                text=plain(texts[plan.id]),
                base=stands.head.sequence if stands else None,
                beside=len(stands.beside) if stands else 0,
                html=chips(ready.html if ready else "", done.used, found.named, found.mission),
                problems=tuple(problems_of(found, done, plan.id, texts[plan.id])),
                remarks=tuple(each for each in said if each.section == plan.id),
            )
        )
    return parts


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section with those below it, by itself: what a link to it opens."""

    id: str
    parts: tuple[Part, ...]
    before: Part | None
    after: Part | None


def chapter_of(parts: Sequence[Part], wanted: str) -> Chapter | None:
    """Find a chapter with its neighbours; none where the draft has no such section."""
    first = next((place for place, each in enumerate(parts) if each.plan.id == wanted), None)
    if first is None:
        return None
    level = parts[first].level
    end = next((place for place in range(first + 1, len(parts)) if parts[place].level <= level), len(parts))
    before = next((each for each in reversed(parts[:first]) if each.level <= level), None)
    return Chapter(wanted, tuple(parts[first:end]), before, parts[end] if end < len(parts) else None)


def problems_of(found: Bench, done: SetStatement, section: str, words: str) -> Iterator[str]:
    """Say what a section's author has to mend, brackets that make no mark among it."""
    for problem in done.problems:
        if problem.place == section:
            near = ", ".join(_near(problem, found))
            yield plain(said_of(problem)) + (f"; {tell('office.near_it', names=near)}" if near else "")
    for line, rest in stray(words):
        yield f"{tell('office.line_n', n=line)}, {plain(rest)}: {tell('office.problem_mark_open')}"


def said_of(problem: Problem) -> str:
    """Say a problem in the page's language where the office knows it, else as the text room does."""
    mark = _MARK.match(problem.message)
    told = tell_or(f"office.problem_{problem.code}", problem.message)
    return f"{mark.group(0)}: {told}" if mark and not told.startswith("[[") else told


def _near(problem: Problem, found: Bench) -> Iterable[str]:
    """Name what the author of a mark may have meant."""
    mark = _MARK.match(problem.message)
    words = mark.group(0)[2:-2].replace(":", " :").split() if mark else []
    known: Mapping[str, tuple[int, Iterable[str]]] = {
        "figure_unknown": (0, found.printable),
        "form_unknown": (1, FORMS),
        "noun_unknown": (2, Grammar(found.language, found.mission.event).nouns),
    }
    if problem.code == "case_unknown":
        return CASES
    place, names = known.get(problem.code, (0, ()))
    return get_close_matches(words[place], names, 3, 0.5) if len(words) > place else ()
