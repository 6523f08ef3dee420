"""The small XML document that an expression sees: `<answers><name>text</name>…</answers>`.

The server and the phone build the same one: '' where blank, numbers without
exponents, the codes of a select_multiple separated by spaces, and characters
outside the basic plane replaced, because engines count them differently.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from lxml import etree

NUMBERS: Final = frozenset({"integer", "decimal"})
_UNFIT: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]")


def node_text(value: Any, type: str) -> str:
    """Write one answer as its node's text; what is no answer of this type is blank."""
    if type in NUMBERS:
        return number_text(value)
    if isinstance(value, str):
        return _UNFIT.sub("\ufffd", value)
    if isinstance(value, list | tuple) and type == "select_multiple":
        return " ".join(code for code in value if isinstance(code, str) and not _UNFIT.search(code))
    return ""


def number_text(value: Any) -> str:
    """Write a number in plain digits ('' for what is none: both engines make NaN of it)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**300 else ""
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(repr(value)), "f")
    return ""


def document(texts: Mapping[str, str]) -> etree._Element:
    """Build the document from each node's text."""
    root = etree.Element("answers")
    for name, text in texts.items():
        etree.SubElement(root, name).text = text
    return root
