"""What matplotlib drew, written again as SVG: style as attributes, text as text, each ink by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final
from xml.etree import ElementTree

INK: Final = {
    "ink": "#1b1f23", "soft": "#5b6169", "rule": "#dcd9d0", "paper": "#ffffff",
    "accent": "#0b5563", "bad": "#a3271f",
    # Five steps of one ink, apart in grey and to every eye; what is written on each.
    "t1": "#e3eef0", "t2": "#b9d5da", "t3": "#7fb0b9", "t4": "#35788a", "t5": "#083f4a",
    "on1": "#1b1f24", "on2": "#1b1f25", "on3": "#101418", "on4": "#fffffe", "on5": "#fffffd",
}  # fmt: skip
"""Every name has its own hex, by which the drawn colour is known again."""
_CLASS: Final = {value: name for name, value in INK.items()}
_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_NUMBER: Final = re.compile(r"-?\d+\.\d+")
_STYLES: Final = ("stroke-width", "stroke-dasharray")


def one_decimal(text: str) -> str:
    """Write the numbers in a text with one decimal at the most."""
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), text)


def _style(element: ElementTree.Element) -> dict[str, str]:
    declared = (part.partition(":") for part in element.get("style", "").split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in declared}


def _paint(style: dict[str, str], *, text: bool = False) -> dict[str, str]:
    """Give fill, stroke and class: the ink that paper takes, and the names by which a screen takes its own."""
    found: dict[str, str] = {}
    classes = []
    for name, short in (("fill", "f"), ("stroke", "s")):
        value = style.get(name, "#000000" if name == "fill" else "none")
        if value != "none" or name == "fill":
            found[name] = value
        if value in _CLASS:
            classes.append(f"{short}-{_CLASS[value]}")
    if text:
        found.pop("stroke", None)
    elif "stroke" in found:
        found |= {name: one_decimal(style[name]) for name in _STYLES if name in style and style[name] != "1.0"}
    elif "opacity" in style:
        found["fill-opacity"] = style["opacity"]
    return found | ({"class": " ".join(classes)} if classes else {})


def _tag(name: str, attributes: dict[str, str], inner: str = "") -> str:
    said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"


def rewritten(element: ElementTree.Element, key: str, links: dict[str, str]) -> Iterator[str]:
    """Write an element and what is in it again, without what neither page nor paper needs."""
    name = element.tag.removeprefix(_SVG)
    style = _style(element)
    if name in ("metadata", "style", "clipPath", "pattern"):
        return
    if name == "text":
        yield _text(element, style)
    elif name == "path":
        paint = _paint(style)
        if "id" in element.attrib:
            yield _tag("path", {"id": f"{key}{element.attrib['id']}", "d": _outline(element)})
        elif paint["fill"] != "none" or "stroke" in paint:
            yield _tag("path", {"d": _outline(element)} | paint)
    elif name == "use":
        place = {axis: one_decimal(element.get(axis, "0")) for axis in "xy"}
        yield _tag("use", {"href": f"#{key}{element.get(_HREF, '').removeprefix('#')}"} | place | _paint(style))
    elif name == "a":
        address = element.get(_HREF, "")
        outline = next(element.iter(f"{_SVG}path"))
        target = _tag("path", {"d": _outline(outline), "fill": "none", "pointer-events": "all"})
        yield _tag("a", {"href": address, "aria-label": links.get(address, "")}, target)
    else:
        inner = "".join(piece for child in element for piece in rewritten(child, key, links))
        yield _tag("defs", {}, inner) if name == "defs" and inner else inner


def _outline(path: ElementTree.Element) -> str:
    return one_decimal(" ".join(path.get("d", "").split())).replace(" z", "z")


def _text(element: ElementTree.Element, style: dict[str, str]) -> str:
    anchor = style.get("text-anchor", "start")
    attributes = {
        "x": one_decimal(element.get("x", "0")), "y": one_decimal(element.get("y", "0")),
        "font-size": one_decimal(style.get("font-size", "").removesuffix("px")),
        "font-weight": "600" if style.get("font-weight") == "700" else "",
        "text-anchor": "" if anchor == "start" else anchor,
    }  # fmt: skip
    return _tag("text", attributes | _paint(style, text=True), escape(element.text or ""))
