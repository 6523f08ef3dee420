"""A draft's sections + the frozen figures → HTML: marks become guarded, numbered, linked spans."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from observer_kit.statements.model import Figure
from observer_kit.statements.text.blocks import chart, footnote, stations_named, to_write
from observer_kit.statements.text.context import Context
from observer_kit.statements.text.facts import say_date, say_fact
from observer_kit.statements.text.flow import reader, tokens_of
from observer_kit.statements.text.holding import HARD, held, whole
from observer_kit.statements.text.marks import Mark, MarkInvalid, read
from observer_kit.statements.text.model import Problem, SectionPlan, SectionText, SetSection, SetStatement, Style
from observer_kit.statements.text.order import kept, level_of, numbered
from observer_kit.statements.text.safety import one_line, plain
from observer_kit.statements.text.saying import Speaker
from observer_kit.statements.text.speaking import Said

if TYPE_CHECKING:
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    from observer_kit.statements.pictures import Picture


def set_text(style: Style, language: str, sections: Sequence[SectionText], context: Context) -> SetStatement:
    """Set a draft: number its sections and figures, say every mark, and gather what its author must see."""
    setter = _Setter(style, language, context)
    texts = {each.id: each.text for each in sections}
    written = {plan.id: setter.section(plan, texts.get(plan.id, "")) for plan in style.sections}
    standing = kept(style, written)
    made = []
    for plan, number in numbered(style, standing):
        title = one_line(plan.title.get(language, ""))
        made.append(SetSection(plan.id, number, title, level_of(style, plan), written[plan.id], plan.kind))
    return SetStatement(
        sections=tuple(made),
        used=setter.used,
        gaps=tuple(dict.fromkeys(setter.gaps)),
        problems=tuple(dict.fromkeys(setter.problems)),
        notes=tuple(setter.notes),
        pictures=setter.pictures,
    )


_MARKED: Final = re.compile(r"<sup.*?</sup>|<[^>]*>")
_GOES_ON: Final = re.compile(r" [^\W\d_]")
_BETWEEN: Final = ("<strong>", "<em>", "\n")


def _whole(html: str) -> Markup:
    """Let no line end within «31-бабының» and «ЕҚЫҰ-ның»: what stands after such a hyphen is no word of its own."""
    return Markup(whole(str(html)))  # noqa: S704 -- escaped by the caller


def _ends_in_number(said: str) -> bool:
    return said[-1:].isdecimal()


def _begins_with_letter(children: Sequence[Token], place: int) -> bool:
    return place < len(children) and children[place].type == "text" and children[place].content[:1].isalpha()


class _Setter:
    """Sets the sections of one statement, in their order: the numbers of figures follow the text."""

    def __init__(self, style: Style, language: str, context: Context) -> None:
        self.style = style
        self.language = language
        self.context = context
        self.speaker = Speaker(language, context.event, shares=style.shares, reconstruction=context.reconstruction)
        self.used: dict[str, int] = {}
        self.gaps: list[str] = []
        self.problems: list[Problem] = []
        self.notes: list[tuple[int, str]] = []
        self.pictures: dict[str, Picture] = {}
        self._place = ""
        self._plans = {plan.name: plan for plan in style.plans(language)}

    def section(self, plan: SectionPlan, text: str) -> str:
        """Set one section's text; a draft shows what is to be written where there is none."""
        self._place = plan.id
        text = plain(text)
        if not text.strip():
            prompt = one_line(plan.prompt.get(self.language, ""))
            if plan.kind in ("room", "verdict"):
                prompt = prompt or one_line(plan.title.get(self.language, ""))
            if not self.context.draft or not prompt or plan.kind == "signature":
                return ""
            return to_write(self.speaker.grammar, prompt)
        return self._render(tokens_of(text, level_of(self.style, plan)))

    def _render(self, tokens: Sequence[Token]) -> str:
        renderer: RendererHTML = reader().renderer  # type: ignore[assignment]
        parts = []
        for place, token in enumerate(tokens):
            if token.type == "inline":
                parts.append(self._inline(token.children or []))
            elif token.type == "chart":
                parts.append(self._chart(token.content))
            elif token.type == "table":
                parts.append(self._table(token.content))
            elif token.type in renderer.rules:
                parts.append(renderer.rules[token.type](tokens, place, reader().options, {}))
            else:
                parts.append(renderer.renderToken(tokens, place, reader().options, {}))
        return "".join(parts)

    def _inline(self, children: Sequence[Token]) -> str:
        renderer: RendererHTML = reader().renderer  # type: ignore[assignment]
        parts: list[str] = []
        number = False  # whether what was said last ends in a digit
        for place, token in enumerate(children):
            if token.type == "mark":
                parts.append(self._mark(token, parts))
                number = _ends_in_number(_MARKED.sub("", parts[-1]))
            elif token.type == "footnote":
                parts.append(self._note(Markup(self._inline(token.children or []))))  # noqa: S704 -- set by this module
            elif token.type == "text":
                token.content = held(token.content)
                if number and _GOES_ON.match(token.content):
                    token.content = HARD + token.content[1:]
                number = _ends_in_number(token.content) or (number and not token.content)
                parts.append(_whole(renderer.rules["text"](children, place, reader().options, {})))
            elif token.type == "softbreak" and number and _begins_with_letter(children, place + 1):
                parts.append(HARD)
            elif token.type in renderer.rules:
                parts.append(renderer.rules[token.type](children, place, reader().options, {}))
            else:
                parts.append(renderer.renderToken(children, place, reader().options, {}))
        return "".join(parts)

    def _problem(self, code: str, message: str) -> None:
        self.problems.append(Problem(code, self._place, message))

    def _gap(self, name: str, text: str, code: str, message: str) -> Markup:
        self.gaps.append(name)
        self._problem(code, message)
        return Markup('<span class="gap">{}</span>').format(text)

    def _mark(self, token: Token, before: list[str]) -> Markup:
        """Say one mark; of what stands before it, a preposition may go behind its first words."""
        try:
            mark = read(token.content)
        except MarkInvalid as error:
            return self._gap(token.content, f"[[{token.content}]]", error.code, str(error))
        said = {
            "figure": self._figure,
            "fact": self._fact,
            "date": self._date,
            "chart": self._lost,
            "table": self._lost,
        }[mark.kind](mark)
        if isinstance(said, Markup):
            return said
        text = held(said.text)
        if token.meta.get("capital"):
            text = text[:1].upper() + text[1:]
        if mark.kind == "figure":
            text = self._moved(before, text)
        if said.code:
            self._problem(said.code, said.told)
        if said.gap:
            self.gaps.append(mark.name)
            return Markup('<span class="gap">{}</span>').format(text)
        after = "," if said.clause and token.meta.get("comma") else ""
        if mark.kind != "figure" or mark.form == "verb":
            return _whole(escape(text)) + after
        number = self.used.setdefault(mark.name, len(self.used) + 1)
        apart = Markup(' class="apart"') if _ends_in_number(text) else ""  # a raised number would be read as its power
        return Markup(
            '<span class="figure">{0}<sup class="mark"><a href="#figure-{1}"{3}>{1}</a></sup></span>{2}'
        ).format(_whole(escape(text)), number, after, apart)

    def _moved(self, before: list[str], text: str) -> str:
        last = next((place for place in range(len(before) - 1, -1, -1) if before[place] not in _BETWEEN), None)
        moved = None if last is None else self.speaker.grammar.moved(before[last], text)
        if last is None or moved is None:
            return text
        before[last], text = moved
        return text

    def _figure(self, mark: Mark) -> Said | Markup:
        figure = self.context.figures.get(mark.name)
        if mark.form == "stations":
            return self._stations(mark, figure)
        return self.speaker.say(mark, figure)

    def _fact(self, mark: Mark) -> Said:
        return say_fact(self.speaker, self.context, mark)

    def _date(self, mark: Mark) -> Said:
        return say_date(self.speaker, self.context, mark)

    def _lost(self, mark: Mark) -> Markup:
        told = f"{mark.source}: a {mark.kind} stands in a paragraph of its own"
        return self._gap(mark.name, mark.source, f"{mark.kind}_in_text", told)

    def _table(self, name: str) -> str:
        html = self.context.tables.get(name)
        if html is not None:
            return html + "\n"
        told = f"[[table {name}]]: there is no such table, or nothing to show in it"
        return Markup("<p>{}</p>\n").format(self._gap(name, self.speaker.gap(name), "table_unknown", told))

    def _chart(self, name: str) -> str:
        plan = self._plans.get(name)
        if plan is None:
            told = f"[[chart {name}]]: the style has no such chart"
            return Markup("<p>{}</p>\n").format(self._gap(name, f"[[chart {name}]]", "chart_unknown", told))
        from observer_kit.statements.plans import Drawn, draw_all

        context = self.context
        drawn = Drawn(
            context.figures, self.language, context.regions, context.reconstruction, context.locations, context.shapes
        )
        picture = draw_all([plan], drawn)[name]
        if picture is None:
            return ""
        self.pictures[name] = picture
        return chart(name, picture)

    def _note(self, html: Markup) -> Markup:
        return footnote(html, self.context, self.notes)

    def _stations(self, mark: Mark, figure: Figure | None) -> Markup:
        """Name the stations behind a figure in a footnote, region by region; nothing where none may be named."""
        if figure is None:
            return self._gap(mark.name, self.speaker.gap(mark.name), "figure_unknown",
                             f"{mark.source}: the mission has no such figure")  # fmt: skip
        named = stations_named(self.speaker.grammar, figure, self.context, self.language)
        return self._note(named) if named else Markup()
