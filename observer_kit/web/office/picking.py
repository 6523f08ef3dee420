"""Figures to be put into a text: found by words, question or number, and said as the text would say them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from observer_kit.checklists.model import Checklist, Question
from observer_kit.errors import KitError, NotFound
from observer_kit.missions.model import Mission
from observer_kit.statements.draft.checks import untold
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.marks import CASES, FORMS, MarkInvalid, figures_of, read
from observer_kit.statements.text.saying import Speaker
from observer_kit.storage import checklists, section_texts
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.frozen_sets import Bench, bench
from observer_kit.web.office import bp
from observer_kit.web.office.chips import made_of
from observer_kit.web.office.drafts import lay, me, refuse_closed
from observer_kit.web.office.figures import group_of
from observer_kit.web.office.parts import title_of
from observer_kit.web.speech import number, percent, tell, tell_or, text

SHOWN: Final = ("count", "of", "percent", "both", "all", "unseen")
"""The forms that the page without a script says of each figure."""
MOST: Final = 60
_SAME: Final = str.maketrans("ёәғқңөұүһіə", "еагкноуухиа")
"""Letters that many keyboards lack, and those that people type for them; as the phone's search has it."""
_STEM: Final = 0.65
"""Of a word that stands in another form: Russian and Kazakh words change at their end."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure to choose from, with all that it can be found by."""

    name: str
    label: str
    question: str
    said: str
    gap: bool
    base: bool
    search: str
    used: bool = False
    untold: bool = False
    """A key finding that no section tells yet."""
    forms: tuple[tuple[str, str], ...] = ()
    """Marks, each with what it says."""


def choices(found: Bench, asked: Mapping[str, Checklist], *, forms: bool = False) -> list[Choice]:
    """Give every figure that a draft may say: key findings that the text lacks first, then those that it uses."""
    texts = found.texts().values()
    used: frozenset[str] = frozenset().union(*map(figures_of, texts))
    lacking = frozenset(untold(texts, found.printable, found.frozen.weight))
    speaker = speaker_of(found) if forms else None
    questions = {(name, each.name): each for name, checklist in asked.items() for each in checklist.questions()}
    made = [
        replace(
            _choice(figure, asked, questions, found.mission),
            used=figure.definition.name in used,
            untold=figure.definition.name in lacking,
            forms=tuple(_forms(figure, speaker)) if speaker else (),
        )
        for figure in found.printable.values()
    ]
    return sorted(made, key=lambda each: (each.gap, not each.untold, not each.used))


def speaker_of(found: Bench) -> Speaker:
    """Give what says a draft's figures as its paper will."""
    return Speaker(
        found.language,
        found.mission.event,
        shares=found.style.shares,
        reconstruction=bool(found.mission.reconstruction),
    )


def _choice(
    figure: Figure, asked: Mapping[str, Checklist], questions: Mapping[tuple[str, str], Question], mission: Mission
) -> Choice:
    definition = figure.definition
    named = [name for name in (definition.checklist or "").split("+") if name in asked]
    places = [(name, definition.question or "") for name in named]
    question = next((questions[each] for each in places if each in questions), None)
    numbers = [figure.numerator, figure.denominator]
    plain = " ".join(f"{each} {number(each)}" for each in numbers if each is not None)
    if figure.numerator is not None and figure.denominator:
        plain += f" {percent(figure.numerator, figure.denominator)}"
    group = group_of(definition)
    words = [
        *definition.label.values(), *(question.label.values() if question else ()),
        *(word for name in named for word in asked[name].title.values()), tell_or(f"office.group_{group}", group),
        definition.name, plain,
    ]  # fmt: skip
    return Choice(
        name=definition.name,
        label=text(definition.label),
        question=text(question.label) if question else "",
        said=made_of(figure, mission),
        gap=figure.numerator is None,
        base=bool(figure.denominator),
        search=" ".join(words),
    )


def _forms(figure: Figure, speaker: Speaker) -> Iterator[tuple[str, str]]:
    for form in SHOWN:
        mark = f"[[{figure.definition.name} {form}]]"
        said = speaker.say(read(mark[2:-2]), figure)
        if not said.gap:
            yield mark, said.text


def fitting(found: Iterable[Choice], wanted: str) -> list[Choice]:
    """Give the figures that have every word that is looked for, in whatever form, the nearest first."""
    words = _words(wanted)
    ranked = [(_fit(f" {' '.join(_words(each.search))} ", words), each) for each in found]
    return [each for points, each in sorted(ranked, key=lambda pair: -pair[0]) if points]


def _words(said: str) -> list[str]:
    return re.findall(r"\w+", said.casefold().translate(_SAME))


