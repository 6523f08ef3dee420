"""The answers of a rebuild: every printed count exact, everything else plain and good.

Questions are answered one after the other over all reports of a checklist, so
that a question asked only after another answer meets just the reports in
which it is asked. Of a place known by name only what is printed is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from observer_kit.checklists.expressions import compile_expression
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.errors import MissionInvalid
from observer_kit.missions.draw import apportion, share_count, unit
from observer_kit.missions.model import Mission
from observer_kit.missions.plain import plain
from observer_kit.missions.plan import FILE, Plan, Target
from observer_kit.missions.sheet import Sheet
from observer_kit.missions.spread import choose
from observer_kit.missions.visits import Observation

FRAME: Final = ("arrival", "departure", "env_urban_rural", "env_station_type", "ta_level")
"""What a report must say of itself; the only unprinted answers given of a named place."""
_SILENT_NOT_APPLICABLE: Final = 0.015
_SILENT_NOT_OBSERVED: Final = 0.045
_SILENT_MISSING: Final = 0.99


class Filler:
    """Fills in all reports of one checklist."""

    def __init__(self, mission: Mission, plan: Plan, checklist: Checklist, observations: Iterable[Observation]) -> None:
        self.mission = mission
        self.plan = plan
        self.checklist = checklist
        self.sheets = [Sheet(observation) for observation in observations]
        types = {question.name: question.type for question in checklist.questions()}
        place = checklist.name
        self.relevant = {
            question.name: compile_expression(question.relevant, types, f"{place}, {question.name}")
            for question in checklist.questions()
            if question.relevant
        }
        self.constraints = {
            question.name: compile_expression(
                question.constraint, types, f"{place}, {question.name}", self_type=question.type
            )
            for question in checklist.questions()
            if question.constraint
        }
        self._check_bindings(types)

    def fill(self) -> list[Sheet]:
        """Answer every question in every report."""
        questions = [question for question in self.checklist.questions() if question.repeat is None]
        # The overall rating comes first: a report that ends badly is where findings lie.
        questions.sort(key=lambda question: not (question.name.endswith("_overall") and not question.relevant))
        for question in questions:
            if question.type != "note":
                self._answer(question)
        order = {question.name: place for place, question in enumerate(self.checklist.questions())}
        for sheet in self.sheets:
            sheet.answers = dict(sorted(sheet.answers.items(), key=lambda item: order[item[0]]))
        return self.sheets

    def _check_bindings(self, types: dict[str, str]) -> None:
        for target in self.plan.targets:
            if target.checklist == self.checklist.name and target.question not in types:
                raise MissionInvalid(
                    f"figure {target.figure} counts {target.question!r}, which {target.checklist} does not ask",
                    place="figures.toml",
                )

    def _answer(self, question: Question) -> None:
        relevant = self.relevant.get(question.name)
        asked = [sheet for sheet in self.sheets if relevant is None or relevant.evaluate(sheet.answers)]
        open_sheets = []
        for sheet in asked:
            printed = self.plan.named.get((self.checklist.name, sheet.place), {})
            if sheet.observation.named and (question.name in printed or question.name not in FRAME):
                self._answer_as_printed(question, sheet)
            else:
                open_sheets.append(sheet)
        targets = self.plan.targets_of(self.checklist.name, question.name)
        if not targets:
            for sheet in open_sheets:
                self._set_plain(question, sheet)
        elif targets[0].measure == "sum":
            self._reach_sum(question, targets[0], open_sheets)
        elif targets[0].measure == "ratio":
            self._reach_ratio(question, targets[0], open_sheets)
        else:
            self._reach_counts(question, targets, asked, open_sheets)
        if question.name.endswith("_overall"):
            for sheet in self.sheets:
                sheet.negative = sheet.answers.get(question.name) in ("bad", "very_bad")

    def _answer_as_printed(self, question: Question, sheet: Sheet) -> None:
        printed = self.plan.named.get((self.checklist.name, sheet.place), {})
        if question.name in printed:
            sheet.answers[question.name] = printed[question.name]
            if note := self.plan.notes.get((sheet.place, question.name)):
                sheet.comments[question.name] = f"Printed of this place: {note}."
        else:
            sheet.answers[question.name] = NOT_OBSERVED if question.not_observed else None

    def _silence(self, question: Question, sheet: Sheet) -> tuple[bool, str | None]:
        """Say whether this report gives no answer here, and which non-answer it gives."""
        if question.name in FRAME or question.type == "rating" or question.required:
            return False, None
        drawn = unit(self.mission.code, "silent", self.checklist.name, question.name, sheet.place)
        if question.not_applicable and drawn < _SILENT_NOT_APPLICABLE:
            return True, NOT_APPLICABLE
        if question.not_observed and drawn < _SILENT_NOT_OBSERVED:
            return True, NOT_OBSERVED
        return drawn > _SILENT_MISSING, None

    def _set_plain(self, question: Question, sheet: Sheet) -> None:
        silent, value = self._silence(question, sheet)
        if not silent:
            constraint = self.constraints.get(question.name)
            value = plain(self.mission, self.plan, question, sheet, constraint)
        sheet.answers[question.name] = value

    def _reach_counts(
        self, question: Question, targets: Sequence[Target], asked: Sequence[Sheet], open_sheets: Sequence[Sheet]
    ) -> None:
        """Give exactly as many reports the counted answers as each target says; the others answer otherwise."""
        codes = question.codes
        for target in targets:
            if unknown := set(target.counted) - set(codes):
                raise MissionInvalid(
                    f"figure {target.figure} counts {sorted(unknown)[0]!r}, no answer of {question.name}",
                    place="figures.toml",
                )
        # No more reports may be silent than the printed counts leave room for.
        room = (len(open_sheets) - sum(target.count or 0 for target in targets)) // 4
        speaking = []
        for sheet in open_sheets:
            silent, value = self._silence(question, sheet)
            if silent and room > 0 and not any(target.complete for target in targets):
                sheet.answers[question.name] = value
                room -= 1
            else:
                speaking.append(sheet)
        printed = [sheet for sheet in asked if sheet.observation.named]
        answered = len(speaking) + sum(self._is_code(question, sheet) for sheet in printed)
        left = speaking
        for target in targets:
            fixed = sum(self._counts(sheet.answers.get(question.name), target.counted) for sheet in printed)
            base = answered if target.base == "answered" else len(asked)
            need = self._count(target, base) - fixed
            chosen = self._choose(question, target, left, need)
            marked = {id(sheet) for sheet in chosen}
            left = [sheet for sheet in left if id(sheet) not in marked]
            for sheet in chosen:
                sheet.answers[question.name] = self._value(question, target.counted, sheet)
        counted = {code for target in targets for code in target.counted}
        others = tuple(code for code in codes if code not in counted)
        if not others and all(target.count is None for target in targets):
            others = targets[-1].counted  # rounding left one over: the shares still round as printed
        for sheet in left:
            sheet.answers[question.name] = self._value(question, others, sheet) if others else None

    def _choose(self, question: Question, target: Target, left: Sequence[Sheet], need: int) -> list[Sheet]:
        key = (self.checklist.name, question.name)
        regional = self.plan.regional(*key, target.counted)
        quotas: dict[str | None, int] | None = None
        if regional:
            sizes: dict[str | None, int] = {}
            for sheet in left:
                region = sheet.observation.location.region
                sizes[region] = sizes.get(region, 0) + 1
            quotas = {code: self._count(one, sizes.get(code, 0)) for code, one in regional.items()}
            rest = {code: size for code, size in sizes.items() if code not in quotas}
            quotas |= apportion(need - sum(quotas.values()), rest)
        place = self.plan.places.get(key)
        chosen = choose(left, need, place, quotas, (self.mission.code, *key))
        if len(chosen) != need:
            raise MissionInvalid(
                f"figure {target.figure} needs {need} more reports of {question.name}; {len(chosen)} can have it",
                place=FILE,
            )
        return chosen

    def _count(self, target: Target, base: int) -> int:
        if target.count is not None:
            return target.count
        try:
            return share_count(target.percent or 0, base)
        except ValueError as error:
            raise MissionInvalid(f"figure {target.figure}: {error}", place=FILE) from None

    def _value(self, question: Question, among: Sequence[str], sheet: Sheet) -> Any:
        drawn = unit(self.mission.code, "which", question.name, sheet.place)
        if question.type == "select_multiple":
            return [among[0] if drawn < 0.8 else among[-1]]
        # The milder of two answers is the commoner: good before very good, bad before very bad.
        mild = [code for code in among if not code.startswith("very_")] or list(among)
        return mild[0] if drawn < 0.7 else among[int(drawn * 97) % len(among)]

    @staticmethod
    def _counts(value: Any, counted: Sequence[str]) -> bool:
        return any(code in counted for code in value) if isinstance(value, list) else value in counted

    @staticmethod
    def _is_code(question: Question, sheet: Sheet) -> bool:
        value = sheet.answers.get(question.name)
        return value is not None and value not in (NOT_OBSERVED, NOT_APPLICABLE)

    def _reach_sum(self, question: Question, target: Target, sheets: Sequence[Sheet]) -> None:
        total = target.count or 0
        if len(sheets) > total or not sheets:
            raise MissionInvalid(f"{total} can't lie in {len(sheets)} reports, one at least in each", place=FILE)
        ranked = sorted(sheets, key=lambda sheet: unit(self.mission.code, question.name, sheet.place))
        each, over = divmod(total, len(ranked))
        for place, sheet in enumerate(ranked):
            sheet.answers[question.name] = each + (place < over)

    def _reach_ratio(self, question: Question, target: Target, sheets: Sequence[Sheet]) -> None:
        """Give whole numbers whose sum over that of another question is the printed per cent."""
        speaking = [sheet for sheet in sheets if isinstance(sheet.answers.get(target.over or ""), int)]
        for sheet in sheets:
            sheet.answers[question.name] = None
        sizes = {sheet.place: int(sheet.answers[target.over or ""]) for sheet in speaking}
        total = self._count(target, sum(sizes.values()))
        given = apportion(total, sizes)
        # Neighbours trade one, so that not every commission shows the same number.
        ranked = sorted(speaking, key=lambda sheet: unit(self.mission.code, "trade", question.name, sheet.place))
        for one, other in zip(ranked[::4], ranked[1::4], strict=False):
            if given[one.place] < sizes[one.place] and given[other.place] > 0:
                given[one.place] += 1
                given[other.place] -= 1
        for sheet in speaking:
            sheet.answers[question.name] = given[sheet.place]
