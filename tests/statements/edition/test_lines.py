"""The lines of a paper, as they are laid out: full to their end, and the last word of a paragraph in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from markupsafe import Markup

from observer_kit.config import resources
from observer_kit.statements.edition.build import SHEETS
from observer_kit.statements.edition.lines import lined

# Each has a space, or one that no line parts, before a number with its noun, where a line would end too early.
TEXTS = (
    'Группы наблюдали за сведением итогов голосования в\u00a0<span class="figure">123\u00a0районных комиссиях<sup'
    ' class="mark"><a href="#f">46</a></sup></span>. Сведение итогов оценено отрицательно в\u00a0<span class="figure">'
    '27\u00a0районных (городских) комиссиях (22\u00a0процента)<sup class="mark"><a href="#f">9</a></sup></span>.',
    'Заң бойынша бұл <span class="whole">31-бабының</span> талабы, байқаушылар барған <span class="figure">151\u00a0'
    'учаскенің ішінде 24\u00a0учаскеде<sup class="mark"><a href="#f">7</a></sup></span> орындалмаған, хаттамалар'
    " туралы ескертпелер жауапкершіліктерінде.",
    "Unauthorised persons interfered in the process and directed them.",
)


def _paragraphs(html: str) -> Iterator[tuple[float, list[tuple[float, str]]]]:
    """Give each paragraph's measure, and its lines with how far each goes."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts, folder = FontConfiguration(), resources("static") / "print"
    sheets = [CSS(filename=str(folder / name), font_config=fonts) for name in ("fonts.css", *SHEETS)]
    document = HTML(string=html, base_url=folder.as_uri() + "/").render(stylesheets=sheets, font_config=fonts)

    def lines(box: Any) -> Iterator[tuple[float, str]]:
        for child in box.children:
            ends = [(each.position_x + each.width, each.text) for each in child.descendants() if hasattr(each, "text")]
            yield max(end for end, _ in ends) - box.position_x, "".join(text for _, text in ends)

    for page in document.pages:
        for box in page._page_box.descendants():
            if box.element_tag == "p" and type(box).__name__ == "BlockBox":
                yield box.width, list(lines(box))


@pytest.mark.parametrize(("language", "text"), [*zip(("ru", "kk", "en"), TEXTS, strict=True)])
def test_lines_are_full_and_a_last_word_is_whole(language: str, text: str) -> None:
    # Word by word longer, so that each end of a line comes to stand at each of the text's places.
    texts = "".join(f"<p>{'и так ' * before}{'я' * more} {text}</p>" for before in range(12) for more in (1, 4))
    html = Markup('<html lang="{}"><style>p {{ break-inside: avoid }}</style><body>{}</body></html>').format(
        language, Markup(texts)
    )
    last = re.findall(r"\w+", re.sub(r"<sup.*?</sup>|<[^>]*>", "", text))[-1]
    found = list(_paragraphs(lined(str(html))))
    assert len(found) == 24
    for measure, lines in found:
        short = [said for end, said in lines[:-1] if end < 0.72 * measure]
        assert not short, lines
        assert last in lines[-1][1], lines
        assert len(last) > 4 or len(lines[-1][1].split()) > 1, lines