def _fit(search: str, words: Iterable[str]) -> int:
    """Say how well a text, its words between spaces, has all these words; 0 where it lacks one."""
    points = 1
    for word in words:
        if f" {word} " in search:
            points += 4
        elif f" {word}" in search:
            points += 3
        elif word in search:
            points += 2
        elif len(word) < 5 or f" {word[: max(4, math.ceil(len(word) * _STEM))]}" not in search:
            return 0
    return points


def _asked(mission: str) -> dict[str, Checklist]:
    with store().reading() as tx:
        return checklists.current(tx, mission)


@bp.get("/drafts/<draft>/figures")
@audience("staff", "administrator", "head")
def pick(mission: str, draft: str) -> str:
    """Find figures and see what each would say; put one at the end of a section."""
    found = lay(mission, draft)
    wanted = request.args.get("q", "")[:200]
    fit = fitting(choices(found, _asked(mission), forms=True), wanted)
    return render_template(
        "office/draft_figures.html",
        mission=this_mission(),
        draft=found.statement,
        bench=found,
        wanted=wanted,
        title_of=title_of,
        section=request.args.get("section", ""),
        choices=fit[:MOST],
        total=len(fit),
        writes=may("staff", "administrator") and found.statement.open,
    )


@bp.get("/drafts/<draft>/figures.json")
@audience("staff", "administrator", "head")
def picker(mission: str, draft: str) -> Response:
    """Give every figure with all that it can be found by, the forms, and the nouns of the statement's language."""
    found = lay(mission, draft)
    grammar = Grammar(found.language, found.mission.event)
    rows = [
        {
            "name": each.name, "label": each.label, "question": each.question, "said": each.said,
            "search": each.search, "used": each.used, "untold": each.untold, "gap": each.gap,
            "base": each.base,
        }
        for each in choices(found, _asked(mission))
    ]  # fmt: skip
    nouns = [(name, grammar.noun(name).counted(5)) for name in sorted(grammar.nouns)]
    cases = [
        each for each in CASES if found.language == "kk" or (each != "abl" and found.language != "en") or each == "nom"
    ]
    return jsonify(
        figures=rows,
        forms=[(form, tell_or(f"office.form_{form}", form)) for form in FORMS if form != "verb"],
        nouns=sorted(nouns, key=lambda pair: pair[1]),
        cases=[(case, tell(f"office.case_{case}")) for case in cases],
    )


@bp.get("/drafts/<draft>/said.json")
@audience("staff", "administrator", "head")
def said(mission: str, draft: str) -> Response:
    """Say one mark."""
    found = lay(mission, draft)
    try:
        mark = read(request.args.get("mark", "").removeprefix("[[").removesuffix("]]"))
    except MarkInvalid as error:
        return jsonify(said="", problem=str(error))
    if mark.kind != "figure":
        return jsonify(said="", problem="")
    if mark.form == "stations":
        return jsonify(said=tell("office.form_stations"), problem="")
    done = speaker_of(found).say(mark, found.printable.get(mark.name))
    told = tell(f"office.problem_{done.code}") if done.code in _TOLD else done.told
    return jsonify(said=done.text, problem=told if done.code else "")


_TOLD: Final = frozenset((
    "figure_unknown", "not_counted", "number_not_printed", "zero_needs_words", "base_missing", "unseen_was_seen",
    "absolute_unguarded", "noun_unknown",
))  # fmt: skip


@bp.post("/drafts/<draft>/figures")
@audience("staff", "administrator")
def put(mission: str, draft: str) -> BaseResponse:
    """Put a mark at the end of a section, for those who have no script."""
    section, mark = request.form.get("section", ""), request.form.get("mark", "")
    if not re.fullmatch(r"\[\[[^\[\]\n]{1,200}\]\]", mark):
        raise MarkRefused(tell("office.problem_mark_invalid"), place="mark")
    try:
        read(mark[2:-2])
    except MarkInvalid as error:
        raise MarkRefused(str(error), place="mark") from None
    with store().atomic() as tx:
        found = bench(tx, config(), mission, draft)
        refuse_closed(found.statement)
        stands = found.standing.get(section)
        if stands is None:
            raise NotFound(tell("doors.error_not_found"))
        words = f"{stands.head.text} {mark}".strip()
        section_texts.save(tx, mission, draft, section, words, base=stands.head.sequence, tab="", turn=0, by=me())
    flash(tell("office.put", mark=mark))
    return redirect(url_for("office.draft", mission=mission, draft=draft, _anchor=f"s-{section}"), code=303)


class MarkRefused(KitError):
    """What should be put into a text is no mark."""

    code = "mark_invalid"
