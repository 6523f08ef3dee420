"""Markdown → tokens in which marks, footnotes and charts are their own: no HTML, no pictures, links to the web only.

A footnote is written where it belongs: `^[text, with [[marks]] in it]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from observer_kit.statements.text.marks import PATTERN

if TYPE_CHECKING:  # a server that is never asked for a statement does not read Markdown
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

LINKS: Final = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_PLACED: Final = re.compile(r"(chart|table)\s+(\S+)\s*")
_SENTENCE_END: Final = re.compile(r"(?:^|[.!?…][\"'»”)\]]*)\s*$")
_NOTE: Final = re.compile(r"\^\[[^\]]*\]")
_SIGN: Final = r"(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*"
_DEEP: Final = re.compile(rf"^([ \t]*(?:{_SIGN}){{8}})(?:{_SIGN})+", re.MULTILINE)
"""Quotations and lists within each other beyond this have no meaning, and Markdown's reader would drop the words."""
_SEEN: Final = 40
"""Letters before a mark in which the end of the sentence before it is looked for."""
_SILENT: Final = ("footnote", "strong_open", "em_open", "link_open", "strong_close", "em_close", "link_close")


@cache
def reader() -> MarkdownIt:
    """Make the one reader of statements' Markdown."""
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    made.enable("table").disable(["image", "html_inline", "html_block", "code", "autolink", "reference"])
    made.validateLink = lambda url: bool(LINKS.match(url.strip()))  # type: ignore[method-assign]
    made.inline.ruler.before("link", "mark", _mark)
    made.inline.ruler.before("link", "footnote", _footnote)
    return made


def _mark(state: StateInline, silent: bool) -> bool:
    found = PATTERN.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("mark", "", 0).content = found.group(1)
    state.pos = found.end()
    return True


def _footnote(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("^[", state.pos) or state.src.startswith("^[[", state.pos):
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1)
    if end < 0:
        return False
    if not silent:
        token = state.push("footnote", "", 0)
        token.children = []
        state.md.inline.parse(state.src[state.pos + 2 : end], state.md, state.env, token.children)
    state.pos = end + 1
    return True


def tokens_of(text: str, level: int) -> list[Token]:
    """Read a section's text; headings stand below `level`, a chart or table alone in its paragraph becomes a block."""
    found = reader().parse(_DEEP.sub(r"\1", text))
    tokens: list[Token] = []
    lists: list[bool] = []  # the lists that are open: of sentences, or of parts of one
    cells = 0
    place = 0
    while place < len(found):
        token = found[place]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(_of_sentences(found, place))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        cells += {"th_open": 1, "td_open": 1, "th_close": -1, "td_close": -1}.get(token.type, 0)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, level + max(1, int(token.tag[1]) - 2))}"
        if token.type == "inline":
            before = found[place - 1]
            sentence = before.type == "paragraph_open" and not cells and (not lists or lists[-1])
            _prepare(token.children or [], starts=before.type == "heading_open" or sentence)
        if token.type == "paragraph_open" and (alone := _alone(found[place + 1].children or [])):
            token = found[place + 1]
            token.type, token.content, token.children = *alone, None
            place += 2
        tokens.append(token)
        place += 1
    return tokens


def _of_sentences(tokens: Sequence[Token], start: int) -> bool:
    """Tell whether every item of a list is a sentence; parts of one that only the last ends are none."""
    said = []
    for token in tokens[start + 1 :]:
        if token.level == tokens[start].level:
            break
        if token.type == "inline" and token.level == tokens[start].level + 3:
            plain = _NOTE.sub("", PATTERN.sub(lambda mark: "" if mark[1].endswith(" stations") else "x", token.content))
            said.append(bool(_SENTENCE_END.search(plain)))
    return all(said)


def _alone(children: Sequence[Token]) -> tuple[str, str] | None:
    """Give kind and name where a paragraph holds one chart or table and nothing else."""
    said = [
        child for child in children if child.type != "softbreak" and (child.type != "text" or child.content.strip())
    ]
    found = _PLACED.fullmatch(said[0].content) if len(said) == 1 and said[0].type == "mark" else None
    return (found.group(1), found.group(2)) if found else None


def _prepare(children: Sequence[Token], *, starts: bool) -> None:
    """Tell each mark whether a sentence begins with it, and whether a clause that it ends in goes on."""
    before = "" if starts else "-"
    for place, token in enumerate(children):
        if token.type == "mark":
            token.meta = {"capital": bool(_SENTENCE_END.search(before)), "comma": _goes_on(children, place)}
            if not token.content.rstrip().endswith(" stations"):
                before = "-"
        elif token.type == "footnote":
            _prepare(token.children or [], starts=True)
        elif token.type in ("softbreak", "hardbreak"):
            before += " "
        elif token.type not in _SILENT:
            before = (before + token.content)[-_SEEN:]


def _goes_on(children: Sequence[Token], place: int) -> bool:
    """Tell whether words follow, and not the end of the sentence or another sign."""
    following = children[place + 1 : place + 3]
    if not following or following[0].type not in ("text", "softbreak"):
        return False
    if following[0].type == "softbreak":
        return len(following) > 1 and bool(re.match(r"\w|$", following[1].content))
    return bool(re.match(r"\s+\w|\s+$", following[0].content))


def marks_of(tokens: Sequence[Token]) -> Iterator[Token]:
    """Give every mark of these tokens, in the order of the text."""
    for token in tokens:
        if token.type == "mark":
            yield token
        yield from marks_of(token.children or ())
