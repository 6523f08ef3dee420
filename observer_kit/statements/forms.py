"""Where the templates of the papers that are filled in or called from come from: templates/paper, escaped, strict."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from observer_kit.config import resources


@cache
def _papers() -> Environment:
    return Environment(
        loader=FileSystemLoader(resources("templates") / "paper"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str) -> Template:
    """Give a paper's template by its file name."""
    return _papers().get_template(name)
