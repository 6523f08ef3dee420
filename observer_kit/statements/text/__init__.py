"""The text of statements: a style's own words, in which numbers stand as marks alone.

    style = load_style("sco", own=None)                        the kit's, or a mission's own folder `styles/`
    drafted = draft(style, "kk", draftable(mission, figures, "kk", diary=…, regions=…, charts=names))
    done = set_text(style, "kk", drafted, context_of(mission, figures, locations=…, regions=…, signed_on=…))
    problems = check_style(folder)                             what is wrong in a style's folder

A style's folder:

    style.toml                  name = {en, ru, kk}; layout = cover | letterhead | plain; shares = odihr | counts;
                                contents, numbering = decimal | roman | none; [[section]] and [[chart]] in order
    <language>/<section>.md     Markdown with Jinja's conditions and loops, which see `d` alone (draftable.py)

    A section: `id`, `title`, `kind` (text, room, verdict, signature), `parent`, `prompt`. `numbers` are phrases
    whose numbers are no figures.

Marks and their forms are described in marks.py, what conditions may ask in draftable.py; nouns and number words
lie in templates/statements/{nouns,numbers}.<language>.toml. `statement check-style` and `statement try-style` show
what is wrong in a style and what it comes to, with every figure made 21 (`--number 21`) to proofread it.
"""

from observer_kit.statements.text.checking import check_style
from observer_kit.statements.text.context import Context, context_of
from observer_kit.statements.text.draftable import Draftable, draftable
from observer_kit.statements.text.drafting import draft, draft_section
from observer_kit.statements.text.model import (
    Problem,
    SectionPlan,
    SectionText,
    SetSection,
    SetStatement,
    Style,
    StyleInvalid,
    StyleUnknown,
)
from observer_kit.statements.text.setting import set_text
from observer_kit.statements.text.styles import folders, load_style, read_style

__all__ = [
    "Context", "Draftable", "Problem", "SectionPlan", "SectionText", "SetSection", "SetStatement", "Style",
    "StyleInvalid", "StyleUnknown", "check_style", "context_of", "draft", "draft_section", "draftable", "folders",
    "load_style", "read_style", "set_text",
]  # fmt: skip
