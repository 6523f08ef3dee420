"""`checklist`: list, show, check and export what is asked; needs no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from observer_kit.checklists.model import EVENTS, LANGUAGES, LENGTHS, Checklist
from observer_kit.cli.tables import FORMATS, show
from observer_kit.errors import ChecklistUnknown, FormsInvalid, OutputUnwritable

PROTOCOL = "protocol"
event_option = click.option("--event", type=click.Choice(EVENTS), default="election", show_default=True)
length_option = click.option("--length", type=click.Choice(LENGTHS), default="core", show_default=True)
shape_option = click.option("--format", "shape", type=click.Choice(FORMATS), default="table", show_default=True)
language_option = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)


@click.group()
def checklist() -> None:
    """List, show, check and export checklists."""


def _make(name: str, event: str, length: str) -> Checklist:
    from observer_kit.checklists.catalogue import load_catalogue
    from observer_kit.checklists.generate import generate, generate_protocol

    if name == PROTOCOL:
        return generate_protocol(event)
    catalogue = load_catalogue()
    if name not in catalogue.definitions:
        expected = ", ".join((*catalogue.definitions, PROTOCOL))
        raise ChecklistUnknown(f"no checklist is called {name!r}; expected one of {expected}")
    return generate(catalogue, name, event, length)


def _all(folder: Path | None = None) -> Iterator[Checklist]:
    from observer_kit.checklists.catalogue import load_catalogue
    from observer_kit.checklists.generate import generate, generate_protocol

    catalogue = load_catalogue(folder)
    for event in EVENTS:
        for stage in catalogue.definitions:
            for length in LENGTHS:
                yield generate(catalogue, stage, event, length)
        yield generate_protocol(event, catalogue=catalogue)


@checklist.command(name="list")
@language_option
@shape_option
def list_(lang: str, shape: str) -> None:
    """List every checklist that the catalogue makes, with its version."""
    rows = [
        {
            "name": made.name, "event": made.event, "length": made.length, "sections": len(made.sections),
            "questions": sum(1 for _ in made.questions()), "version": made.version, "title": made.title[lang],
        }
        for made in _all()
    ]  # fmt: skip
    for row in rows if shape == "table" else ():
        row["version"] = str(row["version"])[:12]
    show(rows, shape)


@checklist.command(name="show")
@click.argument("name")
@language_option
@event_option
@length_option
@shape_option
def show_(name: str, lang: str, event: str, length: str, shape: str) -> None:
    """Show a checklist's questions in order."""
    made = _make(name, event, length)
    show(
        [
            {
                "section": section.name, "question": question.name, "type": question.type,
                "good": ", ".join(question.good), "relevant": question.relevant or "",
                "label": question.label[lang],
            }
            for section in made.sections
            for question in section.questions
        ],
        shape,
    )  # fmt: skip


@checklist.command()
@click.option(
    "--forms",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder of forms than the kit's own.",
)
def check(forms: Path | None) -> None:
    """Load everything under forms and say how much there is, or what is wrong and where."""
    from observer_kit.checklists.catalogue import load_catalogue
    from observer_kit.protocols import load_rules
    from observer_kit.protocols.rules import check_fields
    from observer_kit.statements.definitions import load_definitions

    procedures = load_catalogue(forms).procedures()
    made = list(_all(forms))
    file = forms / "protocols" / "rules.toml" if forms else None
    rules = {rule.id for event in EVENTS for rule in load_rules(event, file)}
    for protocol in (one for one in made if one.name == PROTOCOL):
        check_fields(load_rules(protocol.event, file), {question.name for question in protocol.questions()})
    figures = load_definitions(forms / "figures" if forms else None)
    sources = sum(len(procedure.sources) for procedure in procedures)
    practice = sum(procedure.origin == "general_practice" for procedure in procedures)
    click.echo(f"{len(procedures)} procedures with {sources} sources ({practice} of general practice)")
    click.echo(f"{len(made)} checklists, {len(rules)} reconciliation rules, {len(figures)} figures")
    click.echo("All in order.")


@checklist.command()
@shape_option
def coverage(shape: str) -> None:
    """Print the procedures that no checklist asks, and the questions that no figure uses."""
    from observer_kit.checklists.catalogue import load_catalogue
    from observer_kit.checklists.coverage import coverage as compare
    from observer_kit.checklists.generate import generate_protocol

    fields = {(PROTOCOL, question.name) for event in EVENTS for question in generate_protocol(event).questions()}
    found = compare(load_catalogue(), _bindings(), fields)
    rows = [{"what": "procedure that no checklist asks", "checklist": "", "name": p.id} for p in found.unasked]
    for what, pairs in (
        ("figure over a question that is not asked", found.unbound),
        ("question that no figure uses", found.unused),
    ):
        rows += [{"what": what, "checklist": stage, "name": name} for stage, name in pairs]
    show(rows, shape, ("what", "checklist", "name"))
    if shape == "table":
        click.echo(
            f"{len(found.unasked)} procedures in no checklist, {len(found.only_full)} in full ones only; "
            f"{len(found.unused)} questions without a figure, {len(found.unbound)} figures without a question"
        )


def _bindings() -> set[tuple[str, str]]:
    """Give every (checklist, question) that some figure counts; a rule's figure counts the fields of its formula."""
    from observer_kit.protocols import load_rules
    from observer_kit.statements.definitions import load_definitions

    rules = [rule for event in EVENTS for rule in load_rules(event)]
    found = set()
    for definition in load_definitions().values():
        if definition.measure == "rule":
            for rule in rules:
                if rule.id == definition.question:
                    references = (*rule.left, *rule.right, *rule.or_right)
                    found |= {(PROTOCOL, name.rstrip("?").removesuffix("[*]")) for name in references if name != "*"}
        elif definition.checklist:
            found |= {(definition.checklist, name) for name in (definition.question, definition.over) if name}
    return found


@checklist.command()
@click.argument("name")
@language_option
@click.option("--format", "shape", type=click.Choice(("html", "pdf", "json")), default="pdf", show_default=True)
@event_option
@length_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it (else to the output).")
def export(name: str, lang: str, shape: str, event: str, length: str, out: Path | None) -> None:
    """Write a checklist for paper (html, pdf) or for a program (json, every language)."""
    made = _make(name, event, length)
    if shape == "json":
        from observer_kit.checklists.versions import to_json

        content = to_json(made)
    elif shape == "html":
        from observer_kit.statements.papers.checklist import render_html

        content = render_html(made, lang).encode()
    else:
        from observer_kit.statements.papers.checklist import render_pdf

        if out is None and sys.stdout.isatty():
            raise FormsInvalid("a PDF is not for the screen; say --out FILE", place="--out")
        content = render_pdf(made, lang)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(out)) from None
    click.echo(str(out))
