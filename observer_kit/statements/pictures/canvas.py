"""matplotlib as a canvas for page and paper alike: text as text, and the same bytes each time.

A unit of the canvas is a unit of the picture's viewBox, counted from the top
left. Colours are named: each is written as the ink that paper takes, and as a
class by which the desk's stylesheet gives it the colour of light or dark.
matplotlib is imported when the first picture is drawn, never at a server's start.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

from markupsafe import Markup

from observer_kit.config import resources
from observer_kit.statements.pictures.svg import INK, one_decimal, rewritten
from observer_kit.statements.text.holding import held

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONT: Final = "Noto Sans, sans-serif"
FONT_FILE: Final = "NotoSans"
STEPS: Final = 5
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "observer-kit",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.family": "DejaVu Sans",  # matplotlib's own, only to measure by
    "axes.unicode_minus": True,
    "path.simplify": False,
}
_LETTER: Final = 0.55
"""The mean width of a letter, in its size; Cyrillic is the wider."""
_LOCK: Final = threading.Lock()  # matplotlib's settings and fonts belong to the whole process


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a picture is drawn on: width and size of text in units of its viewBox."""

    width: float
    size: float
    slim: bool = False

    @property
    def row(self) -> float:
        """Give the height of a row of one line."""
        return self.size * 2.1

    @property
    def line(self) -> float:
        """Give the distance of two lines of text."""
        return self.size * 1.24


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines that fit a width."""
    room = max(4, int(width / (size * _LETTER)))
    lines = [""]
    for word in held(text).split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def wide(text: str, size: float) -> float:
    """Estimate how wide a text will be."""
    return len(text) * size * _LETTER


class Canvas:
    """A figure of known size to draw on, within `drawing()`."""

    def __init__(self, sheet: Sheet, height: float) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG  # lazily: see the module
        from matplotlib.figure import Figure

        self.sheet, self.width, self.height = sheet, sheet.width, height
        self._links: dict[str, str] = {}
        self.figure = Figure(figsize=(self.width / 72, height / 72), dpi=72, facecolor="none", edgecolor="none")
        FigureCanvasSVG(self.figure)
        self.page = self.figure.add_axes((0, 0, 1, 1))
        self.page.set(xlim=(0, self.width), ylim=(height, 0))
        self.page.set_axis_off()

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str | None, edge: str | None = None,
        thick: float = 0.8,
    ) -> None:  # fmt: skip
        """Draw a rectangle."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((x, y), width, height), fill, edge, thick)

    def shape(self, points: Sequence[tuple[float, float]], fill: str | None, edge: str | None = None) -> None:
        """Draw a closed shape."""
        from matplotlib.patches import Polygon

        self._add(Polygon(list(points), closed=True), fill, edge, 0.8)

    def _add(self, patch: Any, fill: str | None, edge: str | None, thick: float) -> None:
        patch.set(
            facecolor=INK[fill] if fill else "none", edgecolor=INK[edge] if edge else "none",
            linewidth=thick if edge else 0, clip_on=False,
        )  # fmt: skip
        self.page.add_artist(patch)
        patch.set_clip_path(None)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], ink: str = "rule", thick: float = 0.8,
        dash: tuple[float, ...] = (), axes: Axes | None = None,
    ) -> None:  # fmt: skip
        """Draw a line through points, in units of the canvas or of axes laid on it."""
        from matplotlib.lines import Line2D

        drawn = Line2D(list(xs), list(ys), color=INK[ink], linewidth=thick, clip_on=False)
        if dash:
            drawn.set_linestyle((0, dash))
        (axes or self.page).add_artist(drawn)
        drawn.set_clip_path(None)

    def band(self, points: Sequence[tuple[float, float]], ink: str, axes: Axes) -> None:
        """Draw a pale shape in the units of axes."""
        from matplotlib.patches import Polygon

        patch = Polygon(list(points), closed=True, facecolor=INK[ink], edgecolor="none", alpha=0.16, clip_on=False)
        axes.add_artist(patch)
        patch.set_clip_path(None)

    def dot(self, x: float, y: float, radius: float, fill: str, edge: str, axes: Axes | None = None) -> None:
        """Draw a dot of a radius in units of the canvas."""
        from matplotlib.lines import Line2D

        drawn = Line2D(
            [x], [y], marker="o", markersize=2 * radius, linestyle="none", clip_on=False,
            markerfacecolor=INK[fill], markeredgecolor=INK[edge], markeredgewidth=1.1,
        )  # fmt: skip
        (axes or self.page).add_artist(drawn)
        drawn.set_clip_path(None)

    def text(
        self, x: float, y: float, text: str, *, ink: str = "ink", size: float = 0, anchor: str = "start",
        bold: bool = False,
    ) -> None:  # fmt: skip
        """Write a text whose letters stand in the middle of y."""
        size = size or self.sheet.size
        self.page.text(
            x, y + size * 0.36, text, color=INK[ink], fontsize=size, va="baseline", clip_on=False,
            ha={"start": "left", "middle": "center", "end": "right"}[anchor],
            fontweight="bold" if bold else "normal",
        )  # fmt: skip

    def lines(self, x: float, y: float, lines: Sequence[str], *, ink: str = "ink", anchor: str = "start") -> None:
        """Write lines of text around the middle y."""
        for place, each in enumerate(lines):
            self.text(x, y + (place - (len(lines) - 1) / 2) * self.sheet.line, each, ink=ink, anchor=anchor)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Lay axes on the canvas: hairlines under the ticks, no frame."""
        found = self.figure.add_axes((left / self.width, 1 - (top + height) / self.height, width / self.width,
                                      height / self.height))  # fmt: skip
        found.patch.set_visible(False)
        for spine in found.spines.values():
            spine.set_visible(False)
        found.tick_params(length=0, labelsize=self.sheet.size * 0.92, labelcolor=INK["soft"], pad=self.sheet.size * 0.4)
        found.set_axisbelow(True)
        found.grid(visible=True, axis="y", color=INK["rule"], linewidth=0.8)
        return found

    def link(self, x: float, y: float, width: float, height: float, address: str, label: str) -> None:
        """Lay a link over a rectangle."""
        from matplotlib.patches import Rectangle

        patch = Rectangle((x, y), width, height, facecolor="none", edgecolor="none", clip_on=False, url=address)
        self.page.add_artist(patch)
        patch.set_clip_path(None)
        self._links[address] = label

    def svg(self, title: str, description: str) -> Markup:
        """Write what was drawn, with its title and description."""
        written = io.StringIO()
        self.figure.savefig(written, format="svg", facecolor="none", metadata={"Date": None})
        source = written.getvalue()
        key = hashlib.sha256(f"{title}\0{description}\0{source}".encode()).hexdigest()[:10]
        body = "".join(rewritten(ElementTree.fromstring(source), f"p{key}", self._links))  # noqa: S314 -- drawn above
        # Links must stay reachable, and the children of an image are none.
        role = "group" if self._links else "img"
        # Every piece above and below is either a literal or escaped.
        return Markup(  # noqa: S704
            f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" aria-labelledby="p{key}-t" '
            f'aria-describedby="p{key}-d" viewBox="{one_decimal(f"0 0 {float(self.width)} {float(self.height):.1f}")}" '
            f'width="100%" font-family="{FONT}" stroke-linejoin="round">'
            f'<title id="p{key}-t">{escape(title)}</title><desc id="p{key}-d">{escape(description)}</desc>{body}</svg>'
        )

    def png(self, resolution: int) -> bytes:
        """Paint what was drawn on white paper, at so many dots to the inch."""
        written = io.BytesIO()
        self.figure.savefig(
            written, format="png", dpi=resolution, facecolor=INK["paper"], metadata={"Software": None}
        )  # fmt: skip
        return written.getvalue()


@contextmanager
def drawing(font: str = "") -> Iterator[None]:
    """Draw under the kit's settings, and alone: they belong to the whole process; `font` is one to paint with."""
    import matplotlib

    settings = _SETTINGS | ({"font.family": font} if font else {})
    with _LOCK, matplotlib.rc_context(settings):
        yield


@cache
def painted_font() -> str:
    """Give the paper's own font to matplotlib, and its name; matplotlib's, which has every letter, where it is gone."""
    from matplotlib import font_manager

    folder = resources("static") / "vendor" / "fonts"
    files = [folder / f"{FONT_FILE}_{weight}.ttf" for weight in ("400Regular", "700Bold")]
    if not all(path.is_file() for path in files):
        return str(_SETTINGS["font.family"])
    for path in files:
        font_manager.fontManager.addfont(str(path))
    return FONT.partition(",")[0]
